"""Reads a journal's database as an auditor would: read-only, by its documented form, and with the second verifier."""

import contextlib
import hashlib
import hmac
import json
import pathlib
import re
import sqlite3
import subprocess
import sys
import urllib.parse
import uuid

VERIFIER = pathlib.Path(__file__).resolve().parents[1] / "AuditVerifier/verify.py"
#: The members of a record, in the order in which they stand.
MEMBERS = (
    "v", "log", "seq", "id", "at", "kind", "message", "resends", "caller", "known_by", "peer", "app", "operation",
    "conversation", "user", "token_user", "endpoint", "trace", "commitment", "expires", "retry", "outcome", "reconciled", "reason",
    "attempts", "status", "code", "latency_us", "count", "last",
)
#: What all records have.
COMMON = MEMBERS[:6]

#: Messages with what is kept of them beside their records.
MESSAGES = """SELECT m.*, c.key, c.master, c.content FROM message m
    LEFT JOIN content c ON c.intent = m.intent AND c.erased = 0"""


def content_of(text):
    """The canonical content of a message that is a text and nothing else."""
    return json.dumps({"text": text}, ensure_ascii=False, separators=(",", ":")).encode()


def conversation_in(path):
    """The conversation that a request to Divar is about, by its path."""
    return re.search(r"/conversations/([^/]+)", path)[1]


class Trail:
    """The journal at a path, also while a gateway writes it."""

    def __init__(self, path):
        self.path = pathlib.Path(getattr(path, "journal", path))

    def query(self, sql, *arguments):
        address = f"file:{urllib.parse.quote(str(self.path))}?mode=ro"
        with contextlib.closing(sqlite3.connect(address, uri=True, timeout=10)) as database:
            database.row_factory = sqlite3.Row
            return [dict(row) for row in database.execute(sql, arguments)]

    def records(self, kind=None, after=0):
        """The bodies of the records, oldest first."""
        rows = self.query("SELECT body FROM record WHERE seq > ? ORDER BY seq", after)
        bodies = [json.loads(row["body"]) for row in rows]
        return [body for body in bodies if kind in (None, body["kind"])]

    def intents(self):
        """Every intent by its message's id. No message has two."""
        return self._by_message("intent")

    def outcomes(self):
        """Every outcome by its message's id. No message has two."""
        return self._by_message("outcome")

    def _by_message(self, kind):
        records = self.records(kind)
        found = {record["message"]: record for record in records}
        assert len(found) == len(records), f"a message has two records of the kind {kind}"
        return found

    def messages(self):
        """The rows of `message` by their ids."""
        return {str(uuid.UUID(bytes=row["id"])): row for row in self.query(MESSAGES)}

    def commits_to(self, intent, text):
        """Whether an intent is the one of that text, by the message's own key."""
        key = self.messages()[intent["message"]]["key"]
        return commitment(key, text) == intent["commitment"]

    def verify(self, *options):
        """Has the second verifier judge the journal: (records, how many are signed)."""
        result = self.run_verifier(*options)
        assert result.returncode == 0, (result.stdout, result.stderr)
        return tuple(map(int, re.fullmatch(r"ok: (\d+) records, (\d+) of them signed\n", result.stdout).groups()))

    def run_verifier(self, *options, key=None):
        key = key or self.path.with_name(self.path.name + ".vkey")
        return subprocess.run(
            [sys.executable, str(VERIFIER), str(self.path), "--key", str(key), *map(str, options)],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120,
        )

    def files(self):
        """Everything that there is of the journal, by name."""
        return {file.name: file.read_bytes() for file in self.path.parent.glob(self.path.name + "*") if file.is_file()}


def commitment(key, text):
    return hmac.new(key, content_of(text), hashlib.sha256).hexdigest()


def assert_holds(trail, sent, answers=()):
    """The trail verifies, names every request that the upstream got, and says the same as the callers were told.

    - `sent`: requests to send that the upstream got, each with a conversation of its own.
    - `answers`: what callers of sends were told.
    """
    trail.verify()
    intents, outcomes = trail.intents(), trail.outcomes()
    by_conversation = {intent["conversation"]: intent for intent in intents.values() if "conversation" in intent}
    asked = [conversation_in(request.path) for request in sent]
    assert len(set(asked)) == len(asked), "a message went up twice"
    for conversation in asked:
        assert conversation in by_conversation, f"nothing in the trail says that {conversation} was sent"
        outcome = outcomes.get(by_conversation[conversation]["message"])
        # A message that the trail says was never sent went up all the same.
        assert outcome is None or outcome.get("reason") != "journal-unavailable", outcome
    for answer in answers:
        told = answer.json()
        if "message_id" in told:
            assert told["message_id"] in intents, told
            assert outcomes[told["message_id"]]["outcome"] == told["outcome"], told
