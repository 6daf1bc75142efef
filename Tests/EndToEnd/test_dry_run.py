"""`Dry-Run: true`: everything but the wire. The exact request to Divar is shown, and nothing at all happens."""

import json
import urllib.parse

import pytest
import requests

from checks import assert_problem, assert_sent, pointers
from conftest import KEY, NO_CACHE
from messages import message, with_button
from processes import wait_until
from quotas import app, assert_refused, bearer, caller, parse_limits
from sandbox import CONVERSATION, USER, USER_TOKEN, Sandbox
from sandbox import KEY as SANDBOX_KEY
from trail import Trail

DRY = {"Dry-Run": "true"}
USERS = {"X-Access-Token": USER_TOKEN}
MASK = "[masked]"
BUTTONS = [
    [
        {"caption": "پیوند", "open_url": "https://example.com/الف"},
        {"caption": "سرور", "icon": "SEND", "server_link": {"id": 1, "deep": {"er": [1, "دو", None]}}},
        {"caption": "پویا", "icon": "ADD", "dynamic_action": {}},
    ],
    [{"caption": "آگهی", "open_post": "AJIEWcw"}, {"caption": "مدیریت", "manage_post": "AJIEWcw"}],
]
MESSAGES = {
    "text": ({"conversation_id": CONVERSATION, "text": "سلام! \"quoted\" \\ \t 🙂"}, None),
    "buttons": ({"conversation_id": CONVERSATION, "text": "x", "buttons": BUTTONS}, None),
    "media": ({"conversation_id": CONVERSATION, "media_token": "m-1"}, None),
    "to a user": ({"user_id": USER, "text": "x", "buttons": BUTTONS}, USERS),
    "as the user": ({"conversation_id": CONVERSATION, "text": "x"}, USERS),
    "as the user with buttons": (
        {"conversation_id": CONVERSATION, "text": "x", "buttons": BUTTONS, "sender_buttons": BUTTONS[:1]}, USERS,
    ),
    "bot in spite of a token": ({"conversation_id": CONVERSATION, "text": "x", "as": "bot"}, USERS),
}
#: Fields that a connection adds of itself.
FRAMING = {"host", "content-length", "connection"}


def assert_planned(answered):
    """The answer shows what would be sent. Gives its members."""
    assert answered.status_code == 200, answered.text
    assert answered.headers["Content-Type"] == "application/json"
    assert answered.headers["Cache-Control"] == "no-store"
    body = answered.json()
    assert set(body) == {"dry_run", "outcome", "endpoint", "alternatives", "request"}
    assert body["dry_run"] is True
    assert body["outcome"] == "not_sent"
    assert set(body["request"]) == {"method", "url", "headers", "body"}
    return body


def dry(client, members, headers=None):
    return client.send_message(members, headers={**DRY, **(headers or {})})


# The request


@pytest.mark.parametrize("kind", MESSAGES)
def test_the_request_that_is_shown_is_the_one_that_goes_up(kind, recorded_client, upstream):
    members, headers = MESSAGES[kind]
    planned = assert_planned(dry(recorded_client, members, headers))
    assert upstream.requests == []
    sent = assert_sent(recorded_client.send_message(members, headers=headers))
    (received,) = upstream.requests
    shown = planned["request"]
    assert sent["endpoint"] == planned["endpoint"]
    assert shown["method"] == received.method
    assert shown["url"] == upstream.url + received.path
    assert shown["body"] == received.json()
    # In the same order, and with the same values but for credentials and the trace, which is another call's.
    fields = [(name, value) for name, value in received.fields if name.lower() not in FRAMING]
    assert list(shown["headers"]) == [name for name, _ in fields]
    credentials = {"X-API-Key": KEY, "Authorization": f"Bearer {USER_TOKEN}"}
    for name, value in fields:
        if name in credentials:
            assert value == credentials[name]
            assert shown["headers"][name] == (MASK if name == "X-API-Key" else f"Bearer {MASK}")
        elif name == "traceparent":
            assert len(shown["headers"][name]) == len(value)
        else:
            assert shown["headers"][name] == value


def test_the_trace_of_the_caller_is_continued(recorded_client, upstream):
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    answered = dry(recorded_client, message(), {"traceparent": f"00-{trace}-00f067aa0ba902b7-01"})
    parts = assert_planned(answered)["request"]["headers"]["traceparent"].split("-")
    assert parts[1] == trace
    assert parts[2] != "00f067aa0ba902b7"


@pytest.mark.parametrize("kind", MESSAGES)
def test_key_and_token_are_never_in_the_answer_nor_in_a_log(kind, recorded, recorded_client, upstream):
    gateway, _ = recorded
    members, headers = MESSAGES[kind]
    token = "a-token-that-nobody-may-see-4711"
    headers = {**headers, "X-Access-Token": token} if headers else {}
    answered = dry(recorded_client, members, headers)
    assert_planned(answered)
    for secret in (KEY, token):
        assert secret not in answered.text
        assert secret not in str(answered.headers)
        assert secret not in gateway.stderr.text


@pytest.mark.parametrize("kind", MESSAGES)
@pytest.mark.parametrize("contract", ["2025-12", "2026-08"])
def test_the_request_that_is_shown_delivers_the_message_with_the_real_credentials(
    contract, kind, start_gateway, new_client
):
    gateway = start_gateway({"contract": contract}, sandbox=True, script={"contract": contract})
    sandbox = Sandbox(gateway.sandbox_url)
    members, headers = MESSAGES[kind]
    planned = assert_planned(dry(new_client(gateway), members, headers))
    assert sandbox.request_count() == 0 and sandbox.ledger() == []
    shown = planned["request"]
    fields = dict(shown["headers"])
    assert fields["X-API-Key"] == MASK
    fields["X-API-Key"] = SANDBOX_KEY
    if "Authorization" in fields:
        fields["Authorization"] = f"Bearer {USER_TOKEN}"
    assert shown["url"].startswith(gateway.sandbox_url + "/")
    with requests.Session() as session:
        session.trust_env = False
        body = json.dumps(shown["body"], ensure_ascii=False).encode()
        answered = session.request(shown["method"], shown["url"], data=body, headers=fields, timeout=20)
    assert answered.status_code == 200, answered.text
    # What the gateway itself sends, says the simulation, is the same.
    assert_sent(new_client(gateway).send_message(members, headers=headers), planned["endpoint"])
    replayed, own = sandbox.ledger()
    differing = {"seq", "message_id", "time", "trace_parent"}
    assert {name: value for name, value in replayed.items() if name not in differing} == {
        name: value for name, value in own.items() if name not in differing
    }
    first, second = sandbox.requests()
    assert first["endpoint"] == second["endpoint"] == planned["endpoint"]
    assert json.loads(first["body"]) == json.loads(second["body"])


def test_a_shown_url_is_encoded_as_it_goes_up(recorded_client, upstream):
    members = {"user_id": "a+b/c=", "text": "x"}
    planned = assert_planned(dry(recorded_client, members, USERS))
    assert_sent(recorded_client.send_message(members, headers=USERS))
    assert planned["request"]["url"] == upstream.url + upstream.requests[0].path
    assert urllib.parse.urlsplit(planned["request"]["url"]).path.count("/") == upstream.requests[0].path.count("/")


# Which endpoint


def test_what_would_be_tried_next_is_shown(start_behind, start_upstream, new_client):
    upstream = start_upstream()
    gateway = start_behind(upstream, contract="2025-12", **NO_CACHE)
    client = new_client(gateway)
    v1, experimental, oldest = (
        "v1.bot.conversation", "experimental.bot.conversation", "experimental.chatbot-conversation",
    )
    planned = assert_planned(dry(client, message()))
    assert (planned["endpoint"], planned["alternatives"]) == (v1, [experimental, oldest])
    planned = assert_planned(dry(client, message(), {}))
    to_user = assert_planned(dry(client, {"user_id": USER, "text": "x"}, USERS))
    assert (to_user["endpoint"], to_user["alternatives"]) == ("v1.bot.user", ["experimental.bot.user"])
    as_user = assert_planned(dry(client, message(), USERS))
    assert (as_user["endpoint"], as_user["alternatives"]) == ("v2.conversation", [])


def test_an_endpoint_that_is_gone_is_shown_last(start_gateway, new_client):
    gateway = start_gateway({"contract": "2025-12"}, sandbox=True, script={"contract": "2025-12"})
    client, sandbox = new_client(gateway), Sandbox(gateway.sandbox_url)
    sandbox.fault("route-gone", endpoint="v1.bot.conversation")
    # Nobody knows yet, and a dry run doesn't find out.
    members = {"conversation_id": CONVERSATION, "text": "x"}
    assert assert_planned(dry(client, members))["endpoint"] == "v1.bot.conversation"
    assert_sent(client.send_message(members), "experimental.bot.conversation", attempts=2)
    planned = assert_planned(dry(client, members))
    assert planned["endpoint"] == "experimental.bot.conversation"
    assert planned["alternatives"] == ["experimental.chatbot-conversation", "v1.bot.conversation"]
    assert "/experimental/open-platform/chat/bot/conversations/" in planned["request"]["url"]
    assert sandbox.request_count() == 2


# Nothing happens


def test_nothing_reaches_divar_or_the_trail(start_gateway, new_client):
    gateway = start_gateway({**NO_CACHE}, sandbox=True)
    client, sandbox = new_client(gateway), Sandbox(gateway.sandbox_url)
    for _ in range(5):
        for members, headers in MESSAGES.values():
            assert_planned(dry(client, members, headers))
    assert sandbox.request_count() == 0
    # One that is sent is there when the records of those before it would be, too.
    assert_sent(client.send_message({"conversation_id": CONVERSATION, "text": "sent"}))
    trail = Trail(gateway)
    assert sandbox.texts() == ["sent"]
    assert [record["kind"] for record in trail.records() if record["kind"] in ("intent", "outcome", "refusal")] == [
        "intent", "outcome",
    ]
    assert len(trail.messages()) == 1
    trail.verify()


def test_nothing_is_said_to_be_sent_to_those_who_read(start_gateway, new_client):
    """A send drops its conversation from the cache; one that wasn't made doesn't."""
    gateway = start_gateway({"cache": {"ttl": "60s"}}, sandbox=True)
    client, sandbox = new_client(gateway), Sandbox(gateway.sandbox_url)
    assert client.read(CONVERSATION).status_code == 200
    for members, headers in MESSAGES.values():
        assert_planned(dry(client, members, headers))
    assert "hit" in client.read(CONVERSATION).headers["Cache-Status"]
    assert sandbox.request_count() == 1


def test_an_idempotency_key_is_neither_used_up_nor_asked(start_gateway, new_client):
    gateway = start_gateway({**NO_CACHE}, sandbox=True)
    client, sandbox = new_client(gateway), Sandbox(gateway.sandbox_url)
    members, key = {"conversation_id": CONVERSATION, "text": "x"}, {"Idempotency-Key": "k-1"}
    for _ in range(2):
        answered = dry(client, members, key)
        assert_planned(answered)
        assert {"Idempotent-Replay", "Idempotency-Expires"}.isdisjoint(answered.headers)
    answered = client.send_message(members, headers=key)
    assert_sent(answered)
    assert "Idempotent-Replay" not in answered.headers
    assert_planned(dry(client, members, key))
    assert sandbox.texts() == ["x"]


def test_no_place_in_the_quota_is_taken_and_what_is_left_is_shown(start_gateway, new_client):
    quota = app(per_minute=3, per_day=50, max_wait="0s")
    gateway = start_gateway({**NO_CACHE, "apps": {"default": quota}}, sandbox=True)
    client, sandbox = new_client(gateway), Sandbox(gateway.sandbox_url)
    members = {"conversation_id": CONVERSATION, "text": "x"}
    for used in range(3):
        for _ in range(10):
            answered = dry(client, members)
            assert_planned(answered)
            assert answered.headers["RateLimit-Policy"] == '"minute";q=3;w=60, "day";q=50;w=86400'
            told = parse_limits(answered.headers["RateLimit"])
            assert (told["minute"]["r"], told["day"]["r"]) == (3 - used, 50 - used)
        assert_sent(client.send_message(members))
    # What would happen is what is told: there is no place for it.
    assert_refused(dry(client, members), "minute")
    assert_refused(client.send_message(members), "minute")
    assert sandbox.request_count() == 3


def test_dry_runs_do_not_take_what_others_want(start_gateway, new_client):
    """Nobody who only looks has a claim: the other caller gets all that there is."""
    callers = {**caller("looks"), **caller("sends")}
    quota = app(per_minute=10, max_wait="0s")
    gateway = start_gateway({**NO_CACHE, "apps": {"default": quota}, "callers": callers}, sandbox=True)
    client = new_client(gateway)
    members = {"conversation_id": CONVERSATION, "text": "x"}
    for _ in range(40):
        assert_planned(dry(client, members, bearer("looks")))
    for _ in range(10):
        assert_sent(client.send_message(members, headers=bearer("sends")))
    assert_refused(client.send_message(members, headers=bearer("sends")), "minute")


def test_a_dry_run_tells_that_calls_are_held_back(start_gateway, new_client):
    overload = {"breaker": {"min_calls": 3, "open_for": "30s"}}
    gateway = start_gateway({**NO_CACHE, "overload": overload}, sandbox=True)
    client, sandbox = new_client(gateway), Sandbox(gateway.sandbox_url)
    sandbox.fault("edge-html", status=502)
    members = {"conversation_id": CONVERSATION, "text": "x"}
    for _ in range(10):
        assert_planned(dry(client, members))
    for _ in range(3):
        assert_problem(client.send_message(members), "divar-unintelligible", "unknown")
    problem = assert_problem(dry(client, members), "divar-unavailable", "not_sent")
    assert "message_id" not in problem
    assert sandbox.request_count() == 3


def test_a_dry_run_does_not_try_whether_divar_is_well(start_gateway, new_client):
    """It sends nothing, and so it finds nothing out: the next read is the one that does."""
    overload = {"breaker": {"min_calls": 3, "open_for": "100ms"}}
    gateway = start_gateway({**NO_CACHE, "overload": overload}, sandbox=True)
    client, sandbox = new_client(gateway), Sandbox(gateway.sandbox_url)
    sandbox.fault("edge-html", status=502)
    members = {"conversation_id": CONVERSATION, "text": "x"}
    for _ in range(3):
        assert_problem(client.send_message(members), "divar-unintelligible", "unknown")
    sandbox.clear_faults()
    for _ in range(20):
        assert dry(client, members).status_code in (200, 503)
    wait_until(lambda: client.read(CONVERSATION).status_code == 200, "a read that is let through", 5)
    assert client.read(CONVERSATION).status_code == 200
    assert_sent(client.send_message(members))


# What is refused


INVALID = {
    "empty text": {"conversation_id": CONVERSATION, "text": ""},
    "no content": {"conversation_id": CONVERSATION},
    "two targets": {"conversation_id": CONVERSATION, "user_id": USER, "text": "x"},
    "unknown member": message(colour=1),
    "long text": message(text="x" * 4097),
    "two actions": with_button(open_url="https://example.com", open_post="p"),
    "bad link": with_button(open_url="ftp://example.com"),
    "sender's buttons of a bot": message(sender_buttons=[[{"caption": "a", "open_post": "p"}]]),
}


@pytest.mark.parametrize("kind", INVALID)
def test_an_invalid_message_is_refused_the_same(kind, recorded_client, upstream):
    plain = assert_problem(recorded_client.send_message(INVALID[kind]), "invalid-request", "not_sent")
    tried = assert_problem(dry(recorded_client, INVALID[kind]), "invalid-request", "not_sent")
    assert pointers(tried) == pointers(plain)
    differing = {"trace_id"}
    assert {name: tried[name] for name in tried if name not in differing} == {
        name: plain[name] for name in plain if name not in differing
    }
    assert upstream.requests == []


def test_a_missing_token_is_asked_for_the_same(recorded_client, upstream):
    for members in ({"user_id": USER, "text": "x"}, message(**{"as": "user"})):
        plain = recorded_client.send_message(members)
        tried = dry(recorded_client, members)
        assert (tried.status_code, tried.json()["type"]) == (plain.status_code, plain.json()["type"])
        assert tried.status_code == 400
    assert upstream.requests == []


def test_who_may_not_send_may_not_look(start_behind, start_upstream, new_client):
    upstream = start_upstream()
    callers = {"reader": {**caller("reader")["reader"], "may": ["read"]}, **caller("sender")}
    client = new_client(start_behind(upstream, callers=callers))
    assert_problem(dry(client, message()), "unauthenticated", "not_sent")
    assert_problem(dry(client, message(), bearer("reader")), "not-allowed", "not_sent")
    planned = assert_planned(dry(client, message(), bearer("sender")))
    # The caller's own key is for the gateway alone.
    assert "Authorization" not in planned["request"]["headers"]
    assert bearer("sender")["Authorization"] not in json.dumps(planned)


@pytest.mark.parametrize("value", ["yes", "1", "", "true, false", "tru", "?2"])
def test_a_value_that_is_neither_yes_nor_no_is_an_error(value, recorded_client, upstream):
    answered = recorded_client.send_message(message(), headers={"Dry-Run": value})
    assert_problem(answered, "invalid-request", "not_sent")
    assert upstream.requests == []


@pytest.mark.parametrize("value", ["true", "True", "TRUE", "?1"])
def test_yes_may_be_written_in_these_ways(value, recorded_client, upstream):
    assert_planned(recorded_client.send_message(message(), headers={"Dry-Run": value}))
    assert upstream.requests == []


@pytest.mark.parametrize("value", ["false", "False", "?0"])
def test_no_sends_the_message(value, recorded_client, upstream):
    assert_sent(recorded_client.send_message(message(), headers={"Dry-Run": value}))
    assert len(upstream.requests) == 1


def test_two_fields_are_an_error_and_nothing_is_sent(new_wire, upstream):
    wire = new_wire()
    body = json.dumps(message()).encode()
    wire.send(
        b"POST /send HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nDry-Run: false\r\nDry-Run: true\r\n"
        + f"Content-Length: {len(body)}\r\n\r\n".encode() + body
    )
    assert wire.answer().status_code == 400
    assert upstream.requests == []
