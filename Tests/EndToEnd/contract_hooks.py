"""What schemathesis is told of this API beyond its document: it is loaded by the run that `test_contract.py` starts.

Random tokens and ids would all be refused at Divar's door. So every other valid one is replaced by one that the
simulated Divar knows; invalid ones stay as they are, for they have to be refused.
"""

import datetime
import os
import re
import uuid

import schemathesis

# Not written here: every constant of this module is tried as a value, and a token in a text is a secret that got out.
KNOWN_TOKEN = os.environ["CONTRACT_TOKEN"]
KNOWN_CONVERSATION = os.environ["CONTRACT_CONVERSATION"]
KNOWN_USER = os.environ["CONTRACT_USER"]
USER = re.compile(r"[A-Za-z0-9_.-]{1,64}")
TOKEN = re.compile(r"[!-~]{1,4096}")
CONVERSATION = re.compile(r"[A-Za-z0-9_.~-]{1,128}")
TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")
LINK = re.compile(r"https?://", re.IGNORECASE)
PROBLEM = "urn:divar-gateway:problem:"


def _is_chosen(text):
    return sum(text.encode()) % 2 == 0


def _known(pattern, value, known):
    is_valid = isinstance(value, str) and pattern.fullmatch(value) and value not in (".", "..")
    return known if is_valid and _is_chosen(value) else value


def _mend_links(value):
    """Which hosts a link may have is more than a pattern says."""
    if isinstance(value, list):
        for element in value:
            _mend_links(element)
    elif isinstance(value, dict):
        for name, member in value.items():
            if name == "open_url" and isinstance(member, str) and LINK.match(member):
                value[name] = "https://example.ir/" + ("x" if _is_chosen(member) else "سلام?q=1#f")
            else:
                _mend_links(member)


def _is_time(value):
    return isinstance(value, str) and TIME.fullmatch(value) is not None


def _choose_user(headers):
    """A kept user's token and one that comes along exclude each other; an invalid name has to be refused."""
    name = headers.get("X-User")
    if not isinstance(name, str) or not USER.fullmatch(name):
        return
    if _is_chosen(name):
        del headers["X-Access-Token"]
        headers["X-User"] = KNOWN_USER if len(name) % 2 else name
    else:
        del headers["X-User"]


@schemathesis.hook
def before_call(context, case, kwargs):
    headers = case.headers if case.headers is not None else {}
    # Whether a call needs a token is not for a schema to say: it depends on whom the message is for.
    if case.path in ("/send", "/conversations/{id}"):
        headers["X-Access-Token"] = _known(TOKEN, headers.get("X-Access-Token", KNOWN_TOKEN), KNOWN_TOKEN)
        _choose_user(headers)
        case.headers = headers
    if "Prefer" in headers and _is_chosen(headers["Prefer"]):
        headers["Prefer"] = "respond-async"
    # A key that came before with another message is refused, and short random ones do come again.
    key = headers.get("Idempotency-Key")
    if isinstance(key, str) and TOKEN.fullmatch(key) and len(key) < 200:
        headers["Idempotency-Key"] = f"{key}-{uuid.uuid4()}"
    if isinstance(case.body, dict) and isinstance(case.body.get("conversation_id"), str):
        case.body["conversation_id"] = _known(CONVERSATION, case.body["conversation_id"], KNOWN_CONVERSATION)
    if isinstance(case.body, dict):
        _mend_links(case.body)
    # Only what waits expires, and that a field and a member need each other is not for a schema to say.
    if isinstance(case.body, dict) and _is_time(case.body.get("expires_at")):
        soon = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=10)
        case.body["expires_at"] = soon.isoformat(timespec="seconds")
        headers["Prefer"] = "respond-async"
        if headers.get("Dry-Run") in ("true", "?1"):
            headers["Dry-Run"] = "false"
    parameters = case.path_parameters or {}
    if case.path.startswith("/conversations/") and "id" in parameters:
        parameters["id"] = _known(CONVERSATION, parameters["id"], KNOWN_CONVERSATION)


@schemathesis.check
def no_failure_but_asked_for(context, response, case):
    """A status of 500 and above is only for calls that ask for the impossible: a token that Divar doesn't know, less
    time than a call takes, an answer from an empty cache. Never for a mistake in the request, and never a bug.
    """
    if response.status_code < 500:
        return
    headers = case.headers or {}
    kind = response.json()["type"].removeprefix(PROBLEM)
    asked = {
        # Tokens of users that this run has made up are refused, too.
        "divar-refused-credentials": headers.get("X-Access-Token", KNOWN_TOKEN) != KNOWN_TOKEN or "X-User" in headers,
        "user-token-unavailable": "X-User" in headers,
        "divar-timeout": "X-Request-Timeout" in headers,
        "method-not-implemented": case.method not in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"),
        "not-cached": "only-if-cached" in headers.get("Cache-Control", "").lower(),
    }
    assert asked.get(kind, False), f"{response.status_code} {kind}, and nobody asked for it: {dict(headers)}"
