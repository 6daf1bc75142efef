"""One run of wrk against one server."""

import dataclasses
import os
import pathlib

from machine import LOAD_CORE
from processes import BenchmarkError, Process

SCRIPT = pathlib.Path(__file__).resolve().parent / "wrk.lua"
FAILURES = ("connections failed", "reads failed", "writes failed", "timeouts", "answers of status 400 and above")


@dataclasses.dataclass(frozen=True)
class Request:
    """What a run sends again and again: the same to every server."""

    method: str
    path: str
    headers: dict
    body: bytes = b""


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


def run(wrk, request, connections, port, seconds, log):
    """Runs wrk. An error of any kind fails the benchmark: a failed request costs other CPU than a good one."""
    command = [wrk, "-t", "1", "-c", str(connections), "-d", f"{seconds}s", "-s", str(SCRIPT)]
    for name, value in request.headers.items():
        command += ["-H", f"{name}: {value}"]
    environment = {**os.environ, "METHOD": request.method, "BODY": request.body.decode()}
    url = f"http://127.0.0.1:{port}{request.path}"
    process = Process("wrk", [*command, url], log, environment=environment, core=LOAD_CORE)
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
