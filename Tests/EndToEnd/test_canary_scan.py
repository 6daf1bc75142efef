"""The suite's own clients and processes look through what they get: a leak anywhere would be noticed."""

import os
import pathlib
import socket
import sqlite3
import tempfile

import pytest
import requests

import canary_scan
from canaries import DIVAR_KEY, PLANTED, SIMULATED, UPLOAD_TOKEN, canary
from processes import Stream, curl
from upstream import RecordingUpstream, answer
from wire import Wire, request

LEAKED = PLANTED.plant(DIVAR_KEY, canary("leaked-on-purpose"))
GIVEN = PLANTED.plant(UPLOAD_TOKEN, canary("given-out-on-purpose"))


@pytest.fixture
def leaky():
    """A server that answers with secrets, in a field for one path and in the body for the others."""

    def reply(request):
        if request.path == "/field":
            return answer(200, {}, [("X-Debug", LEAKED.encode().hex())])
        return answer(200, {"token": GIVEN if request.path == "/upload-token" else LEAKED})

    server = RecordingUpstream(reply)
    yield server
    server.stop()


def kinds():
    return {hit.kind for hit in PLANTED.take_hits()}


@pytest.mark.parametrize("path", ["/field", "/body"])
def test_an_answer_with_a_secret_is_noticed_by_every_client(path, leaky):
    requests.get(leaky.url + path, timeout=5)
    assert kinds() == {DIVAR_KEY}
    curl("--include", leaky.url + path)
    assert kinds() == {DIVAR_KEY}
    with Wire(socket.create_connection(("127.0.0.1", leaky.port))) as wire:
        wire.send(request("GET", path)).answer()
    assert kinds() == {DIVAR_KEY}


def test_an_upload_token_is_noticed_where_nobody_asked_for_it(leaky):
    requests.post(f"{leaky.url}/upload-token", timeout=5)
    assert kinds() == set()
    leaky.reply = lambda request: answer(200, {"token": GIVEN})
    requests.get(f"{leaky.url}/conversations/c-1", timeout=5)
    assert kinds() == {UPLOAD_TOKEN}


def test_a_secret_in_the_output_of_a_process_is_noticed():
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as pipe:
        stream = Stream(pipe, "standard error of a test", SIMULATED)
        os.write(writing, b'{"message":"' + LEAKED[:9].encode())
        os.write(writing, LEAKED[9:].encode() + b'"}\n')
        os.close(writing)
        stream.join()
    hits = PLANTED.take_hits()
    assert {(hit.kind, hit.source) for hit in hits} == {(DIVAR_KEY, "standard error of a test")}


def test_a_key_of_a_caller_on_its_way_to_divar_is_noticed(leaky):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("upstream.GOES_UP", ())
        requests.get(f"{leaky.url}/other", headers={"Authorization": f"Bearer {LEAKED}"}, timeout=5)
        leaky.clear()
    assert any(hit.source == "what went up to Divar" for hit in PLANTED.take_hits())


def test_a_secret_in_a_journal_is_noticed_when_its_gateway_stops(start_gateway, start_upstream):
    upstream = start_upstream()
    gateway = start_gateway({"upstream": {"base_url": upstream.url}}, sandbox=True)
    beside = pathlib.Path(f"{gateway.journal}-other")
    beside.write_bytes(b"\0" + LEAKED[::-1].encode())
    assert gateway.stop() == 0
    beside.unlink()
    assert [(hit.spelling, hit.source) for hit in PLANTED.take_hits()][:1] == [("reversed", str(beside))]


class Session:
    """What the end of a run needs of pytest."""

    exitstatus = 0

    def __init__(self, folder):
        self.config = self
        self._tmp_path_factory = self
        self.getbasetemp = lambda: folder


def test_a_file_that_is_left_with_a_secret_fails_the_run():
    with tempfile.TemporaryDirectory() as folder:
        session = Session(folder)
        canary_scan.pytest_sessionfinish(session)
        assert session.exitstatus == 0 and session.escaped_secrets == []
        with sqlite3.connect(f"{folder}/journal.db") as database:
            database.execute("CREATE TABLE record (body TEXT)")
            database.execute("INSERT INTO record VALUES (?)", (f"the key {LEAKED}",))
        canary_scan.pytest_sessionfinish(session)
        assert session.exitstatus == pytest.ExitCode.TESTS_FAILED
        assert {hit.kind for hit in session.escaped_secrets} == {DIVAR_KEY}
