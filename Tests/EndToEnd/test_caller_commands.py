"""The callers file: commands that edit it while a gateway runs, and what the gateway makes of it."""

import hashlib
import json
import os
import re
import signal
import stat
import subprocess
import threading

import pytest

from caller_files import KEY_VARIABLE, MESSAGE, CallersFile, bearer, shown_key, status, wait_for_status
from checks import assert_problem, assert_sent
from processes import BINARY, clean_environment, run, wait_until


@pytest.fixture
def book(tmp_path, start_gateway, start_upstream):
    return CallersFile(tmp_path, start_gateway, start_upstream())


def test_a_caller_that_is_added_while_the_gateway_runs_calls_within_seconds(book, new_client):
    gateway = book.start()
    client = new_client(gateway)
    assert_problem(client.send_message(MESSAGE), "unauthenticated", "not_sent")
    key = book.add("billing", "--may", "send")
    wait_for_status(client, key, 200)
    assert_problem(client.post("/upload-token", headers=bearer(key)), "not-allowed")
    assert key not in book.path.read_text() + gateway.stderr.text


def test_nobody_is_admitted_by_an_empty_callers_file(book, new_client):
    for text in (None, "", "callers: {}\n", "callers:\n"):
        if text is not None:
            book.path.write_text(text)
        gateway = book.start()
        assert_problem(new_client(gateway).send_message(MESSAGE), "unauthenticated")
        assert gateway.logs("there are no callers: nobody is admitted")
        assert gateway.stop() == 0


def test_a_revoked_caller_is_refused_within_seconds(book, new_client):
    keys = {name: book.add(name) for name in ("billing", "support")}
    client = new_client(book.start())
    assert [status(client, key) for key in keys.values()] == [200, 200]
    assert book.run("revoke", "billing").returncode == 0
    wait_for_status(client, keys["billing"], 401)
    assert status(client, keys["support"]) == 200


def test_one_of_several_keys_is_revoked(book, new_client):
    old = book.add("billing", "--key-name", "first")
    new = shown_key(book.run("rotate", "billing", "--overlap", "1h", "--key-name", "second"))
    client = new_client(book.start())
    assert [status(client, key) for key in (old, new)] == [200, 200]
    hashes = [key["sha256"] for key in book.listed()["billing"]["keys"]]
    assert book.run("revoke", "billing", "--key", hashes[0][:8]).returncode == 0
    wait_for_status(client, old, 401)
    assert status(client, new) == 200
    assert [key["name"] for key in book.listed()["billing"]["keys"]] == ["second"]
    assert book.run("revoke", "billing", "--key", "1").returncode == 0
    wait_for_status(client, new, 401)
    third = shown_key(book.run("rotate", "billing"))
    wait_for_status(client, third, 200)


def test_rotation_overlaps_and_then_the_old_key_is_refused(book, new_client):
    old = book.add("billing")
    client = new_client(book.start())
    assert status(client, old) == 200
    new = shown_key(book.run("rotate", "billing", "--overlap", "3s"))
    wait_for_status(client, new, 200)
    wait_for_status(client, old, 401)
    refused = assert_problem(client.send_message(MESSAGE, headers=bearer(old)), "unauthenticated", "not_sent")
    assert refused["detail"] == "The key in Authorization has expired."
    assert status(client, new) == 200
    newest = shown_key(book.run("rotate", "billing", "--overlap", "0s"))
    wait_for_status(client, newest, 200)
    assert status(client, new) == 401
    assert len(book.listed()["billing"]["keys"]) == 1


def test_a_key_is_refused_from_its_expiry_on(book, new_client):
    key = book.add("billing", "--expires", "2s")
    client = new_client(book.start())
    assert status(client, key) == 200
    wait_for_status(client, key, 401)
    table = book.run("list").stdout
    assert re.search(r"^billing .* key 1 [0-9a-f]{8} .* \(expired\) ", table, re.MULTILINE), table


def test_last_uses_are_written_at_the_stop_and_listed(book, new_client):
    used, unused = book.add("billing"), book.add("support")
    gateway = book.start()
    assert status(new_client(gateway), used) == 200
    assert book.listed()["billing"]["last_used"] is None
    assert gateway.stop() == 0
    listed = book.listed()
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", listed["billing"]["last_used"])
    assert listed["billing"]["keys"][0]["last_used"] == listed["billing"]["last_used"]
    assert listed["support"]["last_used"] is None and listed["support"]["keys"][0]["last_used"] is None
    assert stat.S_IMODE(os.stat(str(book.path) + ".used").st_mode) == 0o600
    for file in book.folder.iterdir():
        assert used.encode() not in file.read_bytes() and unused.encode() not in file.read_bytes()


def test_commands_at_the_same_time_lose_nothing(book):
    names = [f"service-{number}" for number in range(12)]
    results = {}

    def add(name):
        results[name] = book.run("add", name)

    threads = [threading.Thread(target=add, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {result.returncode for result in results.values()} == {0}, results
    assert set(book.listed()) == set(names)


def test_a_command_that_is_killed_leaves_a_whole_file(book):
    book.add("first")
    for number in range(40):
        command = [str(BINARY), "caller", "add", f"service-{number}", "--config", str(book.config)]
        process = subprocess.Popen(
            command, env=clean_environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        # Another moment each time; the file has to be whole at all of them.
        try:
            process.wait(0.002 * number)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait(10)
        assert "first" in book.listed()
    book.add("last")
    assert {"first", "last"} <= set(book.listed())
    assert {path.name for path in book.folder.glob("callers.yaml*")} <= {"callers.yaml", "callers.yaml.lock"}


@pytest.mark.parametrize(
    "broken",
    ["callers: [", "callers: {billing: {may: [send]}}", "caller: {}", "callers: {billing: 7}", None],
    ids=["no YAML", "no key", "misspelt", "no mapping", "gone"],
)
def test_a_broken_file_keeps_the_last_good_one(broken, book, new_client):
    key = book.add("billing")
    gateway = book.start()
    client = new_client(gateway)
    good = book.path.read_text()
    if broken is None:
        book.path.unlink()
    else:
        book.path.write_text(broken)
    [line] = gateway.wait_for_log("the callers can not be applied")
    assert line["level"] == "error"
    assert status(client, key) == 200

    def detail():
        checks = client.get("/health/ready").json()["checks"]
        return next(check for check in checks if check["name"] == "callers")

    assert "can not be applied" in detail()["detail"] and detail()["status"] == "pass"
    if broken is not None:
        assert book.run("add", "other").returncode == 78
        assert book.path.read_text() == broken
    book.path.write_text(good)
    wait_until(lambda: detail()["detail"] == "1 caller(s) are known", "the good file")
    assert status(client, key) == 200


def test_a_file_that_is_broken_at_the_start_is_a_configuration_error(book):
    book.path.write_text("callers:\n  billing:\n    may: [dance]\n")
    for command in ("check", "serve"):
        result = run(command, "--config", book.config, environment={KEY_VARIABLE: "k"})
        assert result.returncode == 78
        assert f"callers_file: {book.path}:3: callers.billing.may: must be send, read, upload or users" in result.stderr


def test_a_file_that_everybody_may_write_is_not_believed(book):
    book.add("billing")
    book.path.chmod(0o666)
    result = run("check", "--config", book.config, environment={KEY_VARIABLE: "k"})
    assert result.returncode == 78 and "may be written by everybody" in result.stderr


def test_what_was_written_by_hand_stays_and_so_do_mode_and_links(book):
    book.add("billing")
    text = book.path.read_text().replace("may: ", "rate: {per_minute: 7}\n    as: [bot]\n    may: ")
    real = book.folder / "elsewhere.yaml"
    real.write_text(text)
    real.chmod(0o640)
    book.path.unlink()
    book.path.symlink_to(real)
    book.add("support")
    assert book.path.is_symlink()
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert "per_minute: 7" in real.read_text()
    assert book.listed()["billing"]["as"] == ["bot"]
    assert real.read_text().startswith("# The callers of divar-gateway")


def test_a_new_file_is_its_owners_alone(book):
    book.add("billing")
    assert stat.S_IMODE(book.path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "command,arguments,code",
    [
        ("add", ["billing"], 64), ("add", ["own"], 64), ("add", ["a b"], 64), ("add", ["x", "--may", "dance"], 64),
        ("add", ["x", "--expires", "2020-01-01"], 64), ("add", ["x", "--expires", "soon"], 64),
        ("add", ["x", "--key-name", "a b"], 64), ("add", ["x", "--app", "none"], 78),
        ("rotate", ["nobody"], 1), ("rotate", ["own"], 64), ("rotate", ["billing", "--overlap", "5"], 64),
        ("revoke", ["nobody"], 1), ("revoke", ["own"], 64), ("revoke", ["billing", "--key", "2"], 1),
        ("revoke", ["billing", "--key", "0"], 1), ("revoke", ["billing", "--key", "0123456789"], 1),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else str(value),
)
def test_a_command_that_makes_no_sense_changes_nothing(
    command, arguments, code, tmp_path, start_gateway, start_upstream
):
    own = {"own": {"key_sha256": "ab" * 32, "may": ["send"]}}
    book = CallersFile(tmp_path, start_gateway, start_upstream(), callers=own)
    book.add("billing")
    before = book.path.read_bytes()
    result = book.run(command, *arguments)
    assert result.returncode == code, result.stderr
    assert "dgw_" not in result.stdout and book.path.read_bytes() == before


def test_without_a_callers_file_the_entry_is_printed_and_the_others_say_so(book):
    del book.configuration["callers_file"]
    book.write_config()
    added = book.run("add", "billing")
    assert shown_key(added) and "key_sha256" in added.stdout
    assert not book.path.exists()
    for command in ("rotate", "revoke"):
        result = book.run(command, "billing")
        assert result.returncode == 64 and "callers_file" in result.stderr


def test_sighup_takes_over_the_callers_of_the_configuration(book, new_client, tmp_path):
    key = book.add("billing")
    gateway = book.start()
    client = new_client(gateway)
    own = "dgw_" + "o" * 43
    digest = hashlib.sha256(own.encode()).hexdigest()
    settings = json.loads(gateway.path.read_text())
    settings["callers"] = {"own": {"key_sha256": digest, "may": ["send"]}}
    gateway.path.write_text(json.dumps(settings))
    gateway.process.send_signal(signal.SIGHUP)
    wait_for_status(client, own, 200)
    assert status(client, key) == 200
    # It may be narrowed to nobody, and never opened to everybody.
    del settings["callers"], settings["callers_file"]
    gateway.path.write_text(json.dumps(settings))
    gateway.process.send_signal(signal.SIGHUP)
    [line] = gateway.wait_for_log("the configuration can't be applied")
    assert "without callers everybody would be admitted" in line["problems"]
    assert status(client) == 401 and status(client, own) == 200


def test_local_ends_with_the_first_callers(start_gateway, start_upstream, new_client, tmp_path):
    book = CallersFile(tmp_path, start_gateway, start_upstream())
    key = book.add("billing")
    del book.configuration["callers_file"]
    gateway = book.start()
    client = new_client(gateway)
    assert_sent(client.send_message(MESSAGE))
    gateway.path.write_text(gateway.path.read_text().replace("{", f'{{"callers_file": "{book.path}", ', 1))
    gateway.process.send_signal(signal.SIGHUP)
    wait_for_status(client, None, 401)
    assert status(client, key) == 200
