"""A short wait for a place, a restart, and more than a window."""

import concurrent.futures
import time

import pytest

from checks import assert_problem, assert_sent
from conftest import Client, KEY, KEY_VARIABLE, NO_CACHE
from quota_cases import AT_ONCE, LIMIT_LINE, quota_check, send, sends_until_refused, start_limited, start_quota
from quotas import app, assert_refused, caller
from trail import Trail
from upstream import agreeable, complaint


# A short wait instead of a refusal


def test_a_call_waits_for_a_pause_that_is_short(start_quota):
    """Divar's 429 itself is not told either: the same call goes again, for it was proven that nothing was done."""
    gateway, client, upstream = start_quota(max_wait="2s")
    answers = iter([complaint(429, 8, "slow down", [("Retry-After", "1")])])
    upstream.reply = lambda request: next(answers, None) or agreeable(request)
    start = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        first = pool.submit(send, client)
        upstream.wait_for_requests(1)
        gateway.wait_for_log(LIMIT_LINE)

        def another(_):
            with Client(gateway.url) as session:
                return send(session), time.monotonic() - start

        others = list(pool.map(another, range(5)))
        sent = assert_sent(first.result(), attempts=2)
    assert time.monotonic() - start >= 0.95
    for answered, after in others:
        assert_sent(answered, attempts=1)
        assert 0.95 < after < 4
    assert len(upstream.requests) == 7
    assert Trail(gateway).outcomes()[sent["message_id"]]["attempts"] == 2


def test_a_second_429_is_told(start_quota):
    _, client, upstream = start_quota(max_wait="2s")
    upstream.reply = lambda request: complaint(429, 8, "slow down", [("Retry-After", "1")])
    problem = assert_problem(send(client), "divar-limit", "not_sent")
    assert problem["attempts"] == 2
    assert len(upstream.requests) == 2


@pytest.mark.parametrize("retry_after,timeout", [("30", None), ("1", "300ms")], ids=["too long", "longer than it has"])
def test_a_call_that_would_wait_in_vain_is_refused_at_once(retry_after, timeout, start_quota):
    _, client, upstream = start_quota(max_wait="2s")
    upstream.reply = lambda request: complaint(429, 8, "slow down", [("Retry-After", retry_after)])
    headers = {"X-Request-Timeout": timeout} if timeout else {}
    start = time.monotonic()
    assert_problem(send(client, **headers), "divar-limit", "not_sent")
    assert_refused(send(client, **headers))
    assert time.monotonic() - start < 0.8
    assert len(upstream.requests) == 1


def test_nobody_waits_for_a_window_that_is_far_from_opening(start_limited):
    _, client, _ = start_limited(per_minute=1, max_wait="5s")
    assert_sent(send(client))
    start = time.monotonic()
    assert_refused(send(client), "minute")
    assert time.monotonic() - start < 1


# Restarts


def test_a_restart_forgets_nothing_of_what_was_used(start_gateway, start_upstream, new_client, tmp_path):
    upstream = start_upstream()
    settings = {
        "upstream": {"base_url": upstream.url}, "journal": {"path": str(tmp_path / "kept.db")}, **NO_CACHE,
        "apps": {"default": app(per_minute=3, per_day=100, max_wait=AT_ONCE)},
    }
    environment = {KEY_VARIABLE: KEY}
    gateway = start_gateway(settings, environment=environment)
    assert sends_until_refused(new_client(gateway)) == 3
    assert gateway.stop() == 0
    client = new_client(start_gateway(settings, environment=environment))
    assert quota_check(client)["detail"].startswith("default: 3 of 100 calls ")
    assert_refused(send(client), "minute")
    assert len(upstream.requests) == 3


# Longer than a window


@pytest.mark.soak
def test_over_two_minutes_greedy_callers_get_their_shares_and_divar_never_refuses(start_limited):
    """The windows of the simulation are the clock's minutes, and at least two of them begin meanwhile."""
    callers = {**caller("one", weight=1), **caller("two", weight=2), **caller("reserved", reserve=12)}
    gateway, _, sandbox = start_limited({"per_minute": 60}, callers, per_minute=60, max_wait="2s")
    end = time.monotonic() + 125
    names = ["one", "one", "two", "two", "reserved"]

    def work(index):
        taken, waited = [], 0
        with Client(gateway.url) as client:
            while time.monotonic() < end:
                begun = time.monotonic()
                answered = send(client, names[index])
                took = time.monotonic() - begun
                assert took < 3
                if answered.status_code == 200:
                    taken.append(time.monotonic())
                    waited += took > 0.25
                    if names[index] == "reserved":
                        time.sleep(5)  # A steady caller: twelve calls a minute, and none of them refused.
                else:
                    assert names[index] != "reserved", answered.text
                    assert_refused(answered)
                    time.sleep(0.02)
        return names[index], taken, waited

    with concurrent.futures.ThreadPoolExecutor(5) as pool:
        results = list(pool.map(work, range(5)))
    assert {request["status"] for request in sandbox.requests()} == {200}
    assert sum(waited for _, _, waited in results) > 0, "nobody waited for a place that came free"
    assert sandbox.request_count() >= 110, "places were left idle"
    # In the second minute it is known what everybody wants.
    late = {"one": 0, "two": 0, "reserved": 0}
    for name, taken, _ in results:
        late[name] += sum(1 for moment in taken if moment > end - 62)
    assert late["reserved"] >= 11
    assert abs(late["one"] - 16) <= 3 and abs(late["two"] - 32) <= 4, late
