"""Divar's webhooks: who may bring them, what they drop, and where they go on to."""

import json

import pytest

from calls import USERS_TOKEN
from canaries import PLANTED, canary
from checks import assert_problem
from processes import run
from upstream import Bytes, agreeable, answer, free_port

KEY = PLANTED.plant("identification key", canary("of-the-events"))
TOKEN = {"X-Access-Token": USERS_TOKEN}


def chat_event(conversation, kind="NEW_MESSAGE", member="new_message", **others):
    message = {
        "id": "m-1", "type": "TEXT", "text": "هنوز موجود است؟", "sent_at": 1729429926140000,
        "conversation": {"id": conversation, "type": "POST", "post_token": "AJIEWcw"},
        "sender": {"side": "BUYER", "type": "HUMAN"}, **others,
    }
    return {"type": kind, member: message}


@pytest.fixture
def serve_events(start_gateway, upstream):
    """Starts gateways that expect events, with a long time to live."""

    def start(**events):
        return start_gateway(
            {
                "upstream": {"base_url": upstream.url},
                "apps": {"default": {"keys": [{"env": "DIVAR_API_KEY"}]}},
                "cache": {"ttl": "1h"},
                "events": {"identification_key": {"env": "EVENTS_KEY"}, **events},
            },
            environment={"DIVAR_API_KEY": "a-divar-key", "EVENTS_KEY": KEY},
        )

    return start


def post_event(client, event, key=KEY):
    headers = {"Authorization": key} if key is not None else {}
    return client.post("/events", json=event, headers=headers)


def is_hit(client, conversation, token=USERS_TOKEN):
    answered = client.read(conversation, token)
    assert answered.status_code == 200
    return "; hit" in answered.headers["Cache-Status"]


@pytest.mark.parametrize(
    "kind, member", [("NEW_MESSAGE", "new_message"), ("NEW_CHATBOT_MESSAGE", "new_chatbot_message")]
)
def test_a_message_drops_its_conversation_in_every_partition(kind, member, serve_events, new_client):
    client = new_client(serve_events())
    for token in ("first", "second"):
        for conversation in ("c-1", "c-2"):
            assert not is_hit(client, conversation, token)
            assert is_hit(client, conversation, token)
    answered = post_event(client, chat_event("c-1", kind, member))
    assert (answered.status_code, answered.json()) == (200, {"status": "taken"})
    for token in ("first", "second"):
        assert not is_hit(client, "c-1", token)
        assert is_hit(client, "c-2", token)


def test_a_read_under_way_when_the_event_comes_is_not_kept(serve_events, new_client, upstream):
    client = new_client(serve_events())

    def event_meanwhile(request):
        upstream.reply = agreeable
        assert post_event(new_client(client.url), chat_event("c-1")).status_code == 200
        return agreeable(request)

    upstream.reply = event_meanwhile
    assert not is_hit(client, "c-1")
    assert not is_hit(client, "c-1"), "the answer from before the event was kept"
    assert is_hit(client, "c-1")


@pytest.mark.parametrize(
    "event",
    [
        {"type": "USER_ACCESS_REVOCATION", "user_access_revocation": {"user_id": "u-1"}},
        {"type": "NEW_MESSAGE"},
        {"type": "NEW_MESSAGE", "new_message": {"conversation": {"id": "../.."}}},
        {"type": "NEW_CHATBOT_MESSAGE", "new_message": {"conversation": {"id": "c-1"}}},
    ],
)
def test_what_may_concern_any_conversation_drops_all(event, serve_events, new_client):
    client = new_client(serve_events())
    is_hit(client, "c-1")
    assert post_event(client, event).status_code == 200
    assert not is_hit(client, "c-1")


def test_an_event_of_another_kind_drops_nothing(serve_events, new_client):
    client = new_client(serve_events())
    is_hit(client, "c-1")
    assert post_event(client, {"type": "POST_EDITED", "conversation": {"id": "c-1"}}).status_code == 200
    assert is_hit(client, "c-1")


@pytest.mark.parametrize("key", [None, "", "wrong", KEY + "x", KEY[:-1], "Basic " + KEY, KEY.upper()])
def test_an_event_by_another_key_drops_nothing_and_goes_nowhere(key, serve_events, new_client, start_upstream):
    service = start_upstream()
    client = new_client(serve_events(forward_to=service.url + "/events"))
    is_hit(client, "c-1")
    answered = post_event(client, chat_event("c-1"), key)
    assert_problem(answered, "unauthenticated")
    assert KEY not in answered.text
    assert is_hit(client, "c-1")
    assert service.requests == []


def test_the_key_may_come_as_a_bearer_token(serve_events, new_client):
    assert post_event(new_client(serve_events()), chat_event("c-1"), "Bearer " + KEY).status_code == 200


def test_there_is_no_such_resource_without_a_key(start_behind, upstream, new_client):
    answered = post_event(new_client(start_behind(upstream)), chat_event("c-1"))
    assert_problem(answered, "no-such-resource")


@pytest.mark.parametrize("body", [b"", b"nonsense", b"[]", b'"NEW_MESSAGE"', b"{", b"\xff\xfe"])
def test_what_is_no_object_is_refused_and_goes_nowhere(body, serve_events, new_client, start_upstream):
    service = start_upstream()
    client = new_client(serve_events(forward_to=service.url))
    headers = {"Authorization": KEY, "Content-Type": "application/json"}
    assert_problem(client.post("/events", data=body, headers=headers), "invalid-request")
    assert service.requests == []


def test_an_event_that_is_too_large_is_refused(serve_events, new_client):
    event = chat_event("c-1", text="x" * 256 * 1024)
    assert_problem(post_event(new_client(serve_events()), event), "body-too-large")


def test_an_event_goes_on_as_it_came_but_without_the_key(serve_events, new_client, start_upstream):
    service = start_upstream(lambda request: answer(204))
    client = new_client(serve_events(forward_to=service.url + "/hooks/divar?app=1"))
    body = json.dumps(chat_event("c-1"), indent=3, ensure_ascii=False).encode()
    headers = {"Authorization": KEY, "Content-Type": "application/json; charset=utf-8"}
    assert client.post("/events", data=body, headers=headers).status_code == 200
    (received,) = service.requests
    assert (received.method, received.path, received.body) == ("POST", "/hooks/divar?app=1", body)
    assert received.value("Content-Type") == "application/json"
    assert KEY.encode() not in received.raw and not received.values("Authorization")


@pytest.mark.parametrize("status", [199, 302, 400, 404, 500, 503])
def test_an_event_that_the_service_does_not_take_is_divars_to_repeat(status, serve_events, new_client, start_upstream):
    service = start_upstream(lambda request: answer(status, {"secret": "of the service"}))
    client = new_client(serve_events(forward_to=service.url))
    is_hit(client, "c-1")
    answered = post_event(client, chat_event("c-1"))
    assert_problem(answered, "event-not-forwarded")
    assert "of the service" not in answered.text
    assert not is_hit(client, "c-1"), "what is stale is stale, whoever takes the event"


def test_a_service_that_is_not_there_or_silent_is_reported(serve_events, new_client, start_upstream):
    silent = start_upstream(lambda request: Bytes(3600))
    client = new_client(serve_events(forward_to=silent.url, deadline="200ms"))
    assert_problem(post_event(client, chat_event("c-1")), "event-not-forwarded")
    client = new_client(serve_events(forward_to=f"http://127.0.0.1:{free_port()}"))
    assert_problem(post_event(client, chat_event("c-1")), "event-not-forwarded")


@pytest.mark.parametrize(
    "events, place",
    [
        ("{identification_key: secret}", "events.identification_key"),
        ("{identification_key: {env: NOT_SET_ANYWHERE}}", "events.identification_key"),
        ("{forward_to: 'http://127.0.0.1:1/'}", "events.identification_key"),
        ("{identification_key: {env: PATH}, forward_to: 'ftp://x/'}", "events.forward_to"),
        ("{identification_key: {env: PATH}, forward_to: 'http://user:pw@x/'}", "events.forward_to"),
        ("{identification_key: {env: PATH}, forward_to: 'http://x/#part'}", "events.forward_to"),
        ("{identification_key: {env: PATH}, forward_to: 'http:///x'}", "events.forward_to"),
        ("{identification_key: {env: PATH}, deadline: soon}", "events.deadline"),
        ("{key: x}", "events.key"),
    ],
)
def test_a_configuration_of_events_that_makes_no_sense_is_refused_by_its_line(events, place, tmp_path):
    path = tmp_path / "gateway.yaml"
    path.write_text(f"apps: {{default: {{keys: [{{env: PATH}}]}}}}\nevents: {events}\n")
    checked = run("check", "--config", path, environment={"PATH": "/usr/bin"})
    assert checked.returncode == 78
    assert f"2: {place}: " in checked.stderr + checked.stdout
