"""An app's limits are mirrored: as many calls as there may be, and what is told of them."""

import concurrent.futures
import threading
import time

import pytest

from caching import fresh_id, read, status_of, wait_until_expired
from checks import assert_problem, assert_sent
from conftest import Client
from quota_cases import (
    AT_ONCE,
    FOUR_FIFTHS,
    LONGEST_RETRY,
    quota_check,
    read_as,
    send,
    sends_until_refused,
    start_limited,
    start_quota,
)
from quotas import app, assert_refused, bearer, caller, parse_limits
from sandbox import CONVERSATION
from trail import Trail
from upstream import complaint, free_port


# As many as there are, and none more


def test_a_gateway_uses_the_whole_limit_and_divar_never_refuses(start_limited):
    gateway, client, sandbox = start_limited({"per_minute": 12}, per_minute=12)
    assert sends_until_refused(client) == 12
    assert [request["status"] for request in sandbox.requests()] == [200] * 12
    # Nothing of those that were refused is in the trail of messages.
    assert len(Trail(gateway).intents()) == 12


@pytest.mark.parametrize("window", ["per_minute", "per_day"])
def test_greedy_callers_together_never_bring_a_429_from_divar(window, start_limited):
    """The simulation counts by the clock's windows, the gateway by the last minute and day."""
    names = ["one", "two", "three"]
    callers = {name: entry for given in names for name, entry in caller(given).items()}
    gateway, _, sandbox = start_limited({window: 60}, callers, **{window: 60})
    end = time.monotonic() + 2

    def work(index):
        taken = refused = 0
        with Client(gateway.url) as client:
            while time.monotonic() < end:
                name, is_read = names[index % 3], index % 4 == 3
                answered = read_as(client, name) if is_read else send(client, name)
                if answered.status_code == 200:
                    taken += 1
                else:
                    assert_refused(answered, outcome=None if is_read else "not_sent")
                    refused += 1
        return taken, refused

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        results = list(pool.map(work, range(8)))
    assert sum(taken for taken, _ in results) == 60
    assert sum(refused for _, refused in results) > 0
    assert [request["status"] for request in sandbox.requests()] == [200] * 60


def test_a_burst_at_the_same_moment_gets_exactly_the_places_there_are(start_limited):
    gateway, _, sandbox = start_limited({"per_minute": 10}, per_minute=10)
    sandbox.fault("latency", milliseconds=100)
    barrier = threading.Barrier(30)

    def work(_):
        with Client(gateway.url) as client:
            barrier.wait(20)
            return send(client).status_code

    with concurrent.futures.ThreadPoolExecutor(30) as pool:
        statuses = sorted(pool.map(work, range(30)))
    assert statuses == [200] * 10 + [429] * 20
    assert sandbox.request_count() == 10


def test_all_kinds_of_calls_are_counted(start_limited):
    _, client, sandbox = start_limited({"per_minute": 4}, per_minute=4)
    assert_sent(send(client))
    assert client.read(CONVERSATION).status_code == 200
    assert client.post("/upload-token").status_code == 200
    assert client.read("nobody-knows").status_code == 404
    assert_refused(send(client))
    assert_refused(client.read(CONVERSATION), outcome=None)
    assert_refused(client.post("/upload-token"), outcome=None)
    assert sandbox.request_count() == 4


def test_without_a_limit_there_is_none(start_limited):
    _, client, sandbox = start_limited()
    for _ in range(100):
        answered = send(client)
        assert_sent(answered)
        assert {"RateLimit", "RateLimit-Policy"}.isdisjoint(answered.headers)
    assert quota_check(client) == {"name": "quota", "status": "pass", "detail": "no app has a daily quota"}


# What is told


def test_a_refusal_tells_both_windows_and_when_to_come_again(start_limited):
    _, client, _ = start_limited(per_minute=3, per_day=50)
    assert sends_until_refused(client) == 3
    answered = send(client)
    _, seconds = assert_refused(answered, "minute")
    assert 1 <= seconds <= LONGEST_RETRY
    assert answered.headers["RateLimit-Policy"] == '"minute";q=3;w=60, "day";q=50;w=86400'
    told = parse_limits(answered.headers["RateLimit"])
    assert list(told) == ["minute", "day"]
    assert told["minute"]["r"] == 0
    assert abs(told["minute"]["t"] - seconds) <= 1
    assert told["day"]["r"] == 47
    assert 0 < told["day"]["t"] <= 86_400 + 300
    assert seconds > LONGEST_RETRY - 22, "the places were taken just now"


@pytest.mark.parametrize("window,seconds", [("minute", 60), ("day", 86_400)])
def test_a_refusal_tells_of_the_one_window_that_has_a_limit(window, seconds, start_limited):
    _, client, _ = start_limited(**{f"per_{window}": 2})
    assert sends_until_refused(client) == 2
    answered = send(client)
    assert_refused(answered, window)
    assert answered.headers["RateLimit-Policy"] == f'"{window}";q=2;w={seconds}'
    told = parse_limits(answered.headers["RateLimit"])
    assert told[window]["r"] == 0
    assert abs(told[window]["t"] - int(answered.headers["Retry-After"])) <= 1
    assert told[window]["t"] >= seconds - 20


def test_readiness_and_one_log_line_tell_that_four_fifths_of_the_day_are_used(start_limited):
    gateway, client, _ = start_limited(per_day=10)
    for used in range(1, 11):
        assert_sent(send(client))
        check = quota_check(client)
        assert check["status"] == "pass"
        told = f"default: {used} of 10 calls of the last 24 hours used ({used * 10} %"
        assert check["detail"] == told + (", over four fifths)" if used >= 8 else ")")
        if used < 8:
            assert gateway.logs(FOUR_FIFTHS) == []
        elif used == 8:
            gateway.wait_for_log(FOUR_FIFTHS)
    assert_refused(send(client), "day")
    lines = gateway.logs(FOUR_FIFTHS)
    assert [(line["app"], line["level"]) for line in lines] == [("default", "warning")]
    assert quota_check(client)["detail"].startswith("default: 10 of 10 ")


# What spends nothing


def test_what_never_goes_to_divar_spends_nothing(start_limited):
    callers = {**caller("known"), "reader": {**caller("reader")["reader"], "may": ["read"]}}
    _, client, sandbox = start_limited(None, callers, per_minute=3)
    key = bearer("known")
    invalid = [
        {"text": ""}, {"text": "x" * 5000}, {"conversation_id": "c 1", "text": "x"}, {"text": "x", "colour": 1},
        {"text": "x", "buttons": [[]]}, {"text": "x", "as": "user"},
    ]
    for number in range(30):
        members = {"conversation_id": CONVERSATION, **invalid[number % len(invalid)]}
        assert client.send_message(members, headers=key).status_code == 400
        assert_problem(send(client), "unauthenticated", "not_sent")
        assert_problem(send(client, "reader"), "not-allowed", "not_sent")
        assert client.get("/conversations/c-1", headers=key).status_code == 400
    assert sandbox.request_count() == 0
    assert sends_until_refused(client, "known") == 3


def test_a_message_that_is_told_again_spends_nothing(start_limited):
    _, client, sandbox = start_limited(per_minute=2)
    first = assert_sent(send(client, **{"Idempotency-Key": "k-1"}))
    for _ in range(10):
        again = send(client, **{"Idempotency-Key": "k-1"})
        assert again.headers["Idempotent-Replay"] == "true"
        assert again.json() == first
    assert_sent(send(client))
    assert_refused(send(client))
    # Also when there is no place for a new one.
    assert send(client, **{"Idempotency-Key": "k-1"}).json() == first
    # A key that was turned away is as good as new.
    assert_refused(send(client, **{"Idempotency-Key": "k-2"}))
    assert_refused(send(client, **{"Idempotency-Key": "k-2"}))
    assert sandbox.request_count() == 2


def test_reads_from_memory_spend_nothing_and_a_spent_quota_is_bridged_by_them(start_behind, start_upstream, new_client):
    upstream = start_upstream()
    cache = {"ttl": "300ms", "stale_if_error": "60s"}
    quota = app(per_minute=1, max_wait=AT_ONCE)
    client = new_client(start_behind(upstream, apps={"default": quota}, cache=cache))
    conversation = fresh_id()
    for _ in range(10):
        assert read(client, conversation).status_code == 200
    assert len(upstream.requests) == 1
    wait_until_expired(client, conversation)
    stale = read(client, conversation)
    assert stale.status_code == 200
    assert status_of(stale)["detail"] == "stale-if-error"
    assert_refused(read(client, fresh_id()), outcome=None)
    assert len(upstream.requests) == 1


def test_a_call_that_reached_nobody_spends_nothing(start_behind, new_client):
    quota = app(per_minute=1, max_wait=AT_ONCE)
    gateway = start_behind(f"http://127.0.0.1:{free_port()}", apps={"default": quota})
    client = new_client(gateway)
    for _ in range(3):
        assert_problem(send(client, **{"X-Request-Timeout": "100ms"}), "divar-unreachable", "not_sent")


def test_a_refusal_by_divar_is_spent(start_quota):
    _, client, upstream = start_quota(per_minute=2)
    upstream.reply = lambda request: complaint(412, 9, "blocked")
    for _ in range(2):
        assert_problem(send(client), "recipient-restricted", "not_sent")
    assert_refused(send(client))
    assert len(upstream.requests) == 2
