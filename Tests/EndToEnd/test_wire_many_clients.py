"""Many connections: those over the limit, badly ended or silent take nothing from the others for good."""

import socket

import requests

from checks import assert_problem, assert_sent
from processes import connections_of, wait_until
from wire import MESSAGE, Wire, request, send_request


def test_connections_that_end_badly_give_their_places_back(start_behind, start_upstream, new_wire):
    gateway = start_behind(start_upstream(), limits={"connections": 8})
    for index in range(60):
        wire = new_wire(gateway)
        wire.send([b"nonsense\r\n\r\n", request(version="HTTP/9.9"), request(), send_request(MESSAGE)[:-3]][index % 4])
        if index % 4 != 3:
            wire.answer()
        wire.socket.close()
        wait_until(lambda: connections_of(gateway) == 0, "the end of the connection")
    assert new_wire(gateway).send(request()).answer().status_code == 200


def test_when_descriptors_run_out_the_gateway_comes_back(start_behind, start_upstream, new_client):
    gateway = start_behind(start_upstream(), descriptors=64)
    held = []
    try:
        for _ in range(200):
            held.append(gateway.connect())
    finally:
        for connected in held:
            connected.close()

    def served():
        try:
            return new_client(gateway).send_message(MESSAGE).status_code == 200
        except requests.RequestException:
            return False

    assert wait_until(served, "a call that is served")
    assert gateway.is_running()


def test_connections_over_the_limit_are_refused_until_one_ends(start_behind, start_upstream, new_wire):
    gateway = start_behind(start_upstream(), limits={"connections": 3})
    held = [new_wire(gateway) for _ in range(3)]
    for wire in held:
        assert wire.send(request()).answer().status_code == 200
    for _ in range(3):
        surplus = new_wire(gateway)
        answered = surplus.answer()
        assert_problem(answered, "overloaded", "not_sent")
        assert answered.headers["retry-after"] == "1"
        assert surplus.is_closed()
        surplus.socket.close()
    for wire in held:
        assert wire.send(request()).answer().status_code == 200
    held[0].socket.close()

    def admitted():
        with Wire(gateway.connect()) as wire:
            try:
                answered = wire.send(request()).answer()
            except (AssertionError, OSError):
                return False
            return answered is not None and answered.status_code == 200

    assert wait_until(admitted, "a place for a new connection")


def test_connections_that_say_nothing_cost_nothing_to_others(recorded_client, recorded, upstream):
    opened = [recorded[0].connect() for _ in range(500)]
    try:
        for _ in range(20):
            assert_sent(recorded_client.send_message(MESSAGE))
    finally:
        for connected in opened:
            connected.close()


def test_clients_that_vanish_in_the_middle_leave_nothing_behind(recorded, recorded_client, upstream):
    whole = send_request(MESSAGE)
    before = connections_of(recorded[0])
    for length in range(1, len(whole)):
        with recorded[0].connect() as connected:
            connected.sendall(whole[:length])
            if length % 2:
                # Reset rather than closed.
                connected.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    wait_until(lambda: connections_of(recorded[0]) <= before, "the end of the connections")
    assert upstream.requests == []
    assert_sent(recorded_client.send_message(MESSAGE))
