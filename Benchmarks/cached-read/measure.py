"""Compares the CPU time of a cached read: divar-gateway's cache against nginx's proxy_cache. See README.md."""

import argparse
import os
import pathlib
import secrets
import shutil
import sys
import tempfile

from load import THREADS, Load, run
from processes import INTERRUPTION, BenchmarkError, stop_all
from report import Round, ratios, table
from servers import NGINX_VARIANTS, Gateway, Nginx, version_of
from upstream import Upstream, conversation_of

CONVERSATION = "benchmark-conversation"
WARM_UP_SECONDS = 2
# Of the upstream, from the start to the end: one fills the cache, and one may be a refresh.
MAXIMUM_CALLS = 2


def main():
    options = arguments()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="cached-read-"))
    try:
        INTERRUPTION.install()
        # nginx may run as another user, and has to get through.
        folder.chmod(0o711)
        measure(options, folder)
    except BenchmarkError as error:
        sys.exit(f"cached-read: {error}")
    finally:
        INTERRUPTION.ignore()
        stop_all()
        shutil.rmtree(folder, ignore_errors=True)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True, help="the divar-gateway to measure; a release build")
    parser.add_argument("--rounds", type=at_least(5), default=8, help="rounds for each server (%(default)s)")
    parser.add_argument("--seconds", type=at_least(1), default=4, help="length of a round (%(default)s)")
    parser.add_argument("--connections", type=at_least(THREADS), default=64, help="of wrk (%(default)s)")
    return parser.parse_args()


def at_least(minimum):
    """An argument type: an integer that is not below the minimum."""

    def number(text):
        if (value := int(text)) < minimum:
            raise argparse.ArgumentTypeError(f"{value} is less than {minimum}")
        return value

    return number


def measure(options, folder):
    """Starts the servers, checks that they do the same, measures them in turns, prints what came out."""
    binary = program(options.binary, f"there is no program {options.binary}; see --binary")
    wrk = program("wrk", "wrk is missing: apt-get install wrk")
    nginx = program("nginx", "nginx is missing: apt-get install nginx-light")
    key, token = secrets.token_hex(16), secrets.token_hex(16)
    headers = {"Authorization": f"Bearer {key}", "X-Access-Token": token}
    load = Load(wrk, options.connections, f"/conversations/{CONVERSATION}", headers)

    path = f"/v1/open-platform/chat/conversations/{CONVERSATION}"
    gateway = Gateway(binary, Upstream(path, conversation_of(CONVERSATION)), folder / "gateway", key)
    workers = gateway.event_loops()
    status, fields, body = gateway.get(load)
    if status != 200:
        raise BenchmarkError(f"the gateway answered {status}: {body.decode(errors='replace')}")
    servers = [gateway]
    for number, variant in enumerate(NGINX_VARIANTS):
        upstream = Upstream(load.path, body, fields["Content-Type"])
        servers.append(Nginx(nginx, upstream, folder / f"nginx-{number}", workers, variant))

    print(f"{version_of([binary, 'version'])}; {version_of([nginx, '-v'])}; {version_of([wrk, '-v'])}")
    busy = f"load average {os.getloadavg()[0]:.2f}"
    print(f"{workers} event loops and workers; {options.connections} connections; {busy}")
    for server in servers:
        prepare(server, load, body, folder)
    rounds_of = rounds(servers, load, options, folder)
    print(f"\n{table(rounds_of)}\n\n{ratios(rounds_of)}")


def program(name, otherwise):
    """Where a program is. Those of administrators are not on everybody's path."""
    places = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/local/sbin", "/usr/sbin", "/sbin"])
    found = shutil.which(name, path=places)
    if found is None:
        raise BenchmarkError(otherwise)
    return found


def prepare(server, load, body, folder):
    """Fills the cache, checks that a hit gives the same bytes as the others do, and warms up."""
    server.get(load)
    status, fields, got = server.get(load)
    if (status, got) != (200, body):
        raise BenchmarkError(f"{server.name} answered {status} with {len(got)} bytes, not those of the gateway")
    if not server.is_hit(fields):
        raise BenchmarkError(f"{server.name} gave no hit; {server.hit_field}: {fields.get(server.hit_field)}")
    head = sum(len(name) + len(value) + 4 for name, value in fields.items()) + len("HTTP/1.1 200 OK\r\n\r\n")
    print(f"{server.name}: body of {len(got)} bytes, head of {head}")
    server.body = got
    put_under_load(server, load, WARM_UP_SECONDS, folder)


def put_under_load(server, load, seconds, folder):
    """One run of wrk. It fails where the server ended, asked its upstream again and again, or gave less than bodies."""
    try:
        result = run(load, server.port, seconds, folder / "wrk.log")
    except BenchmarkError:
        server.process.check_running()
        raise
    if server.upstream.calls > MAXIMUM_CALLS:
        raise BenchmarkError(
            f"{server.name} called its upstream {server.upstream.calls} times: its cache alone does not answer"
        )
    # wrk counts no redirects and the like as errors.
    if result.bytes_read < result.requests * len(server.body):
        raise BenchmarkError(f"{server.name} gave {result.requests} answers that were not all the whole body")
    return result


def rounds(servers, load, options, folder):
    """Measures in turns; each round another server begins, so that what drifts does not favour one."""
    rounds_of = {server.name: [] for server in servers}
    for number in range(options.rounds):
        begin = number % len(servers)
        for server in servers[begin:] + servers[:begin]:
            server.prepare_round()
            before = server.process.cpu_seconds()
            result = put_under_load(server, load, options.seconds, folder)
            measured = Round(result, server.process.cpu_seconds() - before)
            rounds_of[server.name].append(measured)
            print(
                f"round {number + 1}  {server.name:<24}{result.rate:>9,.0f} requests/s"
                f"{measured.cpu_per_request:>9.2f} µs/request"
            )
    return rounds_of


if __name__ == "__main__":
    main()
