"""An upstream that records the exact bytes that it gets and answers what a test tells it to."""

import json
import re
import socket
import ssl
import threading

from canaries import GO_UP, PLANTED, UPLOAD_TOKEN, canary

TIMEOUT = 30
#: Kinds of secrets that may come up.
GOES_UP = GO_UP
TOKEN_TO_UPLOAD = PLANTED.plant(UPLOAD_TOKEN, canary("upload-token-from-divar"))


class Received:
    """One request as it came up."""

    def __init__(self, head, body, connection):
        self.head = head
        self.body = body
        #: Which of the connections, counted from zero.
        self.connection = connection
        lines = head.decode("latin-1").split("\r\n")
        self.method, self.path, self.version = lines[0].split(" ")
        self.fields = [tuple(part.strip() for part in line.split(":", 1)) for line in lines[1:]]

    @property
    def raw(self):
        return self.head + b"\r\n\r\n" + self.body

    def values(self, name):
        return [value for field, value in self.fields if field.lower() == name.lower()]

    def value(self, name):
        values = self.values(name)
        assert len(values) == 1, (name, self.fields)
        return values[0]

    def json(self):
        return json.loads(self.body)


class Bytes:
    """An answer by its bytes. Parts that are numbers are pauses in seconds."""

    def __init__(self, *parts, close=False):
        self.parts = parts
        self.close = close


def answer_bytes(status=200, body=b"", fields=(), content_type="application/json", reason="OK"):
    content = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode("utf-8")
    lines = [f"HTTP/1.1 {status} {reason}", f"Content-Type: {content_type}", f"Content-Length: {len(content)}"]
    lines += [f"{name}: {value}" for name, value in fields]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8") + content


def answer(status=200, body=b"", fields=(), content_type="application/json", close=False):
    return Bytes(answer_bytes(status, body, fields, content_type), close=close)


def complaint(status, code, message, fields=()):
    """Divar's own error: a google.rpc.Status."""
    return answer(status, {"code": code, "message": message, "details": []}, fields)


def divar_body(path):
    """The body with which Divar would say yes to a call of that path."""
    conversation = re.search(r"conversations/([^/]+)", path)
    if path.endswith("/chat/upload"):
        return {"token": TOKEN_TO_UPLOAD}
    if path.startswith("/v2/"):
        return {"status": 200, "message": "OK"}
    if path.endswith("/messages"):
        return {"conversation_id": conversation.group(1) if conversation else "conversation-of-the-user"}
    return {
        "conversation": {"id": conversation.group(1), "type": "POST", "post_token": "AJIEWcw"},
        "messages": [
            {
                "id": "m1", "type": "TEXT", "text": "درود", "sent_at": "2026-08-01T10:00:00Z",
                "sender": {"side": "BUYER", "type": "HUMAN"},
            }
        ],
    }


def agreeable(request):
    """Answers everything as Divar would if all is well."""
    return answer(200, divar_body(request.path))


class RecordingUpstream:
    """Listens on a port of this machine. `reply` may be replaced at any time."""

    def __init__(self, reply=agreeable, tls=None, host="127.0.0.1"):
        self.reply = reply
        self.tls = tls
        self.requests = []
        self.connections = 0
        self.handshake_errors = []
        #: Every byte that came after the TLS handshake, or without TLS at all.
        self.bytes = bytearray()
        #: Bytes to send on a fresh connection without being asked.
        self.greeting = b""
        self._changed = threading.Condition()
        self._open = set()
        self._stopped = threading.Event()
        self._listener = socket.create_server((host, 0), backlog=256)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self):
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"

    def wait_for_requests(self, count, seconds=10):
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.requests) >= count, seconds), (
                f"{len(self.requests)} requests came, not {count}"
            )
        return self.requests

    def wait_for_connections(self, count, seconds=10):
        with self._changed:
            assert self._changed.wait_for(lambda: self.connections >= count, seconds)

    def clear(self):
        with self._changed:
            self._scan()
            self.requests = []
            self.bytes = bytearray()

    def _scan(self):
        # The key and the token of a call belong there; nothing else that is secret does.
        PLANTED.scan(self.bytes, "what went up to Divar", GOES_UP)

    def stop(self):
        self._scan()
        self._stopped.set()
        # Closing alone would not wake the thread that waits for connections, and the port would stay open.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for open_socket in list(self._open):
            _close(open_socket)

    def pause(self, seconds):
        """A pause that the end of the test cuts short."""
        self._stopped.wait(seconds)

    def _accept(self):
        while True:
            try:
                accepted, _ = self._listener.accept()
            except OSError:
                return
            with self._changed:
                number = self.connections
                self.connections += 1
                self._open.add(accepted)
                self._changed.notify_all()
            threading.Thread(target=self._serve, args=(accepted, number), daemon=True).start()

    def _serve(self, accepted, number):
        try:
            accepted.settimeout(TIMEOUT)
            accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self.tls:
                try:
                    encrypted = self.tls.wrap_socket(accepted, server_side=True)
                except (ssl.SSLError, OSError) as error:
                    with self._changed:
                        self.handshake_errors.append(error)
                        self._changed.notify_all()
                    return
                self._open.add(encrypted)
                accepted = encrypted
            if self.greeting:
                accepted.sendall(self.greeting)
            self._exchanges(accepted, number)
        except OSError:
            pass
        finally:
            _close(accepted)

    def _exchanges(self, connected, number):
        buffer = b""
        while True:
            while b"\r\n\r\n" not in buffer:
                chunk = connected.recv(65536)
                if not chunk:
                    return
                self.bytes += chunk
                buffer += chunk
            head, buffer = buffer.split(b"\r\n\r\n", 1)
            length = re.search(rb"(?im)^content-length:\s*(\d+)", head)
            wanted = int(length.group(1)) if length else 0
            while len(buffer) < wanted:
                chunk = connected.recv(65536)
                if not chunk:
                    return
                self.bytes += chunk
                buffer += chunk
            received = Received(head, buffer[:wanted], number)
            buffer = buffer[wanted:]
            with self._changed:
                self.requests.append(received)
                self._changed.notify_all()
            reply = self.reply(received)
            for part in reply.parts:
                if isinstance(part, bytes):
                    connected.sendall(part)
                else:
                    self.pause(part)
            if reply.close:
                return


def _close(open_socket):
    try:
        # Says end of stream rather than reset, whatever has not been read yet.
        open_socket.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
    open_socket.close()


class Gate:
    """Holds answers back until a test opens it."""

    def __init__(self, reply=agreeable):
        self._open = threading.Event()
        self._reply = reply

    def open(self):
        self._open.set()

    def __call__(self, request):
        return self._reply(request) if self._open.wait(TIMEOUT) else Bytes(close=True)


def free_port():
    """A port on which nothing listens. For one that has to refuse connections, so that a clash is harmless."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]

