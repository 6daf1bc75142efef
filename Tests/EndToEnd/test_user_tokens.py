"""Users' tokens that the gateway keeps: who may bring, see, use and remove them, and that none comes out again."""

import datetime
import hashlib

import pytest

import users
from checks import assert_problem, assert_sent, pointers
from processes import run
from upstream import answer
from users import READ, is_time, start_vault  # noqa: F401

EVENTS_KEY = "identification-key-of-the-users"
CALLER_KEYS = {name: "dgw_" + hashlib.sha256(name.encode()).hexdigest() for name in ("one", "reader", "other")}


@pytest.fixture
def vault(start_vault):  # noqa: F811
    return start_vault()


def key_of(name):
    return {"Authorization": f"Bearer {CALLER_KEYS[name]}"}


def caller(name, app, *may):
    return {"key_sha256": hashlib.sha256(CALLER_KEYS[name].encode()).hexdigest(), "app": app, "may": list(may)}


def revocation(user_id):
    return {"type": "USER_ACCESS_REVOCATION", "user_access_revocation": {"user_id": user_id}}


# MARK: Keeping and using


def test_a_call_by_a_users_name_goes_up_with_the_kept_token(vault):
    vault.keep("ali", scope="CHAT_CONVERSATION_READ.c-1 offline_access")
    assert vault.read("ali").status_code == 200
    sent = vault.client.send_message(text="as the user", headers={"X-User": "ali"})
    assert_sent(sent, "v2.conversation")
    sent = vault.client.send_message(user_id=users.USER, text="to the user", headers={"X-User": "ali"})
    assert_sent(sent, "v1.bot.user")
    assert vault.sandbox.texts() == ["as the user", "to the user"]
    vault.assert_nothing_leaked(sent)


def test_what_is_told_of_a_users_tokens_is_no_token(vault):
    vault.keep("ali", life=600, scope="a b", divar_user_id="divar-ali")
    answer = vault.report("ali")
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store"
    told = answer.json()
    assert set(told) == {"user", "expires_at", "refreshable", "refreshed_at", "scope"}
    assert (told["user"], told["refreshable"], told["refreshed_at"], told["scope"]) == ("ali", True, None, "a b")
    assert is_time(told["expires_at"])
    vault.keep("bahar", refresh=False)
    assert vault.report("bahar").json()["refreshable"] is False
    head = vault.client.head("/users/ali/tokens")
    assert (head.status_code, head.content) == (200, b"")
    vault.assert_nothing_leaked(answer)


def test_an_answer_of_the_token_endpoint_is_taken_as_it_came(vault):
    tokens = vault.new_pair()
    assert vault.client.put("/users/ali/tokens", json={**tokens, "token_type": "Bearer"}).status_code == 204
    end = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1)
    by_time = {"access_token": tokens["access_token"], "expires_at": end.isoformat(), "scope": None}
    assert vault.client.put("/users/ali/tokens", json=by_time).status_code == 204
    assert vault.report("ali").json()["expires_at"].startswith(end.strftime("%Y-%m-%dT%H:%M:%S"))


def test_kept_tokens_outlive_the_gateway_and_its_master_key(vault):
    vault.keep("ali")
    vault.gateway.process.kill()
    vault.gateway.wait()
    vault.start()
    assert vault.read("ali").status_code == 200
    assert vault.gateway.stop() == 0
    new = "7b" * 32
    vault.start(environment={"NEW_MASTER": new}, audit={"master_keys": [{"env": "NEW_MASTER"}, {"env": "AUDIT_MASTER"}]})
    assert vault.read("ali").status_code == 200
    assert vault.gateway.stop() == 0
    # Under the new key alone: the row has been sealed anew.
    vault.start(environment={"NEW_MASTER": new}, audit={"master_keys": [{"env": "NEW_MASTER"}]})
    assert vault.read("ali").status_code == 200
    assert vault.gateway.stop() == 0
    vault.start()
    assert_problem(vault.read("ali"), "unknown-user")
    assert vault.gateway.logs("users' tokens can not be opened")[0]["count"] == "1"
    vault.assert_nothing_leaked()


def test_the_trail_says_who_did_what_and_for_whom(vault):
    vault.keep("ali")
    vault.read("ali")
    assert vault.client.delete("/users/ali/tokens").status_code == 204
    assert vault.gateway.stop() == 0
    stored, deleted = vault.records()
    assert (stored["reason"], stored["token_user"], stored["caller"], stored["app"]) == (
        "stored", "ali", "local", "default")
    assert (deleted["reason"], deleted["token_user"], deleted["peer"]) == ("deleted", "ali", stored["peer"])
    (read,) = vault.trail.records("read")
    assert read["token_user"] == "ali"
    assert run("audit", "verify", "--config", vault.gateway.path, environment=vault.environment).returncode == 0


# MARK: Refusals


@pytest.mark.parametrize("name", ["", "a b", "x" * 65, "a/b", "ali@x", "عَلی".encode().decode("latin-1")])
def test_a_name_that_is_none_is_refused(name, vault):
    assert_problem(vault.client.get(READ, headers={"X-User": name}), "invalid-request")
    if name and "/" not in name:
        assert_problem(vault.client.get(f"/users/{name}/tokens"), "invalid-request")


def test_a_user_of_whom_nothing_is_kept_is_not_known_and_costs_nothing(vault):
    vault.keep("ali")
    for headers in ({"X-User": "nobody"}, {"X-User": "Ali"}):
        assert_problem(vault.client.get(READ, headers=headers), "unknown-user")
        sent = vault.client.send_message(text="x", headers=headers)
        assert_problem(sent, "unknown-user", "not_sent")
        queued = vault.client.send_message(text="x", headers={**headers, "Prefer": "respond-async"})
        assert_problem(queued, "unknown-user", "not_sent")
        planned = vault.client.send_message(text="x", headers={**headers, "Dry-Run": "true"})
        assert_problem(planned, "unknown-user", "not_sent")
    for method in ("get", "delete"):
        assert_problem(vault.client.request(method, "/users/nobody/tokens"), "unknown-user")
    assert vault.sandbox.request_count() == 0
    assert vault.trail.records("intent") == []


def test_a_token_and_a_name_exclude_each_other(vault):
    vault.keep("ali")
    both = {"X-User": "ali", "X-Access-Token": "sandbox-user-token"}
    assert_problem(vault.client.get(READ, headers=both), "invalid-request")
    assert_problem(vault.client.send_message(text="x", headers=both), "invalid-request", "not_sent")
    assert vault.sandbox.request_count() == 0


@pytest.mark.parametrize("body, places", [
    ({}, ["", "/access_token"]),
    ({"access_token": "a"}, [""]),
    ({"access_token": "a", "expires_in": 1, "expires_at": "2030-01-01T00:00:00Z"}, [""]),
    ({"access_token": "", "expires_in": 1}, ["/access_token"]),
    ({"access_token": "a b", "expires_in": 1}, ["/access_token"]),
    ({"access_token": "a" * 4097, "expires_in": 1}, ["/access_token"]),
    ({"access_token": 1, "expires_in": 1}, ["/access_token"]),
    ({"access_token": "a", "refresh_token": "ü", "expires_in": 1}, ["/refresh_token"]),
    ({"access_token": "a", "expires_in": 0}, ["/expires_in"]),
    ({"access_token": "a", "expires_in": "3600"}, ["/expires_in"]),
    ({"access_token": "a", "expires_in": 1.5}, ["/expires_in"]),
    ({"access_token": "a", "expires_in": 10**12}, ["/expires_in"]),
    ({"access_token": "a", "expires_at": "tomorrow"}, ["/expires_at"]),
    ({"access_token": "a", "expires_in": 1, "scope": "a  b"}, ["/scope"]),
    ({"access_token": "a", "expires_in": 1, "divar_user_id": "../x"}, ["/divar_user_id"]),
    ({"access_token": "a", "expires_in": 1, "token_type": "mac"}, ["/token_type"]),
    ({"access_token": "a", "expires_in": 1, "what": 1}, ["/what"]),
    ([], [""]),
])
def test_a_body_that_is_no_tokens_is_refused_by_its_places(body, places, vault):
    problem = assert_problem(vault.client.put("/users/ali/tokens", json=body), "invalid-request")
    assert pointers(problem) == places
    assert_problem(vault.report("ali"), "unknown-user")


def test_a_body_that_is_no_json_or_too_large_is_refused(vault):
    json_type = {"Content-Type": "application/json"}
    put = vault.client.put
    assert_problem(put("/users/ali/tokens", data=b'{"access_token": "x', headers=json_type), "invalid-request")
    double = b'{"access_token": "x", "access_token": "y", "expires_in": 1}'
    assert_problem(put("/users/ali/tokens", data=double, headers=json_type), "invalid-request")
    assert_problem(put("/users/ali/tokens", data=b" " * 97 * 1024, headers=json_type), "body-too-large")
    assert_problem(put("/users/ali/tokens", data=b"{}"), "unsupported-media-type")
    assert_problem(vault.client.post("/users/ali/tokens", json={}), "method-not-allowed")


def test_without_oauth_there_is_no_such_resource_and_no_such_field(gateway, client):
    assert_problem(client.put("/users/ali/tokens", json={"access_token": "a", "expires_in": 1}), "no-such-resource")
    assert_problem(client.get(READ, headers={"X-User": "ali"}), "invalid-request")


# MARK: Callers and apps


@pytest.fixture
def shared(start_vault):  # noqa: F811
    apps = {"first": {"keys": [{"env": "DIVAR_TEST_KEY"}]}, "second": {"keys": [{"env": "DIVAR_TEST_KEY"}]}}
    client = {"client_id": "client&co=1+2", "client_secret": {"env": "OAUTH_SECRET"}, "redirect_uri": users.REDIRECT}
    everything = ("send", "read", "upload", "users")
    return start_vault(
        apps=apps, callers={
            "one": caller("one", "first", *everything), "reader": caller("reader", "first", "read", "send"),
            "other": caller("other", "second", *everything),
        },
        oauth={"client_id": None, "client_secret": None, "redirect_uri": None,
               "apps": {"first": client, "second": client}},
    )


def test_another_apps_caller_can_neither_see_nor_use_nor_remove_them(shared):
    shared.keep("ali", headers=key_of("one"))
    read = {"X-User": "ali"}
    assert shared.client.get(READ, headers={**read, **key_of("one")}).status_code == 200
    assert shared.client.get(READ, headers={**read, **key_of("reader")}).status_code == 200, "of the same app"
    for method in ("get", "delete"):
        assert_problem(
            shared.client.request(method, "/users/ali/tokens", headers=key_of("other")), "unknown-user")
    assert_problem(shared.client.get(READ, headers={**read, **key_of("other")}), "unknown-user")
    shared.keep("ali", headers=key_of("other"))
    assert shared.client.delete("/users/ali/tokens", headers=key_of("other")).status_code == 204
    assert shared.client.get(READ, headers={**read, **key_of("one")}).status_code == 200, "its namesake's are left"


def test_only_who_may_brings_sees_and_removes_them(shared):
    shared.keep("ali", headers=key_of("one"))
    tokens = {"access_token": "x", "expires_in": 60}
    answers = [
        shared.client.put("/users/ali/tokens", json=tokens, headers=key_of("reader")),
        shared.client.get("/users/ali/tokens", headers=key_of("reader")),
        shared.client.delete("/users/ali/tokens", headers=key_of("reader")),
    ]
    for answer in answers:
        assert_problem(answer, "not-allowed")
    assert_problem(shared.client.get("/users/ali/tokens"), "unauthenticated")
    assert shared.client.get(READ, headers={"X-User": "ali", **key_of("one")}).status_code == 200
    refusals = shared.trail.records("refusal")
    assert [record["operation"] for record in refusals] == ["users"] * 4


# MARK: Gone


def test_removed_tokens_are_gone_from_the_disk(vault):
    vault.keep("ali")
    vault.keep("bahar")
    assert vault.client.delete("/users/ali/tokens").status_code == 204
    assert_problem(vault.read("ali"), "unknown-user")
    assert_problem(vault.client.delete("/users/ali/tokens"), "unknown-user")
    (row,) = vault.trail.query("SELECT name FROM user_token")
    assert row["name"] == "bahar"
    keys = vault.trail.query("SELECT used, key FROM user_token_key ORDER BY slot")
    assert [key["used"] for key in keys] == [0, 1]
    assert set(keys[0]["key"]) == {0} and len(keys[0]["key"]) == 60
    vault.gateway.process.kill()
    vault.gateway.wait()
    vault.start()
    assert_problem(vault.read("ali"), "unknown-user")
    assert vault.read("bahar").status_code == 200


def test_an_event_that_access_was_withdrawn_removes_that_users_tokens(start_vault, start_upstream):  # noqa: F811
    service = start_upstream(lambda request: answer(204))
    vault = start_vault(
        events={"identification_key": {"env": "EVENTS_KEY"}, "forward_to": service.url},
        environment={"EVENTS_KEY": EVENTS_KEY})
    vault.keep("ali", divar_user_id="divar-ali")
    vault.keep("bahar", divar_user_id="divar-bahar")
    vault.keep("nameless")

    def event(user_id):
        return vault.client.post("/events", json=revocation(user_id), headers={"Authorization": EVENTS_KEY})

    assert event("divar-nobody").status_code == 200
    assert vault.read("ali").status_code == 200
    assert event("divar-ali").status_code == 200
    # What is acknowledged is durable.
    vault.gateway.process.kill()
    vault.gateway.wait()
    vault.start()
    assert_problem(vault.read("ali"), "unknown-user")
    assert vault.read("bahar").status_code == vault.read("nameless").status_code == 200
    assert len(service.requests) == 2
    assert vault.gateway.stop() == 0
    (revoked,) = [record for record in vault.records() if record["reason"] == "revoked"]
    assert revoked["token_user"] == "ali" and "caller" not in revoked


# MARK: The queue


def test_a_message_in_the_queue_goes_out_with_the_token_of_the_day(vault):
    vault.sandbox.limits(per_minute=1)
    assert vault.client.send_message(text="takes the minute's one").status_code == 200
    old = vault.keep("ali")
    queued = vault.client.send_message(text="later", headers={"X-User": "ali", "Prefer": "respond-async"})
    assert queued.status_code == 202
    vault.keep("ali")
    vault.sandbox.revoke_token(old["access_token"])
    vault.sandbox.limits()
    users.wait_for_outcome(vault, queued, "sent")
    vault.assert_nothing_leaked(queued)


def test_a_message_in_the_queue_of_a_user_who_is_gone_is_not_sent(vault):
    vault.keep("ali")
    vault.sandbox.limits(per_minute=1)
    assert vault.client.send_message(text="takes the minute's one").status_code == 200
    queued = vault.client.send_message(text="never", headers={"X-User": "ali", "Prefer": "respond-async"})
    assert queued.status_code == 202
    assert vault.client.delete("/users/ali/tokens").status_code == 204
    vault.sandbox.limits()
    report = users.wait_for_outcome(vault, queued, "not_sent")
    assert report["reason"] == "unknown-user"
    assert "never" not in vault.sandbox.texts()


# MARK: Configuration

CLIENT = "client_id: c, client_secret: {env: PATH}, redirect_uri: 'https://x/'"


@pytest.mark.parametrize("oauth, place", [
    ("{client_id: c}", "oauth.client_secret"),
    ("{client_secret: {env: PATH}, client_id: c}", "oauth.redirect_uri"),
    (f"{{token_url: 'http://example.com/token', {CLIENT}}}", "oauth.token_url"),
    (f"{{token_url: 'https://user:pw@x/token', {CLIENT}}}", "oauth.token_url"),
    ("{client_id: c, client_secret: plain, redirect_uri: x}", "oauth.client_secret"),
    ("{client_id: c, client_secret: {env: NOT_SET_ANYWHERE}, redirect_uri: x}", "oauth.client_secret"),
    ("{token_url: 'https://x/token'}", "oauth.client_id"),
    (f"{{apps: {{nobody: {{{CLIENT}}}}}}}", "oauth.apps.nobody"),
    (f"{{refresh_before: soon, {CLIENT}}}", "oauth.refresh_before"),
    (f"{{what: 1, {CLIENT}}}", "oauth.what"),
])
def test_a_configuration_of_oauth_that_makes_no_sense_is_refused_by_its_line(oauth, place, tmp_path):
    path = tmp_path / "gateway.yaml"
    path.write_text(
        "apps: {default: {keys: [{env: PATH}]}}\naudit: {master_keys: [{env: MASTER}]}\n" f"oauth: {oauth}\n")
    environment = {"PATH": "/usr/bin", "MASTER": users.MASTER}
    checked = run("check", "--config", path, environment=environment)
    assert checked.returncode == 78
    assert f"3: {place}: " in checked.stderr + checked.stdout


def test_tokens_are_not_kept_without_a_master_key(tmp_path):
    path = tmp_path / "gateway.yaml"
    path.write_text(f"apps: {{default: {{keys: [{{env: PATH}}]}}}}\noauth: {{{CLIENT}}}\n")
    checked = run("check", "--config", path, environment={"PATH": "/usr/bin"})
    assert checked.returncode == 78 and "audit.master_keys: " in checked.stderr + checked.stdout
