"""Intent before effect, outcome before answer, as the system calls show; and what each record says."""

import concurrent.futures
import hashlib
import json
import re
import uuid

import pytest

from calls import TOKEN
from checks import UUID_7, assert_problem, assert_sent
from processes import wait_until
from test_secrets import CALLER_KEY, DIVAR_KEY, SECRETS, TEXT, UPLOAD_TOKEN, USER_TOKEN, found_in
from tracing import CALLS, SYNCS, WRITES, Tracer, first
from trail import COMMON, MEMBERS, Trail, assert_holds
from upstream import Gate, answer, complaint
from wire import Wire, request

CALLERS = {
    "sender": {"key_sha256": hashlib.sha256(b"dgw_sender").hexdigest(), "may": ["send"]},
    "reader": {"key_sha256": hashlib.sha256(b"dgw_reader").hexdigest(), "may": ["read", "upload"]},
}
SENDER, READER = ({"Authorization": f"Bearer dgw_{name}"} for name in CALLERS)
#: What an intent, a read and a refusal say of a caller that is known by its key.
CALLER = ("caller", "known_by", "peer", "app", "operation")


def in_order(record):
    """A record's members as they stand, without those that all have."""
    assert list(record) == [member for member in MEMBERS if member in record]
    assert tuple(record)[:6] == COMMON and record["v"] == 1
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", record["at"])
    assert re.fullmatch(UUID_7, record["id"])
    return tuple(record)[6:]


# MARK: Order


def wal_write(events, gateway, kind, message):
    """Where the write-ahead log gets a record, and the sync that makes it durable."""
    wal = f"{gateway.journal}-wal"
    written = first(
        events, f"the {kind} of {message} in the log", names=("pwrite64", "pwritev", "write"),
        target=lambda target: target == wal, data=rf'\"kind\":\"{kind}\",\"message\":\"{message}\"',
    )
    synced = first(
        [event for event in events if event.result == 0], f"the sync of the {kind}", after=written.end, names=SYNCS,
        target=lambda target: target == wal,
    )
    return written, synced


def assert_intent_then_effect_then_outcome_then_answer(events, gateway, upstream, message, *, effect, told):
    upstream_end, own_end = f"->127.0.0.1:{upstream.port}]", f":[127.0.0.1:{gateway.host_and_port[1]}->"
    _, intent = wal_write(events, gateway, "intent", message)
    sent = first(events, "the upstream request", names=WRITES, target=lambda end: end.endswith(upstream_end), data=effect)
    assert intent.end < sent.begin, (intent, sent)
    written, outcome = wal_write(events, gateway, "outcome", message)
    assert sent.begin < written.begin
    answered = first(events, "the answer", names=WRITES, target=lambda end: own_end in end, data=told)
    assert outcome.end < answered.begin, (outcome, answered)


def test_a_send_is_synced_before_it_leaves_and_its_outcome_before_it_is_answered(start_upstream, start_behind, new_client, tmp_path):
    upstream = start_upstream()
    gateway = start_behind(upstream)
    client = new_client(gateway)
    assert_sent(client.send_message(conversation_id="warm", text="x"))
    with Tracer(gateway, tmp_path, "-e", f"trace={CALLS}") as tracer:
        ids = {f"c-{number}": assert_sent(client.send_message(conversation_id=f"c-{number}", text="x"))["message_id"] for number in range(5)}
        upstream.reply = lambda request: complaint(404, 5, "Not Found")
        problem = assert_problem(client.send_message(conversation_id="c-lost", text="x"), "not-found-at-divar", "not_sent")
        ids["c-lost"] = problem["message_id"]
    events = tracer.events()
    for conversation, message in ids.items():
        assert_intent_then_effect_then_outcome_then_answer(
            events, gateway, upstream, message, effect=f"POST /v1/open-platform/chat/bot/conversations/{conversation}/", told=message
        )


def test_the_first_byte_to_divar_comes_behind_the_sync_also_on_a_new_connection(start_upstream, start_behind, new_client, tmp_path):
    upstream = start_upstream()
    gateway = start_behind(upstream)
    with Tracer(gateway, tmp_path, "-e", f"trace={CALLS}") as tracer:
        message = assert_sent(new_client(gateway).send_message(conversation_id="c-1", text="x"))["message_id"]
    events = tracer.events()
    _, intent = wal_write(events, gateway, "intent", message)
    to_upstream = first(events, "a byte to Divar", names=WRITES, target=lambda end: end.endswith(f"->127.0.0.1:{upstream.port}]"))
    assert intent.end < to_upstream.begin


def test_an_upload_token_is_asked_for_behind_a_sync_and_handed_out_behind_another(start_upstream, start_behind, new_client, tmp_path):
    upstream = start_upstream()
    upstream.reply = lambda request: answer(200, {"token": UPLOAD_TOKEN})
    gateway = start_behind(upstream)
    with Tracer(gateway, tmp_path, "-e", f"trace={CALLS}") as tracer:
        assert new_client(gateway).post("/upload-token").json()["token"] == UPLOAD_TOKEN
    (message,) = Trail(gateway).intents()
    assert_intent_then_effect_then_outcome_then_answer(
        tracer.events(), gateway, upstream, message, effect="POST /experimental/open-platform/chat/upload", told=UPLOAD_TOKEN
    )


def test_the_order_holds_for_each_of_many_calls_at_once(start_upstream, start_behind, new_client, tmp_path):
    upstream = start_upstream()
    gateway = start_behind(upstream)

    def send(index):
        client = new_client(gateway)
        return {
            f"p{index}-{number}": assert_sent(client.send_message(conversation_id=f"p{index}-{number}", text="x"))["message_id"]
            for number in range(6)
        }

    with Tracer(gateway, tmp_path, "-e", f"trace={CALLS}") as tracer, concurrent.futures.ThreadPoolExecutor(8) as pool:
        sent = list(pool.map(send, range(8)))
    events = tracer.events()
    for conversation, message in [pair for ids in sent for pair in ids.items()]:
        assert_intent_then_effect_then_outcome_then_answer(
            events, gateway, upstream, message, effect=f"conversations/{conversation}/messages", told=message
        )
    assert_holds(Trail(gateway), upstream.requests)


# MARK: Records


def test_a_sent_message_is_recorded_with_everything_but_its_text(start_upstream, start_behind, new_client):
    gateway = start_behind(start_upstream(), callers=CALLERS)
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    headers = {**SENDER, "traceparent": f"00-{trace}-00f067aa0ba902b7-01"}
    message = assert_sent(new_client(gateway).send_message({"conversation_id": "c-1", "text": TEXT}, headers=headers))["message_id"]
    trail = Trail(gateway)
    intent, outcome = trail.intents()[message], trail.outcomes()[message]
    assert in_order(intent) == ("message", *CALLER, "conversation", "endpoint", "trace", "commitment")
    assert (intent["caller"], intent["known_by"], intent["app"]) == ("sender", "key", "default")
    assert intent["peer"].startswith("127.0.0.1")
    assert (intent["operation"], intent["conversation"]) == ("bot message to a conversation", "c-1")
    assert (intent["endpoint"], intent["trace"]) == ("v1.bot.conversation", trace)
    assert trail.commits_to(intent, TEXT) and not trail.commits_to(intent, TEXT + ".")
    assert in_order(outcome) == ("message", "endpoint", "outcome", "attempts", "status", "latency_us")
    assert (outcome["outcome"], outcome["attempts"], outcome["status"], outcome["endpoint"]) == ("sent", 1, 200, "v1.bot.conversation")
    assert 0 < outcome["latency_us"] < 30_000_000
    assert outcome["seq"] > intent["seq"]
    row = trail.messages()[message]
    assert (row["intent"], row["outcome"], row["caller"], row["content"]) == (intent["seq"], outcome["seq"], "sender", None)


def test_the_conversation_that_divar_names_for_a_user_is_recorded_with_the_outcome(start_upstream, start_behind, new_client):
    gateway = start_behind(start_upstream())
    message = assert_sent(new_client(gateway).send_message({"user_id": "u-1", "text": "x"}, headers=TOKEN))["message_id"]
    intent, outcome = Trail(gateway).intents()[message], Trail(gateway).outcomes()[message]
    assert in_order(intent) == ("message", *CALLER, "user", "endpoint", "trace", "commitment")
    assert (intent["caller"], intent["known_by"], intent["user"]) == ("local", "local", "u-1")
    assert in_order(outcome) == ("message", "conversation", "endpoint", "outcome", "attempts", "status", "latency_us")
    assert outcome["conversation"] == "conversation-of-the-user"


@pytest.mark.parametrize(
    "reply,problem,told,members",
    [
        (lambda _: complaint(412, 9, "restricted"), "recipient-restricted", "not_sent", {"status": 412, "code": 9}),
        (lambda _: complaint(429, 8, "limit"), "divar-limit", "not_sent", {"status": 429, "code": 8}),
        (lambda _: complaint(500, 13, "oops"), "divar-failed", "unknown", {"status": 500, "code": 13}),
        (lambda _: answer(502, b"<html>", content_type="text/html"), "divar-unintelligible", "unknown", {"status": 502}),
        (lambda _: answer(close=True, body=b""), "divar-unintelligible", "unknown", {"status": 200}),
        (Gate(), "divar-timeout", "unknown", {}),
    ],
    ids=["restricted", "limit", "failed", "edge page", "empty", "timeout"],
)
def test_an_outcome_that_is_no_success_says_why(reply, problem, told, members, start_upstream, start_behind, new_client):
    upstream = start_upstream(reply)
    gateway = start_behind(upstream, upstream={"deadline": "400ms"})
    given = assert_problem(new_client(gateway).send_message(conversation_id="c-1", text="x"), problem, told)
    outcome = Trail(gateway).outcomes()[given["message_id"]]
    assert in_order(outcome) == ("message", "endpoint", "outcome", "reason", "attempts", *members, "latency_us")
    assert (outcome["outcome"], outcome["reason"], outcome["attempts"]) == (told, problem, 1)
    assert {name: outcome[name] for name in members} == members


def test_an_upload_token_is_recorded_as_an_intent_and_an_outcome_without_content(start_upstream, start_behind, new_client):
    upstream = start_upstream()
    gateway = start_behind(upstream)
    assert new_client(gateway).post("/upload-token").status_code == 200
    upstream.reply = lambda request: complaint(403, 7, "no")
    assert_problem(new_client(gateway).post("/upload-token"), "divar-refused-credentials")
    trail = Trail(gateway)
    granted, refused = trail.records("outcome")
    for intent in trail.records("intent"):
        assert in_order(intent) == ("message", *CALLER, "endpoint", "trace")
        assert (intent["operation"], intent["endpoint"]) == ("upload token", "experimental.upload")
        assert trail.messages()[intent["message"]]["key"] is None
    assert in_order(granted) == ("message", "endpoint", "outcome", "attempts", "status", "latency_us")
    assert (granted["outcome"], granted["status"]) == ("sent", 200)
    assert (refused["outcome"], refused["reason"], refused["status"]) == ("not_sent", "divar-refused-credentials", 403)


@pytest.mark.parametrize("policy,recorded", [("none", 0), ("upstream", 2), ("all", 2)])
def test_reads_are_recorded_as_the_policy_says(policy, recorded, start_upstream, start_behind, new_client):
    upstream = start_upstream()
    gateway = start_behind(upstream, audit={"reads": policy})
    client = new_client(gateway)
    assert client.read("c-1").status_code == 200
    upstream.reply = lambda request: complaint(404, 5, "Not Found")
    assert_problem(client.read("c-2"), "not-found-at-divar")
    # What is handed to the journal stays in order, so this send's intent stands behind the reads.
    upstream.reply = lambda request: complaint(404, 5, "Not Found")
    assert_problem(client.send_message(conversation_id="c-3", text="x"), "not-found-at-divar")
    reads = Trail(gateway).records("read")
    assert len(reads) == recorded
    if reads:
        good, bad = reads
        assert in_order(good) == (*CALLER, "conversation", "endpoint", "trace", "attempts", "status", "latency_us")
        assert (good["operation"], good["conversation"], good["status"]) == ("read a conversation", "c-1", 200)
        assert in_order(bad) == (*CALLER, "conversation", "endpoint", "trace", "reason", "attempts", "status", "code", "latency_us")
        assert (bad["conversation"], bad["reason"], bad["code"]) == ("c-2", "not-found-at-divar", 5)


BODY = {"conversation_id": "c-1", "text": "x"}
REFUSALS = {
    "send without a key": (lambda client: client.send_message(BODY), "unauthenticated", "send", None),
    "send with a wrong key": (lambda client: client.send_message(BODY, headers={"Authorization": "Bearer x"}), "unauthenticated", "send", None),
    "read without a key": (lambda client: client.read("c-1"), "unauthenticated", "read", None),
    "upload without a key": (lambda client: client.post("/upload-token"), "unauthenticated", "upload", None),
    "look-up without a key": (lambda client: client.get(f"/messages/{uuid.uuid4()}"), "unauthenticated", "send", None),
    "send from a web page": (lambda client: client.send_message(BODY, headers={**SENDER, "Origin": "https://x"}), "not-allowed", "send", None),
    "send that may not": (lambda client: client.send_message(BODY, headers=READER), "not-allowed", "send", "reader"),
    "read that may not": (lambda client: client.get("/conversations/c-1", headers={**TOKEN, **SENDER}), "not-allowed", "read", "sender"),
    "upload that may not": (lambda client: client.post("/upload-token", headers=SENDER), "not-allowed", "upload", "sender"),
    "invalid send": (lambda client: client.send_message({**BODY, "text": ""}, headers=SENDER), "invalid-request", "send", "sender"),
    "send as a user without a token": (lambda client: client.send_message({**BODY, "as": "user"}, headers=SENDER), "user-token-required", "send", "sender"),
    "send that is no JSON": (lambda client: client.post("/send", data="x", headers=SENDER), "unsupported-media-type", "send", "sender"),
    "send with a spoilt key": (lambda client: client.send_message(BODY, headers={**SENDER, "Idempotency-Key": "a b"}), "invalid-request", "send", "sender"),
    "invalid read": (lambda client: client.get("/conversations/a:b", headers={**TOKEN, **READER}), "invalid-request", "read", "reader"),
    "read without a token": (lambda client: client.get("/conversations/c-1", headers=READER), "user-token-required", "read", "reader"),
    "invalid upload": (lambda client: client.post("/upload-token", data="x", headers=READER), "invalid-request", "upload", "reader"),
    "wrong method": (lambda client: client.get("/send", headers=SENDER), "method-not-allowed", "send", None),
    "too large": (lambda client: client.send_message({**BODY, "text": "x" * 70_000}, headers=SENDER), "body-too-large", "send", "sender"),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_a_refused_call_is_recorded(name, start_upstream, start_behind, new_client):
    call, reason, operation, caller = REFUSALS[name]
    upstream = start_upstream()
    gateway = start_behind(upstream, callers=CALLERS)
    assert_problem(call(new_client(gateway)), reason)
    trail = Trail(gateway)
    (record,) = wait_until(lambda: trail.records("refusal"), "the refusal's record")
    in_order(record)
    assert (record["reason"], record["operation"], record.get("caller")) == (reason, operation, caller)
    assert record["peer"].startswith("127.0.0.1")
    assert record.get("known_by") == ("key" if caller else None)
    assert trail.intents() == {} and upstream.requests == []
    trail.verify()


def test_calls_that_need_nobody_leave_no_record(start_upstream, start_behind, new_client):
    gateway = start_behind(start_upstream(), callers=CALLERS)
    client = new_client(gateway)
    for path in ("/health/live", "/health/ready", "/openapi.json", "/nothing"):
        client.get(path)
    assert_sent(client.send_message(BODY, headers=SENDER))
    assert [record["kind"] for record in Trail(gateway).records()] == ["intent", "outcome"]


# MARK: Secrets


@pytest.mark.parametrize("reply", ["agrees", "echoes", "page"])
def test_no_secret_and_no_text_is_in_the_journals_files(reply, start_upstream, start_gateway, new_client):
    """Also where Divar repeats what it was sent: an answer that is kept for an idempotency key is a file's content, too."""
    upstream = start_upstream()
    repeated = f"key {DIVAR_KEY} token {USER_TOKEN} text {TEXT}"
    replies = {"echoes": lambda _: complaint(400, 3, repeated), "page": lambda _: answer(502, repeated.encode(), content_type="text/html")}
    if reply == "agrees":
        agree = upstream.reply
        upstream.reply = lambda asked: answer(200, {"token": UPLOAD_TOKEN}) if asked.path.endswith("upload") else agree(asked)
    else:
        upstream.reply = replies[reply]
    callers = {"canary": {"key_sha256": hashlib.sha256(CALLER_KEY.encode()).hexdigest(), "may": ["send", "read", "upload"]}}
    gateway = start_gateway(
        {"upstream": {"base_url": upstream.url}, "apps": {"default": {"keys": [{"env": "SPARE"}]}}, "callers": callers},
        environment={"SPARE": DIVAR_KEY},
    )
    client = new_client(gateway)
    headers = {"Authorization": f"Bearer {CALLER_KEY}", "X-Access-Token": USER_TOKEN}
    button = [[{"caption": f"{TEXT}-caption", "server_link": {"a": f"{TEXT}-link"}}]]
    for number, extra in enumerate([{"as": "bot"}, {}, {"as": "bot", "buttons": button}]):
        body = {"conversation_id": f"c-{number}", "text": TEXT, **extra}
        client.send_message(body, headers=headers)
        client.send_message(body, headers={**headers, "Idempotency-Key": f"k-{number}"})
    client.read("c-1", token=None)
    client.get("/conversations/c-1", headers=headers)
    client.post("/upload-token", headers=headers)
    client.send_message({"conversation_id": "c-1", "text": TEXT}, headers={**headers, "Authorization": f"Bearer {CALLER_KEY}x"})
    with Wire(gateway.connect()) as wire:
        wire.send(request("POST", "/send", [*headers.items(), ("Content-Type", "application/json")], json.dumps({"text": TEXT, "x": TEXT}).encode()))
        assert wire.answer().status_code == 400
    secrets = {**SECRETS, "upload token": UPLOAD_TOKEN, "text": TEXT}
    trail = Trail(gateway)
    for files in (trail.files(), trail.files() if gateway.stop() == 0 else None):
        assert f"{trail.path.name}" in files
        assert {name: found_in(data.decode("latin-1"), secrets) for name, data in files.items()} == {name: [] for name in files}
