"""What every test asks of answers, in one place."""

import re

PROBLEM = "urn:divar-gateway:problem:"
UUID_7 = r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
#: Problems and their statuses, as the service promises them to its callers.
STATUSES = {
    "malformed-request": 400, "invalid-request": 400, "user-token-required": 400, "unauthenticated": 401,
    "not-allowed": 403, "no-such-resource": 404, "not-found-at-divar": 404, "method-not-allowed": 405,
    "request-timeout": 408, "recipient-restricted": 412, "body-too-large": 413, "target-too-long": 414,
    "unsupported-media-type": 415, "expectation-failed": 417, "divar-rejected": 422, "divar-limit": 429,
    "header-too-large": 431, "method-not-implemented": 501, "divar-refused-credentials": 502, "divar-failed": 502,
    "divar-unintelligible": 502, "loop-detected": 508,
    "divar-unreachable": 502, "overloaded": 503, "divar-timeout": 504, "unsupported-version": 505,
    "idempotency-key-in-use": 409, "idempotency-key-reused": 422, "interrupted": 500, "journal-unavailable": 503,
    "not-cached": 504, "event-not-forwarded": 502, "quota": 429, "caller-limit": 429, "divar-unavailable": 503,
    "not-cancellable": 409,
    "message-expired": 409,
    "message-cancelled": 409,
    "unknown-user": 404, "consent-required": 403, "user-token-unavailable": 503,
}
#: Attempts at an endpoint that is never reached.
UNREACHED_ATTEMPTS = 5
ABSENT = object()


def header(answer, name):
    return answer.headers.get(name) or answer.headers.get(name.lower())


def assert_problem(answer, kind, outcome=ABSENT):
    """The answer is that problem, in the form of RFC 9457. Gives its members."""
    assert header(answer, "Content-Type") == "application/problem+json", (answer.status_code, answer.content)
    problem = answer.json()
    assert problem["type"] == PROBLEM + kind, problem
    assert answer.status_code == STATUSES[kind], problem
    assert problem["status"] == STATUSES[kind]
    assert problem["title"] and problem["detail"]
    if outcome is not ABSENT:
        assert problem.get("outcome") == outcome, problem
    return problem


def assert_sent(answer, endpoint=None, attempts=1):
    """The answer says that the message was sent. Gives its members."""
    assert answer.status_code == 200, (answer.status_code, answer.content)
    assert header(answer, "Content-Type") == "application/json"
    body = answer.json()
    assert body["outcome"] == "sent"
    assert set(body) == {"outcome", "message_id", "conversation_id", "endpoint", "attempts"}
    assert re.fullmatch(UUID_7, body["message_id"])
    assert body["attempts"] == attempts
    if endpoint is not None:
        assert body["endpoint"] == endpoint
    return body


def assert_refused_and_closed(wire, kind):
    """The answer on a raw connection is that problem, and the last one."""
    answered = wire.answer()
    assert_problem(answered, kind)
    assert answered.headers["connection"] == "close"
    assert wire.is_closed()


def pointers(problem):
    return sorted(error["pointer"] for error in problem["errors"])
