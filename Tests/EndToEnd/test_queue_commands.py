"""`queue list` and `queue resend`, while a gateway runs and while none does; and the key under which the queue lies."""

import concurrent.futures
import json
import re
import socket
import stat
import time

import pytest

from calls import TOKEN
from conftest import KEY, KEY_VARIABLE, MINIMAL, NO_CACHE, upstream_configuration
from processes import run, wait_until
from queues import (
    ahead, assert_lawful, assert_verifies, enqueue, limited, moment, put, queue_list, report, steps,
    texts, wait_for_end,
)
from trail import Trail
from upstream import Gate, agreeable, complaint

OTHER_KEY = "ab" * 32
#: No message has this id.
STRANGER = "0190163d-8694-7b3e-8b3c-0242ac120002"


@pytest.fixture
def start(start_gateway, start_upstream, new_client, tmp_path):
    """Starts gateways in front of one recording upstream, on one journal: (gateway, client, upstream)."""
    upstream = start_upstream()

    def start(reply=agreeable, **settings):
        upstream.reply = reply
        journal = {"path": str(tmp_path / "kept" / "journal.db")}
        configuration = upstream_configuration(upstream, **{**NO_CACHE, "journal": journal, **settings})
        gateway = start_gateway(configuration, environment={KEY_VARIABLE: KEY})
        return gateway, new_client(gateway), upstream

    return start


def expire(client, *names, conversation="c-1"):
    """Messages that expired and can be sent again, by their ids."""
    messages = [put(client, conversation, name, expires_at=ahead(0.4)) for name in names]
    for message in messages:
        wait_for_end(client, message, "not_sent", "expired")
    return messages


def resend(gateway, *arguments):
    return run("queue", "resend", "--config", gateway.path, *arguments, environment={KEY_VARIABLE: KEY})


def resent(result):
    """The new ids by the old ones, as the command says them."""
    assert result.returncode == 0, (result.stdout, result.stderr)
    lines = [re.fullmatch(r"(\S+) is sent again as (\S+)", line) for line in result.stdout.splitlines()]
    assert all(lines), result.stdout
    return {line[1]: line[2] for line in lines}


# list


def test_an_empty_queue_is_listed(start):
    gateway, _, _ = start()
    assert queue_list(gateway) == {}
    result = run("queue", "list", "--config", gateway.path)
    assert result.returncode == 0 and result.stdout.split() == [
        "message", "state", "app", "caller", "to", "attempts", "until", "reason"
    ]


def test_what_waits_is_sent_or_failed_is_listed(start):
    gateway, client, upstream = start(lambda _: complaint(412, 9, "blocked"))
    failed = put(client, "c-0", "secret text")
    wait_for_end(client, failed, "not_sent", "recipient-restricted")
    gate = upstream.reply = Gate()
    sending, waiting = put(client, text="secret text"), put(client, text="secret text")
    upstream.wait_for_requests(2)
    found = queue_list(gateway)
    assert list(found) == [failed, sending, waiting], "oldest first"
    assert [line["state"] for line in found.values()] == ["failed", "sending", "waiting"]
    assert [line["to"] for line in found.values()] == ["c-0", "c-1", "c-1"]
    assert [line["attempts"] for line in found.values()] == [1, 0, 0]
    assert [line["reason"] for line in found.values()] == ["recipient-restricted", None, None]
    for message in (sending, waiting):
        assert found[message]["until"] == report(client, message)["expires_at"]
        assert (found[message]["app"], found[message]["caller"]) == ("default", "local")
    assert moment(found[failed]["until"]) > moment(found[waiting]["until"])
    assert list(queue_list(gateway, "--failed")) == [failed]
    table = run("queue", "list", "--config", gateway.path).stdout.splitlines()
    assert len(table) == 4 and len({line.index("  ") for line in table[1:]}) == 1
    assert "secret" not in "".join(table) and not any(line.endswith(" ") for line in table)
    gate.open()
    for message in (sending, waiting):
        wait_for_end(client, message)
    assert gateway.stop() == 0
    assert list(queue_list(gateway)) == [failed], "also without a gateway"


def test_many_are_listed_over_several_pages(start):
    gate = Gate()
    gateway, client, _ = start(gate, queue={"concurrency": 1})
    messages = [put(client, f"c-{number}") for number in range(300)]
    wait_until(lambda: report(client, messages[0])["queue"] == "sending", "the first is under way")
    found = queue_list(gateway)
    assert list(found) == messages
    assert [line["state"] for line in found.values()] == ["sending"] + ["waiting"] * 299
    gate.open()


def test_what_is_sent_unknown_or_taken_back_is_not_in_the_list(start):
    gateway, client, upstream = start()
    wait_for_end(client, put(client))
    upstream.reply = lambda _: complaint(502, 2, "?")
    wait_until(lambda: report(client, put(client))["outcome"] == "unknown", "an unknown end")
    upstream.reply = lambda _: limited()
    assert client.delete(f"/messages/{put(client)}").status_code in (200, 409)
    upstream.reply = agreeable
    wait_until(lambda: queue_list(gateway) == {}, "an empty queue")


# resend


def test_a_failed_message_is_sent_again_as_a_new_one(start):
    gateway, client, upstream = start(lambda _: limited())
    (message,) = expire(client, "again")
    upstream.reply = agreeable
    before = len(upstream.requests)
    new = resent(resend(gateway, message))[message]
    assert new != message
    told = wait_for_end(client, new)
    assert (told["attempts"], told["conversation_id"]) == (1, "c-1")
    assert texts(upstream.requests[before:]) == ["again"]
    # What is said of the old one is what it was.
    old = report(client, message)
    assert (old["outcome"], old["reason"], old["queue"]) == ("not_sent", "expired", None)
    assert queue_list(gateway) == {}
    intent = steps(gateway, new)[0]
    assert intent["resends"] == message and intent["known_by"] == "command"
    assert re.fullmatch(r"uid:\d+", intent["peer"])
    assert (intent["conversation"], intent["caller"], intent["app"]) == ("c-1", "local", "default")
    assert Trail(gateway).commits_to(intent, "again") and "expires" in intent
    assert [step["kind"] for step in steps(gateway, new)] == ["intent", "attempt", "outcome"]
    assert gateway.stop() == 0
    assert_verifies(gateway)


def test_all_that_failed_is_sent_again_in_order_without_a_gateway(start):
    gateway, client, upstream = start(lambda _: limited())
    messages = expire(client, "t-0", "t-1", "t-2")
    assert gateway.stop() == 0
    new = resent(resend(gateway, "--all"))
    assert list(new) == messages
    # What the command appended is whole, though no checkpoint is over it yet.
    Trail(gateway).verify()
    assert [line["state"] for line in queue_list(gateway).values()] == ["waiting"] * 3
    before = len(upstream.requests)
    gateway, client, _ = start()
    for message in new.values():
        wait_for_end(client, message)
    assert texts(upstream.requests[before:]) == ["t-0", "t-1", "t-2"]
    assert resent(resend(gateway, "--all")) == {}
    assert_lawful(gateway)
    assert gateway.stop() == 0
    assert_verifies(gateway)


def test_a_message_that_fails_again_can_be_sent_again_again(start):
    gateway, client, upstream = start(lambda _: complaint(412, 9, "blocked"))
    message = put(client)
    wait_for_end(client, message, "not_sent", "recipient-restricted")
    for _ in range(3):
        new = resent(resend(gateway, message))[message]
        wait_for_end(client, new, "not_sent", "recipient-restricted")
        assert list(queue_list(gateway)) == [new]
        assert steps(gateway, new)[0]["resends"] == message
        message = new
    assert len(upstream.requests) == 4


def test_a_message_sent_again_needs_no_token_of_its_caller(start):
    gateway, client, upstream = start(lambda _: limited())
    message = put(client, headers=TOKEN, expires_at=ahead(0.4), **{"as": "user"})
    wait_for_end(client, message, "not_sent", "expired")
    upstream.reply = agreeable
    wait_for_end(client, resent(resend(gateway, message))[message])
    assert any(TOKEN["X-Access-Token"] in value for _, value in upstream.requests[-1].fields)


def test_the_key_of_the_old_message_stays_with_the_old_message(start):
    gateway, client, upstream = start(lambda _: limited())
    key = {"Idempotency-Key": "k-1"}
    message = put(client, headers=key, expires_at=ahead(0.4))
    wait_for_end(client, message, "not_sent", "expired")
    upstream.reply = agreeable
    wait_for_end(client, resent(resend(gateway, message))[message])
    before = len(upstream.requests)
    again = enqueue(client, headers=key)
    assert (again.json()["message_id"], again.json()["outcome"]) == (message, "not_sent")
    assert len(upstream.requests) == before


def test_a_new_message_can_be_taken_back_once_the_gateway_has_found_it(start):
    gateway, client, upstream = start(lambda _: limited(60))
    (message,) = expire(client, "x")
    new = resent(resend(gateway, message))[message]
    wait_until(lambda: client.delete(f"/messages/{new}").status_code == 200, "it is taken back")
    assert report(client, new)["reason"] == "cancelled"
    upstream.reply = agreeable
    assert queue_list(gateway) == {}


def test_two_resends_at_once_are_one(start):
    gateway, client, upstream = start(lambda _: limited())
    messages = expire(client, "t-0", "t-1", "t-2")
    upstream.reply = agreeable
    before = len(upstream.requests)
    for message in messages:
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            results = list(pool.map(lambda _: resend(gateway, message), range(4)))
        winners = [result for result in results if result.returncode == 0]
        assert len(winners) == 1, [(result.returncode, result.stdout, result.stderr) for result in results]
        for result in results:
            if result is not winners[0]:
                assert result.stdout == "" and message in result.stderr, result.stderr
        wait_for_end(client, resent(winners[0])[message])
    assert sorted(texts(upstream.requests[before:])) == ["t-0", "t-1", "t-2"]
    assert len([intent for intent in Trail(gateway).records("intent") if "resends" in intent]) == 3
    assert_lawful(gateway)


@pytest.mark.parametrize("arguments,status", [
    ([], 64), (["--all", STRANGER], 64), (["nonsense"], 64), ([STRANGER], 1), (["--nonsense"], 64),
])
def test_a_resend_that_makes_no_sense_is_refused(arguments, status, start):
    gateway, _, _ = start()
    result = resend(gateway, *arguments)
    assert result.returncode == status and result.stdout == "", (result.returncode, result.stderr)
    assert result.stderr


def test_what_did_not_fail_is_not_sent_again(start):
    gate = Gate()
    gateway, client, upstream = start(gate)
    sending, waiting = put(client), put(client, text="waits")
    upstream.wait_for_requests(1)
    for message in (sending, waiting):
        result = resend(gateway, message)
        assert result.returncode == 64 and "did not fail" in result.stderr, result.stderr
    gate.open()
    for message in (sending, waiting):
        wait_for_end(client, message)
    assert resend(gateway, sending).returncode == 1
    assert len(upstream.requests) == 2


@pytest.mark.parametrize("command", ["list", "resend"])
def test_without_a_journal_a_command_says_so(command, tmp_path):
    path = tmp_path / "gateway.yaml"
    path.write_text(json.dumps({**MINIMAL, "journal": {"path": str(tmp_path / "none.db")}}))
    result = run("queue", command, "--config", path, *(["--all"] if command == "resend" else []))
    assert result.returncode == 74 and "journal" in result.stderr, (result.returncode, result.stderr)
    assert not (tmp_path / "none.db").exists() and not (tmp_path / "none.db.queue-key").exists()


# The key


def key_file(gateway):
    return gateway.journal.with_name(gateway.journal.name + ".queue-key")


def test_the_key_is_made_once_for_its_owner_alone(start):
    gateway, _, _ = start()
    path = key_file(gateway)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    key = path.read_text()
    assert re.fullmatch("[0-9a-f]{64}\n", key)
    assert gateway.stop() == 0
    start()
    assert path.read_text() == key


def test_the_key_may_lie_elsewhere(start, tmp_path):
    path = tmp_path / "elsewhere.key"
    gateway, client, _ = start(queue={"key_file": str(path)})
    wait_for_end(client, put(client))
    assert path.exists() and not key_file(gateway).exists()


@pytest.mark.parametrize("content", ["", "no key", "ab" * 31, "ab" * 33, "xy" * 32, "ab" * 600], ids=len)
def test_a_file_that_holds_no_key_is_told_and_nothing_starts(content, start):
    gateway, _, _ = start()
    assert gateway.stop() == 0
    path = key_file(gateway)
    path.write_text(content)
    result = run("serve", "--config", gateway.path, environment={KEY_VARIABLE: KEY})
    assert result.returncode == 74, (result.returncode, result.stderr)
    assert str(path) in result.stderr and "64 hexadecimal digits" in result.stderr
    assert path.read_text() == content
    assert content == "" or content not in result.stderr


def test_a_key_that_can_not_be_made_is_told_and_nothing_starts(start, tmp_path):
    gateway, _, _ = start()
    assert gateway.stop() == 0
    elsewhere = f'"queue": {{"key_file": "{tmp_path}/no/folder/key"}}, "journal"'
    gateway.path.write_text(gateway.path.read_text().replace('"journal"', elsewhere, 1))
    result = run("serve", "--config", gateway.path, environment={KEY_VARIABLE: KEY})
    assert result.returncode == 74 and "can not be made" in result.stderr, (result.returncode, result.stderr)


def test_a_start_that_fails_touches_nothing_of_what_waits(start):
    gateway, client, upstream = start(lambda _: limited(1))
    messages = [put(client, f"c-{number}") for number in range(8)]
    for message in messages:
        wait_until(lambda: report(client, message)["attempts"] == 1, "it waits")
    assert gateway.stop() == 0
    due = time.monotonic() + 1
    upstream.reply = agreeable
    before = len(upstream.requests)
    wait_until(lambda: time.monotonic() > due, "all are due")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        configuration = json.loads(gateway.path.read_text())
        # So many that what begins too early has the time to.
        configuration["listen"] = ["127.0.0.1:0"] * 400 + [f"127.0.0.1:{taken.getsockname()[1]}"]
        gateway.path.write_text(json.dumps(configuration))
        result = run("serve", "--config", gateway.path, environment={KEY_VARIABLE: KEY})
    assert result.returncode == 74, (result.returncode, result.stderr)
    assert len(upstream.requests) == before
    _, client, upstream = start()
    for message in messages:
        assert wait_for_end(client, message)["attempts"] == 2


def test_without_the_key_of_what_waits_nothing_starts(start):
    gateway, client, upstream = start(lambda _: limited(1))
    message = put(client)
    upstream.wait_for_requests(1)
    wait_until(lambda: report(client, message)["attempts"] == 1, "it waits")
    assert gateway.stop() == 0
    path = key_file(gateway)
    key = path.read_text()
    path.unlink()
    result = run("serve", "--config", gateway.path, environment={KEY_VARIABLE: KEY})
    assert result.returncode == 74 and not path.exists(), (result.returncode, result.stderr)
    assert f"the key of the queue {path} is not there, and 1 message(s) wait" in result.stderr
    path.write_text(key)
    _, client, _ = start()
    wait_for_end(client, message)


def test_messages_whose_key_is_lost_are_told_and_never_sent(start):
    gateway, client, upstream = start(lambda _: limited(5))
    messages = [put(client), put(client)]
    upstream.wait_for_requests(1)
    wait_until(lambda: report(client, messages[0])["attempts"] == 1, "it waits")
    assert gateway.stop() == 0
    path = key_file(gateway)
    key = path.read_text()
    path.write_text(OTHER_KEY)
    gateway, client, _ = start()
    for message in messages:
        wait_for_end(client, message, "not_sent", "internal")
    assert len(upstream.requests) == 1
    # What comes now is sent.
    wait_for_end(client, put(client))
    result = resend(gateway, messages[0])
    assert result.returncode == 74 and "key" in result.stderr
    # With the right key they can still be sent.
    assert gateway.stop() == 0
    path.write_text(key)
    new = resent(resend(gateway, "--all"))
    gateway, client, _ = start()
    for message in new.values():
        wait_for_end(client, message)
    assert_lawful(gateway)


def test_a_command_makes_no_key(start):
    gateway, client, _ = start(lambda _: limited())
    (message,) = expire(client, "x")
    assert gateway.stop() == 0
    key_file(gateway).unlink()
    result = resend(gateway, message)
    assert result.returncode == 74 and result.stdout == "", result.stderr
    assert not key_file(gateway).exists()
    assert [line["state"] for line in queue_list(gateway).values()] == ["failed"]
