"""How `serve` ends: what is pending is answered first, what is idle is closed, nothing outlasts the drain."""

import signal
import threading
import time

import pytest

from checks import assert_sent
from processes import wait_until
from sandbox import Sandbox
from upstream import Gate
from wire import Wire, request, send_request

MESSAGE = {"conversation_id": "c-1", "text": "x"}


def refuses_connections(gateway):
    try:
        gateway.connect().close()
    except ConnectionRefusedError:
        return True
    return False


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_pending_send_is_answered_before_the_end(number, start_behind, start_upstream):
    gate = Gate()
    upstream = start_upstream(reply=gate)
    gateway = start_behind(upstream)
    idle, busy = Wire(gateway.connect()), Wire(gateway.connect())
    assert idle.send(request()).answer().status_code == 200
    busy.send(send_request(MESSAGE))
    upstream.wait_for_requests(1)
    gateway.process.send_signal(number)
    gateway.wait_for_log("stopping")
    wait_until(lambda: refuses_connections(gateway), "refused connections")
    assert idle.is_closed()
    assert gateway.is_running()
    assert busy.stays_open()
    gate.open()
    answered = busy.answer()
    assert_sent(answered)
    assert answered.headers["connection"] == "close"
    assert busy.is_closed()
    assert gateway.wait() == 0
    assert [line["message"] for line in gateway.logs()][-1] == "stopped"


def test_many_pending_sends_are_all_answered_before_the_end(start_behind, start_upstream):
    gate = Gate()
    upstream = start_upstream(reply=gate)
    gateway = start_behind(upstream)
    pending = [Wire(gateway.connect()) for _ in range(30)]
    for index, wire in enumerate(pending):
        wire.send(send_request({"conversation_id": f"c-{index}", "text": str(index)}))
    upstream.wait_for_requests(30)
    gateway.terminate()
    gateway.wait_for_log("stopping")
    gate.open()
    for index, wire in enumerate(pending):
        assert assert_sent(wire.answer())["conversation_id"] == f"c-{index}"
        wire.socket.close()
    assert gateway.wait() == 0


def test_a_request_whose_body_is_still_coming_is_served_before_the_end(start_behind, start_upstream):
    upstream = start_upstream()
    gateway = start_behind(upstream)
    whole = send_request(MESSAGE)
    with Wire(gateway.connect()) as wire:
        wire.send(whole[:-3])
        time.sleep(0.1)  # The bytes have to arrive before the signal; nothing announces it.
        gateway.terminate()
        gateway.wait_for_log("stopping")
        wire.send(whole[-3:])
        assert_sent(wire.answer())
    assert gateway.wait() == 0


def test_a_call_that_takes_longer_than_the_drain_is_cut_off(start_behind, start_upstream):
    upstream = start_upstream(reply=Gate())
    gateway = start_behind(upstream, drain="300ms")
    with Wire(gateway.connect()) as wire:
        wire.send(send_request(MESSAGE))
        upstream.wait_for_requests(1)
        start = time.monotonic()
        gateway.terminate()
        assert gateway.wait() == 0
        assert 0.25 < time.monotonic() - start < 4
        assert wire.is_closed()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_right_after_the_start_is_heard(number, start_behind, start_upstream, short_path):
    """Whoever sees that the gateway listens may already want it to end."""
    upstream = start_upstream()
    for attempt in range(8):
        path = short_path / f"early-{number}-{attempt}.sock"
        gateway = start_behind(upstream, listen=[f"unix:{path}"])
        gateway.process.send_signal(number)
        assert gateway.wait() == 0
        assert not path.exists()


def test_an_idle_gateway_ends_at_once(start_behind, start_upstream, new_client):
    gateway = start_behind(start_upstream())
    client = new_client(gateway)
    assert_sent(client.send_message(MESSAGE))
    start = time.monotonic()
    assert gateway.stop() == 0
    assert time.monotonic() - start < 3


def test_a_gateway_with_its_simulation_ends_after_a_pending_send(start_gateway, new_client):
    gateway = start_gateway({}, sandbox=True)
    sandbox = Sandbox(gateway.sandbox_url)
    sandbox.fault("latency", milliseconds=700, when="before")
    answers = []
    thread = threading.Thread(target=lambda: answers.append(new_client(gateway).send_message(text="slow")))
    thread.start()
    wait_until(lambda: sandbox.request_count() == 1, "the request")
    gateway.terminate()
    thread.join(10)
    assert_sent(answers[0])
    assert gateway.wait() == 0
