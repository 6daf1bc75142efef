"""Every rule of a send's body, by the place of its violation; and that no invalid body reaches Divar."""

import json

import pytest

from checks import assert_problem, assert_sent, pointers
from wire import Wire, request

JSON = {"Content-Type": "application/json"}
BUTTON = {"caption": "بله", "open_url": "https://example.com/a"}


def message(**members):
    return {"conversation_id": "c-1", "text": "x", **members}


def with_button(**members):
    return message(buttons=[[{"caption": "a", **members}]])


@pytest.fixture
def post(recorded_client):
    """Posts a body as it is: bytes, text, or a value to be written as JSON."""

    def post(body, headers=None):
        if isinstance(body, str):
            body = body.encode("utf-8")
        data = body if isinstance(body, bytes) else json.dumps(body).encode("utf-8")
        return recorded_client.post("/send", data=data, headers={**JSON, **(headers or {})})

    return post


@pytest.fixture
def assert_invalid(post, upstream):
    """The body is refused with violations at exactly these places, and nothing goes up."""

    def check(body, *places, headers=None):
        problem = assert_problem(post(body, headers), "invalid-request", "not_sent")
        assert pointers(problem) == sorted(places), problem
        assert all(error["detail"] for error in problem["errors"])
        assert upstream.requests == []
        return problem

    return check


@pytest.fixture
def assert_valid(post, upstream):
    """The body is sent; gives what went up."""

    def check(body, headers=None):
        assert_sent(post(body, headers))
        return upstream.requests[-1].json()

    return check


# Target and content


@pytest.mark.parametrize(
    "body,place",
    [
        ({"text": "x"}, ""),
        ({"conversation_id": "c", "user_id": "u", "text": "x"}, ""),
        ({"conversation_id": None, "user_id": None, "text": "x"}, ""),
        ({"conversation_id": "c"}, ""),
        ({"conversation_id": "c", "text": "x", "media_token": "m"}, ""),
        ({"conversation_id": "c", "text": None}, ""),
    ],
)
def test_exactly_one_target_and_one_content_are_required(body, place, assert_invalid):
    assert_invalid(body, place)


def test_a_member_that_is_null_counts_as_absent(assert_valid):
    body = message(user_id=None, media_token=None, buttons=None, sender_buttons=None, **{"as": None})
    assert assert_valid(body) == {"text_message": "x"}


@pytest.mark.parametrize(
    "id", ["", ".", "..", "a/b", "a b", "a\n", "a\0", "سلام", "a?b", "a#b", "a%2Fb", "a\\b", "x" * 129, 7, True, [], {}, "a\u0301"]
)
def test_a_conversation_id_outside_its_grammar_is_refused(id, assert_invalid):
    assert_invalid({"conversation_id": id, "text": "x"}, "/conversation_id")


@pytest.mark.parametrize("id", ["a", "x" * 128, "a.b", "...", "A-z_0~9", ".a"])
def test_a_conversation_id_of_its_grammar_is_taken(id, post, upstream):
    assert_sent(post({"conversation_id": id, "text": "x"}))
    assert upstream.requests[-1].path == f"/v1/open-platform/chat/bot/conversations/{id}/messages"


@pytest.mark.parametrize("id", ["", ".", "a.b", "a b", "a\r\nX: y", "a~", "سلام", "x" * 129, 7, {"a": 1}])
def test_a_user_id_outside_its_grammar_is_refused(id, assert_invalid):
    assert_invalid({"user_id": id, "text": "x"}, "/user_id", headers={"X-Access-Token": "t"})


@pytest.mark.parametrize("id", ["a", "x" * 128, "ab+/cd==", "_-"])
def test_a_user_id_of_its_grammar_is_taken(id, post, upstream):
    assert_sent(post({"user_id": id, "text": "x"}, {"X-Access-Token": "t"}), "v1.bot.user")


@pytest.mark.parametrize("token", ["", "a b", "a\n", "سلام", "x" * 513, 7, False])
def test_a_media_token_outside_its_grammar_is_refused(token, assert_invalid):
    assert_invalid({"conversation_id": "c", "media_token": token}, "/media_token")


@pytest.mark.parametrize("token", ["m", "x" * 512, "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"])
def test_a_media_token_of_its_grammar_is_taken(token, assert_valid):
    assert assert_valid({"conversation_id": "c", "media_token": token}) == {"text_message": "", "media_token": token}


@pytest.mark.parametrize("text", ["", 7, 1.5, True, [], ["x"], {}])
def test_a_text_that_is_empty_or_no_text_is_refused(text, assert_invalid):
    assert_invalid({"conversation_id": "c", "text": text}, "/text")


TEXTS = {
    "persian": "سلام! وقت بازدید دارید؟",
    "zero-width-non-joiner": "می\u200cخواهم خانه\u200cها را ببینم",
    "emoji": "👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽 🇮🇷",
    "lines": "one\ntwo\r\nthree\ttabbed\r",
    "bidi": "\u202babc\u202c \u2067def\u2069 \u200f\u200e\u061c",
    "nul": "a\0b",
    "controls": "".join(map(chr, range(1, 32))) + "\x7f\x85\u2028\u2029",
    "decomposed": "e\u0301 \u0041\u030a ﬁ ي ك",
    "composed": "é Å fi ی ک",
    "noncharacters": "\ufffe\uffff\U0010ffff\ufeff\ufffd",
    "astral": "𝕊𐍈𠮷",
    "quotes": "\"\\/`'${x}%s\\u0041",
    "spaces": "  \u00a0 \u3000 ",
    "one-space": " ",
    "html": "<script>alert(1)</script>&amp;",
    "variation": "❤️ ❤",
}


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("escaped", [True, False], ids=["escaped", "plain"])
def test_a_text_is_never_altered(name, escaped, post, upstream):
    text = TEXTS[name]
    body = json.dumps(message(text=text), ensure_ascii=escaped)
    assert_sent(post(body))
    arrived = upstream.requests[-1].json()["text_message"]
    assert arrived == text
    assert arrived.encode() == text.encode()


def test_a_text_may_have_as_many_characters_as_the_limit_says(assert_valid):
    # Counted in Unicode scalars: what has several bytes, or joins into one sign, does not count otherwise.
    for character in ("x", "س", "😀", "\u200c"):
        assert assert_valid(message(text=character * 4096)) == {"text_message": character * 4096}


@pytest.mark.parametrize("character", ["x", "س", "😀", "\u0301"], ids=["latin", "persian", "emoji", "combining"])
def test_a_text_over_the_limit_is_refused(character, assert_invalid):
    problem = assert_invalid(json.dumps(message(text=character * 4097), ensure_ascii=False), "/text")
    assert "4096" in problem["errors"][0]["detail"]


def test_the_limit_of_a_text_can_be_configured(start_behind, start_upstream, new_client):
    upstream = start_upstream()
    client = new_client(start_behind(upstream, limits={"text_characters": 3}))
    assert_sent(client.send_message(conversation_id="c", text="سلا"))
    answered = client.send_message(conversation_id="c", text="سلام")
    assert pointers(assert_problem(answered, "invalid-request", "not_sent")) == ["/text"]
    assert len(upstream.requests) == 1


# As whom


@pytest.mark.parametrize("value", ["", "Bot", "USER", "admin", 1, True, [], {}, "bot "])
def test_as_is_bot_or_user(value, assert_invalid):
    assert_invalid(message(**{"as": value}), "/as")


def test_a_message_to_a_user_can_not_be_sent_as_a_user(assert_invalid):
    assert_invalid({"user_id": "u", "text": "x", "as": "user"}, "/as", headers={"X-Access-Token": "t"})


def test_sender_buttons_are_only_for_messages_as_a_user(assert_invalid):
    assert_invalid(message(sender_buttons=[[BUTTON]]), "/sender_buttons")
    assert_invalid(message(sender_buttons=[[BUTTON]], **{"as": "bot"}), "/sender_buttons", headers={"X-Access-Token": "t"})
    assert_invalid({"user_id": "u", "text": "x", "sender_buttons": []}, "/sender_buttons", headers={"X-Access-Token": "t"})


@pytest.mark.parametrize(
    "body,headers",
    [
        ({"user_id": "u", "text": "x"}, {}),
        ({"user_id": "u", "text": "x", "as": "bot"}, {}),
        (message(**{"as": "user"}), {}),
    ],
)
def test_a_call_that_needs_a_user_token_says_so(body, headers, post, upstream):
    problem = assert_problem(post(body, headers), "user-token-required", "not_sent")
    assert "X-Access-Token" in problem["detail"]
    assert upstream.requests == []


@pytest.mark.parametrize("token", ["", "a b", "x" * 4097, "سلام".encode().decode("latin-1")])
def test_a_user_token_that_is_no_token_is_refused(token, recorded_client, upstream):
    headers = {"X-Access-Token": token.encode("latin-1")}
    assert_problem(recorded_client.send_message(message(), headers=headers), "invalid-request", "not_sent")
    assert_problem(recorded_client.get("/conversations/c-1", headers=headers), "invalid-request")
    assert upstream.requests == []


# Buttons


def test_three_rows_of_three_buttons_are_taken(assert_valid):
    up = assert_valid(message(buttons=[[BUTTON] * 3] * 3))
    row = {"buttons": [{"caption": "بله", "action": {"open_direct_link": "https://example.com/a"}}] * 3}
    assert up == {"text_message": "x", "buttons": {"rows": [row] * 3}}


@pytest.mark.parametrize(
    "grid,places",
    [
        ({}, ["/buttons"]),
        ("x", ["/buttons"]),
        (7, ["/buttons"]),
        ([{}], ["/buttons/0"]),
        (["x"], ["/buttons/0"]),
        ([[]], ["/buttons/0"]),
        ([None], ["/buttons/0"]),
        ([["x"]], ["/buttons/0/0"]),
        ([[None]], ["/buttons/0/0"]),
        ([[[]]], ["/buttons/0/0"]),
        ([[BUTTON]] * 4, ["/buttons"]),
        ([[BUTTON] * 4], ["/buttons/0"]),
        ([[BUTTON], [BUTTON] * 4, []], ["/buttons/1", "/buttons/2"]),
    ],
)
def test_a_grid_has_at_most_three_rows_of_one_to_three_buttons(grid, places, assert_invalid):
    assert_invalid(message(buttons=grid), *places)


def test_sender_buttons_are_checked_like_buttons(assert_invalid, assert_valid):
    assert_invalid(
        message(sender_buttons=[[{"caption": ""}]], buttons=[[{}]]),
        "/buttons/0/0", "/buttons/0/0/caption", "/sender_buttons/0/0", "/sender_buttons/0/0/caption",
        headers={"X-Access-Token": "t"},
    )
    up = assert_valid(
        message(sender_buttons=[[{"caption": "s", "open_post": "p"}]], buttons=[[{"caption": "r", "manage_post": "q"}]]),
        {"X-Access-Token": "t"},
    )
    assert up == {
        "message": "x",
        "sender_buttons": {"rows": [{"buttons": [{"caption": "s", "action": {"open_post_page": {"post_token": "p"}}}]}]},
        "receiver_buttons": {
            "rows": [{"buttons": [{"caption": "r", "action": {"open_post_manage_page": {"post_token": "q"}}}]}]
        },
    }


@pytest.mark.parametrize("caption", ["", None, 7, [], {}])
def test_a_caption_is_a_text_that_is_not_empty(caption, assert_invalid):
    assert_invalid(message(buttons=[[{"caption": caption, "open_post": "p"}]]), "/buttons/0/0/caption")


def test_a_caption_is_required(assert_invalid):
    assert_invalid(message(buttons=[[{"open_post": "p"}]]), "/buttons/0/0/caption")


@pytest.mark.parametrize("icon", ["", "a-b", "a b", "x" * 65, "سلام", 7, []])
def test_an_icon_is_a_name(icon, assert_invalid):
    assert_invalid(with_button(open_post="p", icon=icon), "/buttons/0/0/icon")


def test_a_button_has_exactly_one_action(assert_invalid):
    actions = {
        "open_url": "https://example.com", "server_link": {}, "dynamic_action": {}, "open_post": "p", "manage_post": "p",
    }
    assert_invalid(with_button(), "/buttons/0/0")
    assert_invalid(with_button(**{name: None for name in actions}), "/buttons/0/0")
    assert_invalid(with_button(**actions), "/buttons/0/0")
    names = list(actions)
    for index, first in enumerate(names):
        for second in names[index + 1 :]:
            assert_invalid(with_button(**{first: actions[first], second: actions[second]}), "/buttons/0/0")


def test_every_action_goes_up_in_divars_words(assert_valid):
    data = {"a": {"b": [1, 1.50, "x", None, True, 12345678901234567890]}, "سلام": ""}
    cases = {
        "open_url": ("https://example.com/a?b=c#d", {"open_direct_link": "https://example.com/a?b=c#d"}),
        "server_link": (data, {"open_server_link": {"data": data}}),
        "dynamic_action": (data, {"get_dynamic_action": {"data": data}}),
        "open_post": ("AJIEWcw", {"open_post_page": {"post_token": "AJIEWcw"}}),
        "manage_post": ("AJ-_Wcw", {"open_post_manage_page": {"post_token": "AJ-_Wcw"}}),
    }
    for name, (value, action) in cases.items():
        up = assert_valid(with_button(icon="SEND", **{name: value}))
        assert up["buttons"]["rows"] == [{"buttons": [{"caption": "a", "icon": "SEND", "action": action}]}]


def test_numbers_in_the_data_of_an_action_keep_their_digits(post, upstream):
    body = '{"conversation_id":"c","text":"x","buttons":[[{"caption":"a","server_link":{"n":1.10,"big":9007199254740993,"e":1E+2}}]]}'
    assert_sent(post(body))
    assert b'{"n":1.10,"big":9007199254740993,"e":1E+2}' in upstream.requests[-1].body


@pytest.mark.parametrize("name", ["server_link", "dynamic_action"])
@pytest.mark.parametrize("data", ["x", [], 7, True, "{}"])
def test_the_data_of_an_action_is_an_object(name, data, assert_invalid):
    assert_invalid(with_button(**{name: data}), f"/buttons/0/0/{name}")


@pytest.mark.parametrize("name", ["open_post", "manage_post"])
@pytest.mark.parametrize("token", ["", "a/b", "a.b", "x" * 65, "a b", 7, {}])
def test_a_post_token_outside_its_grammar_is_refused(name, token, assert_invalid):
    assert_invalid(with_button(**{name: token}), f"/buttons/0/0/{name}")


@pytest.mark.parametrize(
    "url",
    [
        "", "example.com", "//example.com", "/path", "ftp://example.com", "javascript:alert(1)", "data:text/html,x",
        "JavaScript://example.com/%0Aalert(1)", "file:///etc/passwd", "http:", "http://", "https://", "https:///path",
        "https://?x", "https://#x", "http:example.com", "https://user@example.com", "https://user:pw@example.com",
        "https://example.com@evil.example", "https://example.com:port", "https://example.com:99999",
        "https://example.com:65536", "https://example.com:-1", "https://:443", "https://exa mple.com",
        "https://example.com/a b", "https://example.com/a\nb", "https://example.com/\t", " https://example.com",
        "https://example.com ", "https://example.com/\0", "https://example.com/\u202e", "https://example.com/\u200b",
        "https://example.com/\u2028", "https://example.com/\u00a0", "https://example.com/\ufeff", "https://a\\b",
        "https://example.com/<x>", 'https://example.com/"', "https://[::1", "https://[]", "https://[x]", "https://a[b]",
        "https://example.com/" + "x" * 2048, "https://.example.com", 7, [], {}, True, "HTTPS:/example.com", "https//x",
        "blob:https://example.com", "view-source:https://example.com", "https://example.com/\U000e0041",
    ],
)
def test_a_link_that_is_no_absolute_web_address_is_refused(url, assert_invalid):
    assert_invalid(with_button(open_url=url), "/buttons/0/0/open_url")


@pytest.mark.parametrize("mark", ["\u0301", "\u200c", "\u0338", "\ufe0f"], ids=["acute", "zwnj", "slash", "variation"])
@pytest.mark.parametrize(
    "url", ["https://divar.ir@{}evil.example/", "https://user@{}evil.example", "https://x@{}y@evil.example", "https:///{}evil.example"]
)
def test_a_combining_mark_does_not_hide_credentials_or_an_empty_host(url, mark, assert_invalid):
    """Such a mark joins the sign before it into one character for whoever counts in those; no browser does."""
    assert_invalid(with_button(open_url=url.format(mark)), "/buttons/0/0/open_url")


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com", "http://example.com", "HTTPS://EXAMPLE.COM/A", "https://example.com:443/x?y=z#w",
        "https://example.com:65535", "https://xn--mgba3gch31f.example/", "https://دیوار.example/جستجو?متن=خانه\u200cها",
        "https://127.0.0.1:8080/", "https://[2001:db8::1]:8443/x", "https://example.com/a@b", "https://example.com?a@b",
        "https://example.com#a@b", "https://example.com/%D8%B3", "https://example.com/" + "x" * 2028,
    ],
)
def test_a_link_that_is_an_absolute_web_address_goes_up_as_it_is(url, assert_valid):
    up = assert_valid(with_button(open_url=url))
    assert up["buttons"]["rows"][0]["buttons"][0]["action"] == {"open_direct_link": url}


# Members


def test_unknown_members_are_named_at_every_depth(assert_invalid):
    assert_invalid(message(colour="red"), "/colour")
    assert_invalid(message(type="TEXT", Text="x", texT="y"), "/type", "/Text", "/texT")
    assert_invalid(with_button(open_post="p", icon_name="SEND"), "/buttons/0/0/icon_name")
    assert_invalid(message(**{"a/b~c": 1, "": 2, "سلام": 3}), "/a~1b~0c", "/", "/سلام")


def test_unknown_members_are_unknown_even_when_they_are_null(assert_invalid):
    assert_invalid(message(colour=None), "/colour")


@pytest.mark.parametrize(
    "body,places",
    [
        ('{"conversation_id":"a","conversation_id":"b","text":"x"}', ["/conversation_id"]),
        ('{"conversation_id":"a","text":"x","text":"x"}', ["/text"]),
        ('{"conversation_id":"a","text":"x","te\\u0078t":"y"}', ["/text"]),
        ('{"conversation_id":"a","text":"x","text":null}', ["/text"]),
        ('{"conversation_id":"a","text":null,"text":"x"}', ["/text", ""]),
        (
            '{"conversation_id":"a","text":"x","buttons":[[{"caption":"a","caption":"b","open_post":"p"}]]}',
            ["/buttons/0/0/caption"],
        ),
        (
            '{"conversation_id":"a","text":"x","buttons":[[{"caption":"a","server_link":{"k":{"d":1,"d":2}}}]]}',
            ["/buttons/0/0/server_link/k/d"],
        ),
        (
            '{"conversation_id":"a","text":"x","buttons":[[{"caption":"a","server_link":{"l":[{"e":1,"e":1,"e":1}]}}]]}',
            ["/buttons/0/0/server_link/l/0/e"] * 2,
        ),
    ],
)
def test_repeated_members_are_named_at_every_depth(body, places, assert_invalid):
    assert_invalid(body, *places)


def test_names_that_only_look_alike_are_not_the_same(assert_valid):
    # One is composed, the other is not: JSON says that they differ.
    data = {"\u00e9": 1, "e\u0301": 2}
    up = assert_valid(with_button(server_link=data))
    assert up["buttons"]["rows"][0]["buttons"][0]["action"]["open_server_link"]["data"] == data


def test_all_violations_are_named_in_one_answer(assert_invalid):
    body = {
        "conversation_id": "a/b", "text": "", "as": "nobody", "colour": 1,
        "buttons": [[{"caption": "", "open_url": "javascript:x", "icon": "-"}, {"x": 1}], [], "row"],
        "sender_buttons": 5,
    }
    assert_invalid(
        body, "/conversation_id", "/text", "/as", "/colour", "/buttons/0/0/caption", "/buttons/0/0/open_url",
        "/buttons/0/0/icon", "/buttons/0/1", "/buttons/0/1/caption", "/buttons/0/1/x", "/buttons/1", "/buttons/2",
        "/sender_buttons",
    )


def test_more_than_a_hundred_violations_are_counted(post, upstream):
    problem = assert_problem(post({f"m{index}": 1 for index in range(300)}), "invalid-request", "not_sent")
    assert len(problem["errors"]) == 101
    # 300 unknown members, no target, no content.
    assert problem["errors"][-1] == {"pointer": "", "detail": "and 202 more violations"}
    assert upstream.requests == []


# JSON


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


# Reading and uploading


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
        "/health/ready": "GET, HEAD",
    }
    for path, methods in allowed.items():
        for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"):
            if method in methods.split(", "):
                continue
            answered = recorded_client.request(method, path)
            assert answered.status_code == 405, (method, path)
            assert answered.headers["Allow"] == methods
            if method != "HEAD":
                assert_problem(answered, "method-not-allowed")
    assert upstream.requests == []
