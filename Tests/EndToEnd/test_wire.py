"""HTTP/1.1 towards clients that are not ours: keep-alive, pipelining, chunks, and the form of every answer."""

import json
import socket
import time

from checks import assert_problem, assert_refused_and_closed, assert_sent
from processes import curl
from wire import MESSAGE, request, send_request


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


# Answers


def test_an_absolute_target_is_served_as_its_path(wire):
    assert wire.send(request(target="http://gateway/health/live")).answer().json() == {"status": "live"}


def test_answers_have_the_fields_that_they_need(recorded_client, upstream):
    for answered in (
        recorded_client.get("/health/live"), recorded_client.send_message(MESSAGE), recorded_client.read("c-1"),
        recorded_client.post("/upload-token"), recorded_client.get("/nothing"), recorded_client.post("/send", json={}),
    ):
        assert answered.headers["Content-Length"] == str(len(answered.content))
        is_conversation = answered.request.path_url.startswith("/conversations") and answered.status_code == 200
        assert answered.headers["Cache-Control"] == ("private, no-cache" if is_conversation else "no-store")
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
