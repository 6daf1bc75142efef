"""A crowded Divar: the adaptive limit, the queue before it, and what is said when it is full."""

import threading
import time

import pytest

from caching import at_once
from checks import assert_problem, assert_sent
from conftest import Client, NO_CACHE
from overloads import NEVER, assert_overloaded
from processes import wait_until
from quotas import app
from sandbox import CONVERSATION
from trail import Trail
from upstream import Gate, RecordingUpstream, agreeable, complaint


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
