"""How long a call may take: its caller's word and the operator's, over all attempts; and callers that leave."""

import socket
import threading
import time

import pytest

from checks import assert_problem
from conftest import NO_CACHE, Client
from processes import wait_until
from sandbox import CONVERSATION, USER_TOKEN, Sandbox
from trail import Trail
from upstream import agreeable, free_port
from wire import Wire

LIMIT = "2s"


@pytest.fixture
def start(start_gateway):
    """A gateway with a simulated Divar behind it: (gateway, client, sandbox)."""

    def start(**settings):
        gateway = start_gateway({**NO_CACHE, "upstream": {"deadline": LIMIT}, **settings}, sandbox=True)
        return gateway, Client(gateway.url), Sandbox(gateway.sandbox_url)

    return start


def seconds(call):
    began = time.monotonic()
    answered = call()
    return answered, time.monotonic() - began


@pytest.mark.parametrize("text,expected", [("300ms", 0.3), ("0.3", 0.3), ("0.3s", 0.3), ("60", 2), (None, 2)])
def test_the_caller_s_word_counts_up_to_the_operator_s(text, expected, start):
    _, client, sandbox = start()
    sandbox.fault("never-answer")
    headers = {"X-Request-Timeout": text} if text else None
    answered, took = seconds(lambda: client.send_message({"conversation_id": CONVERSATION, "text": "x"}, headers=headers))
    assert_problem(answered, "divar-timeout", "unknown")
    assert expected - 0.05 < took < expected + 1


@pytest.mark.parametrize("text", ["", "0", "-1", "1m", "x", "1.2345", "1e3", "0ms", "1234567"])
def test_what_is_no_time_is_refused_and_costs_nothing(text, start):
    _, client, sandbox = start()
    answered = client.send_message({"conversation_id": CONVERSATION, "text": "x"}, headers={"X-Request-Timeout": text})
    problem = assert_problem(answered, "invalid-request", "not_sent")
    assert "X-Request-Timeout" in problem["detail"]
    assert sandbox.request_count() == 0


def test_one_budget_is_for_all_attempts(start_behind, new_client):
    client = new_client(start_behind(f"http://127.0.0.1:{free_port()}"))
    message = {"conversation_id": "c-1", "text": "x"}
    answered, took = seconds(lambda: client.send_message(message, headers={"X-Request-Timeout": "120ms"}))
    problem = assert_problem(answered, "divar-unreachable", "not_sent")
    assert problem["attempts"] < 5 and took < 0.6


def leave(gateway, request, reset=False):
    """Asks, and goes away once the request was taken."""
    with gateway.connect() as client:
        client.sendall(request)
        yield client
        if reset:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")


READ = (
    f"GET /conversations/{CONVERSATION} HTTP/1.1\r\nHost: a\r\nX-Access-Token: {USER_TOKEN}\r\n\r\n"
).encode()
BODY = b'{"conversation_id": "%s", "text": "goes on"}' % CONVERSATION.encode()
SEND = b"POST /send HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(BODY) + BODY


@pytest.mark.parametrize("reset", [False, True], ids=["closed", "reset"])
def test_a_caller_that_leaves_cancels_its_read(reset, start_behind, start_upstream):
    upstream = start_upstream()
    gateway = start_behind(upstream, upstream={"deadline": "30s"}, **NO_CACHE)
    recorded = threading.Event()

    def late(request):
        recorded.wait(20)
        return agreeable(request)

    upstream.reply = late
    for _ in leave(gateway, READ, reset):
        upstream.wait_for_requests(1)
    # Long before the deadline the trail says that nobody waits for it.
    wait_until(lambda: Trail(gateway).records("read"), "the record of the read")
    recorded.set()
    (record,) = Trail(gateway).records("read")
    assert record["reason"] == "abandoned" and record["attempts"] == 1


@pytest.mark.parametrize("reset", [False, True], ids=["closed", "reset"])
def test_a_send_goes_on_though_its_caller_left(reset, start):
    gateway, _, sandbox = start()
    sandbox.fault("latency", milliseconds=500)
    for _ in leave(gateway, SEND, reset):
        wait_until(lambda: Trail(gateway).intents(), "the intent")
    wait_until(lambda: Trail(gateway).outcomes(), "the outcome")
    (outcome,) = Trail(gateway).outcomes().values()
    assert outcome["outcome"] == "sent"
    assert sandbox.texts() == ["goes on"]


def test_a_client_that_closed_its_side_still_gets_the_answer_to_a_send(start):
    gateway, _, sandbox = start()
    sandbox.fault("latency", milliseconds=300)
    with Wire(gateway.connect()) as wire:
        wire.send(SEND)
        wire.socket.shutdown(socket.SHUT_WR)
        assert wire.answer().status_code == 200
