"""Unix sockets, alone and next to TCP: several listeners serve the same, at once, and are not crossed."""

import concurrent.futures
import json
import socket

import requests

from checks import assert_sent
from processes import curl
from upstream import agreeable
from wire import MESSAGE, Wire, send_request


def test_a_unix_socket_serves_the_same(start_behind, start_upstream, short_path, new_client):
    path = short_path / "same.sock"
    upstream = start_upstream()
    gateway = start_behind(upstream, listen=[f"unix:{path}", "127.0.0.1:0"])
    assert gateway.addresses[0] == f"unix:{path}"
    unix = ["--unix-socket", str(path)]
    assert json.loads(curl(*unix, "http://gateway/health/live")) == {"status": "live"}
    sent = json.loads(
        curl(*unix, "-H", "Content-Type: application/json", "--data-binary", json.dumps(MESSAGE), "http://gateway/send")
    )
    assert sent["outcome"] == "sent"
    assert json.loads(curl(*unix, "-H", "X-Access-Token: t", "http://gateway/conversations/c-1"))["id"] == "c-1"
    assert json.loads(curl(*unix, "-X", "POST", "http://gateway/upload-token"))["token"]
    # And by TCP at the same time.
    assert_sent(new_client(gateway).send_message(MESSAGE))
    assert len(upstream.requests) == 4


def test_a_unix_socket_alone_is_enough(start_behind, start_upstream, short_path):
    path = short_path / "alone.sock"
    gateway = start_behind(start_upstream(), listen=[f"unix:{path}"])
    assert json.loads(curl("--unix-socket", path, "http://gateway/health/ready"))["status"] == "ready"
    assert gateway.stop() == 0
    assert not path.exists()


def test_several_listeners_serve_at_once(start_behind, start_upstream, short_path):
    paths = [short_path / "one.sock", short_path / "two.sock"]
    gateway = start_behind(start_upstream(), listen=["127.0.0.1:0", f"unix:{paths[0]}", "127.0.0.1:0", f"unix:{paths[1]}"])
    assert len(gateway.addresses) == 4
    for address in gateway.addresses:
        if address.startswith("unix:"):
            assert curl("--unix-socket", address.removeprefix("unix:"), "http://x/health/live") == '{"status":"live"}'
        else:
            assert requests.get(f"http://{address}/health/live", timeout=10).status_code == 200


def test_clients_at_once_on_both_kinds_of_socket_are_not_crossed(start_behind, start_upstream, short_path, new_client):
    path = short_path / "both.sock"
    upstream = start_upstream(reply=agreeable)
    gateway = start_behind(upstream, listen=[f"unix:{path}", "127.0.0.1:0"])

    def through(kind):
        if kind % 2:
            connected = gateway.connect()
        else:
            connected = socket.socket(socket.AF_UNIX)
            connected.settimeout(20)
            connected.connect(str(path))
        with Wire(connected) as wire:
            for index in range(20):
                name = f"c-{kind}-{index}"
                wire.send(send_request({"conversation_id": name, "text": name}))
                assert assert_sent(wire.answer())["conversation_id"] == name

    with concurrent.futures.ThreadPoolExecutor(10) as pool:
        list(pool.map(through, range(10)))
    assert len({request.path for request in upstream.requests}) == 200
