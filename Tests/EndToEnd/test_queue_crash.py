"""A queue that outlives its gateway: killed at any moment, stopped, without a disk. No message is sent twice or lost.

QUEUE_KILLS says how often (6). TEST_SEED replays the choices of a run, though not the timing of its threads.
"""

import concurrent.futures
import itertools
import os
import random
import threading
import time

import pytest
import requests

from checks import assert_problem
from conftest import KEY, KEY_VARIABLE, NO_CACHE, Client, upstream_configuration
from disks import SmallDisk
from processes import wait_until
from queues import (
    assert_accepted, assert_lawful, assert_verifies, enqueue, kinds, limited, put, queue_list, report, texts,
    wait_for_end,
)
from sandbox import Sandbox
from trail import Trail
from upstream import Gate, agreeable

KILLS = int(os.environ.get("QUEUE_KILLS", "6"))
SEED = int(os.environ.get("TEST_SEED", random.SystemRandom().getrandbits(32)))
SENDERS = 8
#: Messages in the queue of a gateway that starts: many pages of it.
MANY = 3000


@pytest.fixture
def restart(start_gateway, start_upstream, new_client, tmp_path):
    """Starts one gateway after the other on the same journal, in front of one upstream: (gateway, client, upstream)."""
    upstream = start_upstream()

    def start(reply=agreeable, **settings):
        upstream.reply = reply
        settings.setdefault("journal", {"path": str(tmp_path / "kept" / "journal.db")})
        configuration = upstream_configuration(upstream, **{**NO_CACHE, **settings})
        gateway = start_gateway(configuration, environment={KEY_VARIABLE: KEY}, ends_badly=True)
        return gateway, new_client(gateway), upstream

    return start


def kill(gateway):
    gateway.process.kill()
    gateway.process.wait(20)
    gateway.stop()


# Killed


class Senders:
    """Callers that put messages into the queue without pause, each into a conversation of its own."""

    def __init__(self):
        #: What was accepted: text by message.
        self.accepted = {}
        #: Texts of calls that were never answered.
        self.unanswered = set()
        self._url, self._ended = None, False
        self._changed = threading.Condition()
        self._pool = concurrent.futures.ThreadPoolExecutor(SENDERS)
        self._work = [self._pool.submit(self._run, number) for number in range(SENDERS)]

    def aim(self, url):
        with self._changed:
            self._url = url
            self._changed.notify_all()

    def end(self):
        with self._changed:
            self._ended = True
            self._changed.notify_all()
        for each in self._work:
            each.result(30)
        self._pool.shutdown()

    def _run(self, number):
        with Client("") as client:
            for index in itertools.count():
                with self._changed:
                    self._changed.wait_for(lambda: self._url is not None or self._ended, 60)
                    if self._ended:
                        return
                    client.url = self._url
                text = f"{number}/{index}"
                try:
                    answer = enqueue(client, f"c-{number}", text)
                except requests.RequestException:
                    self.unanswered.add(text)
                    continue
                if answer.status_code == 503:
                    # The process is about to die.
                    continue
                self.accepted[assert_accepted(answer)] = text


def test_killed_again_and_again_each_message_is_sent_once_or_unknown(
    start_process, start_gateway, new_client, tmp_path
):
    print(f"\nTEST_SEED={SEED} QUEUE_KILLS={KILLS}")
    chance = random.Random(SEED)
    simulation = start_process("sandbox", "--listen", "127.0.0.1:0")
    url = "http://" + simulation.wait_for_log("sandbox listening")[0]["address"]
    sandbox = Sandbox(url)
    sandbox.add_key(key=KEY)
    for number in range(SENDERS):
        sandbox.add_conversation(f"c-{number}")
    sandbox.fault("latency", when="before", milliseconds=15, probability=0.5)
    sandbox.fault("cut-before-head", when="after", probability=0.01)
    sandbox.fault("cut-before-head", when="before", probability=0.01)
    sandbox.fault("status", when="before", status=429, code=8, probability=0.03)
    settings = upstream_configuration(url, **NO_CACHE, journal={"path": str(tmp_path / "kept" / "journal.db")})
    senders = Senders()

    def start():
        return start_gateway(settings, environment={KEY_VARIABLE: KEY}, ends_badly=True)

    try:
        for _ in range(KILLS):
            gateway = start()
            senders.aim(gateway.url)
            time.sleep(chance.uniform(0.05, 0.9))  # A moment of the load, by chance: nothing is waited for.
            kill(gateway)
            senders.aim(None)
            check_deliveries(sandbox, Trail(gateway))
        gateway = start()
    finally:
        senders.end()
    client = new_client(gateway)
    waiting = lambda: Trail(gateway).query("SELECT count(*) AS count FROM queue")[0]["count"]
    print(f"{len(senders.accepted)} accepted, {waiting()} wait after the last kill")
    assert any(line["state"] != "failed" for line in queue_list(gateway).values())
    sandbox.clear_faults()
    wait_until(lambda: waiting() == 0, "an empty queue", 45)
    for message in chance.sample(sorted(senders.accepted), 20):
        assert report(client, message)["outcome"] in ("sent", "unknown")
    assert gateway.stop() == 0
    check_end(sandbox, gateway, senders)


def check_deliveries(sandbox, trail):
    """What is with Divar is there once, and the trail had said before that it would be."""
    delivered = sandbox.texts()
    assert len(set(delivered)) == len(delivered), "a message was delivered twice"
    assert len(trail.records("attempt")) >= len(delivered)
    trail.verify()


def check_end(sandbox, gateway, senders):
    check_deliveries(sandbox, Trail(gateway))
    assert_verifies(gateway)
    lives = assert_lawful(gateway)
    ledger = {entry["text"]: entry for entry in sandbox.ledger()}
    tally = {"sent": 0, "unknown": 0}
    outcomes = {message: records[-1] for message, records in lives.items()}
    for message, text in senders.accepted.items():
        outcome = outcomes[message]
        assert outcome["kind"] == "outcome", (message, outcome)
        assert outcome["outcome"] in tally, outcome
        assert text in ledger or outcome["outcome"] == "unknown", f"{text} is said to be sent"
        tally[outcome["outcome"]] += 1
    for message in set(lives) - set(senders.accepted):
        assert outcomes[message]["kind"] == "outcome"
    assert set(ledger) <= set(senders.accepted.values()) | senders.unanswered
    for number in range(SENDERS):
        entries = [entry for entry in sandbox.ledger() if entry["conversation_id"] == f"c-{number}"]
        own = [int(entry["text"].split("/")[1]) for entry in entries]
        assert own == sorted(own), f"conversation {number} is out of order"
    crashed = [outcome for outcome in outcomes.values() if outcome.get("reason") == "crash"]
    print(f"{tally}; {len(crashed)} unknown by a kill; {len(senders.unanswered)} calls never answered")
    assert tally["sent"] > 50 and len(crashed) < SENDERS * KILLS * 3


def test_what_was_under_way_at_a_kill_is_unknown_and_what_waited_is_sent(restart):
    gate = Gate()
    gateway, client, upstream = restart(gate)
    key = {"Idempotency-Key": "k-1"}
    first, second = put(client, text="first"), put(client, text="second", headers=key)
    upstream.wait_for_requests(1)
    kill(gateway)
    gate.open()
    gateway, client, upstream = restart()
    # The key of what waits still stands for it, whether it was sent meanwhile or not.
    again = enqueue(client, text="second", headers=key)
    assert again.json()["message_id"] == second
    told = wait_for_end(client, first, "unknown", "crash")
    assert told["attempts"] is None or told["attempts"] >= 0
    wait_for_end(client, second)
    assert texts(upstream.requests) == ["first", "second"]
    assert kinds(gateway, first) == kinds(gateway, second) == ["intent", "attempt", "outcome"]


def test_what_was_tried_keeps_its_attempts_and_its_time_over_a_kill(restart):
    gateway, client, upstream = restart(lambda _: limited(4))
    message = put(client)
    upstream.wait_for_requests(1)
    begun = time.monotonic()
    wait_until(lambda: report(client, message)["attempts"] == 1, "it waits")
    kill(gateway)
    _, client, upstream = restart()
    told = wait_for_end(client, message)
    assert time.monotonic() - begun > 3.8
    assert told["attempts"] == 2 and len(upstream.requests) == 2


def test_what_expired_while_there_was_no_gateway_is_never_sent(restart):
    gateway, client, upstream = restart(lambda _: limited(30), queue={"expires_after": "1s"})
    message = put(client)
    upstream.wait_for_requests(1)
    wait_until(lambda: report(client, message)["attempts"] == 1, "it waits")
    expires = time.monotonic() + 1
    kill(gateway)
    wait_until(lambda: time.monotonic() > expires, "it is too late")
    gateway, client, upstream = restart()
    assert wait_for_end(client, message, "not_sent", "expired")["attempts"] == 1
    assert len(upstream.requests) == 1
    assert list(queue_list(gateway, "--failed")) == [message]


def test_who_comes_after_a_start_is_behind_what_waited(restart):
    """However many wait, and however soon after the start somebody comes."""
    gateway, client, upstream = restart(Gate(), queue={"concurrency": 1})

    def fill(number):
        with Client(gateway.url) as own:
            for index in range(MANY // SENDERS):
                put(own, text=f"{number}/{index}")

    with concurrent.futures.ThreadPoolExecutor(SENDERS) as pool:
        list(pool.map(fill, range(SENDERS)))
    kill(gateway)
    before = len(upstream.requests)
    gateway, client, upstream = restart(queue={"concurrency": 1})
    put(client, text="the last")
    upstream.wait_for_requests(before + 50)
    assert "the last" not in texts(upstream.requests[before:])
    kill(gateway)


# Stopped


def test_a_stop_ends_what_is_under_way_and_leaves_what_waits(restart):
    held = threading.Event()

    def slow(request):
        held.set()
        upstream.pause(0.6)
        return agreeable(request)

    gateway, client, upstream = restart(slow)
    first, second = put(client, text="first"), put(client, text="second")
    assert held.wait(10)
    gateway.terminate()
    assert gateway.wait() == 0
    assert texts(upstream.requests) == ["first"]
    assert kinds(gateway, first) == ["intent", "attempt", "outcome"]
    assert kinds(gateway, second) == ["intent"]
    assert Trail(gateway).outcomes()[first]["outcome"] == "sent"
    assert_verifies(gateway)
    gateway, client, upstream = restart()
    wait_for_end(client, second)
    assert report(client, first)["outcome"] == "sent"
    assert texts(upstream.requests) == ["first", "second"]


def test_a_stop_waits_no_longer_than_it_may(restart):
    gate = Gate()
    gateway, client, upstream = restart(gate, drain="300ms", upstream={"deadline": "20s"})
    first, second = put(client, text="first"), put(client, text="second")
    upstream.wait_for_requests(1)
    begun = time.monotonic()
    gateway.terminate()
    assert gateway.wait() == 0
    assert time.monotonic() - begun < 8
    gate.open()
    gateway, client, upstream = restart()
    wait_for_end(client, first, "unknown", "shutdown")
    wait_for_end(client, second)
    assert texts(upstream.requests) == ["first", "second"]


def test_stopped_under_load_nothing_is_lost_and_nothing_in_doubt(restart):
    gateway, client, upstream = restart()
    senders = Senders()
    senders.aim(gateway.url)
    wait_until(lambda: len(senders.accepted) > 100, "a load")
    gateway.terminate()
    assert gateway.wait() == 0
    senders.aim(None)
    senders.end()
    assert_verifies(gateway)
    gateway, client, upstream = restart()
    for message in sorted(senders.accepted):
        wait_for_end(client, message)
    sent = texts(upstream.requests)
    assert len(set(sent)) == len(sent)
    assert set(senders.accepted.values()) <= set(sent) <= set(senders.accepted.values()) | senders.unanswered


# Without a disk


@pytest.fixture
def disk(tmp_path):
    made = SmallDisk(tmp_path / "disk", "3m")
    yield made
    made.close()


@pytest.fixture
def on_disk(disk, restart):
    """Starts a gateway with its journal on that disk; Divar answers as told for `c-1` and agrees to all else."""

    def start(reply):
        def choose(request):
            return reply(request) if "/c-1/" in request.path else agreeable(request)

        return restart(choose, journal={"path": str(disk.folder / "journal.db"), "min_free": 0})

    return start


def asked(upstream):
    """What came up for `c-1`."""
    return [request for request in list(upstream.requests) if "/c-1/" in request.path]


def fill(disk, client):
    """Fills the disk so that nothing can be written any more."""
    disk.fill()
    wait_until(lambda: client.send_message(conversation_id="c-9", text="x").status_code == 503, "the disk is full")


def test_a_message_whose_deferral_could_not_be_written_is_still_sent(disk, on_disk):
    """It was proven not to have been sent; that nobody could write that down is no reason to forget it."""
    gate = Gate(lambda _: limited())
    gateway, client, upstream = on_disk(gate)
    message = put(client)
    wait_until(lambda: asked(upstream), "it is under way")
    fill(disk, client)
    gate.open()
    gateway.wait_for_log("Divar's limit is passed")
    upstream.reply = agreeable
    disk.clear()
    wait_for_end(client, message, seconds=15)
    assert_lawful(gateway)


def test_a_message_whose_end_could_not_be_written_is_not_sent_again(disk, on_disk):
    gate = Gate()
    gateway, client, upstream = on_disk(gate)
    message, behind = put(client, text="first"), put(client, text="behind")
    wait_until(lambda: asked(upstream), "it is under way")
    fill(disk, client)
    gate.open()
    disk.clear()
    for each in (message, behind):
        wait_for_end(client, each, seconds=15)
    assert texts(asked(upstream)) == ["first", "behind"]
    assert_lawful(gateway)


def test_while_nothing_can_be_written_nothing_is_accepted_or_sent_or_taken_back(disk, on_disk):
    gate = Gate()
    gateway, client, upstream = on_disk(gate)
    message, waiting = put(client), put(client, text="waiting")
    wait_until(lambda: asked(upstream), "it is under way")
    fill(disk, client)
    assert_problem(enqueue(client), "journal-unavailable", "not_sent")
    before = len(upstream.requests)
    # Who is told that a message was taken back can rely on it.
    answer = client.delete(f"/messages/{waiting}")
    was_cancelled = answer.status_code == 200 and answer.json()["outcome"] == "not_sent"
    assert was_cancelled or answer.status_code == 503, answer.content
    gate.open()
    assert len(upstream.requests) == before
    disk.clear()
    wait_for_end(client, message, seconds=15)
    wait_until(lambda: report(client, waiting)["outcome"], "an end")
    if was_cancelled:
        assert report(client, waiting)["reason"] == "cancelled"
