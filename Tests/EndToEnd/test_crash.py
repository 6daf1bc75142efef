"""A gateway that is killed at any moment, again and again, on the same journal: the trail stays whole and true.

KILLS says how often (20; `make soak` 200). TEST_SEED replays the choices of a run, though not the timing of its threads.
"""

import concurrent.futures
import os
import random
import threading
import time

import pytest
import requests

from conftest import KEY, KEY_VARIABLE, Client, upstream_configuration
from processes import Gateway, Process, wait_until
from trail import Trail, commitment, conversation_in
from upstream import Bytes, RecordingUpstream, agreeable, complaint

KILLS = int(os.environ.get("KILLS", "20"))
SEED = int(os.environ.get("TEST_SEED", random.SystemRandom().getrandbits(32)))
THREADS = 8
#: Every so many kills one strikes while the gateway starts, and is not waited for.
EARLY = 5


def whim(conversation):
    """What Divar does with a message: the same for every attempt at it, as far as anybody can tell."""
    return random.Random(f"{SEED} {conversation}")


def reply(request):
    chance = whim(conversation_in(request.path))
    pause = chance.choice([0, 0.001, 0.01, 0.05])
    kind = chance.random()
    if kind < 0.85:
        return Bytes(pause, *agreeable(request).parts)
    if kind < 0.95:
        return Bytes(pause, *complaint(404, 5, "Not Found").parts)
    return Bytes(pause, close=True)


def text_for(conversation):
    return f"text of {conversation}"


class Message:
    """One message that a caller wants sent, with everything that it was told of it."""

    def __init__(self, conversation, key):
        self.conversation, self.key = conversation, key
        self.text = text_for(conversation)
        self.answers = []

    @property
    def told(self):
        """(message's id, outcome) by every answer that names them."""
        return {(answer["message_id"], answer["outcome"]) for answer in self.answers if "message_id" in answer}

    @property
    def is_done(self):
        return any(answer.get("outcome") is not None and answer["status"] != 409 for answer in self.answers)


class Load:
    """Callers that send without pause, and repeat what has a key until they are told what became of it."""

    def __init__(self):
        self.messages = []
        self._url = None
        self._changed = threading.Condition()
        self._ended = False
        self._pool = concurrent.futures.ThreadPoolExecutor(THREADS)
        self._work = [self._pool.submit(self._run, index) for index in range(THREADS)]

    def aim(self, url):
        """Where the gateway is; None while there is none."""
        with self._changed:
            self._url = url
            self._changed.notify_all()

    def end(self):
        """Waits until every message with a key has an outcome."""
        with self._changed:
            self._ended = True
        for each in self._work:
            each.result(60)

    def abandon(self):
        with self._changed:
            self._ended, self._url = True, ""
            self._changed.notify_all()
        self._pool.shutdown()

    def _where(self):
        with self._changed:
            assert self._changed.wait_for(lambda: self._url is not None, 120), "the gateway never came back"
            return self._url

    def _run(self, index):
        chance = random.Random(f"{SEED} {index}")
        number = 0
        with Client("") as client:
            while not self._ended:
                number += 1
                name = f"m-{index}-{number}"
                message = Message(name, f"key-{name}" if chance.random() < 0.7 else None)
                self.messages.append(message)
                self._send(client, message)
                # Now and then a caller repeats what it knows already.
                if message.key and chance.random() < 0.2:
                    self._send(client, message, again=True)

    def _send(self, client, message, again=False):
        while again or not message.is_done:
            client.url = self._where()
            if not client.url:
                return
            try:
                headers = {"Idempotency-Key": message.key} if message.key else None
                answer = client.send_message({"conversation_id": message.conversation, "text": message.text}, headers=headers)
            except requests.RequestException:
                if not message.key:
                    return
                continue
            replay = answer.headers.get("Idempotent-Replay") == "true"
            message.answers.append({**answer.json(), "status": answer.status_code, "replay": replay})
            if again and answer.status_code != 409:
                return


class Journal:
    """What the trail says so far; reads only what is new."""

    def __init__(self, path):
        self.trail = Trail(path)
        self.intents, self.outcomes, self.by_conversation = {}, {}, {}
        self._read = 0

    def read(self):
        for record in self.trail.records(after=self._read):
            self._read = record["seq"]
            if record["kind"] == "intent":
                assert record["message"] not in self.intents
                self.intents[record["message"]] = record
                # No message of these callers is meant to be sent twice.
                assert record["conversation"] not in self.by_conversation or self._was_never_sent(record["conversation"])
                self.by_conversation[record["conversation"]] = record
            elif record["kind"] == "outcome":
                assert record["message"] not in self.outcomes
                self.outcomes[record["message"]] = record

    def _was_never_sent(self, conversation):
        outcome = self.outcomes.get(self.by_conversation[conversation]["message"])
        return outcome is not None and outcome.get("reason") == "journal-unavailable"

    @property
    def open(self):
        return set(self.intents) - set(self.outcomes)


class Soak:
    def __init__(self, folder):
        self.upstream = RecordingUpstream(reply)
        self.configuration = {"listen": ["127.0.0.1:0"], **upstream_configuration(self.upstream, upstream={"deadline": "2s"})}
        self.path = folder / "gateway.yaml"
        self.chance = random.Random(SEED)
        self.environment = {KEY_VARIABLE: KEY}
        self.gateway = None
        self.load = Load()
        self.counts = {"settled": 0}
        self.start()
        self.journal = Journal(self.gateway.journal)

    def start(self):
        self.gateway = Gateway(self.path, self.configuration, environment=self.environment)
        self.load.aim(self.gateway.url)

    def kill(self):
        self.gateway.process.kill()
        self.gateway.process.wait(20)
        self.gateway.stop()

    def kill_at_some_moment(self):
        # A moment of the load, by chance: nothing is waited for.
        time.sleep(self.chance.uniform(0, 0.6))
        # Before it dies, so that nobody asks the next process on its port.
        self.load.aim(None)
        self.kill()

    def kill_while_it_starts(self):
        early = Process("serve", "--config", self.path, environment=self.environment)
        time.sleep(self.chance.uniform(0, 0.08))
        early.process.kill()
        early.process.wait(20)
        early.stop()

    def close(self):
        self.load.abandon()
        self.upstream.stop()
        if self.gateway.is_running():
            self.kill()

    # MARK: What holds

    def check(self):
        # First what went up and what was answered; the trail, read later, has to know of all that.
        delivered = [(conversation_in(request.path), request.body) for request in list(self.upstream.requests)]
        messages = [(message, list(message.answers)) for message in list(self.load.messages)]
        self.journal.read()
        assert len({conversation for conversation, _ in delivered}) == len(delivered), "a message was delivered twice"
        keys = {message: row["key"] for message, row in self.journal.trail.messages().items()}
        for conversation, body in delivered:
            intent = self.journal.by_conversation.get(conversation)
            assert intent, f"{conversation} went up without an intent"
            text = text_for(conversation)
            assert text.encode() in body and commitment(keys[intent["message"]], text) == intent["commitment"]
        went_up = {conversation for conversation, _ in delivered}
        for message, answers in messages:
            self.check_answers(message, answers, message.conversation in went_up)
        self.journal.trail.verify()

    def check_answers(self, message, answers, went_up):
        told = {(answer["message_id"], answer["outcome"]) for answer in answers if "message_id" in answer}
        assert len(told) <= 1, f"{message.conversation} was told different things: {answers}"
        for id, outcome in told:
            assert self.journal.intents[id]["conversation"] == message.conversation
            assert self.journal.outcomes[id]["outcome"] == outcome, (answers, self.journal.outcomes[id])
            assert outcome != "sent" or went_up
        for answer in answers:
            assert answer["status"] in (200, 404, 409, 500, 502, 503, 504), answer
            if answer["status"] not in (409,) and "message_id" not in answer:
                assert answer["outcome"] == "not_sent" and not went_up, (message.conversation, answer)

    def check_after_restart(self, left_open):
        """What was under way when the gateway was killed is unknown now, and its caller can learn that."""
        self.journal.read()
        assert left_open <= set(self.journal.outcomes)
        for message in left_open:
            outcome = self.journal.outcomes[message]
            assert (outcome["outcome"], outcome["reason"]) == ("unknown", "crash"), outcome
        with Client(self.gateway.url) as client:
            for message in sorted(left_open)[:10]:
                report = client.get(f"/messages/{message}").json()
                assert (report["outcome"], report["reason"]) == ("unknown", "crash"), report
        self.counts["settled"] += len(left_open)

    def check_end(self):
        """Every key has its outcome, which is told again; every intent has one, too."""
        self.load.end()
        went_up = len(self.upstream.requests)
        keyed = [message for message in self.load.messages if message.key]
        with Client(self.gateway.url) as client:
            for message in random.Random(SEED).sample(keyed, min(200, len(keyed))):
                body = {"conversation_id": message.conversation, "text": message.text}
                again = client.send_message(body, headers={"Idempotency-Key": message.key})
                assert again.headers.get("Idempotent-Replay") == "true", (again.text, message.answers)
                assert {(again.json()["message_id"], again.json()["outcome"])} == message.told
        assert len(self.upstream.requests) == went_up, "a repetition went up"
        assert all(message.told for message in keyed)
        self.check()
        assert self.gateway.stop() == 0
        self.check()
        assert self.journal.open == set()
        records, signed = self.journal.trail.verify()
        assert records == signed


@pytest.fixture
def soak(tmp_path):
    running = Soak(tmp_path)
    yield running
    running.close()


def test_after_every_kill_the_trail_knows_what_went_up_and_says_what_was_answered(soak):
    print(f"\nTEST_SEED={SEED} KILLS={KILLS}")
    wait_until(lambda: soak.upstream.requests, "the load begins")
    for number in range(1, KILLS + 1):
        soak.kill_at_some_moment()
        soak.check()
        left_open = set(soak.journal.open)
        if number % EARLY == 0:
            soak.kill_while_it_starts()
            soak.journal.trail.verify()
        soak.start()
        soak.check_after_restart(left_open)
    soak.check_end()
    outcomes = soak.journal.outcomes.values()
    tally = {name: sum(outcome["outcome"] == name for outcome in outcomes) for name in ("sent", "not_sent", "unknown")}
    replays = sum(answer["replay"] for message in soak.load.messages for answer in message.answers)
    print(f"{len(soak.upstream.requests)} went up; {tally}; {soak.counts['settled']} left open by kills; {replays} answers told again")
    assert tally["sent"] > KILLS and replays > 0
