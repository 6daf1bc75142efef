"""Memory: a server that has nothing to do, and what an idle connection takes of it."""

import resource
import socket
import time

from load import Request
from processes import BenchmarkError
from works import PLAIN

COUNTS = (1_000, 5_000)
SETTLE_SECONDS = 1


def measure_idle(make, work, folder):
    """By server: its bytes without connections, and its bytes for each of so many."""
    raise_descriptor_limit(max(COUNTS) + 200)
    folder.mkdir(mode=0o711)
    make.begin(work, folder)
    rows = {}
    for server in (make.gateway(), make.nginx(PLAIN), make.haproxy(), make.varnish()):
        server.start()
        time.sleep(SETTLE_SECONDS)
        before = server.process.resident_bytes()
        rows[server.name] = (before, *(connected(server, work.request, count) for count in COUNTS))
        server.process.stop()
    for origin in make.origins.values():
        origin.process.stop()
    make.origins.clear()
    return rows


def connected(server, request, count):
    """Bytes for each connection that has had one answer and stays."""
    before = server.process.resident_bytes()
    connections = []
    try:
        for _ in range(count):
            connection = socket.create_connection(("127.0.0.1", server.port), timeout=20)
            connections.append(connection)
            answered(connection, request)
        time.sleep(SETTLE_SECONDS)
        return (server.process.resident_bytes() - before) / count
    finally:
        for connection in connections:
            connection.close()
        # The next count begins with the memory that this one has left.
        time.sleep(SETTLE_SECONDS)


def answered(connection, request: Request):
    fields = "".join(f"{name}: {value}\r\n" for name, value in request.headers.items())
    connection.sendall(f"{request.method} {request.path} HTTP/1.1\r\nHost: localhost\r\n{fields}\r\n".encode())
    got = connection.recv(65536)
    if not got.startswith(b"HTTP/1.1 200"):
        raise BenchmarkError(f"an idle connection was answered {got[:60]!r}")
    while b"\r\n\r\n" not in got:
        got += connection.recv(65536)
    head, _, body = got.partition(b"\r\n\r\n")
    length = next(int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
    while len(body) < length:
        body += connection.recv(65536)


def raise_descriptor_limit(count):
    """For this process, and for all that it starts."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < count:
        raise BenchmarkError(f"{count} open files are needed, and {hard} are allowed: raise ulimit -n")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, count), hard))
