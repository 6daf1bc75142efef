"""The commands: check, version, what stops serve from starting, and how it ends."""

import json
import re
import signal
import socket
import subprocess
import threading
import time

import pytest

from checks import assert_problem, assert_sent
from conftest import KEY, KEY_VARIABLE, upstream_configuration
from processes import BINARY, ROOT, clean_environment, curl, run, wait_until
from sandbox import Sandbox
from upstream import Gate, answer, free_port
from wire import Wire, request, send_request

SHIPPED = ROOT / "config" / "divar-gateway.yaml"
MESSAGE = {"conversation_id": "c-1", "text": "x"}
MINIMAL = {"apps": {"default": {"keys": [{"env": "DIVAR_API_KEY"}]}}}
DIVAR_KEY = {"DIVAR_API_KEY": "k"}


@pytest.fixture
def check(tmp_path):
    """Runs `check` on a text; gives (exit status, problems as (line, key, message))."""

    def check(text, environment=None):
        path = tmp_path / "checked.yaml"
        path.write_text(text if isinstance(text, str) else json.dumps(text, indent=1), encoding="utf-8")
        result = run("check", "--config", path, environment=environment or DIVAR_KEY)
        problems = []
        for line in result.stderr.splitlines():
            assert line.startswith(f"{path}:"), result.stderr
            found = re.fullmatch(r":(?:(\d+):)? (?:([A-Za-z0-9_.-]+): )?(.*)", line.removeprefix(str(path)))
            problems.append((int(found[1]) if found[1] else None, found[2], found[3]))
        return result.returncode, problems

    return check


# version and help


def test_version_is_one_line():
    result = run("version")
    assert result.returncode == 0
    assert re.fullmatch(r"divar-gateway \d+\.\d+\.\d+\n", result.stdout)
    assert result.stderr == ""


def test_the_version_is_the_one_of_the_user_agent_and_the_log(recorded, recorded_client, upstream):
    assert_sent(recorded_client.send_message(MESSAGE))
    version = run("version").stdout.split()[1]
    assert upstream.requests[0].value("user-agent") == f"divar-gateway/{version}"
    assert recorded[0].logs("listening")[0]["version"] == version


def test_help_names_the_commands():
    result = run("--help")
    assert result.returncode == 0
    for command in ("serve", "sandbox", "check", "caller", "version"):
        assert re.search(rf"^\s+{command}\b", result.stdout, re.MULTILINE)


@pytest.mark.parametrize("arguments", [["nonsense"], ["serve", "--nonsense"], ["check"], ["caller"], ["caller", "nonsense"]])
def test_a_command_line_that_makes_no_sense_is_refused(arguments):
    result = run(*arguments)
    assert result.returncode in (0, 64) if arguments == ["caller"] else result.returncode == 64
    assert "Usage" in result.stderr + result.stdout or "USAGE" in result.stderr + result.stdout


# check


def test_the_shipped_configuration_is_valid():
    result = run("check", "--config", SHIPPED, environment=DIVAR_KEY)
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith(f"{SHIPPED}: valid\n")


def test_the_shipped_configuration_says_what_the_defaults_say(tmp_path):
    minimal = tmp_path / "minimal.yaml"
    minimal.write_text(json.dumps(MINIMAL))
    facts = [
        run("check", "--config", path, environment=DIVAR_KEY).stdout.removeprefix(f"{path}: valid\n")
        for path in (SHIPPED, minimal)
    ]
    assert facts[0] == facts[1]
    assert "127.0.0.1:8080" in facts[0] and "https://open-api.divar.ir" in facts[0] and "2026-08" in facts[0]


def shipped_text(upstream):
    """The shipped configuration with addresses that a test can use."""
    text = SHIPPED.read_text(encoding="utf-8")
    changed = text.replace("127.0.0.1:8080", "127.0.0.1:0").replace("https://open-api.divar.ir", upstream.url)
    assert changed.count("127.0.0.1:0") >= 1 and upstream.url in changed
    return changed


def test_the_limits_of_the_shipped_configuration_are_the_defaults(start_gateway, start_upstream):
    """Each limit that a client can run into is run into, behind the shipped file and behind none of its values."""
    upstream = start_upstream()
    bare = {**MINIMAL, "upstream": {"base_url": upstream.url}}
    gateways = [
        start_gateway(shipped_text(upstream), environment=DIVAR_KEY),
        start_gateway(bare, environment=DIVAR_KEY),
    ]
    fields = [("Content-Type", "application/json")]
    probes = [
        request(target="/" + "x" * 8192),
        request(fields=[("X", "x" * 17_000)]),
        request(fields=[("X", "x")] * 65),
        request("POST", "/send", fields, b" " * 65_537),
        send_request({"conversation_id": "c", "text": "x" * 4097}),
        send_request({"conversation_id": "c", "text": "x" * 4096}),
        request("POST", "/upload-token"),
    ]
    for probe in probes:
        answers = []
        for gateway in gateways:
            with Wire(gateway.connect()) as wire:
                answered = wire.send(probe).answer()
                answers.append((answered.status_code, re.sub(rb'"(message|trace)_id":"[^"]*"', b"", answered.content)))
        assert answers[0] == answers[1]
    assert len(upstream.requests) == 4


def test_the_times_and_counts_of_the_shipped_configuration_are_the_documented_ones():
    text = SHIPPED.read_text(encoding="utf-8")
    for line in (
        'contract: "2026-08"', "connect_timeout: 3s", "deadline: 10s", "idle_timeout: 30s", "connections_per_loop: 128",
        "queue_per_loop: 512", "answer_bytes: 4MiB", "request_line: 8KiB", "header: 16KiB", "header_fields: 64",
        "body: 64KiB", "header_read: 10s", "body_read: 15s", "idle: 75s", "response_write: 30s", "connections: 10000",
        "text_characters: 4096", "drain: 10s", "level: info",
    ):
        assert re.search(rf"^\s*{re.escape(line)}$", text, re.MULTILINE), line


def test_the_shipped_configuration_has_every_key_and_no_other(check):
    """A key that nobody knows is put into every mapping; the complaint lists those that are known there."""
    text = SHIPPED.read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    mappings, stack = {"": []}, []
    for line in lines:
        found = re.fullmatch(r"( *)([a-z_]+):( .*)?", line)
        if not found:
            continue
        depth = len(found[1]) // 2
        stack[depth:] = [found[2]]
        mappings.setdefault(".".join(stack[:-1]), []).append(found[2])
    for mapping in ("", "endpoints", "upstream", "limits", "log"):
        if mapping:
            injected = re.sub(rf"(?m)^{mapping}:.*$", f"{mapping}:\n  nonsense: 1", text, count=1)
        else:
            injected = text + "\nnonsense: 1\n"
        status, problems = check(injected)
        assert status == 78
        [(line, key, message)] = problems
        assert key == (f"{mapping}.nonsense" if mapping else "nonsense")
        known = re.search(r"known are: ([a-z_, ]+)\)", message).group(1).split(", ")
        assert sorted(known) == sorted(mappings[mapping]), mapping


def test_check_tells_all_problems_at_once_by_their_lines(check):
    text = "\n".join(
        [
            "listen:",  # 1
            "  - 127.0.0.1:8080",
            "  - nowhere",  # 3
            'contract: "2027-01"',  # 4
            "endpoints:",
            "  prefer: [v9.conversation]",  # 6
            "upstream:",
            "  base_url: http://open-api.divar.ir",  # 8
            "  deadline: 10",  # 9
            "  connect_timout: 3s",  # 10
            "  answer_bytes: 1TB",  # 11
            "apps:",
            "  default:",
            "    keys:",
            "      - {environment: X}",  # 15, twice: an unknown key, and no source
            "callers:",
            "  billing:",  # 17: has no list of what it may do
            "    key_sha256: abc",  # 18
            "    app: other",  # 19
            "  b@d:",  # 20: a name that is none
            f"    key_sha256: {'a' * 64}",
            "    may: [send, fly]",  # 22
            "limits:",
            "  body: -1",  # 24
            "  header_fields: many",  # 25
            "  idle: {}",  # 26
            "drain: soon",  # 27
            "log:",
            "  level: loud",  # 29
            "colour: blue",  # 30
        ]
    )
    status, problems = check(text + "\n")
    assert status == 78
    lines = [line for line, _, _ in problems]
    assert lines == sorted(lines)
    assert set(lines) >= {3, 4, 6, 8, 9, 10, 11, 15, 17, 18, 19, 20, 22, 24, 25, 26, 27, 29, 30}, problems
    keys = {line: key for line, key, _ in problems}
    assert keys[4] == "contract" and keys[9] == "upstream.deadline" and keys[30] == "colour"
    for line in (10, 30):
        message = next(message for number, _, message in problems if number == line)
        assert "not a key that is known here" in message


@pytest.mark.parametrize(
    "text,line",
    [
        ("listen: [\n", 2), ("a: b: c\n", 1), ("apps:\n\t- x\n", 2), ("limits:\n  body: 1KiB\n  body: 2KiB\n", None),
        ("&a [*b]\n", None), ("- x\n", 1), ("just words\n", 1), ("%YAML 9.9\n---\n{}\n", None),
    ],
)
def test_a_file_that_is_no_such_yaml_is_refused(text, line, check):
    status, problems = check(text)
    assert status == 78
    assert problems
    if line:
        assert line in [number for number, _, _ in problems]


def test_a_file_that_is_not_there_or_no_text_is_refused(tmp_path):
    for command in ("check", "serve"):
        result = run(command, "--config", tmp_path / "nothing.yaml", environment=DIVAR_KEY)
        assert result.returncode == 78
        assert "can not be read" in result.stderr
        binary = tmp_path / "binary.yaml"
        binary.write_bytes(b"\xff\xfe\0")
        assert run(command, "--config", binary, environment=DIVAR_KEY).returncode == 78
        assert run(command, "--config", tmp_path, environment=DIVAR_KEY).returncode == 78


def test_an_empty_file_names_no_app(check):
    for text in ("", "# nothing\n", "{}", "---\n", "null"):
        status, [(_, key, message)] = check(text)
        assert status == 78
        assert key == "apps"


def test_every_key_that_is_missing_is_named(check, tmp_path):
    empty, binary, long = tmp_path / "empty", tmp_path / "binary", tmp_path / "long"
    empty.write_text(" \n")
    binary.write_bytes(b"k\xff\0")
    long.write_text("k" * 5000)
    sources = [
        {"env": "NOT_SET"}, {"env": "BLANK"}, {"env": "TWO_WORDS"}, {"file": str(tmp_path / "nothing")},
        {"file": str(empty)}, {"file": str(binary)}, {"file": str(long)}, {"file": str(tmp_path)},
    ]
    status, problems = check(
        {"apps": {"default": {"keys": sources}}}, environment={"BLANK": " ", "TWO_WORDS": "secret1 secret2"}
    )
    assert status == 78
    assert len(problems) == len(sources), problems
    assert {key for _, key, _ in problems} == {"apps.default.keys"}
    assert "NOT_SET" in problems[0][2] and "secret" not in str(problems)


@pytest.mark.parametrize(
    "upstream",
    [
        {"base_url": "http://open-api.divar.ir"}, {"base_url": "http://10.0.0.1"}, {"base_url": "ftp://x"},
        {"base_url": "https://x/path"}, {"base_url": "https://user:pw@x"}, {"base_url": "https://x?y"}, {"base_url": "x"},
        {"base_url": "https://"}, {"base_url": "https://x:0"}, {"base_url": "https://x:65536"}, {"base_url": ["https://x"]},
        {"base_url": "http://127.0.0.1.evil.example"}, {"base_url": "http://localhost.evil.example"},
        {"base_url": "http://[::2]"}, {"base_url": "http://0.0.0.0:1"}, {"base_url": "https://x\r\nX-Y: z"},
        {"upload_url": "chat.divar.ir"}, {"upload_url": "ftp://x"}, {"upload_url": "https://x y"}, {"upload_url": "https://"},
        {"deadline": "0s"}, {"deadline": "-1s"}, {"deadline": "1e9s"}, {"deadline": "301s"}, {"deadline": "1.5s"},
        {"deadline": "1 s"}, {"deadline": ""}, {"connect_timeout": "9ms"}, {"idle_timeout": "99999999999999999999s"},
        {"connections_per_loop": 0}, {"connections_per_loop": "1e3"}, {"queue_per_loop": -1}, {"answer_bytes": "1023"},
        {"answer_bytes": "999999999MiB"}, {"answer_bytes": "9999999999999999999999"},
    ],
    ids=str,
)
def test_a_value_that_can_not_be_is_refused(upstream, check):
    status, problems = check({**MINIMAL, "upstream": upstream})
    assert status == 78
    [(line, key, message)] = problems
    assert key == "upstream." + next(iter(upstream))
    assert line


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "http://localhost", "http://[::1]:8080", "http://127.1.2.3:4/", "https://x.example:8443"])
def test_plain_http_is_only_for_this_machine(url, check):
    status, problems = check({**MINIMAL, "upstream": {"base_url": url}})
    assert (status, problems) == (0, [])


def test_a_ca_file_is_opened(check, tmp_path):
    rubbish = tmp_path / "rubbish.pem"
    rubbish.write_text("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    empty = tmp_path / "empty.pem"
    empty.touch()
    for file in (rubbish, empty, tmp_path / "nothing.pem"):
        status, problems = check({**MINIMAL, "upstream": {"ca_file": str(file)}})
        assert status == 78, file
        assert problems[0][1] == "upstream.ca_file"


def test_several_apps_without_callers_need_one_named_default(check):
    keys = {"keys": [{"env": "DIVAR_API_KEY"}]}
    status, [(_, key, message)] = check({"apps": {"a": keys, "b": keys}})
    assert status == 78 and key == "callers" and "default" in message
    assert check({"apps": {"a": keys, "default": keys}}) == (0, [])


def test_two_callers_with_the_same_key_are_refused(check):
    callers = {"a": {"key_sha256": "a" * 64, "may": ["send"]}, "b": {"key_sha256": "A" * 64, "may": ["send"]}}
    status, [(_, key, message)] = check({**MINIMAL, "callers": callers})
    assert status == 78
    assert key == "callers.b.key_sha256" and "same key as a" in message


# Start


def test_serve_tells_configuration_problems_as_check_does(tmp_path):
    path = tmp_path / "gateway.yaml"
    path.write_text("colour: blue\nlog:\n  level: loud\napps: {default: {keys: [{env: NOT_SET}]}}\n")
    results = [run(command, "--config", path) for command in ("check", "serve")]
    assert [result.returncode for result in results] == [78, 78]
    assert results[0].stderr == results[1].stderr


def test_serve_without_a_key_does_not_start(tmp_path):
    path = tmp_path / "gateway.yaml"
    path.write_text(json.dumps({"listen": ["127.0.0.1:0"], **MINIMAL}))
    result = run("serve", "--config", path)
    assert result.returncode == 78
    assert "DIVAR_API_KEY" in result.stderr


def test_a_port_in_use_is_74_and_said_clearly(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        path = tmp_path / "gateway.yaml"
        path.write_text(json.dumps({"listen": [address], **MINIMAL}))
        result = run("serve", "--config", path, environment=DIVAR_KEY)
        assert result.returncode == 74
        assert address in result.stderr, result.stderr
        assert re.search("in use", result.stderr, re.IGNORECASE), result.stderr
        assert len(result.stderr.splitlines()) == 1
        for arguments in (["sandbox", "--listen", address], ["serve", "--sandbox", "--sandbox-listen", address]):
            result = run(*arguments)
            assert result.returncode == 74, result.stderr
            assert address in result.stderr


def test_one_address_of_several_that_is_taken_stops_the_start(tmp_path, short_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        socket_path = short_path / "left.sock"
        addresses = [f"unix:{socket_path}", "127.0.0.1:0", f"127.0.0.1:{taken.getsockname()[1]}"]
        path = tmp_path / "gateway.yaml"
        path.write_text(json.dumps({"listen": addresses, **MINIMAL}))
        assert run("serve", "--config", path, environment=DIVAR_KEY).returncode == 74
        assert not socket_path.exists()


def test_an_address_that_this_machine_does_not_have_is_74(tmp_path):
    path = tmp_path / "gateway.yaml"
    callers = {"a": {"key_sha256": "a" * 64, "may": ["send"]}}
    path.write_text(json.dumps({"listen": ["192.0.2.1:0"], "callers": callers, **MINIMAL}))
    result = run("serve", "--config", path, environment=DIVAR_KEY)
    assert result.returncode == 74
    assert "192.0.2.1" in result.stderr, result.stderr


def test_a_unix_socket_that_was_left_behind_is_replaced(start_behind, start_upstream, short_path):
    path = short_path / "stale.sock"
    left = socket.socket(socket.AF_UNIX)
    left.bind(str(path))
    left.close()
    assert path.is_socket()
    start_behind(start_upstream(), listen=[f"unix:{path}"])
    assert curl("--unix-socket", path, "http://x/health/live") == '{"status":"live"}'


def test_a_unix_socket_of_a_killed_gateway_is_replaced(start_gateway, start_upstream, short_path):
    path = short_path / "killed.sock"
    configuration = {**upstream_configuration(start_upstream()), "listen": [f"unix:{path}"]}
    first = start_gateway(configuration, ends_badly=True, environment={KEY_VARIABLE: KEY})
    first.process.kill()
    assert first.wait() == -signal.SIGKILL
    assert path.is_socket()
    start_gateway(configuration, environment={KEY_VARIABLE: KEY})
    assert curl("--unix-socket", path, "http://x/health/live") == '{"status":"live"}'


def test_a_unix_socket_in_use_is_not_replaced(start_behind, start_upstream, short_path, tmp_path):
    path = short_path / "used.sock"
    start_behind(start_upstream(), listen=[f"unix:{path}"])
    second = tmp_path / "second.yaml"
    second.write_text(json.dumps({"listen": [f"unix:{path}"], **MINIMAL}))
    result = run("serve", "--config", second, environment=DIVAR_KEY)
    assert result.returncode == 74
    assert str(path) in result.stderr
    assert curl("--unix-socket", path, "http://x/health/live") == '{"status":"live"}'


def test_a_file_that_is_no_socket_is_never_replaced(short_path, tmp_path):
    path = short_path / "precious.txt"
    path.write_text("precious")
    configuration = tmp_path / "gateway.yaml"
    configuration.write_text(json.dumps({"listen": [f"unix:{path}"], **MINIMAL}))
    result = run("serve", "--config", configuration, environment=DIVAR_KEY)
    assert result.returncode == 74
    assert path.read_text() == "precious"


def test_a_unix_socket_in_a_folder_that_is_not_there_is_74(short_path, tmp_path):
    configuration = tmp_path / "gateway.yaml"
    configuration.write_text(json.dumps({"listen": [f"unix:{short_path}/nowhere/x.sock"], **MINIMAL}))
    result = run("serve", "--config", configuration, environment=DIVAR_KEY)
    assert result.returncode == 74
    assert "nowhere/x.sock" in result.stderr, result.stderr


def test_the_simulation_runs_alone(start_process, start_behind, new_client):
    process = start_process("sandbox", "--listen", "127.0.0.1:0", "--contract", "2025-12")
    url = "http://" + process.wait_for_log("sandbox listening")[0]["address"]
    sandbox = Sandbox(url)
    sandbox.add_key(key=KEY)
    client = new_client(start_behind(url, contract="2025-12", endpoints={"prefer": ["experimental.bot.conversation"]}))
    assert_sent(client.send_message(text="alone"), "experimental.bot.conversation")
    assert sandbox.texts() == ["alone"]
    assert process.stop() == 0


@pytest.mark.parametrize("script", ["", "[]", '{"colour": 1}', '{"contract": "2027-01"}', '{"faults": [{"kind": "nonsense"}]}'])
def test_a_script_that_makes_no_sense_is_78(script, tmp_path):
    path = tmp_path / "script.json"
    path.write_text(script)
    for arguments in (["sandbox", "--listen", "127.0.0.1:0"], ["serve", "--sandbox"]):
        option = "--script" if arguments[0] == "sandbox" else "--sandbox-script"
        result = run(*arguments, option, path)
        assert result.returncode == 78, result.stderr
        assert result.stderr


def test_an_unknown_contract_for_the_simulation_is_78():
    assert run("sandbox", "--listen", "127.0.0.1:0", "--contract", "2027-01").returncode == 78


def test_log_lines_are_json_and_standard_output_is_for_people(recorded, recorded_client, upstream):
    upstream.reply = lambda request: answer(503, b"<html>")
    recorded_client.send_message({"conversation_id": "c-1", "text": "LOUD-TEXT\n{\"message\":\"forged\"}"})
    lines = recorded[0].wait_for_log("call to Divar did not succeed")
    for line in recorded[0].logs():
        assert {"time", "level", "message", "label"} <= set(line)
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z", line["time"]), line["time"]
    assert lines[-1]["problem"] == "divar-unintelligible"
    assert lines[-1]["endpoint"] == "v1.bot.conversation"
    assert lines[-1]["caller"] == "local"
    assert "LOUD-TEXT" not in recorded[0].stderr.text
    assert recorded[0].stdout.text == ""


def test_a_reader_of_the_log_that_went_away_does_not_matter(tmp_path, new_client):
    path = tmp_path / "gateway.yaml"
    configuration = upstream_configuration(f"http://127.0.0.1:{free_port()}", listen=["127.0.0.1:0"])
    path.write_text(json.dumps(configuration))
    process = subprocess.Popen(
        [str(BINARY), "serve", "--config", str(path)], env=clean_environment({KEY_VARIABLE: KEY}),
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )
    try:
        client = new_client("http://" + json.loads(process.stderr.readline())["address"])
        process.stderr.close()
        for _ in range(20):
            assert_problem(client.send_message(MESSAGE), "divar-unreachable", "not_sent")
        assert client.get("/health/live").status_code == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    finally:
        if process.poll() is None:
            process.kill()
            process.wait(20)


# End


def refuses_connections(gateway):
    try:
        gateway.connect().close()
    except ConnectionRefusedError:
        return True
    return False


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_pending_send_is_answered_before_the_end(number, start_behind, start_upstream):
    gate = Gate()
    upstream = start_upstream(reply=gate)
    gateway = start_behind(upstream)
    idle, busy = Wire(gateway.connect()), Wire(gateway.connect())
    assert idle.send(request()).answer().status_code == 200
    busy.send(send_request(MESSAGE))
    upstream.wait_for_requests(1)
    gateway.process.send_signal(number)
    gateway.wait_for_log("stopping")
    wait_until(lambda: refuses_connections(gateway), "refused connections")
    assert idle.is_closed()
    assert gateway.is_running()
    assert busy.stays_open()
    gate.open()
    answered = busy.answer()
    assert_sent(answered)
    assert answered.headers["connection"] == "close"
    assert busy.is_closed()
    assert gateway.wait() == 0
    assert [line["message"] for line in gateway.logs()][-1] == "stopped"


def test_many_pending_sends_are_all_answered_before_the_end(start_behind, start_upstream):
    gate = Gate()
    upstream = start_upstream(reply=gate)
    gateway = start_behind(upstream)
    pending = [Wire(gateway.connect()) for _ in range(30)]
    for index, wire in enumerate(pending):
        wire.send(send_request({"conversation_id": f"c-{index}", "text": str(index)}))
    upstream.wait_for_requests(30)
    gateway.terminate()
    gateway.wait_for_log("stopping")
    gate.open()
    for index, wire in enumerate(pending):
        assert assert_sent(wire.answer())["conversation_id"] == f"c-{index}"
        wire.socket.close()
    assert gateway.wait() == 0


def test_a_request_whose_body_is_still_coming_is_served_before_the_end(start_behind, start_upstream):
    upstream = start_upstream()
    gateway = start_behind(upstream)
    whole = send_request(MESSAGE)
    with Wire(gateway.connect()) as wire:
        wire.send(whole[:-3])
        time.sleep(0.1)  # The bytes have to arrive before the signal; nothing announces it.
        gateway.terminate()
        gateway.wait_for_log("stopping")
        wire.send(whole[-3:])
        assert_sent(wire.answer())
    assert gateway.wait() == 0


def test_a_call_that_takes_longer_than_the_drain_is_cut_off(start_behind, start_upstream):
    upstream = start_upstream(reply=Gate())
    gateway = start_behind(upstream, drain="300ms")
    with Wire(gateway.connect()) as wire:
        wire.send(send_request(MESSAGE))
        upstream.wait_for_requests(1)
        start = time.monotonic()
        gateway.terminate()
        assert gateway.wait() == 0
        assert 0.25 < time.monotonic() - start < 4
        assert wire.is_closed()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_right_after_the_start_is_heard(number, start_behind, start_upstream, short_path):
    """Whoever sees that the gateway listens may already want it to end."""
    upstream = start_upstream()
    for attempt in range(8):
        path = short_path / f"early-{number}-{attempt}.sock"
        gateway = start_behind(upstream, listen=[f"unix:{path}"])
        gateway.process.send_signal(number)
        assert gateway.wait() == 0
        assert not path.exists()


def test_an_idle_gateway_ends_at_once(start_behind, start_upstream, new_client):
    gateway = start_behind(start_upstream())
    client = new_client(gateway)
    assert_sent(client.send_message(MESSAGE))
    start = time.monotonic()
    assert gateway.stop() == 0
    assert time.monotonic() - start < 3


def test_a_gateway_with_its_simulation_ends_after_a_pending_send(start_gateway, new_client):
    gateway = start_gateway({}, sandbox=True)
    sandbox = Sandbox(gateway.sandbox_url)
    sandbox.fault("latency", milliseconds=700, when="before")
    answers = []
    thread = threading.Thread(target=lambda: answers.append(new_client(gateway).send_message(text="slow")))
    thread.start()
    wait_until(lambda: sandbox.request_count() == 1, "the request")
    gateway.terminate()
    thread.join(10)
    assert_sent(answers[0])
    assert gateway.wait() == 0
