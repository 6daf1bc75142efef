"""`Prefer: respond-async`: messages that wait in the queue, and are sent in their turn."""

import concurrent.futures
import itertools
import random
import re
import threading
import time

import pytest

from checks import assert_problem, assert_sent, pointers
from conftest import Client, SEED
from processes import wait_until
from queue_gateways import PER_SENDER, SENDERS, SLACK, USUAL_WAIT, start, start_simulated
from queues import (
    ahead,
    assert_accepted,
    assert_lawful,
    assert_verifies,
    enqueue,
    kinds,
    limited,
    moment,
    now,
    put,
    report,
    steps,
    texts,
    wait_for_end,
)
from quotas import app
from sandbox import CONVERSATION
from upstream import Gate, agreeable, complaint


# Accepted, waiting, sent


def test_a_message_is_accepted_waits_and_is_sent(start):
    gate = Gate()
    gateway, client, upstream = start(gate)
    accepted = enqueue(client, text="سلام")
    message = assert_accepted(accepted)
    patience = moment(accepted.json()["expires_at"]) - now()
    assert USUAL_WAIT - SLACK < patience <= USUAL_WAIT
    upstream.wait_for_requests(1)
    told = report(client, message)
    assert (told["outcome"], told["queue"], told["expires_at"]) == (None, "sending", accepted.json()["expires_at"])
    gate.open()
    told = wait_for_end(client, message)
    assert (told["conversation_id"], told["attempts"], told["endpoint"]) == ("c-1", 1, "v1.bot.conversation")
    assert moment(told["decided_at"]) >= moment(told["accepted_at"])
    assert len(upstream.requests) == 1
    assert kinds(gateway, message) == ["intent", "attempt", "outcome"]
    intent, attempt, outcome = steps(gateway, message)
    assert intent["expires"] == accepted.json()["expires_at"] and "endpoint" not in intent
    assert attempt["endpoint"] == outcome["endpoint"] == "v1.bot.conversation"
    assert gateway.stop() == 0
    assert_verifies(gateway)


def test_the_trace_of_the_call_goes_up_with_the_message(start):
    gateway, client, upstream = start()
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    message = put(client, headers={"traceparent": f"00-{trace}-00f067aa0ba902b7-01"})
    wait_for_end(client, message)
    assert [record["trace"] for record in steps(gateway, message)[:2]] == [trace] * 2
    for value in upstream.requests[0].values("traceparent"):
        assert trace in value


@pytest.mark.parametrize("prefer", [
    "respond-async", "Respond-Async", "wait=10, respond-async", "respond-async; foo=bar", ",,respond-async",
    "respond-async, respond-async",
])
def test_forms_of_the_preference(prefer, start):
    _, client, _ = start()
    wait_for_end(client, assert_accepted(enqueue(client, headers={"Prefer": prefer})))


@pytest.mark.parametrize("prefer", [
    "", "wait=10", "respond-asynchronously", "return=minimal", "x-respond-async", 'foo="a, respond-async, b"',
])
def test_without_the_preference_a_message_is_sent_at_once(prefer, start):
    _, client, _ = start()
    answer = client.send_message(text="x", headers={"Prefer": prefer})
    assert_sent(answer)
    assert "Preference-Applied" not in answer.headers


def test_a_message_that_is_wrong_is_told_so_at_once(start):
    _, client, upstream = start()
    answer = enqueue(client, text="")
    assert pointers(assert_problem(answer, "invalid-request", "not_sent")) == ["/text"]
    assert_problem(enqueue(client, **{"as": "user"}), "user-token-required", "not_sent")
    assert upstream.requests == []


def test_a_refusal_by_divar_for_good_is_not_tried_again(start):
    gateway, client, upstream = start(lambda _: complaint(412, 9, "blocked"))
    message = put(client)
    told = wait_for_end(client, message, "not_sent", "recipient-restricted")
    assert (told["attempts"], told["divar_status"], told["divar_code"]) == (1, 412, 9)
    assert len(upstream.requests) == 1
    assert kinds(gateway, message) == ["intent", "attempt", "outcome"]


# Order


def test_each_conversation_is_in_order_and_others_overtake(start):
    """Each conversation has a sender of its own; half of them are held up by failures and slowness of Divar."""
    chances = {number: random.Random(f"{SEED} {number}") for number in range(SENDERS)}
    lock = threading.Lock()
    under_way, most, failed = set(), [0], []

    def reply(request):
        number = int(re.search(r"/c-(\d+)/", request.path)[1])
        with lock:
            assert number not in under_way
            under_way.add(number)
            most[0] = max(most[0], len(under_way))
        try:
            upstream.pause(chances[number].choice([0, 0.001, 0.02]))
            if number < SENDERS / 2 and chances[number].random() < 0.08:
                failed.append(request)
                return limited()
            return agreeable(request)
        finally:
            with lock:
                under_way.discard(number)

    gateway, client, upstream = start(reply)

    def send(number):
        with Client(gateway.url) as own:
            return [put(own, f"c-{number}", f"{number}/{index}") for index in range(PER_SENDER)]

    with concurrent.futures.ThreadPoolExecutor(SENDERS) as pool:
        messages = list(pool.map(send, range(SENDERS)))
    for message in itertools.chain(*messages):
        wait_for_end(client, message, seconds=40)
    sent = [text for text, request in zip(texts(upstream.requests), upstream.requests) if request not in failed]
    for number in range(SENDERS):
        own = [text for text in sent if text.startswith(f"{number}/")]
        assert own == [f"{number}/{index}" for index in range(PER_SENDER)]
    assert failed and most[0] > 1
    lives = assert_lawful(gateway)
    assert sum(record["kind"] == "deferral" for records in lives.values() for record in records) == len(failed)


def test_senders_to_one_conversation_are_each_in_order(start):
    gateway, client, upstream = start()

    def send(number):
        with Client(gateway.url) as own:
            return [put(own, text=f"{number}/{index}") for index in range(10)]

    with concurrent.futures.ThreadPoolExecutor(SENDERS) as pool:
        messages = list(itertools.chain(*pool.map(send, range(SENDERS))))
    for message in messages:
        wait_for_end(client, message, seconds=30)
    sent = texts(upstream.requests)
    assert len(set(sent)) == len(sent) == len(messages)
    for number in range(SENDERS):
        assert [text for text in sent if text.startswith(f"{number}/")] == [f"{number}/{index}" for index in range(10)]
    assert_lawful(gateway)


def test_no_more_are_under_way_than_may(start):
    gate = Gate()
    _, client, upstream = start(gate, queue={"concurrency": 3})
    messages = [put(client, f"c-{number}") for number in range(8)]
    upstream.wait_for_requests(3)
    states = [report(client, message)["queue"] for message in messages]
    assert states == ["sending"] * 3 + ["waiting"] * 5
    gate.open()
    for message in messages:
        wait_for_end(client, message)
    assert len(upstream.requests) == 8


# The quota


def test_messages_go_at_the_pace_of_the_quota_and_divar_never_refuses(start_simulated):
    """More than fit into this minute: the rest waits for the next, or until it is too late for it."""
    gateway, client, sandbox = start_simulated(apps={"default": app(per_minute=4, max_wait="0s")})
    sandbox.limits(per_minute=4)
    messages = [put(client, CONVERSATION, f"t-{number}", expires_at=ahead(4)) for number in range(9)]
    ends = []
    for message in messages:
        wait_until(lambda: report(client, message)["outcome"], "an end", 15)
        told = report(client, message)
        ends.append((told["outcome"], told["reason"], told["attempts"]))
    assert ends == [("sent", None, 1)] * 4 + [("not_sent", "expired", 0)] * 5
    assert [request["status"] for request in sandbox.requests()] == [200] * 4
    assert sandbox.texts() == [f"t-{number}" for number in range(4)]
    assert_lawful(gateway)


@pytest.mark.soak
def test_what_waits_for_the_quota_is_sent_when_the_minute_is_over(start_simulated):
    _, client, sandbox = start_simulated(apps={"default": app(per_minute=5, max_wait="0s")})
    sandbox.limits(per_minute=5)
    messages = [put(client, CONVERSATION, f"t-{number}") for number in range(12)]
    for message in messages:
        wait_for_end(client, message, seconds=200)
    assert {request["status"] for request in sandbox.requests()} == {200}
    assert sandbox.texts() == [f"t-{number}" for number in range(12)]


def test_a_pause_that_divar_asks_for_holds_everything_up_and_then_all_is_sent(start):
    answers = iter([limited(2)])
    _, client, upstream = start(
        lambda request: next(answers, None) or agreeable(request), apps={"default": app(max_wait="0s")})
    first = put(client, "c-1")
    upstream.wait_for_requests(1)
    begun = time.monotonic()
    others = [put(client, f"c-{number}") for number in range(2, 7)]
    for message in [first, *others]:
        wait_for_end(client, message, seconds=15)
    assert time.monotonic() - begun > 1.5
    assert len(upstream.requests) == 7
