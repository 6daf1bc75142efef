"""A TCP proxy that cuts a connection after so many bytes of what is asked or answered."""

import contextlib
import socket
import struct
import threading

REQUEST, ANSWER = "request", "answer"


class CuttingProxy:
    """Passes bytes on until the plan says to cut; then both sides of the connection are closed.

    A plan holds from when it is made, for the connection that first carries bytes after that.
    """

    def __init__(self, port):
        self._target = ("127.0.0.1", port)
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._lock = threading.Lock()
        self._plan = None
        self._passed = {REQUEST: 0, ANSWER: 0}
        self._connections = set()
        self._threads = []
        self.accepted = 0
        self._start(self._accept)

    def plan(self, direction=None, offset=0, reset=False):
        """Cuts after `offset` bytes of the direction; without a direction nothing is cut and bytes are counted."""
        with self._lock:
            self._plan = (direction, offset, reset) if direction else None
            self._passed = {REQUEST: 0, ANSWER: 0}

    def passed(self):
        with self._lock:
            return dict(self._passed)

    def close_idle(self):
        """Closes every connection that there is, as an upstream does with idle ones."""
        with self._lock:
            connections = list(self._connections)
        for client, upstream in connections:
            self._close(client, False)
            self._close(upstream, False)

    def stop(self):
        # A close alone doesn't end an accept that waits.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.close_idle()
        for thread in self._threads:
            thread.join(timeout=5)

    def _start(self, work, *arguments):
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        thread.start()
        self._threads.append(thread)

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            upstream = socket.create_connection(self._target)
            upstream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                self.accepted += 1
                self._connections.add((client, upstream))
            self._start(self._pump, client, upstream, (client, upstream), REQUEST)
            self._start(self._pump, upstream, client, (client, upstream), ANSWER)

    def _pump(self, source, sink, pair, direction):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                allowed, cut = self._allow(direction, len(data))
                if allowed:
                    sink.sendall(data[:allowed])
                if cut is not None:
                    self._close(pair[1], False)
                    self._close(pair[0], cut)
                    break
        self._close(source, False)
        self._close(sink, False)
        with self._lock:
            self._connections.discard(pair)

    def _allow(self, direction, count):
        """How many bytes may pass, and how the connection is cut then; None where it isn't."""
        with self._lock:
            plan = self._plan
            before = self._passed[direction]
            if not plan or plan[0] != direction or before + count < plan[1]:
                self._passed[direction] += count
                return count, None
            self._plan = None
            return plan[1] - before, plan[2]

    @staticmethod
    def _close(side, reset):
        with contextlib.suppress(OSError):
            if reset:
                side.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                # The kernel closes it only once nobody reads from it any more.
                side.shutdown(socket.SHUT_RD)
                side.close()
            else:
                side.shutdown(socket.SHUT_RDWR)
