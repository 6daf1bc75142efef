"""Conditional requests: 304 where the client has it, and only there; and the connection that goes on after it."""

import json

import pytest

from caching import (
    assert_forwarded, assert_hit, calls_for, fresh_id, parse_cache_status, read, recorded_with, saying, status_of,
)
from checks import assert_problem
from upstream import complaint
from wire import request

recorded = recorded_with()
TOKEN = ("X-Access-Token", "token-a")

MATCHING = {
    "the tag": "{tag}", "a weak one": "W/{tag}", "the first": '{tag}, "other"', "the last": '"a", W/"b", {tag}',
    "without spaces": '"a",{tag},"b"', "any": "*", "with empty members": ', ,{tag},',
    "after commas inside": '"a,b", {tag}',
    "with tabs": '"a"\t,\t{tag}',
}
OTHERS = {
    "another": '"other"', "a prefix": "{prefix}", "upper case": "{upper}", "no quotes": "{bare}", "only quotes": '""',
    "one quote": '"', "no second quote": '"{bare}', "no first quote": '{bare}"', "garbage": "\xc3\xbf;;==", "empty": "",
    "a star in quotes": '"*"', "weak in small": 'w/"other"', "several others": '"a", "b", W/"c"',
}


def spelt(pattern, tag):
    bare = tag.strip('"')
    return pattern.format(tag=tag, bare=bare, prefix=tag[:-2] + '"', upper=f'"{bare.upper()}x"')


@pytest.fixture
def kept(recorded_client, upstream):
    """A conversation that is kept, and its answer."""
    conversation = fresh_id()
    upstream.reply = saying("first")
    return conversation, read(recorded_client, conversation)


def assert_not_modified(answered, tag):
    assert answered.status_code == 304
    assert answered.content == b""
    assert answered.headers["ETag"] == tag
    assert answered.headers["Cache-Control"] == "private, no-cache"
    assert answered.headers["Vary"] == "Authorization, X-Access-Token, X-User"
    assert answered.headers["Date"]
    return answered


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("pattern", MATCHING.values(), ids=MATCHING)
def test_what_the_client_has_is_not_given_again(pattern, method, kept, recorded_client, upstream):
    conversation, first = kept
    tag = first.headers["ETag"]
    answered = read(recorded_client, conversation, condition=spelt(pattern, tag), method=method)
    assert_not_modified(answered, tag)
    assert_hit(answered, 304)
    assert answered.headers["Age"] == "0"
    # RFC 9110, section 8.6: either what a 200 would have, or nothing.
    assert answered.headers.get("Content-Length", str(len(first.content))) == str(len(first.content))
    assert len(calls_for(upstream, conversation)) == 1


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("pattern", OTHERS.values(), ids=OTHERS)
def test_what_the_client_does_not_have_is_given(pattern, method, kept, recorded_client):
    conversation, first = kept
    condition = spelt(pattern, first.headers["ETag"])
    answered = read(recorded_client, conversation, condition=condition, method=method)
    assert_hit(answered, 200)
    assert answered.content == (first.content if method == "GET" else b"")
    assert answered.headers["Content-Length"] == str(len(first.content))


def test_a_condition_is_about_what_is_there_now(kept, recorded_client, upstream):
    conversation, first = kept
    tag = first.headers["ETag"]
    answered = read(recorded_client, conversation, condition=tag, control="no-cache")
    assert_not_modified(answered, tag)
    assert_forwarded(answered, "request", 304, fwd_status=200, stored=True)
    upstream.reply = saying("second")
    answered = read(recorded_client, conversation, condition=tag, control="no-cache")
    assert answered.status_code == 200 and answered.headers["ETag"] != tag
    answered = read(recorded_client, conversation, condition=tag)
    assert_hit(answered)
    assert len(calls_for(upstream, conversation)) == 3
    assert all(not call.values("If-None-Match") for call in calls_for(upstream, conversation)), "a client's tag went up"


def test_a_condition_on_a_first_read_is_answered_by_what_comes(kept, recorded_client, upstream):
    conversation, first = kept
    tag = first.headers["ETag"]
    answered = read(recorded_client, conversation, "token-b", condition=tag)
    assert_not_modified(answered, tag)
    assert_forwarded(answered, "uri-miss", 304, fwd_status=200, stored=True)
    assert len(calls_for(upstream, conversation)) == 2
    assert read(recorded_client, fresh_id(), condition="*").status_code == 304


@pytest.mark.parametrize("condition", ["*", '"x"'])
def test_a_failure_is_never_not_modified(condition, recorded_client, upstream):
    conversation = fresh_id()
    upstream.reply = lambda request: complaint(500, 13, "broken")
    assert_problem(read(recorded_client, conversation, condition=condition), "divar-failed")
    upstream.reply = lambda request: complaint(404, 5, "not found")
    for _ in range(2):
        assert_problem(read(recorded_client, conversation, condition=condition), "not-found-at-divar")
    answered = read(recorded_client, fresh_id(), condition=condition, control="only-if-cached")
    assert_problem(answered, "not-cached")


# On a connection


def test_a_condition_may_come_in_several_lines(kept, wire):
    conversation, first = kept
    tag, target = first.headers["ETag"], f"/conversations/{conversation}"
    for lines, status in ((['"a"', tag], 304), ([tag, '"b"'], 304), (['"a"', '"b"'], 200), (["", f"W/{tag}"], 304)):
        wire.send(request("GET", target, [TOKEN, *(("If-None-Match", line) for line in lines)]))
        answered = wire.answer(to_head=status == 304)
        assert answered.status_code == status, lines
        assert answered.headers["etag"] == tag


def test_directives_may_come_in_several_lines(kept, wire, upstream):
    conversation, _ = kept
    target = f"/conversations/{conversation}"
    for lines, status, hit in (
        (["max-age=100", "no-cache"], 200, False), (["no-cache", "max-age=100"], 200, False),
        (["foo", "max-age=100"], 200, True), (["only-if-cached", "no-store"], 504, False),
        (["", "no-store"], 200, False), (["max-age=100", "only-if-cached"], 200, True),
    ):
        wire.send(request("GET", target, [TOKEN, *(("Cache-Control", line) for line in lines)]))
        answered = wire.answer()
        assert answered.status_code == status, (lines, answered.content)
        assert parse_cache_status(answered.headers["cache-status"]).get("hit", False) == hit, lines


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_connection_goes_on_after_a_304(method, kept, wire):
    conversation, first = kept
    target, tag = f"/conversations/{conversation}", first.headers["ETag"]
    conditional = request(method, target, [TOKEN, ("If-None-Match", tag)])
    plain = request("GET", target, [TOKEN])
    # One after the other, and all at once.
    for sent in ([conditional], [plain], [conditional, conditional, plain, conditional, plain]):
        wire.send(b"".join(sent))
        for one in sent:
            answered = wire.answer(to_head=one is conditional)
            assert answered.status_code == (304 if one is conditional else 200)
            assert "transfer-encoding" not in answered.headers
            assert answered.headers.get("connection", "keep-alive") == "keep-alive"
            if one is plain:
                assert json.loads(answered.content) == first.json()
    assert not wire.buffer


def test_a_304_closes_where_the_client_asked_for_it(kept, wire):
    conversation, first = kept
    fields = [TOKEN, ("If-None-Match", first.headers["ETag"]), ("Connection", "close")]
    wire.send(request("GET", f"/conversations/{conversation}", fields))
    answered = wire.answer(to_head=True)
    assert answered.status_code == 304 and answered.headers["connection"] == "close"
    assert wire.is_closed()


def test_a_stale_answer_can_be_what_the_client_has(start_behind, start_upstream, new_client):
    upstream = start_upstream(saying("first"))
    client = new_client(start_behind(upstream, cache={"ttl": "0s", "stale_if_error": "60s"}))
    conversation = fresh_id()
    upstream.reply = saying("first", fields=[("Cache-Control", "max-age=0, stale-if-error=60")])
    first = read(client, conversation)
    upstream.reply = lambda request: complaint(503, 14, "away")
    answered = read(client, conversation, condition=first.headers["ETag"])
    assert_not_modified(answered, first.headers["ETag"])
    assert status_of(answered)["detail"] == "stale-if-error"
