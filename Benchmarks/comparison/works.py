"""What is measured: each work is a request, who is asked, and what the ratios should be."""

import dataclasses
import json

from contenders import DIVAR_KEY, Floor, Gateway, HAProxy, Nginx, Varnish
from load import Request
from machine import LOAD_CORE, SERVER_CORE

CONVERSATION = "benchmark-conversation"
BODY_BYTES = 4096
TEXTS = ("سلام، آگهی هنوز موجود است؟", "بله، فردا ساعت ۱۷ برای بازدید خوب است؟", "Agreed, see you then.")
NGINX_LOG = "access.log json"
NGINX_CACHE = """proxy_cache reads;
            proxy_cache_key "$uri $http_authorization $http_x_access_token";
            proxy_cache_valid 200 1h;
            add_header X-Cache-Status $upstream_cache_status;"""
SENDFILE = "sendfile on; tcp_nopush on;"
# The fastest that was found: the file stays open, and a few kilobytes are read and written faster than by sendfile.
OPEN_FILES = "sendfile off; open_file_cache max=1000; open_file_cache_valid 1h;"

PLAIN, LOGGED, CACHED = "nginx, no log", "nginx, JSON log", "nginx, files kept open"
FLOOR, HAPROXY, VARNISH = "C floor", "HAProxy", "Varnish"


@dataclasses.dataclass(frozen=True)
class Goal:
    """What the gateway's figure over somebody else's should be at most."""

    gateway: str
    against: str
    at_most: float


@dataclasses.dataclass(frozen=True)
class Work:
    """One request, at so many connections at once; the origin answers it so."""

    name: str
    title: str
    request: Request
    answer: bytes
    contenders: object
    goals: tuple = ()
    connections: int = 64
    in_memory: bool = False
    #: Requests that may go on to the origin; None where each one does.
    origin_calls: int | None = None


class Builder:
    """Makes the servers of one work, each with an origin of its own."""

    def __init__(self, programs, folder, caller_key):
        self.programs, self.folder, self.caller_key = programs, folder, caller_key
        self.origins = {}

    def begin(self, work, folder):
        self.work, self.folder = work, folder

    def gateway(self, name="gateway", **settings):
        return Gateway(
            name, self.programs.gateway, self._origin(name), self.folder / name.replace(" ", "-"), self.caller_key,
            settings,
        )  # fmt: skip

    def nginx(self, name, log="off", cache="", files=SENDFILE):
        values = {"ACCESS_LOG": log, "CACHE": cache, "FILES": files, "KEY": DIVAR_KEY}
        return Nginx(name, self.programs.nginx, self._folder(name), ORIGIN=self._origin(name), **values)

    def haproxy(self, name=HAPROXY, caches=False, logs=False):
        return HAProxy(
            name, self.programs.haproxy, self._folder(name), ORIGIN=self._origin(name), KEY=DIVAR_KEY,
            GLOBAL="log stdout format raw local0" if logs else "", LOG="log global\n    option httplog" if logs else "",
            REQUEST="http-request cache-use reads" if caches else "",
            RESPONSE="http-response set-header cache-control max-age=3600\n    http-response cache-store reads"
            if caches
            else "",
        )  # fmt: skip

    def varnish(self):
        return Varnish(VARNISH, self.programs.varnish, self._folder(VARNISH), ORIGIN=self._origin(VARNISH))

    def floor(self):
        """For what is cached a server that answers at once, else one that passes on."""
        log = self.folder / "floor.log"
        if self.work.origin_calls is not None:
            floor = Floor(FLOOR, self.programs.floor, ["answer", self._answer(FLOOR)], log, SERVER_CORE)
            self.origins[FLOOR] = floor
            return floor
        line = f"x-api-key: {DIVAR_KEY}"
        return Floor(FLOOR, self.programs.floor, ["relay", str(self._origin(FLOOR)), line], log, SERVER_CORE)

    def _folder(self, name):
        return self.folder / name.replace(" ", "-").replace(",", "")

    def _answer(self, name):
        """The answer is a file; nobody's but the gateway's origin needs to speak as Divar does."""
        file = self.folder / f"answer-{len(self.origins)}"
        file.write_bytes(http_answer(self.work.answer))
        return str(file)

    def _origin(self, name):
        log = self.folder / f"origin-{len(self.origins)}.log"
        origin = Floor(f"the origin of {name}", self.programs.floor, ["answer", self._answer(name)], log, LOAD_CORE)
        self.origins[name] = origin
        return origin.port


def http_answer(body):
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def works(caller_key, user_token):
    """All of them, by name."""
    authorization = {"Authorization": f"Bearer {caller_key}"}
    read = {**authorization, "X-Access-Token": user_token}
    path = f"/conversations/{CONVERSATION}"
    message = {"conversation_id": CONVERSATION, "text": TEXTS[0] + " " + TEXTS[1]}
    body = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
    send = Request("POST", "/send", {**authorization, "Content-Type": "application/json"}, body)
    sent = json.dumps({"conversation_id": CONVERSATION}).encode()
    all_of_them = (
        Work(
            "cached-read", "Cached GET of 4 KB", Request("GET", path, read), conversation(), _cached,
            goals=(Goal("gateway", PLAIN, 0.65), Goal("gateway", HAPROXY, 0.9), Goal("gateway", FLOOR, 1.4)),
            # One fills the cache, and one may be a refresh.
            origin_calls=2,
        ),
        Work(
            "relayed-read", "Relayed GET of 4 KB (a miss)",
            Request("GET", path, {**read, "Cache-Control": "no-cache"}), conversation(), _relayed,
            goals=(Goal("gateway", LOGGED, 1.0),),
        ),
        Work(
            "send-memory", "POST /send, journal in memory", send, sent, _relayed,
            goals=(Goal("gateway", LOGGED, 1.35),), in_memory=True,
        ),
        Work("send-durable", "POST /send, journal on disk", send, sent, _relayed),
        Work(
            "send-latency", "POST /send, journal on disk, 8 connections", send, sent, _plain, connections=8,
        ),
        Work(
            "upload-token", "POST /upload-token", Request("POST", "/upload-token", authorization),
            b'{"token":"benchmark-upload-token"}', _relayed,
        ),
    )  # fmt: skip
    return {work.name: work for work in all_of_them}


def _cached(make):
    cache = {"ttl": "1h"}
    return [
        make.gateway(cache=cache),
        make.gateway("gateway, request log", cache=cache, log={"requests": True}),
        make.nginx(PLAIN, cache=NGINX_CACHE),
        make.nginx(CACHED, cache=NGINX_CACHE, files=OPEN_FILES),
        make.nginx(LOGGED, log=NGINX_LOG, cache=NGINX_CACHE),
        make.haproxy(caches=True),
        make.varnish(),
        make.floor(),
    ]


def _relayed(make):
    return [
        make.gateway(),
        make.gateway("gateway, request log", log={"requests": True}),
        make.nginx(PLAIN),
        make.nginx(LOGGED, log=NGINX_LOG),
        make.haproxy(),
        make.floor(),
    ]


def _plain(make):
    return [make.gateway(), make.nginx(PLAIN), make.nginx(LOGGED, log=NGINX_LOG)]


def conversation():
    """A conversation as Divar's API gives it, of about 4 KB."""
    messages = []
    while len(_encoded(messages)) < BODY_BYTES - 120:
        number = len(messages)
        side = "BUYER" if number % 2 == 0 else "SELLER"
        messages.append({
            "id": f"message-{number:04}",
            "type": "TEXT",
            "text": TEXTS[number % len(TEXTS)],
            "sent_at": f"2026-08-01T10:{number:02}:00Z",
            "sender": {"side": side, "type": "HUMAN"},
        })
    return _encoded(messages)


def _encoded(messages):
    value = {"conversation": {"id": CONVERSATION, "type": "POST", "post_token": "BeNcHmK1"}, "messages": messages}
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
