"""Where Divar's keys come from: files that nobody else may read, credentials, programs."""

import json

import pytest

from canaries import DIVAR_KEY, PLANTED, canary
from checks import assert_sent
from processes import run, wait_until
from sandbox import KEY as SANDBOX_KEY, Sandbox

WRONG = PLANTED.plant(DIVAR_KEY, canary("divar-key-of-nobody"))


@pytest.fixture
def simulated(start_process):
    """A simulated Divar of its own."""
    process = start_process("sandbox", "--listen", "127.0.0.1:0")
    return Sandbox("http://" + process.wait_for_log("sandbox listening")[0]["address"])


def settings(simulated, *keys):
    return {
        "listen": ["127.0.0.1:0"], "upstream": {"base_url": simulated.url}, "apps": {"default": {"keys": list(keys)}},
    }


@pytest.fixture
def write_configuration(tmp_path):
    """Writes a configuration to a file (JSON is YAML) and gives its path."""

    def write(configuration):
        path = tmp_path / "gateway.yaml"
        path.write_text(json.dumps(configuration))
        return path

    return write


def key_file(folder, key=SANDBOX_KEY, mode=0o600):
    path = folder / "divar.key"
    path.write_text(key + "\n")
    path.chmod(mode)
    return path


def program(folder, text):
    path = PLANTED.may_be_in(folder / "vault")
    path.write_text("#!/bin/sh\n" + text)
    path.chmod(0o700)
    return path


def test_a_key_from_a_file(simulated, tmp_path, start_gateway, new_client):
    gateway = start_gateway(settings(simulated, {"file": str(key_file(tmp_path))}))
    assert_sent(new_client(gateway).send_message(text="x"))


def test_a_key_that_is_a_credential_of_systemd(simulated, tmp_path, start_gateway, new_client):
    path = key_file(tmp_path, mode=0o440)
    environment = {"CREDENTIALS_DIRECTORY": str(tmp_path)}
    gateway = start_gateway(settings(simulated, {"credential": path.name}), environment=environment)
    assert_sent(new_client(gateway).send_message(text="x"))


def test_a_key_that_a_program_prints(simulated, tmp_path, start_gateway, new_client):
    vault = program(tmp_path, f'test "$1" = "kv get" && echo {SANDBOX_KEY}; echo {SANDBOX_KEY} >&2')
    gateway = start_gateway(settings(simulated, {"exec": [str(vault), "kv get"]}))
    assert_sent(new_client(gateway).send_message(text="x"))


def test_a_program_is_run_again_as_often_as_asked_for(simulated, tmp_path, start_gateway):
    counter = tmp_path / "runs"
    vault = program(tmp_path, f"echo x >> {counter}; echo {SANDBOX_KEY}")
    start_gateway(settings(simulated, {"exec": [str(vault)], "refresh": "1s"}))
    wait_until(lambda: len(counter.read_text().split()) >= 3, "the program to be run again")


@pytest.mark.parametrize(("mode", "shared", "is_fine"), [
    (0o640, False, False), (0o604, False, False), (0o644, True, True), (0o664, True, False), (0o400, False, True),
])
def test_a_file_that_others_may_read_is_no_secret(mode, shared, is_fine, simulated, tmp_path, write_configuration):
    entry = {"file": str(key_file(tmp_path, mode=mode)), **({"shared": True} if shared else {})}
    result = run("check", "--config", write_configuration(settings(simulated, entry)))
    assert result.returncode == (0 if is_fine else 78), result.stderr
    if not is_fine:
        assert "apps.default.keys" in result.stderr and "can be read or written by others" in result.stderr
    assert SANDBOX_KEY not in result.stderr + result.stdout


@pytest.mark.parametrize(("text", "said"), [
    (f"echo {WRONG}; exit 3", "exit status 3"),
    ("sleep 60", "took too long"),
    (f"echo {WRONG} two words", "does not hold a key"),
    ("true", "does not hold a key"),
])
def test_a_program_that_fails_keeps_the_gateway_from_starting(text, said, simulated, tmp_path, write_configuration):
    entry = {"exec": [str(program(tmp_path, text)), "--secret=hidden-argument"], "timeout": "500ms"}
    result = run("check", "--config", write_configuration(settings(simulated, entry)))
    assert result.returncode == 78
    assert said in result.stderr and str(tmp_path / "vault") in result.stderr
    assert WRONG not in result.stderr and "hidden-argument" not in result.stderr


@pytest.mark.parametrize(("entry", "said"), [
    ({"credential": "key"}, "CREDENTIALS_DIRECTORY is not set"),
    ({"credential": "../key"}, "must be the name of a file"),
    ({"exec": []}, "must be one of"),
    ({"exec": ["a"], "file": "b"}, "must be one of"),
    ({"env": "A", "shared": True}, "is only for {file: PATH}"),
    ({"env": "A", "timeout": "1s"}, "is only for {exec"),
    ({"env": "A", "permissions": ["CHAT"]}, "must be of Divar's permissions"),
    ({"env": "A", "created": "yesterday"}, "must be a day"),
    ({"env": "A", "name": "a b"}, "must be 1 to 64 characters"),
])
def test_what_can_be_no_source_of_a_key_is_told(entry, said, simulated, write_configuration):
    result = run("check", "--config", write_configuration(settings(simulated, entry)), environment={"A": WRONG})
    assert result.returncode == 78 and said in result.stderr, result.stderr
    assert WRONG not in result.stderr


def test_the_text_of_a_source_is_never_sent_for_a_key(simulated, start_process, write_configuration):
    """A variable that isn't there, and a reference that nothing resolves."""
    for entry in ({"env": "DIVAR_NO_SUCH_KEY"}, {"file": "$DIVAR_API_KEY"}, {"file": "vault:secret/divar"}):
        process = start_process("serve", "--config", write_configuration(settings(simulated, entry)))
        assert process.wait() == 78
    assert simulated.request_count() == 0
