"""Every rule of a send's buttons: the grid, captions, icons, actions, and links that are what they look like."""

import pytest

from checks import assert_sent
from messages import BUTTON, message, with_button


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
