"""Simultaneous reads of one conversation share a call to Divar, and nobody waits longer or fails more for it."""

import socket
import threading
import time

import pytest

from caching import (
    assert_forwarded, assert_hit, at_once, calls_for, conversation_of, fresh_id, read, recorded_with, saying, status_of,
    texts,
)
from checks import assert_problem
from conftest import Client
from trail import Trail
from upstream import Bytes, Gate, answer, complaint
from wire import Wire, elapsed, request

recorded = recorded_with(cache={"ttl": "60s"}, upstream={"deadline": "2s"}, audit={"reads": "all"})
BROKEN = complaint(503, 14, "away")


class Held:
    """Answers after a moment in which everybody can come; the first ones as told, then as told at last."""

    def __init__(self, *first, last=None, seconds=0.4):
        self.left = list(first)
        self.last = last or saying("held")
        self.seconds = seconds
        self.lock = threading.Lock()

    def __call__(self, request):
        with self.lock:
            given = self.left.pop(0) if self.left else self.last
        given = given(request) if callable(given) else given
        return Bytes(self.seconds, *given.parts, close=given.close)


def read_at_once(gateway, count, action):
    """Reads in so many threads on connections of their own, which are open before."""
    clients = [Client(gateway.url) for _ in range(count)]
    try:
        at_once(count, lambda index: clients[index].get("/health/live"))
        return at_once(count, lambda index: action(clients[index], index))
    finally:
        for client in clients:
            client.close()


def test_fifty_reads_at_once_are_one_call(recorded, upstream):
    gateway, _ = recorded
    conversation = fresh_id()
    upstream.reply = Held()
    answers = read_at_once(gateway, 50, lambda client, _: read(client, conversation))
    assert len(calls_for(upstream, conversation)) == 1
    assert {answered.content for answered in answers} == {answers[0].content}
    assert {answered.headers["ETag"] for answered in answers} == {answers[0].headers["ETag"]}
    leaders = [answered for answered in answers if "collapsed" not in status_of(answered)]
    assert len(leaders) == 1
    assert_forwarded(leaders[0], "uri-miss", fwd_status=200, stored=True)
    for answered in answers:
        if answered is not leaders[0]:
            assert_forwarded(answered, "uri-miss", fwd_status=200, collapsed=True)
    assert_hit(read_at_once(gateway, 1, lambda client, _: read(client, conversation))[0])
    with Client(gateway.url) as client:
        client.send_message(conversation_id=fresh_id(), text="stands behind the reads")
    reads = [record for record in Trail(gateway).records("read") if record["conversation"] == conversation]
    assert len(reads) == 51
    assert sum("reason" not in record for record in reads) == 1


def test_conditions_and_methods_share_a_call(recorded, upstream):
    conversation = fresh_id()
    upstream.reply = Held()
    methods = ["GET", "HEAD"] * 6
    answers = read_at_once(
        recorded[0], 12, lambda client, index: read(
            client, conversation, method=methods[index], condition="*" if index % 3 == 0 else None
        )
    )
    assert len(calls_for(upstream, conversation)) == 1
    assert [answered.status_code for answered in answers] == [304, 200, 200] * 4
    for answered, method in zip(answers, methods, strict=True):
        assert bool(answered.content) == (method == "GET" and answered.status_code == 200)


def test_tokens_share_nothing(recorded, upstream):
    conversation = fresh_id()
    upstream.reply = Held(last=lambda request: saying(request.value("Authorization"))(request))
    answers = read_at_once(recorded[0], 20, lambda client, index: read(client, conversation, f"token-{index % 4}"))
    assert len(calls_for(upstream, conversation)) == 4
    for index, answered in enumerate(answers):
        assert texts(answered) == [f"Bearer token-{index % 4}"]
    assert sum("collapsed" in status_of(answered) for answered in answers) == 16


def test_who_wants_it_fresh_joins_nobody(recorded, upstream):
    conversation = fresh_id()
    upstream.reply = Held()
    controls = ["no-cache", "max-age=0", "no-store", "no-cache"]
    answers = read_at_once(recorded[0], 4, lambda client, index: read(client, conversation, control=controls[index]))
    assert len(calls_for(upstream, conversation)) == 4
    assert all("collapsed" not in status_of(answered) for answered in answers)


def test_who_wants_only_memory_waits_for_nobody(recorded, upstream, new_client):
    conversation = fresh_id()
    gate = upstream.reply = Gate(saying("held"))

    def act(index):
        with Client(recorded[0].url) as client:
            if index == 0:
                return read(client, conversation)
            upstream.wait_for_requests(1)
            answered = read(client, conversation, control="only-if-cached")
            gate.open()
            return answered

    waited, answered = at_once(2, act)
    assert waited.status_code == 200
    assert_problem(answered, "not-cached")


@pytest.mark.parametrize(
    "newer", [saying("newer"), saying("newer", fields=[("Cache-Control", "no-store")]), complaint(404, 5, "not found")],
    ids=["kept", "not to be kept", "not found"],
)
def test_an_answer_never_takes_the_place_of_a_later_call_s(newer, recorded, upstream):
    conversation = fresh_id()
    gate = Gate(saying("older"))
    upstream.reply = gate

    def act(index):
        with Client(recorded[0].url) as client:
            if index == 0:
                return read(client, conversation)
            upstream.wait_for_requests(1)
            upstream.reply = newer if callable(newer) else lambda request: newer
            later = read(client, conversation, control="no-cache")
            gate.open()
            return later

    older, later = at_once(2, act)
    assert texts(older) == ["older"]
    assert later.status_code == 404 or texts(later) == ["newer"]
    upstream.reply = saying("newest")
    with Client(recorded[0].url) as client:
        answered = read(client, conversation)
    assert answered.status_code == 404 or texts(answered) != ["older"], "the past came back"


# Failures

FAILED = {
    "503": (BROKEN, "divar-failed"), "cut": (Bytes(close=True), "divar-unintelligible"),
    "page": (answer(502, b"<html>", content_type="text/html"), "divar-unintelligible"),
    "429": (complaint(429, 8, "quota"), "divar-limit"),
}


@pytest.mark.parametrize("failure,kind", FAILED.values(), ids=FAILED)
def test_after_a_failure_one_more_call_is_made_for_all_others(failure, kind, recorded, upstream):
    conversation = fresh_id()
    upstream.reply = Held(failure)
    answers = read_at_once(recorded[0], 16, lambda client, _: read(client, conversation))
    assert len(calls_for(upstream, conversation)) == 2
    failed = [answered for answered in answers if answered.status_code != 200]
    assert len(failed) == 1
    assert_problem(failed[0], kind)
    assert "collapsed" not in status_of(failed[0])
    for answered in answers:
        if answered is not failed[0]:
            assert texts(answered) == ["held"]


@pytest.mark.parametrize("failure,kind", FAILED.values(), ids=FAILED)
def test_the_second_failure_is_everybody_s(failure, kind, recorded, upstream):
    conversation = fresh_id()
    upstream.reply = Held(failure, failure)
    answers = read_at_once(recorded[0], 16, lambda client, _: read(client, conversation))
    assert len(calls_for(upstream, conversation)) == 2
    traces = {assert_problem(answered, kind)["trace_id"] for answered in answers}
    assert len(traces) == 16, "a problem has the trace of the request that it answers"
    with Client(recorded[0].url) as client:
        assert texts(read(client, conversation)) == ["held"]


@pytest.mark.parametrize(
    "refusal,kind",
    [
        (complaint(401, 16, "who"), "divar-refused-credentials"),
        (complaint(403, 7, "no"), "divar-refused-credentials"),
        (complaint(404, 5, "not found"), "not-found-at-divar"), (complaint(400, 3, "bad"), "divar-rejected"),
    ],
    ids=["401", "403", "404", "400"],
)
def test_a_refusal_is_everybody_s_at_once(refusal, kind, recorded, upstream):
    conversation = fresh_id()
    upstream.reply = Held(last=refusal)
    answers = read_at_once(recorded[0], 20, lambda client, _: read(client, conversation, "token-of-refusals"))
    assert len(calls_for(upstream, conversation)) == 1
    for answered in answers:
        assert_problem(answered, kind)


def test_what_may_not_be_kept_is_shared_all_the_same(recorded, upstream):
    """Everybody asked before it came; nobody after."""
    conversation = fresh_id()
    upstream.reply = Held(last=saying("held", fields=[("Cache-Control", "no-store")]))
    answers = read_at_once(recorded[0], 10, lambda client, _: read(client, conversation))
    assert all(texts(answered) == ["held"] for answered in answers)
    assert all("stored" not in status_of(answered) for answered in answers)
    with Client(recorded[0].url) as client:
        assert_forwarded(read(client, conversation), "uri-miss")


def test_who_began_it_may_go_away(recorded, upstream):
    conversation = fresh_id()
    gate = upstream.reply = Gate(saying("held"))
    leader = Wire(recorded[0].connect())
    leader.send(request("GET", f"/conversations/{conversation}", [("X-Access-Token", "token-a")]))
    upstream.wait_for_requests(1)

    def act(index):
        with Client(recorded[0].url) as client:
            if index:
                return read(client, conversation)
            time.sleep(0.2)  # The others are about to wait.
            leader.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            leader.socket.close()
            time.sleep(0.1)
            gate.open()
            return None

    answers = at_once(6, act)[1:]
    assert all(texts(answered) == ["held"] for answered in answers)
    assert len(calls_for(upstream, conversation)) <= 2


# Deadlines


def test_nobody_waits_longer_than_the_deadline(recorded, upstream):
    conversation = fresh_id()
    upstream.reply = lambda request: Bytes(10, close=True)
    answers = read_at_once(recorded[0], 20, lambda client, _: elapsed(lambda: read(client, conversation)))
    for answered, seconds in answers:
        assert_problem(answered, "divar-timeout")
        assert 1.8 < seconds < 2.6, seconds
        assert status_of(answered)["fwd"] == "uri-miss"
    assert len(calls_for(upstream, conversation)) <= 2


def test_each_has_a_deadline_of_its_own(recorded, upstream):
    """Who comes later waits on, for a second call, when the first one's time is up."""
    conversation = fresh_id()
    upstream.reply = Held(Bytes(10, close=True), seconds=0)

    def act(client, index):
        time.sleep(index * 0.7)
        return elapsed(lambda: read(client, conversation))

    (first, waited), (second, seconds) = read_at_once(recorded[0], 2, act)
    assert_problem(first, "divar-timeout")
    assert 1.8 < waited < 2.6
    assert texts(second) == ["held"]
    assert 1.0 < seconds < 2.0
    assert len(calls_for(upstream, conversation)) == 2


def test_calls_that_time_out_together_leave_nothing_behind(start_behind, start_upstream):
    """Readers on several loops reach their deadlines while the call that failed is handed to the next of them."""
    upstream = start_upstream()
    gateway = start_behind(upstream, upstream={"deadline": "300ms"})
    clients = [Client(gateway.url) for _ in range(24)]
    try:
        for round_ in range(6):
            conversations = [fresh_id() for _ in range(6)]
            upstream.reply = lambda request: Bytes(3, close=True)
            answers = at_once(24, lambda index: read(clients[index], conversations[index % 6]))
            assert all(answered.status_code == 504 for answered in answers)
            upstream.reply = saying("well again")
            # The first read may still join a call that is about to time out; the third has a call of its own.
            dead = [
                conversation for conversation in conversations
                if all(read(clients[0], conversation).status_code != 200 for _ in range(3))
            ]
            assert not dead, f"round {round_}: nobody can read {len(dead)} of 6 conversations any more"
    finally:
        for client in clients:
            client.close()


def test_a_stop_lets_those_who_wait_have_their_answer(start_behind, start_upstream):
    upstream = start_upstream()
    gateway = start_behind(upstream)
    gate = upstream.reply = Gate(saying("held"))
    conversation = fresh_id()

    def act(index):
        if index:
            with Client(gateway.url) as client:
                return read(client, conversation)
        upstream.wait_for_requests(1)
        time.sleep(0.3)  # The others are about to wait.
        gateway.terminate()
        time.sleep(0.2)
        gate.open()
        return None

    answers = at_once(9, act)[1:]
    assert all(texts(answered) == ["held"] for answered in answers)
    assert gateway.wait() == 0
    assert len(upstream.requests) == 1 and conversation_of(upstream.requests[0]) == conversation
