"""The import graph: no circle, also none through what is found by looking into a folder."""

from graphlib import TopologicalSorter
from pathlib import Path

import grimp


def test_no_module_needs_itself() -> None:
    graph = grimp.build_graph("lib")
    needs = {module: set(graph.find_modules_directly_imported_by(module)) for module in graph.modules}
    # The kinds of objects are read from their folder, which no import statement says.
    needs["lib.casework.objects"] |= graph.find_descendants("lib.casework.objects")
    assert len(needs) > 200
    TopologicalSorter(needs).prepare()


def test_no_room_is_too_full_to_find_anything_in():
    floors = [Path(__file__).parents[1] / "lib" / name for name in ("ui", "insight", "casework")]
    rooms = [room for floor in floors for room in (floor, *floor.rglob("*")) if room.is_dir()]
    assert len(rooms) > 30
    # Of the kinds of objects each has a file, found by its name.
    rooms = [room for room in rooms if room.name != "objects"]
    assert {room.name: count for room in rooms if (count := len(list(room.glob("*.py")))) > 15} == {}
