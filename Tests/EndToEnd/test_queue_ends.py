"""What ends a message's wait: its time, a proven failure tried again, and its caller."""

import concurrent.futures
import datetime
import time

import pytest

from checks import assert_problem, assert_sent, pointers
from conftest import Client
from processes import wait_until
from queue_gateways import start, start_simulated
from queues import (
    ahead,
    assert_accepted,
    assert_lawful,
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
from quotas import bearer, caller
from sandbox import CONVERSATION
from trail import Trail
from upstream import Bytes, Gate, agreeable, complaint


# Too late


@pytest.mark.parametrize("form", [
    lambda time: time.isoformat(), lambda time: time.strftime("%Y-%m-%dT%H:%M:%SZ"),
    lambda time: time.strftime("%Y-%m-%dt%H:%M:%S.123456789z"),
    lambda time: time.astimezone(datetime.timezone(datetime.timedelta(hours=3, minutes=30))).isoformat(),
    lambda time: time.astimezone(datetime.timezone(datetime.timedelta(hours=-11))).isoformat(timespec="milliseconds"),
])
def test_forms_of_expires_at(form, start):
    _, client, _ = start()
    time = now() + datetime.timedelta(hours=1)
    accepted = enqueue(client, expires_at=form(time))
    wait_for_end(client, assert_accepted(accepted))
    assert abs(moment(accepted.json()["expires_at"]) - time) < datetime.timedelta(seconds=1)


def test_an_expires_at_that_is_null_is_none(start):
    _, client, _ = start(queue={"expires_after": "90s"})
    accepted = enqueue(client, expires_at=None)
    wait_for_end(client, assert_accepted(accepted))
    patience = moment(accepted.json()["expires_at"]) - now()
    assert datetime.timedelta(seconds=70) < patience <= datetime.timedelta(seconds=90)


@pytest.mark.parametrize("value", [
    "", "tomorrow", "2026-11-22", "2026-11-22T08:00:00", "2026-02-30T08:00:00Z", 5, True, {}, [], "2026-11-22T08:00Z",
    "1970-01-01T00:00:00Z", "2020-01-01T00:00:00+03:30", "9999-12-31T23:59:59Z",
], ids=str)
def test_an_expires_at_that_is_none_or_past_or_too_far_is_refused(value, start):
    gateway, client, upstream = start()
    problem = assert_problem(enqueue(client, expires_at=value), "invalid-request", "not_sent")
    assert pointers(problem) == ["/expires_at"]
    assert upstream.requests == [] and Trail(gateway).records("intent") == []


def test_the_longest_that_a_message_may_wait(start):
    _, client, _ = start(queue={"max_expires_after": "1h"})
    wait_for_end(client, put(client, expires_at=ahead(3590)))
    problem = assert_problem(enqueue(client, expires_at=ahead(3620)), "invalid-request", "not_sent")
    assert pointers(problem) == ["/expires_at"] and " 1 hour" in problem["errors"][0]["detail"]


def test_expires_at_is_only_for_what_waits(start):
    _, client, upstream = start()
    problem = assert_problem(client.send_message(text="x", expires_at=ahead(60)), "invalid-request", "not_sent")
    assert pointers(problem) == ["/expires_at"]
    assert upstream.requests == []


def test_a_message_that_is_not_sent_in_time_expires(start):
    gateway, client, upstream = start(lambda _: limited())
    begun = time.monotonic()
    message = put(client, expires_at=ahead(2.5))
    behind = put(client, expires_at=ahead(60))
    told = wait_for_end(client, message, "not_sent", "expired")
    assert 2 < time.monotonic() - begun < 5
    assert told["attempts"] >= 2
    upstream.reply = agreeable
    wait_for_end(client, behind)
    # A second between the first and the second try, or at least half of it.
    found = kinds(gateway, message)
    assert found == ["intent"] + ["attempt", "deferral"] * told["attempts"] + ["outcome"]
    assert told["attempts"] <= 4
    assert moment(told["decided_at"]) >= moment(steps(gateway, message)[0]["expires"])


def test_what_expires_is_told_in_the_log_by_its_id(start):
    gateway, client, _ = start(lambda _: limited())
    message = put(client, expires_at=ahead(1))
    wait_for_end(client, message, "not_sent", "expired")
    (line,) = gateway.wait_for_log("a message in the queue expired", seconds=2)
    assert line["message_id"] == message


# Tried again, or never


def test_what_is_proven_not_to_be_sent_is_tried_again(start_simulated):
    gateway, client, sandbox = start_simulated(
        overload={"retry_percent": 0, "min_concurrency": 1024, "breaker": {"min_calls": 100_000}})
    sandbox.call("POST", "refuse-connections", {"duration_ms": 1500})
    messages = [put(client, CONVERSATION, f"t-{number}", expires_at=ahead(40)) for number in range(3)]
    reports = [wait_for_end(client, message, seconds=30) for message in messages]
    assert sandbox.texts() == ["t-0", "t-1", "t-2"]
    assert reports[0]["attempts"] > 1
    found = kinds(gateway, messages[0])
    assert found[:3] == ["intent", "attempt", "deferral"] and found[-2:] == ["attempt", "outcome"]
    deferral = steps(gateway, messages[0])[2]
    assert deferral["reason"] == "divar-unreachable" and "outcome" not in deferral
    assert moment(deferral["at"]) < moment(deferral["retry"]) <= moment(steps(gateway, messages[0])[0]["expires"])
    assert_lawful(gateway)


def test_divars_word_on_when_to_come_back_is_kept(start):
    moments = []

    def reply(request):
        moments.append(time.monotonic())
        return limited(3) if len(moments) == 1 else agreeable(request)

    gateway, client, _ = start(reply)
    message = put(client)
    told = wait_for_end(client, message)
    assert told["attempts"] == 2 and 2.9 < moments[1] - moments[0] < 6
    assert kinds(gateway, message) == ["intent", "attempt", "deferral", "attempt", "outcome"]


@pytest.mark.parametrize("how", ["cut", "half an answer", "502", "html", "silence"])
def test_what_may_have_been_sent_is_never_tried_again(how, start):
    replies = {
        "cut": Bytes(close=True),
        "half an answer": Bytes(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{", close=True),
        "502": complaint(502, 2, "?"), "html": Bytes(b"HTTP/1.1 502 Bad\r\nContent-Length: 6\r\n\r\n<html>"),
        "silence": Bytes(4, close=True),
    }
    first = []

    def reply(request):
        first.append(request)
        return replies[how] if len(first) == 1 else agreeable(request)

    gateway, client, upstream = start(reply, upstream={"deadline": "1s"})
    message, behind = put(client, text="doubtful"), put(client, text="behind")
    wait_until(lambda: report(client, message)["outcome"], "an end")
    told = report(client, message)
    assert told["outcome"] == "unknown" and told["reason"], told
    wait_for_end(client, behind)
    assert texts(upstream.requests) == ["doubtful", "behind"]
    assert kinds(gateway, message) == ["intent", "attempt", "outcome"]
    assert_problem(client.delete(f"/messages/{message}"), "not-cancellable", "unknown")


# Taken back


def test_what_waits_can_be_taken_back(start):
    gate = Gate()
    gateway, client, upstream = start(gate)
    first, second, third = (put(client, text=text) for text in ("first", "second", "third"))
    upstream.wait_for_requests(1)
    answer = client.delete(f"/messages/{second}")
    assert answer.status_code == 200, answer.content
    told = answer.json()
    assert (told["outcome"], told["reason"], told["queue"], told["attempts"]) == ("not_sent", "cancelled", None, 0)
    assert told == report(client, second)
    assert_problem(client.delete(f"/messages/{second}"), "not-cancellable", "not_sent")
    problem = assert_problem(client.delete(f"/messages/{first}"), "not-cancellable")
    assert problem.get("outcome") is None
    gate.open()
    for message in (first, third):
        wait_for_end(client, message)
    assert_problem(client.delete(f"/messages/{first}"), "not-cancellable", "sent")
    assert texts(upstream.requests) == ["first", "third"]
    assert kinds(gateway, second) == ["intent", "outcome"]


def test_what_waits_to_be_tried_again_can_be_taken_back(start):
    _, client, upstream = start(lambda _: limited(30))
    message, behind = put(client), put(client, text="behind")
    upstream.wait_for_requests(1)
    wait_until(lambda: report(client, message)["attempts"] == 1, "it waits")
    upstream.reply = agreeable
    told = client.delete(f"/messages/{message}").json()
    assert (told["outcome"], told["reason"], told["attempts"]) == ("not_sent", "cancelled", 1)
    wait_for_end(client, behind)


def test_only_who_sent_a_message_can_ask_for_it_or_take_it_back(start):
    gate = Gate()
    _, client, _ = start(gate, callers={**caller("one"), **caller("two")})
    put(client, headers=bearer("one"))
    message = put(client, headers=bearer("one"))
    assert_problem(client.delete(f"/messages/{message}", headers=bearer("two")), "no-such-resource")
    assert_problem(client.get(f"/messages/{message}", headers=bearer("two")), "no-such-resource")
    assert_problem(client.delete(f"/messages/{message}"), "unauthenticated")
    assert client.delete(f"/messages/{message}", headers=bearer("one")).status_code == 200
    gate.open()


def test_taking_back_what_never_was(start):
    _, client, _ = start()
    for path in ("0190163d-8694-7b3e-8b3c-0242ac120002", "x", "0190163d-8694-4b3e-8b3c-0242ac120002"):
        assert_problem(client.delete(f"/messages/{path}"), "no-such-resource")
    sent = assert_sent(client.send_message(text="x"))["message_id"]
    assert_problem(client.delete(f"/messages/{sent}"), "not-cancellable", "sent")


def test_taken_back_or_sent_and_never_both(start):
    """Callers take messages back while they are being sent."""
    gateway, client, upstream = start()

    def race(number):
        with Client(gateway.url) as own:
            message = put(own, f"c-{number % 4}", f"t-{number}")
            answer = own.delete(f"/messages/{message}")
            assert answer.status_code in (200, 409), answer.content
            return message, f"t-{number}", answer.status_code == 200

    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        ends = list(pool.map(race, range(200)))
    for message, _, is_cancelled in ends:
        wait_for_end(client, message, *(("not_sent", "cancelled") if is_cancelled else ("sent",)), seconds=20)
    sent = texts(upstream.requests)
    assert sorted(sent) == sorted(text for _, text, is_cancelled in ends if not is_cancelled)
    assert_lawful(gateway)
