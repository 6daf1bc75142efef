"""Many calls at once: nothing is lost, nothing is sent twice, nobody gets another's answer."""

import concurrent.futures
import random

import pytest

from checks import assert_sent
from conftest import SEED, Client

CONNECTIONS = 50
CALLS = 20


@pytest.fixture
def conversations(sandbox):
    """A conversation for each connection, with a text of its own."""
    names = [f"conversation-{index}" for index in range(CONNECTIONS)]
    for name in names:
        sandbox.add_conversation(name, f"first words of {name}")
    return names


def together(work, count):
    with concurrent.futures.ThreadPoolExecutor(count) as pool:
        return list(pool.map(work, range(count)))


def test_a_thousand_mixed_calls_over_fifty_connections(gateway, sandbox, conversations):
    def work(index):
        generator = random.Random(SEED + index)
        own, sent, tokens = conversations[index], [], []
        with Client(gateway.url) as client:
            for number in range(CALLS):
                kind = generator.choice(["bot", "user", "read", "upload", "invalid", "read"])
                if kind in ("bot", "user"):
                    text = f"{own} number {number} {generator.getrandbits(64):016x} سلام"
                    headers = {"X-Access-Token": "sandbox-user-token"} if kind == "user" else None
                    answer = client.send_message({"conversation_id": own, "text": text}, headers=headers)
                    assert assert_sent(answer)["conversation_id"] == own
                    sent.append(text)
                elif kind == "read":
                    conversation = client.read(own).json()
                    assert conversation["id"] == own
                    texts = [message["text"] for message in conversation["messages"]]
                    assert texts == [f"first words of {own}", *sent]
                elif kind == "upload":
                    tokens.append(client.post("/upload-token").json()["token"])
                else:
                    assert client.send_message({"conversation_id": own, "text": "", "x": number}).status_code == 400
        return sent, tokens

    results = together(work, CONNECTIONS)
    sent = [text for texts, _ in results for text in texts]
    tokens = [token for _, tokens in results for token in tokens]
    assert len(sent) == len(set(sent))
    assert sorted(sandbox.texts()) == sorted(sent)
    assert len(tokens) == len(set(tokens))
    # Each connection's messages are in the ledger in the order in which they were sent.
    ledger = sandbox.ledger()
    for index, (texts, _) in enumerate(results):
        assert [entry["text"] for entry in ledger if entry["conversation_id"] == conversations[index]] == texts
    for entry in ledger:
        assert entry["text"].startswith(entry["conversation_id"] + " ")


def test_sends_to_one_conversation_from_many_connections_all_arrive_once(gateway, sandbox):
    def work(index):
        with Client(gateway.url) as client:
            ids = [assert_sent(client.send_message(text=f"{index}/{number}"))["message_id"] for number in range(10)]
            return ids

    ids = [id for ids in together(work, CONNECTIONS) for id in ids]
    assert len(set(ids)) == len(ids) == 10 * CONNECTIONS
    assert sorted(sandbox.texts()) == sorted(f"{index}/{number}" for index in range(CONNECTIONS) for number in range(10))


def test_faults_under_load_never_make_the_answer_untrue(gateway, sandbox):
    """Every `sent` is in the ledger exactly once, every `not_sent` never, every `unknown` at most once."""
    for kind, when, settings in (
        ("cut-in-body", "after", {}), ("cut-before-head", "before", {}), ("cut-before-head", "after", {}),
        ("edge-html", "after", {"status": 502}), ("status", "before", {"status": 429, "code": 8}),
        ("latency", "before", {"milliseconds": 30}), ("empty-body", "after", {}),
    ):
        sandbox.fault(kind, when=when, probability=0.05, **settings)

    def work(index):
        outcomes = {}
        with Client(gateway.url) as client:
            for number in range(CALLS):
                text = f"{index}/{number}"
                outcomes[text] = client.send_message(text=text).json()["outcome"]
        return outcomes

    outcomes = {}
    for part in together(work, CONNECTIONS):
        outcomes.update(part)
    assert len(outcomes) == CONNECTIONS * CALLS
    texts = sandbox.texts()
    assert len(texts) == len(set(texts)), "a message was sent twice"
    taken = set(texts)
    assert {text for text, outcome in outcomes.items() if outcome == "sent"} <= taken
    assert not {text for text, outcome in outcomes.items() if outcome == "not_sent"} & taken
    assert set(outcomes.values()) == {"sent", "not_sent", "unknown"}
    assert sandbox.request_count() == CONNECTIONS * CALLS, "a call was repeated or swallowed"
