"""The mirror of Divar's quota: who would be refused there is refused here, and what there is is shared fairly."""

import concurrent.futures
import threading
import time

import pytest

from caching import fresh_id, read, status_of, wait_until_expired
from checks import assert_problem, assert_sent
from conftest import KEY, KEY_VARIABLE, NO_CACHE, Client
from processes import wait_until
from quotas import app, assert_refused, bearer, caller, parse_limits
from sandbox import CONVERSATION, USER_TOKEN, Sandbox
from trail import Trail
from upstream import agreeable, complaint, free_port

#: The minute's window, and a second that a place may lapse later.
LONGEST_RETRY = 62
AT_ONCE = "0s"
FOUR_FIFTHS = "four fifths of the day's quota are used"
LIMIT_LINE = "Divar's limit is passed"


@pytest.fixture
def start_limited(start_gateway, new_client):
    """Starts a gateway with a quota and a simulation with these limits behind it: (gateway, client, sandbox)."""

    def start(limits=None, callers=None, **quota):
        quota.setdefault("max_wait", AT_ONCE)
        settings = {"apps": {"default": app(**quota)}, "callers": callers or {}, **NO_CACHE}
        gateway = start_gateway(settings, sandbox=True)
        sandbox = Sandbox(gateway.sandbox_url)
        if limits:
            sandbox.limits(**limits)
        return gateway, new_client(gateway), sandbox

    return start


@pytest.fixture
def start_quota(start_behind, start_upstream, new_client):
    """Starts a gateway with a quota in front of a recording upstream: (gateway, client, upstream)."""

    def start(callers=None, **quota):
        upstream = start_upstream()
        quota.setdefault("max_wait", AT_ONCE)
        settings = {"apps": {"default": app(**quota)}, "callers": callers or {}, **NO_CACHE}
        gateway = start_behind(upstream, **settings)
        return gateway, new_client(gateway), upstream

    return start


def send(client, name=None, **headers):
    return client.send_message(
        {"conversation_id": CONVERSATION, "text": "x"}, headers={**(bearer(name) if name else {}), **headers}
    )


def read_as(client, name):
    return client.get(f"/conversations/{CONVERSATION}", headers={**bearer(name), "X-Access-Token": USER_TOKEN})


def sends_until_refused(client, name=None, most=200):
    """How many sends get a place one after the other; the next three are refused."""
    for number in range(most):
        answered = send(client, name)
        if answered.status_code == 429:
            for _ in range(3):
                assert_refused(answered)
                answered = send(client, name)
            return number
        assert_sent(answered)
    raise AssertionError(f"all {most} sends got a place")


def quota_check(client):
    answered = client.get("/health/ready")
    assert answered.status_code == 200
    return next(check for check in answered.json()["checks"] if check["name"] == "quota")


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
