"""SIGHUP: the configuration is read again, and what the cache had is given back to the system."""

import os
import signal

from processes import wait_until
from upstream import answer, divar_body

COUNT = 60
KILOBYTES = 200


def large(request):
    body = divar_body(request.path)
    if "messages" in body:
        body["messages"][0]["text"] = "x" * KILOBYTES * 1024
    return answer(200, body)


def reload(gateway, message):
    before = len(gateway.logs(message))
    os.kill(gateway.pid, signal.SIGHUP)
    gateway.wait_for_log(message, before + 1)


def cache_status(client, conversation):
    answered = client.read(conversation)
    assert answered.status_code == 200
    return answered.headers["Cache-Status"]


def test_memory_is_given_back(start_behind, start_upstream, new_client):
    gateway = start_behind(start_upstream(large), cache={"ttl": "1h"})
    client = new_client(gateway)
    for number in range(5):
        client.read(f"warm-{number}")
    reload(gateway, "configuration read again")
    empty = gateway.memory("VmRSS")
    for number in range(COUNT):
        assert cache_status(client, f"c-{number}").endswith("stored")
    assert cache_status(client, "c-0").startswith("divar-gateway; hit")
    full = gateway.memory("VmRSS")
    kept = COUNT * KILOBYTES
    assert full - empty > kept * 0.8, (empty, full)
    reload(gateway, "configuration read again")
    wait_until(lambda: gateway.memory("VmRSS") < empty + kept * 0.3, "the memory to be given back")
    assert "fwd=uri-miss" in cache_status(client, "c-0")


def test_new_settings_hold_at_once(start_behind, start_upstream, new_client):
    gateway = start_behind(start_upstream(), cache={"ttl": "1h"})
    client = new_client(gateway)
    cache_status(client, "c")
    gateway.path.write_text(gateway.path.read_text().replace("1h", "5s"))
    reload(gateway, "configuration read again")
    assert "ttl=4; stored" in cache_status(client, "c") or "ttl=5; stored" in cache_status(client, "c")


def test_a_configuration_that_is_wrong_changes_nothing(start_behind, start_upstream, new_client):
    gateway = start_behind(start_upstream(), cache={"ttl": "1h"})
    client = new_client(gateway)
    cache_status(client, "c")
    gateway.path.write_text("cache: {ttl: never}\n")
    reload(gateway, "the configuration can't be applied")
    assert cache_status(client, "c").startswith("divar-gateway; hit")
    assert "cache.ttl" in gateway.logs("the configuration can't be applied")[-1]["problems"]
