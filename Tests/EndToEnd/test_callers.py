"""Who may call: keys, permissions, and that nobody else gets as far as sending a body."""

import hashlib
import json
import re

import pytest

from canaries import CALLER_KEY, PLANTED, canary
from checks import assert_problem, assert_sent
from processes import run
from wire import Wire, elapsed, request, send_request

MESSAGE = {"conversation_id": "c-1", "text": "x"}


def digest(key):
    return hashlib.sha256(key.encode()).hexdigest()


KEYS = {name: PLANTED.plant(CALLER_KEY, f"dgw_{canary(name)}") for name in ("all", "sender", "reader", "uploader")}
CALLERS = {
    "all": {"key_sha256": digest(KEYS["all"]), "app": "default", "may": ["send", "read", "upload"]},
    "sender": {"key_sha256": digest(KEYS["sender"]).upper(), "may": ["send"]},
    "reader": {"key_sha256": digest(KEYS["reader"]), "may": "read"},
    "uploader": {"key_sha256": digest(KEYS["uploader"]), "may": ["upload"]},
}


@pytest.fixture
def guarded(start_behind, start_upstream):
    upstream = start_upstream()
    return start_behind(upstream, callers=CALLERS), upstream


def bearer(name):
    return {"Authorization": f"Bearer {KEYS[name]}"}


def calls(client, headers):
    token = {"X-Access-Token": "t", **headers}
    return {
        "send": client.send_message(MESSAGE, headers=headers),
        "read": client.get("/conversations/c-1", headers=token),
        "upload": client.post("/upload-token", headers=headers),
    }


@pytest.mark.parametrize(
    "name,may", [("all", {"send", "read", "upload"}), ("sender", {"send"}), ("reader", {"read"}), ("uploader", {"upload"})]
)
def test_a_caller_may_do_what_its_list_says_and_nothing_else(name, may, guarded, new_client):
    gateway, upstream = guarded
    for call, answered in calls(new_client(gateway), bearer(name)).items():
        if call in may:
            assert answered.status_code == 200, (call, answered.text)
        else:
            problem = assert_problem(answered, "not-allowed", "not_sent" if call == "send" else None)
            assert name in problem["detail"]
    assert len(upstream.requests) == len(may)


@pytest.mark.parametrize(
    "value",
    [
        None, "Bearer", "Bearer ", "Bearer wrong", KEYS["all"], f"Basic {KEYS['all']}", f"Bearer {KEYS['all']}x",
        f"Bearer {KEYS['all'][:-1]}", f"Bearer {KEYS['all']} {KEYS['all']}", f"Bearer {KEYS['all'].upper()}",
        f"Bearer {CALLERS['all']['key_sha256']}", f"Bearer,{KEYS['all']}", "Bearer \xc3\xa9", f"Bearer {'x' * 9000}",
    ],
    ids=lambda value: repr(value)[:30],
)
def test_a_wrong_key_is_401_and_nothing_goes_up(value, guarded, new_client):
    gateway, upstream = guarded
    headers = {} if value is None else {"Authorization": value}
    for call, answered in calls(new_client(gateway), headers).items():
        assert_problem(answered, "unauthenticated", "not_sent" if call == "send" else None)
        assert answered.headers["WWW-Authenticate"] == 'Bearer realm="divar-gateway"'
        assert KEYS["all"].encode() not in answered.content
    assert upstream.requests == []


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_scheme_is_written_as_anybody_likes(scheme, guarded, new_client):
    gateway, _ = guarded
    assert_sent(new_client(gateway).send_message(MESSAGE, headers={"Authorization": f"{scheme} {KEYS['sender']}"}))


def test_health_is_for_everybody(guarded, new_client):
    client = new_client(guarded[0])
    assert client.get("/health/live").status_code == 200
    assert client.get("/health/ready", headers={"Authorization": "nonsense"}).status_code == 200


@pytest.mark.parametrize("expects", [False, True], ids=["plain", "expecting"])
@pytest.mark.parametrize(
    "path,key,kind",
    [
        ("/send", None, "unauthenticated"), ("/send", "wrong", "unauthenticated"), ("/send", KEYS["reader"], "not-allowed"),
        ("/upload-token", KEYS["reader"], "not-allowed"),
    ],
)
def test_who_may_not_call_is_told_before_the_body_is_read(path, key, kind, expects, guarded):
    gateway, upstream = guarded
    fields = [("Content-Type", "application/json"), ("Content-Length", "1000")]
    if key:
        fields.append(("Authorization", f"Bearer {key}"))
    if expects:
        fields.append(("Expect", "100-continue"))
    with Wire(gateway.connect()) as wire:
        wire.send(request("POST", path, fields))
        answered, seconds = elapsed(wire.answer)
        # The first that comes is the answer, not an invitation to send the body.
        assert_problem(answered, kind)
        assert seconds < 5
        if expects:
            assert answered.headers["connection"] == "close"
        else:
            # Whoever sends the body after all can go on with the connection.
            wire.send(b"x" * 1000 + request())
            assert wire.answer().json() == {"status": "live"}
    assert upstream.requests == []


def test_an_unwelcome_body_is_not_taken_for_the_next_request(guarded):
    gateway, upstream = guarded
    inner = send_request(MESSAGE, [("Authorization", f"Bearer {KEYS['sender']}")])
    with Wire(gateway.connect()) as wire:
        wire.send(request("POST", "/send", [("Content-Type", "application/json")], inner) + request())
        assert_problem(wire.answer(), "unauthenticated")
        assert wire.answer().json() == {"status": "live"}
    assert upstream.requests == []


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:8080", ""])
def test_a_call_from_a_web_page_is_refused(origin, guarded, recorded, upstream, new_client):
    gateway, guarded_upstream = guarded
    for client, headers in ((new_client(gateway), bearer("all")), (new_client(recorded[0]), {})):
        for call, answered in calls(client, {"Origin": origin, **headers}).items():
            assert_problem(answered, "not-allowed", "not_sent" if call == "send" else None)
            assert not any(name.lower().startswith("access-control") for name in answered.headers)
    assert upstream.requests == [] and guarded_upstream.requests == []


def test_a_preflight_is_refused(recorded_client, upstream):
    headers = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    answered = recorded_client.options("/send", headers=headers)
    assert answered.status_code == 405
    assert not any(name.lower().startswith("access-control") for name in answered.headers)


def test_without_callers_everybody_on_this_machine_is_admitted(recorded_client, upstream):
    assert_sent(recorded_client.send_message(MESSAGE))
    assert_sent(recorded_client.send_message(MESSAGE, headers={"Authorization": "Bearer whatever"}))


def test_what_caller_add_prints_can_be_used(start_gateway, start_upstream, new_client):
    keys, entries = {}, []
    for name, options in (
        ("billing", []), ("support.desk-1", ["--may", "read"]), ("media", ["--may", "upload, send", "--app", "default"]),
    ):
        result = run("caller", "add", name, *options)
        assert result.returncode == 0, result.stderr
        [key] = re.findall(r"dgw_[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])", result.stdout)
        entry = re.search(r"^  \S+:\n(?:    \S.*\n?)+", result.stdout, re.MULTILINE).group(0)
        assert key not in entry
        assert digest(key) in entry
        keys[name] = key
        entries.append(entry.rstrip("\n"))
    assert len(set(keys.values())) == 3
    upstream = start_upstream()
    lines = [
        "listen:", "  - 127.0.0.1:0", "upstream:", f"  base_url: {upstream.url}", "apps:", "  default:", "    keys:",
        "      - env: DIVAR_TEST_KEY", "callers:", *entries,
    ]
    gateway = start_gateway("\n".join(lines) + "\n", environment={"DIVAR_TEST_KEY": "k"})
    client = new_client(gateway)
    expected = {"billing": "send read upload", "support.desk-1": "read", "media": "send upload"}
    for name, key in keys.items():
        for call, answered in calls(client, {"Authorization": f"Bearer {key}"}).items():
            assert answered.status_code == (200 if call in expected[name].split() else 403), (name, call)
    assert gateway.stop() == 0
    for key in keys.values():
        assert key not in gateway.stderr.text + gateway.stdout.text


@pytest.mark.parametrize(
    "arguments",
    [
        ["a b"], [""], ["x" * 65], ["سلام"], ["a/b"], ["ok", "--may", "everything"], ["ok", "--may", ""], ["ok", "--app", "a b"], [],
        ["ok", "--may", "send;read"],
    ],
)
def test_caller_add_refuses_what_no_configuration_would_take(arguments):
    result = run("caller", "add", *arguments)
    assert result.returncode != 0
    assert "dgw_" not in result.stdout + result.stderr


def test_each_caller_calls_in_the_name_of_its_app(start_gateway, start_upstream, new_client):
    upstream = start_upstream()
    configuration = {
        "upstream": {"base_url": upstream.url},
        "apps": {"first": {"keys": [{"env": "FIRST"}]}, "second": {"keys": [{"env": "SECOND"}, {"env": "SPARE"}]}},
        "callers": {
            "one": {"key_sha256": digest("one"), "app": "first", "may": ["send"]},
            "two": {"key_sha256": digest("two"), "app": "second", "may": ["send"]},
        },
    }
    gateway = start_gateway(configuration, environment={"FIRST": "key-1", "SECOND": "key-2", "SPARE": "key-3"})
    client = new_client(gateway)
    for index in range(10):
        assert_sent(client.send_message(MESSAGE, headers={"Authorization": "Bearer " + ("one", "two")[index % 2]}))
    assert [request.value("x-api-key") for request in upstream.requests] == ["key-1", "key-2"] * 5


def test_a_key_from_a_file_is_used_without_its_line_feed(start_gateway, start_upstream, new_client, tmp_path):
    upstream = start_upstream()
    file = tmp_path / "key"
    file.write_text("key-of-a-file\n")
    file.chmod(0o600)
    gateway = start_gateway({"upstream": {"base_url": upstream.url}, "apps": {"a": {"keys": [{"file": str(file)}]}}})
    assert_sent(new_client(gateway).send_message(MESSAGE))
    assert upstream.requests[0].value("x-api-key") == "key-of-a-file"


@pytest.mark.parametrize("address", ["0.0.0.0:0", "[::]:0", "192.0.2.1:8080", "gateway.example:8080"])
def test_an_address_that_others_can_reach_needs_callers(address, tmp_path):
    path = tmp_path / "gateway.yaml"
    path.write_text(
        json.dumps({"listen": ["127.0.0.1:0", address], "apps": {"default": {"keys": [{"env": "K"}]}}}, indent=1)
    )
    for command in ("check", "serve"):
        result = run(command, "--config", path, environment={"K": "k"})
        assert result.returncode == 78
        assert re.search(rf"{re.escape(str(path))}:\d+: listen: {re.escape(address)} can be reached", result.stderr)
    path.write_text(
        json.dumps({"listen": [address], "apps": {"default": {"keys": [{"env": "K"}]}}, "callers": {"all": CALLERS["all"]}})
    )
    assert run("check", "--config", path, environment={"K": "k"}).returncode == 0
