"""Bytes that are not HTTP/1.1 or can be read in two ways: refused, and the connection is closed."""

import pytest

from checks import assert_refused_and_closed
from wire import MESSAGE, request, send_request


@pytest.mark.parametrize(
    "data",
    [
        b"\0\0\0\0\r\n\r\n", b"hello\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/1.1\r\nbad header\r\n\r\n",
        b"GET /health/live HTTP/1.1\r\nHost: x\r\nA\0B: c\r\n\r\n",
        b"GET /health/live HTTP/1.1\r\nHost: x\r\nA : c\r\n\r\n",
        b"GET /health/live HTTP/1.1\r\nHost: x\r\nA: c\0d\r\n\r\n",
        b"GET /health/live HTTP/1.1\r\nHost: x\r\n folded: y\r\n\r\n",
        b"GET /health/live HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n",
        b"GET /health/live HTTP/1.1\r\nHost: x\r\n: y\r\n\r\n",
        b"G\xc3\x89T /health/live HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET health/live HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET * HTTP/1.1\r\nHost: x\r\n\r\n",
        b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /health/live#x HTTP/1.1\r\nHost: x\r\n\r\n",
        b'GET /health/"live" HTTP/1.1\r\nHost: x\r\n\r\n',
        b"GET /health/l\xc3\xafve HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /health/live HTTP/1.1\nHost: x\n\n",
        b"\r\n\r\nGET /health/live HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /health/live HTTP/1.1\r\nHost: x\r\nA: b\rc\r\n\r\n",
        b"GET /health/live HTTP/1.1\r\nHost: x y\r\n\r\n",
        b"GET /health/live HTTP/1.1\r\nHost:\r\n\r\n",
        b"GET http://y/health/live HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /health/live HTTP/1.1\r\n\r\n",
        b"GET /health/live HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n",
        b"GET /health/live HTTP/1.1\r\nHost: x\r\nhost: y\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x11" * 60 + b"\r\n\r\n",
    ],
    ids=lambda data: repr(data[:40]),
)
def test_bytes_that_are_no_request_are_refused_and_the_connection_is_closed(data, wire):
    wire.send(data)
    assert_refused_and_closed(wire, "malformed-request")


@pytest.mark.parametrize(
    "fields,body",
    [
        (b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", b"0\r\n\r\n"),
        (b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n", b"0\r\n\r\n"),
        (b"Content-Length: 2\r\nContent-Length: 3\r\n", b"{}"),
        (b"Content-Length: 2\r\nContent-Length: 2\r\n", b"{}"),
        (b"Content-Length: 2, 2\r\n", b"{}"),
        (b"Content-Length: +2\r\n", b"{}"),
        (b"Content-Length: -2\r\n", b"{}"),
        (b"Content-Length: 0x2\r\n", b"{}"),
        (b"Content-Length: 2 \r\nContent-Length : 5\r\n", b"{}"),
        (b"Content-Length: 99999999999999999999\r\n", b"{}"),
        (b"Content-Length:\r\n", b""),
        (b"Transfer-Encoding: gzip\r\n", b""),
        (b"Transfer-Encoding: gzip, chunked\r\n", b"0\r\n\r\n"),
        (b"Transfer-Encoding: chunked, chunked\r\n", b"0\r\n\r\n"),
        (b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", b"0\r\n\r\n"),
        (b"Transfer-Encoding: identity\r\n", b""),
        (b"Transfer-Encoding: xchunked\r\n", b"0\r\n\r\n"),
        (b"Transfer-Encoding: \x0bchunked\r\n", b"0\r\n\r\n"),
        (b"Transfer-Encoding: chunked\r\n", b"x\r\n\r\n"),
        (b"Transfer-Encoding: chunked\r\n", b"-1\r\n\r\n"),
        (b"Transfer-Encoding: chunked\r\n", b"ffffffffffffffffff\r\n"),
        (b"Transfer-Encoding: chunked\r\n", b"2\r\n{}x\r\n0\r\n\r\n"),
        (b"Transfer-Encoding: chunked\r\n", b"2\n{}\n0\n\n"),
        (b"Transfer-Encoding: chunked\r\n", b"0x2\r\n{}\r\n0\r\n\r\n"),
    ],
    ids=lambda part: repr(part)[:60],
)
def test_a_body_whose_length_can_be_read_two_ways_is_refused(fields, body, wire, upstream):
    """Otherwise a proxy in front and the gateway could see different requests in the same bytes."""
    inner = send_request({"conversation_id": "smuggled", "text": "smuggled"})
    wire.send(b"POST /upload-token HTTP/1.1\r\nHost: x\r\n" + fields + b"\r\n" + body + inner)
    answered = wire.answer()
    assert answered.status_code in (400, 413), answered.content
    assert answered.headers["connection"] == "close"
    assert wire.is_closed()
    assert not any("smuggled" in request.path for request in upstream.requests)


def test_chunks_on_http_1_0_are_not_believed(wire, upstream):
    inner = send_request({"conversation_id": "smuggled", "text": "smuggled"})
    wire.send(b"POST /upload-token HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + inner)
    wire.answer()
    assert wire.is_closed()
    assert not any("smuggled" in request.path for request in upstream.requests)


@pytest.mark.parametrize("version", ["HTTP/2.0", "HTTP/3.0", "HTTP/0.9", "HTTP/1.2", "HTTP/9.9"])
def test_another_version_of_http_is_refused(version, wire):
    wire.send(request(version=version))
    answered = wire.answer()
    assert answered.status_code in (400, 505)
    assert wire.is_closed()


@pytest.mark.parametrize("line", [b"GET /", b"GET /health/live HTTP/1.1 extra", b"GET /health/live HTTP/1"])
def test_a_request_line_without_a_proper_version_is_refused(line, wire):
    wire.send(line + b"\r\nHost: x\r\n\r\n")
    assert wire.answer().status_code in (400, 505)
    assert wire.is_closed()


def test_http_2_is_not_spoken(wire):
    wire.send(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0" * 9)
    assert wire.answer().status_code in (400, 505)
    assert wire.is_closed()


@pytest.mark.parametrize("name", ["Authorization", "X-Access-Token", "Content-Type", "traceparent", "X-API-Key", "Origin"])
def test_a_field_that_may_come_once_may_not_come_twice(name, new_wire, upstream):
    wire = new_wire()
    fields = [("Content-Type", "application/json")] if name != "Content-Type" else []
    wire.send(request("POST", "/send", [*fields, (name, "a"), (name.upper(), "a")], MESSAGE))
    assert_refused_and_closed(wire, "malformed-request")
    assert upstream.requests == []
