"""The upstreams behind both servers: they answer one body, and count how often they had to."""

import http.server
import json
import threading

BODY_BYTES = 4096
TEXTS = ("سلام، آگهی هنوز موجود است؟", "بله، فردا ساعت ۱۷ برای بازدید خوب است؟", "Agreed, see you then.")


class Upstream:
    """Answers every GET of one path with the same JSON, on a port that the kernel chose."""

    def __init__(self, path, body, content_type="application/json"):
        self.path, self.body, self.content_type = path, body, content_type
        self._calls = 0
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.upstream = self
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def port(self):
        return self._server.server_address[1]

    @property
    def calls(self):
        with self._lock:
            return self._calls

    def count(self):
        with self._lock:
            self._calls += 1


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 512


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self):
        upstream = self.server.upstream
        upstream.count()
        is_known = self.path == upstream.path
        body = upstream.body if is_known else b'{"code":5,"message":"Not Found","details":[]}'
        self.send_response(200 if is_known else 404)
        self.send_header("Content-Type", upstream.content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Says nothing; what counts is counted."""


def conversation_of(identifier):
    """A conversation as Divar's API gives it, of about 4 KB."""
    messages = []
    while len(_encoded(identifier, messages)) < BODY_BYTES - 120:
        number = len(messages)
        side = "BUYER" if number % 2 == 0 else "SELLER"
        messages.append({
            "id": f"message-{number:04}",
            "type": "TEXT",
            "text": TEXTS[number % len(TEXTS)],
            "sent_at": f"2026-08-01T10:{number:02}:00Z",
            "sender": {"side": side, "type": "HUMAN"},
        })
    return _encoded(identifier, messages)


def _encoded(identifier, messages):
    value = {"conversation": {"id": identifier, "type": "POST", "post_token": "BeNcHmK1"}, "messages": messages}
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
