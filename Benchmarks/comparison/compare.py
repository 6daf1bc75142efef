"""Compares divar-gateway with nginx, HAProxy, Varnish and a bare server in C on the same work. See README.md."""

import argparse
import contextlib
import os
import pathlib
import secrets
import shutil
import subprocess
import sys
import tempfile
import types

import machine
from idle import measure_idle
from load import run
from processes import INTERRUPTION, BenchmarkError, stop_all
from report import Report, Round
from start import measure_start
from works import Builder, works

WARM_UP_SECONDS = 2
IDLE, START = "idle", "start"


def main():
    options = arguments()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="comparison-", dir=os.path.abspath(options.folder)))
    memory = pathlib.Path(tempfile.mkdtemp(prefix="comparison-", dir=machine.MEMORY_FOLDER))
    try:
        INTERRUPTION.install()
        machine.check()
        # nginx may run as another user, and has to get through.
        folder.chmod(0o711)
        memory.chmod(0o711)
        compare(options, folder, memory)
    except BenchmarkError as error:
        sys.exit(f"comparison: {error}")
    finally:
        INTERRUPTION.ignore()
        stop_all()
        shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(memory, ignore_errors=True)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    names = [*works("", ""), IDLE, START]
    parser.add_argument("--binary", required=True, help="the divar-gateway to measure; a release build")
    parser.add_argument("--work", action="append", choices=names, help="what to measure; by default all")
    parser.add_argument("--rounds", type=at_least(1), default=5, help="rounds for each server (%(default)s)")
    parser.add_argument("--seconds", type=at_least(1), default=3, help="length of a round (%(default)s)")
    parser.add_argument("--only", action="append", help="only the servers whose names begin so")
    parser.add_argument("--folder", default=".build", help="on the disk to measure (%(default)s)")
    parser.add_argument("--results", help="a folder for the table and the chart")
    return parser.parse_args()


def at_least(minimum):
    """An argument type: an integer that is not below the minimum."""

    def number(text):
        if (value := int(text)) < minimum:
            raise argparse.ArgumentTypeError(f"{value} is less than {minimum}")
        return value

    return number


def compare(options, folder, memory):
    programs = types.SimpleNamespace(
        gateway=os.path.abspath(options.binary),
        wrk=machine.program("wrk", "wrk"),
        nginx=machine.program("nginx", "nginx-light"),
        haproxy=machine.program("haproxy", "haproxy"),
        varnish=machine.program("varnishd", "varnish"),
        floor=compiled_floor(folder),
    )
    key, token = secrets.token_hex(16), secrets.token_hex(16)
    make = Builder(programs, folder, key)
    report = Report(
        machine.processor(),
        [machine.version_of(command) for command in (
            [programs.gateway, "version"], [programs.nginx, "-v"], [programs.haproxy, "-v"],
            [programs.varnish, "-V"], [programs.wrk, "-v"],
        )],
        options,
    )  # fmt: skip
    every = works(key, token)
    for name in options.work or [*every, IDLE, START]:
        if name == IDLE:
            report.add_idle(measure_idle(make, every["cached-read"], folder / name))
        elif name == START:
            report.add_start(measure_start(make, every["send-memory"], folder / name, memory / name, options.rounds))
        else:
            place = (memory if every[name].in_memory else folder) / name
            place.mkdir(mode=0o711)
            measure(every[name], make, place, options, report)
    if options.results:
        report.write(pathlib.Path(options.results))


def compiled_floor(folder):
    source = pathlib.Path(__file__).resolve().parent / "floor.c"
    program = folder / "floor"
    compiler = machine.program("cc", "gcc")
    result = subprocess.run([compiler, "-O2", "-o", str(program), str(source)], check=False)
    if result.returncode != 0:
        raise BenchmarkError("the floor was not compiled")
    return str(program)


def measure(work, make, folder, options, report):
    """Starts the servers of a work, checks that they do it, measures them in turns."""
    make.begin(work, folder)
    servers = [server for server in work.contenders(make) if chosen(server, options)]
    print(f"\n{work.title}, {work.connections} connections")
    with ended(servers, make):
        for server in servers:
            prepare(server.start(), work, make, folder)
        sync = machine.sync_microseconds(make.programs.floor, folder)
        rounds_of = rounds(servers, work, make, folder, options)
    report.add(work, rounds_of, sync)


def chosen(server, options):
    return not options.only or any(server.name.startswith(name) for name in options.only)


@contextlib.contextmanager
def ended(servers, make):
    """Ends the servers behind the work, and what stands behind them, so that the next work has the machine alone."""
    try:
        yield
    finally:
        for server in servers:
            if server.process:
                server.process.stop()
        for origin in make.origins.values():
            origin.process.stop()
        make.origins.clear()


def prepare(server, work, make, folder):
    """Fills caches, checks that the answer is a good one and of the right size, and warms up."""
    server.ask(work.request)
    status, _, body = server.ask(work.request)
    if status != 200 or not body:
        raise BenchmarkError(f"{server.name} answered {status}: {body[:300].decode(errors='replace')}")
    server.body_bytes = len(body)
    put_under_load(server, work, make, WARM_UP_SECONDS, folder)


def put_under_load(server, work, make, seconds, folder):
    """One run of wrk. It fails where the server ended, gave less than bodies, or did another work than was asked."""
    origin = make.origins.get(server.name)
    before = origin.calls()
    try:
        result = run(make.programs.wrk, work.request, work.connections, server.port, seconds, folder / "wrk.log")
    except BenchmarkError:
        server.process.check_running()
        raise
    went_on = origin.calls() - before
    if origin is not server and work.origin_calls is not None and went_on > work.origin_calls:
        raise BenchmarkError(f"{server.name} asked its origin {went_on} times: its cache alone does not answer")
    if work.origin_calls is None and went_on < result.requests:
        raise BenchmarkError(f"{server.name} gave {result.requests} answers and asked its origin {went_on} times")
    # wrk counts no redirects and the like as errors.
    if result.bytes_read < result.requests * server.body_bytes:
        raise BenchmarkError(f"{server.name} gave {result.requests} answers that were not all the whole body")
    return result


def rounds(servers, work, make, folder, options):
    """Measures in turns; each round another server begins, so that what drifts does not favour one."""
    rounds_of = {server.name: [] for server in servers}
    for number in range(options.rounds):
        begin = number % len(servers)
        for server in servers[begin:] + servers[:begin]:
            server.prepare_round()
            user, system = server.process.cpu_seconds()
            result = put_under_load(server, work, make, options.seconds, folder)
            after = server.process.cpu_seconds()
            measured = Round(result, after[0] - user, after[1] - system, server.process.resident_bytes())
            rounds_of[server.name].append(measured)
            print(
                f"round {number + 1}  {server.name:<24}{result.rate:>9,.0f} requests/s"
                f"{measured.cpu_per_request:>9.2f} µs/request",
                flush=True,
            )
    return rounds_of


if __name__ == "__main__":
    main()
