"""When Divar fails or has too much to do: calls are held back early, reads are tried again, and all heals by itself."""

import random
import re
import threading
import time

import pytest

from caching import at_once
from checks import UNREACHED_ATTEMPTS, assert_problem, assert_sent
from conftest import NO_CACHE, SEED, Client
from processes import Gateway, wait_until
from quotas import app
from sandbox import CONVERSATION, USER, USER_TOKEN, Sandbox
from trail import Trail
from upstream import Gate, RecordingUpstream, agreeable, answer, complaint, free_port

USERS = {"X-Access-Token": USER_TOKEN}
HELD_LINE = "calls to Divar are held back"
GO_ON_LINE = "calls to Divar go on"
NEVER = {"min_calls": 100_000}
PAGE = b"<html><body>502 Bad Gateway</body></html>"
FEW = 5

#: What shows that Divar fails, as faults of the simulation; what a send is told of it.
FAILURES = {
    "500/13": ("status", {"status": 500, "code": 13}, "divar-failed"),
    "503/14": ("status", {"status": 503, "code": 14}, "divar-failed"),
    "504/4": ("status", {"status": 504, "code": 4}, "divar-failed"),
    "502 page": ("edge-html", {"status": 502}, "divar-unintelligible"),
    "503 page": ("edge-html", {"status": 503}, "divar-unintelligible"),
    "cut-before-head": ("cut-before-head", {}, "divar-unintelligible"),
    "cut-in-body": ("cut-in-body", {}, "divar-unintelligible"),
}

#: What is no failure of Divar's, however often it comes.
REFUSALS = {
    "400/3": ("status", {"status": 400, "code": 3}),
    "401/16": ("status", {"status": 401, "code": 16}),
    "403/7": ("status", {"status": 403, "code": 7}),
    "404/5": ("status", {"status": 404, "code": 5, "message": "conversation not found"}),
    "409/10": ("status", {"status": 409, "code": 10}),
    "412/9": ("status", {"status": 412, "code": 9}),
    "429/8": ("status", {"status": 429, "code": 8}),
    "501/12": ("status", {"status": 501, "code": 12}),
    "403 page": ("edge-html", {"status": 403}),
    "wrong-shape": ("wrong-shape", {}),
    "redirect": ("redirect", {}),
}


@pytest.fixture
def start_simulated(start_gateway, new_client):
    """Starts a gateway with these limits, or the defaults, and a simulation: (gateway, client, sandbox)."""

    def start(**overload):
        settings = {**NO_CACHE, "overload": overload, "apps": {"default": app(pause="0s")}}
        gateway = start_gateway(settings, sandbox=True)
        return gateway, new_client(gateway), Sandbox(gateway.sandbox_url)

    return start


def breaker(**settings):
    return {"min_calls": FEW, "open_for": "30s", **settings}


def health(client):
    answered = client.get("/health/ready")
    # A gateway that can't reach Divar is as good as any other.
    assert answered.status_code == 200
    return next(check["detail"] for check in answered.json()["checks"] if check["name"] == "divar")


def assert_held_back(answered, is_send=True):
    """The call was refused because Divar fails. Gives the seconds to wait."""
    problem = assert_problem(answered, "divar-unavailable", "not_sent" if is_send else None)
    assert {"message_id", "attempts", "endpoint", "divar_status"}.isdisjoint(problem)
    assert re.fullmatch("[1-9][0-9]*", answered.headers["Retry-After"])
    return int(answered.headers["Retry-After"])


def assert_overloaded(answered, is_send=True):
    problem = assert_problem(answered, "overloaded", "not_sent" if is_send else None)
    assert {"message_id", "attempts"}.isdisjoint(problem)
    assert re.fullmatch("[1-9][0-9]*", answered.headers["Retry-After"])


def statuses(sandbox):
    return [request["status"] for request in sandbox.requests()]


def open_breaker(gateway, client, sandbox):
    """Lets so many sends fail that calls are held back, and has Divar well again."""
    sandbox.fault("status", status=500, code=13)
    for _ in range(FEW):
        assert_problem(client.send_message(text="fails"), "divar-failed", "unknown")
    sandbox.clear_faults()
    gateway.wait_for_log(HELD_LINE)
    assert sandbox.request_count() == FEW


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


# The queue


class Held:
    """Calls of many threads to a gateway whose upstream holds its answers back."""

    def __init__(self, gateway):
        self._gateway = gateway
        self._threads = []
        self.ended = []

    def start(self, kind, number):
        thread = threading.Thread(target=self._run, args=(kind, number))
        self._threads.append(thread)
        thread.start()

    def _run(self, kind, number):
        with Client(self._gateway.url) as client:
            begun = time.monotonic()
            if kind == "read":
                answered = client.read(f"c-{number}")
            else:
                answered = client.send_message({"conversation_id": f"c-{number}", "text": f"{number}"})
            self.ended.append((kind, number, answered, time.monotonic() - begun))

    def join(self):
        for thread in self._threads:
            thread.join(30)
        return self.ended


@pytest.fixture
def start_held(start_behind, start_upstream):
    """Starts gateways that make two calls at a time, with two more waiting: (gateway, upstream, gate, calls)."""
    started = []

    def start(max_wait, **settings):
        gate = Gate()
        upstream = start_upstream(reply=gate)
        overload = {
            "min_concurrency": 1, "max_concurrency": 2, "queue": 2, "max_wait": max_wait, "retry_percent": 0,
            "breaker": NEVER,
        }
        gateway = start_behind(upstream, overload=overload, upstream={"deadline": "10s"}, **NO_CACHE, **settings)
        calls = Held(gateway)
        started.append((gate, calls))
        return gateway, upstream, gate, calls

    yield start
    for gate, calls in started:
        gate.open()
        calls.join()


def fill_queue(gateway, upstream, calls, kind):
    """Two calls are under way and two wait, in this order: numbers 0 to 3."""
    for number in range(2):
        calls.start("send", number)
        upstream.wait_for_requests(number + 1)
    for number in range(2, 4):
        calls.start(kind, number)
        # That a call waits shows nowhere; that it doesn't does.
        time.sleep(0.15)
    assert len(upstream.requests) == 2
    assert calls.ended == []


def test_where_the_queue_is_full_calls_are_refused_at_once(start_held, new_client):
    gateway, upstream, gate, calls = start_held("5s")
    fill_queue(gateway, upstream, calls, "send")
    client = new_client(gateway)
    start = time.monotonic()
    for _ in range(5):
        assert_overloaded(client.send_message(text="x"))
        assert_overloaded(client.read(CONVERSATION), is_send=False)
        assert_overloaded(client.post("/upload-token"), is_send=False)
    assert time.monotonic() - start < 2
    gate.open()
    # Those that waited had their turn, and were told nothing of it.
    ended = calls.join()
    assert len(ended) == 4
    for _, number, answered, _ in ended:
        assert_sent(answered)
    assert sorted(request.json()["text_message"] for request in upstream.requests) == ["0", "1", "2", "3"]
    assert len(Trail(gateway).intents()) == 4


def test_who_waits_too_long_is_refused(start_held, new_client):
    gateway, upstream, gate, calls = start_held("700ms")
    fill_queue(gateway, upstream, calls, "send")
    wait_until(lambda: len(calls.ended) == 2, "the end of the waiting", 5)
    for _, number, answered, seconds in calls.ended:
        assert number in (2, 3)
        assert_overloaded(answered)
        assert 0.65 < seconds < 2
    gate.open()
    calls.join()
    assert len(upstream.requests) == 2


def test_a_send_takes_the_place_of_a_read_that_waits(start_held):
    gateway, upstream, gate, calls = start_held("5s")
    fill_queue(gateway, upstream, calls, "read")
    calls.start("send", 4)
    wait_until(lambda: calls.ended, "a read that gives way", 5)
    kind, number, answered, _ = calls.ended[0]
    assert (kind, number) == ("read", 3), "the newest gives way"
    assert_overloaded(answered, is_send=False)
    gate.open()
    ended = {number: answered.status_code for _, number, answered, _ in calls.join()}
    assert ended == {0: 200, 1: 200, 2: 200, 3: 503, 4: 200}


def test_the_time_that_a_caller_has_ends_its_waiting(start_held, new_client):
    gateway, upstream, gate, calls = start_held("5s")
    for number in range(2):
        calls.start("send", number)
        upstream.wait_for_requests(number + 1)
    start = time.monotonic()
    answered = new_client(gateway).send_message(text="x", headers={"X-Request-Timeout": "300ms"})
    assert answered.status_code in (503, 504)
    assert answered.json()["outcome"] == "not_sent"
    assert 0.25 < time.monotonic() - start < 1
    assert len(upstream.requests) == 2


def test_a_call_that_finds_no_place_spends_no_quota(start_held, new_client):
    apps = {"default": app(per_minute=5, max_wait="0s")}
    gateway, upstream, gate, calls = start_held("5s", apps=apps)
    fill_queue(gateway, upstream, calls, "send")
    client = new_client(gateway)
    for _ in range(10):
        assert_overloaded(client.send_message(text="x"))
    gate.open()
    calls.join()
    assert_sent(client.send_message(text="the fifth"))
    assert_problem(client.send_message(text="the sixth"), "quota", "not_sent")
    assert len(upstream.requests) == 5


class Crowded:
    """A Divar that takes so many calls at a time, and answers 503 to all others."""

    def __init__(self, capacity):
        self._capacity = capacity
        self._lock = threading.Lock()
        self._inside = 0
        #: Of each call: when it came, and whether there was room.
        self.seen = []
        self.upstream = RecordingUpstream(reply=self.reply)

    def reply(self, request):
        with self._lock:
            has_room = self._inside < self._capacity
            self._inside += has_room
            self.seen.append((time.monotonic(), has_room))
        if not has_room:
            return complaint(503, 14, "overloaded")
        self.upstream.pause(0.03)
        with self._lock:
            self._inside -= 1
        return agreeable(request)


def test_divar_is_asked_no_more_at_once_than_it_takes(start_behind):
    """It begins with too many, and finds out by itself."""
    crowded = Crowded(capacity=6)
    overload = {"min_concurrency": 1, "max_concurrency": 256, "max_wait": "5s", "retry_percent": 0, "breaker": NEVER}
    gateway = start_behind(crowded.upstream, overload=overload, **NO_CACHE)
    start = time.monotonic()

    def work(index):
        codes = []
        with Client(gateway.url) as client:
            while time.monotonic() < start + 4:
                codes.append(client.read(f"c-{index}").status_code)
        return codes

    try:
        codes = [code for part in at_once(40, work) for code in part]
    finally:
        crowded.upstream.stop()
    assert set(codes) <= {200, 502, 503}
    early = [has_room for moment, has_room in crowded.seen if moment < start + 0.3]
    late = [has_room for moment, has_room in crowded.seen if moment > start + 2]
    assert early.count(False) > 0, "there was no overload at all"
    assert len(late) > 50
    assert late.count(False) < 0.2 * len(late), (late.count(False), len(late))


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
