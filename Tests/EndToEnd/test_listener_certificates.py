"""The certificates of listeners: replaced while the gateway runs, kept where what is there can't be used."""

import json
import re
import shutil
import signal

import pytest

from certificates import Authority
from conftest import DIVAR_KEY, MINIMAL
from processes import run, wait_until
from test_callers import CALLERS
from tls_listeners import Files, readiness, serial_of, tls_wire, trusting

LIVE = "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n"
NAMES = "DNS:localhost,IP:127.0.0.1"
REPLACED, KEPT = "certificate replaced", "the new certificate can't be used, the old one stays"


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority") / "ca")


@pytest.fixture(scope="module")
def first(authority):
    return authority.issue_files("first", NAMES, "/CN=first")


@pytest.fixture(scope="module")
def second(authority):
    return authority.issue_files("second", NAMES, "/CN=second")


@pytest.fixture
def context(authority):
    return trusting(authority)


@pytest.fixture
def files(tmp_path, first):
    return Files(tmp_path / "listener").put(*first)


@pytest.fixture
def gateway(start_behind, start_upstream, files):
    return start_behind(start_upstream(), listen=[files.settings()])


def test_new_connections_get_the_new_certificate_and_old_ones_stay(gateway, files, second, context):
    with tls_wire(gateway, context) as wire:
        before = wire.socket.getpeercert()["serialNumber"]
        assert wire.send(LIVE).answer().status_code == 200
        files.put(*second)
        gateway.wait_for_log(REPLACED)
        assert serial_of(gateway, context) != before
        assert wire.send(LIVE).answer().status_code == 200
        assert readiness(gateway, context) == {
            "name": "tls", "status": "pass", "detail": "1 listener(s) with a certificate"
        }


def test_sighup_looks_at_once(gateway, files, second, context):
    before = serial_of(gateway, context)
    files.put(*second)
    gateway.process.send_signal(signal.SIGHUP)
    gateway.wait_for_log("configuration read again")
    assert serial_of(gateway, context) != before


def test_half_a_renewal_keeps_the_old_pair_until_the_other_half_comes(gateway, files, second, context):
    before = serial_of(gateway, context)
    files.put(certificate=second[0])
    line = gateway.wait_for_log(KEPT)[0]
    assert line["level"] == "error" and "does not belong to the certificate" in line["problem"]
    assert serial_of(gateway, context) == before
    detail = readiness(gateway, context)
    assert detail["status"] == "pass" and "keeps its old certificate" in detail["detail"]
    files.put(key=second[1])
    gateway.wait_for_log(REPLACED)
    assert serial_of(gateway, context) != before
    assert "keeps" not in readiness(gateway, context)["detail"]
    assert len(gateway.logs(KEPT)) == 1


@pytest.mark.parametrize(
    "spoil,problem",
    [
        (lambda files: files.certificate.unlink(), "can not be read"),
        (lambda files: files.certificate.write_text("-----BEGIN CERTIFICATE-----\nAAAA\n"), "holds no certificate"),
        (lambda files: files.certificate.write_bytes(b""), "holds no certificate"),
        (lambda files: files.key.write_text("nonsense"), "holds no private key"),
        (lambda files: files.key.chmod(0o644), "can be read by others"),
        (lambda files: files.key.chmod(0o640), "can be read by others"),
        (lambda files: files.key.write_bytes(b"x" * 2_000_000), "far too long"),
    ],
)
def test_what_can_not_be_used_changes_nothing(spoil, problem, gateway, files, first, context):
    before = serial_of(gateway, context)
    spoil(files)
    assert problem in gateway.wait_for_log(KEPT)[0]["problem"]
    assert serial_of(gateway, context) == before
    assert problem in readiness(gateway, context)["detail"]
    shutil.rmtree(files.certificate.parent)
    Files(files.certificate.parent).put(*first)
    wait_until(lambda: "keeps" not in readiness(gateway, context)["detail"], "the old files are found again")
    assert serial_of(gateway, context) == before


def test_a_certificate_that_has_run_out_does_not_replace_one_that_has_not(gateway, files, authority, context):
    before = serial_of(gateway, context)
    files.put(*authority.issue_files("expired", NAMES, "/CN=x", start="20200101000000Z", end="20200201000000Z"))
    assert "has run out already" in gateway.wait_for_log(KEPT)[0]["problem"]
    assert serial_of(gateway, context) == before


def test_a_certificate_that_runs_out_soon_is_told(start_behind, start_upstream, tmp_path, authority, context):
    files = Files(tmp_path / "soon").put(*authority.issue_files("soon", NAMES, "/CN=soon", days=5))
    gateway = start_behind(start_upstream(), listen=[files.settings()])
    line = gateway.wait_for_log("a certificate runs out soon")[0]
    assert line["level"] == "warning" and line["file"] == str(files.certificate)
    assert re.search(r"runs out in [45] day\(s\)", readiness(gateway, context)["detail"])


def test_secrets_of_the_key_are_never_printed(gateway, files, first):
    files.key.write_text("-----BEGIN PRIVATE KEY-----\nAAAA\n" + first[1].read_text())
    gateway.wait_for_log(KEPT)
    for line in first[1].read_text().splitlines()[1:-1]:
        assert line not in gateway.stderr.text


@pytest.mark.parametrize(
    "spoil,key,words",
    [
        (lambda files, other: files.certificate.unlink(), "certificate", "can not be read: No such file"),
        (lambda files, other: files.key.unlink(), "key", "can not be read: No such file"),
        (lambda files, other: files.key.chmod(0o604), "key", "can be read by others than its owner"),
        (lambda files, other: files.put(key=other[1]), "key", "does not belong to the certificate"),
        (lambda files, other: files.put(certificate=other[1]), "certificate", "holds no certificate"),
        (lambda files, other: files.put(key=other[0]), "key", "holds no private key"),
        (lambda files, other: (files.certificate.unlink(), files.certificate.mkdir()), "certificate", "is not a file"),
    ],
)
def test_check_and_serve_name_the_file_that_is_wrong(spoil, key, words, files, second, tmp_path):
    path = tmp_path / "gateway.yaml"
    path.write_text(json.dumps({**MINIMAL, "listen": [files.settings()]}, indent=1))
    assert run("check", "--config", path, environment=DIVAR_KEY).returncode == 0
    spoil(files, second)
    for command in ("check", "serve"):
        result = run(command, "--config", path, environment=DIVAR_KEY)
        assert result.returncode == 78, result
        assert f"listen[0].tls.{key}: " in result.stderr and words in result.stderr, result.stderr
        # Each with its line of the file.
        assert any(line.split(":")[0].isdigit() or ":" in line for line in result.stderr.splitlines())


def test_check_wants_an_authority_that_can_be_read(files, tmp_path):
    path = tmp_path / "gateway.yaml"
    path.write_text(json.dumps({**MINIMAL, "listen": [files.settings(client_ca=str(tmp_path / "no.pem"))]}, indent=1))
    result = run("check", "--config", path, environment=DIVAR_KEY)
    assert result.returncode == 78 and "listen[0].tls.client_ca: " in result.stderr


def test_a_listener_for_others_without_tls_is_warned_about(start_behind, start_upstream, files):
    gateway = start_behind(start_upstream(), listen=["127.0.0.1:0", "0.0.0.0:0"], callers=CALLERS)
    line = gateway.wait_for_log("callers' keys travel in clear to this address; give it tls")[0]
    assert line["level"] == "warning" and line["address"].startswith("0.0.0.0:")
    listening = {**files.settings(), "address": "0.0.0.0:0"}
    gateway = start_behind(start_upstream(), listen=["127.0.0.1:0", listening], callers=CALLERS)
    gateway.wait_for_log("listening", count=2)
    assert not gateway.logs("callers' keys travel in clear to this address; give it tls")
