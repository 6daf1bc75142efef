"""Thousands of clients that are as slow as they can be, in a process of their own: run with a host, a port, how many of
each kind, and a path whose answer is large. Prints `open` once all are connected, waits until the server has cut those
that it cuts visibly, and prints how each ended as one line of JSON. It ends when its standard input does.
"""

import errno
import json
import resource
import selectors
import socket
import sys
import time

HEAD = b"GET /health/live HTTP/1.1\r\nHost: gateway\r\n"
BODY = b"POST /send HTTP/1.1\r\nHost: gateway\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n{"
TRICKLE_SECONDS = 0.5
LONGEST_SECONDS = 60
#: Requests of a client that never reads: together their answers are more than any buffer on the way holds.
UNREAD_ANSWERS = 24


class SlowClient:
    def __init__(self, kind, address, path):
        self.kind = kind
        self.received = b""
        self.ended = None
        self.socket = socket.socket()
        if kind == "reader":
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.socket.connect(address)
        self.begun = time.monotonic()
        self.socket.setblocking(False)
        whole = HEAD + b"\r\n"
        large = f"GET {path} HTTP/1.1\r\nHost: gateway\r\nX-Access-Token: sandbox-user-token\r\n\r\n".encode()
        first = {"head": HEAD, "body": BODY, "idle": whole, "silent": b"", "reader": large * UNREAD_ANSWERS}[kind]
        if first:
            self.socket.send(first)

    def trickle(self):
        """One more byte, where the kind sends any."""
        if self.ended is None and self.kind in ("head", "body"):
            try:
                self.socket.send(b"X")
            except OSError as error:
                if error.errno != errno.EAGAIN:
                    self.end()

    def read(self):
        try:
            chunk = self.socket.recv(65536)
        except BlockingIOError:
            return
        except OSError:
            chunk = b""
        self.received += chunk
        if not chunk:
            self.end()

    def end(self):
        self.ended = self.ended or time.monotonic() - self.begun


def open_all(address, counts, path):
    clients = []
    for index in range(max(counts.values())):
        clients += [SlowClient(kind, address, path) for kind, count in counts.items() if index < count]
    return clients


def keep_at_it(clients):
    """Until everybody is cut who can tell. Who never reads can't: the end of the stream is behind what was not read."""
    selector = selectors.DefaultSelector()
    visible = [client for client in clients if client.kind != "reader"]
    for client in visible:
        selector.register(client.socket, selectors.EVENT_READ, client)
    start = next_byte = time.monotonic()
    while any(client.ended is None for client in visible) and time.monotonic() < start + LONGEST_SECONDS:
        for key, _ in selector.select(0.05):
            key.data.read()
            if key.data.ended is not None:
                selector.unregister(key.fileobj)
        if time.monotonic() >= next_byte:
            next_byte += TRICKLE_SECONDS
            for client in visible:
                client.trickle()


def report(clients):
    kinds = {}
    for client in clients:
        if client.kind != "reader":
            status = client.received.split(b" ")[1].decode() if client.received else None
            kinds.setdefault(client.kind, []).append([client.ended, status])
    return kinds


def main():
    host, port, counts, path = sys.argv[1], int(sys.argv[2]), json.loads(sys.argv[3]), sys.argv[4]
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    clients = open_all((host, port), counts, path)
    print("open", flush=True)
    keep_at_it(clients)
    print(json.dumps(report(clients)), flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
