"""Two thousand clients that are as slow as they can be: ordinary calls don't notice, each slow one is cut at its
deadline, and everything that it held comes back.
"""

import json
import pathlib
import statistics
import subprocess
import sys
import time

import pytest

from checks import assert_sent
from processes import wait_until
from sandbox import Sandbox

COUNTS = {"head": 700, "body": 700, "idle": 300, "silent": 200, "reader": 100}
DEADLINE_SECONDS = 8
LIMITS = {name: f"{DEADLINE_SECONDS}s" for name in ("header_read", "body_read", "idle", "response_write")}
LARGE = "large-conversation"
# Another than the messages go to: it stays as small as it is.
SMALL = "small-conversation"
ROUNDS = 150
# Generous: two cores serve the gateway, the simulated Divar, the slow clients and the measuring. Without a deadline of
# its own per connection, or with one thread a connection, it would be seconds.
FACTOR, LEEWAY_SECONDS = 6, 0.05


@pytest.fixture
def gateway_and_sandbox(start_gateway):
    gateway = start_gateway({"limits": {**LIMITS, "connections": 4000}}, sandbox=True, descriptors=8192)
    sandbox = Sandbox(gateway.sandbox_url)
    sandbox.add_conversation(SMALL, "سلام")
    sandbox.add_conversation(LARGE)
    for _ in range(60):
        sandbox.incoming(LARGE, "سلام، وقت بخیر. " * 250)
    return gateway, sandbox


class SlowClients:
    def __init__(self, gateway):
        host, port = gateway.host_and_port
        script = pathlib.Path(__file__).with_name("slow_clients.py")
        self.process = subprocess.Popen(
            [sys.executable, str(script), host, str(port), json.dumps(COUNTS), f"/conversations/{LARGE}"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        assert self.process.stdout.readline() == "open\n"

    def ends(self):
        """How each visible one ended, by kind: seconds and the status of the answer, if there was any."""
        return json.loads(self.process.stdout.readline())

    def stop(self):
        self.process.stdin.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(10)
        self.process.stdout.close()


@pytest.fixture
def open_slow_clients():
    opened = []

    def start(gateway):
        opened.append(SlowClients(gateway))
        return opened[-1]

    yield start
    for clients in opened:
        clients.stop()


def measure(client):
    """Median and 99th percentile of ordinary calls, in seconds: sends and reads in turn."""
    times = {"send": [], "read": []}
    for _ in range(ROUNDS):
        for name, call in (
            ("send", lambda: assert_sent(client.send_message(text="x"))), ("read", lambda: client.read(SMALL)),
        ):
            start = time.monotonic()
            call()
            times[name].append(time.monotonic() - start)
    return {
        name: (statistics.median(taken), sorted(taken)[len(taken) * 99 // 100]) for name, taken in times.items()
    }


def sockets_held(gateway):
    """Sockets of clients that the gateway has descriptors for, in whatever state; those of nobody have inode 0."""
    port = f":{gateway.host_and_port[1]:04X}"
    with open("/proc/net/tcp", encoding="ascii") as table:
        rows = [line.split() for line in table.readlines()[1:]]
    listening = "0A"
    # Those that wait in the listener's queue are nobody's yet, and the clients' own ends have another local port.
    return sum(1 for row in rows if row[1].endswith(port) and row[3] != listening and row[9] != "0")


def test_two_thousand_slow_clients_are_cut_and_nobody_else_notices(
    gateway_and_sandbox, open_slow_clients, new_client
):
    gateway, sandbox = gateway_and_sandbox
    client = new_client(gateway)
    client.read(LARGE)
    measure(client)
    quiet = measure(client)

    begun = time.monotonic()
    slow = open_slow_clients(gateway)
    crowded = measure(client)
    while_crowded = time.monotonic() - begun
    held = sockets_held(gateway)

    for name, (median, slowest) in crowded.items():
        limits = [value * FACTOR + LEEWAY_SECONDS for value in quiet[name]]
        assert median <= limits[0] and slowest <= limits[1], (name, quiet, crowded)
    # The measurement proves nothing once they are gone.
    assert while_crowded < DEADLINE_SECONDS and held > sum(COUNTS.values()) * 0.95, (while_crowded, held)

    for kind, ends in slow.ends().items():
        assert len(ends) == COUNTS[kind]
        late = [seconds for seconds, _ in ends if seconds is None or not 0.9 < seconds / DEADLINE_SECONDS < 2]
        assert not late, (kind, len(late), late[:5])
        expected = {"head": {"408"}, "body": {"408"}, "idle": {"200"}, "silent": {None, "408"}}[kind]
        assert {status for _, status in ends} <= expected, (kind, {status for _, status in ends})
    own = 1
    wait_until(lambda: sockets_held(gateway) <= own, "the descriptors of all slow clients", DEADLINE_SECONDS * 3)
    assert_sent(client.send_message(text="still here"))
    # Nothing that was cut in the middle of a body was sent.
    assert len(sandbox.ledger()) == 3 * ROUNDS + 1
