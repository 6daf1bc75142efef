"""TLS towards services: which is spoken, and how connections with it end."""

import json
import ssl
import subprocess
import threading

import pytest

from certificates import Authority
from processes import connections_of, wait_until
from tls_listeners import Files, tls_socket, tls_wire, trusting
from tls_wire import TLSWire
from upstream import agreeable, answer
from wire import MESSAGE

LIVE = "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n"
LAST = "GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


def post(body=MESSAGE, fields=""):
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    head = f"POST /send HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n{fields}"
    return (head + f"Content-Length: {len(data)}\r\n\r\n").encode() + data


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority") / "ca")


@pytest.fixture(scope="module")
def files(tmp_path_factory, authority):
    issued = authority.issue_files("listener", "DNS:localhost,IP:127.0.0.1", "/CN=gateway")
    return Files(tmp_path_factory.mktemp("listener")).put(*issued)


@pytest.fixture
def start(start_behind, start_upstream, files):
    """Starts a gateway with TLS in front of an upstream; gives both."""

    def run(reply=agreeable, **settings):
        upstream = start_upstream(reply=reply)
        return start_behind(upstream, listen=[files.settings()], **settings), upstream

    return run


@pytest.fixture
def context(authority):
    return trusting(authority)


@pytest.mark.parametrize("version,suite", [(ssl.TLSVersion.TLSv1_2, "ECDHE-"), (ssl.TLSVersion.TLSv1_3, "TLS_")])
def test_tls_1_2_and_1_3_are_spoken_with_sound_suites(version, suite, start, authority):
    gateway, upstream = start()
    with tls_wire(gateway, trusting(authority, version=version)) as wire:
        assert wire.send(post()).answer().json()["outcome"] == "sent"
        assert wire.send(LIVE).answer().status_code == 200
        assert wire.socket.selected_alpn_protocol() == "http/1.1"
        name, _, bits = wire.socket.cipher()
        assert name.startswith(suite) and bits >= 128
        assert "GCM" in name or "CHACHA20" in name
    assert len(upstream.requests) == 1


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_tls_1_1_and_suites_without_forward_secrecy_are_refused(start, authority):
    gateway, _ = start()
    old = trusting(authority)
    old.set_ciphers("ALL:@SECLEVEL=0")
    old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    static = trusting(authority, version=ssl.TLSVersion.TLSv1_2)
    static.set_ciphers("AES128-GCM-SHA256:AES256-SHA:ECDHE-ECDSA-AES128-SHA")
    for context in (old, static):
        with pytest.raises(ssl.SSLError):
            tls_socket(gateway, context)
    assert gateway.is_running()


def test_http_without_tls_gets_no_answer_and_does_no_harm(start, context, new_wire):
    gateway, upstream = start()
    record = b"\x16\x03\x01\xff\xff" + b"x" * 70_000
    for text in (post(), b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"\r\n" * 20, b"\x00" * 500, record):
        wire = new_wire(gateway)
        try:
            wire.send(text)
            wire.half_close()
        except OSError:
            pass  # Closed under it.
        received = b""
        try:
            while part := wire.socket.recv(65536):
                received += part
        except ConnectionResetError:
            pass
        # An alert of TLS at the most.
        assert len(received) <= 7 and b"HTTP" not in received
    with tls_wire(gateway, context) as wire:
        assert wire.send(LIVE).answer().status_code == 200
    assert upstream.requests == []


@pytest.mark.parametrize("bytes_sent", [0, 1, 50, -1])
def test_a_handshake_that_stops_is_cut_off_and_counts_as_a_connection(bytes_sent, start, context):
    gateway, _ = start(limits={"header_read": "700ms", "connections": 2})
    hanging = [TLSWire(gateway.host_and_port, context) for _ in range(2)]
    for wire in hanging:
        flight = wire.first_flight()
        wire.socket.sendall(flight[:bytes_sent] if bytes_sent >= 0 else flight)
    wait_until(lambda: connections_of(gateway) == 2, "both are there")
    with pytest.raises((ssl.SSLError, OSError)):
        tls_socket(gateway, context)
    # What the gateway said of its own handshake comes first.
    for wire in hanging:
        wire.socket.settimeout(5)
        while wire.socket.recv(65536):
            pass
        wire.socket.close()
    wait_until(lambda: connections_of(gateway) == 0, "both are cut off")
    with tls_wire(gateway, context) as wire:
        assert wire.send(LIVE).answer().status_code == 200


def test_a_handshake_of_single_bytes_has_no_more_time(start, context):
    gateway, _ = start(limits={"header_read": "500ms"})
    with TLSWire(gateway.host_and_port, context) as wire:
        flight = iter(wire.first_flight())
        wire.socket.settimeout(0.05)

        def is_cut():
            try:
                wire.socket.sendall(bytes([next(flight)]))
                return wire.socket.recv(1) == b""
            except TimeoutError:
                return False
            except ConnectionError:
                return True

        wait_until(is_cut, "it is cut off", seconds=5)


def test_an_idle_connection_and_a_slow_head_are_closed_as_without_tls(start, context):
    gateway, _ = start(limits={"header_read": "600ms", "idle": "400ms"})
    with TLSWire(gateway.host_and_port, context).handshake() as idle:
        assert idle.read_to_end() == b"" and idle.notified
    with TLSWire(gateway.host_and_port, context).handshake().send("GET /health/live HT") as slow:
        assert slow.read_to_end().startswith(b"HTTP/1.1 408 ") and slow.notified


def test_a_body_over_the_limit_is_refused_as_without_tls(start, context):
    gateway, upstream = start(limits={"body": "1KiB"})
    with tls_wire(gateway, context) as wire:
        answered = wire.send(post({**MESSAGE, "text": "x" * 1500})).answer()
        assert answered.status_code == 413 and answered.json()["outcome"] == "not_sent"
    assert upstream.requests == []


def test_the_last_answer_is_whole_and_its_end_is_said_in_tls(start, context):
    big = {"id": "c-1", "type": "POST", "messages": [], "filler": "x" * 1_500_000}
    gateway, _ = start(reply=lambda request: answer(200, big), cache={"max_bytes": 0})
    with TLSWire(gateway.host_and_port, context).handshake() as wire:
        assert wire.send(LAST).read_to_end().startswith(b"HTTP/1.1 200 ")
        assert wire.notified
    many = 300
    with TLSWire(gateway.host_and_port, context).handshake() as wire:
        wire.send(LIVE * many + LAST)
        assert wire.read_to_end().count(b"HTTP/1.1 200 ") == many + 1
        assert wire.notified


@pytest.mark.parametrize("says_close", [True, False])
def test_a_client_that_ends_its_side_still_gets_its_answer(says_close, start, context):
    gateway, upstream = start()
    with TLSWire(gateway.host_and_port, context).handshake() as wire:
        wire.send(post())
        if says_close:
            wire.say_close()
        else:
            wire.socket.shutdown(1)
        text = b""
        while part := wire.socket.recv(65536):
            text += part
        # Encrypted, so that only its length can be told: more than an alert.
        assert len(text) > 300
    assert len(upstream.requests) == 1


def test_a_request_cut_within_tls_is_not_a_request(start, context):
    gateway, upstream = start()
    with TLSWire(gateway.host_and_port, context).handshake() as wire:
        wire.send(post()[:-5])
        wire.socket.shutdown(1)
        wire.read_to_end()
    wait_until(lambda: connections_of(gateway) == 0, "it is closed")
    assert upstream.requests == []


def test_a_stop_gives_the_answer_under_way_and_says_the_end(start, context, authority):
    arrived, go_on = threading.Event(), threading.Event()

    def reply(request):
        arrived.set()
        go_on.wait(10)
        return agreeable(request)

    gateway, _ = start(reply=reply)
    idle = TLSWire(gateway.host_and_port, context).handshake()
    busy = TLSWire(gateway.host_and_port, context).handshake().send(post())
    half = TLSWire(gateway.host_and_port, context)
    half.socket.sendall(half.first_flight()[:20])
    assert arrived.wait(10)
    gateway.terminate()
    assert idle.read_to_end() == b"" and idle.notified
    go_on.set()
    text = busy.read_to_end()
    assert text.startswith(b"HTTP/1.1 200 ") and b"onnection: close" in text and busy.notified
    for wire in (idle, busy, half):
        wire.socket.close()
    assert gateway.wait() == 0


def test_renegotiation_is_impossible(start, authority):
    gateway, _ = start()
    host, port = gateway.host_and_port
    result = subprocess.run(
        ["openssl", "s_client", "-connect", f"{host}:{port}", "-tls1_2", "-CAfile", str(authority.file)],
        input=b"R\n" + LIVE.replace("\r\n", "\n").encode(), capture_output=True, timeout=30,
    )
    assert b"RENEGOTIATING" in result.stderr + result.stdout
    assert b"HTTP/1.1 200" not in result.stdout
    assert gateway.is_running()


def test_a_session_is_resumed(start, authority):
    gateway, _ = start()
    context = trusting(authority, version=ssl.TLSVersion.TLSv1_2)
    with tls_socket(gateway, context) as first:
        session = first.session
    with tls_socket(gateway, context, session=session) as second:
        assert second.session_reused
        second.sendall(LAST.encode())
        assert second.recv(15).startswith(b"HTTP/1.1 200")


def test_a_listener_without_tls_beside_one_with_it(start_behind, start_upstream, files, new_client):
    gateway = start_behind(start_upstream(), listen=["127.0.0.1:0", files.settings()])
    plain, secure = gateway.addresses
    assert gateway.with_tls == {secure}
    assert new_client(f"http://{plain}").get("/health/live").status_code == 200
