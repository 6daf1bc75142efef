"""Sockets that a service manager keeps (sd_listen_fds(3)): a restart drops no connection."""

import concurrent.futures
import http.client
import json
import os
import socket
import stat
import sys
import threading

import pytest

from calls import TOKEN
from conftest import KEY, KEY_VARIABLE, upstream_configuration
from processes import BINARY, Process, run, wait_until

#: Puts sockets where sd_listen_fds(3) has them, says for whom they are, and becomes the gateway.
HAND_OVER = """
import os, sys
descriptors = [os.dup(int(number)) for number in sys.argv[1].split(",")]
for place, descriptor in enumerate(descriptors):
    os.dup2(descriptor, 3 + place)
    os.set_inheritable(3 + place, True)
os.closerange(3 + len(descriptors), 256)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS=str(len(descriptors)))
os.execv(sys.argv[2], sys.argv[2:])
"""


@pytest.fixture
def listening():
    """A socket that listens, kept by the test as a service manager keeps it."""
    with socket.create_server(("127.0.0.1", 0), backlog=512) as kept:
        yield kept


@pytest.fixture
def write(tmp_path, start_upstream):
    """Writes a configuration; gives its path."""

    def put(addresses, **settings):
        configuration = {**upstream_configuration(start_upstream()), "listen": addresses, **settings}
        configuration["journal"] = {"path": str(tmp_path / "journal.db")}
        path = tmp_path / "gateway.yaml"
        path.write_text(json.dumps(configuration))
        return path

    return put


@pytest.fixture
def start():
    """Starts gateways with sockets, and ends those that still run."""
    started = []

    def begin(path, *sockets):
        numbers = ",".join(str(kept.fileno()) for kept in sockets)
        process = Process(
            "-c", HAND_OVER, numbers, BINARY, "serve", "--config", path, program=sys.executable,
            environment={KEY_VARIABLE: KEY}, handed=[kept.fileno() for kept in sockets],
        )
        started.append(process)
        process.wait_for_log("listening")
        return process

    yield begin
    for process in started:
        process.stop()


def address(kept):
    return "127.0.0.1:%d" % kept.getsockname()[1]


def read(kept):
    connection = http.client.HTTPConnection(*kept.getsockname(), timeout=20)
    try:
        connection.request("GET", "/conversations/c-1", headers={**TOKEN, "Connection": "close"})
        return connection.getresponse().status
    finally:
        connection.close()


def test_a_socket_that_listens_already_is_used(listening, write, start):
    gateway = start(write([address(listening)]), listening)
    assert read(listening) == 200
    [line] = gateway.logs("listening")
    assert line["address"] == address(listening)
    # The socket is nobody's but the manager's after the end.
    gateway.stop()
    with socket.create_connection(listening.getsockname(), timeout=5):
        pass


def test_no_call_fails_over_restarts(listening, write, start):
    path = write([address(listening)])
    over, statuses = threading.Event(), []

    def call():
        while not over.is_set():
            statuses.append(read(listening))

    gateway = start(path, listening)
    with concurrent.futures.ThreadPoolExecutor() as threads:
        callers = [threads.submit(call) for _ in range(8)]
        try:
            for _ in range(4):
                answered = len(statuses)
                wait_until(lambda: len(statuses) > answered + 50, "calls")
                gateway.stop()
                gateway = start(path, listening)
        finally:
            over.set()
        for caller in callers:
            caller.result()
    assert set(statuses) == {200} and len(statuses) > 200


def test_a_unix_socket_stays_where_it_is(write, start, short_path):
    place = short_path / "api.sock"
    with socket.socket(socket.AF_UNIX) as kept:
        kept.bind(str(place))
        kept.listen()
        gateway = start(write([f"unix:{place}"]), kept)
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(place))
            client.sendall(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n")
            assert client.recv(100).startswith(b"HTTP/1.1 200")
        gateway.stop()
        assert stat.S_ISSOCK(os.stat(place).st_mode)


def test_the_admin_listener_takes_its_own(listening, write, start):
    with socket.create_server(("127.0.0.1", 0)) as admin:
        start(write([address(listening)], admin={"listen": [address(admin)]}), admin, listening)
        connection = http.client.HTTPConnection(*admin.getsockname(), timeout=20)
        connection.request("GET", "/metrics")
        assert connection.getresponse().status == 200
        connection.close()
        assert read(listening) == 200


def test_a_socket_that_nobody_configured_is_named_and_closed(listening, write, start):
    with socket.create_server(("127.0.0.1", 0)) as other:
        gateway = start(write([address(listening)]), listening, other)
        [line] = gateway.logs("nothing is configured to listen there")
        assert line["address"] == address(other)
        assert f"socket:[{os.fstat(other.fileno()).st_ino}]" not in [
            os.readlink(f"/proc/{gateway.pid}/fd/{name}") for name in os.listdir(f"/proc/{gateway.pid}/fd")
        ]


def test_sockets_for_another_process_are_left_alone(listening, write):
    path = write([address(listening)])
    environment = {KEY_VARIABLE: KEY, "LISTEN_PID": "1", "LISTEN_FDS": "1"}
    result = run("serve", "--config", path, environment=environment)
    assert result.returncode == 74 and "can not listen" in result.stderr
