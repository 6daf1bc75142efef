"""Messages in doubt: what the conversation shows goes into the trail, and it is never wrong."""

import random
import time

import pytest

from checks import assert_problem
from conftest import EACH_CALL_ONCE, NO_CACHE, SEED, Client
from processes import Gateway, wait_until
from sandbox import USER_TOKEN, Sandbox
from trail import Trail

SETTLE = 3
#: As long before a message nothing may have left that could be taken for it.
SPAN = SETTLE + 10
USERS = {"X-Access-Token": USER_TOKEN}
CONVERSATIONS = [f"c-{number}" for number in range(60)]


@pytest.fixture(scope="module")
def gateway(tmp_path_factory):
    """One that has run for long enough to know of everything that left."""
    path = tmp_path_factory.mktemp("reconcile") / "gateway.yaml"
    configuration = {"listen": ["127.0.0.1:0"], **NO_CACHE, **EACH_CALL_ONCE, "reconcile": {"settle": f"{SETTLE}s"}}
    running = Gateway(path, configuration, sandbox=True)
    began = time.monotonic()
    sandbox = Sandbox(running.sandbox_url)
    for conversation in CONVERSATIONS:
        sandbox.add_conversation(conversation, "long ago")
    wait_until(lambda: time.monotonic() - began > SPAN + 1, "the gateway's age", seconds=SPAN + 10)
    yield running
    assert running.is_running(), running.stderr.text
    assert running.stop() == 0


@pytest.fixture
def sandbox(gateway):
    """Not begun anew: the conversations have to be old."""
    control = Sandbox(gateway.sandbox_url)
    control.clear_faults()
    yield control
    control.clear_faults()


def doubtful(client, sandbox, conversation, text, taken, headers=None, **members):
    """A send of which the gateway can't know whether Divar took it; gives the message's id."""
    endpoint = "v2.conversation" if members["as"] == "user" else "v1.bot.conversation"
    sandbox.fault("cut-before-head", when="after" if taken else "before", times=1, endpoint=endpoint)
    message = {"conversation_id": conversation, "text": text, **members}
    answered = client.send_message(message, headers={**USERS, **(headers or {})})
    return assert_problem(answered, "divar-unintelligible", "unknown")["message_id"]


def reconciled(client, message):
    return client.get(f"/messages/{message}").json()["reconciled"]


def verdicts(client, messages):
    wait_until(lambda: all(reconciled(client, message) for message in messages), "verdicts", seconds=45)
    return [reconciled(client, message) for message in messages]


def test_what_is_found_is_true_and_often_found(client, sandbox, gateway):
    """Precision 1.0, whatever happened besides; and how many were settled is said."""
    generator = random.Random(SEED)
    cases = []
    for conversation in CONVERSATIONS[:40]:
        taken, text = generator.random() < 0.5, generator.choice(["سلام", "hello", "yes\nno", "  spaced  "])
        noise = generator.choice(["none", "none", "none", "answer", "same answer", "twice", "as user"])
        if noise == "twice":
            client.send_message({"conversation_id": conversation, "text": text, "as": "bot"})
        sender = "user" if noise == "as user" else "bot"
        message = doubtful(client, sandbox, conversation, text, taken, **{"as": sender})
        if "answer" in noise:
            sandbox.incoming(conversation, text if noise == "same answer" else "what?")
        cases.append((message, taken, noise))
    found = verdicts(client, [message for message, _, _ in cases])
    for (message, taken, noise), verdict in zip(cases, found):
        assert verdict in ("undecidable", "sent" if taken else "not_sent"), (message, taken, noise)
    plain = [verdict for (_, _, noise), verdict in zip(cases, found) if noise in ("none", "answer", "same answer")]
    settled = [verdict for verdict in found if verdict != "undecidable"]
    told = len(plain) - plain.count("undecidable")
    print(f"recall: {len(settled)} of {len(found)} in all, {told} of {len(plain)} plain")
    assert "undecidable" not in plain
    trail = Trail(gateway)
    records = {record["message"]: record["reconciled"] for record in trail.records("reconciliation")}
    assert [records[message] for message, _, _ in cases] == found
    trail.verify()


def test_the_outcome_stays_unknown_and_what_was_found_stands_beside_it(client, sandbox):
    message = doubtful(client, sandbox, CONVERSATIONS[40], "beside", True, **{"as": "bot"})
    assert verdicts(client, [message]) == ["sent"]
    assert client.get(f"/messages/{message}").json()["outcome"] == "unknown"


def test_the_same_text_twice_is_never_told_apart(client, sandbox):
    first = doubtful(client, sandbox, CONVERSATIONS[41], "twice", True, **{"as": "bot"})
    second = doubtful(client, sandbox, CONVERSATIONS[41], "twice", False, **{"as": "bot"})
    assert verdicts(client, [first, second]) == ["undecidable"] * 2


def test_a_new_conversation_proves_nothing_by_what_it_lacks(client, sandbox):
    sandbox.add_conversation("c-new")
    message = doubtful(client, sandbox, "c-new", "x", False, **{"as": "bot"})
    assert verdicts(client, [message]) == ["undecidable"]


def test_a_token_that_is_refused_leaves_it_undecidable(client, sandbox):
    sandbox.add_token("short-lived")
    message = doubtful(
        client, sandbox, CONVERSATIONS[42], "x", True, {"X-Access-Token": "short-lived"}, **{"as": "bot"})
    sandbox.revoke_token("short-lived")
    assert verdicts(client, [message])[0] in ("undecidable", "sent")


def test_without_a_token_nobody_looks(client, sandbox):
    sandbox.fault("cut-before-head", when="after", times=1, endpoint="v1.bot.conversation")
    answered = client.send_message(conversation_id=CONVERSATIONS[43], text="x")
    problem = assert_problem(answered, "divar-unintelligible", "unknown")
    other = doubtful(client, sandbox, CONVERSATIONS[44], "x", True, **{"as": "bot"})
    verdicts(client, [other])
    assert reconciled(client, problem["message_id"]) is None


def test_it_can_be_turned_off(start_gateway):
    gateway = start_gateway({**NO_CACHE, **EACH_CALL_ONCE, "reconcile": {"enabled": False}}, sandbox=True)
    with Client(gateway.url) as client:
        sandbox = Sandbox(gateway.sandbox_url)
        message = doubtful(client, sandbox, "sandbox-conversation", "x", True, **{"as": "bot"})
        assert reconciled(client, message) is None
        assert [entry["endpoint"] for entry in sandbox.requests()] == ["v1.bot.conversation"]
