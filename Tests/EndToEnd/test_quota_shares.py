"""How callers share an app's limits, and what Divar's own word does."""

import time

import pytest

from checks import assert_problem, assert_sent
from processes import wait_until
from quota_cases import AT_ONCE, LIMIT_LINE, send, sends_until_refused, start_limited, start_quota
from quotas import app, assert_refused, caller, parse_limits
from sandbox import CONVERSATION
from upstream import agreeable, complaint


# Shares


def hunger(client, upstream, wants, names):
    """While Divar says that a limit is passed, everybody asks: so it is known what each wants. Then Divar is well."""
    upstream.reply = lambda request: complaint(429, 8, "per-minute limit exceeded", [("Retry-After", "2")])
    assert_problem(send(client, names[0]), "divar-limit", "not_sent")
    upstream.reply = agreeable
    start = time.monotonic()
    # The first call asked, too, and was counted.
    asked = {name: (1 if name == names[0] else 0) for name in names}
    for name in names:
        for _ in range(wants[name] - asked[name]):
            assert_refused(send(client, name))
    assert time.monotonic() - start < 1.9, "too slow: the pause is over"
    assert len(upstream.requests) == 1
    time.sleep(max(0, 2.05 - (time.monotonic() - start)))  # Divar's own word says when.


@pytest.mark.parametrize(
    "weights,expected", [((1, 1), (20, 20)), ((1, 3), (10, 30)), ((2, 3), (16, 24)), ((7, 1), (35, 5))], ids=str
)
def test_callers_that_want_more_than_there_is_share_by_their_weights(weights, expected, start_quota):
    names = ["one", "two"]
    callers = {}
    for name, weight in zip(names, weights):
        callers.update(caller(name, weight=weight))
    _, client, upstream = start_quota(callers, per_minute=40)
    hunger(client, upstream, {"one": 45, "two": 45}, names)
    # The one that comes first takes its share and not all there is; Divar's refusal was one of its places.
    assert sends_until_refused(client, "one") == expected[0] - 1
    assert sends_until_refused(client, "two") == expected[1]
    assert_refused(send(client, "one"))
    assert len(upstream.requests) == 40


def test_what_nobody_wants_is_for_those_who_do(start_quota):
    callers = {**caller("hungry"), **caller("modest", weight=5)}
    _, client, upstream = start_quota(callers, per_minute=40)
    hunger(client, upstream, {"hungry": 60, "modest": 4}, ["hungry", "modest"])
    assert sends_until_refused(client, "hungry") == 40 - 4 - 1
    for _ in range(4):
        assert_sent(send(client, "modest"))
    assert_refused(send(client, "modest"))


def test_a_caller_that_is_alone_has_everything(start_limited):
    callers = {**caller("alone"), **caller("silent", weight=1000)}
    _, client, _ = start_limited(None, callers, per_minute=20)
    assert sends_until_refused(client, "alone") == 20


def test_a_reserve_is_left_for_its_caller_whatever_the_others_do(start_limited):
    callers = {**caller("greedy", weight=1000), **caller("careful", reserve=5), **caller("third")}
    _, client, sandbox = start_limited({"per_minute": 20}, callers, per_minute=20)
    assert sends_until_refused(client, "greedy") == 15
    answered = send(client, "greedy")
    assert parse_limits(answered.headers["RateLimit"])["minute"]["r"] == 0
    assert_refused(send(client, "third"))
    for _ in range(5):
        assert_sent(send(client, "careful"))
    assert_refused(send(client, "careful"))
    assert [request["status"] for request in sandbox.requests()] == [200] * 20


def test_a_reserve_that_is_partly_used_is_kept_for_the_rest(start_limited):
    callers = {**caller("greedy"), **caller("careful", reserve=5)}
    _, client, _ = start_limited(None, callers, per_minute=20)
    for _ in range(2):
        assert_sent(send(client, "careful"))
    assert sends_until_refused(client, "greedy") == 15
    for _ in range(3):
        assert_sent(send(client, "careful"))
    assert_refused(send(client, "careful"))


def test_apps_have_quotas_of_their_own(start_behind, start_upstream, new_client):
    upstream = start_upstream()
    apps = {"one": app(per_minute=2, max_wait=AT_ONCE), "two": app(per_minute=5, max_wait=AT_ONCE)}
    callers = {**caller("first", app="one"), **caller("second", app="two")}
    client = new_client(start_behind(upstream, apps=apps, callers=callers))
    assert sends_until_refused(client, "first") == 2
    assert sends_until_refused(client, "second") == 5
    assert send(client, "first").headers["RateLimit-Policy"] == '"minute";q=2;w=60'


# Divar's own word


def test_a_429_with_retry_after_pauses_the_apps_calls(start_quota):
    gateway, client, upstream = start_quota()
    upstream.reply = lambda request: complaint(429, 8, "per-minute limit exceeded", [("Retry-After", "37")])
    answered = send(client)
    assert_problem(answered, "divar-limit", "not_sent")
    assert answered.headers["Retry-After"] == "37"
    upstream.reply = agreeable
    for answered in (send(client), client.read(CONVERSATION), client.post("/upload-token")):
        outcome = "not_sent" if answered.request.url.endswith("/send") else None
        problem, seconds = assert_refused(answered, "minute", outcome)
        assert 30 <= seconds <= 37
        # Nothing is known of the limit but that it is passed.
        assert {"RateLimit", "RateLimit-Policy"}.isdisjoint(answered.headers)
    assert len(upstream.requests) == 1
    line = gateway.wait_for_log(LIMIT_LINE)[0]
    assert (line["app"], line["window"], line["retry_after"]) == ("default", "minute", "37")


@pytest.mark.parametrize(
    "words,fields,window,bounds",
    [
        ("per-minute limit exceeded", [], "minute", (5, 10)),
        ("daily quota exceeded", [], "day", (295, 300)),
        ("daily quota exceeded", [("Retry-After", "9")], "day", (4, 9)),
        ("resource exhausted", [], "minute", (5, 10)),
        ("resource exhausted", [("Retry-After", "7200")], "day", (7190, 7200)),
        ("resource exhausted", [("Retry-After", "soon")], "minute", (5, 10)),
        # As long as nobody would believe it: ten minutes for the minute.
        ("per-minute limit exceeded", [("Retry-After", "99999999")], "minute", (595, 600)),
    ],
)
def test_how_long_a_pause_is(words, fields, window, bounds, start_quota):
    _, client, upstream = start_quota()
    upstream.reply = lambda request: complaint(429, 8, words, fields)
    assert_problem(send(client), "divar-limit", "not_sent")
    _, seconds = assert_refused(send(client), window)
    assert bounds[0] <= seconds <= bounds[1]
    assert len(upstream.requests) == 1


def test_another_apps_calls_do_not_pause(start_behind, start_upstream, new_client):
    upstream = start_upstream()
    apps = {"one": app(), "two": app()}
    callers = {**caller("first", app="one"), **caller("second", app="two"), **caller("third", app="one")}
    client = new_client(start_behind(upstream, apps=apps, callers=callers))
    upstream.reply = lambda request: complaint(429, 8, "daily quota exceeded", [("Retry-After", "600")])
    assert_problem(send(client, "first"), "divar-limit", "not_sent")
    upstream.reply = agreeable
    assert_refused(send(client, "third"), "day")
    assert_sent(send(client, "second"))


def test_an_edge_that_says_429_pauses_nothing(start_limited):
    _, client, sandbox = start_limited()
    sandbox.fault("edge-html", status=429, times=1)
    assert_problem(send(client), "divar-unintelligible", "unknown")
    assert_sent(send(client))


def test_a_pause_ends_by_itself(start_quota):
    _, client, upstream = start_quota()
    upstream.reply = lambda request: complaint(429, 8, "slow down", [("Retry-After", "1")])
    start = time.monotonic()
    assert_problem(send(client), "divar-limit", "not_sent")
    upstream.reply = agreeable
    wait_until(lambda: send(client).status_code == 200, "the end of the pause", 5)
    assert 0.95 < time.monotonic() - start < 2.5
    assert len(upstream.requests) == 2


def test_who_wants_no_pauses_gets_each_429(start_quota):
    _, client, upstream = start_quota(pause="0s")
    upstream.reply = lambda request: complaint(429, 8, "slow down", [("Retry-After", "60")])
    for number in range(1, 6):
        assert_problem(send(client), "divar-limit", "not_sent")
        assert len(upstream.requests) == number


def test_the_limit_of_divar_is_below_the_one_that_is_configured(start_limited):
    """Somebody else uses the key, or the operator is wrong: one 429 is enough to hold all others back."""
    _, client, sandbox = start_limited({"per_minute": 5}, per_minute=1000)
    answers = [send(client) for _ in range(20)]
    assert [answered.status_code for answered in answers] == [200] * 5 + [429] * 15
    assert_problem(answers[5], "divar-limit", "not_sent")
    for answered in answers[6:]:
        assert_refused(answered)
    assert sandbox.request_count() == 6
