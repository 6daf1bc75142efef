"""Starts and ends processes, reads their CPU time, waits for what they announce."""

import contextlib
import os
import pathlib
import signal
import subprocess
import time

STOP_SECONDS = 15
TICKS = os.sysconf("SC_CLK_TCK")


class BenchmarkError(Exception):
    """Why there are no figures, in words for whoever runs the benchmark."""


class Interruption:
    """Makes the first SIGINT, SIGTERM or SIGHUP an exit through every `finally`, and ignores those that follow.

    It is held back while a process starts: one that nobody has a hold of yet could not be ended.
    """

    SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def __init__(self):
        self._holding = False
        self._pending = None

    def install(self):
        for number in self.SIGNALS:
            signal.signal(number, self._arrive)

    def ignore(self):
        for number in self.SIGNALS:
            signal.signal(number, signal.SIG_IGN)

    def _arrive(self, number, _frame):
        self.ignore()
        self._pending = number
        if not self._holding:
            raise SystemExit(128 + number)

    @contextlib.contextmanager
    def held(self):
        self._holding = True
        try:
            yield
        finally:
            self._holding = False
        if self._pending is not None:
            raise SystemExit(128 + self._pending)


INTERRUPTION = Interruption()


class Process:
    """A child process in a session of its own, so that Ctrl-C reaches it through `stop` only."""

    running = []

    def __init__(self, name, command, log, environment=None, account=None, core=None):
        self.name = name
        self.log = pathlib.Path(log)
        identity = {} if account is None else {"user": account[0], "group": account[1], "extra_groups": []}
        if core is not None:
            command = ["taskset", "-c", str(core), *command]
        with INTERRUPTION.held(), open(self.log, "wb") as output:
            try:
                self._process = subprocess.Popen(
                    command,
                    env=environment,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                    **identity,
                )
            except OSError as error:
                raise BenchmarkError(f"{name} does not start: {error}") from None
            Process.running.append(self)

    @property
    def pid(self):
        return self._process.pid

    def output(self):
        return self.log.read_text(encoding="utf-8", errors="replace")

    def wait(self, seconds):
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise BenchmarkError(f"{self.name} did not end within {seconds} s") from None

    def wait_until(self, condition, what, seconds=20):
        """Polls until a condition gives something, as long as the process runs."""
        end = time.monotonic() + seconds
        while not (value := condition()):
            self.check_running()
            if time.monotonic() > end:
                raise BenchmarkError(f"{self.name}: waited {seconds} s in vain until it {what}:\n{self._tail()}")
            time.sleep(0.02)
        return value

    def check_running(self):
        status = self._process.poll()
        if status is not None:
            raise BenchmarkError(f"{self.name} ended with status {status}:\n{self._tail()}")

    def _tail(self):
        return self.output().strip()[-2000:]

    def cpu_seconds(self):
        """User and system time of the process and its children, those that have ended included."""
        # A child that ends moves its time into the last two numbers of its parent.
        own = _stat(self.pid)
        children = [_stat(child) for child in self._children()]
        user = own[11] + own[13] + sum(child[11] for child in children)
        system = own[12] + own[14] + sum(child[12] for child in children)
        return user / TICKS, system / TICKS

    def resident_bytes(self):
        """Memory of the process and its children that is nobody else's, or shared in parts (PSS)."""
        return sum(_proportional(process) for process in [self.pid, *self._children()])

    def _children(self):
        found = []
        for entry in os.listdir("/proc"):
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                if entry.isdigit() and _stat(entry)[1] == self.pid:
                    found.append(int(entry))
        return found

    def stop(self):
        """Ends the process; where it does not end by itself, with all that it started."""
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                # Its session is its own, so its process group holds nobody else.
                os.killpg(self.pid, signal.SIGKILL)
                self._process.wait()
        if self in Process.running:
            Process.running.remove(self)


def stop_all():
    """Ends what is still running, the youngest first."""
    while Process.running:
        Process.running[-1].stop()


def _stat(pid):
    """The numbers of /proc/PID/stat from the state on, which is left as 0; the name before it may hold anything."""
    text = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    return [0] + [int(number) for number in text[text.rindex(")") + 1 :].split()[1:]]


def _proportional(pid):
    for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    raise BenchmarkError(f"/proc/{pid}/smaps_rollup has no Pss")
