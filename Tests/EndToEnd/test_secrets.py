"""No secret gets out: not to a caller, not to a log, in no spelling, on no path to an error."""

import base64
import hashlib
import json
import random
import re

import pytest

import canaries
from canaries import PLANTED, canary
from conftest import SEED
from processes import run
from upstream import Bytes, Gate, answer, answer_bytes, complaint, divar_body, free_port
from wire import Wire, request

generator = random.Random(SEED)
DIVAR_KEY, USER_TOKEN, CALLER_KEY, UPLOAD_TOKEN = (
    PLANTED.plant(kind, ("dgw_" if kind == canaries.CALLER_KEY else "") + canary(f"{generator.getrandbits(128):032x}"))
    for kind in (canaries.DIVAR_KEY, canaries.USER_TOKEN, canaries.CALLER_KEY, canaries.UPLOAD_TOKEN)
)
TEXT = f"canary-text-{generator.getrandbits(128):032x}"
SECRETS = {"Divar's key": DIVAR_KEY, "user's token": USER_TOKEN, "caller's key": CALLER_KEY}
HEADERS = {"Authorization": f"Bearer {CALLER_KEY}", "X-Access-Token": USER_TOKEN}


def spellings(secret):
    """A secret as it is, reversed, in hexadecimal, in base64 at every alignment, and percent-encoded."""
    data = secret.encode()
    yield secret
    yield secret[::-1]
    yield data.hex()
    for offset in range(3):
        encoded = base64.b64encode(b"\0" * offset + data).decode()
        # What depends on its neighbours at either end is left out.
        yield encoded[4 if offset else 0 : -4]
    yield base64.b32encode(data).decode()[:-8]
    yield "".join(f"%{byte:02X}" for byte in data)
    yield "".join(f"\\u{byte:04x}" for byte in data)


def found_in(haystack, secrets=None):
    lowered = haystack.lower()
    return [
        (name, spelling) for name, secret in (secrets or SECRETS).items() for spelling in spellings(secret)
        if spelling.lower() in lowered
    ]


class Emitted:
    """Everything that a gateway gave to callers."""

    def __init__(self):
        self.parts = []

    def note(self, answered):
        self.parts.append(repr(sorted(answered.headers.items())))
        self.parts.append(answered.content.decode("utf-8", "replace"))
        return answered

    @property
    def text(self):
        return "\n".join(self.parts)


@pytest.fixture
def start_canary(start_gateway, start_upstream, new_client, tmp_path):
    """Starts a gateway whose every secret is a canary, with the most talkative log."""

    def start(target=None, **settings):
        upstream = start_upstream()
        key_file = tmp_path / "divar.key"
        key_file.write_text(DIVAR_KEY + "\n")
        key_file.chmod(0o600)
        configuration = {
            "upstream": {"base_url": target or upstream.url, "deadline": "300ms", "connect_timeout": "300ms", **settings.pop("upstream", {})},
            "apps": {"default": {"keys": [{"file": str(key_file)}, {"env": "SPARE"}]}},
            "callers": {
                "canary": {"key_sha256": hashlib.sha256(CALLER_KEY.encode()).hexdigest(), "may": ["send", "read", "upload"]}
            },
            "log": {"level": "trace"},
            **settings,
        }
        gateway = start_gateway(configuration, environment={"SPARE": DIVAR_KEY})
        return gateway, upstream, new_client(gateway)

    return start


def make_calls(client, emitted, headers=HEADERS):
    for body in (
        {"conversation_id": "c-1", "text": TEXT}, {"conversation_id": "c-1", "text": TEXT, "as": "bot"},
        {"user_id": "u-1", "media_token": "m"},
    ):
        emitted.note(client.send_message(body, headers=headers))
    emitted.note(client.get("/conversations/c-1", headers=headers))
    emitted.note(client.head("/conversations/c-1", headers=headers))
    emitted.note(client.post("/upload-token", headers=headers))


def assert_kept(gateway, emitted, *, also=None):
    assert gateway.stop() == 0
    output = emitted.text + gateway.stdout.text + gateway.stderr.text
    assert found_in(output, {**SECRETS, **(also or {})}) == []
    return output


def test_the_search_for_secrets_finds_them():
    for name, secret in SECRETS.items():
        for haystack in (
            f"x{secret}y", secret[::-1], secret.encode().hex(), base64.b64encode(b"x" + secret.encode() + b"y").decode(),
            base64.b64encode(b"xy" + secret.encode()).decode(), secret.upper(),
        ):
            assert [found for found, _ in found_in(haystack)] != [], (name, haystack)


def test_no_secret_gets_out_when_all_is_well(start_canary):
    gateway, upstream, client = start_canary()
    emitted = Emitted()
    make_calls(client, emitted)
    assert DIVAR_KEY.encode() in upstream.bytes and USER_TOKEN.encode() in upstream.bytes
    assert CALLER_KEY.encode() not in upstream.bytes
    assert_kept(gateway, emitted)


def test_an_upload_token_is_in_the_answer_that_hands_it_out_and_nowhere_else(start_canary):
    gateway, upstream, client = start_canary()
    upstream.reply = lambda request: answer(200, {"token": UPLOAD_TOKEN})
    handed_out = client.post("/upload-token", headers=HEADERS)
    assert handed_out.json()["token"] == UPLOAD_TOKEN
    assert handed_out.headers["Cache-Control"] == "no-store"
    emitted = Emitted()
    make_calls(client, Emitted())
    # The same token in answers where it has no business.
    for call in (
        lambda: client.send_message({"conversation_id": "c-1", "text": "x"}, headers=HEADERS),
        lambda: client.get("/conversations/c-1", headers=HEADERS),
    ):
        emitted.note(call())
    assert_kept(gateway, emitted, also={"upload token": UPLOAD_TOKEN})


REPLIES = {
    "edge-page": lambda request: answer(503, b"<html>down</html>", content_type="text/html"),
    "empty": lambda request: answer(200, b""),
    "wrong-shape": lambda request: answer(200, []),
    "redirect": lambda request: answer(302, b"", [("Location", "http://127.0.0.1:1/")]),
    "refused-credentials": lambda request: complaint(401, 16, "who are you?"),
    "forbidden": lambda request: complaint(403, 7, "no"),
    "not-found": lambda request: complaint(404, 5, "Not Found"),
    "restricted": lambda request: complaint(412, 9, "restricted"),
    "limit": lambda request: complaint(429, 8, "too many"),
    "failed": lambda request: complaint(500, 13, "oops"),
    "garbage": lambda request: Bytes(b"\0\1\2garbage\r\n\r\n", close=True),
    "closed": lambda request: Bytes(close=True),
    "cut": lambda request: Bytes(answer_bytes(200, divar_body(request.path))[:-1], close=True),
    "huge": lambda request: answer(200, b"[" + b" " * 5_000_000 + b"]"),
    "silent": lambda request: Bytes(1.0, close=True),
}


@pytest.mark.parametrize("reply", REPLIES)
def test_no_secret_gets_out_on_an_error_of_divars(reply, start_canary):
    gateway, upstream, client = start_canary()
    upstream.reply = REPLIES[reply]
    emitted = Emitted()
    make_calls(client, emitted)
    output = assert_kept(gateway, emitted)
    assert TEXT not in output, "a message's text is in an answer or a log"


@pytest.mark.parametrize("place", ["message", "details", "code", "header", "page", "conversation", "status", "text"])
def test_no_secret_gets_out_when_divar_repeats_it(place, start_canary):
    """What Divar says is passed on to callers and to the log; it knows the key, and an error text may repeat it."""
    repeated = f"bad key {DIVAR_KEY} for token {USER_TOKEN}"

    def reply(request):
        if place == "message":
            return complaint(401, 16, repeated)
        if place == "details":
            return answer(400, {"code": 3, "message": "no", "details": [{"@type": repeated}]})
        if place == "code":
            return answer(400, {"code": repeated, "message": repeated})
        if place == "header":
            return complaint(429, 8, "no", [("Retry-After", repeated), ("X-Echo", repeated), ("Location", repeated)])
        if place == "page":
            return answer(502, f"<html>{repeated}</html>".encode(), content_type="text/html")
        if place == "conversation":
            return answer(200, {"conversation_id": repeated, "token": "t", "status": 200})
        if place == "status":
            return Bytes(f"HTTP/1.1 500 {repeated}\r\nContent-Length: 0\r\n\r\n".encode())
        return answer(200, {"conversation": {"id": "c-1"}, "messages": [{"id": "m", "echo": repeated}]})

    gateway, upstream, client = start_canary()
    upstream.reply = reply
    emitted = Emitted()
    make_calls(client, emitted)
    assert_kept(gateway, emitted)


def test_no_secret_gets_out_when_divar_is_not_there(start_canary):
    emitted = Emitted()
    gateway, _, client = start_canary(target=f"http://127.0.0.1:{free_port()}")
    make_calls(client, emitted)
    assert_kept(gateway, emitted)


def test_no_secret_gets_out_when_tls_fails(start_canary, start_upstream):
    emitted = Emitted()
    plain = start_upstream()
    plain.greeting = b"HTTP/1.1 400 Bad Request\r\n\r\n"
    gateway, _, client = start_canary(target=f"https://127.0.0.1:{plain.port}")
    make_calls(client, emitted)
    assert DIVAR_KEY.encode() not in plain.bytes and USER_TOKEN.encode() not in plain.bytes
    assert_kept(gateway, emitted)


def test_no_secret_gets_out_on_a_callers_mistake(start_canary):
    gateway, upstream, client = start_canary()
    emitted = Emitted()
    spoilt = [
        {**HEADERS, "Authorization": f"Bearer {CALLER_KEY}x"}, {**HEADERS, "Authorization": f"Basic {CALLER_KEY}"},
        {**HEADERS, "Authorization": f"{CALLER_KEY}"}, {**HEADERS, "Authorization": f"Bearer {CALLER_KEY} {USER_TOKEN}"},
        {**HEADERS, "X-Access-Token": f"{USER_TOKEN} {USER_TOKEN}"}, {**HEADERS, "Origin": f"https://{CALLER_KEY}"},
        {**HEADERS, "Content-Type": f"text/{USER_TOKEN}"}, {"Authorization": f"Bearer {USER_TOKEN}"},
        {**HEADERS, "traceparent": f"00-{USER_TOKEN}-{CALLER_KEY}-00"}, {**HEADERS, "X-API-Key": DIVAR_KEY, "Cookie": USER_TOKEN},
    ]
    for headers in spoilt:
        make_calls(client, emitted, headers)
        emitted.note(client.request("DELETE", "/send", headers=headers))
        emitted.note(client.get("/nothing", headers=headers))
    # Secrets where values belong: in a body they are the caller's own words, but no answer has to repeat them.
    for body in (
        {"conversation_id": f"{USER_TOKEN}/", "text": "x"}, {"conversation_id": "c-1", "text": "x", "as": USER_TOKEN},
        {"conversation_id": "c-1", "text": "x", "buttons": [[{"caption": "a", "open_url": f"https://{CALLER_KEY}@x"}]]},
        {"conversation_id": "c-1", "text": "x", "media_token": DIVAR_KEY},
    ):
        assert emitted.note(client.send_message(body, headers=HEADERS)).status_code == 400
    with Wire(gateway.connect()) as wire:
        wire.send(request("GET", f"/conversations/{USER_TOKEN}%00", list(HEADERS.items())))
        emitted.note(wire.answer())
        wire.send(request("GET", f"/{CALLER_KEY}", list(HEADERS.items())))
        emitted.note(wire.answer())
        wire.send(request("GET", "/health/live", [*HEADERS.items(), *HEADERS.items()]))
        emitted.note(wire.answer())
    with Wire(gateway.connect()) as wire:
        wire.send(f"GET {CALLER_KEY} HTTP/1.1\r\nAuthorization: Bearer {CALLER_KEY}\r\n\r\n")
        emitted.note(wire.answer())
    assert_kept(gateway, emitted)


def test_no_secret_gets_out_when_the_gateway_is_overloaded_or_ends(start_canary):
    gateway, upstream, client = start_canary(upstream={"connections_per_loop": 1, "queue_per_loop": 1, "deadline": "2s"}, drain="200ms")
    upstream.reply = Gate()
    wires = [Wire(gateway.connect()) for _ in range(8)]
    body = json.dumps({"conversation_id": "c-1", "text": TEXT}).encode()
    fields = [*HEADERS.items(), ("Content-Type", "application/json")]
    for wire in wires:
        wire.send(request("POST", "/send", fields, body))
    upstream.wait_for_requests(1)
    gateway.wait_for_log("call to Divar did not succeed")
    gateway.terminate()
    emitted = Emitted()
    for wire in wires:
        answered = wire.answer()
        if answered is not None:
            emitted.note(answered)
        wire.socket.close()
    assert_kept(gateway, emitted)


def test_the_memory_that_the_system_shows_of_the_process_holds_no_secret(start_canary):
    gateway, _, _ = start_canary()
    with open(f"/proc/{gateway.pid}/cmdline", "rb") as arguments:
        assert found_in(arguments.read().decode("utf-8", "replace")) == []
    gateway.stop()


@pytest.mark.parametrize(
    "text",
    [
        "callers:\n  billing:\n    key_sha256: {caller}\n    may: [send]\n",
        "callers:\n  billing: {caller}\n",
        "callers:\n  billing:\n    key_sha256: " + "a" * 64 + "\n    may: [{caller}]\n",
        "callers:\n  billing:\n    key_sha256: [{caller}]\n    may: [send]\n",
        "apps:\n  default:\n    keys:\n      - {divar}\n",
        "apps:\n  default:\n    keys: {divar}\n",
        "apps:\n  default: {divar}\n",
        "apps:\n  default:\n    keys:\n      - key: {divar}\n",
        "apps:\n  default:\n    keys: [{{env: A, file: B, key: {divar}}}]\n",
        "upstream:\n  base_url: https://user:{divar}@open-api.divar.ir\n",
    ],
    ids=lambda text: re.sub(r"\s+", " ", text)[:50],
)
def test_a_secret_that_was_put_in_the_wrong_place_of_a_configuration_is_not_repeated(text, tmp_path):
    """Operators paste keys where their digests or sources belong, and what `check` prints ends in a build's log."""
    path = tmp_path / "gateway.yaml"
    PLANTED.may_be_in(path).write_text(text.format(caller=CALLER_KEY, divar=DIVAR_KEY))
    for command in ("check", "serve"):
        result = run(command, "--config", path, environment={"DIVAR_API_KEY": "k"})
        assert result.returncode == 78
        assert found_in(result.stdout + result.stderr) == []


@pytest.mark.parametrize("value", [f"{DIVAR_KEY} x", f"{DIVAR_KEY}\n{DIVAR_KEY}", f"{DIVAR_KEY}\xe9", DIVAR_KEY * 100])
def test_a_key_that_is_none_is_not_repeated(value, tmp_path):
    file = tmp_path / "divar.key"
    PLANTED.may_be_in(file).write_text(value)
    file.chmod(0o600)
    path = tmp_path / "gateway.yaml"
    path.write_text(json.dumps({"listen": ["127.0.0.1:0"], "apps": {"default": {"keys": [{"file": str(file)}]}}}))
    for command in ("check", "serve"):
        result = run(command, "--config", path)
        assert result.returncode == 78, result.stderr
        assert found_in(result.stdout + result.stderr) == []
