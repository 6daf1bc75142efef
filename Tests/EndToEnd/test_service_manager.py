"""What a service manager is told (sd_notify(3)): ready, alive, reading again, stopping."""

import contextlib
import os
import signal
import socket
import threading

import pytest

from processes import wait_until


class Manager:
    """Hears what a service says."""

    def __init__(self, address):
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind("\0" + address[1:] if address.startswith("@") else address)
        self.environment = {"NOTIFY_SOCKET": address}
        self.heard = []
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self):
        with contextlib.suppress(OSError):
            while message := self._socket.recv(4096):
                self.heard.append(message.decode().split("\n"))

    def count(self, line):
        return sum(1 for message in self.heard if line in message)

    def wait_for(self, line, count=1):
        wait_until(lambda: self.count(line) >= count, f"{line}, {count} times, in {self.heard}")

    def close(self):
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


@pytest.fixture(params=["file", "abstract"])
def manager(request, tmp_path, short_path):
    address = short_path / f"notify-{tmp_path.name}" if request.param == "file" else f"@dgw-{os.getpid()}-{tmp_path.name}"
    manager = Manager(str(address))
    yield manager
    manager.close()


def test_a_service_manager_hears_of_the_whole_life(manager, start_gateway):
    gateway = start_gateway({}, sandbox=True, environment=manager.environment)
    manager.wait_for("READY=1")
    assert any(f"STATUS=listening on 127.0.0.1:{gateway.host_and_port[1]}" in message for message in manager.heard)
    os.kill(gateway.pid, signal.SIGHUP)
    manager.wait_for("READY=1", 2)
    reloading = next(message for message in manager.heard if "RELOADING=1" in message)
    assert int(dict(line.split("=") for line in reloading)["MONOTONIC_USEC"]) > 0
    gateway.stop()
    manager.wait_for("STOPPING=1")
    assert manager.count("WATCHDOG=1") == 0, "nobody watches"


def test_signs_of_life_come_as_often_as_asked_for(manager, start_gateway):
    gateway = start_gateway({}, sandbox=True, environment={**manager.environment, "WATCHDOG_USEC": "150000"})
    manager.wait_for("WATCHDOG=1", 5)
    gateway.stop()


def test_a_watchdog_of_another_process_is_left_alone(manager, start_gateway):
    environment = {**manager.environment, "WATCHDOG_USEC": "1000", "WATCHDOG_PID": "1"}
    gateway = start_gateway({}, sandbox=True, environment=environment)
    os.kill(gateway.pid, signal.SIGHUP)
    manager.wait_for("READY=1", 2)
    gateway.stop()
    manager.wait_for("STOPPING=1")
    assert manager.count("WATCHDOG=1") == 0


@pytest.mark.parametrize("address", ["relative", "", "/" + "x" * 120, "/nobody/is/here"])
def test_an_address_where_nobody_listens_keeps_nothing_from_working(address, start_gateway):
    gateway = start_gateway({}, sandbox=True, environment={"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "100000"})
    gateway.stop()
