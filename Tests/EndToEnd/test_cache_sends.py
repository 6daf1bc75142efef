"""A send shows in the very next read, whoever sends and whoever reads; and what was read before is never kept after."""

import hashlib
import threading

import pytest

from caching import (
    assert_forwarded, assert_hit, at_once, calls_for, conversation_of, fresh_id, read, recorded_with, saying, status_of,
    texts,
)
from canaries import CALLER_KEY, PLANTED, canary
from checks import assert_problem, assert_sent
from conftest import Client
from sandbox import CONVERSATION, USER, USER_TOKEN, Sandbox
from upstream import Bytes, Gate, agreeable, answer, complaint

KEYS = {name: PLANTED.plant(CALLER_KEY, f"dgw_{canary(name)}") for name in ("first", "second")}
CALLERS = {
    name: {"key_sha256": hashlib.sha256(key.encode()).hexdigest(), "app": "default", "may": ["send", "read"]}
    for name, key in KEYS.items()
}
recorded = recorded_with(cache={"ttl": "1h", "stale_while_revalidate": "1h"}, upstream={"deadline": "1s"})


# With the simulated Divar


@pytest.fixture
def simulated(start_gateway, new_client):
    """A gateway with two callers and a long time to live: (gateway, simulated Divar, clients of both callers)."""
    gateway = start_gateway({"cache": {"ttl": "1h"}, "callers": CALLERS}, sandbox=True)
    clients = []
    for key in KEYS.values():
        clients.append(new_client(gateway))
        clients[-1].headers["Authorization"] = f"Bearer {key}"
    sandbox = Sandbox(gateway.sandbox_url)
    sandbox.add_token("another-token")
    return gateway, sandbox, clients


AS_USER = {"X-Access-Token": USER_TOKEN}
SENDS = {
    "as the user": ({"conversation_id": CONVERSATION}, AS_USER, "v2.conversation"),
    "bot to the conversation": ({"conversation_id": CONVERSATION}, {}, "v1.bot.conversation"),
    "bot with a token": ({"conversation_id": CONVERSATION, "as": "bot"}, AS_USER, "v1.bot.conversation"),
    "bot to the user": ({"user_id": USER}, AS_USER, "v1.bot.user"),
}


@pytest.mark.parametrize("target,headers,endpoint", SENDS.values(), ids=SENDS)
def test_a_send_shows_in_the_very_next_read_of_everybody(target, headers, endpoint, simulated):
    _, sandbox, clients = simulated
    readers = [(client, token) for client in clients for token in (USER_TOKEN, "another-token")]
    named = CONVERSATION
    for round_ in range(3):
        for sender in clients:
            text = f"{endpoint} {round_} {clients.index(sender)}"
            for client, token in readers:
                if read(client, named, token).status_code == 200:
                    assert_hit(read(client, named, token))
            told = assert_sent(sender.send_message({**target, "text": text}, headers=headers), endpoint)
            assert named == told["conversation_id"] or round_ == 0, "the user's conversation is another one now"
            named = told["conversation_id"]
            for client, token in readers:
                answered = read(client, named, token)
                assert_forwarded(answered, "uri-miss", stored=True)
                assert texts(answered)[-1] == text
    assert len(sandbox.ledger()) == 6


def test_an_experimental_send_shows_as_well(start_gateway, new_client):
    configuration = {"contract": "2025-12", "cache": {"ttl": "1h"}, "endpoints": {"prefer": ["experimental.bot.user"]}}
    gateway = start_gateway(configuration, sandbox=True)
    Sandbox(gateway.sandbox_url).contract("2025-12")
    client = new_client(gateway)
    told = assert_sent(client.send_message({"user_id": USER, "text": "0"}, headers={"X-Access-Token": USER_TOKEN}))
    for count in range(1, 4):
        assert texts(client.read(told["conversation_id"]))[-1] == str(count - 1)
        assert_hit(client.read(told["conversation_id"]))
        body = {"user_id": USER, "text": str(count)}
        told = assert_sent(client.send_message(body, headers={"X-Access-Token": USER_TOKEN}))
        assert texts(client.read(told["conversation_id"]))[-1] == str(count)


def test_sends_and_reads_on_many_connections_never_miss_each_other(simulated):
    """Connections are spread over all event loops, so that senders and readers are on different ones."""
    gateway, _, _ = simulated
    sent = 0
    clients = [Client(gateway.url) for _ in range(8)]
    try:
        for index, client in enumerate(clients):
            client.headers["Authorization"] = f"Bearer {list(KEYS.values())[index % 2]}"
        for round_ in range(56):
            sender, reader = clients[round_ % 8], clients[(round_ * 3 + round_ // 8 + 1) % 8]
            headers = {"X-Access-Token": USER_TOKEN} if round_ % 3 == 0 else {}
            assert_sent(sender.send_message(text=f"round {round_}", headers=headers))
            sent += 1
            said = texts(read(reader, CONVERSATION, USER_TOKEN))
            assert said[-1] == f"round {round_}"
            assert len([text for text in said if text.startswith("round")]) == sent
    finally:
        for client in clients:
            client.close()


def test_readers_and_senders_at_once_never_see_the_past(simulated):
    """Whoever sent sees it; and nobody who reads in a row sees less than before."""
    gateway, _, _ = simulated
    acknowledged, lock = set(), threading.Lock()

    def act(index):
        with Client(gateway.url) as client:
            client.headers["Authorization"] = f"Bearer {list(KEYS.values())[index % 2]}"
            for round_ in range(15):
                if index % 3 == 0:
                    text = f"{index}-{round_}"
                    assert_sent(client.send_message(text=text))
                    with lock:
                        acknowledged.add(text)
                with lock:
                    floor = set(acknowledged)
                said = set(texts(read(client, CONVERSATION, USER_TOKEN)))
                assert floor <= said, floor - said
        return True

    assert all(at_once(9, act))


# With a scripted upstream


class Conversation:
    """An upstream's conversation: reads show what was sent by when they came; sends go as a test wants it."""

    def __init__(self, name=None):
        self.name = name
        self.sent = 0
        #: Given to sends; the message is taken all the same.
        self.send_reply = None
        #: Waited for before reads are answered.
        self.gates = {}

    def __call__(self, request):
        if request.method == "GET":
            said = f"{self.sent} sent"
            number = self.sent
            if number in self.gates:
                self.gates[number].wait(20)
            return saying(said)(request)
        self.sent += 1
        if self.send_reply is not None:
            return self.send_reply(request) if callable(self.send_reply) else self.send_reply
        if self.name and "conversations" not in request.path:
            return answer(200, {"conversation_id": self.name})
        return agreeable(request)


SCRIPTED = {
    "as the user": ({}, {"X-Access-Token": "token-a"}), "bot": ({}, {}),
    "user": ({"user_id": "u-1"}, {"X-Access-Token": "token-b"}),
}


def message(target, conversation, text="x"):
    return {"text": text, **(target or {"conversation_id": conversation})}


@pytest.mark.parametrize("target,headers", SCRIPTED.values(), ids=SCRIPTED)
def test_a_read_that_a_send_overtakes_answers_and_is_not_kept(target, headers, recorded, recorded_client, upstream):
    conversation = fresh_id()
    script = upstream.reply = Conversation(conversation)
    gate = script.gates[0] = threading.Event()

    def act(index):
        with Client(recorded[0].url) as client:
            if index < 3:
                return read(client, conversation)
            upstream.wait_for_requests(1)
            assert_sent(client.send_message(message(target, conversation), headers=headers))
            # The read from before is still under way, and nobody joins it.
            after = read(client, conversation)
            gate.set()
            return after

    *before, after = at_once(4, act)
    assert texts(after) == ["1 sent"]
    assert_forwarded(after, "uri-miss", stored=True)
    for answered in before:
        # Those who came before the send share the first call; who came after it doesn't.
        assert texts(answered) in (["0 sent"], ["1 sent"])
        if texts(answered) == ["0 sent"]:
            assert "stored" not in status_of(answered)
    assert texts(read(recorded_client, conversation)) == ["1 sent"]
    assert_hit(read(recorded_client, conversation))


@pytest.mark.parametrize("target,headers", SCRIPTED.values(), ids=SCRIPTED)
def test_a_read_that_comes_and_goes_during_a_send_is_not_kept(target, headers, recorded, recorded_client, upstream):
    conversation = fresh_id()
    script = upstream.reply = Conversation(conversation)
    held = Gate(lambda request: answer(200, {"conversation_id": conversation, "status": 200, "message": "OK"}))

    def send_reply(request):
        script.sent -= 1  # It's not in the conversation until the answer is about to go.
        answered = held(request)
        script.sent += 1
        return answered

    script.send_reply = send_reply

    def act(index):
        with Client(recorded[0].url) as client:
            if index == 0:
                return client.send_message(message(target, conversation), headers=headers)
            upstream.wait_for_requests(1)
            during = [read(client, conversation) for _ in range(2)]
            held.open()
            return during

    sent, during = at_once(2, act)
    assert_sent(sent)
    assert [texts(answered) for answered in during] == [["0 sent"]] * 2
    assert texts(read(recorded_client, conversation)) == ["1 sent"]


LOST = {
    "cut before the head": Bytes(close=True), "cut in the head": Bytes(b"HTTP/1.1 200 O", close=True),
    "cut in the body": Bytes(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{", close=True),
    "a page": answer(502, b"<html>", content_type="text/html"), "500": complaint(500, 13, "oops"),
    "too late": Bytes(3, close=True), "another shape": answer(200, [1]),
}


def assert_in_doubt(client, conversation, script):
    """What is read after a send whose outcome is unknown isn't kept: Divar may act on the send later still."""
    assert texts(read(client, conversation)) == ["1 sent"]
    script.sent += 1  # Only now it gets there.
    for _ in range(2):
        answered = read(client, conversation)
        assert set(assert_forwarded(answered, "uri-miss")) == {"fwd", "fwd-status"}
        assert texts(answered) == ["2 sent"]


@pytest.mark.parametrize("target,headers", [SCRIPTED["bot"], SCRIPTED["as the user"]], ids=["bot", "as the user"])
@pytest.mark.parametrize("lost", LOST.values(), ids=LOST)
def test_a_send_whose_outcome_is_unknown_drops_what_was_read(lost, target, headers, recorded_client, upstream):
    conversation, other = fresh_id(), fresh_id()
    script = upstream.reply = Conversation(conversation)
    for kept in (conversation, other):
        assert_forwarded(read(recorded_client, kept), "uri-miss", stored=True)
        assert_hit(read(recorded_client, kept))
    script.send_reply = lost
    answered = recorded_client.send_message(message(target, conversation), headers=headers)
    assert answered.json()["outcome"] == "unknown", answered.text
    assert_in_doubt(recorded_client, conversation, script)
    assert_hit(read(recorded_client, other))


@pytest.mark.parametrize("name", ["cut before the head", "a page", "another shape"])
def test_an_unknown_send_to_a_user_drops_everything(name, start_behind, start_upstream, new_client):
    upstream = start_upstream()
    client = new_client(start_behind(upstream, cache={"ttl": "1h"}))
    conversation, other = fresh_id(), fresh_id()
    script = upstream.reply = Conversation(conversation)
    for kept in (conversation, other):
        read(client, kept)
        assert_hit(read(client, kept))
    script.send_reply = LOST[name]
    answered = client.send_message({"user_id": "u-1", "text": "x"}, headers={"X-Access-Token": "token-b"})
    assert answered.json()["outcome"] == "unknown", answered.text
    assert_in_doubt(client, conversation, script)
    assert texts(read(client, other)) == ["2 sent"]


PROVEN = {
    "412 code 9": complaint(412, 9, "blocked"), "404 code 5": complaint(404, 5, "not found"),
    "429 code 8": complaint(429, 8, "quota"), "400 code 3": complaint(400, 3, "bad"),
    "501 code 12": complaint(501, 12, "gone"),
}


@pytest.mark.parametrize("target,headers", SCRIPTED.values(), ids=SCRIPTED)
@pytest.mark.parametrize("proof", PROVEN.values(), ids=PROVEN)
def test_a_proven_not_sent_keeps_what_was_read(proof, target, headers, recorded_client, upstream):
    conversation = fresh_id()
    script = upstream.reply = Conversation(conversation)
    read(recorded_client, conversation)
    script.send_reply = proof
    answered = recorded_client.send_message(message(target, conversation), headers=headers)
    assert answered.json()["outcome"] == "not_sent", answered.text
    assert_hit(read(recorded_client, conversation))
    assert len(calls_for(upstream, conversation)) == 1


def test_a_send_that_is_refused_here_keeps_what_was_read(recorded_client, upstream):
    conversation = fresh_id()
    upstream.reply = Conversation()
    read(recorded_client, conversation)
    for body in ({"conversation_id": conversation}, {"conversation_id": conversation, "text": "", "as": "x"}):
        assert_problem(recorded_client.send_message(body), "invalid-request", "not_sent")
    assert_hit(read(recorded_client, conversation))


def test_a_send_drops_its_own_conversation_and_no_other(recorded_client, upstream):
    conversation, other = fresh_id(), fresh_id()
    upstream.reply = Conversation()
    for kept in (conversation, other):
        read(recorded_client, kept)
    assert_sent(recorded_client.send_message(conversation_id=conversation, text="x"))
    assert_hit(read(recorded_client, other))
    assert_forwarded(read(recorded_client, conversation), "uri-miss")


def test_an_answer_that_names_another_conversation_drops_both(recorded_client, upstream):
    conversation, named = fresh_id(), fresh_id()
    script = upstream.reply = Conversation()
    for kept in (conversation, named):
        read(recorded_client, kept)
    script.send_reply = answer(200, {"conversation_id": named})
    assert_sent(recorded_client.send_message(conversation_id=conversation, text="x"))
    for dropped in (conversation, named):
        assert texts(read(recorded_client, dropped)) == ["1 sent"]


def test_a_not_found_from_before_a_send_is_forgotten(recorded_client, upstream):
    conversation = fresh_id()
    upstream.reply = lambda request: complaint(404, 5, "not found")
    read(recorded_client, conversation)
    assert_hit(read(recorded_client, conversation), 404, detail="negative")
    upstream.reply = agreeable
    assert_sent(recorded_client.send_message(conversation_id=conversation, text="x"))
    assert read(recorded_client, conversation).status_code == 200


def test_a_send_that_is_repeated_by_its_key_leaves_the_cache_alone(recorded_client, upstream):
    conversation = fresh_id()
    upstream.reply = Conversation()
    for replayed in (False, True):
        headers = {"Idempotency-Key": f"key-of-{conversation}"}
        answered = recorded_client.send_message(message(None, conversation), headers=headers)
        assert_sent(answered)
        assert ("Idempotent-Replay" in answered.headers) == replayed
        assert texts(read(recorded_client, conversation)) == ["1 sent"]
    assert_hit(read(recorded_client, conversation))
    assert conversation_of(upstream.requests[0]) == conversation
