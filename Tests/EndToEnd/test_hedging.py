"""A second read where the first is slow: only where the operator says so, and only of reads."""

import threading
import time

from caching import fresh_id, saying
from checks import assert_problem
from conftest import NO_CACHE
from upstream import agreeable

USERS = {"X-Access-Token": "token"}
#: Later than the test waits for anything.
LATE = 8


class SlowFirst:
    """Answers the first request of each path only once it is let go, and all others at once."""

    def __init__(self, reply):
        self._reply = reply
        self._seen = set()
        self._lock = threading.Lock()
        self.released = threading.Event()

    def __call__(self, request):
        with self._lock:
            is_first = request.path not in self._seen
            self._seen.add(request.path)
        if is_first:
            self.released.wait(LATE)
        return self._reply(request)


def start(start_behind, start_upstream, new_client, reply, **overload):
    upstream = start_upstream()
    upstream.reply = SlowFirst(reply)
    gateway = start_behind(upstream, upstream={"deadline": "4s"}, **NO_CACHE, overload=overload)
    return upstream, new_client(gateway)


def test_a_slow_read_is_asked_again_and_the_first_answer_counts(start_behind, start_upstream, new_client):
    upstream, client = start(start_behind, start_upstream, new_client, saying("x"), hedge_reads_after="100ms")
    began = time.monotonic()
    assert client.read(fresh_id()).status_code == 200
    assert time.monotonic() - began < 3
    assert len(upstream.requests) == 2
    upstream.reply.released.set()


def test_by_default_nothing_is_asked_twice(start_behind, start_upstream, new_client):
    upstream, client = start(start_behind, start_upstream, new_client, saying("x"), retry_percent=10)
    assert_problem(client.read(fresh_id()), "divar-timeout")
    assert len(upstream.requests) == 1
    upstream.reply.released.set()


def test_a_send_is_never_asked_twice(start_behind, start_upstream, new_client):
    upstream, client = start(start_behind, start_upstream, new_client, agreeable, hedge_reads_after="100ms")
    assert_problem(client.send_message(conversation_id="c-1", text="x"), "divar-timeout", "unknown")
    assert_problem(client.post("/upload-token"), "divar-timeout")
    assert len(upstream.requests) == 2
    upstream.reply.released.set()


def test_the_budget_holds(start_behind, start_upstream, new_client):
    upstream, client = start(
        start_behind, start_upstream, new_client, saying("x"), hedge_reads_after="100ms", retry_percent=0)
    assert_problem(client.read(fresh_id()), "divar-timeout")
    assert len(upstream.requests) == 1
    upstream.reply.released.set()
