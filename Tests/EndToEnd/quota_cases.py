"""What the tests of the quota share."""

import pytest

from checks import assert_sent
from conftest import NO_CACHE
from quotas import app, assert_refused, bearer
from sandbox import CONVERSATION, Sandbox, USER_TOKEN

#: The minute's window, and a second that a place may lapse later.
LONGEST_RETRY = 62
AT_ONCE = "0s"
FOUR_FIFTHS = "four fifths of the day's quota are used"
LIMIT_LINE = "Divar's limit is passed"


@pytest.fixture
def start_limited(start_gateway, new_client):
    """Starts a gateway with a quota and a simulation with these limits behind it: (gateway, client, sandbox)."""

    def start(limits=None, callers=None, **quota):
        quota.setdefault("max_wait", AT_ONCE)
        settings = {"apps": {"default": app(**quota)}, "callers": callers or {}, **NO_CACHE}
        gateway = start_gateway(settings, sandbox=True)
        sandbox = Sandbox(gateway.sandbox_url)
        if limits:
            sandbox.limits(**limits)
        return gateway, new_client(gateway), sandbox

    return start


@pytest.fixture
def start_quota(start_behind, start_upstream, new_client):
    """Starts a gateway with a quota in front of a recording upstream: (gateway, client, upstream)."""

    def start(callers=None, **quota):
        upstream = start_upstream()
        quota.setdefault("max_wait", AT_ONCE)
        settings = {"apps": {"default": app(**quota)}, "callers": callers or {}, **NO_CACHE}
        gateway = start_behind(upstream, **settings)
        return gateway, new_client(gateway), upstream

    return start


def send(client, name=None, **headers):
    return client.send_message(
        {"conversation_id": CONVERSATION, "text": "x"}, headers={**(bearer(name) if name else {}), **headers}
    )


def read_as(client, name):
    return client.get(f"/conversations/{CONVERSATION}", headers={**bearer(name), "X-Access-Token": USER_TOKEN})


def sends_until_refused(client, name=None, most=200):
    """How many sends get a place one after the other; the next three are refused."""
    for number in range(most):
        answered = send(client, name)
        if answered.status_code == 429:
            for _ in range(3):
                assert_refused(answered)
                answered = send(client, name)
            return number
        assert_sent(answered)
    raise AssertionError(f"all {most} sends got a place")


def quota_check(client):
    answered = client.get("/health/ready")
    assert answered.status_code == 200
    return next(check for check in answered.json()["checks"] if check["name"] == "quota")
