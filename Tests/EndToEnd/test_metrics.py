"""The admin listener: metrics, and who may look."""

import json
import pathlib
import re
import shutil
import socket
import subprocess

import pytest

from checks import assert_sent
from conftest import KEY, KEY_VARIABLE, MINIMAL, NO_CACHE, upstream_configuration
from processes import run, wait_until
from queues import limited, put
from upstream import Gate, agreeable, complaint

ROOT = pathlib.Path(__file__).parents[2]
ALERTS = ROOT / "deploy" / "prometheus" / "alerts.yaml"
LISTEN = {"admin": {"listen": ["127.0.0.1:0"]}}
SAMPLE = re.compile(r'([a-z_]+)((?:\{[a-z]+="[^"\\]*"(?:,[a-z]+="[^"\\]*")*\})?) (-?[0-9.e+-]+|\+Inf|NaN)')


@pytest.fixture
def start(start_behind, start_upstream, new_client):
    """Starts a gateway with an admin listener in front of a recording upstream: (gateway, client, upstream, admin)."""

    def run(reply=agreeable, **settings):
        upstream = start_upstream(reply)
        gateway = start_behind(upstream, **{**NO_CACHE, **LISTEN, **settings})
        [line] = gateway.wait_for_log("admin listening")
        admin = new_client(gateway)
        admin.url = "http://" + line["address"]
        return gateway, new_client(gateway), upstream, admin

    return run


def metrics(admin):
    """All samples, by name and labels; every line is one that Prometheus reads."""
    answer = admin.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    samples, described = {}, set()
    for line in answer.text.splitlines():
        if line.startswith("# "):
            described.add(line.split(" ")[2])
            continue
        found = SAMPLE.fullmatch(line)
        assert found, line
        assert found[1] in described, f"{found[1]} has no help"
        samples[found[1] + found[2]] = float(found[3])
    return samples


def test_what_the_gateway_is_at_can_be_read(start):
    _, client, _, admin = start()
    before = metrics(admin)
    assert before["divar_gateway_journal_up"] == 1
    assert before['divar_gateway_breaker_state{state="closed"}'] == 1
    assert before["divar_gateway_queue_messages"] == 0
    assert_sent(client.send_message(conversation_id="c-1", text="x"))
    after = metrics(admin)
    assert after["divar_gateway_journal_last_sequence"] >= before["divar_gateway_journal_last_sequence"] + 2
    assert after["divar_gateway_connections"] >= 1
    assert [name for name in after if name.startswith("divar_gateway_build_info{version=")]


def test_a_route_that_is_gone_is_told_and_so_is_its_return(start):
    def gone(request):
        return complaint(404, 5, "Not Found") if "/v1/" in request.path else agreeable(request)

    gateway, client, upstream, admin = start(gone, contract="2025-12")
    up = 'divar_gateway_route_up{endpoint="v1.bot.conversation",operation="%s"}'
    name = next(name for name in metrics(admin) if name.startswith(up.split(",")[0]))
    assert metrics(admin)[name] == 1
    assert_sent(client.send_message(conversation_id="c-1", text="x"), attempts=2)
    told = metrics(admin)
    assert told[name] == 0
    assert told['divar_gateway_route_changes_total{change="gone",endpoint="v1.bot.conversation"}'] == 1


def test_the_quota_and_its_warning_can_be_read(start):
    app = {"keys": [{"env": KEY_VARIABLE}], "quota": {"per_minute": 100, "per_day": 5}}
    _, client, _, admin = start(apps={"default": app})
    for used in range(1, 5):
        assert_sent(client.send_message(conversation_id="c-1", text="x"))
        told = metrics(admin)
        assert told['divar_gateway_quota_calls_used{app="default",window="day"}'] == used
        assert told['divar_gateway_quota_calls_limit{app="default",window="day"}'] == 5
        assert told['divar_gateway_quota_calls_used{app="default",window="minute"}'] == used
        assert told['divar_gateway_quota_day_nearly_used{app="default"}'] == (1 if used >= 4 else 0)
        assert told.get('divar_gateway_quota_day_warnings_total{app="default"}', 0) == (1 if used >= 4 else 0)


def test_what_waits_and_what_divar_refuses_for_a_limit_can_be_read(start):
    gate = Gate(lambda _: limited(60))
    _, client, upstream, admin = start(gate)
    for _ in range(3):
        put(client)
    assert metrics(admin)["divar_gateway_queue_messages"] == 3
    gate.open()
    name = 'divar_gateway_divar_limited_total{app="default"}'
    wait_until(lambda: metrics(admin).get(name, 0) >= 1, "a limit")


def test_it_is_for_reading_and_not_for_web_pages(start):
    gateway, client, _, admin = start()
    assert admin.head("/metrics").content == b""
    refused = admin.post("/metrics")
    assert (refused.status_code, refused.headers["Allow"]) == (405, "GET, HEAD")
    assert admin.get("/send").status_code == 404
    assert admin.get("/metrics", headers={"Origin": "https://example.ir"}).status_code == 403
    # The callers' listener has none of it.
    assert client.get("/metrics").status_code == 404
    assert KEY not in admin.get("/metrics").text


@pytest.mark.parametrize("address", ["0.0.0.0:9464", "192.0.2.1:9464", "nonsense"])
def test_an_address_that_others_reach_is_refused(address, tmp_path):
    path = tmp_path / "gateway.yaml"
    path.write_text(json.dumps({**MINIMAL, "admin": {"listen": [address]}}))
    result = run("check", "--config", path, environment={KEY_VARIABLE: KEY})
    assert result.returncode == 78 and "admin.listen" in result.stderr, result.stderr


def test_a_port_that_is_taken_is_told_before_anything_is_sent(tmp_path, start_upstream):
    upstream = start_upstream()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        configuration = upstream_configuration(upstream, admin={"listen": [f"127.0.0.1:{port}"]}, listen=["127.0.0.1:0"])
        path = tmp_path / "gateway.yaml"
        path.write_text(json.dumps({**configuration, "journal": {"path": str(tmp_path / "journal.db")}}))
        result = run("serve", "--config", path, environment={KEY_VARIABLE: KEY})
    assert result.returncode == 74 and f"can not listen on 127.0.0.1:{port}" in result.stderr, result.stderr
    assert not (tmp_path / "journal.db").exists()


def test_every_family_is_documented(start):
    document = (ROOT / "docs" / "metrics.md").read_text()
    documented = set(re.findall(r"^\| `([a-z_]+)` \| (?:gauge|counter|histogram) \|", document, re.M))
    app = {"keys": [{"env": KEY_VARIABLE}], "quota": {"per_minute": 100, "per_day": 5}}
    _, _, _, admin = start(apps={"default": app})
    seen = {re.match("[a-z_]+", name)[0] for name in metrics(admin)}
    assert seen <= documented
    # Counters are there once something was counted, and tokens where they are kept.
    assert {name for name in documented - seen if not name.endswith("_total")} == {"divar_gateway_user_tokens"}


needs_promtool = pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed")


def promtool(*arguments, text=None):
    return subprocess.run(["promtool", *map(str, arguments)], input=text, capture_output=True, text=True, timeout=30)


@needs_promtool
def test_promtool_finds_nothing_wrong_with_the_metrics(start):
    app = {"keys": [{"env": KEY_VARIABLE}], "quota": {"per_minute": 100, "per_day": 5}}
    _, client, _, admin = start(apps={"default": app})
    assert_sent(client.send_message(conversation_id="c-1", text="x"))
    result = promtool("check", "metrics", text=admin.get("/metrics").text)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


@needs_promtool
def test_promtool_reads_the_alerts():
    result = promtool("check", "rules", ALERTS)
    assert result.returncode == 0, (result.stdout, result.stderr)


def test_alerts_are_about_families_that_there_are():
    documented = set(re.findall(r"`(divar_gateway_[a-z_]+)`", (ROOT / "docs" / "metrics.md").read_text()))
    asked = set(re.findall(r"divar_gateway_[a-z_]+", ALERTS.read_text()))
    assert asked and asked <= documented
