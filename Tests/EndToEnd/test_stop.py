"""SIGTERM: what is under way is finished, the rest is recorded, and no client that had a connection sees a reset."""

import random
import socket
import threading
import time

import pytest
import requests

from conftest import EACH_CALL_ONCE, NO_CACHE, SEED, Client
from processes import Gateway, wait_until
from sandbox import CONVERSATION, Sandbox
from trail import Trail

SENDERS = 8


def test_a_send_under_way_is_finished_within_drain(start_gateway):
    gateway = start_gateway({**NO_CACHE}, sandbox=True)
    Sandbox(gateway.sandbox_url).fault("latency", milliseconds=700)
    answers = []
    with Client(gateway.url) as client:
        thread = threading.Thread(target=lambda: answers.append(client.send_message(text="x")))
        thread.start()
        wait_until(lambda: Trail(gateway).intents(), "the intent")
        assert gateway.stop() == 0
        thread.join()
    assert answers[0].json()["outcome"] == "sent"
    assert answers[0].headers["Connection"] == "close"


def test_sends_whose_clients_were_reset_are_finished_too(start_gateway):
    # Many, since it is the last one to end that a stop must not run ahead of.
    count = 40
    gateway = start_gateway({**NO_CACHE}, sandbox=True)
    Sandbox(gateway.sandbox_url).fault("latency", milliseconds=700)
    body = b'{"conversation_id": "%s", "text": "x"}' % CONVERSATION.encode()
    head = b"POST /send HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
    clients = [gateway.connect() for _ in range(count)]
    for client in clients:
        client.sendall(head + body)
    wait_until(lambda: len(Trail(gateway).intents()) == count, "the intents")
    for client in clients:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
        client.close()
    assert gateway.stop() == 0
    outcomes = [outcome["outcome"] for outcome in Trail(gateway).outcomes().values()]
    assert outcomes == ["sent"] * count


def test_what_outlasts_drain_is_unknown(start_gateway):
    gateway = start_gateway({**NO_CACHE, "drain": "300ms", "upstream": {"deadline": "20s"}}, sandbox=True)
    Sandbox(gateway.sandbox_url).fault("never-answer")
    with Client(gateway.url) as client:
        thread = threading.Thread(target=lambda: pytest.raises(requests.RequestException, client.send_message, text="x"))
        thread.start()
        wait_until(lambda: Trail(gateway).intents(), "the intent")
        began = time.monotonic()
        assert gateway.stop() == 0
        assert time.monotonic() - began < 5
        thread.join()
    (outcome,) = Trail(gateway).outcomes().values()
    assert (outcome["outcome"], outcome["reason"]) == ("unknown", "shutdown")


def keep_sending(url, name, told, faults):
    """Sends on one connection until the gateway takes no more; counts what a client may not see."""
    with Client(url) as client:
        for number in range(100_000):
            try:
                answered = client.send_message(text=f"{name}/{number}")
                told[f"{name}/{number}"] = answered.json()["outcome"]
                if answered.headers.get("Connection") == "close":
                    return
            except requests.ConnectionError as error:
                told.setdefault(f"{name}/{number}", "nothing")
                # Not even a new connection: that is how a client learns that it is over.
                if "refused" not in str(error):
                    faults.append(f"{name}/{number}: {error}")
                return


@pytest.mark.parametrize("round_", range(6))
def test_under_load_a_restart_loses_nothing_and_resets_nobody(round_, tmp_path):
    generator = random.Random(SEED + round_)
    path = tmp_path / "gateway.yaml"
    configuration = {"listen": ["127.0.0.1:0"], **NO_CACHE, **EACH_CALL_ONCE}
    gateway = Gateway(path, configuration, sandbox=True)
    told, faults = {}, []
    sandbox = Sandbox(gateway.sandbox_url)
    threads = [
        threading.Thread(target=keep_sending, args=(gateway.url, name, told, faults)) for name in range(SENDERS)
    ]
    for thread in threads:
        thread.start()
    after = generator.randrange(20, 400)
    wait_until(lambda: len(told) >= after, "some sends")
    texts = []
    gateway.terminate()
    while gateway.is_running():
        try:
            texts = sandbox.texts()
        except requests.RequestException:
            break
    assert gateway.stop() == 0
    for thread in threads:
        thread.join()
    assert faults == []
    trail = Trail(gateway)
    outcomes = [record["outcome"] for record in trail.outcomes().values()]
    assert set(outcomes) == {"sent"} and len(outcomes) == len(trail.intents())
    assert len(outcomes) == list(told.values()).count("sent")
    assert len(texts) == len(set(texts))
    trail.verify()
