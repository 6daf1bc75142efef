"""Clients that are slow or say nothing: every wait for them has a deadline, and trickling does not move it."""

import socket
import time

import pytest

from checks import assert_problem, assert_sent
from processes import connections_of, wait_until
from upstream import Gate, answer
from wire import MESSAGE, Wire, elapsed, request, send_request

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
