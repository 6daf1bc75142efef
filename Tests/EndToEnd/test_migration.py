"""The migration of February 2026, replayed live: Divar drops its experimental endpoints one by one, v1 comes and goes,
and the services that call all the while notice nothing. Every moment is chosen by the seed.
"""

import itertools
import random
import threading
import time

import pytest

from checks import assert_sent
from conftest import NO_CACHE, SEED, Client
from processes import wait_until
from sandbox import CONVERSATION, USER, USER_TOKEN, Sandbox
from trail import Trail

USERS = {"X-Access-Token": USER_TOKEN}
EXPERIMENTAL = ["experimental.chatbot-conversation", "experimental.bot.conversation", "experimental.bot.user"]
STABLE = ["v1.bot.conversation", "v1.bot.user"]
#: What stands in for what.
TO_CONVERSATION = ["v1.bot.conversation", "experimental.bot.conversation", "experimental.chatbot-conversation"]
TO_USER = ["v1.bot.user", "experimental.bot.user"]
KINDS = ["bot", "bot", "user", "as-user", "read", "upload"]
THREADS = 6
STEP_SECONDS = 20


class Load:
    """Services that call without a pause until they are told to stop; each thread with its own connection and seed."""

    def __init__(self, gateway, seed):
        self._url = gateway.url
        self._stopped = threading.Event()
        self.rounds = [0] * THREADS
        self.failures = []
        #: Of each thread: what was sent, as (text, answer).
        self.sent = [[] for _ in range(THREADS)]
        self.tokens = []
        self.calls = 0
        self._threads = [threading.Thread(target=self._run, args=(index, seed)) for index in range(THREADS)]
        for thread in self._threads:
            thread.start()

    def _run(self, index, seed):
        generator = random.Random(f"{seed}/{index}")
        try:
            with Client(self._url) as client:
                for number in itertools.count():
                    if self._stopped.is_set() or self.failures:
                        return
                    self._call(client, index, generator.choice(KINDS), f"{index}/{number}")
                    self.rounds[index] += 1
        except Exception as error:  # Whatever it is, the test has to hear of it.
            self.failures.append(error)

    def _call(self, client, index, kind, text):
        if kind == "read":
            answered = client.read(CONVERSATION)
            assert answered.status_code == 200, answered.text
        elif kind == "upload":
            answered = client.post("/upload-token")
            assert answered.status_code == 200, answered.text
            self.tokens.append(answered.json()["token"])
        else:
            target = {"user_id": USER} if kind == "user" else {"conversation_id": CONVERSATION}
            headers = None if kind == "bot" else USERS
            answered = client.send_message({**target, "text": text}, headers=headers)
            assert answered.status_code == 200, (kind, text, answered.text)
            body = answered.json()
            assert_sent(answered, attempts=body["attempts"])
            assert body["endpoint"] in {"bot": TO_CONVERSATION, "user": TO_USER, "as-user": ["v2.conversation"]}[kind]
            self.sent[index].append((text, body))

    def pause(self, generator):
        """Lets calls go by: at least one of each thread from its beginning to its end, and some more by chance."""
        before, more = list(self.rounds), generator.randint(1, 6)
        wait_until(
            lambda: self.failures or all(now > then + more for now, then in zip(self.rounds, before)),
            "calls to go by", STEP_SECONDS,
        )
        time.sleep(generator.random() * 0.02)  # So that what comes now comes at any moment of a call.
        assert self.failures == []

    def stop(self):
        self._stopped.set()
        for thread in self._threads:
            thread.join(STEP_SECONDS)
        assert not any(thread.is_alive() for thread in self._threads)
        assert self.failures == []

    def answers(self):
        return [body for sent in self.sent for _, body in sent]

    def texts(self):
        return [text for sent in self.sent for text, _ in sent]


class Divar:
    """The simulation by what it serves: endpoints are dropped and come back."""

    def __init__(self, sandbox):
        self.sandbox = sandbox
        self._faults = {}

    def drop(self, endpoint):
        self._faults[endpoint] = self.sandbox.fault("route-gone", endpoint=endpoint)["id"]

    def bring_back(self, endpoint):
        self.sandbox.call("DELETE", f"faults/{self._faults.pop(endpoint)}")

    def serves(self):
        return [name for name in [*EXPERIMENTAL, *STABLE] if name not in self._faults]


def replay(load, divar, generator):
    """All that happened, and more. Gives how often an endpoint came or went."""
    changes = 0
    # The experimental endpoints go one by one, in any order.
    for endpoint in generator.sample(EXPERIMENTAL, len(EXPERIMENTAL)):
        divar.drop(endpoint)
        changes += 1
        load.pause(generator)
    # The new contract is in force: the same by its own word.
    divar.sandbox.contract("2026-08")
    load.pause(generator)
    # It is taken back, and v1 comes and goes while one of the others stands in.
    divar.sandbox.contract("2025-12")
    for _ in range(4):
        stable = generator.choice(STABLE)
        others = [name for name in (TO_CONVERSATION if stable in TO_CONVERSATION else TO_USER) if name != stable]
        stand_in = generator.choice(others)
        # Both are there for a while: where one goes at the very moment at which the other comes, a call can miss both.
        divar.bring_back(stand_in)
        load.pause(generator)
        divar.drop(stable)
        load.pause(generator)
        divar.bring_back(stable)
        load.pause(generator)
        divar.drop(stand_in)
        load.pause(generator)
        changes += 4
    divar.sandbox.contract("2026-08")
    load.pause(generator)
    return changes


def assert_nothing_lost(load, sandbox, gateway):
    """Every message is in the ledger once, and in the trail as it was told."""
    texts = load.texts()
    assert len(texts) == len(set(texts))
    assert sorted(sandbox.texts()) == sorted(texts)
    assert sandbox.call("GET", "ledger")["forgotten"] == 0
    by_text = {entry["text"]: entry for entry in sandbox.ledger()}
    outcomes = Trail(gateway).outcomes()
    for sent in load.sent:
        # Each thread's messages are in the ledger in the order in which they were sent.
        assert [by_text[text]["seq"] for text, _ in sent] == sorted(by_text[text]["seq"] for text, _ in sent)
        for text, body in sent:
            assert by_text[text]["endpoint"] == body["endpoint"]
            assert by_text[text]["conversation_id"] == body["conversation_id"]
            outcome = outcomes[body["message_id"]]
            assert (outcome["outcome"], outcome["attempts"]) == ("sent", body["attempts"])
    assert len(load.tokens) == len(set(load.tokens))


@pytest.mark.parametrize("seed", [SEED, SEED + 1])
@pytest.mark.parametrize("prefer", [[], EXPERIMENTAL], ids=["stable first", "experimental first"])
def test_a_migration_under_load_fails_no_call_and_sends_nothing_twice(prefer, seed, start_gateway):
    settings = {"contract": "2025-12", "endpoints": {"prefer": prefer}, **NO_CACHE}
    gateway = start_gateway(settings, sandbox=True, script={"contract": "2025-12"})
    divar = Divar(Sandbox(gateway.sandbox_url))
    generator = random.Random(f"{seed}/{prefer}")
    load = Load(gateway, seed)
    try:
        load.pause(generator)
        changes = replay(load, divar, generator)
    finally:
        load.stop()
    assert_nothing_lost(load, divar.sandbox, gateway)
    answers = load.answers()
    assert {body["endpoint"] for body in answers} >= {"v1.bot.conversation", "v1.bot.user", "v2.conversation"}
    if prefer:
        assert {body["endpoint"] for body in answers} & set(EXPERIMENTAL)
    # What is gone is remembered: a change costs the calls that are under way an attempt or two, and no later ones.
    wasted = sum(body["attempts"] - 1 for body in answers)
    assert 0 < wasted <= changes * THREADS * 2, (wasted, changes)
    # All went well, so nothing was held back and nothing looked like a Divar that fails.
    assert gateway.logs("calls to Divar are held back") == []
    for message in ("endpoint gone: calls go to the next one", "endpoint back"):
        assert {line["endpoint"] for line in gateway.logs(message)} <= {*EXPERIMENTAL, *STABLE}


def test_the_contract_changes_at_once_under_load(start_gateway):
    """All of the experimental endpoints go with one word, and come back with one: the stable ones were there always."""
    settings = {"contract": "2025-12", "endpoints": {"prefer": EXPERIMENTAL}, **NO_CACHE}
    gateway = start_gateway(settings, sandbox=True, script={"contract": "2025-12"})
    sandbox = Sandbox(gateway.sandbox_url)
    generator = random.Random(SEED)
    load = Load(gateway, SEED)
    try:
        for contract in ["2026-08", "2025-12"] * 5:
            load.pause(generator)
            sandbox.contract(contract)
        load.pause(generator)
    finally:
        load.stop()
    assert_nothing_lost(load, sandbox, gateway)
    gone = [line["endpoint"] for line in gateway.logs("endpoint gone: calls go to the next one")]
    back = [line["endpoint"] for line in gateway.logs("endpoint back")]
    assert set(gone) <= set(EXPERIMENTAL)
    # Each is said once and not by every call. Those that are back are tried again only after half a minute; only a call
    # that was under way when an endpoint went can still say that it is there.
    for endpoint in EXPERIMENTAL:
        assert gone.count(endpoint) - back.count(endpoint) <= 1
    assert len(back) < THREADS
    assert sum(body["attempts"] - 1 for body in load.answers()) <= len(EXPERIMENTAL) * THREADS * 2


def test_the_ledger_shows_a_message_that_is_sent_twice(start_gateway, new_client):
    """It is no proof unless it can show what must not be."""
    gateway = start_gateway({"contract": "2025-12"}, sandbox=True, script={"contract": "2025-12"})
    client, sandbox = new_client(gateway), Sandbox(gateway.sandbox_url)
    for _ in range(2):
        assert_sent(client.send_message(text="the same"))
    assert sandbox.texts() == ["the same"] * 2
