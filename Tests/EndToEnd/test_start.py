"""What stops `serve` from starting and how it says so, and which sockets it replaces."""

import json
import re
import signal
import socket

from conftest import DIVAR_KEY, KEY, KEY_VARIABLE, MINIMAL, upstream_configuration
from processes import curl, run


def minimal(folder):
    """The least that is a configuration and stays in the test's folder."""
    return {**MINIMAL, "journal": {"path": str(folder / "journal.db")}}


def test_serve_tells_configuration_problems_as_check_does(tmp_path):
    path = tmp_path / "gateway.yaml"
    path.write_text("colour: blue\nlog:\n  level: loud\napps: {default: {keys: [{env: NOT_SET}]}}\n")
    results = [run(command, "--config", path) for command in ("check", "serve")]
    assert [result.returncode for result in results] == [78, 78]
    assert results[0].stderr == results[1].stderr


def test_serve_without_a_key_does_not_start(tmp_path):
    path = tmp_path / "gateway.yaml"
    path.write_text(json.dumps({"listen": ["127.0.0.1:0"], **minimal(tmp_path)}))
    result = run("serve", "--config", path)
    assert result.returncode == 78
    assert "DIVAR_API_KEY" in result.stderr


def test_a_port_in_use_is_74_and_said_clearly(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        path = tmp_path / "gateway.yaml"
        path.write_text(json.dumps({"listen": [address], **minimal(tmp_path)}))
        result = run("serve", "--config", path, environment=DIVAR_KEY)
        assert result.returncode == 74
        assert address in result.stderr, result.stderr
        assert re.search("in use", result.stderr, re.IGNORECASE), result.stderr
        assert len(result.stderr.splitlines()) == 1
        for arguments in (["sandbox", "--listen", address], ["serve", "--sandbox", "--sandbox-listen", address]):
            result = run(*arguments)
            assert result.returncode == 74, result.stderr
            assert address in result.stderr


def test_one_address_of_several_that_is_taken_stops_the_start(tmp_path, short_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        socket_path = short_path / "left.sock"
        addresses = [f"unix:{socket_path}", "127.0.0.1:0", f"127.0.0.1:{taken.getsockname()[1]}"]
        path = tmp_path / "gateway.yaml"
        path.write_text(json.dumps({"listen": addresses, **minimal(tmp_path)}))
        assert run("serve", "--config", path, environment=DIVAR_KEY).returncode == 74
        assert not socket_path.exists()


def test_an_address_that_this_machine_does_not_have_is_74(tmp_path):
    path = tmp_path / "gateway.yaml"
    callers = {"a": {"key_sha256": "a" * 64, "may": ["send"]}}
    path.write_text(json.dumps({"listen": ["192.0.2.1:0"], "callers": callers, **minimal(tmp_path)}))
    result = run("serve", "--config", path, environment=DIVAR_KEY)
    assert result.returncode == 74
    assert "192.0.2.1" in result.stderr, result.stderr


def test_a_unix_socket_that_was_left_behind_is_replaced(start_behind, start_upstream, short_path):
    path = short_path / "stale.sock"
    left = socket.socket(socket.AF_UNIX)
    left.bind(str(path))
    left.close()
    assert path.is_socket()
    start_behind(start_upstream(), listen=[f"unix:{path}"])
    assert curl("--unix-socket", path, "http://x/health/live") == '{"status":"live"}'


def test_a_unix_socket_of_a_killed_gateway_is_replaced(start_gateway, start_upstream, short_path):
    path = short_path / "killed.sock"
    configuration = {**upstream_configuration(start_upstream()), "listen": [f"unix:{path}"]}
    first = start_gateway(configuration, ends_badly=True, environment={KEY_VARIABLE: KEY})
    first.process.kill()
    assert first.wait() == -signal.SIGKILL
    assert path.is_socket()
    start_gateway(configuration, environment={KEY_VARIABLE: KEY})
    assert curl("--unix-socket", path, "http://x/health/live") == '{"status":"live"}'


def test_a_unix_socket_in_use_is_not_replaced(start_behind, start_upstream, short_path, tmp_path):
    path = short_path / "used.sock"
    start_behind(start_upstream(), listen=[f"unix:{path}"])
    second = tmp_path / "second.yaml"
    second.write_text(json.dumps({"listen": [f"unix:{path}"], **minimal(tmp_path)}))
    result = run("serve", "--config", second, environment=DIVAR_KEY)
    assert result.returncode == 74
    assert str(path) in result.stderr
    assert curl("--unix-socket", path, "http://x/health/live") == '{"status":"live"}'


def test_a_file_that_is_no_socket_is_never_replaced(short_path, tmp_path):
    path = short_path / "precious.txt"
    path.write_text("precious")
    configuration = tmp_path / "gateway.yaml"
    configuration.write_text(json.dumps({"listen": [f"unix:{path}"], **minimal(tmp_path)}))
    result = run("serve", "--config", configuration, environment=DIVAR_KEY)
    assert result.returncode == 74
    assert path.read_text() == "precious"


def test_a_unix_socket_in_a_folder_that_is_not_there_is_74(short_path, tmp_path):
    configuration = tmp_path / "gateway.yaml"
    configuration.write_text(json.dumps({"listen": [f"unix:{short_path}/nowhere/x.sock"], **minimal(tmp_path)}))
    result = run("serve", "--config", configuration, environment=DIVAR_KEY)
    assert result.returncode == 74
    assert "nowhere/x.sock" in result.stderr, result.stderr
