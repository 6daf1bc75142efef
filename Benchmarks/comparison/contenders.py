"""The servers that are compared. Each listens on a port of 127.0.0.1, pinned to the servers' core."""

import hashlib
import http.client
import json
import os
import pathlib
import pwd
import socket

from machine import SERVER_CORE
from processes import BenchmarkError, Process

HERE = pathlib.Path(__file__).resolve().parent
PORT_ATTEMPTS = 5
WAIT_SECONDS = 60
DIVAR_KEY = "benchmark-divar-key"


class Contender:
    """What all have in common: how they are started, and how they are asked."""

    def __init__(self, name):
        self.name = name
        self.process = None
        self.port = 0

    def ask(self, request):
        """One answer on a connection of its own: status, fields, body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=WAIT_SECONDS)
        try:
            connection.request(request.method, request.path, body=request.body or None, headers=request.headers)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def prepare_round(self):
        """Called before each round."""

    def answers(self):
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=WAIT_SECONDS).close()
        except ConnectionRefusedError:
            return False
        return True

    def start_on_free_port(self, start):
        """Between the choice and the use of a port somebody else may have taken it."""
        for _ in range(PORT_ATTEMPTS):
            self.port = free_port()
            self.process = start()
            try:
                self.process.wait_until(self.answers, "answered", WAIT_SECONDS)
                return
            except BenchmarkError:
                self.process.stop()
                if "ddress already in use" not in self.process.output():
                    raise
        raise BenchmarkError(f"{self.name} found no free port in {PORT_ATTEMPTS} attempts")


class Gateway(Contender):
    """divar-gateway with a caller, metrics and the audit trail, as an operator would run it."""

    def __init__(self, name, binary, origin_port, folder, caller_key, settings=None):
        super().__init__(name)
        folder.mkdir(parents=True)
        self.file = folder / "gateway.yaml"
        configuration = {
            "listen": ["127.0.0.1:0"],
            "admin": {"listen": ["127.0.0.1:0"]},
            "upstream": {"base_url": f"http://127.0.0.1:{origin_port}"},
            "apps": {"default": {"keys": [{"env": "DIVAR_API_KEY"}]}},
            "callers": {
                "bench": {
                    "key_sha256": hashlib.sha256(caller_key.encode()).hexdigest(),
                    "may": ["read", "send", "upload"],
                }
            },
            "journal": {"path": str(folder / "journal.db")},
            "log": {"requests": False},
            **(settings or {}),
        }
        # JSON is YAML.
        self.file.write_text(json.dumps(configuration, indent=1), encoding="utf-8")
        self.command = [binary, "serve", "--config", str(self.file)]
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("DIVAR_")}
        self.environment["DIVAR_API_KEY"] = DIVAR_KEY
        self.log = folder / "log"

    def begin(self):
        """Starts the process, and waits for nothing."""
        return Process(self.name, self.command, self.log, environment=self.environment, core=SERVER_CORE)

    def start(self):
        self.process = self.begin()
        self.port = self.process.wait_until(self._announced_port, "said where it listens", WAIT_SECONDS)
        return self

    def _announced_port(self):
        text = self.process.output()
        for line in text[: text.rfind("\n") + 1].splitlines():
            try:
                entry = json.loads(line)
            except ValueError:
                continue  # An error text: the gateway is about to end.
            if entry.get("message") == "listening":
                return int(entry["address"].rpartition(":")[2])
        return None

    def prepare_round(self):
        os.truncate(self.log, 0)


class Configured(Contender):
    """A server with a configuration file of a template, whose @NAMES@ are filled in."""

    template = ""

    def __init__(self, name, binary, folder, **values):
        super().__init__(name)
        self.binary = binary
        self.folder = folder
        folder.mkdir(parents=True)
        self.values = values
        self.log = folder.with_suffix(".log")
        self.account = _unprivileged_account()
        if self.account is not None:
            os.chown(folder, *self.account)

    def command(self, file):
        raise NotImplementedError

    def start(self):
        self.start_on_free_port(self.begin)
        return self

    def begin(self):
        """Starts the process, and waits for nothing."""
        text = (HERE / self.template).read_text(encoding="utf-8")
        for key, value in {"PORT": self.port, "FOLDER": self.folder, **self.values}.items():
            text = text.replace(f"@{key}@", str(value))
        file = self.folder / "configuration"
        file.write_text(text, encoding="utf-8")
        return Process(self.name, self.command(file), self.log, account=self.account, core=SERVER_CORE)

    def prepare_round(self):
        """Empties what was logged, which would otherwise grow by some hundred megabytes."""
        for file in (self.folder / "access.log", self.log):
            if file.exists():
                os.truncate(file, 0)


class Nginx(Configured):
    template = "nginx.conf.in"

    def command(self, file):
        return [self.binary, "-e", "stderr", "-p", f"{self.folder}/", "-c", str(file)]


class HAProxy(Configured):
    template = "haproxy.cfg.in"

    def command(self, file):
        return [self.binary, "-db", "-f", str(file)]


class Varnish(Configured):
    template = "varnish.vcl.in"

    def __init__(self, *arguments, **values):
        super().__init__(*arguments, **values)
        self.account = None

    def command(self, file):
        place = str(self.folder / "varnish")
        return [
            self.binary, "-F", "-j", "none", "-n", place, "-a", f"127.0.0.1:{self.port}", "-f", str(file),
            "-s", "malloc,64m", "-p", "timeout_idle=75", "-T", "none",
        ]  # fmt: skip


class Floor(Contender):
    """The bare server in C: as the floor of a comparison, and as what stands behind all the others."""

    def __init__(self, name, binary, arguments, log, core):
        super().__init__(name)
        self.process = Process(name, [binary, *arguments], log, core=core)
        self.port = int(self.process.wait_until(self.process.output, "said its port", WAIT_SECONDS))

    def calls(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=WAIT_SECONDS)
        try:
            connection.request("GET", "/calls")
            return int(connection.getresponse().read())
        finally:
            connection.close()

    def start(self):
        return self


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _unprivileged_account():
    """The user and group for a server where the benchmark runs as root; some would else switch users by themselves."""
    if os.geteuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody")
    return nobody.pw_uid, nobody.pw_gid
