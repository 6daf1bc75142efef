"""The servers that are compared: each listens on a port of 127.0.0.1 and has an upstream of its own."""

import dataclasses
import hashlib
import http.client
import json
import os
import pathlib
import pwd
import re
import socket
import subprocess

from processes import BenchmarkError, Process

TEMPLATE = pathlib.Path(__file__).resolve().parent / "nginx.conf.in"
PORT_ATTEMPTS = 5
WAIT_SECONDS = 20


class Server:
    """What both kinds have in common: how they are asked, and how a hit is told."""

    name = ""
    process = None
    port = 0
    upstream = None
    body = b""
    hit_field = ""
    hit_pattern = ""

    def get(self, load):
        """One answer on a connection of its own: status, fields, body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=WAIT_SECONDS)
        try:
            connection.request("GET", load.path, headers=load.headers)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def is_hit(self, fields):
        return re.search(self.hit_pattern, fields.get(self.hit_field, "")) is not None

    def prepare_round(self):
        """Called before each run."""


class Gateway(Server):
    """divar-gateway with one caller, as an operator would run it."""

    name = "gateway"
    hit_field = "Cache-Status"
    hit_pattern = r";\s*hit\b"

    def __init__(self, binary, upstream, folder, caller_key):
        self.upstream = upstream
        folder.mkdir()
        configuration = {
            "listen": ["127.0.0.1:0"],
            "upstream": {"base_url": f"http://127.0.0.1:{upstream.port}"},
            "apps": {"default": {"keys": [{"env": "DIVAR_API_KEY"}]}},
            "callers": {"bench": {"key_sha256": hashlib.sha256(caller_key.encode()).hexdigest(), "may": ["read"]}},
            "journal": {"path": str(folder / "journal.db")},
            "audit": {"reads": "none"},
            "cache": {"ttl": "1h", "max_bytes": "64MiB"},
        }
        # JSON is YAML.
        file = folder / "gateway.yaml"
        file.write_text(json.dumps(configuration, indent=1), encoding="utf-8")
        environment = {name: value for name, value in os.environ.items() if not name.startswith("DIVAR_")}
        environment["DIVAR_API_KEY"] = "benchmark-divar-key"
        command = [binary, "serve", "--config", str(file)]
        self.process = Process("the gateway", command, folder / "log", environment=environment)
        self.port = self.process.wait_until(self._announced_port, "said where it listens", WAIT_SECONDS)

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

    def event_loops(self):
        """The number of its threads that serve requests."""
        names = [file.read_text().strip() for file in pathlib.Path(f"/proc/{self.process.pid}/task").glob("*/comm")]
        count = sum(1 for name in names if name.startswith("NIO-ELT-"))
        if count == 0:
            raise BenchmarkError(f"the gateway has no thread whose name begins with NIO-ELT-: {', '.join(names)}")
        return count


@dataclasses.dataclass(frozen=True)
class NginxVariant:
    """What differs between the configurations of nginx: whether it logs, and how it reads the files of its cache."""

    name: str
    has_log: bool = False
    files: str = "sendfile on; tcp_nopush on;"


NGINX_VARIANTS = (
    NginxVariant("access_log off"),
    NginxVariant("JSON access_log", has_log=True),
    # The fastest that was found: the file stays open, and a few kilobytes are read and written faster than by sendfile.
    NginxVariant("no log, files open", files="sendfile off; open_file_cache max=1000; open_file_cache_valid 1h;"),
)


class Nginx(Server):
    """nginx with a proxy_cache, as an unprivileged child in the foreground."""

    hit_field = "X-Cache-Status"
    hit_pattern = r"^HIT$"

    def __init__(self, binary, upstream, folder, workers, variant):
        self.name = f"nginx, {variant.name}"
        self.upstream = upstream
        self._variant = variant
        self._access_log = folder / "access.log" if variant.has_log else None
        account = _unprivileged_account()
        folder.mkdir()
        if account is not None:
            os.chown(folder, *account)
        for _ in range(PORT_ATTEMPTS):
            self.port = _free_port()
            file = folder / "nginx.conf"
            file.write_text(self._configuration(workers), encoding="utf-8")
            command = [binary, "-e", "stderr", "-p", f"{folder}/", "-c", str(file)]
            self.process = Process("nginx", command, folder.with_suffix(".log"), account=account)
            try:
                self.process.wait_until(self._answers, "answered", WAIT_SECONDS)
                return
            except BenchmarkError:
                self.process.stop()
                # Between the choice and the use of a port somebody else may have taken it.
                if "Address already in use" not in self.process.output():
                    raise
        raise BenchmarkError(f"nginx found no free port in {PORT_ATTEMPTS} attempts")

    def _configuration(self, workers):
        text = TEMPLATE.read_text(encoding="utf-8")
        values = {
            "WORKERS": workers,
            "PORT": self.port,
            "UPSTREAM_PORT": self.upstream.port,
            "ACCESS_LOG": "access.log json" if self._variant.has_log else "off",
            "FILES": self._variant.files,
        }
        for name, value in values.items():
            text = text.replace(f"@{name}@", str(value))
        return text

    def _answers(self):
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=WAIT_SECONDS).close()
        except ConnectionRefusedError:
            return False
        return True

    def prepare_round(self):
        """Empties the log, which would otherwise grow by some hundred megabytes."""
        if self._access_log is not None:
            os.truncate(self._access_log, 0)


def version_of(command):
    """What a program says of its version in its first line; some do on standard error or with another status."""
    result = subprocess.run(command, capture_output=True, text=True, timeout=WAIT_SECONDS, check=False)
    return (result.stdout + result.stderr).strip().partition("\n")[0].partition(" [")[0]


def _unprivileged_account():
    """The user and group for nginx where the benchmark runs as root; nginx would else switch users by itself."""
    if os.geteuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody")
    return nobody.pw_uid, nobody.pw_gid


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
