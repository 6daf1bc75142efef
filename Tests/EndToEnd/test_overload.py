"""The breaker: when calls to Divar are held back, and how it is found out that it is well again."""

import random
import threading
import time

import pytest

from caching import at_once
from checks import UNREACHED_ATTEMPTS, assert_problem, assert_sent
from conftest import Client, NO_CACHE, SEED
from overloads import (
    FAILURES,
    FEW,
    GO_ON_LINE,
    HELD_LINE,
    REFUSALS,
    assert_held_back,
    breaker,
    health,
    open_breaker,
    start_simulated,
    statuses,
)
from processes import wait_until
from sandbox import CONVERSATION, Sandbox
from trail import Trail
from upstream import free_port


# The breaker opens


def test_calls_are_held_back_where_no_connection_can_be_made(start_behind, new_client):
    gateway = start_behind(f"http://127.0.0.1:{free_port()}", overload={"breaker": breaker()}, **NO_CACHE)
    client = new_client(gateway)
    assert health(client) == "calls go to Divar"
    # Each attempt at a connection counts.
    problem = assert_problem(client.send_message(text="x"), "divar-unreachable", "not_sent")
    assert problem["attempts"] == UNREACHED_ATTEMPTS
    start = time.monotonic()
    for _ in range(10):
        assert 20 <= assert_held_back(client.send_message(text="x")) <= 30
        assert 20 <= assert_held_back(client.read(CONVERSATION), is_send=False) <= 30
        assert 20 <= assert_held_back(client.post("/upload-token"), is_send=False) <= 30
    assert time.monotonic() - start < 3, "early means at once"
    lines = gateway.wait_for_log(HELD_LINE)
    assert [(line["level"], line["breaker"]) for line in lines] == [("warning", "open")]
    assert health(client) == "Divar has been failing; calls are held back"


def test_the_attempts_of_a_call_end_where_calls_are_held_back(start_behind, new_client):
    gateway = start_behind(f"http://127.0.0.1:{free_port()}", overload={"breaker": breaker(min_calls=2)})
    problem = assert_problem(new_client(gateway).send_message(text="x"), "divar-unreachable", "not_sent")
    # The last that was made is what is told.
    assert problem["attempts"] == 2
    assert Trail(gateway).outcomes()[problem["message_id"]]["attempts"] == 2


@pytest.mark.parametrize("failure", FAILURES)
def test_calls_are_held_back_where_divar_fails(failure, start_simulated):
    kind, settings, problem_kind = FAILURES[failure]
    gateway, client, sandbox = start_simulated(breaker=breaker())
    sandbox.fault(kind, **settings)
    for _ in range(FEW):
        assert_problem(client.send_message(text="x"), problem_kind, "unknown")
    # Divar is well, and nobody knows.
    sandbox.clear_faults()
    for _ in range(5):
        assert_held_back(client.send_message(text="x"))
        assert_held_back(client.read(CONVERSATION), is_send=False)
    assert sandbox.request_count() == FEW
    assert sandbox.ledger() == []
    assert len(Trail(gateway).intents()) == FEW, "a message that is held back is no message yet"


def test_calls_are_held_back_where_divar_is_silent(start_gateway):
    settings = {**NO_CACHE, "overload": {"breaker": breaker()}, "upstream": {"deadline": "1200ms"}}
    gateway = start_gateway(settings, sandbox=True)
    sandbox = Sandbox(gateway.sandbox_url)
    sandbox.fault("never-answer")

    def work(_):
        with Client(gateway.url) as client:
            assert_problem(client.send_message(text="x"), "divar-timeout", "unknown")

    at_once(FEW, work)
    sandbox.clear_faults()
    with Client(gateway.url) as client:
        assert_held_back(client.send_message(text="x"))
    assert sandbox.request_count() == FEW


def test_the_impatience_of_callers_says_nothing_of_divar(start_simulated):
    _, client, sandbox = start_simulated(breaker=breaker())
    sandbox.fault("latency", milliseconds=300)
    for _ in range(3 * FEW):
        answered = client.send_message(text="x", headers={"X-Request-Timeout": "50ms"})
        assert_problem(answered, "divar-timeout", "unknown")
    assert_sent(client.send_message(text="y"))


@pytest.mark.parametrize("refusal", REFUSALS)
def test_a_divar_that_only_refuses_is_well(refusal, start_simulated):
    kind, settings = REFUSALS[refusal]
    gateway, client, sandbox = start_simulated(breaker=breaker())
    sandbox.fault(kind, **settings)
    for _ in range(4 * FEW):
        assert client.send_message(text="x").status_code not in (200, 503)
    assert sandbox.request_count() == 4 * FEW
    sandbox.clear_faults()
    assert_sent(client.send_message(text="x"))
    assert gateway.logs(HELD_LINE) == []


def test_half_of_the_calls_have_to_fail_and_there_have_to_be_enough(start_simulated):
    """The defaults: half of at least twenty within ten seconds."""
    _, client, sandbox = start_simulated()
    sandbox.fault("status", status=500, code=13, times=9)
    for _ in range(9):
        assert_problem(client.send_message(text="x"), "divar-failed", "unknown")
    for _ in range(10):
        assert_sent(client.send_message(text="x"))
    sandbox.fault("status", status=500, code=13)
    # The twentieth is the tenth that fails.
    assert_problem(client.send_message(text="x"), "divar-failed", "unknown")
    assert 1 <= assert_held_back(client.send_message(text="x")) <= 5
    assert sandbox.request_count() == 20


# The breaker closes


def test_reads_try_whether_divar_is_well_and_sends_wait_for_that(start_simulated):
    gateway, client, sandbox = start_simulated(breaker=breaker(open_for="400ms"))
    open_breaker(gateway, client, sandbox)
    assert_held_back(client.send_message(text="early"))
    start = time.monotonic()
    wait_until(lambda: client.read(CONVERSATION).status_code == 200, "a read that is let through", 5)
    assert time.monotonic() - start < 2
    assert statuses(sandbox) == [500] * FEW + [200]
    # One good answer may be luck; a message is not what luck is tried with.
    assert assert_held_back(client.send_message(text="not yet")) == 1
    assert health(client) == "Divar has been failing; a call tries whether it answers again"
    assert client.read(CONVERSATION).status_code == 200
    assert_sent(client.send_message(text="at last"))
    assert sandbox.texts() == ["at last"]
    assert gateway.wait_for_log(GO_ON_LINE)[0]["level"] == "notice"
    assert health(client) == "calls go to Divar"


def test_where_nobody_reads_a_send_tries(start_simulated):
    gateway, client, sandbox = start_simulated(breaker=breaker(open_for="100ms"))
    open_breaker(gateway, client, sandbox)
    start, sent = time.monotonic(), 0

    def is_well():
        nonlocal sent
        answered = client.send_message(text=f"{sent}")
        if answered.status_code == 200:
            sent += 1
        else:
            assert_held_back(answered)
        return sent == 3

    wait_until(is_well, "sends that are let through", 10)
    # A second for reads to come, after the breaker's own time.
    assert 1 <= time.monotonic() - start < 4
    assert sandbox.texts() == ["0", "1", "2"]


def test_a_try_that_fails_makes_the_next_one_later(start_simulated):
    gateway, client, sandbox = start_simulated(breaker=breaker(open_for="1s"))
    open_breaker(gateway, client, sandbox)
    assert assert_held_back(client.send_message(text="x")) == 1
    sandbox.fault("edge-html", status=502)
    before = sandbox.request_count()
    wait_until(lambda: is_let_through(client), "a read that is let through", 5)
    # It isn't repeated, and for twice as long nobody tries.
    assert assert_held_back(client.read(CONVERSATION), is_send=False) == 2
    assert sandbox.request_count() == before + 1
    assert [line["breaker"] for line in gateway.logs(HELD_LINE)][-1] == "open"


def is_let_through(client):
    """Whether a read gets to a Divar that fails."""
    answered = client.read(CONVERSATION)
    assert answered.status_code in (502, 503)
    return answered.status_code == 502


def test_one_call_at_a_time_tries(start_simulated):
    gateway, client, sandbox = start_simulated(breaker=breaker(open_for="300ms"))
    open_breaker(gateway, client, sandbox)
    sandbox.fault("latency", milliseconds=700)
    # Nobody asks until it is due: then all at once do.
    assert_held_back(client.read(CONVERSATION), is_send=False)
    time.sleep(0.35)

    def work(index):
        with Client(gateway.url) as session:
            return session.read(f"c-{index}").status_code

    codes = at_once(10, work)
    assert sorted(codes) == [404] + [503] * 9
    assert sandbox.request_count() == FEW + 1


@pytest.mark.parametrize("window,brown_out", [(3, 1.5), (2, 4.5)], ids=["short", "longer than a window"])
@pytest.mark.parametrize("mix", [("send",), ("send", "read")], ids=["only sends", "sends and reads"])
def test_after_a_brown_out_all_is_well_within_one_window(mix, window, brown_out, start_simulated):
    """Constant load, seconds of failing, and no hand that helps."""
    gateway, _, sandbox = start_simulated(breaker={"min_calls": 20, "window": f"{window}s", "open_for": "250ms"})
    stopped, ended, failures = threading.Event(), [], []

    def work(index):
        generator = random.Random(f"{SEED}/{index}")
        with Client(gateway.url) as client:
            for number in range(1_000_000):
                if stopped.is_set():
                    return
                try:
                    begun, kind = time.monotonic(), generator.choice(mix)
                    text = f"{index}/{number}"
                    answered = client.read(CONVERSATION) if kind == "read" else client.send_message(text=text)
                    outcome = answered.json().get("outcome") if kind == "send" else None
                    ended.append((begun, time.monotonic(), answered.status_code, text, outcome))
                    if answered.status_code != 200:
                        time.sleep(0.01)  # Otherwise refusals, which cost nothing, are all that there is.
                except Exception as error:  # Whatever it is, the test has to hear of it.
                    failures.append(error)
                    return

    threads = [threading.Thread(target=work, args=(index,)) for index in range(6)]
    for thread in threads:
        thread.start()
    try:
        wait_until(lambda: len(ended) > 50 or failures, "calls")
        for settings in ({"status": 503}, {"status": 502}):
            sandbox.fault("edge-html", probability=0.5, **settings)
        sandbox.fault("status", status=500, code=13)
        gateway.wait_for_log(HELD_LINE)
        time.sleep(brown_out)
        sandbox.clear_faults()
        well = time.monotonic()
        time.sleep(window)
        recovered = time.monotonic()
        count = len(ended)
        wait_until(lambda: len(ended) > count + 100 or failures, "calls after the recovery")
    finally:
        stopped.set()
        for thread in threads:
            thread.join(20)
    assert failures == []
    late = [call for call in ended if call[0] >= recovered]
    assert {call[2] for call in late} == {200}, [call for call in late if call[2] != 200][:5]
    last_bad = max(call[1] for call in ended if call[2] != 200)
    assert last_bad < well + window
    # Divar was left alone meanwhile: of those that were refused next to none were its own refusals.
    held = sum(1 for call in ended if call[2] == 503)
    assert held > sum(1 for call in ended if call[2] == 502)
    # And nothing was sent twice, or said to be sent that was not.
    texts = sandbox.texts()
    assert len(texts) == len(set(texts))
    assert {call[3] for call in ended if call[4] == "sent"} <= set(texts)
    assert {call[3] for call in ended if call[4] == "not_sent"}.isdisjoint(texts)
    breakers = [line["breaker"] for line in gateway.logs() if line["message"] in (HELD_LINE, GO_ON_LINE)]
    assert breakers[-1] == "closed"
