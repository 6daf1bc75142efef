"""What the tests of overload share: gateways with small limits, and a Divar that fails or is crowded."""

import re

import pytest

from checks import assert_problem
from conftest import NO_CACHE
from quotas import app
from sandbox import Sandbox, USER_TOKEN

USERS = {"X-Access-Token": USER_TOKEN}
HELD_LINE = "calls to Divar are held back"
GO_ON_LINE = "calls to Divar go on"
NEVER = {"min_calls": 100_000}
PAGE = b"<html><body>502 Bad Gateway</body></html>"
FEW = 5

#: What shows that Divar fails, as faults of the simulation; what a send is told of it.
FAILURES = {
    "500/13": ("status", {"status": 500, "code": 13}, "divar-failed"),
    "503/14": ("status", {"status": 503, "code": 14}, "divar-failed"),
    "504/4": ("status", {"status": 504, "code": 4}, "divar-failed"),
    "502 page": ("edge-html", {"status": 502}, "divar-unintelligible"),
    "503 page": ("edge-html", {"status": 503}, "divar-unintelligible"),
    "cut-before-head": ("cut-before-head", {}, "divar-unintelligible"),
    "cut-in-body": ("cut-in-body", {}, "divar-unintelligible"),
}

#: What is no failure of Divar's, however often it comes.
REFUSALS = {
    "400/3": ("status", {"status": 400, "code": 3}),
    "401/16": ("status", {"status": 401, "code": 16}),
    "403/7": ("status", {"status": 403, "code": 7}),
    "404/5": ("status", {"status": 404, "code": 5, "message": "conversation not found"}),
    "409/10": ("status", {"status": 409, "code": 10}),
    "412/9": ("status", {"status": 412, "code": 9}),
    "429/8": ("status", {"status": 429, "code": 8}),
    "501/12": ("status", {"status": 501, "code": 12}),
    "403 page": ("edge-html", {"status": 403}),
    "wrong-shape": ("wrong-shape", {}),
    "redirect": ("redirect", {}),
}


@pytest.fixture
def start_simulated(start_gateway, new_client):
    """Starts a gateway with these limits, or the defaults, and a simulation: (gateway, client, sandbox)."""

    def start(**overload):
        settings = {**NO_CACHE, "overload": overload, "apps": {"default": app(pause="0s")}}
        gateway = start_gateway(settings, sandbox=True)
        return gateway, new_client(gateway), Sandbox(gateway.sandbox_url)

    return start


def breaker(**settings):
    return {"min_calls": FEW, "open_for": "30s", **settings}


def health(client):
    answered = client.get("/health/ready")
    # A gateway that can't reach Divar is as good as any other.
    assert answered.status_code == 200
    return next(check["detail"] for check in answered.json()["checks"] if check["name"] == "divar")


def assert_held_back(answered, is_send=True):
    """The call was refused because Divar fails. Gives the seconds to wait."""
    problem = assert_problem(answered, "divar-unavailable", "not_sent" if is_send else None)
    assert {"message_id", "attempts", "endpoint", "divar_status"}.isdisjoint(problem)
    assert re.fullmatch("[1-9][0-9]*", answered.headers["Retry-After"])
    return int(answered.headers["Retry-After"])


def assert_overloaded(answered, is_send=True):
    problem = assert_problem(answered, "overloaded", "not_sent" if is_send else None)
    assert {"message_id", "attempts"}.isdisjoint(problem)
    assert re.fullmatch("[1-9][0-9]*", answered.headers["Retry-After"])


def statuses(sandbox):
    return [request["status"] for request in sandbox.requests()]


def open_breaker(gateway, client, sandbox):
    """Lets so many sends fail that calls are held back, and has Divar well again."""
    sandbox.fault("status", status=500, code=13)
    for _ in range(FEW):
        assert_problem(client.send_message(text="fails"), "divar-failed", "unknown")
    sandbox.clear_faults()
    gateway.wait_for_log(HELD_LINE)
    assert sandbox.request_count() == FEW
