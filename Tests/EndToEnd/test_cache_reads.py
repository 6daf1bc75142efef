"""Reads from memory: that the second one is, what its fields say, and what a request may ask of it."""

import time

import pytest

from caching import (
    assert_forwarded, assert_hit, assert_representation, calls_for, fresh_id, read, recorded_with, saying,
    status_of, texts,
)
from checks import assert_problem
from processes import wait_until
from trail import Trail
from upstream import complaint

recorded = recorded_with()


@pytest.fixture
def conversation(recorded_client, upstream):
    """One that is kept, with the text `first`; the upstream would say `second` by now."""
    conversation = fresh_id()
    upstream.reply = saying("first")
    assert_forwarded(read(recorded_client, conversation), "uri-miss", stored=True)
    upstream.reply = saying("second")
    return conversation


# Hits


def test_the_second_read_is_a_hit(recorded_client, upstream):
    conversation = fresh_id()
    first, second = (assert_representation(read(recorded_client, conversation)) for _ in range(2))
    status = assert_forwarded(first, "uri-miss", fwd_status=200, stored=True)
    assert set(status) == {"fwd", "fwd-status", "ttl", "stored"}
    assert status["ttl"] in (9, 10)
    assert "Age" not in first.headers
    assert set(assert_hit(second)) == {"hit", "ttl"}
    assert status_of(second)["ttl"] in (8, 9)
    assert second.headers["Age"] == "0"
    assert second.content == first.content and second.headers["ETag"] == first.headers["ETag"]
    assert second.headers["Content-Type"] == first.headers["Content-Type"] == "application/json"
    assert len(calls_for(upstream, conversation)) == 1


def test_a_hit_ages_until_it_is_none(start_behind, start_upstream, new_client):
    upstream = start_upstream()
    client = new_client(start_behind(upstream, cache={"ttl": "2s"}))
    conversation = fresh_id()
    assert_forwarded(read(client, conversation), "uri-miss")
    start, seen = time.monotonic(), set()
    while status_of(answered := read(client, conversation)).get("hit"):
        age, ttl = int(answered.headers["Age"]), status_of(answered)["ttl"]
        assert age <= time.monotonic() - start + 0.5
        assert 0 <= ttl and age + ttl in (1, 2)
        seen.add((age, ttl))
        assert time.monotonic() < start + 3, "it never ends"
        time.sleep(0.02)
    assert time.monotonic() - start > 1.8
    assert {age for age, _ in seen} == {0, 1} and {ttl for _, ttl in seen} == {0, 1}
    assert_forwarded(answered, "stale", fwd_status=200, stored=True)
    assert len(calls_for(upstream, conversation)) == 2


def test_the_entity_tag_is_the_body_and_nothing_else(recorded_client, upstream):
    conversation = fresh_id()
    upstream.reply = saying("a")
    first = read(recorded_client, conversation)
    again = read(recorded_client, conversation, control="no-cache")
    assert (first.content, first.headers["ETag"]) == (again.content, again.headers["ETag"])
    upstream.reply = saying("b")
    other = read(recorded_client, conversation, control="no-cache")
    assert other.headers["ETag"] != first.headers["ETag"]


def test_head_is_get_without_a_body(recorded_client, upstream, wire):
    conversation = fresh_id()
    head = read(recorded_client, conversation, method="HEAD")
    assert_forwarded(head, "uri-miss", stored=True)
    assert [request.method for request in calls_for(upstream, conversation)] == ["GET"]
    got = read(recorded_client, conversation)
    assert_hit(got)
    again = read(recorded_client, conversation, method="HEAD")
    assert_hit(again)
    assert head.content == again.content == b""
    for name in ("Content-Length", "Content-Type", "ETag", "Cache-Control", "Vary"):
        assert head.headers[name] == got.headers[name] == again.headers[name], name
    assert int(head.headers["Content-Length"]) == len(got.content)
    assert len(calls_for(upstream, conversation)) == 1


def test_the_path_s_spelling_makes_no_difference(recorded_client, upstream):
    conversation = fresh_id("spelt")
    assert_forwarded(read(recorded_client, conversation), "uri-miss")
    assert_hit(read(recorded_client, conversation.replace("s", "%73", 1)))
    assert_forwarded(read(recorded_client, conversation.upper()), "uri-miss")


# Directives of the request


@pytest.mark.parametrize(
    "control",
    [
        "no-cache", "No-Cache", "NO-CACHE", ",, no-cache ,", "foo, no-cache", "max-age=0", "MAX-AGE=0", 'max-age="0"',
        "min-fresh=1000", "min-fresh=10", "max-age=1000, no-cache", "max-age=1000, min-fresh=1000",
        "max-age=1000, max-age=0", "no-cache, foo=\"bar", "x=\"a,b\", no-cache", "no-cache=",
        "min-fresh=99999999999999999999",
    ],
)
def test_a_request_that_asks_for_freshness_goes_up_and_renews_what_is_kept(control, conversation, recorded_client):
    answered = read(recorded_client, conversation, control=control)
    assert_forwarded(answered, "request", fwd_status=200, stored=True)
    assert texts(answered) == ["second"]
    assert texts(read(recorded_client, conversation)) == ["second"]
    assert_hit(read(recorded_client, conversation))


@pytest.mark.parametrize(
    "control",
    [
        "max-age=1000", "max-age=99999999999999999999", "min-fresh=1", "min-fresh=0", "max-age=100, min-fresh=1",
        "only-if-cached", "Only-If-Cached, max-age=100", "max-stale", "public", "no-transform", "", ",", "=", ";;",
        "foo", "foo=bar", "no-cachex", "xno-cache", '"no-cache"', 'x="no-cache"',
        'x="a, no-store, no-cache"', "no cache", "no_cache", 'x="\\", no-cache"',
    ],
)
def test_a_request_that_asks_for_nothing_more_is_a_hit(control, conversation, recorded_client):
    answered = read(recorded_client, conversation, control=control)
    assert_hit(answered)
    assert texts(answered) == ["first"]


@pytest.mark.parametrize("control", ["no-store", "No-Store", "no-store, max-age=1000", "max-age=0, no-store"])
def test_what_is_not_to_be_kept_is_not_kept(control, recorded_client, upstream):
    conversation = fresh_id()
    status = assert_forwarded(read(recorded_client, conversation, control=control), "request", fwd_status=200)
    assert "stored" not in status and "ttl" not in status
    assert_forwarded(read(recorded_client, conversation), "uri-miss", stored=True)
    assert len(calls_for(upstream, conversation)) == 2
    assert_forwarded(read(recorded_client, conversation, control=control), "request")


@pytest.mark.parametrize(
    "control", ["only-if-cached", "ONLY-IF-CACHED", "only-if-cached, no-cache", "only-if-cached, no-store"]
)
def test_nothing_goes_up_for_what_has_to_be_in_memory(control, recorded_client, upstream):
    conversation = fresh_id()
    answered = read(recorded_client, conversation, control=control)
    assert_problem(answered, "not-cached")
    assert status_of(answered) == {"detail": "only-if-cached"}
    assert answered.headers["Cache-Control"] == "no-store"
    assert "Age" not in answered.headers and "ETag" not in answered.headers
    assert upstream.requests == []
    assert_forwarded(read(recorded_client, conversation), "uri-miss")


@pytest.mark.parametrize("control", ["no-cache", "no-store", "max-age=0", "min-fresh=100"])
def test_a_hit_that_does_not_do_is_none_for_who_asks_only_memory(control, conversation, recorded_client, upstream):
    upstream.clear()
    assert_problem(read(recorded_client, conversation, control=f"only-if-cached, {control}"), "not-cached")
    assert upstream.requests == []


def test_an_age_of_a_second_is_too_old_for_who_takes_less(conversation, recorded_client):
    wait_until(lambda: int(read(recorded_client, conversation).headers["Age"]) >= 1, "a second")
    assert_hit(read(recorded_client, conversation, control="max-age=5"))
    assert_forwarded(read(recorded_client, conversation, control="max-age=1"), "request")


# The token's end


@pytest.mark.parametrize(
    "value",
    ["abc", "-1", "+5", "1.5", "1e9", "0x10", "99999999999", "1 2", "1,2", "\u0661", "Tue, 01 Dec 2026 00:00:00 GMT"],
)
def test_a_token_s_end_that_is_no_time_is_refused(value, recorded_client, upstream):
    conversation = fresh_id()
    for _ in range(2):
        answered = read(recorded_client, conversation, expires=value.encode().decode("latin-1"))
        assert_problem(answered, "invalid-request")
        assert "Cache-Status" not in answered.headers
    assert upstream.requests == []
    assert_forwarded(read(recorded_client, conversation), "uri-miss")
    assert_problem(read(recorded_client, conversation, expires=value.encode().decode("latin-1")), "invalid-request")


@pytest.mark.parametrize("past", [0, 1, int(time.time()) - 1])
def test_nothing_is_answered_from_memory_after_the_token_s_end(past, recorded_client, upstream):
    conversation, token = fresh_id(), fresh_id("token")
    for _ in range(2):
        status = assert_forwarded(read(recorded_client, conversation, token, expires=past), "uri-miss", fwd_status=200)
        assert "stored" not in status
    other, token = fresh_id(), fresh_id("token")
    assert_forwarded(read(recorded_client, other, token), "uri-miss", stored=True)
    assert_hit(read(recorded_client, other, token))
    assert "hit" not in status_of(read(recorded_client, other, token, expires=past))
    assert "hit" not in status_of(read(recorded_client, other, token)), "the caller's last word was that it has ended"


def test_nothing_is_kept_longer_than_the_token_lives(recorded_client):
    conversation, other, token = fresh_id(), fresh_id(), fresh_id("token")
    end = int(time.time()) + 2
    assert_forwarded(read(recorded_client, conversation, token, expires=end), "uri-miss", stored=True)
    assert_forwarded(read(recorded_client, other, token), "uri-miss", stored=True)
    while time.time() < end - 0.3:
        assert_hit(read(recorded_client, conversation, token))
        time.sleep(0.05)
    wait_until(lambda: time.time() > end + 0.05, "the token's end")
    for kept in (conversation, other):
        status = assert_forwarded(read(recorded_client, kept, token), "uri-miss", fwd_status=200)
        assert "stored" not in status
    # A later end is the last word, too.
    assert_forwarded(read(recorded_client, other, token, expires=end + 1000), "uri-miss", stored=True)
    assert_hit(read(recorded_client, other, token))


def test_an_end_that_comes_with_what_is_not_to_be_kept_counts_too(recorded_client):
    conversation, token = fresh_id(), fresh_id("token")
    assert_forwarded(read(recorded_client, conversation, token), "uri-miss", stored=True)
    read(recorded_client, conversation, token, control="no-store", expires=1)
    assert not status_of(read(recorded_client, conversation, token)).get("hit"), "from memory after the token's end"


def test_a_token_s_end_stays_here(recorded_client, upstream):
    conversation, end = fresh_id(), int(time.time()) + 4711
    read(recorded_client, conversation, expires=end)
    assert str(end).encode() not in upstream.requests[-1].raw
    assert b"cache-control" not in upstream.requests[-1].raw.lower()


# What is not known


def test_that_divar_does_not_know_a_conversation_is_kept_for_a_while(start_behind, start_upstream, new_client):
    upstream = start_upstream(lambda request: complaint(404, 5, "conversation not found"))
    client = new_client(start_behind(upstream, cache={"negative_ttl": "1s"}))
    conversation = fresh_id()
    first = read(client, conversation)
    assert_problem(first, "not-found-at-divar")
    assert_forwarded(first, "uri-miss", 404, fwd_status=404, stored=True)
    second = read(client, conversation)
    again, known = assert_problem(second, "not-found-at-divar"), first.json()
    assert_hit(second, 404, detail="negative", ttl=0)
    assert {**again, "trace_id": ""} == {**known, "trace_id": ""}
    assert again["trace_id"] != known["trace_id"], "a problem has the trace of the request that it answers"
    assert second.headers["Cache-Control"] == "no-store"
    assert len(upstream.requests) == 1
    upstream.reply = saying("there it is")
    assert texts(read(client, conversation, control="no-cache")) == ["there it is"]
    assert_hit(read(client, conversation))
    other = fresh_id()
    upstream.reply = lambda request: complaint(404, 5, "conversation not found")
    assert read(client, other).status_code == 404
    upstream.reply = saying("there it is")
    wait_until(lambda: read(client, other).status_code == 200, "the end of negative_ttl", 3)


# The trail


@pytest.mark.parametrize("policy,endings", [("none", []), ("upstream", [None]), ("all", [None, "cached", "cached"])])
def test_reads_from_memory_are_recorded_where_all_are(policy, endings, start_upstream, start_behind, new_client):
    upstream = start_upstream()
    gateway = start_behind(upstream, audit={"reads": policy})
    client = new_client(gateway)
    first = read(client, "c-1")
    assert_hit(read(client, "c-1"))
    assert read(client, "c-1", condition=first.headers["ETag"]).status_code == 304
    assert read(client, "c-2", control="only-if-cached").status_code == 504
    # What is handed to the journal stays in order, so this send's intent stands behind the reads.
    client.send_message(conversation_id="c-3", text="x")
    records = Trail(gateway).records("read")
    assert [record.get("reason") for record in records] == endings
    assert all(record["conversation"] == "c-1" and record["caller"] == "local" for record in records)
    for record in records[1:]:
        assert {"endpoint", "attempts", "status", "latency_us"}.isdisjoint(record), record
        assert record["operation"] == records[0]["operation"] and "trace" in record
    Trail(gateway).verify()
