"""HTTP/1.1 towards clients that are not ours: keep-alive, pipelining, chunks, limits by name, timeouts, sockets."""

import concurrent.futures
import json
import socket
import time

import pytest
import requests

from checks import assert_problem, assert_sent
from processes import curl, wait_until
from upstream import Gate, agreeable, answer
from wire import Wire, elapsed, request, send_request

MESSAGE = {"conversation_id": "c-1", "text": "سلام"}


@pytest.fixture
def wire(recorded, upstream):
    """A raw connection to a gateway in front of the recording upstream."""
    with Wire(recorded[0].connect()) as connected:
        yield connected


@pytest.fixture
def new_wire(recorded, upstream):
    opened = []

    def open_wire(gateway=None):
        opened.append(Wire((gateway or recorded[0]).connect()))
        return opened[-1]

    yield open_wire
    for connected in opened:
        connected.socket.close()


def assert_refused_and_closed(wire, kind):
    answered = wire.answer()
    assert_problem(answered, kind)
    assert answered.headers["connection"] == "close"
    assert wire.is_closed()


# Connections


def test_a_session_keeps_its_connection(recorded_client, upstream):
    def local_port(answered):
        return answered.raw._connection.sock.getsockname()[1]

    ports = set()
    for _ in range(10):
        for call in (
            lambda: recorded_client.get("/health/live", stream=True),
            lambda: recorded_client.post("/send", json=MESSAGE, stream=True),
            lambda: recorded_client.get("/nothing", stream=True),
            lambda: recorded_client.post("/send", json={}, stream=True),
            lambda: recorded_client.head("/health/ready", stream=True),
            lambda: recorded_client.delete("/send", stream=True),
        ):
            answered = call()
            if answered.raw._connection is not None and answered.raw._connection.sock is not None:
                ports.add(local_port(answered))
            answered.content
    assert len(ports) == 1


def test_connection_close_is_honoured(wire):
    answered = wire.send(request(fields=[("Connection", "close")])).answer()
    assert answered.status_code == 200
    assert answered.headers["connection"] == "close"
    assert wire.is_closed()


def test_http_1_0_is_answered_and_closed(wire):
    answered = wire.send(request(version="HTTP/1.0", host=None)).answer()
    assert answered.status_code == 200
    assert wire.is_closed()


def test_pipelined_requests_are_answered_in_their_order(wire, upstream):
    count = 100
    wire.send(b"".join(send_request({"conversation_id": f"c-{index}", "text": str(index)}) for index in range(count)))
    for index in range(count):
        assert assert_sent(wire.answer())["conversation_id"] == f"c-{index}"
    assert [request.json()["text_message"] for request in upstream.requests] == [str(index) for index in range(count)]


def test_pipelined_requests_of_every_kind_keep_their_order(wire, upstream):
    token = [("X-Access-Token", "t")]
    wire.send(
        request() + send_request(MESSAGE) + request("HEAD") + request("GET", "/conversations/c-9", token)
        + send_request({}) + request("GET", "/nothing") + request("DELETE", "/send") + request("POST", "/upload-token")
    )
    assert wire.answer().json() == {"status": "live"}
    assert_sent(wire.answer())
    assert wire.answer(to_head=True).headers["content-length"] == "17"
    assert wire.answer().json()["id"] == "c-9"
    assert_problem(wire.answer(), "invalid-request", "not_sent")
    assert_problem(wire.answer(), "no-such-resource")
    assert_problem(wire.answer(), "method-not-allowed")
    assert wire.answer().json()["token"]


def test_what_was_asked_before_the_client_closed_its_side_is_answered(wire, upstream):
    wire.send(send_request(MESSAGE) + request())
    wire.half_close()
    assert_sent(wire.answer())
    assert wire.answer().status_code == 200
    assert wire.is_closed()


def test_a_request_in_single_bytes_is_served(wire, upstream):
    wire.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for byte in send_request(MESSAGE):
        wire.send(bytes([byte]))
    assert_sent(wire.answer())
    assert upstream.requests[0].json() == {"text_message": "سلام"}


def test_a_chunked_body_is_put_together(wire, upstream):
    content = json.dumps(MESSAGE, ensure_ascii=False).encode()
    fields = [("Content-Type", "application/json"), ("Transfer-Encoding", "chunked")]
    head = request("POST", "/send", fields)
    chunks = b"".join(b"1;extension=x\r\n" + content[index : index + 1] + b"\r\n" for index in range(len(content)))
    wire.send(head + chunks + b"0\r\nTrailer: x\r\n\r\n")
    assert_sent(wire.answer())
    assert upstream.requests[0].json() == {"text_message": "سلام"}
    assert wire.send(request()).answer().status_code == 200


def test_requests_sends_a_generator_in_chunks(recorded_client, upstream):
    content = json.dumps(MESSAGE).encode()
    body = (content[index : index + 7] for index in range(0, len(content), 7))
    assert_sent(recorded_client.post("/send", data=body, headers={"Content-Type": "application/json"}))


def test_a_client_that_expects_to_be_asked_is_asked(wire, upstream):
    content = json.dumps(MESSAGE).encode()
    whole = request("POST", "/send", [("Content-Type", "application/json"), ("Expect", "100-continue")], content)
    head = whole[: -len(content)]
    assert wire.send(head).answer().status_code == 100
    assert upstream.requests == []
    assert_sent(wire.send(content).answer())


def test_curl_expects_to_be_asked(recorded, upstream):
    answered = curl(
        "-H", "Content-Type: application/json", "-H", "Expect: 100-continue", "--data-binary", json.dumps(MESSAGE),
        "-v", "--stderr", "-", recorded[0].url + "/send",
    )
    assert "< HTTP/1.1 100 Continue" in answered
    assert "< HTTP/1.1 200 OK" in answered


def test_another_expectation_fails(wire, upstream):
    wire.send(request("POST", "/send", [("Content-Type", "application/json"), ("Expect", "200-ok")], MESSAGE))
    assert_refused_and_closed(wire, "expectation-failed")
    assert upstream.requests == []


# Limits by name


def test_a_request_target_may_have_8_kib(new_wire):
    answered = new_wire().send(request(target="/health/live?" + "x" * (8192 - 13))).answer()
    assert answered.status_code == 200


@pytest.mark.parametrize("length", [8193, 12_000, 16_384, 20_000, 60_000, 200_000])
def test_a_longer_request_target_is_414(length, new_wire):
    wire = new_wire()
    wire.send(request(target="/health/live?" + "x" * (length - 13)))
    answered = wire.answer()
    problem = assert_problem(answered, "target-too-long")
    assert "8192" in problem["detail"]
    assert wire.is_closed()


def test_a_request_line_without_an_end_is_refused(new_wire):
    wire = new_wire()
    try:
        wire.send(b"GET /" + b"x" * 300_000)
    except OSError:
        pass
    assert wire.answer().status_code in (414, 431)


def test_64_fields_are_taken_and_65_are_431(new_wire):
    # One of them is Host.
    answered = new_wire().send(request(fields=[(f"X-{index}", "x") for index in range(63)])).answer()
    assert answered.status_code == 200
    wire = new_wire()
    wire.send(request(fields=[(f"X-{index}", "x") for index in range(64)]))
    problem = assert_problem(wire.answer(), "header-too-large")
    assert "64 fields" in problem["detail"] and "16384 bytes" in problem["detail"]
    assert wire.is_closed()


@pytest.mark.parametrize("fields", [1, 2, 40])
def test_header_fields_over_16_kib_are_431(fields, new_wire):
    def sized(total):
        each = total // fields
        return [(f"X-{index:03}", "x" * (each - 5)) for index in range(fields)]

    assert new_wire().send(request(fields=sized(15 * 1024))).answer().status_code == 200
    wire = new_wire()
    wire.send(request(fields=sized(17 * 1024)))
    assert_refused_and_closed(wire, "header-too-large")


def test_a_field_without_an_end_is_431(new_wire):
    wire = new_wire()
    try:
        wire.send(b"GET /health/live HTTP/1.1\r\nHost: x\r\nX: " + b"x" * 300_000)
    except OSError:
        pass
    assert_problem(wire.answer(), "header-too-large")


def padded(size):
    """A valid send of exactly that many bytes: JSON may have air in it."""
    content = json.dumps(MESSAGE).encode()
    return content + b" " * (size - len(content))


def test_a_body_of_64_kib_is_taken(new_wire, upstream):
    assert_sent(new_wire().send(request("POST", "/send", [("Content-Type", "application/json")], padded(65536))).answer())


@pytest.mark.parametrize("size", [65537, 10_000_000])
def test_a_body_that_is_announced_as_larger_is_413_before_it_comes(size, new_wire, upstream):
    wire = new_wire()
    wire.send(request("POST", "/send", [("Content-Type", "application/json"), ("Content-Length", size)]))
    answered, seconds = elapsed(wire.answer)
    problem = assert_problem(answered, "body-too-large", "not_sent")
    assert "65536" in problem["detail"]
    assert seconds < 5
    assert upstream.requests == []


def test_a_client_that_sends_a_large_body_anyway_can_read_why_not(recorded, upstream, tmp_path):
    large = tmp_path / "large.json"
    large.write_bytes(padded(3_000_000))
    answered = curl(
        "-H", "Content-Type: application/json", "-H", "Expect:", "--data-binary", f"@{large}", "-w", "\n%{http_code}",
        recorded[0].url + "/send",
    )
    assert answered.endswith("\n413")
    assert "body-too-large" in answered


def test_a_chunked_body_over_the_limit_is_413(new_wire, upstream):
    fields = [("Content-Type", "application/json"), ("Transfer-Encoding", "chunked")]
    exact = padded(65536)
    wire = new_wire()
    wire.send(request("POST", "/send", fields) + b"10000\r\n" + exact + b"\r\n0\r\n\r\n")
    assert_sent(wire.answer())
    wire = new_wire()
    wire.send(request("POST", "/send", fields) + b"10001\r\n" + exact + b" \r\n0\r\n\r\n")
    assert_problem(wire.answer(), "body-too-large", "not_sent")
    assert wire.is_closed()
    assert len(upstream.requests) == 1


def test_other_resources_take_no_body_to_speak_of(new_wire, upstream):
    assert_problem(new_wire().send(request("GET", "/health/live", body=b"x")).answer(), "body-too-large")
    fields = [("X-Access-Token", "t")]
    assert_problem(new_wire().send(request("GET", "/conversations/c-1", fields, body=b"x")).answer(), "body-too-large")
    assert_problem(new_wire().send(request("POST", "/upload-token", body=b" " * 1025)).answer(), "body-too-large")
    assert new_wire().send(request("POST", "/upload-token", body=b" " * 1022 + b"{}")).answer().status_code == 200


def test_limits_can_be_configured(start_behind, start_upstream, new_wire):
    limits = {"request_line": 256, "header": "1KiB", "header_fields": 8, "body": "1KiB"}
    gateway = start_behind(start_upstream(), limits=limits)
    assert new_wire(gateway).send(request(target="/health/live?" + "x" * 243)).answer().status_code == 200
    assert_problem(new_wire(gateway).send(request(target="/health/live?" + "x" * 244)).answer(), "target-too-long")
    assert_problem(new_wire(gateway).send(request(fields=[("X", "x" * 1200)])).answer(), "header-too-large")
    assert_problem(new_wire(gateway).send(request(fields=[("X", "x")] * 8)).answer(), "header-too-large")
    fields = [("Content-Type", "application/json")]
    assert_sent(new_wire(gateway).send(request("POST", "/send", fields, padded(1024))).answer())
    assert_problem(new_wire(gateway).send(request("POST", "/send", fields, padded(1025))).answer(), "body-too-large")


# Not HTTP


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
        b"CONNECT example.com:443 HTTP/1.1\r\nHost: x\r\n\r\n",
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


@pytest.mark.parametrize("version", ["HTTP/2.0", "HTTP/3.0", "HTTP/0.9", "HTTP/9.9"])
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


def test_an_absolute_target_is_served_as_its_path(wire):
    assert wire.send(request(target="http://gateway/health/live")).answer().json() == {"status": "live"}


def test_answers_have_the_fields_that_they_need(recorded_client, upstream):
    for answered in (
        recorded_client.get("/health/live"), recorded_client.send_message(MESSAGE), recorded_client.read("c-1"),
        recorded_client.post("/upload-token"), recorded_client.get("/nothing"), recorded_client.post("/send", json={}),
    ):
        assert answered.headers["Content-Length"] == str(len(answered.content))
        assert answered.headers["Cache-Control"] == "no-store"
        time.strptime(answered.headers["Date"], "%a, %d %b %Y %H:%M:%S GMT")
        assert "Server" not in answered.headers


def test_head_says_what_get_would_without_the_body(recorded_client, upstream):
    token = {"X-Access-Token": "t"}
    for path in ("/health/live", "/health/ready", "/conversations/c-1"):
        got, headed = recorded_client.get(path, headers=token), recorded_client.head(path, headers=token)
        assert headed.status_code == got.status_code == 200
        assert headed.content == b""
        for name in ("Content-Length", "Content-Type", "Cache-Control"):
            assert headed.headers[name] == got.headers[name]


def test_head_of_what_is_wrong_has_no_body_either(wire, upstream):
    for path, status in [("/nothing", 404), ("/send", 405), ("/conversations/c-1", 400), ("/conversations/%00", 400)]:
        answered = wire.send(request("HEAD", path)).answer(to_head=True)
        assert answered.status_code == status
        assert int(answered.headers["content-length"]) > 0
    assert wire.send(request()).answer().json() == {"status": "live"}


# Time


SHORT = {"header_read": "300ms", "body_read": "300ms", "idle": "300ms", "response_write": "300ms"}


@pytest.fixture
def impatient(start_behind, start_upstream):
    return start_behind(start_upstream(), limits=SHORT)


def test_a_header_that_does_not_come_in_time_is_408(impatient, new_wire):
    for begun in (b"G", b"GET /health/live HTTP/1.1\r\nHost: x\r\n"):
        wire = new_wire(impatient).send(begun)
        answered, seconds = elapsed(wire.answer)
        assert_problem(answered, "request-timeout")
        assert 0.2 < seconds < 3
        assert wire.is_closed()


def test_a_header_that_trickles_does_not_move_its_deadline(impatient, new_wire):
    wire = new_wire(impatient)
    start = time.monotonic()
    wire.socket.settimeout(0.02)
    try:
        for _ in range(500):
            wire.send(b"X" if _ else b"GET / HTTP/1.1\r\nX: ")
            try:
                if wire.socket.recv(1, socket.MSG_PEEK):
                    break
            except TimeoutError:
                continue
    except OSError:
        pass
    assert time.monotonic() - start < 3
    wire.socket.settimeout(5)
    assert_problem(wire.answer(), "request-timeout")


def test_a_body_that_does_not_come_in_time_is_408(impatient, new_wire):
    whole = send_request(MESSAGE)
    wire = new_wire(impatient).send(whole[:-5])
    answered, seconds = elapsed(wire.answer)
    assert_problem(answered, "request-timeout", "not_sent")
    assert 0.2 < seconds < 3
    assert wire.is_closed()


def test_a_body_that_trickles_does_not_move_its_deadline(impatient, new_wire):
    wire = new_wire(impatient).send(request("POST", "/send", [("Content-Type", "application/json"), ("Content-Length", "60000")]))
    start = time.monotonic()
    wire.socket.settimeout(0.02)
    for _ in range(500):
        try:
            wire.send(b" ")
            if wire.socket.recv(1, socket.MSG_PEEK):
                break
        except TimeoutError:
            continue
        except OSError:
            break
    assert time.monotonic() - start < 3
    wire.socket.settimeout(5)
    assert_problem(wire.answer(), "request-timeout", "not_sent")


def test_an_idle_connection_is_closed_without_a_word(impatient, new_wire):
    fresh, used = new_wire(impatient), new_wire(impatient)
    assert used.send(request()).answer().status_code == 200
    for wire in (fresh, used):
        closed, seconds = elapsed(wire.is_closed)
        assert closed
        assert seconds < 3


def test_a_slow_call_is_not_an_idle_connection(start_behind, start_upstream, new_wire):
    gate = Gate()
    gateway = start_behind(start_upstream(reply=gate), limits=SHORT)
    wire = new_wire(gateway).send(send_request(MESSAGE))
    assert wire.stays_open(1.0)
    gate.open()
    assert_sent(wire.answer())


def test_a_client_that_does_not_take_its_answer_is_cut_off(start_behind, start_upstream, new_wire):
    big = {"conversation": {"id": "c-1"}, "messages": [{"id": "m", "text": "x" * 3_900_000}]}
    gateway = start_behind(start_upstream(reply=lambda request: answer(200, big)), limits=SHORT)
    slow_reader = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    slow_reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    slow_reader.connect(gateway.host_and_port)
    with Wire(slow_reader) as wire:
        wire.send(request("GET", "/conversations/c-1", [("X-Access-Token", "t")]))
        wait_until(lambda: connections_of(gateway) == 0, "the end of the connection")
    assert new_wire(gateway).send(request()).answer().status_code == 200


def connections_of(gateway):
    """Established TCP connections to the gateway's port, seen from its side."""
    port = f":{gateway.host_and_port[1]:04X}"
    with open("/proc/net/tcp") as table:
        rows = [line.split() for line in table.readlines()[1:]]
    return sum(1 for row in rows if row[1].endswith(port) and row[3] == "01")


def test_a_client_that_asks_without_end_and_never_reads_is_held_back(start_behind, start_upstream, new_wire):
    gateway = start_behind(start_upstream())
    before = gateway.memory("VmRSS")
    slow_reader = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    slow_reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    slow_reader.connect(gateway.host_and_port)
    slow_reader.settimeout(2)
    block, end = request("GET", "/nothing") * 1000, time.monotonic() + 8
    with slow_reader:
        try:
            while time.monotonic() < end:
                slow_reader.send(block)
        except OSError:
            pass  # Held back, or cut off.
        grown = gateway.memory() - before
    assert grown < 25_000, f"{grown} kB more"
    assert new_wire(gateway).send(request()).answer().status_code == 200


@pytest.mark.parametrize(
    "tail",
    [b"0\r\n" + b"X: y\r\n" * 20_000 + b"\r\n", b"0\r\nX: " + b"y" * 200_000 + b"\r\n\r\n", b"0;" + b"x" * 2_000_000 + b"\r\n\r\n"],
    ids=["many-trailers", "long-trailer", "long-extension"],
)
def test_what_surrounds_a_chunked_body_has_limits_too(tail, new_wire, recorded_client, upstream, recorded):
    wire = new_wire()
    fields = [("Content-Type", "application/json"), ("Transfer-Encoding", "chunked")]
    before = recorded[0].memory("VmRSS")
    try:
        wire.send(request("POST", "/send", fields) + b"2\r\n{}\r\n" + tail)
        answered = wire.answer()
        assert answered is None or 400 <= answered.status_code < 500
    except OSError:
        pass
    assert recorded[0].memory() - before < 100_000
    assert_sent(recorded_client.send_message(MESSAGE))


# Many


def test_connections_that_end_badly_give_their_places_back(start_behind, start_upstream, new_wire):
    gateway = start_behind(start_upstream(), limits={"connections": 8})
    for index in range(60):
        wire = new_wire(gateway)
        wire.send([b"nonsense\r\n\r\n", request(version="HTTP/9.9"), request(), send_request(MESSAGE)[:-3]][index % 4])
        if index % 4 != 3:
            wire.answer()
        wire.socket.close()
        wait_until(lambda: connections_of(gateway) == 0, "the end of the connection")
    assert new_wire(gateway).send(request()).answer().status_code == 200


def test_when_descriptors_run_out_the_gateway_comes_back(start_behind, start_upstream, new_client):
    gateway = start_behind(start_upstream(), descriptors=64)
    held = []
    try:
        for _ in range(200):
            held.append(gateway.connect())
    finally:
        for connected in held:
            connected.close()

    def served():
        try:
            return new_client(gateway).send_message(MESSAGE).status_code == 200
        except requests.RequestException:
            return False

    assert wait_until(served, "a call that is served")
    assert gateway.is_running()


def test_connections_over_the_limit_are_refused_until_one_ends(start_behind, start_upstream, new_wire):
    gateway = start_behind(start_upstream(), limits={"connections": 3})
    held = [new_wire(gateway) for _ in range(3)]
    for wire in held:
        assert wire.send(request()).answer().status_code == 200
    for _ in range(3):
        surplus = new_wire(gateway)
        answered = surplus.answer()
        assert_problem(answered, "overloaded", "not_sent")
        assert answered.headers["retry-after"] == "1"
        assert surplus.is_closed()
        surplus.socket.close()
    for wire in held:
        assert wire.send(request()).answer().status_code == 200
    held[0].socket.close()

    def admitted():
        with Wire(gateway.connect()) as wire:
            try:
                answered = wire.send(request()).answer()
            except (AssertionError, OSError):
                return False
            return answered is not None and answered.status_code == 200

    assert wait_until(admitted, "a place for a new connection")


def test_connections_that_say_nothing_cost_nothing_to_others(recorded_client, recorded, upstream):
    opened = [recorded[0].connect() for _ in range(500)]
    try:
        for _ in range(20):
            assert_sent(recorded_client.send_message(MESSAGE))
    finally:
        for connected in opened:
            connected.close()


def test_clients_that_vanish_in_the_middle_leave_nothing_behind(recorded, recorded_client, upstream):
    whole = send_request(MESSAGE)
    before = connections_of(recorded[0])
    for length in range(1, len(whole)):
        with recorded[0].connect() as connected:
            connected.sendall(whole[:length])
            if length % 2:
                # Reset rather than closed.
                connected.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    wait_until(lambda: connections_of(recorded[0]) <= before, "the end of the connections")
    assert upstream.requests == []
    assert_sent(recorded_client.send_message(MESSAGE))


# Unix sockets


def test_a_unix_socket_serves_the_same(start_behind, start_upstream, short_path, new_client):
    path = short_path / "same.sock"
    upstream = start_upstream()
    gateway = start_behind(upstream, listen=[f"unix:{path}", "127.0.0.1:0"])
    assert gateway.addresses[0] == f"unix:{path}"
    unix = ["--unix-socket", str(path)]
    assert json.loads(curl(*unix, "http://gateway/health/live")) == {"status": "live"}
    sent = json.loads(
        curl(*unix, "-H", "Content-Type: application/json", "--data-binary", json.dumps(MESSAGE), "http://gateway/send")
    )
    assert sent["outcome"] == "sent"
    assert json.loads(curl(*unix, "-H", "X-Access-Token: t", "http://gateway/conversations/c-1"))["id"] == "c-1"
    assert json.loads(curl(*unix, "-X", "POST", "http://gateway/upload-token"))["token"]
    # And by TCP at the same time.
    assert_sent(new_client(gateway).send_message(MESSAGE))
    assert len(upstream.requests) == 4


def test_a_unix_socket_alone_is_enough(start_behind, start_upstream, short_path):
    path = short_path / "alone.sock"
    gateway = start_behind(start_upstream(), listen=[f"unix:{path}"])
    assert json.loads(curl("--unix-socket", path, "http://gateway/health/ready"))["status"] == "ready"
    assert gateway.stop() == 0
    assert not path.exists()


def test_several_listeners_serve_at_once(start_behind, start_upstream, short_path):
    paths = [short_path / "one.sock", short_path / "two.sock"]
    gateway = start_behind(start_upstream(), listen=["127.0.0.1:0", f"unix:{paths[0]}", "127.0.0.1:0", f"unix:{paths[1]}"])
    assert len(gateway.addresses) == 4
    for address in gateway.addresses:
        if address.startswith("unix:"):
            assert curl("--unix-socket", address.removeprefix("unix:"), "http://x/health/live") == '{"status":"live"}'
        else:
            assert requests.get(f"http://{address}/health/live", timeout=10).status_code == 200


def test_clients_at_once_on_both_kinds_of_socket_are_not_crossed(start_behind, start_upstream, short_path, new_client):
    path = short_path / "both.sock"
    upstream = start_upstream(reply=agreeable)
    gateway = start_behind(upstream, listen=[f"unix:{path}", "127.0.0.1:0"])

    def through(kind):
        if kind % 2:
            connected = gateway.connect()
        else:
            connected = socket.socket(socket.AF_UNIX)
            connected.settimeout(20)
            connected.connect(str(path))
        with Wire(connected) as wire:
            for index in range(20):
                name = f"c-{kind}-{index}"
                wire.send(send_request({"conversation_id": name, "text": name}))
                assert assert_sent(wire.answer())["conversation_id"] == name

    with concurrent.futures.ThreadPoolExecutor(10) as pool:
        list(pool.map(through, range(10)))
    assert len({request.path for request in upstream.requests}) == 200
