"""What goes up to Divar, byte for byte, and what is made of answers that are cut, mangled, late or not HTTP at all."""

import json
import random
import re
import threading
import time

import pytest

from checks import assert_problem, assert_sent
from conftest import KEY, SEED, upstream_configuration
from processes import wait_until
from upstream import Bytes, Gate, agreeable, answer, answer_bytes, divar_body
from wire import Wire, send_request

TEXT = "سلام! وقت بازدید دارید؟"
TOKEN = {"X-Access-Token": "a-user-token-0815"}

CALLS = {
    "bot-message": lambda client: client.send_message(conversation_id="c-1", text=TEXT),
    "message-as-user": lambda client: client.send_message({"conversation_id": "c-1", "text": TEXT}, headers=TOKEN),
    "read": lambda client: client.read("c-1"),
    "upload": lambda client: client.post("/upload-token"),
}
PATHS = {
    "bot-message": "/v1/open-platform/chat/bot/conversations/c-1/messages",
    "message-as-user": "/v2/open-platform/conversations/c-1/messages",
    "read": "/v1/open-platform/chat/conversations/c-1",
    "upload": "/experimental/open-platform/chat/upload",
}
SENDS = ("bot-message", "message-as-user")


def unknown_if_send(call):
    """The outcome that a call's problem has where the request left and no valid answer came."""
    return "unknown" if call in SENDS else None


def assert_serves(client, upstream):
    upstream.reply = agreeable
    assert_sent(client.send_message(conversation_id="c-1", text="still there?"))


# What goes up


@pytest.mark.parametrize("call", CALLS)
def test_a_request_has_exactly_these_fields(call, recorded_client, upstream, recorded):
    answered = CALLS[call](recorded_client)
    assert answered.status_code == 200, answered.text
    [request] = upstream.requests
    assert request.version == "HTTP/1.1"
    assert request.path == PATHS[call]
    assert request.method == ("GET" if call == "read" else "POST")
    expected = {"host", "x-api-key", "accept", "user-agent", "traceparent"}
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
        assert request.value("authorization") == "Bearer a-user-token-0815"
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
    assert b"a-user-token-0815" not in upstream.bytes


@pytest.mark.parametrize("call", CALLS)
def test_nothing_that_a_caller_sends_goes_up(call, recorded_client, upstream):
    smuggled = {
        "X-API-Key": "SMUGGLED-key", "Authorization": "Bearer SMUGGLED-authorization", "Cookie": "SMUGGLED=cookie",
        "User-Agent": "SMUGGLED-agent", "X-Forwarded-For": "SMUGGLED-address", "Accept": "SMUGGLED/accept",
        "Accept-Language": "SMUGGLED", "Via": "SMUGGLED", "tracestate": "SMUGGLED=1", "Baggage": "SMUGGLED=1",
        "X-Anything": "SMUGGLED", "Referer": "http://SMUGGLED/", "Idempotency-Key": "SMUGGLED",
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


def test_connections_are_reused(recorded_client, upstream):
    for _ in range(20):
        assert_sent(recorded_client.send_message(conversation_id="c-1", text="x"))
    assert len({request.connection for request in upstream.requests}) == 1


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


def test_informational_answers_without_end_are_a_timeout(start_behind, start_upstream, new_client):
    upstream = start_upstream(reply=lambda request: Bytes(*[b"HTTP/1.1 102 Processing\r\n\r\n", 0.01] * 300))
    client = new_client(start_behind(upstream, upstream={"deadline": "400ms"}))
    start = time.monotonic()
    assert_problem(client.send_message(conversation_id="c-1", text="x"), "divar-timeout", "unknown")
    assert time.monotonic() - start < 2.5


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


# Time


def test_a_late_answer_is_a_timeout_with_an_unknown_outcome(start_behind, start_upstream, new_client):
    gate = Gate()
    upstream = start_upstream(reply=gate)
    client = new_client(start_behind(upstream, upstream={"deadline": "300ms"}))
    for call in CALLS:
        start = time.monotonic()
        assert_problem(CALLS[call](client), "divar-timeout", unknown_if_send(call))
        assert 0.25 < time.monotonic() - start < 3
    gate.open()
    assert_serves(client, upstream)
    assert len(upstream.requests) == len(CALLS) + 1


def test_an_answer_that_trickles_does_not_move_the_deadline(start_behind, start_upstream, new_client):
    def trickle(request):
        parts = [part for byte in answer_bytes(200, divar_body(request.path)) for part in (bytes([byte]), 0.02)]
        return Bytes(*parts)

    client = new_client(start_behind(start_upstream(reply=trickle), upstream={"deadline": "400ms"}))
    start = time.monotonic()
    assert_problem(client.send_message(conversation_id="c-1", text="x"), "divar-timeout", "unknown")
    assert time.monotonic() - start < 3


def test_a_late_answer_is_not_given_to_the_next_caller(start_behind, start_upstream, new_client):
    late = threading.Event()

    def reply(request):
        if request.json()["text_message"] == "first":
            late.wait(10)
            return answer(200, {"conversation_id": "of-the-first"})
        return answer(200, {"conversation_id": "of-the-second"})

    upstream = start_upstream(reply=reply)
    settings = {"deadline": "300ms", "connections_per_loop": 1}
    client = new_client(start_behind(upstream, upstream=settings))
    assert_problem(client.send_message(conversation_id="c-1", text="first"), "divar-timeout", "unknown")
    late.set()
    for _ in range(10):
        sent = assert_sent(client.send_message(conversation_id="c-1", text="second"))
        assert sent["conversation_id"] == "of-the-second"


@pytest.mark.parametrize(
    "extra",
    [
        answer_bytes(200, {"conversation_id": "INTRUDER"}),
        b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
        b"x", b"\0\0\0\0",
    ],
    ids=["answer", "408", "letter", "zeros"],
)
def test_what_nobody_asked_for_is_never_taken_for_an_answer(extra, start_behind, start_upstream, new_client):
    for parts in [lambda body: (body + extra,), lambda body: (body, 0.05, extra)]:
        upstream = start_upstream(reply=lambda request: Bytes(*parts(answer_bytes(200, divar_body(request.path)))))
        client = new_client(start_behind(upstream, upstream={"connections_per_loop": 1}))
        for number in range(5):
            sent = assert_sent(client.send_message(conversation_id=f"c-{number}", text=str(number)))
            assert sent["conversation_id"] == f"c-{number}"
            time.sleep(0.15)  # Lets the extra bytes arrive on the idle connection; nothing announces them.
        assert [request.json()["text_message"] for request in upstream.requests] == list("01234")


def test_a_connection_that_the_upstream_closed_while_idle_is_not_used(start_behind, start_upstream, new_client):
    upstream = start_upstream(reply=lambda request: Bytes(answer_bytes(200, divar_body(request.path)), close=True))
    client = new_client(start_behind(upstream))
    for number in range(5):
        assert_sent(client.send_message(conversation_id="c-1", text=str(number)))
        time.sleep(0.05)  # The news of the close has to arrive; nothing announces it.
    assert len(upstream.requests) == 5
    assert upstream.connections == 5


def test_an_idle_connection_to_the_upstream_is_closed_in_time(start_behind, start_upstream, new_client):
    upstream = start_upstream()
    client = new_client(start_behind(upstream, upstream={"idle_timeout": "100ms"}))
    assert_sent(client.send_message(conversation_id="c-1", text="x"))
    wait_until(lambda: all(open_socket.fileno() < 0 for open_socket in upstream._open), "the connection's end")
    assert_sent(client.send_message(conversation_id="c-1", text="x"))
    assert upstream.connections == 2


def test_when_the_queue_is_full_a_call_is_refused_and_proven_not_sent(start_behind, start_upstream, new_client):
    gate = Gate()
    upstream = start_upstream(reply=gate)
    settings = {"connections_per_loop": 1, "queue_per_loop": 1}
    gateway = start_behind(upstream, upstream=settings)
    connections = [Wire(gateway.connect()) for _ in range(12)]
    for number, connection in enumerate(connections):
        connection.send(send_request({"conversation_id": "c-1", "text": f"text {number}"}))
    # Those that are refused are answered at once; at most two a loop are not.
    refused, sent = 0, []
    upstream.wait_for_requests(1)
    threading.Timer(1.0, gate.open).start()
    for connection in connections:
        answered = connection.answer()
        if answered.status_code == 503:
            problem = assert_problem(answered, "overloaded", "not_sent")
            assert answered.headers["retry-after"] == "1"
            assert problem["message_id"]
            refused += 1
        else:
            sent.append(assert_sent(answered))
        connection.socket.close()
    assert refused >= 1 and len(sent) >= 2
    assert len(upstream.requests) == len(sent)


def test_a_call_that_waited_for_a_connection_until_the_deadline_was_not_sent(start_behind, start_upstream):
    upstream = start_upstream(reply=Gate())
    settings = {"connections_per_loop": 1, "deadline": "500ms"}
    gateway = start_behind(upstream, upstream=settings)
    connections = [Wire(gateway.connect()) for _ in range(8)]
    for number, connection in enumerate(connections):
        connection.send(send_request({"conversation_id": "c-1", "text": str(number)}))
    outcomes = []
    for connection in connections:
        outcomes.append(assert_problem(connection.answer(), "divar-timeout")["outcome"])
        connection.socket.close()
    assert outcomes.count("unknown") == len(upstream.requests)
    assert outcomes.count("not_sent") == len(connections) - len(upstream.requests) > 0


def test_a_caller_that_went_away_does_not_disturb_the_others(recorded, recorded_client, upstream):
    gateway, _ = recorded
    gate = Gate()
    upstream.reply = gate
    for number in range(10):
        with Wire(gateway.connect()) as wire:
            wire.send(send_request({"conversation_id": "c-1", "text": str(number)}))
            upstream.wait_for_requests(number + 1)
    gate.open()
    assert_serves(recorded_client, upstream)


def test_the_configuration_for_an_upstream_holds_no_key(start_upstream):
    assert KEY not in json.dumps(upstream_configuration(start_upstream()))
