"""What each caller may: its rate, calls under way, senders, links and addresses; and users on Unix sockets."""

import getpass
import hashlib
import json
import os
import socket
import threading

import pytest

from caller_files import MESSAGE, bearer
from checks import assert_problem, assert_sent
from processes import run, wait_until
from trail import Trail
from upstream import agreeable
from wire import Wire, request, send_request

KEY = "dgw_" + "k" * 43
OTHER = "dgw_" + "o" * 43


def entry(key=KEY, **settings):
    return {"key_sha256": hashlib.sha256(key.encode()).hexdigest(), "may": ["send", "read", "upload"], **settings}


@pytest.fixture
def start_for(start_behind, start_upstream, new_client):
    """Starts a gateway whose caller has these limits: (client, gateway, upstream)."""

    def start(**settings):
        upstream = start_upstream()
        callers = {"billing": entry(**settings), "other": entry(OTHER)}
        gateway = start_behind(upstream, callers=callers)
        return new_client(gateway), gateway, upstream

    return start


def send(client, headers=None, key=KEY, **members):
    return client.send_message({**MESSAGE, **members}, headers={**bearer(key), **(headers or {})})


def test_a_caller_is_held_to_its_rate_and_others_are_not(start_for):
    client, _, upstream = start_for(rate={"per_minute": 4, "burst": 2})
    assert [send(client).status_code for _ in range(2)] == [200, 200]
    answered = send(client)
    problem = assert_problem(answered, "caller-limit", "not_sent")
    assert "billing may make 4 calls a minute, 2 at once" in problem["detail"]
    assert 10 <= int(answered.headers["Retry-After"]) <= 15
    assert answered.headers["RateLimit-Policy"] == '"caller";q=4;w=60'
    assert answered.headers["RateLimit"] == f'"caller";r=0;t={answered.headers["Retry-After"]}'
    token = {"X-Access-Token": "t", **bearer(KEY)}
    assert_problem(client.get("/conversations/c-1", headers=token), "caller-limit")
    assert_problem(client.post("/upload-token", headers=bearer(KEY)), "caller-limit")
    assert send(client, key=OTHER).status_code == 200
    assert client.get("/health/live").status_code == 200
    assert len(upstream.requests) == 3


def test_the_rate_is_counted_over_all_event_loops(start_for, new_client):
    _, gateway, _ = start_for(rate={"per_minute": 1, "burst": 20})
    statuses = []

    def call():
        statuses.append(send(new_client(gateway)).status_code)

    threads = [threading.Thread(target=call) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200] * 20 + [429] * 20


def test_reads_from_memory_count_too(start_for):
    client, _, upstream = start_for(rate={"per_minute": 1, "burst": 3})
    token = {"X-Access-Token": "t", **bearer(KEY)}
    statuses = [client.get("/conversations/c-1", headers=token).status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]
    assert len(upstream.requests) == 1


def test_who_is_over_the_rate_is_told_before_the_body_is_read(start_for):
    client, gateway, _ = start_for(rate={"per_minute": 1})
    assert send(client).status_code == 200
    fields = [("Content-Type", "application/json"), ("Content-Length", "1000"), ("Authorization", f"Bearer {KEY}")]
    with Wire(gateway.connect()) as wire:
        wire.send(request("POST", "/send", fields))
        assert_problem(wire.answer(), "caller-limit", "not_sent")


def test_a_caller_has_so_many_calls_under_way_and_no_more(start_for, new_client):
    client, gateway, upstream = start_for(max_in_flight=2)
    release = threading.Event()

    def slow(request):
        release.wait(20)
        return agreeable(request)

    upstream.reply = slow
    statuses = []
    threads = [
        threading.Thread(target=lambda: statuses.append(send(new_client(gateway)).status_code)) for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    wait_until(lambda: len(upstream.requests) == 2, "two calls under way")
    answered = send(client)
    problem = assert_problem(answered, "caller-limit", "not_sent")
    assert "billing has 2 calls under way" in problem["detail"] and answered.headers["Retry-After"] == "1"
    release.set()
    for thread in threads:
        thread.join()
    assert statuses == [200, 200]
    assert send(client).status_code == 200


def test_a_client_that_leaves_gives_its_place_back(start_for):
    client, gateway, upstream = start_for(max_in_flight=1)
    fields = [
        ("Content-Type", "application/json"), ("Content-Length", "1000"), ("Authorization", f"Bearer {KEY}"),
        ("Expect", "100-continue"),
    ]
    for part in (b"", b"{"):
        with Wire(gateway.connect()) as wire:
            wire.send(request("POST", "/send", fields))
            assert wire.socket.recv(1000).startswith(b"HTTP/1.1 100 ")
            wire.send(part)
            assert send(client).status_code == 429
        wait_until(lambda: send(client).status_code == 200, "the place is back")
    release = threading.Event()

    def slow(request):
        release.wait(20)
        return agreeable(request)

    upstream.clear()
    upstream.reply = slow
    token = [("X-Access-Token", "t"), ("Authorization", f"Bearer {KEY}")]
    with Wire(gateway.connect()) as wire:
        wire.send(request("GET", "/conversations/c-9", token))
        wait_until(lambda: upstream.requests, "the read is under way")
        assert send(client).status_code == 429
    upstream.reply = agreeable
    wait_until(lambda: send(client).status_code == 200, "the place of a read that was given up is back")
    release.set()


@pytest.mark.parametrize("senders,allowed", [(["bot"], "bot"), ("user", "user")])
def test_a_caller_sends_only_as_it_may(senders, allowed, start_for):
    client, gateway, upstream = start_for(**{"as": senders})
    for sender in ("bot", "user"):
        answered = send(client, {"X-Access-Token": "t"}, **{"as": sender})
        if sender == allowed:
            assert_sent(answered)
        else:
            problem = assert_problem(answered, "not-allowed", "not_sent")
            assert problem["detail"] == f"The caller billing may not send as the {sender}."
    assert len(upstream.requests) == 1
    # By default a message with a user's token is that user's.
    assert send(client, {"X-Access-Token": "t"}).status_code == (200 if allowed == "user" else 403)
    assert gateway.stop() == 0
    refusals = Trail(gateway).records("refusal")
    assert refusals and all(record["reason"] == "not-allowed" and record["caller"] == "billing" for record in refusals)


def test_links_elsewhere_are_refused(start_for):
    client, _, upstream = start_for(links={"hosts": ["acme.ir", "*.acme.ir"], "mode": "enforce"})
    row = [{"caption": "a", "open_url": "https://acme.ir/x"}, {"caption": "b", "open_url": "https://acme.ir.evil.com"}]
    problem = assert_problem(send(client, buttons=[row]), "invalid-request", "not_sent")
    assert [error["pointer"] for error in problem["errors"]] == ["/buttons/0/1/open_url"]
    assert upstream.requests == []
    assert_sent(send(client, buttons=[row[:1]]))
    assert_sent(send(client, key=OTHER, buttons=[row]))


def test_links_elsewhere_are_only_reported_where_that_is_asked_for(start_for):
    client, gateway, upstream = start_for(links={"hosts": ["acme.ir"], "mode": "report"})
    row = [{"caption": "a", "open_url": "https://evil.com/?secret=1"}, {"caption": "b", "open_url": "https://EVIL.com"}]
    assert_sent(send(client, buttons=[row]))
    [line] = gateway.wait_for_log("a button leads to a host that its caller's may not")
    assert (line["level"], line["caller"], "secret" in gateway.stderr.text) == ("warning", "billing", False)
    assert "evil.com" in json.dumps(line)
    assert len(upstream.requests) == 1


@pytest.mark.parametrize(
    "addresses,allowed", [(["127.0.0.0/8"], True), (["10.0.0.0/8", "fd00::/8", "127.0.0.2"], False)]
)
def test_a_caller_calls_only_from_its_addresses(addresses, allowed, start_for):
    client, _, upstream = start_for(addresses=addresses)
    answered = send(client)
    if allowed:
        assert_sent(answered)
    else:
        problem = assert_problem(answered, "not-allowed", "not_sent")
        assert problem["detail"] == "The caller billing may not call from this address."
        assert upstream.requests == []
    assert send(client, key=OTHER).status_code == 200


def unix_call(path, payload):
    connected = socket.socket(socket.AF_UNIX)
    connected.settimeout(20)
    connected.connect(str(path))
    with Wire(connected) as wire:
        wire.send(payload)
        return wire.answer()


@pytest.mark.parametrize("user", [os.getuid(), getpass.getuser()])
def test_a_process_on_a_unix_socket_is_known_by_its_user(user, start_behind, start_upstream, short_path):
    upstream = start_upstream()
    path = short_path / f"{user}.sock"
    callers = {
        "backend": {"peers": {"users": [user]}, "may": ["send"], "addresses": ["10.0.0.0/8"]},
        "other": entry(OTHER), "stranger": {"peers": {"users": [os.getuid() + 1]}, "may": ["send"]},
    }
    gateway = start_behind(upstream, callers=callers, listen=[f"unix:{path}", "127.0.0.1:0"])
    assert_sent(unix_call(path, send_request(MESSAGE)))
    # A key that is shown counts, whoever shows it.
    assert_sent(unix_call(path, send_request(MESSAGE, [("Authorization", f"Bearer {OTHER}")])))
    assert_problem(unix_call(path, send_request(MESSAGE, [("Authorization", "Bearer wrong")])), "unauthenticated")
    with Wire(gateway.connect()) as wire:
        wire.send(send_request(MESSAGE))
        assert_problem(wire.answer(), "unauthenticated")
    assert gateway.stop() == 0
    intents = Trail(gateway).records("intent")
    assert [(record["caller"], record["known_by"]) for record in intents] == [("backend", "peer"), ("other", "key")]


def test_a_user_that_is_not_there_is_a_configuration_error(tmp_path):
    path = tmp_path / "gateway.yaml"
    path.write_text(
        "apps: {default: {keys: [{env: K}]}}\ncallers:\n  backend:\n    may: [send]\n"
        "    peers: {users: [no-such-user-here]}\n"
    )
    result = run("check", "--config", path, environment={"K": "k"})
    assert result.returncode == 78
    assert f"{path}:5: callers.backend.peers.users: must be the number or the name of a user" in result.stderr
