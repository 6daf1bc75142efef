"""One run of wrk against one server."""

import dataclasses
import pathlib

from processes import BenchmarkError, Process

SCRIPT = pathlib.Path(__file__).resolve().parent / "wrk.lua"
THREADS = 2
FAILURES = ("connections failed", "reads failed", "writes failed", "timeouts", "answers of status 400 and above")


@dataclasses.dataclass(frozen=True)
class Load:
    """What a run sends: the same for every server."""

    wrk: str
    connections: int
    path: str
    headers: dict


@dataclasses.dataclass(frozen=True)
class Result:
    """What a run gave; latencies in microseconds."""

    requests: int
    bytes_read: int
    seconds: float
    p50: int
    p99: int

    @property
    def rate(self):
        return self.requests / self.seconds


def run(load, port, seconds, log):
    """Runs wrk. An error of any kind fails the benchmark: a failed request costs other CPU than a good one."""
    command = [load.wrk, "-t", str(THREADS), "-c", str(load.connections), "-d", f"{seconds}s", "-s", str(SCRIPT)]
    for name, value in load.headers.items():
        command += ["-H", f"{name}: {value}"]
    process = Process("wrk", [*command, f"http://127.0.0.1:{port}{load.path}"], log)
    try:
        status = process.wait(seconds + 30)
    finally:
        process.stop()
    output = process.output()
    lines = [line.split()[1:] for line in output.splitlines() if line.startswith("result ")]
    if status != 0 or len(lines) != 1:
        raise BenchmarkError(f"wrk ended with status {status}:\n{output.strip()}")
    return _read([int(number) for number in lines[0]])


def _read(numbers):
    requests, bytes_read, microseconds, p50, p99, *errors = numbers
    found = [f"{count} {what}" for count, what in zip(errors, FAILURES, strict=True) if count]
    if found:
        raise BenchmarkError("wrk met errors: " + ", ".join(found))
    if requests == 0:
        raise BenchmarkError("wrk got no answer at all")
    return Result(requests, bytes_read, microseconds / 1e6, p50, p99)
