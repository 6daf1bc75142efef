"""Texts that are kept, tokens that wait: what opens them is in no file but its own, and in nobody's output."""

import json
import signal

import pytest

import canaries
from calls import TOKEN
from canaries import PLANTED, canary, master_key
from conftest import KEY, KEY_VARIABLE, MINIMAL, NO_CACHE, upstream_configuration
from processes import run, wait_until
from queues import ahead, limited, put
from trail import Trail

MASTER, NEXT_MASTER = (PLANTED.plant(canaries.MASTER_KEY, master_key(name)) for name in ("1", "2"))
#: Not a credential, but what a master key guards; the same search looks for it.
TEXT = PLANTED.plant("message's text", canary("a text that nobody may read"))


@pytest.fixture
def start_keeping(start_gateway, start_upstream, new_client, tmp_path):
    """Starts gateways that keep texts under master keys, one in a file and one in the environment."""
    file = tmp_path / "master.key"
    file.write_text(MASTER + "\n")
    file.chmod(0o600)

    def start(keys, reply=None, **settings):
        upstream = start_upstream(reply) if reply else start_upstream()
        configuration = upstream_configuration(upstream, **{
            **NO_CACHE, "journal": {"path": str(tmp_path / "journal.db")},
            "audit": {"content": "encrypted", "master_keys": keys(file)}, **settings,
        })
        environment = {KEY_VARIABLE: KEY, "NEXT_MASTER": NEXT_MASTER}
        gateway = start_gateway(configuration, environment=environment, ends_badly=True)
        return gateway, new_client(gateway), environment

    return start


def only_file(file):
    return [{"file": str(file)}]


def both(file):
    return [{"env": "NEXT_MASTER"}, {"file": str(file)}]


# The upstream gets the texts, as it has to; so these tests look at files and output alone.
@pytest.fixture(autouse=True)
def texts_go_up(monkeypatch):
    monkeypatch.setattr("upstream.GOES_UP", (*canaries.GO_UP, "message's text"))


def test_texts_and_their_keys_stay_sealed_through_a_crash_a_rotation_and_every_command(start_keeping):
    gateway, client, environment = start_keeping(only_file)
    sent = [client.send_message({"conversation_id": "c-1", "text": TEXT}).json()["message_id"] for _ in range(3)]
    gateway.process.send_signal(signal.SIGKILL)
    gateway.wait()
    gateway, client, environment = start_keeping(both)
    sent.append(client.send_message({"conversation_id": "c-2", "text": TEXT}).json()["message_id"])
    wait_until(
        lambda: len({message["master"] for message in Trail(gateway).messages().values()}) == 1, "keys are rotated"
    )
    for arguments in (
        ["list"], ["list", "--json"], ["verify", "--contents"], ["prove", sent[0]], ["export", "--format", "jsonl"],
        ["erase", "--yes", "--message", sent[1]],
    ):
        # A record can be proven from the next checkpoint on.
        wait_until(
            lambda: run("audit", *arguments, "--config", gateway.path, environment=environment).returncode == 0,
            f"audit {arguments[0]} succeeds", 30,
        )
    Trail(gateway).verify()
    assert gateway.stop() == 0


def test_a_users_token_that_waits_with_its_message_is_sealed(start_keeping):
    gateway, client, _ = start_keeping(only_file, reply=lambda _: limited())
    put(client, text=TEXT, headers=TOKEN, expires_at=ahead(60), **{"as": "user"})
    gateway.process.send_signal(signal.SIGKILL)
    gateway.wait()


@pytest.mark.parametrize("spoilt", [MASTER[:-1], MASTER + "0", "x" + MASTER[1:], MASTER + " " + MASTER, f"key: {MASTER}"])
def test_a_master_key_that_is_none_is_not_repeated(spoilt, tmp_path):
    file = PLANTED.may_be_in(tmp_path / "master.key")
    file.write_text(spoilt)
    file.chmod(0o600)
    path = tmp_path / "gateway.yaml"
    path.write_text(json.dumps({**MINIMAL, "audit": {"content": "encrypted", "master_keys": only_file(file)}}))
    for command in ("check", "serve"):
        result = run(command, "--config", path, environment={"DIVAR_API_KEY": "k"})
        assert result.returncode == 78, (result.stdout, result.stderr)
        assert "master_keys" in result.stderr
