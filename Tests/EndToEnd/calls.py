"""The kinds of calls that a gateway makes to Divar: how to make each, its path there, what its failure leaves open."""

from canaries import PLANTED, USER_TOKEN, canary
from checks import assert_sent
from upstream import agreeable

TEXT = "سلام! وقت بازدید دارید؟"
USERS_TOKEN = PLANTED.plant(USER_TOKEN, canary("a-user-token-0815"))
TOKEN = {"X-Access-Token": USERS_TOKEN}

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
