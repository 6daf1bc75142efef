"""What counts as a JSON object in a send's body: bytes, nesting and media type."""

import json

import pytest

from checks import assert_problem, assert_sent
from messages import message, with_button


@pytest.mark.parametrize(
    "body",
    [
        b"", b" ", b"null", b"[]", b'"x"', b"7", b"{", b"{}x", b"{} {}", b"{'a':1}", b'{"a":1,}', b"// c\n{}", b"{a:1}",
        b"\xef\xbb\xbf" + json.dumps(message()).encode(), b'{"conversation_id":"c","text":"\xff"}',
        b'{"conversation_id":"c","text":"\xc0\xaf"}', b'{"conversation_id":"c","text":"\xed\xa0\x80"}',
        b'{"conversation_id":"c","text":"\\ud800"}', b'{"conversation_id":"c","text":"\\udc00\\ud800"}',
        b'{"conversation_id":"c","text":"a\nb"}', b'{"conversation_id":"c","text":"\\x41"}',
        b'{"conversation_id":"c","text":"a\0b"}', b'{"conversation_id":"c","text":"x","n":01}',
        b'{"conversation_id":"c","text":"x","n":NaN}', b'{"conversation_id":"c","text":"x","n":+1}',
        json.dumps(message()).encode("utf-16"), b"[" * 60_000, b'{"a":' * 10_000, b"conversation_id=c&text=x",
    ],
    ids=lambda body: repr(body[:30]),
)
def test_a_body_that_is_no_json_object_is_refused(body, assert_invalid):
    assert_invalid(body, "")


def test_data_may_be_nested_but_not_without_end(assert_valid, assert_invalid, upstream):
    def nested(depth):
        value = {}
        for _ in range(depth):
            value = {"d": value}
        return with_button(server_link=value)

    assert_valid(nested(20))
    upstream.clear()
    assert_invalid(nested(40), "")


@pytest.mark.parametrize(
    "content_type",
    [
        None, "", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/json",
        "application/json; charset=utf-16", "application/json; charset=latin1", "application/jsonx", "json",
        "application/problem+json", "application/json, text/plain",
    ],
)
def test_a_body_of_another_media_type_is_refused(content_type, recorded_client, upstream):
    headers = {} if content_type is None else {"Content-Type": content_type}
    answered = recorded_client.post("/send", data=json.dumps(message()).encode(), headers=headers)
    assert_problem(answered, "unsupported-media-type", "not_sent")
    assert upstream.requests == []


@pytest.mark.parametrize(
    "content_type",
    ["application/json", "APPLICATION/JSON", "application/json;charset=utf-8", 'application/json; charset="UTF-8"', "application/json ; "],
)
def test_json_in_utf_8_is_taken(content_type, recorded_client, upstream):
    answered = recorded_client.post("/send", data=json.dumps(message()).encode(), headers={"Content-Type": content_type})
    assert_sent(answered)
