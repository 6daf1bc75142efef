"""What the tests of the cache share: Cache-Status read by the letter, reads of every kind, an upstream that counts."""

import concurrent.futures
import email.utils
import itertools
import re
import threading
import time

import pytest

from conftest import KEY, KEY_VARIABLE, upstream_configuration
from processes import Gateway
from upstream import RecordingUpstream, answer

CACHE = "divar-gateway"
PARAMETERS = {"hit", "fwd", "fwd-status", "ttl", "stored", "collapsed", "detail"}
REASONS = {"bypass", "uri-miss", "request", "stale"}
STRONG = r'"[\x21\x23-\x7e]+"'
_numbers = itertools.count()

_KEY = re.compile(r"[a-z*][a-z0-9_.*-]*")
_TOKEN = re.compile(r"[A-Za-z*][A-Za-z0-9!#$%&'*+.^_`|~:/-]*")
_INTEGER = re.compile(r"-?[0-9]{1,15}(?![0-9.])")
_STRING = re.compile(r'"(?:[\x20-\x21\x23-\x5b\x5d-\x7e]|\\["\\])*"')


def fresh_id(prefix="c"):
    """A conversation, or a token, that nobody had before."""
    return f"{prefix}-{next(_numbers)}"


# Cache-Status


def _bare_item(text):
    """One bare item at the start of a text: (value, rest). Section 4.2.3.1 of RFC 8941."""
    for pattern, value in ((_INTEGER, int), (_STRING, lambda found: found[1:-1]), (_TOKEN, str)):
        if found := pattern.match(text):
            return value(found[0]), text[found.end() :]
    raise AssertionError(f"no item: {text!r}")


def parse_cache_status(field):
    """The only member of a Cache-Status: its parameters. The whole field has to be what RFC 8941 and RFC 9211 allow."""
    name = _TOKEN.match(field)
    assert name and name[0] == CACHE, field
    parameters, rest = {}, field[name.end() :]
    while rest:
        assert rest[0] == ";", field
        rest = rest[1:].lstrip(" ")
        key = _KEY.match(rest)
        assert key and key[0] not in parameters, field
        rest, value = rest[key.end() :], True
        if rest.startswith("="):
            value, rest = _bare_item(rest[1:])
        parameters[key[0]] = value
    assert set(parameters) <= PARAMETERS, field
    assert ("hit" in parameters) + ("fwd" in parameters) <= 1, f"both from memory and not: {field}"
    assert all(parameters.get(flag, True) is True for flag in ("hit", "stored", "collapsed")), field
    assert parameters.get("fwd", "stale") in REASONS, field
    assert all(isinstance(parameters.get(number, 0), int) for number in ("ttl", "fwd-status")), field
    assert "fwd-status" not in parameters or "fwd" in parameters, field
    return parameters


def status_of(answered):
    headers = {name.lower(): value for name, value in answered.headers.items()}
    assert "cache-status" in headers, (answered.status_code, answered.content[:300])
    return parse_cache_status(headers["cache-status"])


def is_hit(answered):
    return status_of(answered).get("hit", False)


def assert_hit(answered, code=200, **parameters):
    """It came from memory. Gives the parameters of its Cache-Status."""
    status = status_of(answered)
    assert answered.status_code == code, (answered.status_code, answered.content[:300])
    assert status.get("hit"), status
    assert isinstance(status["ttl"], int), status
    assert {"stored", "collapsed"}.isdisjoint(status), status
    if code == 200:
        assert re.fullmatch("[0-9]+", answered.headers["Age"])
    return _assert_parameters(status, parameters)


def assert_forwarded(answered, reason, code=200, **parameters):
    """It came from the upstream for that reason. Gives the parameters of its Cache-Status."""
    status = status_of(answered)
    assert answered.status_code == code, (answered.status_code, answered.content[:300])
    assert status.get("fwd") == reason, status
    return _assert_parameters(status, parameters)


def _assert_parameters(status, expected):
    for name, value in expected.items():
        assert status.get(name.replace("_", "-")) == value, (name, status)
    return status


def assert_representation(answered):
    """The fields that every conversation carries, with a body or without."""
    assert answered.headers["Cache-Control"] == "private, no-cache"
    assert answered.headers["Vary"] == "Authorization, X-Access-Token, X-User"
    assert re.fullmatch(STRONG, answered.headers["ETag"])
    date = email.utils.parsedate_to_datetime(answered.headers["Date"])
    assert abs(date.timestamp() - time.time()) < 60
    return answered


# Reads


def read(client, conversation, token="token-a", control=None, condition=None, expires=None, key=None, **options):
    """`GET /conversations/{id}`, or another `method`."""
    headers = {
        "X-Access-Token": token, "Cache-Control": control, "If-None-Match": condition,
        "X-Access-Token-Expires": None if expires is None else str(expires),
        "Authorization": f"Bearer {key}" if key else None, **options.pop("headers", {}),
    }
    headers = {name: value for name, value in headers.items() if value is not None}
    return client.request(options.pop("method", "GET"), f"/conversations/{conversation}", headers=headers, **options)


def texts(answered):
    assert answered.status_code == 200, (answered.status_code, answered.content[:300])
    return [message.get("text") for message in answered.json()["messages"]]


def wait_until_expired(client, conversation, token="token-a", seconds=5):
    """Until what is kept is no hit any more; asks the upstream nothing."""
    end = time.monotonic() + seconds
    while read(client, conversation, token, control="only-if-cached").status_code != 504:
        assert time.monotonic() < end, "it stays fresh"
        time.sleep(0.02)


def at_once(count, action):
    """Does that in so many threads at the same time: `action(index)`. Gives the results in order."""
    barrier = threading.Barrier(count)

    def run(index):
        barrier.wait(20)
        return action(index)

    with concurrent.futures.ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


# Gateways


def recorded_with(**settings):
    """A fixture that takes the place of `recorded` in a module: the same with a cache, and with these settings."""

    @pytest.fixture(scope="module", name="recorded")
    def recorded(tmp_path_factory):
        upstream = RecordingUpstream()
        path = tmp_path_factory.mktemp("cached") / "gateway.yaml"
        configuration = {"listen": ["127.0.0.1:0"], **upstream_configuration(upstream, **settings)}
        running = Gateway(path, configuration, environment={KEY_VARIABLE: KEY})
        yield running, upstream
        upstream.stop()
        assert running.is_running(), running.stderr.text
        assert running.stop() == 0

    return recorded


# Upstream


def conversation_body(conversation, *said):
    messages = [
        {
            "id": f"m{index}", "type": "TEXT", "text": text, "sent_at": "2026-08-01T10:00:00Z",
            "sender": {"side": "BUYER", "type": "HUMAN"},
        }
        for index, text in enumerate(said)
    ]
    return {"conversation": {"id": conversation, "type": "POST", "post_token": "AJIEWcw"}, "messages": messages}


def conversation_of(request):
    found = re.search(r"/conversations/([^/]+)", request.path)
    return found and found[1]


def saying(*said, fields=(), status=200):
    """Answers reads with a conversation of these texts."""
    return lambda request: answer(status, conversation_body(conversation_of(request), *said), fields)


def calls_for(upstream, conversation):
    """The reads of a conversation that came up."""
    path = f"/v1/open-platform/chat/conversations/{conversation}"
    return [request for request in upstream.requests if request.path == path]
