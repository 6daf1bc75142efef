"""A gateway that crashes leaves its secrets nowhere: no core file, no memory in what it prints, no look from outside."""

import hashlib
import os
import pwd
import resource
import shutil
import signal
import subprocess

import pytest

from canaries import CALLER_KEY, PLANTED, canary
from calls import USERS_TOKEN
from conftest import KEY, KEY_VARIABLE, upstream_configuration
from processes import BINARY, clean_environment, run

OWN_KEY = PLANTED.plant(CALLER_KEY, f"dgw_{canary('of-a-crashed-gateway')}")
HEADERS = {"Authorization": f"Bearer {OWN_KEY}", "X-Access-Token": USERS_TOKEN}
CALLERS = {"one": {"key_sha256": hashlib.sha256(OWN_KEY.encode()).hexdigest(), "may": ["send", "read", "upload"]}}
CRASHES = [signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGILL, signal.SIGFPE, signal.SIGTRAP, signal.SIGQUIT]


def core_limit(process):
    return resource.prlimit(process.pid, resource.RLIMIT_CORE)


@pytest.fixture
def start_busy(start_gateway, start_upstream, new_client, monkeypatch, tmp_path):
    """Starts a gateway, in a folder for its core file, that has had keys and tokens of every kind in its hands."""

    def start(*options, environment=None):
        monkeypatch.chdir(tmp_path)
        upstream = start_upstream()
        gateway = start_gateway(
            upstream_configuration(upstream, callers=CALLERS), ends_badly=True, options=options,
            environment={KEY_VARIABLE: KEY, **(environment or {})},
        )
        client = new_client(gateway)
        for _ in range(3):
            assert client.send_message(text="x", headers=HEADERS).status_code == 200
            assert client.read("c-1", USERS_TOKEN).status_code == 401
            assert client.get("/conversations/c-1", headers=HEADERS).status_code == 200
            assert client.post("/upload-token", headers=HEADERS).status_code == 200
        assert KEY.encode() in upstream.bytes
        # What is printed after this is the crash's.
        gateway.wait_for_log("request", count=12)
        return gateway

    return start


@pytest.fixture
def unlimited_cores():
    """The tests' own processes may write core files, so that it is the gateway that doesn't."""
    before = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (before[1], before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_CORE, before)


@pytest.mark.parametrize("crash", CRASHES, ids=lambda crash: crash.name)
def test_a_crash_prints_no_memory_and_leaves_no_core_file(crash, start_busy, unlimited_cores, tmp_path):
    # Whoever turned backtraces on for every Swift program of the machine doesn't get them of this one.
    gateway = start_busy(environment={"SWIFT_BACKTRACE": "enable=yes,registers=all,threads=all"})
    before = {path.name for path in tmp_path.iterdir()}
    printed = len(gateway.stderr.text)
    gateway.process.send_signal(crash)
    assert gateway.wait() == -crash
    assert gateway.stderr.text[printed:] == "" and gateway.stdout.text == ""
    assert {path.name for path in tmp_path.iterdir()} - before == set()
    # What it printed, and the files that it left, are looked through for its secrets as those of every gateway are.


def test_no_other_process_of_the_same_user_sees_the_memory(start_busy):
    gateway = start_busy()
    assert core_limit(gateway) == (0, 0)
    # The files of a process that can't be dumped belong to root, whoever runs it.
    assert os.stat(f"/proc/{gateway.pid}/mem").st_uid == 0


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("setpriv"), reason="only root can become somebody else")
def test_a_gateway_of_an_ordinary_user_can_not_be_looked_into_by_that_user(short_path):
    nobody = pwd.getpwnam("nobody")
    os.chown(short_path, nobody.pw_uid, nobody.pw_gid)
    binary = short_path / "divar-gateway"
    shutil.copy(BINARY, binary)
    as_nobody = ["setpriv", f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups"]
    process = subprocess.Popen(
        [*as_nobody, str(binary), "sandbox", "--listen", "127.0.0.1:0"], env=clean_environment(), cwd=short_path,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )
    try:
        process.stdout.readline()
        for name in ("mem", "environ", "maps", "fd"):
            looked = subprocess.run(
                [*as_nobody, "ls" if name == "fd" else "cat", f"/proc/{process.pid}/{name}"], capture_output=True
            )
            assert looked.returncode != 0 and b"denied" in looked.stderr, name
    finally:
        process.kill()
        process.communicate()


def test_for_debugging_dumps_can_be_allowed(start_busy):
    gateway = start_busy("--allow-core-dumps")
    assert core_limit(gateway)[1] == resource.getrlimit(resource.RLIMIT_CORE)[1]


@pytest.mark.parametrize("command", [["serve"], ["sandbox"]])
def test_the_help_names_what_allows_dumps(command):
    assert "--allow-core-dumps" in run(*command, "--help").stdout

