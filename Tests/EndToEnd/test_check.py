"""The command `check`: what a configuration may say, how every problem in it is told, and what the shipped one says."""

import json
import re

import pytest

from conftest import DIVAR_KEY, MINIMAL
from processes import ROOT, run
from wire import Wire, request, send_request

SHIPPED = ROOT / "config" / "divar-gateway.yaml"


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


# The shipped configuration


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


def shipped_text(upstream, folder):
    """The shipped configuration with addresses and a journal that a test can use."""
    text = SHIPPED.read_text(encoding="utf-8")
    for shipped, own in {
        "127.0.0.1:8080": "127.0.0.1:0", "https://open-api.divar.ir": upstream.url, r"(?m)^  path: .*$": f"  path: {folder}/journal.db"
    }.items():
        text, count = re.subn(shipped, own, text)
        assert count, shipped
    return text


def test_the_limits_of_the_shipped_configuration_are_the_defaults(start_gateway, start_upstream, tmp_path):
    """Each limit that a client can run into is run into, behind the shipped file and behind none of its values."""
    upstream = start_upstream()
    bare = {**MINIMAL, "upstream": {"base_url": upstream.url}}
    gateways = [
        start_gateway(shipped_text(upstream, tmp_path), environment=DIVAR_KEY),
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


# Problems


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
