"""The admin API: who is let in, what it tells, and what it never does."""

import json
import socket
import stat

import pytest

from admins import KEYS, OPEN, WITH_KEYS, address_of, bearer, entry, follow
from canaries import MASTER_KEY, PLANTED, master_key
from checks import assert_sent
from conftest import KEY, KEY_VARIABLE, MINIMAL, NO_CACHE
from processes import run, wait_until
from upstream import agreeable, complaint

TEXT = "متن پیام «آزمایشی» <b>x</b>"


@pytest.fixture
def start(start_behind, start_upstream, new_client):
    """Starts a gateway with an admin listener in front of a recording upstream: (gateway, client, admin)."""

    def run(settings=OPEN, reply=agreeable, **more):
        gateway = start_behind(start_upstream(reply), **{**NO_CACHE, **settings, **more})
        admin = new_client(gateway)
        admin.url = address_of(gateway)
        return gateway, new_client(gateway), admin

    return run


@pytest.fixture
def keeping(start, tmp_path):
    """The same where texts are kept under a master key, and looked at by key."""

    def run():
        path = tmp_path / "master.key"
        path.write_text(PLANTED.plant(MASTER_KEY, master_key()) + "\n")
        path.chmod(stat.S_IRUSR | stat.S_IWUSR)
        PLANTED.may_be_in(path)
        audit = {"content": "encrypted", "master_keys": [{"file": str(path)}]}
        return start(WITH_KEYS, audit=audit)

    return run


def problem(answer, status):
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == status
    return answer.json()["detail"]


# What it tells


def test_the_state_says_how_everything_fares(start):
    app = {"keys": [{"env": KEY_VARIABLE}], "quota": {"per_minute": 60, "per_day": 100}}
    gateway, client, admin = start(apps={"default": app})
    assert_sent(client.send_message(conversation_id="c-1", text="x"))
    state = admin.get("/api/state").json()
    assert state["ready"] is True and {check["name"] for check in state["checks"]} >= {"journal", "keys", "accepting"}
    assert {"operation": "bot message to a conversation", "endpoint": "v1.bot.conversation", "version": "v1",
            "gone": False} in state["routes"]
    assert {"app": "default", "window": "day", "limit": 100, "used": 1} in state["quotas"]
    assert [(key["app"], key["state"]) for key in state["keys"]] == [("default", "trusted")]
    assert state["divar"]["breaker"] == "closed" and state["divar"]["in_flight"] == 0
    assert state["journal"]["last_record"] >= 2 and "error" not in state["journal"]
    assert state["cache"]["entries"] == 0 and state["queued"] == 0 and state["log_level"] == "trace"
    assert KEY not in json.dumps(state)


def test_callers_are_told_with_what_they_may(start):
    caller = {**{key: entry("reader")[key] for key in ["key_sha256"]}, "app": "default", "may": ["send"]}
    _, _, admin = start(callers={"billing": caller})
    [told] = admin.get("/api/state").json()["callers"]
    assert told == {"name": "billing", "app": "default", "may": ["send"], "known_by": ["a key"]}


def test_the_trail_is_searched_page_by_page(start):
    _, client, admin = start()
    sent = [client.send_message(conversation_id=f"c-{number % 2}", text="x").json()["message_id"] for number in range(7)]
    page = admin.get("/api/trail", params={"conversation": "c-0", "limit": 3}).json()
    rest = admin.get("/api/trail", params={"conversation": "c-0", "limit": 3, "below": page["next"]}).json()
    found = [entry["message"] for entry in page["entries"] + rest["entries"]]
    assert found == sent[::2][::-1]
    assert {entry["outcome"] for entry in page["entries"]} == {"sent"}
    assert admin.get("/api/trail", params={"outcome": "unknown"}).json() == {"entries": []}
    assert len(admin.get("/api/trail", params={"since": "1h", "kind": "intent"}).json()["entries"]) == 7
    assert admin.get("/api/trail", params={"until": "1h"}).json()["entries"] == []


@pytest.mark.parametrize("query", [
    {"outcome": "perhaps"}, {"limit": "0"}, {"limit": "501"}, {"since": "yesterday"}, {"message": "1"}, {"kind": "x"},
    {"below": "-1"},
])
def test_a_search_that_makes_no_sense_is_told(query, start):
    _, _, admin = start()
    assert problem(admin.get("/api/trail", params=query), 400).startswith(next(iter(query)))


def test_the_whole_life_of_a_message_is_told_with_its_proof(start, tmp_path):
    gateway, client, admin = start()
    message = client.send_message(conversation_id="c-1", text=TEXT).json()["message_id"]
    wait_until(
        lambda: all(record["checkpoint"].endswith("signed by the log's key")
                    for record in admin.get(f"/api/messages/{message}").json()["records"]),
        "a checkpoint that covers it")
    story = admin.get(f"/api/messages/{message}").json()
    assert [record["record"]["kind"] for record in story["records"]] == ["intent", "outcome"]
    assert story["complete"] is True and story["content_kept"] is False and TEXT not in json.dumps(story)
    number = story["records"][0]["number"]
    assert admin.get(f"/api/records/{number}").json() == story
    proof = tmp_path / "proof"
    proof.write_text(admin.get(f"/api/records/{number}/proof").text)
    result = run("audit", "verify", "--proof", proof, "--journal", gateway.journal)
    assert result.returncode == 0 and message in result.stdout, result.stderr


def test_what_is_not_there_is_not_found(start):
    _, _, admin = start()
    message = "0190a5c8-0000-7000-8000-000000000000"
    for path in [f"/api/messages/{message}", "/api/records/999", "/api/records/999/proof", "/api/messages/x", "/nothing"]:
        problem(admin.get(path), 404)
    assert admin.get(f"/messages/{message}").status_code == 404


def test_calls_are_followed_as_they_end(start):
    _, client, admin = start()
    calls = follow(admin.url)
    assert next(calls)[0] == "retry"
    message = client.send_message(conversation_id="c-1", text="x").json()["message_id"]
    event, data = next(calls)
    call = json.loads(data)
    assert event == "call"
    assert (call["operation"], call["status"], call["outcome"], call["message_id"]) == ("send", 200, "sent", message)
    assert "c-1" not in data


def test_the_number_of_those_who_follow_is_limited(start):
    _, _, admin = start()
    streams = [follow(admin.url) for _ in range(16)]
    for stream in streams:
        next(stream)
    problem(admin.get("/api/live"), 503)
    assert admin.get("/api/state").status_code == 200
    for stream in streams:
        stream.close()
    wait_until(lambda: next(follow(admin.url), None) is not None, "a place")


def test_the_level_of_the_log_is_changed_while_it_runs(start):
    gateway, client, admin = start()
    assert admin.get("/api/log-level").json() == {"level": "trace"}
    assert admin.put("/api/log-level", json={"level": "error"}).json() == {"level": "error"}
    lines = len(gateway.logs("request"))
    assert_sent(client.send_message(conversation_id="c-1", text="x"))
    assert admin.put("/api/log-level", json={"level": "debug"}).json() == {"level": "debug"}
    assert_sent(client.send_message(conversation_id="c-1", text="x"))
    wait_until(lambda: len(gateway.logs("request")) == lines + 1, "the second call's line")
    problem(admin.put("/api/log-level", json={"level": "loud"}), 400)
    [first, _] = admin.get("/api/trail", params={"kind": "configuration"}).json()["entries"]
    assert (first["operator"], first["known_by"], first["changed"]) == ("local", "admin", "log.level")


def test_traffic_is_remembered_for_the_charts(start):
    _, client, admin = start()
    assert_sent(client.send_message(conversation_id="c-1", text="x"))
    wait_until(
        lambda: any(point["answers_per_second"].get("2xx", 0) > 0 for point in admin.get("/api/traffic").json()["points"]),
        "a point with the call in it", seconds=15)


# Who is let in


def test_without_a_key_nobody_learns_anything(start):
    _, _, admin = start(WITH_KEYS)
    for path in ["/metrics", "/api/state", "/api/trail", "/api/live", "/parts/overview"]:
        answer = admin.get(path, allow_redirects=False)
        assert answer.status_code in (401, 303), path
        assert "divar_gateway_" not in answer.text
    assert admin.get("/api/state").headers["WWW-Authenticate"].startswith("Bearer")
    assert admin.get("/trail?caller=x", allow_redirects=False).headers["Location"] == "/login?next=%2Ftrail%3Fcaller%3Dx"
    assert admin.get("/api/state", headers={"Authorization": "Bearer dgw_nobody"}).status_code == 401


def test_each_key_does_what_it_may_and_no_more(start):
    _, _, admin = start(WITH_KEYS)
    allowed = {
        (name, path): admin.get(path, headers=bearer(name)).status_code
        for name in KEYS for path in ["/metrics", "/api/state"]
    }
    assert allowed == {
        ("anna", "/metrics"): 200, ("anna", "/api/state"): 200, ("prometheus", "/metrics"): 200,
        ("prometheus", "/api/state"): 403, ("reader", "/metrics"): 403, ("reader", "/api/state"): 200,
    }
    assert admin.put("/api/log-level", json={"level": "error"}, headers=bearer("reader")).status_code == 403
    assert admin.get("/api/log-level", headers=bearer("reader")).json() == {"level": "trace"}


def test_a_browser_signs_in_and_out(start):
    gateway, _, admin = start(WITH_KEYS)
    wrong = admin.post("/login", data={"key": "dgw_wrong"}, allow_redirects=False)
    assert wrong.status_code == 403 and "dgw_wrong" not in wrong.text
    signed = admin.post("/login", data={"key": KEYS["anna"], "next": "/trail"}, allow_redirects=False)
    assert (signed.status_code, signed.headers["Location"]) == (303, "/trail")
    cookie = signed.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie and KEYS["anna"] not in cookie
    session = {"Cookie": cookie.split(";")[0]}
    assert admin.get("/", headers=session).status_code == 200
    assert admin.post("/logout", headers=session, allow_redirects=False).status_code == 303
    admin.cookies.clear()
    assert admin.get("/", headers=session, allow_redirects=False).status_code == 303
    assert gateway.logs("an operator signed in")[0]["operator"] == "anna"


@pytest.mark.parametrize("next_page", ["//example.ir/", "https://example.ir/", "/\\example.ir", "javascript:x"])
def test_signing_in_leads_nowhere_else(next_page, start):
    _, _, admin = start(WITH_KEYS)
    signed = admin.post("/login", data={"key": KEYS["anna"], "next": next_page}, allow_redirects=False)
    assert signed.headers["Location"] == "/"


def test_a_key_that_is_taken_away_ends_its_session_without_a_restart(start):
    gateway, _, admin = start(WITH_KEYS)
    signed = admin.post("/login", data={"key": KEYS["reader"]}, allow_redirects=False)
    session = {"Cookie": signed.headers["Set-Cookie"].split(";")[0]}
    assert admin.get("/api/state", headers=session).status_code == 200
    configuration = json.loads(gateway.path.read_text())
    del configuration["admin"]["keys"]["reader"]
    gateway.path.write_text(json.dumps(configuration))
    wait_until(lambda: admin.get("/api/state", headers=session).status_code == 401, "the end of the session")
    assert admin.get("/api/state", headers=bearer("reader")).status_code == 401
    assert admin.get("/api/state", headers=bearer("anna")).status_code == 200


def test_an_expired_key_is_nobodys(start):
    settings = {"admin": {"listen": ["127.0.0.1:0"], "keys": {"anna": entry("anna", expires="2020-01-01")}}}
    _, _, admin = start(settings)
    assert admin.get("/api/state", headers=bearer("anna")).status_code == 401


@pytest.mark.parametrize("headers", [
    {"Origin": "https://example.ir"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"}, {"Host": "gateway.example.ir"}, {"Host": "localhost.example.ir:9464"},
])
def test_web_pages_of_others_can_neither_look_nor_act(headers, start):
    _, _, admin = start()
    problem(admin.get("/api/state", headers=headers), 403)
    problem(admin.put("/api/log-level", json={"level": "error"}, headers=headers), 403)
    assert admin.get("/api/log-level").json() == {"level": "trace"}


def test_a_link_to_a_page_may_be_followed(start):
    _, _, admin = start()
    assert admin.get("/trail", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


def test_pages_load_nothing_from_elsewhere(start):
    _, _, admin = start()
    for path in ["/", "/trail", "/live", "/login"]:
        answer = admin.get(path)
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "<style" not in answer.text and " style=" not in answer.text and "onclick" not in answer.text
    for name in ["console.css", "console.js", "icon.svg"]:
        assert admin.get(f"/assets/{name}").status_code == 200
    problem(admin.get("/assets/../layout.mustache"), 404)


@pytest.mark.parametrize("address", ["0.0.0.0:9464", "192.0.2.1:9464"])
def test_an_address_that_others_reach_needs_keys(address, tmp_path):
    path = tmp_path / "gateway.yaml"

    def check(admin):
        path.write_text(json.dumps({**MINIMAL, "admin": admin}))
        return run("check", "--config", path, environment={"DIVAR_API_KEY": KEY})

    refused = check({"listen": [address]})
    assert refused.returncode == 78 and "admin.listen[0]" in refused.stderr, refused.stderr
    assert check({"listen": [address], "keys": {"anna": entry("anna")}}).returncode == 0


def test_a_unix_socket_takes_whoever_may_open_it(start, short_path):
    path = short_path / "admin.sock"
    start({"admin": {"listen": [f"unix:{path}"]}})
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(path))
        connection.sendall(b"GET /api/state HTTP/1.1\r\nHost: gateway\r\nConnection: close\r\n\r\n")
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 200 OK")


# Texts of messages


def test_a_text_is_shown_to_who_may_see_it_and_that_is_recorded(keeping):
    gateway, client, admin = keeping()
    message = client.send_message(conversation_id="c-1", text=TEXT).json()["message_id"]
    path = f"/api/messages/{message}/text"
    problem(admin.post(path, headers=bearer("reader")), 403)
    assert admin.get(f"/api/messages/{message}", headers=bearer("reader")).json()["content_kept"] is True
    assert admin.get("/api/trail", params={"kind": "look"}, headers=bearer("anna")).json()["entries"] == []
    shown = admin.post(path, headers=bearer("anna")).json()
    assert shown == {"message": message, "content": {"text": TEXT}}
    [look] = admin.get("/api/trail", params={"kind": "look"}, headers=bearer("anna")).json()["entries"]
    assert (look["operator"], look["message"]) == ("anna", message)
    story = admin.get(f"/api/messages/{message}", headers=bearer("anna")).json()
    assert [record["record"]["kind"] for record in story["records"]] == ["intent", "outcome", "look"]
    assert run("audit", "verify", "--journal", gateway.journal).returncode == 0


def test_where_nothing_is_kept_nothing_is_shown_and_nothing_recorded(start):
    _, client, admin = start(WITH_KEYS)
    message = client.send_message(conversation_id="c-1", text=TEXT).json()["message_id"]
    problem(admin.post(f"/api/messages/{message}/text", headers=bearer("anna")), 404)
    assert admin.get("/api/trail", params={"kind": "look"}, headers=bearer("anna")).json()["entries"] == []


def test_nobody_without_a_name_sees_a_text(start):
    _, client, admin = start()
    message = client.send_message(conversation_id="c-1", text=TEXT).json()["message_id"]
    problem(admin.post(f"/api/messages/{message}/text"), 403)


def test_a_page_shows_what_others_wrote_as_text(start):
    hostile = '"><script>alert(1)</script>\u0301"\u0301 onmouseover="x'
    _, client, admin = start(reply=lambda request: complaint(400, 3, hostile))
    client.send_message(conversation_id="c-1", text="x")
    page = admin.get("/trail", params={"conversation": hostile}).text
    assert "<script>alert" not in page and '"\u0301 onmouseover' not in page
    assert "&lt;script&gt;" in page


def test_the_key_command_prints_a_key_that_works(start):
    made = run("admin", "key", "zahra", "--may", "look").stdout
    key = next(line.strip() for line in made.splitlines() if line.strip().startswith("dgw_"))
    digest = next(line for line in made.splitlines() if "key_sha256" in line).split('"')[1]
    settings = {"admin": {"listen": ["127.0.0.1:0"], "keys": {"zahra": {"key_sha256": digest, "may": ["look"]}}}}
    _, _, admin = start(settings)
    assert admin.get("/api/state", headers={"Authorization": f"Bearer {key}"}).status_code == 200
    assert run("admin", "key", "zahra", "--may", "everything").returncode == 64
