"""What a gateway does not start on: a trail that somebody worked on while it was stopped."""

import json
import sqlite3

import pytest

from checks import assert_sent
from conftest import DIVAR_KEY, MINIMAL
from processes import run


@pytest.fixture
def stopped(start_gateway, new_client):
    """The journal of a gateway that sent something and was stopped."""
    gateway = start_gateway({}, sandbox=True)
    assert_sent(new_client(gateway).send_message(text="سلام"))
    assert gateway.stop() == 0
    return gateway.journal


def start(journal):
    path = journal.with_suffix(".yaml")
    path.write_text(json.dumps({"listen": ["127.0.0.1:0"], "journal": {"path": str(journal)}, **MINIMAL}))
    return run("serve", "--config", path, environment=DIVAR_KEY)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ("DELETE FROM checkpoint", "no checkpoint"),
        ("UPDATE checkpoint SET note = replace(note, 'link', 'line')", "can not be read"),
        ("UPDATE record SET body = replace(body, '2026', '2025')", None),
        ("DROP TABLE idempotency", "tables"),
        ("UPDATE log SET version = 4", "version 4"),
    ],
)
def test_a_trail_that_was_worked_on_is_not_signed_after_the_fact(stopped, change, word):
    with sqlite3.connect(stopped) as database:
        if word is None:
            database.execute("DELETE FROM checkpoint WHERE size > 0")
        database.execute(change)
    database.close()
    result = start(stopped)
    assert result.returncode == 74, result.stderr
    assert (word or "does not continue the chain") in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_a_trail_is_not_signed_by_another_key(stopped):
    stopped.with_name(stopped.name + ".key").unlink()
    result = start(stopped)
    assert result.returncode == 74
    assert "is not the key that signed this journal" in result.stderr
    # With the public key gone, too, the last checkpoint still tells.
    stopped.with_name(stopped.name + ".vkey").unlink()
    result = start(stopped)
    assert result.returncode == 74
    assert "not signed by the journal's key" in result.stderr
