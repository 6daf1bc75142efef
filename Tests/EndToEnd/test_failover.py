"""Endpoints that come and go: the next one is tried, and what only looks gone is left alone."""

import pytest

from checks import assert_problem, assert_sent
from failovers import (
    BACK_LINE,
    BUTTONS,
    EXPERIMENTAL,
    GONE,
    GONE_LINE,
    NOT_FOUND,
    NOT_GONE,
    OLDEST,
    ROUTE,
    USERS,
    USER_ROUTE,
    V1,
    behind,
    page,
    routes,
    send,
    told,
)
from sandbox import CONVERSATION, Sandbox, USER
from trail import Trail
from upstream import complaint


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
