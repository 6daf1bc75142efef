"""The connections to Divar: when one is used again, when it never is, and what becomes of calls without one."""

import threading
import time

import pytest

from calls import assert_serves
from checks import assert_problem, assert_sent
from processes import wait_until
from upstream import Bytes, Gate, answer_bytes, divar_body
from wire import Wire, send_request


def test_connections_are_reused(recorded_client, upstream):
    for _ in range(20):
        assert_sent(recorded_client.send_message(conversation_id="c-1", text="x"))
    assert len({request.connection for request in upstream.requests}) == 1


@pytest.mark.parametrize(
    "extra",
    [
        answer_bytes(200, {"conversation_id": "INTRUDER"}),
        b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
        b"x", b"\0\0\0\0",
    ],
    ids=["answer", "408", "letter", "zeros"],
)
def test_what_nobody_asked_for_is_never_taken_for_an_answer(extra, start_behind, start_upstream, new_client):
    for parts in [lambda body: (body + extra,), lambda body: (body, 0.05, extra)]:
        upstream = start_upstream(reply=lambda request: Bytes(*parts(answer_bytes(200, divar_body(request.path)))))
        client = new_client(start_behind(upstream, upstream={"connections_per_loop": 1}))
        for number in range(5):
            sent = assert_sent(client.send_message(conversation_id=f"c-{number}", text=str(number)))
            assert sent["conversation_id"] == f"c-{number}"
            time.sleep(0.15)  # Lets the extra bytes arrive on the idle connection; nothing announces them.
        assert [request.json()["text_message"] for request in upstream.requests] == list("01234")


def test_a_connection_that_the_upstream_closed_while_idle_is_not_used(start_behind, start_upstream, new_client):
    upstream = start_upstream(reply=lambda request: Bytes(answer_bytes(200, divar_body(request.path)), close=True))
    client = new_client(start_behind(upstream))
    for number in range(5):
        assert_sent(client.send_message(conversation_id="c-1", text=str(number)))
        time.sleep(0.05)  # The news of the close has to arrive; nothing announces it.
    assert len(upstream.requests) == 5
    assert upstream.connections == 5


def test_an_idle_connection_to_the_upstream_is_closed_in_time(start_behind, start_upstream, new_client):
    upstream = start_upstream()
    client = new_client(start_behind(upstream, upstream={"idle_timeout": "100ms"}))
    assert_sent(client.send_message(conversation_id="c-1", text="x"))
    wait_until(lambda: all(open_socket.fileno() < 0 for open_socket in upstream._open), "the connection's end")
    assert_sent(client.send_message(conversation_id="c-1", text="x"))
    assert upstream.connections == 2


def test_when_the_queue_is_full_a_call_is_refused_and_proven_not_sent(start_behind, start_upstream, new_client):
    gate = Gate()
    upstream = start_upstream(reply=gate)
    settings = {"connections_per_loop": 1, "queue_per_loop": 1}
    gateway = start_behind(upstream, upstream=settings)
    connections = [Wire(gateway.connect()) for _ in range(12)]
    for number, connection in enumerate(connections):
        connection.send(send_request({"conversation_id": "c-1", "text": f"text {number}"}))
    # Those that are refused are answered at once; at most two a loop are not.
    refused, sent = 0, []
    upstream.wait_for_requests(1)
    threading.Timer(1.0, gate.open).start()
    for connection in connections:
        answered = connection.answer()
        if answered.status_code == 503:
            problem = assert_problem(answered, "overloaded", "not_sent")
            assert answered.headers["retry-after"] == "1"
            assert problem["message_id"]
            refused += 1
        else:
            sent.append(assert_sent(answered))
        connection.socket.close()
    assert refused >= 1 and len(sent) >= 2
    assert len(upstream.requests) == len(sent)


def test_a_caller_that_went_away_does_not_disturb_the_others(recorded, recorded_client, upstream):
    gateway, _ = recorded
    gate = Gate()
    upstream.reply = gate
    for number in range(10):
        with Wire(gateway.connect()) as wire:
            wire.send(send_request({"conversation_id": "c-1", "text": str(number)}))
            upstream.wait_for_requests(number + 1)
    gate.open()
    assert_serves(recorded_client, upstream)
