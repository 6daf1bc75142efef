"""One event loop for each core that the gateway may run on."""

import os
import pathlib

from conftest import KEY, KEY_VARIABLE, upstream_configuration


def event_loops(pid):
    names = [file.read_text().strip() for file in pathlib.Path(f"/proc/{pid}/task").glob("*/comm")]
    return sum(1 for name in names if name.startswith("NIO-ELT-"))


def test_a_gateway_that_is_held_to_one_core_has_one_event_loop(start_gateway, start_upstream):
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(allowed)})
    try:
        # A simulated Divar in the same process would have loops of its own.
        gateway = start_gateway(upstream_configuration(start_upstream()), environment={KEY_VARIABLE: KEY})
    finally:
        os.sched_setaffinity(0, allowed)
    assert event_loops(gateway.process.pid) == 1
