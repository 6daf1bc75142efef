"""When Divar drops an endpoint, a key or a connection: the call goes on where it is proven that nothing was done."""

import re
import time

import pytest

from checks import UNREACHED_ATTEMPTS, assert_problem, assert_sent
from conftest import KEY_VARIABLE
from processes import wait_until
from sandbox import CONVERSATION, USER, USER_TOKEN, Sandbox
from sandbox import KEY as SANDBOX_KEY
from trail import Trail
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


# An endpoint that is gone


@pytest.mark.parametrize("form", GONE)
def test_a_send_goes_on_at_the_next_endpoint_which_is_remembered(form, routes, behind):
    gateway, client = behind
    routes.answers[V1] = GONE[form][0]
    first = assert_sent(send(client, buttons=BUTTONS), EXPERIMENTAL, attempts=2)
    asked = list(routes.upstream.requests)
    assert routes.asked() == [V1, EXPERIMENTAL]
    # The other endpoint gets the same message, at its own path, with the same fields.
    assert asked[0].json() == asked[1].json()
    assert asked[0].json()["text_message"] == "سلام"
    names = [[name for name, _ in request.fields if name.lower() != "traceparent"] for request in asked]
    assert names[0] == names[1]
    traces = [request.value("traceparent").split("-") for request in asked]
    assert traces[0][1] == traces[1][1] and traces[0][2] != traces[1][2], "one trace, a span for each attempt"
    for _ in range(3):
        assert_sent(send(client), EXPERIMENTAL, attempts=1)
    assert routes.asked() == [EXPERIMENTAL] * 3
    gone = gateway.wait_for_log(GONE_LINE)
    assert [(line["endpoint"], line["level"], line["retry_in_seconds"]) for line in gone] == [(V1, "warning", "30")]
    outcome = Trail(gateway).outcomes()[first["message_id"]]
    assert (outcome["outcome"], outcome["endpoint"], outcome["attempts"]) == ("sent", EXPERIMENTAL, 2)


@pytest.mark.parametrize("form", NOT_GONE)
def test_what_only_looks_like_it_ends_the_send_and_retires_nothing(form, routes, behind):
    gateway, client = behind
    prepared, kind, outcome = NOT_GONE[form]
    routes.answers[V1] = prepared
    problem = assert_problem(send(client), kind, outcome)
    assert (problem["attempts"], problem["endpoint"]) == (1, V1)
    assert routes.asked() == [V1]
    del routes.answers[V1]
    assert_sent(send(client), V1, attempts=1)
    assert gateway.logs(GONE_LINE) == []


def test_two_endpoints_that_are_gone_leave_the_third(routes, behind):
    gateway, client = behind
    routes.answers = {V1: NOT_FOUND, EXPERIMENTAL: page(410)}
    assert_sent(send(client), OLDEST, attempts=3)
    assert_sent(send(client), OLDEST, attempts=1)
    assert routes.asked() == [*ROUTE, OLDEST]
    assert sorted(told(gateway, GONE_LINE)) == sorted([V1, EXPERIMENTAL])


@pytest.mark.parametrize("form", [form for form, (_, is_doubtful) in GONE.items() if not is_doubtful])
def test_where_all_are_gone_nothing_was_sent_and_all_are_tried_again(form, routes, behind):
    gateway, client = behind
    routes.answers = {name: GONE[form][0] for name in ROUTE}
    for _ in range(2):
        problem = send(client).json()
        assert (problem["outcome"], problem["attempts"]) == ("not_sent", 3)
        assert sorted(routes.asked()) == sorted(ROUTE)
    assert sorted(told(gateway, GONE_LINE)) == sorted(ROUTE)
    routes.answers = {name: GONE[form][0] for name in ROUTE[:2]}
    # One of them is there again, and no call fails for it.
    assert assert_sent(send(client), OLDEST, attempts=3)
    assert_sent(send(client), OLDEST, attempts=1)
    assert told(gateway, BACK_LINE) == [OLDEST]


def test_an_endpoint_comes_back_when_the_one_that_stood_in_goes(routes, behind):
    gateway, client = behind
    routes.answers = {V1: NOT_FOUND}
    assert_sent(send(client), EXPERIMENTAL, attempts=2)
    # It is back, but nobody knows that yet.
    routes.answers = {}
    assert_sent(send(client), EXPERIMENTAL, attempts=1)
    routes.answers = {EXPERIMENTAL: NOT_FOUND, OLDEST: NOT_FOUND}
    assert_sent(send(client), V1, attempts=3)
    assert_sent(send(client), V1, attempts=1)
    assert gateway.wait_for_log(BACK_LINE)[0]["level"] == "notice"
    assert told(gateway, BACK_LINE) == [V1]
    assert told(gateway, GONE_LINE) == [V1, EXPERIMENTAL, OLDEST]


def test_each_operation_remembers_its_own_endpoints(routes, behind):
    _, client = behind
    routes.answers = {V1: NOT_FOUND}
    assert_sent(send(client), EXPERIMENTAL, attempts=2)
    to_user = client.send_message({"user_id": USER, "text": "x"}, headers=USERS)
    assert_sent(to_user, "v1.bot.user", attempts=1)


def test_an_operation_with_one_endpoint_has_nowhere_to_go(routes, behind):
    _, client = behind
    path = "/v2/open-platform/conversations/c-1/messages"
    routes.answers = {path: page(405)}
    as_user = {"conversation_id": "c-1", "text": "x"}
    assert_problem(client.send_message(as_user, headers=USERS), "divar-unintelligible", "not_sent")
    assert routes.asked() == [path]
    routes.answers = {}
    assert_sent(client.send_message(as_user, headers=USERS), "v2.conversation", attempts=1)


def test_an_unknown_outcome_is_never_tried_elsewhere(routes, behind):
    _, client = behind
    routes.answers = {V1: NOT_FOUND, EXPERIMENTAL: page(502)}
    problem = assert_problem(send(client), "divar-unintelligible", "unknown")
    assert (problem["endpoint"], problem["attempts"]) == (EXPERIMENTAL, 2)
    assert routes.asked() == [V1, EXPERIMENTAL]


@pytest.mark.parametrize("route,target,headers", [
    (ROUTE, {"conversation_id": CONVERSATION}, None), (USER_ROUTE, {"user_id": USER}, USERS),
], ids=["to a conversation", "to a user"])
def test_the_simulation_gets_the_same_message_by_another_way(route, target, headers, start_gateway, new_client):
    gateway = start_gateway({"contract": "2025-12"}, sandbox=True, script={"contract": "2025-12"})
    client, sandbox = new_client(gateway), Sandbox(gateway.sandbox_url)
    for number, endpoint in enumerate(route):
        message = {**target, "text": f"{number}", "buttons": BUTTONS}
        assert_sent(client.send_message(message, headers=headers), endpoint, attempts=1 if number == 0 else 2)
        sandbox.fault("route-gone", endpoint=endpoint)
    entries = sandbox.ledger()
    assert [(entry["endpoint"], entry["text"]) for entry in entries] == [
        (endpoint, f"{number}") for number, endpoint in enumerate(route)
    ]
    assert len({str(entry.get("buttons")) for entry in entries}) == 1
    assert len({entry["conversation_id"] for entry in entries}) == 1


# An unknown conversation


@pytest.mark.parametrize("words", ["Not Found", "conversation not found"])
def test_an_unknown_conversation_retires_no_endpoint(words, routes, behind):
    """The confusing order: the first that is ever asked for is one that nobody knows."""
    gateway, client = behind
    routes.unknown = {"nobody-knows": complaint(404, 5, words)}
    for _ in range(3):
        problem = assert_problem(send(client, "nobody-knows"), "not-found-at-divar", "not_sent")
        # Divar's words for a path that isn't there may be meant of the path.
        assert problem["attempts"] == (3 if words == "Not Found" else 1)
        routes.asked()
        assert_sent(send(client, "known"), V1, attempts=1)
        assert routes.asked() == [V1]
    assert gateway.logs(GONE_LINE) == []


@pytest.mark.parametrize("words", ["Not Found", "conversation not found"])
def test_an_unknown_conversation_while_an_endpoint_is_gone_retires_no_other(words, routes, behind):
    gateway, client = behind
    routes.unknown = {"nobody-knows": complaint(404, 5, words)}
    routes.answers = {V1: NOT_FOUND}
    # Nothing is learned from a call that nobody knows what to do with.
    problem = assert_problem(send(client, "nobody-knows"), "not-found-at-divar", "not_sent")
    assert problem["divar_message"] == words
    assert gateway.logs(GONE_LINE) == []
    assert_sent(send(client, "known"), EXPERIMENTAL, attempts=2)
    routes.asked()
    # The gone one is remembered now; the one that stands in must not be taken for gone.
    for _ in range(3):
        problem = assert_problem(send(client, "nobody-knows"), "not-found-at-divar", "not_sent")
        assert problem["divar_message"] == words
        routes.asked()
        assert_sent(send(client, "known"), EXPERIMENTAL, attempts=1)
        assert routes.asked() == [EXPERIMENTAL]
    assert told(gateway, GONE_LINE) == [V1]


def test_an_unknown_conversation_does_not_bring_a_gone_endpoint_back(routes, behind):
    gateway, client = behind
    routes.unknown = {"nobody-knows": complaint(404, 5, "conversation not found")}
    routes.answers = {V1: page(410)}
    assert_sent(send(client), EXPERIMENTAL, attempts=2)
    assert_problem(send(client, "nobody-knows"), "not-found-at-divar", "not_sent")
    assert_sent(send(client), EXPERIMENTAL, attempts=1)
    assert gateway.logs(BACK_LINE) == []


def test_that_a_recipient_takes_no_messages_proves_which_endpoints_are_there(routes, behind):
    gateway, client = behind
    routes.answers = {V1: NOT_FOUND}
    routes.unknown = {"blocked": complaint(412, 9, "message delivery failed due to recipient's restriction")}
    assert_problem(send(client, "blocked"), "recipient-restricted", "not_sent")
    assert told(gateway, GONE_LINE) == [V1]
    routes.asked()
    assert_sent(send(client), EXPERIMENTAL, attempts=1)


@pytest.mark.parametrize("gone", [[], [V1], [V1, EXPERIMENTAL]], ids=len)
def test_unknown_conversations_among_known_ones_at_the_simulation(gone, start_gateway, new_client):
    gateway = start_gateway({"contract": "2025-12"}, sandbox=True, script={"contract": "2025-12"})
    client, sandbox = new_client(gateway), Sandbox(gateway.sandbox_url)
    for endpoint in gone:
        sandbox.fault("route-gone", endpoint=endpoint)
    living = ROUTE[len(gone)]
    assert_problem(send(client, "nobody-knows"), "not-found-at-divar", "not_sent")
    for number in range(5):
        assert_sent(send(client, CONVERSATION), living, attempts=1 + (len(gone) if number == 0 else 0))
        problem = assert_problem(send(client, f"nobody-knows-{number}"), "not-found-at-divar", "not_sent")
        assert problem["divar_message"] == "conversation not found"
    assert sorted(told(gateway, GONE_LINE)) == sorted(gone)
    assert len(sandbox.ledger()) == 5


# A key that is refused


SECOND = "divar-key-of-the-tests-0815"
TWO_KEYS = {"default": {"keys": [{"env": KEY_VARIABLE}, {"env": f"{KEY_VARIABLE}_2"}], "quota": {"pause": "0s"}}}


@pytest.fixture
def two_keys(start_process, start_gateway, new_client):
    """A gateway whose app has two keys, in front of a simulation that knows both: (gateway, client, sandbox)."""
    simulation = start_process("sandbox", "--listen", "127.0.0.1:0", "--contract", "2025-12")
    sandbox = Sandbox("http://" + simulation.wait_for_log("sandbox listening")[0]["address"])
    sandbox.add_key(key=SECOND)
    settings = {
        "upstream": {"base_url": sandbox.url}, "contract": "2025-12", "apps": TWO_KEYS, "cache": {"max_bytes": 0},
    }
    gateway = start_gateway(settings, environment={KEY_VARIABLE: SANDBOX_KEY, f"{KEY_VARIABLE}_2": SECOND})
    return gateway, new_client(gateway), sandbox


def revoke(sandbox, key):
    sandbox.call("DELETE", f"keys/{key}")


CALLS = {
    "bot-message": lambda client: client.send_message(text="x"),
    "to-user": lambda client: client.send_message({"user_id": USER, "text": "x"}, headers=USERS),
    "as-user": lambda client: client.send_message({"conversation_id": CONVERSATION, "text": "x"}, headers=USERS),
    "read": lambda client: client.read(CONVERSATION),
    "upload": lambda client: client.post("/upload-token"),
}


def statuses(sandbox):
    return [request["status"] for request in sandbox.requests()]


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("how", ["revoked", "without the permission"])
def test_a_key_that_is_refused_is_followed_by_the_next(how, call, two_keys):
    gateway, client, sandbox = two_keys
    revoke(sandbox, SANDBOX_KEY)
    if how != "revoked":
        sandbox.add_key(key=SANDBOX_KEY, permissions=[])
    answered = CALLS[call](client)
    assert answered.status_code == 200, answered.text
    assert statuses(sandbox) == [401 if how == "revoked" else 403, 200]
    if call in ("bot-message", "to-user", "as-user"):
        sent = assert_sent(answered, attempts=2)
        assert Trail(gateway).outcomes()[sent["message_id"]]["attempts"] == 2
        assert len(sandbox.ledger()) == 1


@pytest.mark.parametrize("call", CALLS)
def test_where_all_keys_are_refused_the_call_ends(call, two_keys):
    _, client, sandbox = two_keys
    revoke(sandbox, SANDBOX_KEY)
    revoke(sandbox, SECOND)
    is_send = call in ("bot-message", "to-user", "as-user")
    problem = assert_problem(CALLS[call](client), "divar-refused-credentials", "not_sent" if is_send else None)
    assert statuses(sandbox) == [401, 401]
    assert problem.get("attempts") == (2 if is_send else None)
    assert sandbox.ledger() == []


def test_a_key_that_works_is_followed_by_none(two_keys):
    _, client, sandbox = two_keys
    assert_sent(client.send_message(text="x"), V1, attempts=1)
    assert statuses(sandbox) == [200]


def test_the_next_key_goes_on_to_the_next_endpoint(two_keys):
    _, client, sandbox = two_keys
    revoke(sandbox, SANDBOX_KEY)
    sandbox.fault("route-gone", endpoint=V1)
    assert_sent(client.send_message(text="x"), EXPERIMENTAL, attempts=3)
    assert statuses(sandbox) == [404, 401, 200]


@pytest.mark.parametrize("status", [401, 403])
def test_an_edge_that_refuses_says_nothing_of_the_key(status, two_keys):
    _, client, sandbox = two_keys
    sandbox.fault("edge-html", status=status)
    assert_problem(client.send_message(text="x"), "divar-unintelligible", "unknown")
    assert sandbox.request_count() == 1


# A connection that isn't made


def listens(sandbox):
    try:
        return sandbox.call("GET", "faults") is not None
    except OSError:
        return False


def stop_listening(sandbox, milliseconds):
    """The simulation goes away for so long. Returns when nobody gets through to it any more."""
    client = Sandbox(sandbox.url)
    sandbox.call("POST", "refuse-connections", {"duration_ms": milliseconds})
    wait_until(lambda: not listens(client), "refused connections")


@pytest.mark.parametrize("call", CALLS)
def test_an_upstream_that_is_away_for_a_moment_costs_time_and_no_call(call, start_gateway, new_client):
    """The gateway's defaults: four more attempts at a connection, 375 ms to 1.1 s in all."""
    gateway = start_gateway({"cache": {"max_bytes": 0}}, sandbox=True)
    client, sandbox = new_client(gateway), Sandbox(gateway.sandbox_url)
    # It is away before it is ever asked: so no connection of before can be taken for a living one.
    stop_listening(sandbox, 300)
    start = time.monotonic()
    answered = CALLS[call](client)
    assert answered.status_code == 200, answered.text
    assert time.monotonic() - start < 5
    if call in ("bot-message", "to-user", "as-user"):
        sent = answered.json()
        assert 2 <= sent["attempts"] <= UNREACHED_ATTEMPTS
        assert Trail(gateway).outcomes()[sent["message_id"]]["attempts"] == sent["attempts"]
        assert [entry["text"] for entry in sandbox.ledger()] == ["x"]
    assert sandbox.request_count() == 1


def test_the_time_that_a_caller_has_ends_the_attempts(start_gateway, new_client):
    gateway = start_gateway({}, sandbox=True)
    client, sandbox = new_client(gateway), Sandbox(gateway.sandbox_url)
    stop_listening(sandbox, 3_000)
    start = time.monotonic()
    answered = client.send_message(text="x", headers={"X-Request-Timeout": "200ms"})
    problem = assert_problem(answered, "divar-unreachable", "not_sent")
    assert time.monotonic() - start < 0.35
    assert problem["attempts"] < UNREACHED_ATTEMPTS
    assert re.fullmatch(r"[0-9a-f]{32}", problem["trace_id"])
    wait_until(lambda: listens(sandbox), "the simulation to come back")
    assert sandbox.ledger() == []
    assert_sent(client.send_message(text="y"), V1, attempts=1)
