"""What the tests of quotas share: callers with keys of their own, apps with limits, the fields that tell of them."""

import hashlib
import re

from canaries import CALLER_KEY, PLANTED, canary
from checks import assert_problem
from conftest import KEY_VARIABLE

_MEMBER = re.compile(r'"([a-z]+)"((?:;[a-z]+=[0-9]+)+)')


def app(*variables, **quota):
    """An entry of `apps` with these limits."""
    return {"keys": [{"env": variable} for variable in variables or [KEY_VARIABLE]], "quota": quota}


def caller_key(name):
    return PLANTED.plant(CALLER_KEY, f"dgw_{canary(name)}")


def caller(name, app="default", **quota):
    """An entry of `callers`, with weight and reserve if they are given."""
    entry = {
        "key_sha256": hashlib.sha256(caller_key(name).encode()).hexdigest(), "app": app,
        "may": ["send", "read", "upload"],
    }
    return {name: {**entry, "quota": quota} if quota else entry}


def bearer(name):
    return {"Authorization": f"Bearer {caller_key(name)}"}


def parse_limits(field):
    """A RateLimit or RateLimit-Policy: {window: {parameter: number}}. The whole field has to be of that form."""
    members = field.split(", ")
    found = {}
    for member in members:
        match = _MEMBER.fullmatch(member)
        assert match, field
        assert match[1] not in found, field
        parameters = [parameter.split("=") for parameter in match[2][1:].split(";")]
        assert len(dict(parameters)) == len(parameters), field
        found[match[1]] = {name: int(number) for name, number in parameters}
    return found


def assert_refused(answered, window=None, outcome="not_sent"):
    """The answer is that there is no place in the quota; gives (problem, seconds to wait)."""
    problem = assert_problem(answered, "quota", outcome)
    assert {"divar_status", "message_id", "endpoint", "attempts"}.isdisjoint(problem)
    assert re.fullmatch("[1-9][0-9]*", answered.headers["Retry-After"])
    if window:
        assert f" {window}" in problem["detail"]
    return problem, int(answered.headers["Retry-After"])
