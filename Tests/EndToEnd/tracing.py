"""Watches, by strace, in which order a running gateway makes system calls, and spoils them."""

import pathlib
import re
import shutil
import subprocess

import pytest

from processes import STOP_SECONDS, wait_until

CALLS = "fdatasync,fsync,pwrite64,pwritev,write,writev,sendto,sendmsg,openat,ftruncate"
WRITES = ("write", "writev", "sendto", "sendmsg")
SYNCS = ("fdatasync", "fsync")
LINE = re.compile(r"(\d+) +(?:<\.\.\. (?P<resumed>\w+) resumed>|(?P<call>\w+)\((?P<descriptor>\d+)?(?:<(?P<target>[A-Za-z0-9-]+:\[[^\]]*\]|[^>]*)>)?)(?P<rest>.*)")


class Event:
    """One system call: where it begins and where it ends in the order of everything."""

    def __init__(self, name, target, data, begin):
        self.name, self.target, self.data, self.begin = name, target or "", data, begin
        self.end = self.result = None

    def __repr__(self):
        return f"{self.begin}-{self.end} {self.name}({self.target}) = {self.result} {self.data[:80]!r}"


class Tracer:
    """strace on a running process, from the moment at which every thread of it is watched."""

    def __init__(self, process, folder, *options):
        strace = shutil.which("strace")
        if not strace:
            pytest.skip("strace is not installed, so the order of system calls can't be seen")
        self.log = pathlib.Path(folder) / f"strace-{process.pid}.log"
        self._errors = (self.log.with_suffix(".err")).open("w+")
        self.process = subprocess.Popen(
            [strace, "-f", "-yy", "-s", "6000", "-o", str(self.log), *options, "-p", str(process.pid)],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=self._errors,
        )
        try:
            wait_until(lambda: self.process.poll() is not None or self._watches(process.pid), "strace watches")
            if self.process.poll() is not None:
                self._errors.seek(0)
                pytest.skip(f"strace may not watch a process here: {self._errors.read().strip()[-200:]}")
        except BaseException:
            self.stop()
            raise

    def _watches(self, pid):
        threads = list(pathlib.Path(f"/proc/{pid}/task").iterdir())
        statuses = [(thread / "status").read_text() for thread in threads]
        return all(f"TracerPid:\t{self.process.pid}\n" in status for status in statuses)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        """Lets the process go on alone."""
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(STOP_SECONDS)
        self._errors.close()

    def events(self):
        """The calls that were seen, in the order of their beginnings."""
        events, open_events = [], {}
        for number, line in enumerate(self.log.read_text(errors="replace").splitlines()):
            match = LINE.match(line)
            if not match:
                continue
            thread, rest = match[1], match["rest"]
            if match["resumed"]:
                event = open_events.pop(thread, None)
                if event is None:
                    continue
            else:
                event = Event(match["call"], match["target"], rest, number)
                events.append(event)
            if rest.endswith("<unfinished ...>"):
                open_events[thread] = event
                continue
            result = re.search(r"\) += (-?\d+)[^=]*$", rest)
            event.end, event.result = number, int(result[1]) if result else None
        return events


def first(events, what, after=-1, *, names, target=None, data=None):
    """The first call of that kind that begins behind `after`."""
    for event in events:
        if event.begin > after and event.name in names and (target is None or target(event.target)) and (
            data is None or data in event.data
        ):
            return event
    raise AssertionError(f"never seen behind {after}: {what}")
