"""The rules of everything but a send: paths, methods, the id of a conversation, the body of an upload."""

import pytest

from checks import assert_problem, assert_refused_and_closed
from wire import Wire, request


@pytest.mark.parametrize("segment", [".", "..", "%2e", "%2E%2e", "a%2Fb", "a%00", "a%20b", "%", "%zz", "a%2", "x" * 129, "a:b", "%D8%B3", "a+b", "%ff"])
def test_a_conversation_to_read_has_an_id_of_the_grammar(segment, recorded, upstream):
    # Over the wire: clients tidy up paths like these.
    with Wire(recorded[0].connect()) as wire:
        answered = wire.send(request("GET", f"/conversations/{segment}", [("X-Access-Token", "t")])).answer()
    assert_problem(answered, "invalid-request")
    assert upstream.requests == []


def test_an_id_may_come_percent_encoded(recorded, upstream):
    with Wire(recorded[0].connect()) as wire:
        answered = wire.send(request("GET", "/conversations/%63-%31", [("X-Access-Token", "t")])).answer()
    assert answered.json()["id"] == "c-1"
    assert upstream.requests[-1].path == "/v1/open-platform/chat/conversations/c-1"


@pytest.mark.parametrize(
    "path", ["/", "/Send", "/send/", "//send", "/send/x", "/conversations", "/conversations/", "/conversations/a/b", "/health", "/health/", "/upload-token/", "/%73end", "/../send", "/messages/x", "/_sandbox/ledger"]
)
def test_there_is_nothing_at_other_paths(path, recorded, upstream):
    with Wire(recorded[0].connect()) as wire:
        answered = wire.send(request("GET", path, [("X-Access-Token", "t")])).answer()
    assert_problem(answered, "no-such-resource")
    assert upstream.requests == []


def test_reading_needs_a_user_token(recorded_client, upstream):
    problem = assert_problem(recorded_client.read("c-1", token=None), "user-token-required")
    assert "X-Access-Token" in problem["detail"]
    assert upstream.requests == []


@pytest.mark.parametrize("body", [b"{}", b" { } ", b""])
def test_an_upload_token_is_asked_for_with_nothing(body, recorded_client, upstream):
    assert recorded_client.post("/upload-token", data=body).status_code == 200
    assert upstream.requests[-1].body == b"{}"


@pytest.mark.parametrize("body", [b"[]", b"null", b'{"a":1}', b"x", b"{}{}"])
def test_an_upload_token_is_not_given_for_anything_else(body, recorded_client, upstream):
    assert_problem(recorded_client.post("/upload-token", data=body), "invalid-request")
    assert upstream.requests == []


def test_a_method_that_a_resource_does_not_have_is_refused(recorded_client, upstream):
    allowed = {
        "/send": "POST", "/upload-token": "POST", "/conversations/c-1": "GET, HEAD", "/health/live": "GET, HEAD",
        "/health/ready": "GET, HEAD", "/messages/01a20627-2ac1-74b5-b996-25a98f03d29a": "GET, HEAD, DELETE", "/openapi.json": "GET, HEAD",
    }
    for path, methods in allowed.items():
        for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"):
            if method in methods.split(", "):
                continue
            answered = recorded_client.request(method, path)
            assert answered.status_code == 405, (method, path)
            assert answered.headers["Allow"] == methods
            if method != "HEAD":
                assert_problem(answered, "method-not-allowed")
    assert upstream.requests == []


@pytest.mark.parametrize("method", ["PROPFIND", "QUERY", "CONNECT", "get", "SEND"])
def test_a_method_that_the_gateway_does_not_know_is_refused(method, recorded, upstream):
    """What a request with it means, and where it ends, can't be known: the connection closes."""
    with Wire(recorded[0].connect()) as wire:
        wire.send(request(method, "/send") + request())
        assert_refused_and_closed(wire, "method-not-implemented")
    assert upstream.requests == []


def test_trace_is_refused_and_nothing_behind_it_is_read(recorded, upstream):
    with Wire(recorded[0].connect()) as wire:
        answered = wire.send(request("TRACE", "/send", [("Authorization", "Bearer k")]) + request()).answer()
        assert_problem(answered, "method-not-allowed")
        assert answered.headers["allow"] == "POST"
        assert b"Bearer" not in answered.content
        assert wire.is_closed()
