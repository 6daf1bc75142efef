"""`cache` in the configuration: what it may say, and that what it says is done."""

import re

import pytest

from caching import assert_forwarded, assert_hit, calls_for, fresh_id, read
from conftest import DIVAR_KEY
from processes import run

APPS = "apps: {default: {keys: [{env: DIVAR_API_KEY}]}}\n"


@pytest.fixture
def check(tmp_path):
    """Runs `check` on the lines of a `cache`; gives the exit status and (line, key) of each problem."""

    def check(*lines):
        path = tmp_path / "checked.yaml"
        path.write_text(APPS + "cache:\n" + "".join(f"  {line}\n" for line in lines))
        result = run("check", "--config", path, environment=DIVAR_KEY)
        found = re.findall(rf"(?m)^{re.escape(str(path))}:(\d+): ([a-z_.]+): .+$", result.stderr)
        return result.returncode, [(int(line), key) for line, key in found]

    return check


@pytest.mark.parametrize(
    "lines",
    [
        [], ["max_bytes: 0"], ["max_bytes: 1MiB", "ttl: 0s", "negative_ttl: 0s"], ["ttl: 1h"], ["ttl: 300ms"],
        ["stale_while_revalidate: 1m", "stale_if_error: 24h"], ["ttl: null"], ["max_bytes: 65536"],
    ],
    ids=str,
)
def test_a_valid_cache_is_valid(lines, check):
    assert check(*lines) == (0, [])


@pytest.mark.parametrize(
    "line",
    [
        "max_bytes: -1", "max_bytes: a lot", "max_bytes: [1]", "max_bytes: 1.5MiB", "max_bytes: 99999999999999999999",
        "ttl: -1s", "ttl: soon", "ttl: 10", "ttl: {s: 1}", "negative_ttl: 1y", "negative_ttl: -2s",
        "stale_while_revalidate: true", "stale_if_error: 60", "stale_if_error: 100000h", "ttl: 1s1s", "tll: 10s",
        "max_byte: 1", "size: 1MiB",
    ],
)
def test_a_bad_value_is_an_error_with_its_line(line, check):
    key = line.split(":")[0]
    assert check("# Nothing.", line) == (78, [(4, f"cache.{key}")])


def test_all_that_is_wrong_is_said_at_once(check):
    status, problems = check("max_bytes: x", "ttl: y", "negative_ttl: z", "stale_while_revalidate: -1s", "no: 1")
    assert status == 78
    keys = ["max_bytes", "ttl", "negative_ttl", "stale_while_revalidate", "no"]
    assert sorted(problems) == [(3 + index, f"cache.{key}") for index, key in enumerate(keys)]


def test_without_a_cache_every_read_is_a_call_of_its_own(start_behind, start_upstream, new_client):
    upstream = start_upstream()
    client = new_client(start_behind(upstream, cache={"max_bytes": 0, "ttl": "1h"}))
    conversation = fresh_id()
    for _ in range(3):
        answered = read(client, conversation)
        status = assert_forwarded(answered, "bypass", fwd_status=200)
        assert set(status) == {"fwd", "fwd-status"}
        assert "Age" not in answered.headers
    assert len(calls_for(upstream, conversation)) == 3
    assert read(client, conversation, condition=answered.headers["ETag"]).status_code == 304
    assert read(client, conversation, control="only-if-cached").status_code == 504
    assert len(calls_for(upstream, conversation)) == 4


def test_the_times_that_are_configured_are_the_times_that_are_kept(start_behind, start_upstream, new_client):
    client = new_client(start_behind(start_upstream(), cache={"ttl": "100s"}))
    conversation = fresh_id()
    first = assert_forwarded(read(client, conversation), "uri-miss", stored=True)
    assert 98 <= assert_hit(read(client, conversation))["ttl"] <= first["ttl"] <= 100
