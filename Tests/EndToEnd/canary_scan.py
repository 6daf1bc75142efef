"""Fails the run where a planted secret got into anything that a gateway emitted or stored; see canaries.py.

Answers, output and journals are looked through as they come, by the clients and processes of the tests. This looks at
what was found, and at the end through every file that the run has left.
"""

import functools
import urllib.parse

import pytest
import requests

from canaries import PLANTED, UPLOAD_TOKEN

#: What tests write themselves, secrets included: scripts for the simulation, and the system calls of a traced gateway.
SKIPPED = ("*.script.json", "strace-*.log", "*.key")


def _looking(send):
    """Looks through every answer that comes by `requests`, whoever asks."""

    @functools.wraps(send)
    def look(session, request, **options):
        answered = send(session, request, **options)
        path = urllib.parse.urlsplit(request.url).path
        # The simulation's own controls name the keys that they are asked about.
        if not options.get("stream") and not path.startswith("/_sandbox/"):
            told = f"{answered.reason} {sorted(answered.headers.items())}".encode() + answered.content
            allowed = [UPLOAD_TOKEN] if path == "/upload-token" and answered.ok else []
            PLANTED.scan(told, f"the answer {answered.status_code} to {request.method} {path}", allowed)
        return answered

    return look


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart():
    requests.Session.send = _looking(requests.Session.send)


@pytest.fixture(autouse=True)
def no_secret_gets_out():
    """Set up first, so that it looks when all that the test had started has ended."""
    yield
    hits = PLANTED.take_hits()
    assert not hits, f"secrets got out: {hits}"


def pytest_sessionfinish(session):
    folder = session.config._tmp_path_factory.getbasetemp()
    PLANTED.scan_folder(folder, SKIPPED)
    session.config.escaped_secrets = PLANTED.take_hits()
    if session.config.escaped_secrets and not session.exitstatus:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter, config):
    terminalreporter.write_line(f"looked for planted secrets in {PLANTED.scanned / 1e6:.0f} MB")
    for hit in getattr(config, "escaped_secrets", []):
        terminalreporter.write_line(f"SECRET: {hit}", red=True)
