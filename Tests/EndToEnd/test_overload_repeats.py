"""Reads that fail are tried once more, within a budget; sends never are."""

import time

import pytest

from checks import assert_problem, assert_sent
from conftest import NO_CACHE
from overloads import FAILURES, NEVER, PAGE, USERS, start_simulated
from processes import Gateway, wait_until
from sandbox import CONVERSATION, Sandbox, USER, USER_TOKEN
from trail import Trail
from upstream import agreeable, answer


# Reads are tried once more


@pytest.mark.parametrize("failure", FAILURES)
def test_a_read_that_fails_is_tried_once_more(failure, start_simulated):
    kind, settings, problem_kind = FAILURES[failure]
    _, client, sandbox = start_simulated()
    sandbox.fault(kind, times=1, **settings)
    answered = client.read(CONVERSATION)
    assert answered.status_code == 200, answered.text
    assert answered.json()["id"] == CONVERSATION
    assert sandbox.request_count() == 2
    sandbox.fault(kind, **settings)
    assert_problem(client.read(CONVERSATION), problem_kind)
    assert sandbox.request_count() == 4, "once, and not again"


@pytest.mark.parametrize("kind,settings", [
    ("edge-html", {"status": 403}), ("wrong-shape", {}), ("redirect", {}), ("huge-body", {}),
    ("status", {"status": 400, "code": 3}), ("status", {"status": 412, "code": 9}),
    ("status", {"status": 429, "code": 8}),
], ids=str)
def test_a_read_that_would_fail_again_is_not_tried_again(kind, settings, start_simulated):
    _, client, sandbox = start_simulated()
    sandbox.fault(kind, **settings)
    assert client.read(CONVERSATION).status_code >= 400
    assert sandbox.request_count() == 1


CALLS_THAT_DO = {
    "bot-message": lambda client: client.send_message(text="x"),
    "to-user": lambda client: client.send_message({"user_id": USER, "text": "x"}, headers=USERS),
    "as-user": lambda client: client.send_message({"conversation_id": CONVERSATION, "text": "x"}, headers=USERS),
    "upload": lambda client: client.post("/upload-token"),
}


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("call", CALLS_THAT_DO)
@pytest.mark.parametrize("failure", FAILURES)
def test_what_does_something_is_never_tried_again(failure, call, when, shared_simulated):
    kind, settings, problem_kind = FAILURES[failure]
    client, sandbox = shared_simulated
    sandbox.fault(kind, times=1, when=when, **settings)
    is_send = call != "upload"
    assert_problem(CALLS_THAT_DO[call](client), problem_kind, "unknown" if is_send else None)
    assert sandbox.request_count() == 1
    assert len(sandbox.ledger()) == (1 if is_send and when == "after" else 0)


@pytest.fixture(scope="module")
def patient(tmp_path_factory):
    """A gateway that repeats reads whenever it may, and never holds calls back."""
    path = tmp_path_factory.mktemp("patient") / "gateway.yaml"
    overload = {"retry_percent": 100, "min_concurrency": 1024, "breaker": NEVER}
    running = Gateway(path, {"listen": ["127.0.0.1:0"], **NO_CACHE, "overload": overload}, sandbox=True)
    yield running
    assert running.is_running(), running.stderr.text
    assert running.stop() == 0


@pytest.fixture
def shared_simulated(patient, new_client):
    sandbox = Sandbox(patient.sandbox_url)
    sandbox.reset()
    return new_client(patient), sandbox


@pytest.mark.parametrize("percent", [0, 10, 50])
def test_repeated_reads_keep_to_their_budget(percent, start_simulated):
    _, client, sandbox = start_simulated(retry_percent=percent, breaker=NEVER)
    # Sends pay in as well.
    for number in range(40):
        assert_sent(client.send_message(text=f"{number}"))
    sandbox.fault("edge-html", status=502, endpoint="v1.conversation")
    start = time.monotonic()
    for _ in range(80):
        assert_problem(client.read(CONVERSATION), "divar-unintelligible")
    seconds = time.monotonic() - start
    repeats = sandbox.request_count() - 120
    # Besides its part of all calls there is one a second, saved up for ten.
    least, most = (9, 10 + seconds + 1) if percent else (0, 0)
    assert least + 40 * percent / 100 <= repeats <= most + 120 * percent / 100, repeats


def test_a_repeated_read_is_one_read_for_its_caller(start_behind, start_upstream, new_client):
    upstream = start_upstream()
    gateway = start_behind(upstream, overload={"retry_percent": 10}, **NO_CACHE)
    answers = iter([answer(502, PAGE, content_type="text/html")])
    upstream.reply = lambda request: next(answers, None) or agreeable(request)
    answered = new_client(gateway).read("c-1", token="t")
    assert answered.status_code == 200
    first, second = upstream.requests
    assert (first.path, second.path) == ("/v1/open-platform/chat/conversations/c-1",) * 2
    traces = [request.value("traceparent").split("-") for request in (first, second)]
    assert traces[0][1] == traces[1][1] and traces[0][2] != traces[1][2]
    (record,) = wait_until(lambda: Trail(gateway).records("read"), "the read's record")
    assert (record["attempts"], record["status"]) == (2, 200)


def test_the_time_that_a_caller_has_is_for_all_attempts_together(start_simulated):
    _, client, sandbox = start_simulated()
    sandbox.fault("latency", milliseconds=250)
    sandbox.fault("edge-html", status=502)
    start = time.monotonic()
    answered = client.get(
        f"/conversations/{CONVERSATION}", headers={"X-Access-Token": USER_TOKEN, "X-Request-Timeout": "400ms"}
    )
    assert answered.status_code in (502, 504)
    assert time.monotonic() - start < 0.8
