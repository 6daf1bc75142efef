"""Fields that proxies pass on, rewrite or act upon: the gateway does none of it. Its requests to Divar are its own."""

import random

import pytest

from calls import PATHS
from conftest import KEY, NO_CACHE
from wire import MESSAGE, request

MARK = "SMUGGLED"
#: Every request to Divar has these, and those of its kind of call.
OWN = {"host", "x-api-key", "accept", "user-agent", "traceparent", "via"}
HOP_BY_HOP = [
    "Keep-Alive", "Proxy-Connection", "TE", "Trailer", "Upgrade", "Proxy-Authorization", "Proxy-Authenticate",
    "HTTP2-Settings",
]
FORWARDED = [
    "Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Port", "X-Forwarded-Prefix",
    "X-Real-IP", "X-Client-IP", "True-Client-IP", "CF-Connecting-IP", "X-Original-URL", "X-Rewrite-URL", "X-Host",
    "X-HTTP-Method-Override", "X-Method-Override", "X-Forwarded-Server", "Via", "Max-Forwards", "X-Original-Host",
    "X-Envoy-Original-Path",
]
CREDENTIALS = [
    "Cookie", "Set-Cookie", "X-Api-Key", "X-Api_Key", "X_Api_Key", "Api-Key", "X-Auth-Token", "X-Amz-Security-Token",
]
OTHERS = [
    "Accept", "Accept-Charset", "Accept-Encoding", "Accept-Language", "Content-Encoding", "Content-Language",
    "Content-Location", "Content-MD5", "Content-Range", "Date", "DNT", "From", "If-Match", "If-Modified-Since",
    "If-Range", "If-Unmodified-Since", "Pragma", "Range", "Referer", "User-Agent", "Warning", "tracestate", "baggage",
    "b3", "X-B3-TraceId", "uber-trace-id", "X-Request-Id", "X-Correlation-Id", "Early-Data", "Priority", "X",
    "Sec-Fetch-Mode", "Access-Control-Request-Method",
]
#: What a proxy would drop, or keep, because `Connection` names it (RFC 9110 section 7.6.1).
NAMED = ["X-Api-Key", "Authorization", "Host", "Content-Length", "traceparent"]


def odd_fields():
    """Hundreds of fields, in a random order that is the same every time."""
    names = HOP_BY_HOP + FORWARDED + CREDENTIALS + OTHERS + [f"X-{MARK}-{number}" for number in range(300)]
    fields = [(name, f"{MARK}-{number}") for number, name in enumerate(names)]
    fields += [(name.upper(), f"{MARK}-again") for name in FORWARDED + OTHERS]
    fields += [("Connection", f"keep-alive, {name}") for name in NAMED]
    random.Random(6).shuffle(fields)
    return fields


@pytest.mark.parametrize("call", ["bot-message", "read", "upload"])
def test_no_field_of_a_caller_goes_up(call, start_behind, start_upstream, new_wire):
    upstream = start_upstream()
    gateway = start_behind(upstream, limits={"header_fields": 256, "header": "64KiB"}, **NO_CACHE)
    method, target, body = {
        "bot-message": ("POST", "/send", MESSAGE), "read": ("GET", "/conversations/c-1", None),
        "upload": ("POST", "/upload-token", {}),
    }[call]
    own = [("X-Access-Token", "user-token")] if call == "read" else []
    own += [("Content-Type", "application/json")] if body is not None else []
    fields, wire = odd_fields(), new_wire(gateway)
    assert len(fields) > 300
    for start in range(0, len(fields), 100):
        answered = wire.send(request(method, target, own + fields[start : start + 100], body)).answer()
        assert answered.status_code == 200, answered.content
    assert len(upstream.requests) == len(range(0, len(fields), 100))
    expected = OWN | ({"authorization"} if call == "read" else {"content-type", "content-length"})
    for received in upstream.requests:
        assert sorted(name.lower() for name, _ in received.fields) == sorted(expected)
        assert received.value("x-api-key") == KEY
        assert received.path == PATHS[call]
    assert MARK.encode() not in upstream.bytes.upper()


def test_a_trailer_does_not_go_up_either(wire, upstream):
    fields = [("Content-Type", "application/json"), ("Transfer-Encoding", "chunked"), ("Trailer", MARK)]
    content = b'27\r\n{"conversation_id": "c-1", "text": "x"}\r\n0\r\n'
    trailers = f"X-{MARK}: {MARK}\r\nX-Api-Key: {MARK}\r\nAuthorization: Bearer {MARK}\r\n\r\n".encode()
    wire.send(request("POST", "/send", fields) + content + trailers)
    assert wire.answer().status_code == 200
    assert MARK.encode() not in upstream.bytes.upper()
