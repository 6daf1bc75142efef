"""Starts and ends the processes under test, reads what they print, and counts what they hold."""

import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import threading
import time

from canaries import CALLER_KEY, PLANTED, SIMULATED, UPLOAD_TOKEN

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = pathlib.Path(os.environ.get("DIVAR_GATEWAY_BINARY", ROOT / ".build/debug/divar-gateway"))
START_SECONDS = 20
STOP_SECONDS = 20
#: A key as `caller add` prints it, once and nowhere else.
NEW_KEY = re.compile(r"dgw_[A-Za-z0-9_-]{43}\b")


def clean_environment(extra=None):
    """The environment of the tests without any key of Divar's that happens to be in it."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DIVAR_")}
    environment.update(extra or {})
    return environment


def run(*arguments, environment=None, timeout=30):
    """Runs a command that ends by itself."""
    result = subprocess.run(
        [str(BINARY), *map(str, arguments)],
        env=clean_environment(environment),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout,
    )
    shows_key = [str(argument) for argument in arguments[:2]] in (["caller", "add"], ["caller", "rotate"])
    if shows_key:
        for key in NEW_KEY.findall(result.stdout)[:1]:
            PLANTED.plant(CALLER_KEY, key)
    name = "the command " + " ".join(map(str, arguments[:2]))
    PLANTED.scan(result.stdout.encode(), f"standard output of {name}", [CALLER_KEY] if shows_key else [])
    PLANTED.scan(result.stderr.encode(), f"standard error of {name}")
    return result


def curl(*arguments, timeout=30, data=None):
    """Runs curl without anybody's own configuration; gives its standard output as text."""
    result = subprocess.run(
        ["curl", "--disable", "--silent", "--show-error", "--noproxy", "*", "--max-time", "20", *map(str, arguments)],
        input=data,
        capture_output=True,
        timeout=timeout,
    )
    assert result.returncode == 0, result.stderr.decode()
    allowed = [UPLOAD_TOKEN] if any("/upload-token" in str(argument) for argument in arguments) else []
    PLANTED.scan(result.stdout, f"an answer to curl {arguments[-1]}", allowed)
    return result.stdout.decode()


def wait_until(condition, what, seconds=10):
    """Polls until a condition holds, for things that nobody announces."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < end, f"waited {seconds} s in vain: {what}"
        time.sleep(0.01)


def connections_of(gateway):
    """Established TCP connections to the gateway's port, seen from its side."""
    port = f":{gateway.host_and_port[1]:04X}"
    with open("/proc/net/tcp") as table:
        rows = [line.split() for line in table.readlines()[1:]]
    return sum(1 for row in rows if row[1].endswith(port) and row[3] == "01")


class Stream:
    """Collects what one pipe brings, and lets others wait for it."""

    def __init__(self, pipe, source, allowed=()):
        self._scan = PLANTED.stream(source, allowed)
        self.raw = bytearray()
        self.ended = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._read, args=(pipe,), daemon=True)
        self._thread.start()

    def _read(self, pipe):
        while True:
            chunk = os.read(pipe.fileno(), 65536)
            if chunk:
                self._scan.feed(chunk)
            with self._changed:
                if chunk:
                    self.raw += chunk
                else:
                    self.ended = True
                self._changed.notify_all()
            if not chunk:
                return

    def wait(self, find, seconds):
        """Gives what `find` makes of the text as soon as that is true; None where the stream ends without it."""
        end = time.monotonic() + seconds
        with self._changed:
            while True:
                value = find(self.text)
                if value or self.ended:
                    return value or None
                left = end - time.monotonic()
                if left <= 0:
                    return None
                self._changed.wait(left)

    def join(self):
        self._thread.join(STOP_SECONDS)

    @property
    def text(self):
        return self.raw.decode("utf-8", "replace")


class Process:
    """A running divar-gateway. Ended by its own process id, whatever happens."""

    def __init__(self, *arguments, environment=None, descriptors=None, program=BINARY, handed=()):
        # The limit is set by the shell, which then becomes the process: its id stays the same.
        limit = ["sh", "-c", f'ulimit -n {descriptors}; exec "$0" "$@"'] if descriptors else []
        self.process = subprocess.Popen(
            [*limit, str(program), *map(str, arguments)],
            env=clean_environment(environment),
            pass_fds=handed,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        name = f"{arguments[0]}, process {self.pid}"
        # The greeting of a simulation.
        self.stdout = Stream(self.process.stdout, f"standard output of {name}", SIMULATED)
        self.stderr = Stream(self.process.stderr, f"standard error of {name}")

    @property
    def pid(self):
        return self.process.pid

    def logs(self, message=None):
        """The log lines so far, parsed; every line of standard error has to be one."""
        text = self.stderr.text
        lines = [json.loads(line) for line in text[: text.rfind("\n") + 1].splitlines()]
        return [line for line in lines if message is None or line["message"] == message]

    def wait_for_log(self, message, count=1, seconds=START_SECONDS):
        def find(_):
            try:
                found = self.logs(message)
            except ValueError:
                return None  # An error text that is not a log line: the process is about to end.
            return found if len(found) >= count else None

        lines = self.stderr.wait(find, seconds)
        assert lines, f"no {count} x {message!r}; standard error: {self.stderr.text!r}"
        return lines

    def memory(self, name="VmHWM"):
        """Kilobytes of memory: the most there ever were, or with `VmRSS` those of now."""
        with open(f"/proc/{self.pid}/status", encoding="ascii") as status:
            return int(re.search(rf"^{name}:\s+(\d+) kB", status.read(), re.MULTILINE).group(1))

    def is_running(self):
        return self.process.poll() is None

    def terminate(self):
        self.process.send_signal(signal.SIGTERM)

    def wait(self, seconds=STOP_SECONDS):
        status = self.process.wait(seconds)
        self.stdout.join()
        self.stderr.join()
        return status

    def stop(self):
        """Ends the process and gives its exit status."""
        try:
            if self.is_running():
                self.terminate()
            return self.wait()
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(STOP_SECONDS)
            raise
        finally:
            self.process.stdout.close()
            self.process.stderr.close()


class Gateway(Process):
    """`serve` with a configuration, waited for until it listens on everything."""

    def __init__(self, path, configuration, sandbox=False, script=None, environment=None, descriptors=None, options=()):
        self.path = path
        self.configuration = configuration
        self.journal = _journal_path(path, configuration)
        if isinstance(configuration, str):
            text = configuration if "journal:" in configuration else f"{configuration}\njournal: {{path: {self.journal}}}\n"
        else:
            # JSON is YAML. The log says all that it can, for the search for secrets in it.
            configuration = {"log": {"level": "trace"}, **configuration}
            text = json.dumps({**configuration, "journal": {"path": str(self.journal), **configuration.get("journal", {})}}, indent=1)
        path.write_text(text, encoding="utf-8")
        options = ["serve", "--config", path, *options]
        if sandbox:
            options += ["--sandbox", "--sandbox-listen", "127.0.0.1:0"]
        if script is not None:
            script_path = path.with_suffix(".script.json")
            script_path.write_text(json.dumps(script), encoding="utf-8")
            options += ["--sandbox-script", script_path]
        super().__init__(*options, environment=environment, descriptors=descriptors)
        self.sandbox_url = None
        self.addresses = []
        try:
            if sandbox:
                self.sandbox_url = "http://" + self.wait_for_log("sandbox listening")[0]["address"]
            count = len(re.findall(r"127\.0\.0\.1:0|\[::1\]:0|unix:/", json.dumps(_listen(configuration)))) or 1
            lines = self.wait_for_log("listening", count=count)
            self.addresses = [line["address"] for line in lines]
            self.with_tls = {line["address"] for line in lines if "tls" in line}
        except BaseException:
            self.process.kill()
            self.process.wait(STOP_SECONDS)
            raise

    def stop(self):
        # A stop empties the write-ahead log into the database.
        for file in self.journal.parent.glob(self.journal.name + "*"):
            PLANTED.scan_file(file)
        return super().stop()

    @property
    def url(self):
        address = next(address for address in self.addresses if not address.startswith("unix:"))
        return ("https://" if address in self.with_tls else "http://") + address

    @property
    def host_and_port(self):
        host, port = self.url.split("://")[1].rsplit(":", 1)
        return host, int(port)

    def connect(self, timeout=20):
        return socket.create_connection(self.host_and_port, timeout=timeout)


def _journal_path(path, configuration):
    """Where the journal is: beside the configuration, if that doesn't say; two gateways never share one."""
    if isinstance(configuration, dict) and "path" in configuration.get("journal", {}):
        return pathlib.Path(configuration["journal"]["path"])
    return path.with_suffix(".journal.db")


def _listen(configuration):
    if isinstance(configuration, str):
        return re.findall(r"^\s*-\s+(127\.0\.0\.1:0|unix:/\S+)", configuration, re.MULTILINE)
    return configuration.get("listen", [])
