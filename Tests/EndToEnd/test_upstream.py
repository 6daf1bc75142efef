"""What goes up to Divar, byte for byte: the fields, the trace, the path, the body, and nothing of a caller's own."""

import json
import re

import pytest

from calls import CALLS, PATHS, TOKEN, USERS_TOKEN, unknown_if_send
from checks import assert_problem, assert_sent
from conftest import KEY, upstream_configuration
from upstream import answer, divar_body


@pytest.mark.parametrize("call", CALLS)
def test_a_request_has_exactly_these_fields(call, recorded_client, upstream, recorded):
    answered = CALLS[call](recorded_client)
    assert answered.status_code == 200, answered.text
    [request] = upstream.requests
    assert request.version == "HTTP/1.1"
    assert request.path == PATHS[call]
    assert request.method == ("GET" if call == "read" else "POST")
    expected = {"host", "x-api-key", "accept", "user-agent", "traceparent", "via"}
    if call != "read":
        expected |= {"content-type", "content-length"}
    if call in ("read", "message-as-user"):
        expected |= {"authorization"}
    assert sorted(name.lower() for name, _ in request.fields) == sorted(expected)
    assert request.value("host") == f"127.0.0.1:{upstream.port}"
    assert request.value("x-api-key") == KEY
    assert request.value("accept") == "application/json"
    assert re.fullmatch(r"divar-gateway/\d+\.\d+\.\d+", request.value("user-agent"))
    if call == "message-as-user":
        assert request.value("authorization") == f"Bearer {USERS_TOKEN}"
    if call == "read":
        assert request.value("authorization") == "Bearer sandbox-user-token"
    if call != "read":
        assert request.value("content-type") == "application/json"
        assert request.value("content-length") == str(len(request.body))


def test_a_user_token_does_not_go_up_where_divar_needs_none(recorded_client, upstream):
    assert_sent(recorded_client.send_message({"conversation_id": "c-1", "text": "x", "as": "bot"}, headers=TOKEN))
    assert recorded_client.post("/upload-token", headers=TOKEN).status_code == 200
    assert len(upstream.requests) == 2
    for request in upstream.requests:
        assert request.values("authorization") == []
    assert USERS_TOKEN.encode() not in upstream.bytes


@pytest.mark.parametrize("call", CALLS)
def test_nothing_that_a_caller_sends_goes_up(call, recorded_client, upstream):
    smuggled = {
        "X-API-Key": "SMUGGLED-key", "Authorization": "Bearer SMUGGLED-authorization", "Cookie": "SMUGGLED=cookie",
        "User-Agent": "SMUGGLED-agent", "X-Forwarded-For": "SMUGGLED-address", "Accept": "SMUGGLED/accept",
        "Accept-Language": "SMUGGLED", "Via": "SMUGGLED", "tracestate": "SMUGGLED=1", "Baggage": "SMUGGLED=1",
        "X-Anything": "SMUGGLED", "Referer": "http://SMUGGLED/", "Idempotency-Key": f"SMUGGLED-{call}",
        "traceparent": "SMUGGLED",
    }
    recorded_client.headers.update(smuggled)
    recorded_client.params = {"SMUGGLED": "query"}
    answered = CALLS[call](recorded_client)
    assert answered.status_code == 200, answered.text
    upstream.wait_for_requests(1)
    assert b"SMUGGLED" not in upstream.bytes


def test_a_traceparent_is_continued_with_a_span_of_our_own(recorded_client, upstream):
    trace, span = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
    headers = {"traceparent": f"00-{trace}-{span}-01"}
    spans = set()
    for _ in range(3):
        assert_sent(recorded_client.send_message({"conversation_id": "c-1", "text": "x"}, headers=headers))
    for request in upstream.requests:
        version, id, parent, flags = request.value("traceparent").split("-")
        assert (version, id, flags) == ("00", trace, "01")
        assert re.fullmatch("[0-9a-f]{16}", parent) and parent not in (span, "0" * 16)
        spans.add(parent)
    assert len(spans) == 3


@pytest.mark.parametrize(
    "given",
    [
        None, "", "nonsense", "00-" + "0" * 32 + "-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-" + "0" * 16 + "-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-extra",
    ],
)
def test_without_a_valid_traceparent_a_trace_is_begun(given, recorded_client, upstream):
    headers = {} if given is None else {"traceparent": given}
    assert_sent(recorded_client.send_message({"conversation_id": "c-1", "text": "x"}, headers=headers))
    traceparent = upstream.requests[0].value("traceparent")
    assert re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-00", traceparent)
    assert "4bf92f3577b34da6a3ce929d0e0e4736" not in traceparent


def test_a_problem_names_its_trace(recorded_client, upstream):
    upstream.reply = lambda request: answer(503, b"<html></html>")
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    headers = {"traceparent": f"00-{trace}-00f067aa0ba902b7-01"}
    answered = recorded_client.send_message({"conversation_id": "c-1", "text": "x"}, headers=headers)
    assert assert_problem(answered, "divar-unintelligible", "unknown")["trace_id"] == trace


def test_every_character_of_an_id_arrives_as_one_segment(recorded_client, upstream):
    assert_sent(recorded_client.send_message(conversation_id="a.b_c~d-e..", text="x"))
    # The token lets bot.user through; the id has every character of base64.
    answered = recorded_client.send_message({"user_id": "ab+/cd==_-", "text": "x"}, headers=TOKEN)
    assert_sent(answered, "v1.bot.user")
    paths = [request.path for request in upstream.requests]
    assert paths[0] == "/v1/open-platform/chat/bot/conversations/a.b_c~d-e../messages"
    assert paths[1] == "/v1/open-platform/chat/bot/users/ab%2B%2Fcd%3D%3D_-/messages"


def test_the_body_is_made_anew_and_not_relayed(recorded_client, upstream):
    body = b'  {"text" : "\\u0633\\u0644\\u0627\\u0645", "conversation_id":\n"c-1", "buttons": null }  '
    answered = recorded_client.post("/send", data=body, headers={"Content-Type": "application/json"})
    assert_sent(answered)
    assert upstream.requests[0].body == '{"text_message":"سلام"}'.encode()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("call", CALLS)
def test_a_redirect_is_not_followed(call, status, recorded_client, upstream, start_upstream):
    elsewhere = start_upstream()
    body = json.dumps(divar_body(PATHS[call])).encode()
    upstream.reply = lambda request: answer(status, body, [("Location", elsewhere.url + "/stolen")])
    problem = assert_problem(CALLS[call](recorded_client), "divar-unintelligible", unknown_if_send(call))
    assert problem["divar_status"] == status
    upstream.reply = lambda request: answer(status, body, [("Location", "/somewhere")])
    assert_problem(CALLS[call](recorded_client), "divar-unintelligible", unknown_if_send(call))
    assert elsewhere.connections == 0
    assert [request.path for request in upstream.requests] == [PATHS[call]] * 2


def test_the_configuration_for_an_upstream_holds_no_key(start_upstream):
    assert KEY not in json.dumps(upstream_configuration(start_upstream()))
