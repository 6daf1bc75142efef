"""`GET /messages/{id}`: what became of a message, for the caller that sent it and for nobody else."""

import concurrent.futures
import datetime
import hashlib
import signal
import uuid

import pytest

from checks import assert_problem, assert_sent, header
from conftest import Client
from journals import Rig
from trail import Trail
from upstream import Gate, complaint
from wire import Wire, request

CALLERS = {
    name: {"key_sha256": hashlib.sha256(f"dgw_{name}".encode()).hexdigest(), "may": may}
    for name, may in {"one": ["send", "upload"], "two": ["send"], "reader": ["read", "upload"]}.items()
}
ONE, TWO, READER = ({"Authorization": f"Bearer dgw_{name}"} for name in CALLERS)
MEMBERS = [
    "message_id", "outcome", "reason", "reconciled", "queue", "expires_at", "conversation_id", "user_id", "endpoint",
    "attempts", "divar_status", "divar_code", "accepted_at", "decided_at",
]


def report(client, message, headers=None):
    answer = client.get(f"/messages/{message}", headers=headers)
    assert answer.status_code == 200, answer.text
    assert header(answer, "Content-Type") == "application/json" and header(answer, "Cache-Control") == "no-store"
    told = answer.json()
    assert list(told) == MEMBERS and told["message_id"] == message
    return told


def time(text):
    return datetime.datetime.fromisoformat(text)


def test_a_sent_message(recorded, recorded_client, upstream):
    begin = datetime.datetime.now(datetime.timezone.utc)
    message = assert_sent(recorded_client.send_message(conversation_id="c-1", text="x"))["message_id"]
    told = report(recorded_client, message)
    assert told == {
        **dict.fromkeys(MEMBERS), "message_id": message, "outcome": "sent", "conversation_id": "c-1",
        "endpoint": "v1.bot.conversation", "attempts": 1, "divar_status": 200,
        "accepted_at": told["accepted_at"], "decided_at": told["decided_at"],
    }
    assert begin - datetime.timedelta(seconds=1) < time(told["accepted_at"]) <= time(told["decided_at"])
    trail = Trail(recorded[0])
    assert (told["accepted_at"], told["decided_at"]) == (trail.intents()[message]["at"], trail.outcomes()[message]["at"])


def test_a_message_to_a_user_tells_the_conversation_that_it_went_to(recorded_client, upstream):
    sent = recorded_client.send_message({"user_id": "u-1", "text": "x"}, headers={"X-Access-Token": "t"})
    told = report(recorded_client, assert_sent(sent)["message_id"])
    assert (told["user_id"], told["conversation_id"]) == ("u-1", "conversation-of-the-user")


@pytest.mark.parametrize(
    "reply,kind,outcome,status,code",
    [
        (lambda _: complaint(412, 9, "no"), "recipient-restricted", "not_sent", 412, 9),
        (lambda _: complaint(404, 5, "no"), "not-found-at-divar", "not_sent", 404, 5),
        (lambda _: complaint(500, 13, "no"), "divar-failed", "unknown", 500, 13),
    ],
)
def test_a_message_that_failed_tells_why(reply, kind, outcome, status, code, recorded_client, upstream):
    upstream.reply = reply
    problem = assert_problem(recorded_client.send_message(conversation_id="c-1", text="x"), kind, outcome)
    told = report(recorded_client, problem["message_id"])
    assert (told["outcome"], told["reason"], told["attempts"]) == (outcome, kind, 1)
    assert (told["divar_status"], told["divar_code"]) == (status, code)


def test_a_message_that_divar_did_not_answer_is_unknown(start_upstream, start_behind, new_client):
    client = new_client(start_behind(start_upstream(Gate()), upstream={"deadline": "300ms"}))
    problem = assert_problem(client.send_message(conversation_id="c-1", text="x"), "divar-timeout", "unknown")
    told = report(client, problem["message_id"])
    assert (told["outcome"], told["reason"], told["divar_status"], told["divar_code"]) == ("unknown", "divar-timeout", None, None)


def test_a_message_under_way_has_no_outcome_yet(recorded, recorded_client, upstream):
    gate = Gate()
    upstream.reply = gate
    known = set(Trail(recorded[0]).intents())
    with concurrent.futures.ThreadPoolExecutor(1) as pool, Client(recorded[0].url) as other:
        pending = pool.submit(other.send_message, conversation_id="c-1", text="x")
        upstream.wait_for_requests(1)
        (message,) = set(Trail(recorded[0]).intents()) - known
        told = report(recorded_client, message)
        assert (told["outcome"], told["reason"], told["decided_at"], told["attempts"]) == (None, None, None, None)
        assert told["conversation_id"] == "c-1" and told["accepted_at"]
        gate.open()
        assert assert_sent(pending.result())["message_id"] == message
    assert report(recorded_client, message)["outcome"] == "sent"


@pytest.mark.parametrize("deadly,reason", [(signal.SIGKILL, "crash"), (signal.SIGTERM, "shutdown")])
def test_a_message_that_was_under_way_when_the_gateway_ended_is_unknown(deadly, reason, tmp_path, start_upstream, start_behind, new_client):
    r = Rig(start_behind, start_upstream(), new_client, tmp_path, drain="100ms")
    r.hold()
    (message,) = r.trail.intents()
    r.gateway.ends_badly = True
    r.gateway.process.send_signal(deadly)
    r.gateway.process.wait(20)
    r.start()
    told = report(r.client, message)
    assert (told["outcome"], told["reason"], told["attempts"]) == ("unknown", reason, None)
    assert told["conversation_id"] in r.held and told["endpoint"] == "v1.bot.conversation"
    settled = r.gateway.logs("messages without an outcome are unknown now")
    assert [line["count"] for line in settled] == (["1"] if reason == "crash" else [])
    r.trail.verify()
    r.close()


@pytest.fixture
def guarded(start_upstream, start_behind, new_client):
    return new_client(start_behind(start_upstream(), callers=CALLERS))


def test_a_message_is_told_to_its_caller_only(guarded):
    message = assert_sent(guarded.send_message({"conversation_id": "c-1", "text": "x"}, headers=ONE))["message_id"]
    assert report(guarded, message, ONE)["outcome"] == "sent"
    others = assert_problem(guarded.get(f"/messages/{message}", headers=TWO), "no-such-resource")
    nobodys = assert_problem(guarded.get(f"/messages/{fresh()}", headers=TWO), "no-such-resource")
    # Whoever asks learns nothing, not even that there is such a message.
    assert {**others, "trace_id": None} == {**nobodys, "trace_id": None}
    assert_problem(guarded.get(f"/messages/{message}", headers=READER), "not-allowed")
    assert_problem(guarded.get(f"/messages/{message}"), "unauthenticated")


def fresh():
    text = str(uuid.uuid4())
    return f"{text[:14]}7{text[15:]}"


def test_an_upload_is_no_message_for_others(guarded):
    assert guarded.post("/upload-token", headers=ONE).status_code == 200
    assert_problem(guarded.get(f"/messages/{fresh()}", headers=TWO), "no-such-resource")


@pytest.mark.parametrize("id", ["x", "0", "01a20627", "..", "%2e%2e", "a%2Fb", "\u200b", "1" * 36, "{4}", "z" * 500, "%00", "' OR 1=1 --"])
def test_a_malformed_id_names_nothing(id, recorded, upstream):
    with Wire(recorded[0].connect()) as wire:
        target = "/messages/" + "".join(c if c.isascii() and c > " " and c not in "{}" else "".join(f"%{b:02X}" for b in c.encode()) for c in id)
        answered = wire.send(request("GET", target)).answer()
    assert_problem(answered, "no-such-resource")


def test_an_unknown_id_names_nothing(recorded_client):
    assert_problem(recorded_client.get(f"/messages/{fresh()}"), "no-such-resource")


def test_head_is_get_without_a_body(recorded_client, upstream):
    message = assert_sent(recorded_client.send_message(conversation_id="c-1", text="x"))["message_id"]
    got, head = (recorded_client.request(method, f"/messages/{message}") for method in ("GET", "HEAD"))
    assert head.status_code == 200 and head.content == b""
    assert head.headers["Content-Length"] == str(len(got.content))


def test_a_message_is_told_while_the_journal_is_unavailable(tmp_path, start_upstream, start_behind, new_client):
    r = Rig(start_behind, start_upstream(), new_client, tmp_path)
    message = assert_sent(r.send())["message_id"]
    away = r.path.rename(tmp_path / "away.db")
    r.wait_for_failure("file missing")
    assert report(r.client, message)["outcome"] == "sent"
    away.rename(r.path)
    r.assert_heals()
    r.close()
