"""Gateways with admin listeners: how they are started, and how somebody with a key asks there."""

import hashlib

import requests

from canaries import CALLER_KEY, PLANTED, canary

#: Operators by what they may do.
KEYS = {name: PLANTED.plant(CALLER_KEY, f"dgw_{canary('admin-' + name)}") for name in ("anna", "prometheus", "reader")}
RIGHTS = {
    "anna": ["metrics", "look", "texts", "operate"],
    "prometheus": ["metrics"],
    "reader": ["look"],
}


def entry(name, **more):
    return {"key_sha256": hashlib.sha256(KEYS[name].encode()).hexdigest(), "may": RIGHTS[name], **more}


OPEN = {"admin": {"listen": ["127.0.0.1:0"]}}
WITH_KEYS = {"admin": {"listen": ["127.0.0.1:0"], "keys": {name: entry(name) for name in KEYS}}}


def address_of(gateway):
    [line] = gateway.wait_for_log("admin listening")
    return "http://" + line["address"]


def bearer(name):
    return {"Authorization": f"Bearer {KEYS[name]}"}


def follow(url, **headers):
    """Yields calls as they end, as (event, data)."""
    answer = requests.get(url + "/api/live", headers=headers, stream=True, timeout=10)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "text/event-stream"
    event = None
    for line in answer.iter_lines(chunk_size=1, decode_unicode=True):
        if line.startswith("event: "):
            event = line.removeprefix("event: ")
        if line.startswith("data: "):
            yield event, line.removeprefix("data: ")
        if line.startswith("retry: "):
            yield "retry", line.removeprefix("retry: ")
