"""A configuration that changes: checked whole, recorded, and in force whole or not at all."""

import concurrent.futures
import hashlib
import json
import os
import signal
import threading

import pytest

from checks import assert_problem, assert_sent
from conftest import KEY_VARIABLE, NO_CACHE
from processes import run, wait_until
from test_metrics import LISTEN, metrics
from upstream import agreeable

READ_AGAIN = "configuration read again"
REFUSED = "the configuration can't be applied"
SUCCESSFUL = "divar_gateway_config_last_reload_successful"


@pytest.fixture
def start(start_behind, start_upstream, new_client):
    """Starts a gateway with an admin listener in front of a recording upstream: (gateway, client, admin)."""

    def begin(reply=agreeable, **settings):
        gateway = start_behind(start_upstream(reply), **{**NO_CACHE, **LISTEN, **settings})
        [line] = gateway.wait_for_log("admin listening")
        admin = new_client(gateway)
        admin.url = "http://" + line["address"]
        return gateway, new_client(gateway), admin

    return begin


def change(gateway, **settings):
    """Puts another configuration in the place of the old one, as careful editors do."""
    new = {**json.loads(gateway.path.read_text()), **settings}
    beside = gateway.path.with_suffix(".new")
    beside.write_text(json.dumps(new))
    os.rename(beside, gateway.path)


def reload(gateway, message=READ_AGAIN):
    before = len(gateway.logs(message))
    os.kill(gateway.pid, signal.SIGHUP)
    return gateway.wait_for_log(message, before + 1)[-1]


def records(gateway):
    """What the trail has of configurations, oldest first."""
    listed = run(
        "audit", "list", "--config", gateway.path, "--json", "--limit", "10000", environment={KEY_VARIABLE: "unused"})
    assert listed.returncode == 0, listed.stderr
    found = [json.loads(line) for line in listed.stdout.splitlines()]
    return [record for record in found if record["kind"] == "configuration"]


def quota(per_minute):
    return {"default": {"keys": [{"env": KEY_VARIABLE}], "quota": {"per_minute": per_minute, "max_wait": "0s"}}}


def test_a_new_quota_is_in_force_and_in_the_trail(start):
    gateway, client, admin = start(apps=quota(2))
    for _ in range(2):
        assert_sent(client.send_message(conversation_id="c-1", text="x"))
    assert_problem(client.send_message(conversation_id="c-1", text="x"), "quota", outcome="not_sent")
    change(gateway, apps=quota(5))
    line = reload(gateway)
    assert (line["trigger"], line["changed"]) == ("signal", "apps.default.quota.per_minute")
    assert metrics(admin)['divar_gateway_quota_calls_limit{app="default",window="minute"}'] == 5
    # What was counted still counts.
    for _ in range(3):
        assert_sent(client.send_message(conversation_id="c-1", text="x"))
    assert_problem(client.send_message(conversation_id="c-1", text="x"), "quota", outcome="not_sent")
    [record] = records(gateway)
    assert (record["known_by"], record["count"]) == ("signal", 1)
    assert record["changed"] == "apps.default.quota.per_minute"
    assert record["peer"] == f"file owner uid {os.getuid()}"


def test_a_file_that_changes_is_read_without_being_asked(start):
    gateway, client, _ = start()
    change(gateway, log={"level": "error"})
    [line] = gateway.wait_for_log("request") if gateway.logs("request") else [None]
    wait_until(lambda: records(gateway), "the record of the change")
    [record] = records(gateway)
    assert (record["known_by"], record["changed"]) == ("file", "log.level")
    assert_sent(client.send_message(conversation_id="c-1", text="x"))
    gateway.stop()
    assert gateway.logs("request") == []


def test_a_file_that_is_being_written_is_not_taken_by_halves(start):
    key = "dgw_" + "k" * 43
    callers = {"shop": {"key_sha256": hashlib.sha256(key.encode()).hexdigest(), "may": ["send"]}}
    gateway, client, _ = start(callers=callers)
    whole = json.dumps({**json.loads(gateway.path.read_text()), "cache": {"ttl": "30s"}})
    with gateway.path.open("w") as file:
        for part in (whole[: len(whole) // 2], whole[len(whole) // 2:]):
            file.write(part)
            file.flush()
    gateway.wait_for_log(READ_AGAIN)
    assert gateway.logs(REFUSED) == []
    assert client.send_message(conversation_id="c-1", text="x").status_code == 401


@pytest.mark.parametrize("new, problem", [
    ({"cache": {"ttl": "never"}}, "cache.ttl"),
    ({"nonsense": 1}, "nonsense"),
    ({"log": {"level": "error"}, "upstream": {"base_url": "http://127.0.0.1:1"}},
     "a restart is needed for: upstream.base_url"),
    ({"log": {"level": "error"}, "drain": "1s"}, "a restart is needed for: drain"),
])
def test_a_configuration_that_can_not_be_applied_changes_nothing(new, problem, start):
    gateway, client, admin = start()
    assert metrics(admin)[SUCCESSFUL] == 1
    old = gateway.path.read_text()
    change(gateway, **new)
    line = reload(gateway, REFUSED)
    assert problem in line["problems"]
    assert metrics(admin)[SUCCESSFUL] == 0
    ready = client.get("/health/ready")
    assert ready.status_code == 200 and "can not be applied" in ready.text
    assert_sent(client.send_message(conversation_id="c-1", text="x"))
    wait_until(lambda: any(line["operation"] == "send" for line in gateway.logs("request")), "a line at info")
    gateway.path.write_text(old)
    reload(gateway)
    assert records(gateway) == []
    assert metrics(admin)[SUCCESSFUL] == 1
    assert "the configuration is in force" in client.get("/health/ready").text


def test_a_signal_before_the_first_call_is_not_lost(start_behind, start_upstream):
    for _ in range(10):
        gateway = start_behind(start_upstream(), **NO_CACHE)
        os.kill(gateway.pid, signal.SIGHUP)
        gateway.wait_for_log(READ_AGAIN)
        gateway.stop()


def test_no_value_of_a_configuration_is_told(start):
    gateway, _, _ = start()
    digest = "ab" * 32
    change(gateway, callers={"shop": {"key_sha256": digest, "may": ["send"]}})
    line = reload(gateway)
    assert line["changed"] == "callers.shop.key_sha256, callers.shop.may"
    [record] = records(gateway)
    assert digest not in json.dumps(record) + gateway.stderr.text


def test_no_call_fails_while_the_configuration_is_read_again_and_again(start):
    gateway, client, _ = start()
    over, failures = threading.Event(), []

    def send():
        count = 0
        while not over.is_set():
            answer = client.send_message(conversation_id="c-1", text="x")
            count += 1
            if answer.status_code != 200:
                failures.append(answer.text)
        return count

    with concurrent.futures.ThreadPoolExecutor() as threads:
        senders = [threads.submit(send) for _ in range(8)]
        try:
            for number in range(20):
                change(gateway, apps=quota(10_000 + number), cache={"ttl": f"{number + 1}s"},
                       overload={"max_concurrency": 100 + number}, log={"level": "info"})
                reload(gateway)
        finally:
            over.set()
        calls = sum(sender.result() for sender in senders)
    assert failures == [] and calls >= 40
    assert len(records(gateway)) == 20
