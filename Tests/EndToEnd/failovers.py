"""What the tests of failover share: an upstream of which endpoints come and go."""

import pytest

from sandbox import USER_TOKEN
from upstream import RecordingUpstream, agreeable, answer, complaint

V1 = "v1.bot.conversation"
EXPERIMENTAL = "experimental.bot.conversation"
OLDEST = "experimental.chatbot-conversation"
#: The endpoints for messages of a bot to a conversation under the first contract, in the order in which they are taken.
ROUTE = [V1, EXPERIMENTAL, OLDEST]
PREFIXES = {
    V1: "/v1/open-platform/chat/bot/conversations/",
    EXPERIMENTAL: "/experimental/open-platform/chat/bot/conversations/",
    OLDEST: "/experimental/open-platform/chatbot-conversations/",
}
USER_ROUTE = ["v1.bot.user", "experimental.bot.user"]
USERS = {"X-Access-Token": USER_TOKEN}
BUTTONS = [
    [
        {"caption": "پیوند", "open_url": "https://example.com/الف"},
        {"caption": "سرور", "icon": "SEND", "server_link": {"id": 1, "deep": [None, "دو"]}},
    ],
    [{"caption": "آگهی", "open_post": "AJIEWcw"}],
]
GONE_LINE = "endpoint gone: calls go to the next one"
BACK_LINE = "endpoint back"
PAGE = b"<!DOCTYPE html><html><body><h1>nginx</h1></body></html>"
NOT_FOUND = complaint(404, 5, "Not Found")


def page(status):
    return answer(status, PAGE, content_type="text/html")


#: What says of a path that nobody serves it: the answer, and whether it may also be the conversation that is missing.
GONE = {
    "404 code 5": (NOT_FOUND, True),
    "405 code 12": (complaint(405, 12, "Method Not Allowed"), False),
    "405 code 5": (complaint(405, 5, "Method Not Allowed"), False),
    "410 code 5": (complaint(410, 5, "gone for good"), False),
    "501 code 12": (complaint(501, 12, "Not Implemented"), False),
    "404 code 12": (complaint(404, 12, "unknown method"), False),
    "400 code 12": (complaint(400, 12, "unknown service"), False),
    "500 code 12": (complaint(500, 12, "unknown service"), False),
    "405 page": (page(405), False),
    "410 page": (page(410), False),
    "501 page": (page(501), False),
    "405 empty": (answer(405), False),
    "410 without a gRPC code": (answer(410, {"message": "gone"}), False),
}

#: What looks like it and says nothing of the path: the answer, the problem, the outcome.
NOT_GONE = {
    "another conversation's words": (complaint(404, 5, "conversation not found"), "not-found-at-divar", "not_sent"),
    "no words": (complaint(404, 5, None), "not-found-at-divar", "not_sent"),
    "nearly the words": (complaint(404, 5, "Not Found."), "not-found-at-divar", "not_sent"),
    "another code": (complaint(404, 3, "Not Found"), "not-found-at-divar", "not_sent"),
    "another status": (complaint(400, 5, "Not Found"), "not-found-at-divar", "not_sent"),
    "404 page": (page(404), "divar-unintelligible", "unknown"),
    "404 empty": (answer(404), "divar-unintelligible", "unknown"),
    "403 page": (page(403), "divar-unintelligible", "unknown"),
    "400 page": (page(400), "divar-unintelligible", "unknown"),
    "502 page": (page(502), "divar-unintelligible", "unknown"),
    "405 code 13": (complaint(405, 13, "internal"), "divar-rejected", "unknown"),
    "501 code 13": (complaint(501, 13, "internal"), "divar-failed", "unknown"),
}


def endpoint_of(path):
    return next((name for name, prefix in PREFIXES.items() if path.startswith(prefix)), path)


class Routes:
    """A Divar of which a test says what each endpoint answers; all others agree."""

    def __init__(self):
        self.upstream = RecordingUpstream(reply=self.reply)
        self.answers = {}
        #: Conversations that nobody knows, and with what words that is said.
        self.unknown = {}

    def reply(self, request):
        prepared = self.answers.get(endpoint_of(request.path))
        conversation = request.path.split("/")[-2]
        return prepared or self.unknown.get(conversation) or agreeable(request)

    def asked(self):
        """The endpoints that were asked since the last time, in order."""
        names = [endpoint_of(request.path) for request in self.upstream.requests]
        self.upstream.clear()
        return names


@pytest.fixture
def routes():
    made = Routes()
    yield made
    made.upstream.stop()


@pytest.fixture
def behind(routes, start_behind, new_client):
    """A gateway with three endpoints for a bot's messages in front of `routes`: (gateway, client)."""
    gateway = start_behind(routes.upstream, contract="2025-12", cache={"max_bytes": 0})
    return gateway, new_client(gateway)


def told(gateway, message):
    return [line["endpoint"] for line in gateway.logs(message)]


def send(client, conversation="c-1", **members):
    return client.send_message({"conversation_id": conversation, "text": "سلام", **members})
