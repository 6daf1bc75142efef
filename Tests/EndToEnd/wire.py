"""Raw HTTP over a socket, for what well-behaved clients never do."""

import json
import socket
import time

from canaries import PLANTED, UPLOAD_TOKEN

#: The send of tests that ask about the connection and not about the message.
MESSAGE = {"conversation_id": "c-1", "text": "سلام"}


class WireAnswer:
    """One answer as it came: status, fields (lower-case names) and body."""

    def __init__(self, status, fields, body, raw_head):
        self.status_code = status
        self.headers = fields
        self.content = body
        self.raw_head = raw_head

    def json(self):
        return json.loads(self.content)


class Wire:
    """A connection to a server; reads answers one by one."""

    def __init__(self, connected_socket):
        self.socket = connected_socket
        self.buffer = b""
        self._allowed = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        data = data if isinstance(data, bytes) else data.encode("utf-8")
        if b"/upload-token" in data:
            self._allowed = [UPLOAD_TOKEN]
        self.socket.sendall(data)
        return self

    def half_close(self):
        self.socket.shutdown(socket.SHUT_WR)

    def _more(self):
        chunk = self.socket.recv(65536)
        self.buffer += chunk
        return bool(chunk)

    def answer(self, to_head=False):
        """The next answer; None where the server closed instead."""
        while b"\r\n\r\n" not in self.buffer:
            try:
                if not self._more():
                    assert not self.buffer, f"closed in the middle of an answer: {self.buffer!r}"
                    return None
            except ConnectionResetError:
                assert not self.buffer, f"reset in the middle of an answer: {self.buffer!r}"
                return None
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        lines = head.decode("latin-1").split("\r\n")
        version, status, *_ = lines[0].split(" ", 2)
        assert version == "HTTP/1.1", lines[0]
        fields = {}
        for line in lines[1:]:
            name, value = line.split(":", 1)
            fields[name.lower()] = value.strip()
        length = 0 if to_head or status.startswith("1") else int(fields.get("content-length", "0"))
        while len(self.buffer) < length:
            assert self._more(), "closed before the end of the body"
        body, self.buffer = self.buffer[:length], self.buffer[length:]
        PLANTED.scan(head + b"\r\n\r\n" + body, "an answer on a raw connection", self._allowed)
        return WireAnswer(int(status), fields, body, head)

    def is_closed(self, seconds=10):
        """Whether the server closes without another byte."""
        self.socket.settimeout(seconds)
        try:
            return not self.buffer and self.socket.recv(1) == b""
        except ConnectionResetError:
            return True

    def stays_open(self, seconds=0.3):
        """Whether nothing comes and the connection is there for that long."""
        self.socket.settimeout(seconds)
        try:
            self.socket.recv(1, socket.MSG_PEEK)
            return False
        except (TimeoutError, BlockingIOError):
            return True
        except ConnectionResetError:
            return False
        finally:
            self.socket.settimeout(20)


def request(method="GET", target="/health/live", fields=(), body=None, host="gateway", version="HTTP/1.1"):
    """A request's bytes. `Host` and, with a body, `Content-Length` are put in."""
    lines = [f"{method} {target} {version}"]
    if host is not None:
        lines.append(f"Host: {host}")
    lines += [f"{name}: {value}" for name, value in fields]
    content = body if isinstance(body, bytes) or body is None else json.dumps(body).encode("utf-8")
    if content is not None:
        lines.append(f"Content-Length: {len(content)}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8") + (content or b"")


def send_request(body, fields=()):
    """The bytes of a `POST /send`."""
    return request("POST", "/send", [("Content-Type", "application/json"), *fields], body)


def elapsed(action):
    """Runs an action; gives its result and the seconds that it took."""
    start = time.monotonic()
    result = action()
    return result, time.monotonic() - start
