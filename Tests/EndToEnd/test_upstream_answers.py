"""What is made of answers that are cut, mangled, too large or not HTTP at all, and what is read from whole ones."""

import json
import random
import re

import pytest

from calls import CALLS, PATHS, assert_serves, unknown_if_send
from checks import assert_problem, assert_sent
from conftest import SEED
from upstream import Bytes, answer, answer_bytes, divar_body


# Answers that are not what they should be


def cut_answers(body, chunked):
    """A valid answer, whole."""
    if not chunked:
        return answer_bytes(200, body, [("Date", "Sat, 01 Aug 2026 10:00:00 GMT")])
    content = json.dumps(body, ensure_ascii=False).encode()
    half = len(content) // 2
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (content[:half], content[half:]))
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks + b"0\r\n\r\n"


@pytest.mark.parametrize("chunked", [False, True], ids=["length", "chunked"])
@pytest.mark.parametrize("call", CALLS)
def test_an_answer_cut_at_any_byte_is_never_a_success(call, chunked, recorded_client, upstream):
    whole = cut_answers(divar_body(PATHS[call]), chunked)
    upstream.reply = lambda request: Bytes(whole)
    assert CALLS[call](recorded_client).status_code == 200
    for offset in range(len(whole)):
        upstream.reply = lambda request: Bytes(whole[:offset], close=True)
        answered = CALLS[call](recorded_client)
        problem = assert_problem(answered, "divar-unintelligible", unknown_if_send(call))
        assert "divar_status" not in problem, (offset, problem)
    assert len(upstream.requests) == len(whole) + 1, "a call was repeated or lost"
    assert_serves(recorded_client, upstream)


def test_an_answer_in_single_bytes_is_put_together(recorded_client, upstream):
    whole = cut_answers(divar_body(PATHS["bot-message"]), chunked=True)
    upstream.reply = lambda request: Bytes(*(whole[index : index + 1] for index in range(len(whole))))
    assert_sent(recorded_client.send_message(conversation_id="c-1", text="x"))


def test_an_answer_that_ends_with_the_connection_is_read(recorded_client, upstream):
    body = json.dumps(divar_body(PATHS["bot-message"])).encode()
    upstream.reply = lambda request: Bytes(b"HTTP/1.1 200 OK\r\n\r\n" + body, close=True)
    assert_sent(recorded_client.send_message(conversation_id="c-1", text="x"))
    for offset in range(len(body)):
        upstream.reply = lambda request: Bytes(b"HTTP/1.1 200 OK\r\n\r\n" + body[:offset], close=True)
        answered = recorded_client.send_message(conversation_id="c-1", text="x")
        assert_problem(answered, "divar-unintelligible", "unknown")


@pytest.mark.parametrize("informational", [b"100 Continue", b"102 Processing", b"103 Early Hints"])
def test_an_informational_answer_before_the_answer_is_passed_over(informational, recorded_client, upstream):
    first = b"HTTP/1.1 " + informational + b"\r\nLink: </x>\r\n\r\n"
    for count in (1, 5):
        upstream.reply = lambda request: Bytes(first * count, answer_bytes(200, divar_body(request.path)))
        assert_sent(recorded_client.send_message(conversation_id="c-1", text="x"))
        assert recorded_client.read("c-1").json()["id"] == "c-1"


@pytest.mark.parametrize("call", CALLS)
def test_bytes_that_are_not_http_are_never_a_success(call, recorded_client, upstream):
    generator = random.Random(SEED)
    valid = answer_bytes(200, divar_body(PATHS[call]))
    garbage = [
        b"\0", b"\r\n\r\n", b"SSH-2.0-OpenSSH_9.2\r\n", b"HTTP/2 200\r\n\r\n", b"HTTP/1.1 20 OK\r\n\r\n",
        b"HTTP/1.1 99999 OK\r\n\r\n", b"HTTP/1.1 -200 OK\r\nContent-Length: 2\r\n\r\n{}", b"ICY 200 OK\r\n\r\n",
        valid.replace(b"Content-Length: ", b"Content-Length: -"),
        valid.replace(b"Content-Length: ", b"Content-Length: 0x"),
        valid.replace(b"Content-Length: ", b"Content-Length: 99999999999999999999"),
        valid.replace(b"\r\n\r\n", b"\r\nContent-Length: 3\r\n\r\n", 1),
        valid.replace(b"\r\n\r\n", b"\r\nTransfer-Encoding: chunked\r\n\r\n", 1),
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n{}",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n{}",
        b"HTTP/1.1 200 OK\r\nX: " + b"a" * 200_000 + b"\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\n" + b"X: a\r\n" * 20_000 + b"\r\n{}",
    ]
    garbage += [generator.randbytes(generator.randrange(1, 400)) for _ in range(60)]
    for data in garbage:
        upstream.reply = lambda request: Bytes(data, close=True)
        answered = CALLS[call](recorded_client)
        assert_problem(answered, "divar-unintelligible", unknown_if_send(call))
    assert len(upstream.requests) == len(garbage)
    assert_serves(recorded_client, upstream)


def test_a_flipped_byte_in_an_answer_never_breaks_the_gateway(recorded_client, upstream):
    generator = random.Random(SEED)
    valid = answer_bytes(200, divar_body(PATHS["read"]))
    for offset in range(len(valid)):
        mangled = bytearray(valid)
        mangled[offset] ^= 1 << generator.randrange(8)
        upstream.reply = lambda request: Bytes(bytes(mangled), close=True)
        answered = recorded_client.read("c-1")
        assert answered.status_code in (200, 404, 422, 429, 502), (offset, answered.text)
        answered.json()
    assert_serves(recorded_client, upstream)


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    "body",
    [
        b"", b"{}", b"[]", b"null", b"true", b"0", b'""', b"{", b"\xff\xfe", b"<html>OK</html>", b"\xef\xbb\xbf{}",
        b'{"conversation_id": ""}', b'{"conversation_id": null}', b'{"conversation_id": 7}',
        b'{"conversation_id": ["c-1"]}', b'{"token": ""}', b'{"token": 1}', b'{"status": 500, "message": "no"}',
        b'{"status": "200"}', b'{"status": 200, "message": 1}', b'{"message": null}',
        b'{"conversation": {"id": "c-1"}}', b'{"conversation": {"id": ""}, "messages": []}',
        b'{"conversation": {"id": "c-1"}, "messages": {}}', b'{"conversation": {"id": "c-1"}, "messages": [1]}',
        b'{"conversation": "c-1", "messages": []}', b"[" * 100_000, b'{"a":' * 100_000,
        b'{"code": 5, "message": "Not Found"}',
    ],
    ids=lambda body: body[:24].decode("latin-1"),
)
def test_an_answer_of_another_shape_is_never_a_success(call, body, recorded_client, upstream):
    upstream.reply = lambda request: answer(200, body)
    problem = assert_problem(CALLS[call](recorded_client), "divar-unintelligible", unknown_if_send(call))
    assert problem["divar_status"] == 200


@pytest.mark.parametrize("status", [204, 205, 304, 400, 404, 412, 418, 429, 451, 500, 502, 503, 504, 520, 599])
@pytest.mark.parametrize("call", CALLS)
def test_an_edge_page_proves_nothing_whatever_its_status(call, status, recorded_client, upstream):
    page = b"" if status in (204, 205, 304) else b"<html><body>SECRET-OF-THE-EDGE</body></html>"
    upstream.reply = lambda request: answer(status, page, content_type="text/html", close=True)
    answered = CALLS[call](recorded_client)
    problem = assert_problem(answered, "divar-unintelligible", unknown_if_send(call))
    assert problem["divar_status"] == status
    assert "divar_code" not in problem and "divar_message" not in problem
    assert b"SECRET-OF-THE-EDGE" not in answered.content


def test_an_answer_over_four_mebibytes_is_refused(recorded_client, upstream):
    limit = 4 * 1024 * 1024
    frame = '{"conversation":{"id":"c-1"},"messages":[{"id":"m","text":"%s"}]}'
    for length, status in [(limit, 200), (limit + 1, 502)]:
        body = (frame % ("x" * (length - len(frame) + 2))).encode()
        assert len(body) == length
        upstream.reply = lambda request: answer(200, body)
        answered = recorded_client.read("c-1")
        assert answered.status_code == status
        if status == 200:
            assert len(answered.json()["messages"][0]["text"]) > limit - 1000
        else:
            assert_problem(answered, "divar-unintelligible")
    body = b'{"conversation_id":"c-1"' + b" " * limit + b"}"
    upstream.reply = lambda request: answer(200, body)
    answered = recorded_client.send_message(conversation_id="c-1", text="x")
    assert_problem(answered, "divar-unintelligible", "unknown")
    assert_serves(recorded_client, upstream)


def test_an_endless_answer_is_refused_without_being_kept(start_behind, start_upstream, new_client):
    def endless(request):
        chunk = b"10000\r\n" + b" " * 65536 + b"\r\n"
        return Bytes(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", *[chunk] * 5000, close=True)

    upstream = start_upstream(reply=endless)
    gateway = start_behind(upstream)
    answered = new_client(gateway).send_message(conversation_id="c-1", text="x")
    assert_problem(answered, "divar-unintelligible", "unknown")
    assert gateway.memory() < 200 * 1024


def test_switching_protocols_is_no_answer(recorded_client, upstream):
    upstream.reply = lambda request: Bytes(
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n",
        answer_bytes(200, divar_body(request.path)),
    )
    answered = recorded_client.send_message(conversation_id="c-1", text="x")
    if answered.status_code != 200:
        assert_problem(answered, "divar-unintelligible", "unknown")
    assert_serves(recorded_client, upstream)


# What is read


@pytest.mark.parametrize(
    "given,told",
    [
        ('"2026-08-01T10:00:00Z"', "2026-08-01T10:00:00Z"),
        ('"2026-08-01T13:30:00.123456+03:30"', "2026-08-01T13:30:00.123456+03:30"),
        ("1785578400000000", "2026-08-01T10:00:00"), ('"1785578400000000"', "2026-08-01T10:00:00"),
        ("null", None), ("true", None), ("{}", None), ('""', None), ('"soon"', None), ('"2026-13-45T99:00:00Z"', None),
        ("1.5", None), ("1e15", None), ("99999999999999999999999", None), ('"-"', None),
    ],
)
def test_a_time_is_told_in_one_form_or_not_at_all(given, told, recorded_client, upstream):
    body = '{"conversation":{"id":"c-1"},"messages":[{"id":"m","sent_at":%s}]}' % given
    upstream.reply = lambda request: answer(200, body.encode())
    [message] = recorded_client.read("c-1").json()["messages"]
    if told is None:
        assert message["sent_at"] is None
    else:
        assert message["sent_at"].startswith(told)


@pytest.mark.parametrize(
    "number",
    [0, -1, 1, -62135596800000001, -62135596800000000, 253402300799999999, 253402300800000000, 2**63 - 1, -(2**63), 2**62],
)
def test_no_time_however_far_off_breaks_the_gateway(number, recorded_client, upstream):
    body = '{"conversation":{"id":"c-1"},"messages":[{"id":"m","sent_at":%d}]}' % number
    upstream.reply = lambda request: answer(200, body.encode())
    [message] = recorded_client.read("c-1").json()["messages"]
    assert message["sent_at"] is None or re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", message["sent_at"])


def test_what_is_new_at_divar_is_passed_on(recorded_client, upstream):
    messages = [
        {"id": "1", "type": "HOLOGRAM", "hologram_data": {"size_bytes": "18446744073709551615", "x": [1.50, None]}, "text": "\u200c"},
        {},
    ]
    upstream.reply = lambda request: answer(200, {"conversation": {"id": "c-1", "type": "GROUP", "new": 1}, "messages": messages, "next": "x"})
    assert recorded_client.read("c-1").json() == {"id": "c-1", "type": "GROUP", "post_token": None, "messages": messages}
