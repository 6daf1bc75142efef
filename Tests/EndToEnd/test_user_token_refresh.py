"""Users' tokens are renewed before they run out, once for all who wait, and survive whatever fails meanwhile."""

import concurrent.futures
import datetime

import pytest

from checks import assert_problem
from disks import SmallDisk
from processes import wait_until
from users import start_vault  # noqa: F401


@pytest.fixture
def vault(start_vault):  # noqa: F811
    return start_vault()


def fill(disk, vault):
    """Fills a disk until the journal has no room left in the files that it has, either."""
    disk.fill()
    wait_until(lambda: vault.client.send_message(text="x").status_code == 503, "the journal is full", 30)


def is_past(text):
    return datetime.datetime.fromisoformat(text) < datetime.datetime.now(datetime.timezone.utc)


def together(vault, count, name):
    """So many reads at once, each with a client of its own."""
    clients = [vault.new_client() for _ in range(count)]
    with concurrent.futures.ThreadPoolExecutor(count) as pool:
        return list(pool.map(lambda client: vault.read(name, client), clients))


def test_a_token_is_renewed_before_it_runs_out(vault):
    vault.keep("ali", life=3)
    wait_until(lambda: vault.report("ali").json()["refreshed_at"], "the token is renewed by itself", 5)
    assert vault.refreshes == 1
    assert vault.read("ali").status_code == 200
    told = vault.report("ali").json()
    assert told["refreshable"] is True and told["expires_at"] > told["refreshed_at"]
    assert vault.gateway.stop() == 0
    assert [record["reason"] for record in vault.records()][:2] == ["stored", "refreshed"]
    vault.assert_nothing_leaked()


def test_what_is_not_used_is_not_renewed_again_until_a_call_wants_it(vault):
    vault.keep("ali", life=2)
    wait_until(lambda: vault.refreshes == 1, "the first is renewed")
    first = wait_until(lambda: vault.report("ali").json()["refreshed_at"], "it is on disk")
    wait_until(lambda: is_past(vault.report("ali").json()["expires_at"]), "it ends, since nobody uses it")
    assert vault.refreshes == 1
    assert vault.read("ali").status_code == 200
    assert vault.refreshes == 2 and vault.report("ali").json()["refreshed_at"] > first


def test_fifty_calls_at_once_wait_for_one_refresh(vault):
    vault.sandbox.fault("latency", endpoint="oauth.token", milliseconds=700, times=1)
    vault.keep_ended("ali")
    answers = together(vault, 50, "ali")
    assert {answer.status_code for answer in answers} == {200}
    assert vault.refreshes == 1
    vault.assert_nothing_leaked(*answers)


def test_who_waits_waits_no_longer_than_its_deadline(vault):
    vault.sandbox.fault("never-answer", endpoint="oauth.token")
    vault.keep_ended("ali")
    answer = vault.client.get(
        "/conversations/sandbox-conversation", headers={"X-User": "ali", "X-Request-Timeout": "300ms"})
    assert_problem(answer, "user-token-unavailable")
    assert answer.elapsed.total_seconds() < 3
    sent = vault.client.send_message(text="x", headers={"X-User": "ali", "X-Request-Timeout": "300ms"})
    assert_problem(sent, "user-token-unavailable", "not_sent")
    assert vault.sandbox.ledger() == []


@pytest.mark.parametrize("fault", [
    {"kind": "status", "status": 500}, {"kind": "edge-html"}, {"kind": "cut-before-head"},
    {"kind": "cut-in-body", "when": "after"}, {"kind": "cut-before-head", "when": "after"},
    {"kind": "empty-body", "when": "after"}, {"kind": "wrong-shape", "when": "after"},
    {"kind": "huge-body", "when": "after"}, {"kind": "redirect"}, {"kind": "status", "status": 429},
])
def test_a_failure_is_tried_again_and_nobody_notices(fault, vault):
    vault.sandbox.fault(**fault, endpoint="oauth.token", times=1)
    vault.keep_ended("ali")
    assert vault.read("ali").status_code == 200
    assert vault.refreshes == 2
    vault.assert_nothing_leaked()


def test_failures_that_last_are_told_and_asked_for_less_and_less(vault):
    vault.sandbox.fault("status", status=503, endpoint="oauth.token")
    vault.keep_ended("ali")
    problem = vault.read("ali")
    assert_problem(problem, "user-token-unavailable")
    assert int(problem.headers["Retry-After"]) >= 1
    asked = vault.refreshes
    for _ in range(20):
        assert_problem(vault.read("ali"), "user-token-unavailable")
    assert vault.refreshes <= asked + 2, "twenty calls are no reason to ask twenty times"
    vault.sandbox.clear_faults()
    wait_until(lambda: vault.read("ali").status_code == 200, "it is served again", 15)


def test_a_dead_grant_says_that_the_user_has_to_consent_again(vault):
    tokens = vault.keep_ended("ali")
    vault.sandbox.revoke_token(tokens["refresh_token"])
    assert_problem(vault.read("ali"), "consent-required")
    assert_problem(vault.client.send_message(text="x", headers={"X-User": "ali"}), "consent-required", "not_sent")
    assert vault.refreshes == 1, "a refused refresh token is not shown again"
    assert vault.report("ali").json()["refreshable"] is False
    vault.gateway.process.kill()
    vault.gateway.wait()
    vault.start()
    assert_problem(vault.read("ali"), "consent-required")
    assert vault.refreshes == 1
    vault.keep("ali")
    assert vault.read("ali").status_code == 200
    assert "refresh-refused" in [record["reason"] for record in vault.trail.records("user-tokens")]


def test_a_token_that_can_not_be_renewed_ends_in_consent(vault):
    vault.keep("ali", life=1, refresh=False)
    wait_until(lambda: vault.read("ali").status_code == 403, "the token ends")
    assert_problem(vault.read("ali"), "consent-required")
    assert vault.refreshes == 0


def test_a_kill_while_new_tokens_are_on_their_way_loses_nothing(vault):
    """The token endpoint has replaced the tokens, and nobody here knows: the old ones renew for two minutes."""
    vault.sandbox.fault("latency", endpoint="oauth.token", milliseconds=20_000, when="after", times=1)
    vault.keep_ended("ali")
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(lambda: _quiet(vault))
        wait_until(lambda: vault.refreshes == 1, "the refresh is asked for")
        vault.gateway.process.kill()
        vault.gateway.wait()
        waiting.result()
    vault.start()
    # At once, without a call: they might be void before one comes.
    wait_until(lambda: vault.report("ali").json()["refreshed_at"], "a start asks again")
    assert vault.refreshes == 2
    assert vault.read("ali").status_code == 200
    vault.assert_nothing_leaked()


def _quiet(vault):
    try:
        vault.read("ali", vault.new_client())
    except OSError:
        pass  # The gateway was killed under it.


def test_new_tokens_are_used_though_the_disk_is_full_and_saved_once_it_is_not(start_vault, tmp_path):  # noqa: F811
    disk = SmallDisk(tmp_path / "disk", "3m")
    try:
        vault = start_vault(folder=disk.folder, journal={"min_free": 0})
        vault.sandbox.fault("status", status=503, endpoint="oauth.token")
        vault.keep_ended("ali")
        wait_until(lambda: vault.refreshes >= 1, "a refresh fails")
        fill(disk, vault)
        vault.sandbox.clear_faults()
        wait_until(lambda: vault.read("ali").status_code == 200, "it is renewed", 20)
        asked = vault.refreshes
        wait_until(lambda: "in memory only" in vault.readiness("users"), "readiness says so")
        assert vault.gateway.logs("a user's tokens are in memory only")
        disk.clear()
        wait_until(lambda: "in memory only" not in vault.readiness("users"), "they are saved", 30)
        vault.gateway.process.kill()
        vault.gateway.wait()
        vault.start()
        assert vault.read("ali").status_code == 200
        assert vault.refreshes == asked, "what was saved is what was in use"
        vault.assert_nothing_leaked()
        assert vault.gateway.stop() == 0
    finally:
        disk.close()


def test_a_removal_that_can_not_be_written_is_not_acknowledged_and_comes_about_later(start_vault, tmp_path):  # noqa: F811
    disk = SmallDisk(tmp_path / "disk", "3m")
    try:
        vault = start_vault(folder=disk.folder, journal={"min_free": 0})
        vault.keep("ali")
        fill(disk, vault)
        assert_problem(vault.client.delete("/users/ali/tokens"), "journal-unavailable")
        assert_problem(vault.read("ali"), "unknown-user")
        assert_problem(
            vault.client.put("/users/bahar/tokens", json=vault.new_pair()), "journal-unavailable")
        assert_problem(vault.read("bahar"), "unknown-user")
        disk.clear()
        wait_until(lambda: vault.trail.query("SELECT * FROM user_token") == [], "the removal is on disk", 30)
        assert vault.gateway.stop() == 0
    finally:
        disk.close()


def test_a_stop_waits_for_tokens_that_are_on_their_way(vault):
    vault.sandbox.fault("latency", endpoint="oauth.token", milliseconds=1500, when="after", times=1)
    vault.keep("ali", life=3)
    wait_until(lambda: vault.refreshes == 1, "the refresh is asked for")
    assert vault.gateway.stop() == 0
    assert "refreshed" in [record["reason"] for record in vault.records()]
    vault.start()
    assert vault.read("ali").status_code == 200
