"""The commands: version, help, the simulation on its own, and what goes to which output."""

import json
import re
import signal
import subprocess

import pytest

from checks import assert_problem, assert_sent
from conftest import KEY, KEY_VARIABLE, upstream_configuration
from processes import BINARY, clean_environment, run
from sandbox import Sandbox
from upstream import answer, free_port

MESSAGE = {"conversation_id": "c-1", "text": "x"}


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


# The simulation


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


# Output


def test_log_lines_are_json_and_standard_output_is_for_people(recorded, recorded_client, upstream):
    upstream.reply = lambda request: answer(503, b"<html>")
    recorded_client.send_message({"conversation_id": "c-1", "text": "LOUD-TEXT\n{\"message\":\"forged\"}"})
    lines = recorded[0].wait_for_log("call to Divar did not succeed")
    for line in recorded[0].logs():
        assert {"time", "level", "message"} <= set(line)
        # The one line of a call is no part's own.
        assert "label" in line or line["message"] == "request"
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z", line["time"]), line["time"]
    assert lines[-1]["problem"] == "divar-unintelligible"
    assert lines[-1]["endpoint"] == "v1.bot.conversation"
    assert lines[-1]["caller"] == "local"
    assert "LOUD-TEXT" not in recorded[0].stderr.text
    assert recorded[0].stdout.text == ""


def test_a_reader_of_the_log_that_went_away_does_not_matter(tmp_path, new_client):
    path = tmp_path / "gateway.yaml"
    settings = {"listen": ["127.0.0.1:0"], "journal": {"path": str(tmp_path / "journal.db")}}
    path.write_text(json.dumps(upstream_configuration(f"http://127.0.0.1:{free_port()}", **settings)))
    process = subprocess.Popen(
        [str(BINARY), "serve", "--config", str(path)], env=clean_environment({KEY_VARIABLE: KEY}),
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )
    try:
        listening = next(line for line in map(json.loads, process.stderr) if line["message"] == "listening")
        client = new_client("http://" + listening["address"])
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
