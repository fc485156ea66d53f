"""The import graph: no circle, also none through what is found by looking into a folder."""

from graphlib import TopologicalSorter

import grimp


def test_no_module_needs_itself() -> None:
    graph = grimp.build_graph("lib")
    needs = {module: set(graph.find_modules_directly_imported_by(module)) for module in graph.modules}
    # The kinds of objects are read from their folder, which no import statement says.
    needs["lib.casework.objects"] |= graph.find_children("lib.casework.objects")
    assert len(needs) > 200
    TopologicalSorter(needs).prepare()
