"""A Divar key is replaced while calls go on: none fails, and a wrong key changes nothing."""

import json
import os
import signal
import threading
import time

import pytest

from canaries import DIVAR_KEY, PLANTED, canary
from checks import assert_sent
from processes import wait_until
from sandbox import KEY as SANDBOX_KEY, Sandbox
from conftest import KEY_VARIABLE

NEW = PLANTED.plant(DIVAR_KEY, canary("divar-key-that-is-new"))
WRONG = PLANTED.plant(DIVAR_KEY, canary("divar-key-that-is-wrong"))


@pytest.fixture
def rotated(start_process, start_gateway, new_client, tmp_path):
    """A gateway whose key is in a file, in front of a simulation: (gateway, client, sandbox, put)."""
    simulation = start_process("sandbox", "--listen", "127.0.0.1:0")
    sandbox = Sandbox("http://" + simulation.wait_for_log("sandbox listening")[0]["address"])
    path = tmp_path / "divar.key"

    def put(key, mode=0o600):
        draft = tmp_path / "divar.key.new"
        draft.write_text(key + "\n")
        draft.chmod(mode)
        draft.rename(path)

    put(SANDBOX_KEY)
    gateway = start_gateway({
        "upstream": {"base_url": sandbox.url}, "cache": {"max_bytes": 0},
        "apps": {"default": {"keys": [{"file": str(path)}]}},
    })
    return gateway, new_client(gateway), sandbox, put


class Load:
    """Calls without a pause, each answer's status kept."""

    def __init__(self, client):
        self._client = client
        self._stopped = threading.Event()
        self.answers = []
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self):
        while not self._stopped.is_set():
            answered = self._client.send_message(text=f"x {len(self.answers)}")
            self.answers.append((answered.status_code, answered.json().get("attempts"), answered.text))

    def stop(self):
        self._stopped.set()
        self._thread.join()
        return self.answers


def key_detail(client):
    checks = client.get("/health/ready").json()["checks"]
    return next(check["detail"] for check in checks if check["name"] == "keys")


def test_a_key_is_rotated_under_load_without_a_failed_call(rotated):
    gateway, client, sandbox, put = rotated
    load = Load(client)
    try:
        wait_until(lambda: len(load.answers) > 20, "calls by the old key")
        sandbox.add_key(key=NEW)
        put(NEW)
        gateway.wait_for_log("a new key is in use")
        # Calls that took the old key before that are on their way.
        seen = len(load.answers)
        wait_until(lambda: len(load.answers) > seen + 20, "the end of calls by the old key")
        sandbox.call("DELETE", f"keys/{SANDBOX_KEY}")
        seen = len(load.answers)
        wait_until(lambda: len(load.answers) > seen + 20, "calls by the new key")
    finally:
        answers = load.stop()
    assert {(status, attempts) for status, attempts, _ in answers} == {(200, 1)}
    assert len(sandbox.ledger()) == len(answers)


def test_a_wrong_key_is_not_trusted_and_no_call_notices(rotated):
    gateway, client, sandbox, put = rotated
    load = Load(client)
    try:
        put(WRONG)
        gateway.wait_for_log("Divar does not take a new key: the one before it stays in use")
        seen = len(load.answers)
        wait_until(lambda: len(load.answers) > seen + 20, "calls by the old key")
    finally:
        answers = load.stop()
    assert {(status, attempts) for status, attempts, _ in answers} == {(200, 1)}
    assert "has a successor that is not proved yet" in key_detail(client)
    put(SANDBOX_KEY)
    wait_until(lambda: "successor" not in key_detail(client), "the old key is there again")


@pytest.mark.parametrize("how", ["gone", "readable by all", "no key"])
def test_a_file_that_breaks_keeps_the_old_key(how, rotated, tmp_path):
    gateway, client, _, put = rotated
    if how == "gone":
        (tmp_path / "divar.key").unlink()
    elif how == "no key":
        put("two words")
    else:
        put(NEW, mode=0o644)
    said = gateway.wait_for_log("a key can not be fetched: the one before it stays in use")
    assert said[0]["key"] == "default/1"
    assert "can not be fetched again" in key_detail(client)
    assert_sent(client.send_message(text="x"), attempts=1)
    put(SANDBOX_KEY)
    wait_until(lambda: "can not be fetched" not in key_detail(client), "the file is good again")


def test_a_key_that_is_revoked_at_once_is_replaced_by_a_call(rotated):
    """The new key is there, but could not be probed yet: a call that needs it takes it."""
    gateway, client, sandbox, put = rotated
    sandbox.fault("edge-html", endpoint="experimental.upload", status=503)
    sandbox.add_key(key=NEW)
    put(NEW)
    gateway.wait_for_log("a new key is there")
    sandbox.call("DELETE", f"keys/{SANDBOX_KEY}")
    assert_sent(client.send_message(text="x"), attempts=2)
    assert_sent(client.send_message(text="y"), attempts=1)
    gateway.wait_for_log("a new key is in use")


def test_a_refused_key_costs_one_call_one_attempt(start_process, start_gateway, new_client):
    simulation = start_process("sandbox", "--listen", "127.0.0.1:0")
    sandbox = Sandbox("http://" + simulation.wait_for_log("sandbox listening")[0]["address"])
    gateway = start_gateway({
        "upstream": {"base_url": sandbox.url},
        "apps": {"default": {"keys": [{"env": f"{KEY_VARIABLE}_2", "name": "blue"}, {"env": KEY_VARIABLE}]}},
    }, environment={KEY_VARIABLE: SANDBOX_KEY, f"{KEY_VARIABLE}_2": WRONG})
    client = new_client(gateway)
    assert_sent(client.send_message(text="x"), attempts=2)
    for _ in range(5):
        assert_sent(client.send_message(text="x"), attempts=1)
    said = gateway.wait_for_log("Divar refuses a key: calls begin with the others")
    assert (said[0]["key"], said[0]["said"]) == ("default/blue", "401")
    assert "default/blue is refused by Divar" in key_detail(client)


def test_a_user_s_token_that_ran_out_takes_no_key_away(start_gateway, new_client):
    gateway = start_gateway({"cache": {"max_bytes": 0}}, sandbox=True)
    client = new_client(gateway)
    for _ in range(3):
        assert client.read("sandbox-conversation", token="no-such-token").status_code != 200
    assert "refused" not in key_detail(client)
    assert client.read("sandbox-conversation").status_code == 200


def test_an_old_key_is_told(start_gateway, new_client, start_process):
    simulation = start_process("sandbox", "--listen", "127.0.0.1:0")
    url = "http://" + simulation.wait_for_log("sandbox listening")[0]["address"]
    day = time.strftime("%Y-%m-%d", time.gmtime(time.time() - 61 * 86_400))
    gateway = start_gateway({
        "upstream": {"base_url": url}, "apps": {"default": {"keys": [{"env": KEY_VARIABLE, "created": day}]}},
    }, environment={KEY_VARIABLE: SANDBOX_KEY})
    said = gateway.wait_for_log("a key is old: Divar advises to replace it every 60 days")
    assert (said[0]["key"], said[0]["age_days"]) == ("default/1", "61")
    assert "default/1 is 61 days old" in key_detail(new_client(gateway))


def test_a_key_is_only_used_for_what_it_is_allowed(start_process, start_gateway, new_client):
    simulation = start_process("sandbox", "--listen", "127.0.0.1:0")
    sandbox = Sandbox("http://" + simulation.wait_for_log("sandbox listening")[0]["address"])
    sandbox.add_key(key=SANDBOX_KEY, permissions=["CHAT_BOT_SEND_MESSAGE"])
    sandbox.add_key(key=NEW, permissions=["CHAT_UPLOAD_MEDIA"])
    keys = [
        {"env": KEY_VARIABLE, "permissions": ["CHAT_BOT_SEND_MESSAGE"]},
        {"env": f"{KEY_VARIABLE}_2", "permissions": ["CHAT_UPLOAD_MEDIA"]},
    ]
    gateway = start_gateway(
        {"upstream": {"base_url": sandbox.url}, "apps": {"default": {"keys": keys}}},
        environment={KEY_VARIABLE: SANDBOX_KEY, f"{KEY_VARIABLE}_2": NEW},
    )
    client = new_client(gateway)
    assert_sent(client.send_message(text="x"), attempts=1)
    assert client.post("/upload-token").status_code == 200
    assert [request["status"] for request in sandbox.requests()] == [200, 200]
    refused = client.read("sandbox-conversation")
    assert refused.status_code == 403 and "CHAT_READ_CONVERSATION" in json.dumps(refused.json())
    assert len(sandbox.requests()) == 2


def test_sighup_fetches_what_a_program_prints_again(start_process, start_gateway, new_client, tmp_path):
    simulation = start_process("sandbox", "--listen", "127.0.0.1:0")
    sandbox = Sandbox("http://" + simulation.wait_for_log("sandbox listening")[0]["address"])
    store = tmp_path / "store"
    store.write_text(SANDBOX_KEY)
    gateway = start_gateway({
        "upstream": {"base_url": sandbox.url}, "apps": {"default": {"keys": [{"exec": ["cat", str(store)]}]}},
    })
    client = new_client(gateway)
    assert_sent(client.send_message(text="x"), attempts=1)
    sandbox.add_key(key=NEW)
    store.write_text(NEW)
    os.kill(gateway.pid, signal.SIGHUP)
    gateway.wait_for_log("a new key is in use")
    sandbox.call("DELETE", f"keys/{SANDBOX_KEY}")
    assert_sent(client.send_message(text="x"), attempts=1)
