"""Every rule of a send's target, content, sender and members, by the place of its violation; none reaches Divar."""

import json

import pytest

from checks import assert_problem, assert_sent, pointers
from messages import BUTTON, message, with_button


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
