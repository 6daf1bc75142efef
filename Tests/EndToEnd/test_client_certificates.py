"""Certificates of clients: who comes in with which, who does not, and who they are then."""

import ssl

import pytest

from certificates import Authority
from test_callers import KEYS, digest
from test_listener_tls import LIVE, post
from tls_listeners import Files, tls_socket, tls_wire, trusting
from wire import Wire

CLIENT = "clientAuth"


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority") / "ca")


@pytest.fixture(scope="module")
def stranger(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("stranger") / "ca", "A stranger")


@pytest.fixture(scope="module")
def files(tmp_path_factory, authority):
    return Files(tmp_path_factory.mktemp("listener")).put(*authority.issue_files("listener", "DNS:localhost", "/CN=x"))


@pytest.fixture(scope="module")
def billing(authority):
    return authority.issue_files("billing", "DNS:billing.acme.example", "/O=Acme/CN=billing", CLIENT)


@pytest.fixture
def start(start_behind, start_upstream, files, authority):
    def run(clients, **settings):
        asked = {"client_ca": str(authority.file), "client_certificates": clients}
        upstream = start_upstream()
        return start_behind(upstream, listen=[files.settings(**asked)], **settings), upstream

    return run


def is_let_in(gateway, context):
    """Whether a call is answered. With TLS 1.3 a client hears of a refusal only after its own handshake."""
    try:
        with tls_wire(gateway, context) as wire:
            answered = wire.send(LIVE).answer()
            return answered is not None and answered.status_code == 200
    except (ssl.SSLError, ConnectionError):
        return False


def test_a_handshake_that_fails_is_told_in_the_log_with_its_reason(start, authority, stranger):
    gateway, _ = start("required", log={"level": "info"})
    ended = stranger.issue_files("billing", "DNS:billing.acme.example", "/O=Acme/CN=billing", CLIENT)
    assert not is_let_in(gateway, trusting(authority, ended))
    [line] = gateway.wait_for_log("a TLS handshake failed")
    assert (line["level"], line["peer"], line["unsaid"]) == ("info", "127.0.0.1", "0")
    assert "certificate" in line["reason"] or "verify" in line["reason"], line
    assert line["listener"].startswith("127.0.0.1:") and "/" not in line["reason"]


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_where_certificates_are_required_only_those_with_one_come_in(version, start, authority, billing):
    gateway, upstream = start("required")
    assert not is_let_in(gateway, trusting(authority, version=version))
    with tls_wire(gateway, trusting(authority, billing, version)) as wire:
        assert wire.send(post()).answer().json()["outcome"] == "sent"
    assert len(upstream.requests) == 1


def test_where_they_are_optional_others_come_in_too(start, authority, billing):
    gateway, _ = start("optional")
    assert is_let_in(gateway, trusting(authority))
    assert is_let_in(gateway, trusting(authority, billing))


@pytest.mark.parametrize("clients", ["optional", "required"])
def test_a_certificate_that_does_not_hold_lets_nobody_in(clients, start, authority, stranger):
    gateway, upstream = start(clients)
    held = {
        "of a stranger": stranger.issue_files("billing", None, "/O=Acme/CN=billing", CLIENT),
        "run out": authority.issue_files(
            f"old-{clients}", None, "/CN=billing", CLIENT, start="20200101000000Z", end="20200201000000Z"),
        "not valid yet": authority.issue_files(
            f"new-{clients}", None, "/CN=billing", CLIENT, start="20480101000000Z", end="20490101000000Z"),
        "for servers": authority.issue_files(f"server-{clients}", None, "/CN=billing", "serverAuth"),
    }
    for why, certificate in held.items():
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            assert not is_let_in(gateway, trusting(authority, certificate, version)), why
    assert upstream.requests == []


def test_where_nobody_asks_a_certificate_is_not_looked_at(start_behind, start_upstream, files, authority, stranger):
    gateway = start_behind(start_upstream(), listen=[files.settings()])
    certificate = stranger.issue_files("any", None, "/CN=any", CLIENT)
    assert is_let_in(gateway, trusting(authority, certificate))


def test_who_vouches_for_clients_can_be_replaced(start_behind, start_upstream, tmp_path, files, authority, stranger):
    trust = tmp_path / "clients.pem"
    trust.write_bytes(authority.file.read_bytes())
    own = authority.issue_files("own", None, "/CN=own", CLIENT)
    other = stranger.issue_files("other", None, "/CN=other", CLIENT)
    gateway = start_behind(start_upstream(), listen=[files.settings(client_ca=str(trust))])
    assert is_let_in(gateway, trusting(authority, own)) and not is_let_in(gateway, trusting(authority, other))
    trust.write_bytes(stranger.file.read_bytes())
    gateway.wait_for_log("certificate replaced")
    assert is_let_in(gateway, trusting(authority, other)) and not is_let_in(gateway, trusting(authority, own))


def test_a_session_of_a_client_that_is_not_vouched_for_any_more_is_not_resumed(
    start_behind, start_upstream, tmp_path, files, authority, stranger
):
    trust = tmp_path / "clients.pem"
    trust.write_bytes(authority.file.read_bytes())
    gateway = start_behind(start_upstream(), listen=[files.settings(client_ca=str(trust))])
    context = trusting(authority, authority.issue_files("resumed", None, "/CN=resumed", CLIENT), ssl.TLSVersion.TLSv1_2)
    with tls_socket(gateway, context) as connected:
        session = connected.session
    with tls_socket(gateway, context, session) as connected:
        assert connected.session_reused
    trust.write_bytes(stranger.file.read_bytes())
    gateway.wait_for_log("certificate replaced")
    with pytest.raises((ssl.SSLError, ConnectionError)):
        tls_socket(gateway, context, session).close()


CALLERS = {
    "billing": {"certificates": ["CN=billing,O=Acme"], "may": ["send"]},
    "named": {"certificates": ["dns:named.acme.example"], "may": ["send"]},
    "workload": {"certificates": ["uri:spiffe://acme/workload"], "may": ["send"]},
    "keyed": {"key_sha256": digest(KEYS["all"]), "may": ["send"]},
}


def outcome(gateway, context, fields=""):
    with tls_wire(gateway, context) as wire:
        answered = wire.send(post(fields=fields)).answer()
        return answered.json().get("outcome") if answered.status_code == 200 else answered.status_code


@pytest.mark.parametrize(
    "label,names,subject,expected",
    [
        ("known", None, "/O=Acme/CN=billing", "sent"),
        ("named", "DNS:Named.Acme.example", "/CN=any", "sent"),
        ("workload", "URI:spiffe://acme/workload,DNS:other.example", "/CN=any", "sent"),
        ("other", None, "/O=Acme/CN=other", 401),
        ("part", None, "/CN=billing", 401),
        ("turned", None, "/CN=billing/O=Acme", 401),
        ("comma", None, "/CN=billing,O=Acme", 401),
        ("escape", None, "/CN=billing\\,O=Acme", 401),
        ("case", None, "/O=acme/CN=Billing", 401),
        ("wild", "DNS:*.acme.example", "/CN=any", 401),
        ("below", "DNS:x.named.acme.example,URI:spiffe://acme/workload/x", "/CN=any", 401),
    ],
)
def test_a_certificate_says_who_calls(label, names, subject, expected, start, authority):
    gateway, upstream = start("required", callers=CALLERS)
    certificate = authority.issue_files(f"who-{label}", names, subject, CLIENT)
    assert outcome(gateway, trusting(authority, certificate)) == expected
    assert len(upstream.requests) == (1 if expected == "sent" else 0)


def test_without_a_certificate_one_comes_by_key_where_that_is_optional(start, authority, billing):
    gateway, _ = start("optional", callers=CALLERS)
    key = f"Authorization: Bearer {KEYS['all']}\r\n"
    assert outcome(gateway, trusting(authority)) == 401
    assert outcome(gateway, trusting(authority), key) == "sent"
    assert outcome(gateway, trusting(authority, billing)) == "sent"
    # A session that is resumed still bears its certificate.
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        context = trusting(authority, billing, version)
        with tls_wire(gateway, context) as wire:
            assert wire.send(post()).answer().status_code == 200
            session = wire.socket.session
        with Wire(tls_socket(gateway, context, session)) as wire:
            assert wire.socket.session_reused
            assert wire.send(post()).answer().json()["outcome"] == "sent"
