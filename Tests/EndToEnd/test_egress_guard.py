"""Where the gateway's own requests may go: not into the house, not through a proxy, not to itself."""

import socket

import pytest

from certificates import Authority
from checks import assert_problem, assert_sent
from conftest import KEY, KEY_VARIABLE, upstream_configuration
from processes import run

#: 127.0.0.1 as only some readers take it: to the configuration it is a name, to name look-up an address.
HIDDEN_LOOPBACK = "127.1"
CAME_BACK = "a request of the gateway's own came back: upstream.base_url leads to the gateway"


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority") / "ca")


@pytest.fixture
def start_at(start_upstream, start_behind, new_client, authority):
    """Starts an upstream with TLS and a gateway that calls it by some name; gives (client, upstream)."""

    def start(host, **settings):
        upstream = start_upstream(tls=authority.issue(f"at-{len(settings)}-{host[:3]}", "DNS:localhost,IP:127.0.0.1"))
        own = {"base_url": f"https://{host}:{upstream.port}", "ca_file": str(authority.file), **settings}
        gateway = start_behind(upstream, upstream=own)
        return new_client(gateway), upstream

    return start


@pytest.mark.parametrize("host", [HIDDEN_LOOPBACK, "2130706433", "0x7f000001"])
def test_a_name_that_leads_to_this_machine_is_not_called(host, start_at):
    client, upstream = start_at(host)
    problem = assert_problem(client.send_message(conversation_id="c-1", text="x"), "divar-unreachable", "not_sent")
    assert "127.0.0.1 (loopback)" in problem["detail"] and "upstream.allow_addresses" in problem["detail"]
    assert problem["attempts"] == 1
    assert "loopback" in assert_problem(client.read("c-1"), "divar-unreachable")["detail"]
    assert "loopback" in assert_problem(client.post("/upload-token"), "divar-unreachable")["detail"]
    assert upstream.connections == 0 and upstream.requests == []


@pytest.mark.parametrize("allowed", ["127.0.0.0/8", ["10.0.0.0/8", "127.0.0.1"], "::ffff:127.0.0.1"])
def test_what_the_configuration_names_is_called(allowed, start_at):
    client, upstream = start_at(HIDDEN_LOOPBACK, allow_addresses=allowed)
    # No certificate speaks for such a name; that it was asked for one is enough.
    problem = assert_problem(client.send_message(conversation_id="c-1", text="x"), "divar-unreachable", "not_sent")
    assert "TLS" in problem["detail"]
    assert upstream.connections > 0


def test_another_range_does_not_help(start_at):
    client, upstream = start_at(HIDDEN_LOOPBACK, allow_addresses=["10.0.0.0/8", "::1", "127.0.0.2"])
    problem = assert_problem(client.send_message(conversation_id="c-1", text="x"), "divar-unreachable", "not_sent")
    assert "loopback" in problem["detail"]
    assert upstream.connections == 0


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]"])
def test_an_address_in_the_configuration_names_itself(host, start_at):
    client, upstream = start_at(host)
    if host.startswith("["):
        client.send_message(conversation_id="c-1", text="x")
        assert upstream.connections > 0
    else:
        assert_sent(client.send_message(conversation_id="c-1", text="x"))


def test_a_refused_address_counts_for_nothing_with_the_breaker(start_at):
    client, _ = start_at(HIDDEN_LOOPBACK)
    for _ in range(30):
        problem = assert_problem(client.send_message(conversation_id="c-1", text="x"), "divar-unreachable", "not_sent")
        assert "loopback" in problem["detail"]


@pytest.mark.parametrize("value", ["10.1.2.3/8", "localhost", "10.0.0.0/33", "'*'", "''"])
def test_check_refuses_what_is_no_range(value, tmp_path):
    path = tmp_path / "gateway.yaml"
    path.write_text(f"upstream: {{allow_addresses: [{value}]}}\napps: {{default: {{keys: [{{env: K}}]}}}}\n")
    result = run("check", "--config", path, environment={"K": "k"})
    assert result.returncode == 78 and "1: upstream.allow_addresses: must be IP addresses" in result.stderr


def test_no_proxy_of_the_environment_is_obeyed(start_gateway, start_upstream, new_client, authority):
    proxy = start_upstream()
    names = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
    proxies = {name: proxy.url for upper in names for name in (upper, upper.lower())}
    for tls in (None, authority.issue("proxied", "DNS:localhost")):
        upstream = start_upstream(tls=tls)
        url = f"{'https' if tls else 'http'}://localhost:{upstream.port}"
        own = {"base_url": url, **({"ca_file": str(authority.file)} if tls else {})}
        gateway = start_gateway(
            upstream_configuration(upstream, upstream=own), environment={KEY_VARIABLE: KEY, **proxies, "NO_PROXY": ""}
        )
        assert_sent(new_client(gateway).send_message(conversation_id="c-1", text="x"))
        assert len(upstream.requests) == 1
    assert proxy.connections == 0


def test_requests_bear_the_gateways_name_and_nothing_of_the_callers(recorded_client, upstream):
    headers = {"Via": "1.1 some-proxy, 1.0 fred"}
    assert_sent(recorded_client.send_message(conversation_id="c-1", text="x", headers=headers))
    via = upstream.requests[0].value("via")
    assert via.startswith("1.1 divar-gateway-") and len(via) == len("1.1 divar-gateway-") + 16
    recorded_client.post("/upload-token")
    assert upstream.requests[1].value("via") == via


def test_a_request_that_comes_back_is_refused_before_anything_else(recorded, recorded_client, upstream, new_wire):
    gateway, _ = recorded
    recorded_client.post("/upload-token")
    via = upstream.requests[0].value("via")
    upstream.clear()
    fields = f"Host: x\r\nVia: 1.1 other\r\nvia: {via.upper()}\r\nContent-Length: 0\r\n"
    for method, path in (("POST", "/send"), ("GET", "/health/live"), ("GET", "/no-such-path"), ("PUT", "/send")):
        text = f"{method} {path} HTTP/1.1\r\n{fields}\r\n"
        answered = new_wire(gateway).send(text).answer()
        assert answered.status_code == 508, answered.content
        assert answered.json()["type"].endswith("loop-detected") and answered.json()["outcome"] == "not_sent"
    assert upstream.requests == []
    line = gateway.wait_for_log(CAME_BACK, 4)[0]
    assert line["level"] == "error" and line["peer"].startswith("127.0.0.1:")


def test_a_gateway_whose_upstream_is_itself_answers_and_goes_on(start_gateway, new_client):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    listen = ["127.0.0.1:0", f"127.0.0.1:{port}"]
    gateway = start_gateway({**upstream_configuration(url), "listen": listen}, environment={KEY_VARIABLE: KEY})
    client = new_client(gateway)
    answered = client.send_message(conversation_id="c-1", text="x")
    assert answered.status_code == 502, answered.text
    assert gateway.logs(CAME_BACK)
    assert client.get("/health/live").status_code == 200
