"""TLS towards Divar: who is trusted, and that nothing at all goes to anybody else."""

import socket
import ssl
import threading
import time

import pytest

from certificates import Authority
from checks import UNREACHED_ATTEMPTS, assert_problem, assert_sent
from upstream import TOKEN_TO_UPLOAD, Bytes, agreeable, answer, answer_bytes, divar_body


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority") / "ca")


@pytest.fixture(scope="module")
def stranger(tmp_path_factory):
    """An authority that the gateway is not told to trust."""
    return Authority(tmp_path_factory.mktemp("stranger") / "ca", "A stranger")


@pytest.fixture
def start_tls(start_upstream, start_behind, new_client, authority):
    """Starts an upstream with a certificate and a gateway in front of it; gives (client, upstream, gateway)."""

    def start(context, host="localhost", ca_file=True, reply=agreeable, **settings):
        upstream = start_upstream(reply=reply, tls=context)
        trust = {"ca_file": str(authority.file if ca_file is True else ca_file)} if ca_file else {}
        gateway = start_behind(
            upstream, upstream={"base_url": f"https://{host}:{upstream.port}", **trust, **settings}
        )
        return new_client(gateway), upstream, gateway

    return start


def assert_never_sent(client, upstream):
    """Nothing is sent, and the gateway says so; not only the first time."""
    for _ in range(2):
        answered = client.send_message(conversation_id="c-1", text="x")
        problem = assert_problem(answered, "divar-unreachable", "not_sent")
        assert problem["attempts"] == UNREACHED_ATTEMPTS
    assert_problem(client.read("c-1"), "divar-unreachable")
    assert_problem(client.post("/upload-token"), "divar-unreachable")
    assert upstream.connections > 0
    assert upstream.requests == []
    assert bytes(upstream.bytes) == b""


def test_the_right_host_is_called(start_tls, authority):
    client, upstream, _ = start_tls(authority.issue("right", "DNS:localhost"))
    assert_sent(client.send_message(conversation_id="c-1", text="x"), "v1.bot.conversation")
    assert client.read("c-1").json()["id"] == "c-1"
    assert client.post("/upload-token").json()["token"] == TOKEN_TO_UPLOAD
    assert upstream.requests[0].value("host") == f"localhost:{upstream.port}"
    assert len({request.connection for request in upstream.requests}) == 1


def test_an_address_in_the_certificate_is_verified_as_an_address(start_tls, authority):
    client, upstream, _ = start_tls(authority.issue("address", "IP:127.0.0.1"), host="127.0.0.1")
    assert_sent(client.send_message(conversation_id="c-1", text="x"))
    assert len(upstream.requests) == 1


@pytest.mark.parametrize(
    "label,names,host",
    [
        ("other-name", "DNS:other.example", "localhost"),
        ("sub-name", "DNS:localhost.example", "localhost"),
        ("wildcard", "DNS:*.localhost", "localhost"),
        ("other-address", "IP:127.0.0.2", "127.0.0.1"),
        ("address-as-name", "DNS:other.example,DNS:*.0.0.1", "127.0.0.1"),
        ("name-for-address", "DNS:localhost", "127.0.0.1"),
        ("address-for-name", "IP:127.0.0.1", "localhost"),
    ],
)
def test_a_certificate_for_somebody_else_is_refused(label, names, host, start_tls, authority):
    client, upstream, _ = start_tls(authority.issue(label, names), host=host)
    assert_never_sent(client, upstream)


def test_an_authority_that_is_not_trusted_is_refused(start_tls, stranger):
    client, upstream, _ = start_tls(stranger.issue("stranger", "DNS:localhost"))
    assert_never_sent(client, upstream)


def test_without_a_ca_file_only_the_systems_authorities_are_trusted(start_tls, authority):
    client, upstream, _ = start_tls(authority.issue("system", "DNS:localhost"), ca_file=None)
    assert_never_sent(client, upstream)


def test_a_certificate_that_is_not_valid_any_more_is_refused(start_tls, authority):
    context = authority.issue("expired", "DNS:localhost", start="20200101000000Z", end="20200201000000Z")
    client, upstream, _ = start_tls(context)
    assert_never_sent(client, upstream)


def test_a_certificate_that_is_not_valid_yet_is_refused(start_tls, authority):
    context = authority.issue("future", "DNS:localhost", start="20480101000000Z", end="20490101000000Z")
    client, upstream, _ = start_tls(context)
    assert_never_sent(client, upstream)


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_tls_1_1_is_refused(start_tls, authority):
    context = authority.issue("old", "DNS:localhost")
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.TLSv1
    context.maximum_version = ssl.TLSVersion.TLSv1_1
    client, upstream, _ = start_tls(context)
    assert_never_sent(client, upstream)


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_tls_1_2_and_1_3_are_spoken(version, start_tls, authority):
    context = authority.issue(f"version-{version.value}", "DNS:localhost")
    context.minimum_version = context.maximum_version = version
    client, _, _ = start_tls(context)
    assert_sent(client.send_message(conversation_id="c-1", text="x"))


def test_a_server_that_does_not_speak_tls_gets_nothing(start_upstream, start_behind, new_client):
    upstream = start_upstream()
    gateway = start_behind(upstream, upstream={"base_url": f"https://127.0.0.1:{upstream.port}"})
    upstream.greeting = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"
    client = new_client(gateway)
    assert_problem(client.send_message(conversation_id="c-1", text="x"), "divar-unreachable", "not_sent")
    assert upstream.requests == []
    assert b"x-api-key" not in bytes(upstream.bytes).lower()


def test_a_handshake_that_never_ends_is_given_up_at_the_connect_timeout(start_behind, new_client):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"https://127.0.0.1:{listener.getsockname()[1]}"
        gateway = start_behind(url, upstream={"connect_timeout": "300ms"})
        start = time.monotonic()
        answered = new_client(gateway).send_message(conversation_id="c-1", text="x")
        assert_problem(answered, "divar-unreachable", "not_sent")
        assert 0.25 < time.monotonic() - start < 3


@pytest.mark.parametrize("offset", [0, 1, 17, 60, -1])
def test_an_answer_cut_within_tls_is_never_a_success(offset, start_tls, authority):
    whole = answer_bytes(200, divar_body("/conversations/c-1/messages"))
    client, upstream, _ = start_tls(
        authority.issue(f"cut{offset}", "DNS:localhost"),
        reply=lambda request: Bytes(whole[:offset], close=True),
    )
    for _ in range(3):
        answered = client.send_message(conversation_id="c-1", text="x")
        assert_problem(answered, "divar-unintelligible", "unknown")
    assert len(upstream.requests) == 3


def test_after_a_timeout_the_connection_is_not_used_again(start_tls, authority):
    late = threading.Event()

    def reply(request):
        if request.json()["text_message"] == "first":
            late.wait(10)
            return answer(200, {"conversation_id": "of-the-first"})
        return answer(200, {"conversation_id": "of-the-second"})

    client, upstream, _ = start_tls(
        authority.issue("late", "DNS:localhost"), reply=reply, deadline="400ms", connections_per_loop=1
    )
    assert_problem(client.send_message(conversation_id="c-1", text="first"), "divar-timeout", "unknown")
    # Its answer comes now, on a connection that the gateway is done with.
    late.set()
    for number in range(5):
        sent = assert_sent(client.send_message(conversation_id="c-1", text=f"later {number}"))
        assert sent["conversation_id"] == "of-the-second"
    assert len(upstream.requests) == 6


def test_a_connection_on_which_something_unasked_came_is_not_used_again(start_tls, authority):
    extra = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
    client, upstream, _ = start_tls(
        authority.issue("unasked", "DNS:localhost"),
        reply=lambda request: Bytes(answer_bytes(200, divar_body(request.path)), 0.05, extra),
        connections_per_loop=1,
    )
    for number in range(5):
        assert_sent(client.send_message(conversation_id=f"c-{number}", text=str(number)))
        time.sleep(0.15)  # Lets the extra bytes arrive on the idle connection; nothing announces them.
    assert [request.json()["text_message"] for request in upstream.requests] == list("01234")


def test_an_answer_over_the_limit_does_not_spoil_the_next_call(start_tls, authority):
    def reply(request):
        if request.json()["text_message"] == "big":
            return answer(200, b'{"conversation_id":"c-1"' + b" " * 40_000 + b"}")
        return agreeable(request)

    client, _, _ = start_tls(
        authority.issue("big", "DNS:localhost"), reply=reply, answer_bytes="4KiB", connections_per_loop=1
    )
    for _ in range(5):
        answered = client.send_message(conversation_id="c-1", text="big")
        assert_problem(answered, "divar-unintelligible", "unknown")
        assert_sent(client.send_message(conversation_id="c-1", text="small"))
