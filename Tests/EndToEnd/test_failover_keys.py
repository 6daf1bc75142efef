"""The next key, and a connection that isn't made."""

import re
import time

import pytest

from canaries import DIVAR_KEY, PLANTED, canary
from checks import UNREACHED_ATTEMPTS, assert_problem, assert_sent
from conftest import KEY_VARIABLE
from failovers import EXPERIMENTAL, USERS, V1
from processes import wait_until
from sandbox import CONVERSATION, KEY as SANDBOX_KEY, Sandbox, USER
from trail import Trail


# A key that is refused


SECOND = PLANTED.plant(DIVAR_KEY, canary("divar-key-of-the-tests-0815"))
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
