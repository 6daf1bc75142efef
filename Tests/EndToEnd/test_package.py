"""The Debian package, in a Debian of its own: installed, started, upgraded, removed and purged."""

import os
import pathlib
import shutil
import subprocess
import tempfile

import pytest

from canaries import DIVAR_KEY, PLANTED, canary
from checks import assert_sent
from processes import Process

ROOT = pathlib.Path(__file__).parents[2]
BINARY = ROOT / ".build/static/divar-gateway"
SUITE = "bookworm"
CONFIGURATION = "/etc/divar-gateway/divar-gateway.yaml"
KEY = "/etc/divar-gateway/divar.key"
STATE = "/var/lib/divar-gateway"
KEY_OF_THE_APP = PLANTED.plant(DIVAR_KEY, canary("divar-key-of-the-package"))


def reason_to_skip():
    tools = ["debootstrap", "dpkg-buildpackage", "dh", "chroot"]
    missing = [tool for tool in tools if shutil.which(tool) is None]
    if missing:
        return f"needs {', '.join(missing)}"
    if os.geteuid() != 0:
        return "needs root, to install a package into a folder"
    if not BINARY.exists() and "DIVAR_GATEWAY_DEB" not in os.environ:
        return "needs .build/static/divar-gateway: run `make static`"
    return None


pytestmark = pytest.mark.skipif(reason_to_skip() is not None, reason=str(reason_to_skip()))


def run(*arguments, seconds=300, **more):
    """Runs a command, and gives what it printed."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8", **more}
    result = subprocess.run(
        [str(argument) for argument in arguments], env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, timeout=seconds)
    assert result.returncode == 0, result.stdout
    return result.stdout


class Machine:
    """A Debian in a folder, without an init system."""

    def __init__(self, folder):
        self.folder = folder

    def run(self, *arguments):
        return run("chroot", self.folder, *arguments)

    def path(self, path):
        return self.folder / path.lstrip("/")

    def install(self, package):
        shutil.copy(package, self.path("/root"))
        # What it depends on comes from a mirror, which may be out of breath.
        retries = ["-o", "Acquire::Retries=5"]
        return self.run("apt-get", "install", "-y", "-q", *retries, "--no-install-recommends", f"/root/{package.name}")

    def status(self):
        result = subprocess.run(
            ["chroot", str(self.folder), "dpkg-query", "--show", "--showformat=${db:Status-Abbrev}", "divar-gateway"],
            capture_output=True, text=True, timeout=60)
        return result.stdout.strip()

    def left(self):
        """What a package of ours has anywhere."""
        return sorted(
            str(path.relative_to(self.folder)) for path in self.folder.rglob("*divar-gateway*")
            if path.relative_to(self.folder).parts[0] not in ("root", "proc"))


def mirror():
    """Where this machine has its own packages from, or where everybody has."""
    found = run("apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages", f"Codename: {SUITE}", "Component: main")
    return [*found.split(), "http://deb.debian.org/debian"][0]


@pytest.fixture
def machine():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="package-", dir=ROOT / ".build"))
    folder.chmod(0o755)
    needed = "--include=systemd-standalone-sysusers,init-system-helpers"
    try:
        try:
            run("debootstrap", "--variant=minbase", needed, SUITE, folder, mirror())
            # Where Swift finds a command's arguments.
            run("mount", "-t", "proc", "proc", folder / "proc")
        except (AssertionError, subprocess.TimeoutExpired) as error:
            pytest.skip(f"no Debian can be made here: {str(error)[-300:]}")
        yield Machine(folder)
    finally:
        if (folder / "proc/self").exists():
            run("umount", folder / "proc")
        shutil.rmtree(folder)


@pytest.fixture(scope="module")
def packages(tmp_path_factory):
    """The package, and one that upgrades it."""
    folder = tmp_path_factory.mktemp("packages")
    given = os.environ.get("DIVAR_GATEWAY_DEB")
    made = []
    for version in ["0.1.0", "0.1.1~test"]:
        if given and version == "0.1.0":
            made.append(pathlib.Path(given))
            continue
        printed = run(ROOT / "deploy/package.sh", BINARY, folder, version, DEB_COMPRESSION="none")
        made.append(pathlib.Path(printed.strip()))
    yield made
    # Hundreds of megabytes that hold no secret.
    shutil.rmtree(folder)


def serve(machine):
    """The service as its unit starts it, as far as that goes without systemd; behind it the simulated Divar."""
    credentials = machine.path("/run/credentials")
    credentials.mkdir(parents=True, exist_ok=True)
    shutil.copy(machine.path(KEY), credentials / "divar-key")
    machine.run("chown", "-R", "divar-gateway:divar-gateway", "/run/credentials")
    machine.run("chmod", "-R", "go=", "/run/credentials")
    # StateDirectory= and its mode.
    machine.run("install", "-d", "-o", "divar-gateway", "-g", "divar-gateway", "-m", "0700", STATE)
    return Process(
        "--userspec=divar-gateway:divar-gateway", machine.folder, "/usr/bin/divar-gateway", "serve", "--config", CONFIGURATION,
        "--sandbox", "--sandbox-listen", "127.0.0.1:0", program=shutil.which("chroot"),
        environment={"CREDENTIALS_DIRECTORY": "/run/credentials"})


def send(machine, new_client):
    gateway = serve(machine)
    try:
        [line] = gateway.wait_for_log("listening")
        client = new_client("http://" + line["address"])
        answer = client.send_message(conversation_id="sandbox-conversation", text="سلام")
        assert_sent(answer)
        return answer.json()["message_id"]
    finally:
        assert gateway.stop() == 0


def verify(machine):
    return machine.run("/usr/bin/divar-gateway", "audit", "verify", "--config", CONFIGURATION)


def test_a_package_installs_starts_upgrades_and_goes(machine, packages, new_client):
    # 1. Installed: everything is there that a service manager needs, and what is left to do is said.
    said = machine.install(packages[0])
    assert "starts once the key of your Divar app is in /etc/divar-gateway/divar.key" in said
    assert machine.status() == "ii"
    assert machine.run("/usr/bin/divar-gateway", "version").split()[-1] == "0.1.0"
    assert machine.run("id", "-un", "divar-gateway").strip() == "divar-gateway"
    assert machine.path("/lib/systemd/system/divar-gateway.service").exists()
    assert machine.path("/etc/systemd/system/multi-user.target.wants/divar-gateway.service").is_symlink()
    assert not machine.path("/etc/systemd/system/sockets.target.wants/divar-gateway.socket").exists()
    assert machine.path("/usr/share/doc/divar-gateway/operations.md").exists()

    # 2. Configured and started, as its own user.
    configuration = machine.path(CONFIGURATION)
    text = configuration.read_text(encoding="utf-8")
    assert "- credential: divar-key" in text
    configuration.write_text(
        text.replace("- 127.0.0.1:8080", "- 127.0.0.1:0", 1).replace("\n  path: null", f"\n  path: {STATE}/journal.db", 1),
        encoding="utf-8")
    machine.path(KEY).write_text(KEY_OF_THE_APP, encoding="utf-8")
    machine.path(KEY).chmod(0o600)
    first = send(machine, new_client)
    assert machine.path(STATE + "/journal.db").stat().st_uid == machine.path(STATE).stat().st_uid != 0

    # 3. Upgraded: configuration, key and trail stay, and the new one goes on with them.
    kept = configuration.read_text(encoding="utf-8")
    said = machine.install(packages[1])
    assert "starts once the key" not in said
    assert machine.run("dpkg-query", "--show", "--showformat=${Version}", "divar-gateway") == "0.1.1~test"
    assert configuration.read_text(encoding="utf-8") == kept
    second = send(machine, new_client)
    assert verify(machine).startswith("ok: ")
    for message in [first, second]:
        assert "sent" in machine.run("/usr/bin/divar-gateway", "audit", "show", message, "--config", CONFIGURATION)

    # 4. Removed: the program is gone, what belongs to its operators is not.
    machine.run("apt-get", "remove", "-y", "-q", "divar-gateway")
    assert machine.status() == "rc"
    assert not machine.path("/usr/bin/divar-gateway").exists()
    assert machine.path(KEY).exists() and configuration.exists() and machine.path(STATE + "/journal.db").exists()

    # 5. Purged: nothing is left of it but its user.
    machine.run("apt-get", "purge", "-y", "-q", "divar-gateway")
    assert machine.status() in ("", "un")
    assert machine.left() == []
    assert machine.run("id", "-un", "divar-gateway").strip() == "divar-gateway"


@pytest.mark.skipif(shutil.which("lintian") is None, reason="lintian is not installed")
def test_lintian_finds_nothing_wrong(packages):
    # How a test compresses it is not how it is made.
    run("lintian", "--allow-root", "--fail-on", "error,warning", "--suppress-tags",
        "uses-no-compression-for-control-tarball,uses-no-compression-for-data-tarball", packages[0])
