"""The limits of a request by name, and what the gateway keeps of a client that sends without end."""

import json
import os
import socket
import time

import pytest

from checks import assert_problem, assert_refused_and_closed, assert_sent
from processes import curl, wait_until
from wire import MESSAGE, elapsed, request


# Limits by name


def test_a_request_target_may_have_8_kib(new_wire):
    answered = new_wire().send(request(target="/health/live?" + "x" * (8192 - 13))).answer()
    assert answered.status_code == 200


@pytest.mark.parametrize("length", [8193, 12_000, 16_384, 20_000, 60_000, 200_000])
def test_a_longer_request_target_is_414(length, new_wire):
    wire = new_wire()
    wire.send(request(target="/health/live?" + "x" * (length - 13)))
    answered = wire.answer()
    problem = assert_problem(answered, "target-too-long")
    assert "8192" in problem["detail"]
    assert wire.is_closed()


def test_a_request_line_without_an_end_is_refused(new_wire):
    wire = new_wire()
    try:
        wire.send(b"GET /" + b"x" * 300_000)
    except OSError:
        pass
    assert wire.answer().status_code in (414, 431)


def test_64_fields_are_taken_and_65_are_431(new_wire):
    # One of them is Host.
    answered = new_wire().send(request(fields=[(f"X-{index}", "x") for index in range(63)])).answer()
    assert answered.status_code == 200
    wire = new_wire()
    wire.send(request(fields=[(f"X-{index}", "x") for index in range(64)]))
    problem = assert_problem(wire.answer(), "header-too-large")
    assert "64 fields" in problem["detail"] and "16384 bytes" in problem["detail"]
    assert wire.is_closed()


@pytest.mark.parametrize("fields", [1, 2, 40])
def test_header_fields_over_16_kib_are_431(fields, new_wire):
    def sized(total):
        each = total // fields
        return [(f"X-{index:03}", "x" * (each - 5)) for index in range(fields)]

    assert new_wire().send(request(fields=sized(15 * 1024))).answer().status_code == 200
    wire = new_wire()
    wire.send(request(fields=sized(17 * 1024)))
    assert_refused_and_closed(wire, "header-too-large")


def test_a_field_without_an_end_is_431(new_wire):
    wire = new_wire()
    try:
        wire.send(b"GET /health/live HTTP/1.1\r\nHost: x\r\nX: " + b"x" * 300_000)
    except OSError:
        pass
    assert_problem(wire.answer(), "header-too-large")


def padded(size):
    """A valid send of exactly that many bytes: JSON may have air in it."""
    content = json.dumps(MESSAGE).encode()
    return content + b" " * (size - len(content))


def test_a_body_of_64_kib_is_taken(new_wire, upstream):
    assert_sent(new_wire().send(request("POST", "/send", [("Content-Type", "application/json")], padded(65536))).answer())


@pytest.mark.parametrize("size", [65537, 10_000_000])
def test_a_body_that_is_announced_as_larger_is_413_before_it_comes(size, new_wire, upstream):
    wire = new_wire()
    wire.send(request("POST", "/send", [("Content-Type", "application/json"), ("Content-Length", size)]))
    answered, seconds = elapsed(wire.answer)
    problem = assert_problem(answered, "body-too-large", "not_sent")
    assert "65536" in problem["detail"]
    assert seconds < 5
    assert upstream.requests == []


def test_a_client_that_sends_a_large_body_anyway_can_read_why_not(recorded, upstream, tmp_path):
    large = tmp_path / "large.json"
    large.write_bytes(padded(3_000_000))
    answered = curl(
        "-H", "Content-Type: application/json", "-H", "Expect:", "--data-binary", f"@{large}", "-w", "\n%{http_code}",
        recorded[0].url + "/send",
    )
    assert answered.endswith("\n413")
    assert "body-too-large" in answered


def test_a_chunked_body_over_the_limit_is_413(new_wire, upstream):
    fields = [("Content-Type", "application/json"), ("Transfer-Encoding", "chunked")]
    exact = padded(65536)
    wire = new_wire()
    wire.send(request("POST", "/send", fields) + b"10000\r\n" + exact + b"\r\n0\r\n\r\n")
    assert_sent(wire.answer())
    wire = new_wire()
    wire.send(request("POST", "/send", fields) + b"10001\r\n" + exact + b" \r\n0\r\n\r\n")
    assert_problem(wire.answer(), "body-too-large", "not_sent")
    assert wire.is_closed()
    assert len(upstream.requests) == 1


def test_other_resources_take_no_body_to_speak_of(new_wire, upstream):
    assert_problem(new_wire().send(request("GET", "/health/live", body=b"x")).answer(), "body-too-large")
    fields = [("X-Access-Token", "t")]
    assert_problem(new_wire().send(request("GET", "/conversations/c-1", fields, body=b"x")).answer(), "body-too-large")
    assert_problem(new_wire().send(request("POST", "/upload-token", body=b" " * 1025)).answer(), "body-too-large")
    assert new_wire().send(request("POST", "/upload-token", body=b" " * 1022 + b"{}")).answer().status_code == 200


def test_limits_can_be_configured(start_behind, start_upstream, new_wire):
    limits = {"request_line": 256, "header": "1KiB", "header_fields": 8, "body": "1KiB"}
    gateway = start_behind(start_upstream(), limits=limits)
    assert new_wire(gateway).send(request(target="/health/live?" + "x" * 243)).answer().status_code == 200
    assert_problem(new_wire(gateway).send(request(target="/health/live?" + "x" * 244)).answer(), "target-too-long")
    assert_problem(new_wire(gateway).send(request(fields=[("X", "x" * 1200)])).answer(), "header-too-large")
    assert_problem(new_wire(gateway).send(request(fields=[("X", "x")] * 8)).answer(), "header-too-large")
    fields = [("Content-Type", "application/json")]
    assert_sent(new_wire(gateway).send(request("POST", "/send", fields, padded(1024))).answer())
    assert_problem(new_wire(gateway).send(request("POST", "/send", fields, padded(1025))).answer(), "body-too-large")


def test_one_address_may_have_so_many_connections(start_behind, start_upstream, new_wire):
    gateway = start_behind(start_upstream(), limits={"connections_per_address": 2})
    kept = [new_wire(gateway), new_wire(gateway)]
    for wire in kept:
        assert wire.send(request()).answer().status_code == 200
    problem = assert_problem(new_wire(gateway).answer(), "overloaded")
    assert "2 connections" in problem["detail"]
    kept[0].send(request(fields=[("Connection", "close")])).answer()
    kept[0].socket.close()
    wait_until(lambda: new_wire(gateway).send(request()).answer().status_code == 200, "a connection is free again")


# Without end


@pytest.mark.skipif("ASAN_OPTIONS" in os.environ, reason="AddressSanitizer keeps what was freed")
def test_a_client_that_asks_without_end_and_never_reads_is_held_back(start_behind, start_upstream, new_wire):
    gateway = start_behind(start_upstream())
    before = gateway.memory("VmRSS")
    slow_reader = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    slow_reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    slow_reader.connect(gateway.host_and_port)
    slow_reader.settimeout(2)
    block, end = request("GET", "/nothing") * 1000, time.monotonic() + 8
    with slow_reader:
        try:
            while time.monotonic() < end:
                slow_reader.send(block)
        except OSError:
            pass  # Held back, or cut off.
        grown = gateway.memory() - before
    assert grown < 25_000, f"{grown} kB more"
    assert new_wire(gateway).send(request()).answer().status_code == 200


@pytest.mark.parametrize(
    "tail",
    [b"0\r\n" + b"X: y\r\n" * 20_000 + b"\r\n", b"0\r\nX: " + b"y" * 200_000 + b"\r\n\r\n", b"0;" + b"x" * 2_000_000 + b"\r\n\r\n"],
    ids=["many-trailers", "long-trailer", "long-extension"],
)
def test_what_surrounds_a_chunked_body_has_limits_too(tail, new_wire, recorded_client, upstream, recorded):
    wire = new_wire()
    fields = [("Content-Type", "application/json"), ("Transfer-Encoding", "chunked")]
    before = recorded[0].memory("VmRSS")
    try:
        wire.send(request("POST", "/send", fields) + b"2\r\n{}\r\n" + tail)
        answered = wire.answer()
        assert answered is None or 400 <= answered.status_code < 500
    except OSError:
        pass
    assert recorded[0].memory() - before < 100_000
    assert_sent(recorded_client.send_message(MESSAGE))
