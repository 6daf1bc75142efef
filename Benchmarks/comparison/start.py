"""From the start of a process to its first answer."""

import json
import shutil
import socket
import time

from contenders import free_port
from load import run
from processes import BenchmarkError
from works import PLAIN

RECORDS = 1_000_000
PATIENCE_SECONDS = 60
LOAD_SECONDS = 5


def measure_start(make, work, folder, memory, rounds):
    """By server: milliseconds of each round."""
    folder.mkdir(mode=0o711)
    memory.mkdir(mode=0o711)
    make.begin(work, memory)
    filled = make.gateway("gateway, a million records")
    fill(make, filled, work, memory)
    make.begin(work, folder)
    rows = {}
    empty = make.gateway()
    # The journal goes to the disk that is measured.
    shutil.move(str(memory / filled.file.parent.name), str(folder / "filled"))
    filled.file = folder / "filled" / filled.file.name
    point_to(filled, str(folder / "filled" / "journal.db"))
    for server in (empty, filled):
        point_to(server, port=free_port())
        rows[server.name] = [first_answer(server) for _ in range(rounds)]
    nginx = make.nginx(PLAIN)
    rows[nginx.name] = [first_answer(nginx.start(), again=True) for _ in range(rounds)]
    haproxy = make.haproxy()
    rows[haproxy.name] = [first_answer(haproxy.start(), again=True) for _ in range(rounds)]
    for origin in make.origins.values():
        origin.process.stop()
    make.origins.clear()
    return rows


def fill(make, server, work, folder):
    """Sends until the journal has its records: two for each send."""
    server.start()
    sent = 0
    while sent * 2 < RECORDS:
        sent += run(make.programs.wrk, work.request, 64, server.port, LOAD_SECONDS, folder / "wrk.log").requests
    server.process.stop()


def point_to(server, journal=None, port=None):
    configuration = json.loads(server.file.read_text(encoding="utf-8"))
    if journal:
        configuration["journal"]["path"] = journal
    if port:
        configuration["listen"] = [f"127.0.0.1:{port}"]
        server.port = port
    server.file.write_text(json.dumps(configuration), encoding="utf-8")
    server.command[-1] = str(server.file)
    server.log = server.file.parent / "log"


def first_answer(server, again=False):
    """Milliseconds; the process is ended behind it."""
    if again:
        # It was started once to find its port, and is now started again with it.
        server.process.stop()
    begin = time.monotonic()
    process = server.begin()
    try:
        while time.monotonic() < begin + PATIENCE_SECONDS:
            if is_answered(server.port):
                return (time.monotonic() - begin) * 1000
            process.check_running()
        raise BenchmarkError(f"{server.name} did not answer")
    finally:
        process.stop()


def is_answered(port):
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS) as connection:
            connection.sendall(b"GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            return connection.recv(12).startswith(b"HTTP/1.1 ")
    except ConnectionError:
        return False
