"""The calls of the internal API end to end, with a simulated Divar behind the gateway: by curl and by requests."""

import json
import re
from datetime import datetime

import pytest

from checks import assert_problem, assert_sent
from processes import curl
from sandbox import CONVERSATION, USER, USER_TOKEN

TEXT = "سلام! وقت بازدید دارید؟\nمی\u200cخواهم خانه\u200cها را ببینم 🏠"
BUTTONS = [
    [
        {"caption": "بله", "icon": "SEND", "server_link": {"answer": "yes"}},
        {"caption": "خیر", "server_link": {"answer": "no"}},
    ]
]
GRID = {
    "rows": [
        {
            "buttons": [
                {"caption": "بله", "icon": "SEND", "action": {"open_server_link": {"data": {"answer": "yes"}}}},
                {"caption": "خیر", "action": {"open_server_link": {"data": {"answer": "no"}}}},
            ]
        }
    ]
}
USERS = {"X-Access-Token": USER_TOKEN}


# By curl


def test_curl_sends_a_persian_text_with_two_buttons_and_reads_it_back(gateway, sandbox):
    message = {"conversation_id": CONVERSATION, "text": TEXT, "buttons": BUTTONS}
    answered = curl(
        gateway.url + "/send", "-H", "Content-Type: application/json", "--data-binary",
        json.dumps(message, ensure_ascii=False),
    )
    sent = json.loads(answered)
    assert sent["outcome"] == "sent"
    assert sent["endpoint"] == "v1.bot.conversation"
    [entry] = sandbox.ledger()
    assert entry["text"] == TEXT
    assert entry["buttons"] == GRID
    assert entry["conversation_id"] == CONVERSATION
    read = json.loads(curl(f"{gateway.url}/conversations/{CONVERSATION}", "-H", f"X-Access-Token: {USER_TOKEN}"))
    assert read["messages"][-1]["text"] == TEXT
    assert read["messages"][-1]["sender"] == {"side": "SELLER", "type": "BOT"}


def test_curl_gets_an_upload_token(gateway, sandbox):
    answered = json.loads(curl("-X", "POST", gateway.url + "/upload-token"))
    assert set(answered) == {"token", "upload_url"}
    assert answered["token"]


def test_curl_sees_health(gateway):
    assert json.loads(curl(gateway.url + "/health/live")) == {"status": "live"}
    ready = json.loads(curl(gateway.url + "/health/ready"))
    assert ready["status"] == "ready"
    assert [check["status"] for check in ready["checks"]] == ["pass"] * len(ready["checks"])
    headers = curl("--head", gateway.url + "/health/ready")
    assert headers.startswith("HTTP/1.1 200 OK\r\n")


def test_curl_keeps_its_connection(gateway, sandbox):
    output = curl(
        *[gateway.url + "/health/live"] * 3, "-o", "/dev/null", "-o", "/dev/null", "-o", "/dev/null",
        "-w", "%{num_connects} %{local_port}\n",
    ).split("\n")
    assert [line.split()[0] for line in output if line] == ["1", "0", "0"]


# Sending


def test_a_message_is_sent_once_and_kept_as_it_was(client, sandbox):
    sent = assert_sent(client.send_message(text=TEXT, buttons=BUTTONS), "v1.bot.conversation")
    assert sent["conversation_id"] == CONVERSATION
    [entry] = sandbox.ledger()
    assert entry["text"] == TEXT
    assert entry["buttons"] == GRID
    assert entry["endpoint"] == "v1.bot.conversation"
    assert entry["sender"] == "BOT"
    [request] = sandbox.requests()
    assert request["fields"] == ["x-api-key", "traceparent", "content-type"]


def test_every_message_has_an_id_of_its_own_in_the_order_of_time(client, sandbox):
    ids = [assert_sent(client.send_message(text=str(index)))["message_id"] for index in range(50)]
    assert len(set(ids)) == 50
    times = [id[:13] for id in ids]
    assert times == sorted(times)


def test_the_same_text_twice_is_sent_twice(client, sandbox):
    for _ in range(2):
        assert_sent(client.send_message(text="again"))
    assert sandbox.texts() == ["again", "again"]


@pytest.mark.parametrize(
    "members,headers,endpoint,sender",
    [
        ({"conversation_id": CONVERSATION}, {}, "v1.bot.conversation", "BOT"),
        ({"conversation_id": CONVERSATION, "as": "bot"}, {}, "v1.bot.conversation", "BOT"),
        ({"conversation_id": CONVERSATION, "as": "bot"}, USERS, "v1.bot.conversation", "BOT"),
        ({"conversation_id": CONVERSATION}, USERS, "v2.conversation", "HUMAN"),
        ({"conversation_id": CONVERSATION, "as": "user"}, USERS, "v2.conversation", "HUMAN"),
        ({"user_id": USER}, USERS, "v1.bot.user", "BOT"),
        ({"user_id": USER, "as": "bot"}, USERS, "v1.bot.user", "BOT"),
    ],
)
def test_the_sender_follows_from_target_and_token(members, headers, endpoint, sender, client, sandbox):
    assert_sent(client.send_message({"text": "x", **members}, headers=headers), endpoint)
    [entry] = sandbox.ledger()
    assert (entry["endpoint"], entry["sender"]) == (endpoint, sender)


def test_a_message_to_a_user_names_the_conversation_that_it_went_to(client, sandbox):
    sent = assert_sent(client.send_message({"user_id": USER, "text": "سلام"}, headers=USERS), "v1.bot.user")
    [entry] = sandbox.ledger()
    assert entry["user_id"] == USER
    assert entry["conversation_id"] == sent["conversation_id"] != USER
    assert client.read(sent["conversation_id"]).json()["messages"][-1]["text"] == "سلام"


def test_sender_and_receiver_may_see_different_buttons(client, sandbox):
    message = {
        "conversation_id": CONVERSATION, "text": "x", "buttons": BUTTONS,
        "sender_buttons": [[{"caption": "لغو", "dynamic_action": {"id": 7}}]],
    }
    assert_sent(client.send_message(message, headers=USERS), "v2.conversation")
    [entry] = sandbox.ledger()
    assert entry["receiver_buttons"] == GRID
    assert entry["sender_buttons"] == {
        "rows": [{"buttons": [{"caption": "لغو", "action": {"get_dynamic_action": {"data": {"id": 7}}}}]}]
    }


def test_media_are_sent_by_their_token(client, sandbox):
    assert_sent(client.send_message(media_token="media-1", buttons=BUTTONS), "v1.bot.conversation")
    assert_sent(
        client.send_message({"conversation_id": CONVERSATION, "media_token": "media-2"}, headers=USERS), "v2.conversation"
    )
    assert [entry["media_token"] for entry in sandbox.ledger()] == ["media-1", "media-2"]


def test_a_file_is_uploaded_and_sent_in_three_steps(client, sandbox):
    sandbox.call("POST", "media", {"return_media": True, "accept_any_media": False})
    grant = client.post("/upload-token").json()
    assert grant["upload_url"] == sandbox.url + "/upload"
    uploaded = client.post(
        grant["upload_url"] + "/image", files={"file": ("house.png", b"\x89PNG\r\n\x1a\n")},
        headers={"Authorization": f"Bearer {grant['token']}"},
    )
    assert uploaded.json()["status"] == "ok", uploaded.text
    token = uploaded.json()["id"]
    assert_sent(client.send_message(media_token=token))
    assert sandbox.ledger()[-1]["media_token"] == token
    last = client.read(CONVERSATION).json()["messages"][-1]
    assert last["type"] == "IMAGE"
    # 64-bit numbers are strings in protobuf's JSON, and stay that.
    assert last["image_data"]["size_bytes"] == "8"
    # A media token can not be made up.
    problem = assert_problem(client.send_message(media_token="made-up"), "divar-rejected", "not_sent")
    assert problem["divar_code"] == 3


# Reading


def test_a_conversation_is_read_in_one_shape_oldest_first(client, sandbox):
    sandbox.add_conversation("two", "یک", "دو", type="POST", post_token="AJIEWcw")
    assert_sent(client.send_message(conversation_id="two", text="سه"))
    sandbox.incoming("two", "چهار")
    conversation = client.read("two").json()
    assert {name: conversation[name] for name in ("id", "type", "post_token")} == {
        "id": "two", "type": "POST", "post_token": "AJIEWcw",
    }
    assert [message["text"] for message in conversation["messages"]] == ["یک", "دو", "سه", "چهار"]
    for message in conversation["messages"]:
        assert datetime.fromisoformat(message["sent_at"].replace("Z", "+00:00"))
        assert message["type"] == "TEXT"
        assert message["sender"]["side"] in ("BUYER", "SELLER")
        assert message["id"]


def test_a_read_sees_what_was_sent_just_before(client, sandbox):
    for index in range(20):
        assert_sent(client.send_message(text=f"number {index}"))
        assert client.read(CONVERSATION).json()["messages"][-1]["text"] == f"number {index}"


def test_what_was_read_with_a_token_is_not_served_after_its_end(client, sandbox):
    sandbox.add_token("short", scopes=[f"CHAT_CONVERSATION_READ.{CONVERSATION}"])
    assert client.read(CONVERSATION, token="short").status_code == 200
    sandbox.revoke_token("short")
    problem = assert_problem(client.read(CONVERSATION, token="short"), "divar-refused-credentials")
    assert problem["divar_status"] == 401
    assert problem["divar_code"] == 16


def test_a_token_reads_what_its_scope_says_and_nothing_else(client, sandbox):
    sandbox.add_conversation("other", "secret")
    sandbox.add_token("narrow", scopes=[f"CHAT_CONVERSATION_READ.{CONVERSATION}"])
    assert client.read(CONVERSATION, token="narrow").status_code == 200
    answered = client.read("other", token="narrow")
    problem = assert_problem(answered, "divar-refused-credentials")
    assert (problem["divar_status"], problem["divar_code"]) == (403, 7)
    assert b"secret" not in answered.content


# Divar's own errors


def test_a_recipient_who_blocked_the_sender_is_final(client, sandbox):
    sandbox.block(conversation_id=CONVERSATION)
    problem = assert_problem(client.send_message(text="x"), "recipient-restricted", "not_sent")
    assert (problem["divar_status"], problem["divar_code"]) == (412, 9)
    assert problem["divar_message"] == "message delivery failed due to recipient's restriction"
    assert problem["endpoint"] == "v1.bot.conversation"
    assert problem["attempts"] == 1
    assert re.fullmatch("[0-9a-f-]{36}", problem["message_id"])
    sandbox.block(user_id=USER)
    assert_problem(client.send_message({"user_id": USER, "text": "x"}, headers=USERS), "recipient-restricted", "not_sent")
    assert sandbox.ledger() == []
    assert sandbox.request_count() == 2, "it was tried again"


@pytest.mark.parametrize(
    "limit,words", [("per_minute", "per-minute limit exceeded"), ("per_day", "daily quota exceeded")]
)
def test_divars_limits_are_told_with_divars_words(limit, words, client, sandbox):
    sandbox.limits(**{limit: 2})
    for _ in range(2):
        assert_sent(client.send_message(text="within"))
    problem = assert_problem(client.send_message(text="beyond"), "divar-limit", "not_sent")
    assert (problem["divar_status"], problem["divar_code"], problem["divar_message"]) == (429, 8, words)
    assert_problem(client.read(CONVERSATION), "divar-limit")
    assert_problem(client.post("/upload-token"), "divar-limit")
    assert sandbox.texts() == ["within", "within"]


def test_an_unknown_conversation_is_not_found_at_divar(client, sandbox):
    for answered in (client.send_message(conversation_id="nowhere", text="x"), client.read("nowhere")):
        problem = assert_problem(answered, "not-found-at-divar")
        assert (problem["divar_status"], problem["divar_code"]) == (404, 5)
        assert problem["divar_message"] == "conversation not found"
        assert problem["endpoint"] in ("v1.bot.conversation", "v1.conversation")
    assert_problem(client.send_message(conversation_id="nowhere", text="x"), "not-found-at-divar", "not_sent")
    assert sandbox.ledger() == []


def test_credentials_that_divar_refuses_are_no_fault_of_the_caller(client, sandbox):
    sandbox.call("DELETE", "keys/sandbox-divar-key")
    for answered in (client.send_message(text="x"), client.read(CONVERSATION), client.post("/upload-token")):
        problem = assert_problem(answered, "divar-refused-credentials")
        assert (problem["divar_status"], problem["divar_code"]) == (401, 16)
    sandbox.add_key(key="sandbox-divar-key", permissions=["CHAT_UPLOAD_MEDIA"])
    problem = assert_problem(client.send_message(text="x"), "divar-refused-credentials", "not_sent")
    assert (problem["divar_status"], problem["divar_code"]) == (403, 7)
    assert client.post("/upload-token").status_code == 200
    assert sandbox.ledger() == []


def test_a_user_token_that_divar_does_not_know_sends_nothing(client, sandbox):
    headers = {"X-Access-Token": "unknown-token"}
    for message in ({"conversation_id": CONVERSATION, "text": "x"}, {"user_id": USER, "text": "x"}):
        problem = assert_problem(client.send_message(message, headers=headers), "divar-refused-credentials", "not_sent")
        assert problem["divar_code"] == 16
    sandbox.add_token("of-somebody", user="somebody", scopes=["CHAT_BOT_USER_MESSAGE_SEND"])
    headers = {"X-Access-Token": "of-somebody"}
    assert_problem(client.send_message({"user_id": USER, "text": "x"}, headers=headers), "divar-refused-credentials", "not_sent")
    assert_sent(client.send_message({"user_id": "somebody", "text": "x"}, headers=headers))
    assert len(sandbox.ledger()) == 1


def test_an_icon_that_divar_does_not_know_is_rejected_by_divar(client, sandbox):
    answered = client.send_message(text="x", buttons=[[{"caption": "a", "icon": "NO_SUCH_ICON", "open_post": "p"}]])
    problem = assert_problem(answered, "divar-rejected", "not_sent")
    assert (problem["divar_status"], problem["divar_code"]) == (400, 3)
    assert "icon" in problem["divar_message"]
    assert sandbox.ledger() == []


def test_an_endpoint_that_is_gone_is_not_found(client, sandbox):
    sandbox.fault("route-gone", endpoint="v1.bot.conversation")
    problem = assert_problem(client.send_message(text="x"), "not-found-at-divar", "not_sent")
    assert problem["divar_message"] == "Not Found"


def test_no_invalid_call_is_ever_seen_by_divar(client, sandbox):
    token = {"X-Access-Token": USER_TOKEN}
    for body in (
        {}, [], {"text": "x"}, {"conversation_id": CONVERSATION}, {"conversation_id": "a/b", "text": "x"},
        {"conversation_id": CONVERSATION, "text": ""}, {"conversation_id": CONVERSATION, "text": "x" * 4097},
        {"conversation_id": CONVERSATION, "text": "x", "buttons": [[{}]]},
        {"conversation_id": CONVERSATION, "text": "x", "extra": 1}, {"user_id": USER, "text": "x", "as": "user"},
    ):
        assert_problem(client.post("/send", json=body, headers=token), "invalid-request", "not_sent")
    assert client.read(CONVERSATION, token=None).status_code == 400
    assert client.read("a b").status_code == 400
    assert client.get("/send").status_code == 405
    assert client.post("/send", data=b"x").status_code == 415
    assert sandbox.request_count() == 0
    assert sandbox.ledger() == []
