"""What Divar's own fields say of how long an answer holds, for whom, and how it can be asked for again."""

import email.utils
import functools
import time

import pytest

from caching import (
    assert_forwarded, assert_hit, calls_for, conversation_body, fresh_id, read, recorded_with, saying, status_of, texts,
)
from checks import assert_problem
from upstream import Bytes, answer_bytes, complaint

#: Fresh for a minute where the upstream doesn't say it.
recorded = recorded_with(cache={"ttl": "60s"})


def imf(offset=0):
    return email.utils.formatdate(time.time() + offset, usegmt=True)


def rfc850(offset=0):
    return time.strftime("%A, %d-%b-%y %H:%M:%S GMT", time.gmtime(time.time() + offset))


def asctime(offset=0):
    return time.asctime(time.gmtime(time.time() + offset))


def at(form, offset=0):
    """A date that is written when it is needed."""
    return functools.partial(form, offset)


def written(fields):
    return [(name, value() if callable(value) else value) for name, value in fields]


def control(*values):
    return [("Cache-Control", value) for value in values]


#: Fields, and the seconds for which they make an answer fresh as soon as it is there.
FRESH = {
    "nothing": ([], 60),
    "private": (control("private"), 60),
    "private fields": (control('private="X-A, X-B"'), 60),
    "max-age": (control("max-age=100"), 100),
    "short": (control("private, max-age=5"), 5),
    "odd case": (control("Private, MAX-AGE=100"), 100),
    "quoted": (control('max-age="100"'), 100),
    "enormous": (control("max-age=99999999999999999999"), 2**31),
    "the same twice": (control("max-age=100, max-age=100"), 100),
    "several lines": (control("private", "max-age=100"), 100),
    "must-revalidate": (control("must-revalidate"), 60),
    "must-revalidate and max-age": (control("max-age=100, must-revalidate"), 100),
    "no word of a shared cache": (control("max-age=100, s-maxage=0, proxy-revalidate"), 100),
    "public": (control("public"), 60),
    "unknown": (control("no-storage, no-cached, x=\"no-store\""), 60),
    "empty": (control(""), 60),
    "Expires": ([("Date", at(imf)), ("Expires", at(imf, 100))], 100),
    "Expires without Date": ([("Expires", at(imf, 100))], 100),
    "Expires as RFC 850": ([("Expires", at(rfc850, 100))], 100),
    "Expires as asctime": ([("Expires", at(asctime, 100))], 100),
    "max-age before a past Expires": ([*control("max-age=100"), ("Expires", "0")], 100),
    "Age": ([*control("max-age=100"), ("Age", "30")], 70),
    "the first of two Ages": ([*control("max-age=100"), ("Age", "30"), ("Age", "500")], 70),
    "Age that is no number": ([*control("max-age=100"), ("Age", "-5")], 100),
    "Age without max-age": ([("Age", "30")], 30),
    "an old Date": ([*control("max-age=100"), ("Date", at(imf, -30))], 70),
    "a Date as RFC 850": ([*control("max-age=100"), ("Date", at(rfc850, -30))], 70),
    "a Date as asctime": ([*control("max-age=100"), ("Date", at(asctime, -30))], 70),
    "an old Date and Age": ([*control("max-age=100"), ("Date", at(imf, -30)), ("Age", "50")], 50),
    "a Date to come": ([*control("max-age=100"), ("Date", at(imf, 500))], 100),
    "a Date that is none": ([*control("max-age=100"), ("Date", "yesterday")], 100),
    "an old Date alone": ([("Date", at(imf, -3600))], 60),
    "a clock behind": ([("Date", at(imf, -100)), ("Expires", at(imf, 50))], 50),
    "Vary by what never differs": ([("Vary", "Accept, Authorization"), ("Vary", "X-API-Key, User-Agent")], 60),
    "Pragma": ([("Pragma", "no-cache")], 60),
}
#: Fields that make an answer unfit for a second use.
UNFIT = {
    "no-store": control("no-store"),
    "no-store in odd case": control("No-STORE"),
    "no-store in another line": control("max-age=100", "no-store"),
    "no-store after a quoted comma": control('private="a,b", no-store'),
    "no-cache": control("no-cache"),
    "no-cache and max-age": control("max-age=100, no-cache"),
    "no-cache fields": control('no-cache="Set-Cookie"'),
    "max-age=0": control("max-age=0"),
    "two max-ages": control("max-age=100, max-age=200"),
    "max-age that is none": control("max-age=soon"),
    "negative max-age": control("max-age=-1"),
    "max-age without a value": control("max-age"),
    "no fraction": control("max-age=10.5"),
    "s-maxage alone for a shared cache": control("s-maxage=100, max-age=0"),
    "Expires: 0": [("Expires", "0")],
    "Expires: -1": [("Expires", "-1")],
    "Expires that is no date": [("Expires", "tomorrow")],
    "Expires in the past": [("Date", at(imf)), ("Expires", at(imf, -10))],
    "Expires with the Date": [("Date", at(imf, 100)), ("Expires", at(imf, 100))],
    "RFC 850 in the past": [("Expires", at(rfc850, -10))],
    "asctime in the past": [("Expires", at(asctime, -10))],
    "two Expires": [("Expires", at(imf, 100)), ("Expires", at(imf, 200))],
    "Age beyond max-age": [*control("max-age=100"), ("Age", "100")],
    "Date beyond max-age": [*control("max-age=100"), ("Date", at(imf, -120))],
    "Age beyond ttl": [("Age", "61")],
    "Vary: *": [("Vary", "*")],
    "Vary: * among others": [("Vary", "Accept, *")],
    "Vary: * in another line": [("Vary", "Accept"), ("Vary", "*")],
    "Vary: traceparent": [("Vary", "Accept, TraceParent")],
}


@pytest.mark.parametrize("fields,seconds", FRESH.values(), ids=FRESH)
def test_an_answer_is_fresh_for_as_long_as_its_fields_say(fields, seconds, recorded_client, upstream):
    conversation = fresh_id()
    upstream.reply = saying("first", fields=written(fields))
    first = read(recorded_client, conversation)
    status = assert_forwarded(first, "uri-miss", fwd_status=200, stored=True)
    assert seconds - 3 <= status["ttl"] <= seconds
    hit = read(recorded_client, conversation)
    assert status["ttl"] - 2 <= assert_hit(hit)["ttl"] <= status["ttl"]
    assert hit.content == first.content
    assert len(calls_for(upstream, conversation)) == 1


#: Of these, those that may not be kept at all; the others may stand in where Divar fails.
NEVER_KEPT = {name for name in UNFIT if name.startswith(("no-", "Vary"))} - {"no fraction"}


@pytest.mark.parametrize("name", UNFIT)
def test_an_answer_that_may_not_be_used_again_is_not(name, recorded_client, upstream):
    conversation = fresh_id()
    for said in ("first", "second"):
        upstream.reply = saying(said, fields=written(UNFIT[name]))
        answered = read(recorded_client, conversation)
        assert texts(answered) == [said]
        status = status_of(answered)
        if name in NEVER_KEPT:
            assert status == {"fwd": "uri-miss", "fwd-status": 200}
        else:
            assert status["fwd"] == ("uri-miss" if said == "first" else "stale") and status["ttl"] <= 0
    assert len(calls_for(upstream, conversation)) == 2
    upstream.reply = lambda request: complaint(503, 14, "away")
    assert read(recorded_client, conversation).status_code == (502 if name in NEVER_KEPT else 200)


@pytest.mark.parametrize("fields", [control("no-store"), [("Vary", "*")], control("no-cache")], ids=str)
def test_what_may_not_be_kept_takes_the_place_of_what_was(fields, recorded_client, upstream):
    conversation = fresh_id()
    upstream.reply = saying("first")
    read(recorded_client, conversation)
    upstream.reply = saying("second", fields=fields)
    assert texts(read(recorded_client, conversation, control="no-cache")) == ["second"]
    upstream.reply = saying("third")
    answered = read(recorded_client, conversation)
    assert "hit" not in status_of(answered) and texts(answered) == ["third"]


def test_an_age_that_came_is_passed_on(recorded_client, upstream):
    conversation = fresh_id()
    upstream.reply = saying("first", fields=[*control("max-age=100"), ("Age", "30")])
    for _ in range(2):
        assert read(recorded_client, conversation).headers["Age"] in ("30", "31")
    assert status_of(read(recorded_client, conversation, control="max-age=20"))["fwd"] == "request"
    assert_hit(read(recorded_client, conversation, control="max-age=40"))


def test_divar_s_fields_are_not_passed_on(recorded_client, upstream):
    upstream.reply = saying(
        "first",
        fields=[
            *control("public, max-age=100"), ("ETag", '"canary-tag"'), ("Expires", imf(77)), ("Vary", "Accept"),
            ("Last-Modified", imf(-77)), ("Set-Cookie", "canary=1"), ("Cache-Status", "canary; hit"), ("X-Canary", "1"),
        ],
    )
    conversation = fresh_id()
    for _ in range(2):
        answered = read(recorded_client, conversation)
        assert answered.headers["Cache-Control"] == "private, no-cache"
        assert answered.headers["Vary"] == "Authorization, X-Access-Token, X-User"
        assert "canary" not in repr(answered.headers).lower()
        assert {"Expires", "Last-Modified", "Set-Cookie"}.isdisjoint(answered.headers)


# Revalidation

VALIDATORS = {
    "a tag": [("ETag", '"v1"')],
    "a weak tag": [("ETag", 'W/"v1"')],
    "a date": [("Last-Modified", "Sat, 01 Aug 2026 10:00:00 GMT")],
    "both": [("ETag", '"v1"'), ("Last-Modified", "Sat, 01 Aug 2026 10:00:00 GMT")],
}


def not_modified(*fields, length=None):
    lines = ["HTTP/1.1 304 Not Modified", *(f"{name}: {value}" for name, value in fields)]
    if length is not None:
        lines.append(f"Content-Length: {length}")
    return Bytes(("\r\n".join(lines) + "\r\n\r\n").encode())


def revalidating(*answers):
    """Answers one after the other; the last one stays."""
    left = list(answers)

    def reply(request):
        given = left.pop(0) if len(left) > 1 else left[0]
        return given(request) if callable(given) else given

    return reply


@pytest.mark.parametrize("length", [None, 0, 500])
@pytest.mark.parametrize("validators", VALIDATORS.values(), ids=VALIDATORS)
def test_what_has_not_changed_is_not_fetched_again(validators, length, recorded_client, upstream):
    conversation = fresh_id()
    upstream.reply = revalidating(
        saying("first", fields=[*control("max-age=0"), *validators]), not_modified(length=length),
        not_modified(*control("max-age=100"), length=length),
    )
    first = read(recorded_client, conversation)
    assert_forwarded(first, "uri-miss", fwd_status=200, stored=True)
    for _ in range(2):
        again = read(recorded_client, conversation)
        assert_forwarded(again, "stale", fwd_status=304, stored=True)
        assert (again.content, again.headers["ETag"]) == (first.content, first.headers["ETag"])
    assert assert_hit(read(recorded_client, conversation))["ttl"] >= 98
    tag, date = (dict(validators).get(name) for name in ("ETag", "Last-Modified"))
    unconditional, *conditional = calls_for(upstream, conversation)
    assert not unconditional.values("If-None-Match") and not unconditional.values("If-Modified-Since")
    assert len(conditional) == 2
    for call in conditional:
        assert call.values("If-None-Match") == ([tag] if tag else [])
        assert call.values("If-Modified-Since") == ([date] if date else [])


def test_what_has_changed_comes_with_new_validators(recorded_client, upstream):
    conversation = fresh_id()
    upstream.reply = revalidating(
        saying("first", fields=[*control("no-cache"), ("ETag", '"v1"')]),
        saying("second", fields=[*control("no-cache"), ("ETag", '"v2"')]),
        not_modified(("ETag", '"v2"')),
    )
    said = [texts(read(recorded_client, conversation)) for _ in range(4)]
    assert said == [["first"], ["second"], ["second"], ["second"]]
    sent = [call.values("If-None-Match") for call in calls_for(upstream, conversation)]
    assert sent == [[], ['"v1"'], ['"v2"'], ['"v2"']]


def test_after_a_304_about_another_version_the_whole_is_asked_for(recorded_client, upstream):
    conversation = fresh_id()
    upstream.reply = revalidating(
        saying("first", fields=[*control("no-cache"), ("ETag", '"v1"')]), not_modified(("ETag", '"v3"')),
        saying("third"),
    )
    assert [texts(read(recorded_client, conversation)) for _ in range(2)] == [["first"], ["third"]]
    assert [call.values("If-None-Match") for call in calls_for(upstream, conversation)] == [[], ['"v1"'], []]


def test_a_304_says_anew_how_long_and_whether(recorded_client, upstream):
    stale = [*control("max-age=0"), ("ETag", '"v1"')]
    for fields, stored in (
        (control("no-store"), False), ([("Vary", "*")], False), ([*control("max-age=100"), ("Age", "100")], True),
        (control("no-cache"), True), ([("Date", imf())], True),
    ):
        conversation = fresh_id()
        upstream.reply = revalidating(saying("first", fields=stale), not_modified(*fields), saying("second"))
        read(recorded_client, conversation)
        again = read(recorded_client, conversation)
        assert texts(again) == ["first"]
        assert status_of(again).get("stored", False) == stored, fields
        assert "hit" not in status_of(read(recorded_client, conversation)), fields


def test_a_304_that_nobody_asked_for_is_an_error(recorded_client, upstream):
    for kept, asked in (
        ([], None), ([("ETag", '"v1"'), *control("no-store")], None), ([("ETag", '"v1"')], "no-store"),
        ([("ETag", "")], "no-cache"), ([("ETag", '"' + "x" * 300 + '"')], "no-cache"),
    ):
        conversation = fresh_id()
        if kept:
            upstream.reply = saying("first", fields=kept)
            read(recorded_client, conversation)
        upstream.reply = lambda request: not_modified(("ETag", '"v1"'))
        answered = read(recorded_client, conversation, control=asked)
        assert_problem(answered, "divar-unintelligible")
        call = calls_for(upstream, conversation)[-1]
        assert not call.values("If-None-Match") and not call.values("If-Modified-Since"), (kept, asked)


def test_a_tag_that_cannot_stand_in_a_field_stays_away(recorded_client, upstream):
    for tag in (b'"a\x00b"', b'"\x7f"', b'"\xff\xfe"', b'"a\tb"', b'unquoted', b'""'):
        conversation = fresh_id()
        raw = answer_bytes(200, conversation_body(conversation, "first"), control("max-age=0, stale-if-error=9"))
        whole = raw.replace(b"\r\n\r\n", b"\r\nETag: " + tag + b"\r\n\r\n", 1)
        upstream.reply = lambda request: Bytes(whole)
        first = read(recorded_client, conversation)
        second = read(recorded_client, conversation)
        assert {first.status_code, second.status_code} <= {200, 502}, tag
        for call in calls_for(upstream, conversation):
            sent = "".join(call.values("If-None-Match"))
            assert all(ord(letter) >= 0x20 and letter != "\x7f" for letter in sent), tag
        upstream.reply = saying("still there")
        assert texts(read(recorded_client, conversation, control="no-store")) == ["still there"]


def test_validators_go_up_for_whom_they_came(recorded_client, upstream):
    conversation = fresh_id()
    tags = {}

    def reply(request):
        token = request.value("Authorization").removeprefix("Bearer ")
        assert request.values("If-None-Match") in ([], [f'"tag-of-{token}"']), "another's tag"
        tags.setdefault(token, []).append(request.values("If-None-Match"))
        if request.values("If-None-Match"):
            return not_modified()
        return saying(token, fields=[*control("max-age=0"), ("ETag", f'"tag-of-{token}"')])(request)

    upstream.reply = reply
    for _ in range(3):
        for token in ("token-a", "token-b"):
            assert texts(read(recorded_client, conversation, token)) == [token]
    assert tags == {token: [[], [f'"tag-of-{token}"'], [f'"tag-of-{token}"']] for token in ("token-a", "token-b")}


def test_a_connection_goes_on_after_a_304_of_divar_s(recorded_client, upstream):
    """A length in a 304 is the one of the body that isn't there."""
    conversation = fresh_id()
    upstream.reply = revalidating(
        saying("first", fields=[*control("max-age=0"), ("ETag", '"v1"')]), not_modified(length=120), saying("second")
    )
    assert [texts(read(recorded_client, conversation))[0] for _ in range(3)] == ["first", "first", "second"]
    calls = calls_for(upstream, conversation)
    assert calls[1].connection == calls[2].connection


@pytest.mark.parametrize("status", [201, 202, 203, 206, 226])
def test_another_success_answers_who_waits_and_is_not_kept(status, recorded_client, upstream):
    conversation = fresh_id()
    upstream.reply = saying("first", status=status, fields=control("max-age=100"))
    for _ in range(2):
        answered = read(recorded_client, conversation)
        if answered.status_code != 200:
            assert_problem(answered, "divar-unintelligible")
        told = assert_forwarded(answered, "uri-miss", answered.status_code)
        assert told.get("fwd-status", status) == status and "stored" not in told
    told = status_of(read(recorded_client, conversation, control="no-store"))
    assert told.get("fwd-status", status) == status, "a status that Divar didn't give"


# No heuristics


def test_with_a_ttl_of_nothing_divar_s_word_is_all(start_behind, start_upstream, new_client):
    upstream = start_upstream()
    client = new_client(start_behind(upstream, cache={"ttl": "0s"}))
    cases = {
        (): ("uri-miss", False), tuple(control("private")): ("uri-miss", False),
        tuple(control("max-age=100")): (None, True), (("Expires", imf(100)),): (None, True),
        (("ETag", '"v1"'),): ("stale", True),
        tuple(control("max-age=0")): ("uri-miss", False),
        tuple(control("max-age=0, stale-if-error=9")): ("stale", True),
    }
    for fields, (reason, stored) in cases.items():
        conversation = fresh_id()
        upstream.reply = saying("first", fields=fields)
        first = assert_forwarded(read(client, conversation), "uri-miss", fwd_status=200)
        assert first.get("stored", False) == stored, fields
        second = read(client, conversation)
        assert status_of(second).get("fwd") == reason, fields
