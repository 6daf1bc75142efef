"""`Idempotency-Key`: however often a caller says the same, and whatever happens meanwhile, one message is sent."""

import concurrent.futures
import datetime
import email.utils
import hashlib
import json
import signal

import pytest

from checks import assert_problem, assert_sent, header
from journals import Rig
from processes import wait_until
from trail import Trail, assert_holds
from upstream import Bytes, Gate, agreeable, complaint
from wire import Wire, request

CALLERS = {name: {"key_sha256": hashlib.sha256(f"dgw_{name}".encode()).hexdigest(), "may": ["send"]} for name in ("one", "two")}
ONE, TWO = ({"Authorization": f"Bearer dgw_{name}"} for name in CALLERS)
BODY = {"conversation_id": "c-1", "text": "سلام"}


def keyed(key="order-4711", **headers):
    return {"Idempotency-Key": key, **headers}


def is_replay(answer):
    replay = header(answer, "Idempotent-Replay")
    assert replay in (None, "true")
    return replay == "true"


def assert_same(first, again):
    """The second answer is the first one, told again."""
    assert not is_replay(first) and is_replay(again), (first.content, again.content)
    assert again.status_code == first.status_code
    own = {"trace_id"}
    assert {name: value for name, value in again.json().items() if name not in own} == {
        name: value for name, value in first.json().items() if name not in own
    }
    assert header(again, "Content-Type") == header(first, "Content-Type")
    assert expiry(again) == expiry(first)


def expiry(answer):
    return email.utils.parsedate_to_datetime(header(answer, "Idempotency-Expires"))


@pytest.fixture
def upstream(start_upstream):
    return start_upstream()


@pytest.fixture
def gateway(start_behind, upstream):
    return start_behind(upstream)


# MARK: The same again


def test_the_same_key_and_message_give_the_first_answer_again_and_send_nothing(client, upstream):
    first = client.send_message(BODY, headers=keyed())
    assert_sent(first)
    for _ in range(5):
        assert_same(first, client.send_message(BODY, headers=keyed()))
    assert len(upstream.requests) == 1


def test_a_send_without_a_key_is_never_a_repetition(client, upstream):
    answers = [client.send_message(BODY) for _ in range(3)]
    assert len({assert_sent(each)["message_id"] for each in answers}) == 3
    assert not any("Idempot" in name for each in answers for name in each.headers)
    assert len(upstream.requests) == 3


def test_the_answer_says_how_long_the_key_is_kept(client, start_behind, upstream, new_client):
    now = datetime.datetime.now(datetime.timezone.utc)
    kept = expiry(client.send_message(BODY, headers=keyed())) - now
    assert datetime.timedelta(hours=23, minutes=59) < kept < datetime.timedelta(hours=24, seconds=30)
    shorter = new_client(start_behind(upstream, idempotency={"ttl": "5m"}))
    kept = expiry(shorter.send_message(BODY, headers=keyed())) - now
    assert datetime.timedelta(minutes=4, seconds=55) < kept < datetime.timedelta(minutes=5, seconds=30)


@pytest.mark.parametrize(
    "same",
    [
        '{"text":"سلام","conversation_id":"c-1"}', '  { "conversation_id" : "c-1" , "text" : "\\u0633\\u0644\\u0627\\u0645" }\n',
        json.dumps({**BODY, "as": "bot"}), json.dumps({**BODY, "buttons": None, "media_token": None}),
    ],
)
def test_the_same_message_is_the_same_however_it_is_written(same, client, upstream):
    first = client.send_message(BODY, headers=keyed())
    assert_sent(first)
    assert_same(first, client.post("/send", data=same.encode(), headers=keyed(**{"Content-Type": "application/json"})))
    assert len(upstream.requests) == 1


@pytest.mark.parametrize(
    "change,token",
    [
        ({"text": "سلام!"}, None), ({"text": "سلام "}, None), ({"conversation_id": "c-2"}, None),
        ({"buttons": [[{"caption": "a", "open_post": "AJIEWcw"}]]}, None), ({"text": None, "media_token": "m-1"}, None),
        ({}, "a-users-token"), ({"conversation_id": None, "user_id": "c-1", "as": "bot"}, "a-users-token"),
    ],
    ids=["text", "space", "conversation", "buttons", "media", "as user", "target"],
)
def test_the_same_key_for_another_message_is_refused(change, token, client, upstream):
    assert_sent(client.send_message(BODY, headers=keyed()))
    headers = keyed(**({"X-Access-Token": token} if token else {}))
    problem = assert_problem(client.send_message({**BODY, **change}, headers=headers), "idempotency-key-reused", "not_sent")
    assert "message_id" not in problem
    assert len(upstream.requests) == 1
    assert is_replay(client.send_message(BODY, headers=keyed()))


def test_a_key_belongs_to_its_caller(start_behind, upstream, new_client):
    client = new_client(start_behind(upstream, callers=CALLERS))
    first = [client.send_message({**BODY, "text": who["Authorization"]}, headers=keyed(**who)) for who in (ONE, TWO)]
    assert len({assert_sent(each)["message_id"] for each in first}) == 2
    for before, who in zip(first, (ONE, TWO)):
        assert_same(before, client.send_message({**BODY, "text": who["Authorization"]}, headers=keyed(**who)))
    assert len(upstream.requests) == 2


# MARK: Grammar


@pytest.mark.parametrize("key", ["k", "k" * 255, "!~-_.:/=+,\"'{}[]<>\\|^`#$%&*()?@;", "0", "550e8400-e29b-41d4-a716-446655440000"])
def test_a_key_is_one_word_of_visible_characters(key, client, upstream):
    first = client.send_message(BODY, headers=keyed(key))
    assert_sent(first)
    assert_same(first, client.send_message(BODY, headers=keyed(key)))


def test_keys_that_differ_only_in_case_are_two(client, upstream):
    ids = {assert_sent(client.send_message(BODY, headers=keyed(key)))["message_id"] for key in ("key", "KEY", "Key")}
    assert len(ids) == 3


@pytest.mark.parametrize("key", [b"", b"a b", b"k" * 256, b"a\tb", "کلید".encode(), b"\xff", b"a\x7f"])
def test_a_key_that_is_none_is_refused_and_nothing_is_sent(key, gateway, upstream):
    with Wire(gateway.connect()) as wire:
        content = json.dumps(BODY).encode()
        head = request("POST", "/send", [("Content-Type", "application/json")], content)
        wire.send(head.replace(b"\r\nHost:", b"\r\nIdempotency-Key: " + key + b"\r\nHost:", 1))
        answered = wire.answer()
    problem = answered.json()
    assert answered.status_code == 400 and problem["outcome"] == "not_sent", problem
    assert problem["type"].endswith(("invalid-request", "malformed-request"))
    assert upstream.requests == []


def test_two_keys_are_refused(gateway, upstream):
    with Wire(gateway.connect()) as wire:
        fields = [("Content-Type", "application/json"), ("Idempotency-Key", "a"), ("Idempotency-Key", "b")]
        answered = wire.send(request("POST", "/send", fields, BODY)).answer()
    assert answered.status_code == 400 and answered.json()["outcome"] == "not_sent"
    assert upstream.requests == []


@pytest.mark.parametrize("spoilt", [{"text": ""}, {"x": 1}, {"as": "user"}])
def test_a_call_that_was_refused_does_not_use_its_key_up(spoilt, client, upstream):
    assert client.send_message({**BODY, **spoilt}, headers=keyed()).status_code == 400
    answered = client.send_message(BODY, headers=keyed())
    assert_sent(answered)
    assert not is_replay(answered)


# MARK: Outcomes


UNHAPPY = {
    "not_sent": (lambda _: complaint(404, 5, "Not Found"), "not-found-at-divar", "not_sent"),
    "limit": (lambda _: complaint(429, 8, "minute limit", [("Retry-After", "7")]), "divar-limit", "not_sent"),
    "unknown": (lambda _: complaint(500, 13, "oops"), "divar-failed", "unknown"),
    "cut": (lambda _: Bytes(close=True), "divar-unintelligible", "unknown"),
    "timeout": (Gate(), "divar-timeout", "unknown"),
}


@pytest.mark.parametrize("restart", [False, True], ids=["", "restart"])
@pytest.mark.parametrize("case", [*UNHAPPY, "sent"])
def test_every_outcome_is_told_again_and_stays(case, restart, start_upstream, tmp_path, start_behind, new_client):
    reply, kind, outcome = UNHAPPY.get(case, (agreeable, None, "sent"))
    upstream = start_upstream()
    r = Rig(start_behind, upstream, new_client, tmp_path, upstream={"deadline": "400ms"})
    upstream.reply = reply
    first = r.client.send_message(BODY, headers=keyed())
    assert_problem(first, kind, outcome) if kind else assert_sent(first)
    assert first.json()["message_id"]
    upstream.reply = agreeable
    if restart:
        assert r.gateway.stop() == 0
        r.start()
    for _ in range(3):
        assert_same(first, r.client.send_message(BODY, headers=keyed()))
    assert len(upstream.requests) == 1
    assert_problem(r.client.send_message({**BODY, "text": "!"}, headers=keyed()), "idempotency-key-reused", "not_sent")
    r.close()


@pytest.mark.parametrize("deadly", [signal.SIGKILL, signal.SIGTERM])
def test_a_message_that_was_under_way_at_the_end_is_unknown_under_its_key(deadly, upstream, tmp_path, start_behind, new_client):
    r = Rig(start_behind, upstream, new_client, tmp_path, drain="100ms", upstream={"deadline": "20s"})
    gate = Gate()
    upstream.reply = gate
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        pending = pool.submit(lambda: new_client(r.gateway).send_message(BODY, headers=keyed()))
        upstream.wait_for_requests(1)
        r.gateway.ends_badly = True
        r.gateway.process.send_signal(deadly)
        r.gateway.process.wait(20)
        gate.open()
        try:
            told = pending.result().json()
        except Exception:  # The connection ended with the gateway.
            told = {}
    upstream.reply = agreeable
    r.start()
    problems = [assert_problem(r.client.send_message(BODY, headers=keyed()), "interrupted", "unknown") for _ in range(2)]
    (message,) = r.trail.intents()
    assert {problem["message_id"] for problem in problems} == {message}
    assert told.get("outcome") in (None, "unknown")
    assert r.trail.outcomes()[message]["reason"] == ("crash" if deadly == signal.SIGKILL else "shutdown")
    assert_problem(r.client.send_message({**BODY, "text": "!"}, headers=keyed()), "idempotency-key-reused", "not_sent")
    assert len(upstream.requests) == 1
    r.close()


# MARK: At once


def test_of_many_identical_sends_at_once_one_goes_up(gateway, upstream, new_client):
    gate = Gate()
    upstream.reply = gate
    with concurrent.futures.ThreadPoolExecutor(12) as pool:
        pending = [pool.submit(lambda: new_client(gateway).send_message(BODY, headers=keyed())) for _ in range(12)]
        wait_until(lambda: sum(each.done() for each in pending) == 11, "all but one are answered")
        gate.open()
        answers = [each.result() for each in pending]
    in_use = [each for each in answers if each.status_code == 409]
    assert len(in_use) == 11
    for each in in_use:
        problem = assert_problem(each, "idempotency-key-in-use", "unknown")
        assert "message_id" not in problem and int(header(each, "Retry-After")) >= 1 and not is_replay(each)
    (sent,) = [each for each in answers if each.status_code == 200]
    assert_same(sent, new_client(gateway).send_message(BODY, headers=keyed()))
    assert len(upstream.requests) == 1
    assert_holds(Trail(gateway), upstream.requests, [sent])


def test_callers_that_repeat_without_pause_send_each_message_once(gateway, upstream, new_client):
    def work(index):
        client, answers = new_client(gateway), []
        for number in range(20):
            # Each message is sent by three threads that know nothing of each other.
            name = f"m-{index // 3}-{number}"
            answers += [client.send_message({"conversation_id": name, "text": name}, headers=keyed(name)) for _ in range(2)]
        return answers

    with concurrent.futures.ThreadPoolExecutor(9) as pool:
        answers = [each for answers in pool.map(work, range(9)) for each in answers]
    assert {each.status_code for each in answers} <= {200, 409}
    ids = {}
    for each in answers:
        if each.status_code == 200:
            ids.setdefault(each.json()["conversation_id"], set()).add(assert_sent(each)["message_id"])
    assert len(ids) == 60 and all(len(each) == 1 for each in ids.values())
    assert len(upstream.requests) == 60
    assert_holds(Trail(gateway), upstream.requests, answers)


def test_another_message_with_a_key_that_is_under_way_is_refused_as_such(gateway, client, upstream, new_client):
    gate = Gate()
    upstream.reply = gate
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        pending = pool.submit(lambda: new_client(gateway).send_message(BODY, headers=keyed()))
        upstream.wait_for_requests(1)
        assert_problem(client.send_message({**BODY, "text": "!"}, headers=keyed()), "idempotency-key-reused", "not_sent")
        assert_problem(client.send_message(BODY, headers=keyed()), "idempotency-key-in-use", "unknown")
        gate.open()
        assert_same(pending.result(), client.send_message(BODY, headers=keyed()))
    assert len(upstream.requests) == 1


def test_whoever_gave_up_waiting_gets_the_outcome_when_it_asks_again(gateway, client, upstream):
    gate = Gate()
    upstream.reply = gate
    with Wire(gateway.connect()) as wire:
        wire.send(request("POST", "/send", [("Content-Type", "application/json"), ("Idempotency-Key", "order-4711")], BODY))
        upstream.wait_for_requests(1)
    assert_problem(client.send_message(BODY, headers=keyed()), "idempotency-key-in-use", "unknown")
    gate.open()
    again = wait_until(lambda: (given := client.send_message(BODY, headers=keyed())).status_code == 200 and given, "the outcome is known")
    assert is_replay(again) and assert_sent(again)
    assert len(upstream.requests) == 1


def test_an_expired_key_is_free_again_and_not_before(start_behind, upstream, new_client):
    client = new_client(start_behind(upstream, idempotency={"ttl": "2s"}))
    first = client.send_message(BODY, headers=keyed())
    end = expiry(first)
    again = wait_until(lambda: not is_replay(given := client.send_message(BODY, headers=keyed())) and given, "the key is free")
    assert datetime.datetime.now(datetime.timezone.utc) >= end
    assert assert_sent(again)["message_id"] != assert_sent(first)["message_id"]
    assert expiry(again) > end
    assert len(upstream.requests) == 2


def test_a_key_outlives_its_time_while_its_message_is_under_way(start_behind, upstream, new_client):
    gate = Gate()
    upstream.reply = gate
    gateway = start_behind(upstream, idempotency={"ttl": "1s"}, upstream={"deadline": "20s"})
    client = new_client(gateway)
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        pending = pool.submit(lambda: new_client(gateway).send_message(BODY, headers=keyed()))
        upstream.wait_for_requests(1)
        begin = datetime.datetime.now(datetime.timezone.utc)
        while datetime.datetime.now(datetime.timezone.utc) - begin < datetime.timedelta(seconds=2.5):
            assert_problem(client.send_message(BODY, headers=keyed()), "idempotency-key-in-use", "unknown")
        gate.open()
        assert_sent(pending.result())
    assert len(upstream.requests) == 1


# MARK: Without a journal


def test_what_is_known_is_told_again_while_the_journal_is_unavailable(upstream, tmp_path, start_behind, new_client):
    (tmp_path / "journal").mkdir()
    r = Rig(start_behind, upstream, new_client, tmp_path / "journal")
    first = r.client.send_message(BODY, headers=keyed())
    away = r.path.rename(tmp_path / "away.db")
    r.wait_for_failure("file missing")
    assert_same(first, r.client.send_message(BODY, headers=keyed()))
    assert_problem(r.client.send_message({**BODY, "text": "!"}, headers=keyed()), "idempotency-key-reused", "not_sent")
    # A new key is not used up by a call for which nothing could be done.
    other = {"conversation_id": "c-2", "text": "x"}
    assert_problem(r.client.send_message(other, headers=keyed("new")), "journal-unavailable", "not_sent")
    assert len(upstream.requests) == 1
    away.rename(r.path)
    wait_until(lambda: r.readiness()[0], "it heals")
    answered = r.client.send_message(other, headers=keyed("new"))
    assert_sent(answered)
    assert not is_replay(answered)
    r.close()


def test_an_outcome_that_could_not_be_recorded_is_known_under_its_key_once_it_is(upstream, tmp_path, start_behind, new_client):
    (tmp_path / "journal").mkdir()
    r = Rig(start_behind, upstream, new_client, tmp_path / "journal")
    held = r.hold(keyed())
    conversation = next(iter(r.held))
    away = r.path.rename(tmp_path / "away.db")
    r.wait_for_failure("file missing")
    r.let_go()
    problem = assert_problem(held.result(), "journal-unavailable", "sent")
    again = r.client.send_message({"conversation_id": conversation, "text": "x"}, headers=keyed())
    assert again.status_code in (200, 409), again.text
    away.rename(r.path)
    wait_until(lambda: r.readiness()[0], "it heals")
    known = r.client.send_message({"conversation_id": conversation, "text": "x"}, headers=keyed())
    assert is_replay(known) and assert_sent(known)["message_id"] == problem["message_id"]
    assert len(upstream.requests) == 1
    r.close()
