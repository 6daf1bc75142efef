"""`explain`: how a call would go by a configuration, and why."""

import json

import pytest

from processes import run

DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a0"
CONFIGURATION = {
    "listen": ["127.0.0.1:0"],
    "contract": "2025-12",
    "endpoints": {"prefer": ["experimental.bot.user"]},
    "upstream": {"deadline": "7s"},
    "apps": {
        "shop": {"keys": [{"env": "KEY"}, {"file": "/nowhere"}], "quota": {"per_minute": 60, "max_wait": "1s"}},
        "other": {"keys": [{"env": "KEY"}]},
    },
    "callers": {
        "billing": {
            "key_sha256": DIGEST + "1", "app": "shop", "may": ["send"], "quota": {"weight": 3, "reserve": 10},
        },
        "crm": {"key_sha256": DIGEST + "2", "app": "other", "may": ["read"]},
    },
}


@pytest.fixture
def explain(tmp_path):
    def explain(*arguments, configuration=CONFIGURATION):
        path = tmp_path / "gateway.yaml"
        path.write_text(json.dumps(configuration))
        return run("explain", "--config", path, *arguments, environment={"KEY": "the-secret-key"})

    return explain


def test_it_names_endpoint_key_and_quota_with_their_reasons(explain):
    result = explain("--caller", "billing", "send-to-user")
    assert result.returncode == 0
    for line in (
        "caller     billing: may send",
        "app        shop, by callers.billing.app",
        "endpoint   experimental.bot.user: POST /experimental/open-platform/chat/bot/users/{user_id}/messages"
        " (endpoints.prefer names it)",
        "then       v1.bot.user: POST /v1/open-platform/chat/bot/users/{user_id}/messages (stable)",
        "key        shop/1, environment variable KEY: there",
        "then       shop/2, file /nowhere: the file /nowhere can not be read",
        "token      X-Access-Token is required and goes up as Authorization: Bearer",
        "quota      60 a minute for the app (apps.shop.quota)",
        "share      weight 3, reserve 10 a minute (callers.billing.quota)",
        "wait       up to 1000 ms for a place, else 429",
        "deadline   7000 ms for all attempts together (upstream.deadline), or less by X-Request-Timeout",
    ):
        assert line in result.stdout.splitlines()
    assert "the-secret-key" not in result.stdout + result.stderr


def test_it_says_what_a_caller_may_not(explain):
    result = explain("--caller", "crm", "send")
    assert "caller     crm: may NOT send, so that the call is refused with 403" in result.stdout
    assert "quota      none configured: only Divar's own 429 holds calls back" in result.stdout


def test_an_endpoint_that_the_contract_does_not_have_is_said_not_to_be_used(explain):
    result = explain("--caller", "crm", "send", configuration={**CONFIGURATION, "contract": "2026-08", "endpoints": {}})
    assert "not        experimental.bot.conversation: not in the contract of 2026-08" in result.stdout


def test_a_caller_or_a_call_that_there_is_not_is_an_error(explain):
    result = explain("read")
    assert result.returncode == 64 and "billing, crm" in result.stderr
    result = explain("--caller", "nobody", "read")
    assert result.returncode == 64 and "there is no caller nobody" in result.stderr
    result = explain("--caller", "crm", "dance")
    assert result.returncode == 64 and "send-as-user" in result.stderr


def test_a_configuration_that_is_wrong_is_78(explain):
    assert explain("read", configuration={"apps": 3}).returncode == 78
