"""What failures, refusals and unknown conversations do to what is kept, and where a stale answer stands in."""

import time

import pytest

from caching import (
    assert_forwarded, assert_hit, assert_representation, at_once, calls_for, conversation_body, fresh_id, read,
    recorded_with, saying, status_of, texts, wait_until_expired,
)
from checks import assert_problem, assert_sent
from conftest import Client
from processes import wait_until
from upstream import Bytes, Gate, RecordingUpstream, answer, answer_bytes, complaint

recorded = recorded_with(
    cache={"ttl": "250ms", "negative_ttl": "250ms", "stale_if_error": "60s"}, upstream={"deadline": "600ms"}
)
HTML = b"<html><body>Bad Gateway</body></html>"
WHOLE = answer_bytes(200, conversation_body("c", "half"))

#: Divar fails: the problem that it makes, its status where it answered, and the answer.
FAILURES = {
    "500": ("divar-failed", 500, complaint(500, 13, "internal")),
    "503": ("divar-failed", 503, complaint(503, 14, "unavailable")),
    "a page under 502": ("divar-unintelligible", 502, answer(502, HTML, content_type="text/html")),
    "a page under 200": ("divar-unintelligible", 200, answer(200, HTML, content_type="text/html")),
    "half a body": ("divar-unintelligible", None, Bytes(WHOLE[:-20], close=True)),
    "half a head": ("divar-unintelligible", None, Bytes(WHOLE[:30], close=True)),
    "no answer": ("divar-unintelligible", None, Bytes(close=True)),
    "an empty body": ("divar-unintelligible", 200, answer(200, b"")),
    "another shape": ("divar-unintelligible", 200, answer(200, [1])),
    "no HTTP": ("divar-unintelligible", None, Bytes(b"SSH-2.0\r\n\r\n", close=True)),
    "too late": ("divar-timeout", None, Bytes(1.5, WHOLE, close=True)),
    "429": ("divar-limit", 429, complaint(429, 8, "daily quota")),
    "a page under 429": ("divar-unintelligible", 429, answer(429, HTML, content_type="text/html")),
    "a redirect": ("divar-unintelligible", 302, answer(302, b"", [("Location", "/x")])),
}
#: Divar's word against the request.
REFUSALS = {
    "400": ("divar-rejected", 400, complaint(400, 3, "bad")),
    "401": ("divar-refused-credentials", 401, complaint(401, 16, "who?")),
    "403": ("divar-refused-credentials", 403, complaint(403, 7, "no")),
    "404": ("not-found-at-divar", 404, complaint(404, 5, "not found")),
}


STALE = (("Cache-Control", "max-age=0"),)


def expired(client, upstream, token="token-a", fields=STALE):
    """A conversation whose kept answer, `first`, is stale: at once, or without fields after `ttl`."""
    conversation = fresh_id()
    upstream.reply = saying("first", fields=fields)
    assert_forwarded(read(client, conversation, token), "uri-miss", stored=True)
    wait_until_expired(client, conversation, token)
    return conversation


@pytest.mark.parametrize("kind,status,failure", FAILURES.values(), ids=FAILURES)
def test_a_failure_is_never_kept(kind, status, failure, recorded_client, upstream):
    conversation = fresh_id()
    upstream.reply = lambda request: failure
    answered = read(recorded_client, conversation)
    assert assert_problem(answered, kind)
    told = assert_forwarded(answered, "uri-miss", answered.status_code)
    assert told.get("fwd-status") == status and "stored" not in told
    assert "Age" not in answered.headers and "ETag" not in answered.headers
    assert answered.headers["Cache-Control"] == "no-store"
    upstream.reply = saying("well again")
    answered = read(recorded_client, conversation)
    assert_forwarded(answered, "uri-miss", stored=True)
    assert texts(answered) == ["well again"]
    assert len(calls_for(upstream, conversation)) == 2


@pytest.mark.parametrize("kind,status,failure", FAILURES.values(), ids=FAILURES)
def test_a_stale_answer_stands_in_for_a_failure(kind, status, failure, recorded_client, upstream):
    conversation = expired(recorded_client, upstream)
    upstream.reply = lambda request: failure
    for _ in range(2):
        answered = assert_representation(read(recorded_client, conversation))
        assert texts(answered) == ["first"]
        told = assert_forwarded(answered, "stale", fwd_status=status, detail="stale-if-error")
        assert told["ttl"] < 0 and {"stored", "hit"}.isdisjoint(told)
        assert answered.headers["Age"].isdigit()
    upstream.reply = saying("well again")
    answered = read(recorded_client, conversation)
    assert_forwarded(answered, "stale", stored=True)
    assert texts(answered) == ["well again"]


@pytest.mark.parametrize("kind,status,refusal", REFUSALS.values(), ids=REFUSALS)
def test_nothing_stands_in_for_a_refusal(kind, status, refusal, recorded_client, upstream):
    conversation = expired(recorded_client, upstream, fresh_id("token"))
    upstream.reply = lambda request: refusal
    answered = read(recorded_client, conversation)
    assert_problem(answered, kind)
    assert status_of(answered)["fwd-status"] == status


@pytest.mark.parametrize(
    "control", ["max-age=1000", "min-fresh=0", "no-cache", "max-age=0", "no-store", "only-if-cached"]
)
def test_nothing_stale_for_who_asks_for_freshness(control, recorded_client, upstream):
    conversation = expired(recorded_client, upstream)
    upstream.reply = lambda request: FAILURES["503"][2]
    answered = read(recorded_client, conversation, control=control)
    assert_problem(answered, "not-cached" if control == "only-if-cached" else "divar-failed")


@pytest.mark.parametrize(
    "control", ["must-revalidate, max-age=0", "no-cache", "max-age=0, stale-if-error=0", "MUST-REVALIDATE"]
)
def test_nothing_stale_where_divar_forbids_it(control, recorded_client, upstream):
    fields = [("Cache-Control", control), ("ETag", '"v1"')]
    conversation = expired(recorded_client, upstream, fields=fields)
    upstream.reply = lambda request: FAILURES["503"][2]
    assert_problem(read(recorded_client, conversation), "divar-failed")


def test_nothing_stale_after_the_token_s_end(recorded_client, upstream):
    token = fresh_id("token")
    conversation = expired(recorded_client, upstream, token)
    upstream.reply = lambda request: FAILURES["503"][2]
    assert texts(read(recorded_client, conversation, token)) == ["first"]
    assert_problem(read(recorded_client, conversation, token, expires=1), "divar-failed")
    assert_problem(read(recorded_client, conversation, token), "divar-failed")


def test_a_stale_answer_stands_in_only_for_so_long(start_behind, start_upstream, new_client):
    upstream = start_upstream(saying("first"))
    client = new_client(start_behind(upstream, cache={"ttl": "200ms", "stale_if_error": "600ms"}))
    conversation = expired(client, upstream, fields=())
    start = time.monotonic()
    upstream.reply = lambda request: FAILURES["503"][2]
    assert texts(read(client, conversation)) == ["first"]
    wait_until(lambda: read(client, conversation).status_code == 502, "the end of stale_if_error", 3)
    assert 0.4 < time.monotonic() - start < 1.5
    # Divar's own word comes before the operator's.
    longer = expired(client, upstream, fields=[("Cache-Control", "max-age=0, stale-if-error=100")])
    upstream.reply = lambda request: FAILURES["503"][2]
    end = time.monotonic() + 0.9
    while time.monotonic() < end:
        assert texts(read(client, longer)) == ["first"]


def test_a_failure_does_not_push_out_what_is_fresh(start_behind, start_upstream, new_client):
    upstream = start_upstream(saying("first"))
    client = new_client(start_behind(upstream))
    conversation = fresh_id()
    read(client, conversation)
    upstream.reply = lambda request: FAILURES["503"][2]
    assert_problem(read(client, conversation, control="no-cache"), "divar-failed")
    answered = read(client, conversation)
    assert_hit(answered)
    assert texts(answered) == ["first"]


def test_an_unreachable_divar_is_stood_in_for(start_behind, new_client):
    upstream = RecordingUpstream()
    client = new_client(start_behind(upstream, cache={"ttl": "200ms"}))
    conversation = expired(client, upstream, fields=())
    upstream.stop()
    answered = read(client, conversation)
    assert_forwarded(answered, "stale", detail="stale-if-error")
    assert texts(answered) == ["first"]
    assert_problem(read(client, fresh_id()), "divar-unreachable")


# Refused tokens


@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize("how", ["read", "read past the cache", "page", "send as the user", "send to a user"])
def test_a_refused_token_loses_all_that_it_brought(how, status, recorded_client, upstream):
    refused, other, conversations = fresh_id("token"), fresh_id("token"), [fresh_id() for _ in range(3)]
    upstream.reply = saying("first", fields=[("Cache-Control", "max-age=100")])
    for token in (refused, other):
        for conversation in conversations:
            assert_forwarded(read(recorded_client, conversation, token), "uri-miss", stored=True)
            assert_hit(read(recorded_client, conversation, token))
    page = answer(status, HTML, content_type="text/html")
    upstream.reply = lambda request: page if how == "page" else REFUSALS[str(status)][2]
    if how.startswith("send"):
        target = {"user_id": "u-9"} if how == "send to a user" else {"conversation_id": fresh_id()}
        answered = recorded_client.send_message({**target, "text": "x"}, headers={"X-Access-Token": refused})
    else:
        control = "no-store" if "past" in how else "no-cache"
        answered = read(recorded_client, conversations[0], refused, control=control)
    assert_problem(answered, "divar-unintelligible" if how == "page" else "divar-refused-credentials")
    upstream.reply = saying("second")
    for conversation in conversations:
        assert_hit(read(recorded_client, conversation, other))
    for conversation in conversations:
        answered = read(recorded_client, conversation, refused)
        assert texts(answered) == ["second"], f"{conversation} was kept"
        assert_forwarded(answered, "uri-miss", stored=True)


def test_a_read_under_way_when_its_token_is_refused_is_not_kept(recorded, recorded_client, upstream):
    token, slow, refused = fresh_id("token"), fresh_id(), fresh_id()
    gate = Gate(saying("first"))
    upstream.reply = gate

    def ask(index):
        if index == 0:
            with Client(recorded[0].url) as client:
                return read(client, slow, token)
        upstream.wait_for_requests(1)
        upstream.reply = lambda request: REFUSALS["401"][2]
        refusal = read(recorded_client, refused, token)
        upstream.reply = saying("second")
        gate.open()
        return refusal

    waited, refusal = at_once(2, ask)
    assert_problem(refusal, "divar-refused-credentials")
    assert texts(waited) == ["first"]
    assert "stored" not in assert_forwarded(waited, "uri-miss")
    assert texts(read(recorded_client, slow, token)) == ["second"]


def test_what_divar_no_longer_knows_is_gone(recorded_client, upstream):
    conversation = expired(recorded_client, upstream)
    upstream.reply = lambda request: REFUSALS["404"][2]
    assert_forwarded(read(recorded_client, conversation), "stale", 404, fwd_status=404, stored=True)
    assert_hit(read(recorded_client, conversation), 404, detail="negative")
    wait_until_expired(recorded_client, conversation)
    upstream.reply = lambda request: FAILURES["503"][2]
    assert_problem(read(recorded_client, conversation), "divar-failed")


def test_a_page_under_404_is_no_word_of_divar_s(recorded_client, upstream):
    conversation = fresh_id()
    upstream.reply = lambda request: answer(404, HTML, content_type="text/html")
    answered = read(recorded_client, conversation)
    assert_problem(answered, "divar-unintelligible")
    assert "stored" not in status_of(answered)
    upstream.reply = saying("there it is")
    assert texts(read(recorded_client, conversation)) == ["there it is"]


# A stale answer while a fresh one is fetched


@pytest.fixture
def revalidating(start_behind, start_upstream, new_client):
    """A client and an upstream of a gateway that gives stale answers, and a conversation that is stale."""
    upstream = start_upstream()
    cache = {"ttl": "250ms", "stale_while_revalidate": "30s", "stale_if_error": "60s"}
    client = new_client(start_behind(upstream, cache=cache, upstream={"deadline": "3s"}))
    conversation = fresh_id()
    upstream.reply = saying("first")
    read(client, conversation)
    wait_until(lambda: read(client, conversation, control="max-age=60, only-if-cached").status_code == 504, "the end")
    return client, upstream, conversation


def test_a_stale_answer_is_given_at_once_while_a_fresh_one_is_fetched(revalidating):
    client, upstream, conversation = revalidating
    gate = upstream.reply = Gate(saying("second", fields=[("Cache-Control", "max-age=100")]))
    for _ in range(5):
        answered = assert_representation(read(client, conversation, timeout=2))
        assert texts(answered) == ["first"]
        assert assert_hit(answered, detail="stale-while-revalidate")["ttl"] < 0
    upstream.wait_for_requests(2)
    assert_hit(read(client, conversation, control="only-if-cached"), detail="stale-while-revalidate")
    assert len(calls_for(upstream, conversation)) == 2, "one refresh is enough"
    gate.open()
    wait_until(lambda: texts(read(client, conversation)) == ["second"], "the fresh answer")
    assert "detail" not in assert_hit(read(client, conversation))
    assert len(calls_for(upstream, conversation)) == 2


def test_nothing_is_fetched_in_the_background_for_who_asks_only_memory(revalidating):
    client, upstream, conversation = revalidating
    answered = read(client, conversation, control="only-if-cached")
    assert_hit(answered, detail="stale-while-revalidate")
    assert texts(read(client, conversation, control="max-age=60")) == ["first"]
    assert len(calls_for(upstream, conversation)) == 2


def test_a_refresh_that_fails_changes_nothing(revalidating):
    client, upstream, conversation = revalidating
    upstream.reply = lambda request: FAILURES["503"][2]
    while len(calls_for(upstream, conversation)) < 4:
        answered = read(client, conversation)
        assert_hit(answered, detail="stale-while-revalidate")
        assert texts(answered) == ["first"]
    upstream.reply = saying("second")
    wait_until(lambda: texts(read(client, conversation)) == ["second"], "the fresh answer")


@pytest.mark.parametrize("name", ["401", "404"])
def test_a_refresh_that_is_refused_ends_it(name, revalidating):
    client, upstream, conversation = revalidating
    upstream.reply = lambda request: REFUSALS[name][2]
    assert texts(read(client, conversation)) == ["first"]
    upstream.wait_for_requests(2)
    wait_until(lambda: read(client, conversation).status_code == REFUSALS_SEEN[name], "the refusal")
    assert_problem(read(client, conversation), REFUSALS[name][0])


REFUSALS_SEEN = {"401": 502, "404": 404}


def test_no_stale_answer_after_a_send(revalidating):
    client, upstream, conversation = revalidating
    gate = upstream.reply = Gate(saying("from before"))
    assert texts(read(client, conversation)) == ["first"]
    upstream.wait_for_requests(2)
    upstream.reply = lambda request: answer(200, {"conversation_id": conversation})
    assert_sent(client.send_message(conversation_id=conversation, text="x"))
    upstream.reply = lambda request: FAILURES["503"][2]
    assert_problem(read(client, conversation), "divar-failed")
    gate.open()
    upstream.reply = saying("after")
    assert texts(read(client, conversation)) == ["after"]
