"""The cache stays within its bytes, gives up what is least in use, is fair between callers, and is right all along."""

import hashlib
import random

import pytest

from caching import (
    assert_forwarded, assert_hit, at_once, calls_for, conversation_body, conversation_of, fresh_id, is_hit, read,
    saying, status_of, texts,
)
from canaries import CALLER_KEY, PLANTED, canary
from conftest import SEED, Client
from upstream import answer

KIB = 1024
KEYS = {name: PLANTED.plant(CALLER_KEY, f"dgw_{canary(name)}") for name in ("greedy", "modest")}
CALLERS = {
    name: {"key_sha256": hashlib.sha256(key.encode()).hexdigest(), "app": "default", "may": ["read"]}
    for name, key in KEYS.items()
}


def large(kibibytes):
    """Answers with a text of that size that names the conversation."""

    def reply(request):
        conversation = conversation_of(request)
        return answer(200, conversation_body(conversation, conversation, "x" * (kibibytes * KIB)))

    return reply


@pytest.fixture
def start_small(start_behind, start_upstream, new_client):
    """Starts a gateway with a small cache and conversations of so many KiB: (client, upstream, gateway)."""

    def start(max_bytes="64KiB", kibibytes=1):
        upstream = start_upstream(large(kibibytes))
        gateway = start_behind(upstream, cache={"max_bytes": max_bytes, "ttl": "1h"}, callers=CALLERS)
        client = new_client(gateway)
        client.headers["Authorization"] = f"Bearer {KEYS['greedy']}"
        return client, upstream, gateway

    return start


@pytest.fixture
def small(start_small):
    return start_small()


def test_a_full_cache_gives_up_something_and_goes_on(start_small):
    client, upstream, gateway = start_small("1MiB", 8)
    for index in range(130):
        answered = read(client, f"c-{index}")
        assert_forwarded(answered, "uri-miss", stored=True)
        assert texts(answered)[0] == f"c-{index}"
    kept = [index for index in range(130) if read(client, f"c-{index}", control="only-if-cached").status_code == 200]
    # 1 MiB of a little more than 8 KiB, in buffers of 16 KiB, and what an entry takes beside that.
    assert 50 <= len(kept) <= 127
    for index in kept[:20]:
        answered = read(client, f"c-{index}")
        assert_hit(answered)
        assert texts(answered)[0] == f"c-{index}"
    assert len(upstream.requests) == 130
    assert gateway.is_running()


def test_what_is_in_use_survives_a_scan(small):
    client, upstream, _ = small
    used = [f"used-{index}" for index in range(8)]
    for _ in range(3):
        for conversation in used:
            read(client, conversation)
    for index in range(120):
        read(client, f"scan-{index}")
        if index % 25 == 0:
            assert sum(is_hit(read(client, conversation)) for conversation in used) >= 6
    assert sum(len(calls_for(upstream, conversation)) for conversation in used) <= 12


def test_a_greedy_caller_takes_nothing_from_a_modest_one(small):
    client, upstream, _ = small
    # Somewhat less than half of what fits.
    for index in range(5):
        read(client, f"own-{index}", key=KEYS["modest"])
    for index in range(120):
        read(client, f"scan-{index}")
    for index in range(5):
        assert_hit(read(client, f"own-{index}", key=KEYS["modest"]))


def test_what_is_larger_than_the_cache_is_not_kept(small):
    client, upstream, _ = small
    for index in range(5):
        read(client, f"c-{index}")
    upstream.reply = large(70)
    for _ in range(2):
        answered = read(client, "large")
        assert "stored" not in assert_forwarded(answered, "uri-miss", fwd_status=200)
        assert len(texts(answered)[1]) == 70 * KIB
    for index in range(5):
        assert_hit(read(client, f"c-{index}"))
    # What grows beyond the bound goes.
    upstream.reply = large(1)
    read(client, "grows")
    upstream.reply = large(70)
    assert "stored" not in status_of(read(client, "grows", control="no-cache"))
    assert read(client, "grows", control="only-if-cached").status_code == 504


def test_many_clients_of_a_full_cache_get_what_they_ask_for(small):
    _, upstream, gateway = small

    def act(index):
        generator = random.Random(SEED + index)
        with Client(gateway.url) as client:
            for _ in range(40):
                conversation = f"c-{min(int(generator.expovariate(0.04)), 100)}"
                token, caller = generator.choice(("token-a", "token-b")), generator.choice(list(KEYS))
                answered = read(client, conversation, token, key=KEYS[caller])
                assert texts(answered)[0] == conversation == answered.json()["id"]
        return True

    assert all(at_once(8, act))
    assert gateway.is_running()


def test_refusals_without_end_leave_nothing_behind(start_behind, start_upstream, new_client):
    """A token that may read one conversation and not the other, over and over."""
    upstream = start_upstream()
    gateway = start_behind(upstream, cache={"ttl": "1h"})
    client = new_client(gateway)
    conversation = fresh_id()
    forbidden = answer(403, {"code": 7, "message": "no", "details": []})
    upstream.reply = lambda request: forbidden if "forbidden" in request.path else saying("mine")(request)
    for _ in range(50):
        assert_forwarded(read(client, conversation), "uri-miss", stored=True)
        assert_hit(read(client, conversation))
        assert read(client, "forbidden").status_code == 502
