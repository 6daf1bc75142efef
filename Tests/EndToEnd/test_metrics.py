"""The admin listener: metrics, and who may look."""

import concurrent.futures
import json
import pathlib
import re
import shutil
import socket
import subprocess
import time

import pytest

from calls import TOKEN
from canaries import PLANTED
from checks import assert_sent
from conftest import KEY, KEY_VARIABLE, MINIMAL, NO_CACHE, upstream_configuration
from processes import run, wait_until
from queues import limited, put
from upstream import Gate, agreeable, complaint

ROOT = pathlib.Path(__file__).parents[2]
ALERTS = ROOT / "deploy" / "prometheus" / "alerts.yaml"
DASHBOARD = ROOT / "deploy" / "grafana" / "divar-gateway.json"
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


def family(name):
    """Of which family a sample is; those of a histogram have three endings."""
    return re.sub("_(bucket|sum|count)$", "", re.match("[a-z_]+", name)[0])


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
        assert {found[1], family(found[1])} & described, f"{found[1]} has no help"
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
    _, client, _, admin = start(apps={"default": app})
    assert_sent(client.send_message(conversation_id="c-1", text="x"))
    seen = {family(name) for name in metrics(admin)}
    assert seen <= documented
    # Counters are there once something was counted; tokens where they are kept, and ages where they are known.
    assert {name for name in documented - seen if not name.endswith("_total")} == {
        "divar_gateway_user_tokens", "divar_gateway_key_age_seconds",
    }


def test_calls_are_counted_by_what_became_of_them(start):
    _, client, _, admin = start(lambda request: complaint(400, 3, "no") if b"bad" in request.body else agreeable(request))
    assert_sent(client.send_message(conversation_id="c-1", text="x"))
    assert_sent(client.send_message(conversation_id="c-1", text="x"))
    refused = client.send_message(conversation_id="c-1", text="bad").json()
    assert client.send_message(conversation_id="c-1", text="").status_code == 400
    assert client.get("/nowhere").status_code == 404
    told = metrics(admin)
    requests = "divar_gateway_requests_total"
    sends = f'{requests}{{caller="local",operation="send",outcome='
    assert told[sends + '"sent",status="2xx"}'] == 2
    assert told[sends + '"not_sent",status="4xx"}'] + told.get(sends + '"not_sent",status="5xx"}', 0) == 2
    assert told[f'{requests}{{caller="",operation="none",outcome="none",status="4xx"}}'] == 1
    kind = refused["type"].rsplit(":", 1)[1]
    assert told[f'divar_gateway_problems_total{{operation="send",problem="{kind}"}}'] == 1
    assert told['divar_gateway_problems_total{operation="send",problem="invalid-request"}'] == 1
    attempts = 'divar_gateway_upstream_attempts_total{endpoint="v1.bot.conversation",result='
    assert told[attempts + '"ok",version="v1"}'] == 2
    assert told[attempts + f'"{kind}",version="v1"}}'] == 1


def test_the_gateways_own_time_is_told_apart_from_divars(start):
    slow = 0.2

    def late(request):
        time.sleep(slow)
        return agreeable(request)

    _, client, _, admin = start(late)
    for _ in range(3):
        assert_sent(client.send_message(conversation_id="c-1", text="x"))
    told = metrics(admin)
    for name in ("request_duration", "request_own_duration"):
        assert told[f'divar_gateway_{name}_seconds_count{{operation="send"}}'] == 3
    whole = told['divar_gateway_request_duration_seconds_sum{operation="send"}']
    own = told['divar_gateway_request_own_duration_seconds_sum{operation="send"}']
    divar = told['divar_gateway_upstream_attempt_duration_seconds_sum{endpoint="v1.bot.conversation",version="v1"}']
    assert divar >= 3 * slow and own < 3 * slow
    assert whole == pytest.approx(own + divar, abs=0.01)
    labels = 'operation="send"'
    buckets = [
        told[name] for name in told
        if name.startswith("divar_gateway_request_duration_seconds_bucket") and labels in name
    ]
    assert buckets == sorted(buckets) and buckets[-1] == 3


def test_what_the_cache_does_is_counted(start):
    _, client, _, admin = start(cache={"ttl": "60s"})
    for _ in range(3):
        assert client.get("/conversations/c-1", headers=TOKEN).status_code == 200
    told = metrics(admin)
    assert told['divar_gateway_cache_reads_total{result="miss"}'] == 1
    assert told['divar_gateway_cache_reads_total{result="hit"}'] == 2
    assert (told["divar_gateway_cache_entries"], told["divar_gateway_cache_fetches_total"]) == (1, 1)
    assert 0 < told["divar_gateway_cache_bytes"] <= told["divar_gateway_cache_limit_bytes"]


def test_a_fetch_that_a_send_overtakes_is_a_fence(start):
    gate = Gate()
    _, client, upstream, admin = start(
        lambda request: gate(request) if request.method == "GET" else agreeable(request), cache={"ttl": "60s"})
    with concurrent.futures.ThreadPoolExecutor() as threads:
        read = threads.submit(client.get, "/conversations/c-1", headers=TOKEN)
        upstream.wait_for_requests(1)
        assert_sent(client.send_message(conversation_id="c-1", text="x"))
        gate.open()
        assert read.result().status_code == 200
    assert metrics(admin)["divar_gateway_cache_fences_total"] == 1


def test_batches_of_the_journal_are_measured(start):
    _, client, _, admin = start()
    before = metrics(admin)
    for _ in range(5):
        assert_sent(client.send_message(conversation_id="c-1", text="x"))
    after = metrics(admin)
    commits, records = (
        after[f"divar_gateway_journal_commit_{name}"] - before[f"divar_gateway_journal_commit_{name}"]
        for name in ("duration_seconds_count", "records_sum")
    )
    assert commits >= 10 and records >= 10
    assert 0 < after["divar_gateway_journal_commit_duration_seconds_sum"] < 5


def test_the_age_of_a_key_is_told_where_it_is_known(start, tmp_path):
    file = tmp_path / "divar.key"
    file.touch(mode=0o600)
    PLANTED.may_be_in(file)
    file.write_text(KEY)
    created = time.time() - 70 * 86_400
    stamp = time.strftime("%Y-%m-%d", time.gmtime(created))
    _, _, _, admin = start(apps={"default": {"keys": [{"file": str(file), "created": stamp}]}})
    told = metrics(admin)
    [age] = [value for name, value in told.items() if name.startswith("divar_gateway_key_age_seconds")]
    assert 70 * 86_400 <= age <= 72 * 86_400
    [up] = [value for name, value in told.items() if name.startswith("divar_gateway_key_up")]
    assert up == 1


def test_what_linux_says_of_the_process_is_there(start):
    gateway, _, _, admin = start()
    told = metrics(admin)
    assert told["process_resident_memory_bytes"] == pytest.approx(gateway.memory("VmRSS") * 1024, rel=0.3)
    assert 0 <= time.time() - told["process_start_time_seconds"] < 60
    assert 5 < told["process_open_fds"] < told["process_max_fds"]
    assert told["process_cpu_seconds_total"] > 0


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


def dashboard_queries():
    panels = json.loads(DASHBOARD.read_text())["panels"]
    return [target["expr"] for panel in panels for target in panel.get("targets", [])]


@needs_promtool
def test_promtool_reads_the_queries_of_the_dashboard(tmp_path):
    # Grafana puts these in; promtool only reads queries as rules.
    queries = [query.replace("$__rate_interval", "5m").replace("$instance", ".*") for query in dashboard_queries()]
    assert len(queries) > 20
    rules = [{"record": f"dashboard:query{number}", "expr": query} for number, query in enumerate(queries)]
    file = tmp_path / "rules.yaml"
    file.write_text(json.dumps({"groups": [{"name": "dashboard", "rules": rules}]}))
    result = promtool("check", "rules", file)
    assert result.returncode == 0, (result.stdout, result.stderr)


@pytest.mark.parametrize("asked", [ALERTS, DASHBOARD], ids=["alerts", "dashboard"])
def test_what_is_deployed_is_about_families_that_there_are(asked):
    documented = set(re.findall(r"`(divar_gateway_[a-z_]+)`", (ROOT / "docs" / "metrics.md").read_text()))
    names = {family(name) for name in re.findall(r"divar_gateway_[a-z_]+", asked.read_text())}
    assert names and names <= documented


def test_the_dashboard_names_labels_that_there_are(start):
    app = {"keys": [{"env": KEY_VARIABLE}], "quota": {"per_minute": 100, "per_day": 5}}
    _, client, _, admin = start(apps={"default": app})
    assert_sent(client.send_message(conversation_id="c-1", text="x"))
    assert client.send_message(conversation_id="c-1", text="").status_code == 400
    given = set(re.findall(r'([a-z_]+)="', admin.get("/metrics").text)) | {"instance", "job", "verdict", "state", "result"}
    for query in dashboard_queries():
        named = {label.strip() for labels in re.findall(r"by \(([^)]*)\)", query) for label in labels.split(",")}
        assert named <= given, query


def test_every_alert_says_what_to_do():
    said = (ROOT / "docs" / "operations.md").read_text()
    alerts = re.findall(r"alert: (\w+)", ALERTS.read_text())
    assert [alert for alert in alerts if f"`{alert}`" not in said] == []
