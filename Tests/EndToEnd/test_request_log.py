"""One line for each call: who, what, how it ended, and never what was said."""

import pytest

from calls import TOKEN, USERS_TOKEN
from checks import assert_problem, assert_sent
from conftest import NO_CACHE
from upstream import Gate, agreeable, complaint
from wire import request

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


@pytest.fixture
def start(start_behind, start_upstream, new_client):
    """Starts a gateway in front of a recording upstream: (gateway, client, upstream)."""

    def run(reply=agreeable, **settings):
        upstream = start_upstream(reply)
        gateway = start_behind(upstream, **{**NO_CACHE, **settings})
        return gateway, new_client(gateway), upstream

    return run


def test_a_send_has_a_line(start):
    gateway, client, upstream = start()
    traceparent = f"00-{TRACE}-00f067aa0ba902b7-01"
    answer = client.send_message(conversation_id="c-1", text="کتاب هنوز هست؟", headers={"traceparent": traceparent})
    receipt = assert_sent(answer)
    [line] = gateway.wait_for_log("request")
    assert line["level"] == "info"
    assert {name: line[name] for name in ("operation", "method", "status", "outcome", "caller")} == {
        "operation": "send", "method": "POST", "status": 200, "outcome": "sent", "caller": "local",
    }
    assert (line["message_id"], line["endpoint"]) == (receipt["message_id"], receipt["endpoint"])
    assert (line["attempts"], line["bytes"]) == (1, len(answer.content))
    assert line["request_id"] == answer.headers["X-Request-Id"] and len(line["request_id"]) == 16
    assert line["trace_id"] == TRACE
    assert 0 < line["divar_ms"] <= line["duration_ms"] < 10_000
    assert upstream.requests[-1].value("traceparent").split("-")[1] == TRACE
    assert "کتاب" not in gateway.stderr.text and "c-1" not in gateway.stderr.text


def test_a_refused_call_has_a_line_with_the_problem(start):
    gateway, client, _ = start()
    answer = client.send_message(conversation_id="c-1", text="")
    problem = assert_problem(answer, "invalid-request", outcome="not_sent")
    [line] = gateway.wait_for_log("request")
    assert (line["status"], line["problem"], line["outcome"]) == (400, "invalid-request", "not_sent")
    assert line["trace_id"] == problem["trace_id"] and line["divar_ms"] == 0


def test_what_divar_refused_is_found_by_the_request(start):
    gateway, client, _ = start(lambda request: complaint(400, 3, "no such conversation"))
    answer = client.send_message(conversation_id="c-1", text="x")
    [line] = gateway.wait_for_log("request")
    [attempt] = gateway.wait_for_log("call to Divar did not succeed")
    assert line["status"] == answer.status_code >= 400
    assert attempt["request_id"] == line["request_id"] == answer.headers["X-Request-Id"]
    assert attempt["trace_id"] == line["trace_id"]


def test_a_read_says_how_the_cache_answered(start):
    gateway, client, _ = start(cache={"ttl": "60s"})
    for _ in range(2):
        answer = client.get("/conversations/c-1", headers=TOKEN)
        assert answer.status_code == 200, answer.text
    lines = gateway.wait_for_log("request", count=2)
    assert [line["cache"] for line in lines] == ["miss", "hit"]
    assert lines[0]["divar_ms"] > 0 and lines[1]["divar_ms"] == 0


def test_a_call_of_nobody_has_no_caller(start):
    callers = {"shop": {"key_sha256": "ab" * 32, "may": ["send"]}}
    gateway, client, _ = start(callers=callers)
    answer = client.send_message(conversation_id="c-1", text="x")
    assert answer.status_code == 401
    [line] = gateway.wait_for_log("request")
    assert "caller" not in line and line["problem"] == "unauthenticated"


def test_a_read_that_nobody_waits_for_is_abandoned(start):
    gate = Gate()
    gateway, client, upstream = start(gate)
    connection = gateway.connect()
    connection.sendall(request(target="/conversations/c-1", fields=[("X-Access-Token", USERS_TOKEN)]))
    upstream.wait_for_requests(1)
    connection.close()
    [line] = gateway.wait_for_log("request")
    assert line["abandoned"] is True and "status" not in line
    gate.open()


def test_probes_are_quiet_and_lines_can_be_left_out(start):
    gateway, client, _ = start(log={"level": "debug"})
    assert client.get("/health/live").status_code == 200
    [line] = gateway.wait_for_log("request")
    assert (line["operation"], line["level"]) == ("live", "debug")
    gateway, client, _ = start(log={"requests": False})
    assert_sent(client.send_message(conversation_id="c-1", text="x"))
    gateway.stop()
    assert gateway.logs("request") == []


def test_what_never_was_a_request_has_a_line(start):
    gateway, _, _ = start()
    with gateway.connect() as connection:
        connection.sendall(b"GET /x\r\n\r\n")
        assert connection.recv(1000)
    [line] = gateway.wait_for_log("no request")
    assert line["status"] in (400, 505) and line["peer"].startswith("127.0.0.1")


def test_a_body_that_is_too_large_has_one_line(start):
    gateway, client, _ = start(limits={"body": 1024})
    answer = client.send_message(conversation_id="c-1", text="x" * 5000)
    assert answer.status_code == 413
    [line] = gateway.wait_for_log("request")
    assert (line["status"], line["problem"]) == (413, "body-too-large")
    gateway.stop()
    assert gateway.logs("no request") == []
