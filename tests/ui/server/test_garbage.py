"""What a server that runs for days lets go, and what it must leave alone."""

import threading

from lib.ui.server.garbage import sweep


def test_a_sweep_has_nothing_in_hand_that_another_thread_is_making():
    """A tuple cannot be finished while somebody else holds it."""
    over, failed = threading.Event(), []

    def made() -> None:
        while not over.is_set():
            try:
                tuple([one] for one in range(200_000))
            except SystemError as error:
                failed.append(error)

    making = threading.Thread(target=made)
    making.start()
    for _ in range(20):
        sweep()
    over.set()
    making.join()
    assert failed == []
