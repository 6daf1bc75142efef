"""A second verifier of the audit trail, written from docs/audit-trail.md and from nothing else.

Status 0: nothing is wrong. Status 1: `fault: KIND NUMBER`. Status 2: it could not be judged; stderr says why.
"""

import argparse
import contextlib
import hashlib
import hmac
import itertools
import pathlib
import sqlite3
import sys
import urllib.parse
import uuid

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from forms import (
    PROOF, Checkpoint, Fault, Head, Record, Unjudged, VerifierKey, bytes_of, characters_of, digest, is_number,
    leaf_hash, link_hash, members_of, node_hash, opened_checkpoint, root_by_path, root_of,
)

# What versions 2 and 3 added, a verifier has no need of.
VERSIONS = (1, 2, 3)
TABLES = ("log", "record", "checkpoint", "message", "content", "idempotency")


class LogVerifier:
    """Reads a log front to back: `read` each record, `read_checkpoint` at its size, `end`. Raises the first fault."""

    def __init__(self, key, head=Head(), kept=None):
        self.key, self.kept, self.pruned = key, kept, head.pruned
        self.link, self.frontier, self.checkpoints = link_hash(key.log.encode()), [], 0
        self.pruning_record, self.kept_size, self.at_kept, self.unjudged = None, None, None, []
        if not is_number(head.pruned, 0):
            self._begin_behind(head)
        self.size = self.signed = self.pruned
        with contextlib.suppress(Unjudged):
            self.kept_size = Checkpoint(kept).size
        self._look_at_kept()

    def _begin_behind(self, head):
        wrong = Fault("changed-head", head.pruned)
        if type(head.pruned) is not int or head.pruned < 0 or not isinstance(head.frontier, bytes):
            raise wrong
        self.link = head.link
        self.frontier = [head.frontier[start : start + 32] for start in range(0, len(head.frontier), 32)]
        if len(head.frontier) != 32 * head.pruned.bit_count():
            raise wrong
        if not any(self._is_head(note, head.pruned) for note in head.notes):
            raise wrong

    def _is_head(self, note, pruned):
        with contextlib.suppress(Fault):
            checkpoint = opened_checkpoint(note, self.key, pruned)
            return (checkpoint.root, checkpoint.link) == (root_of(self.frontier), self.link)
        return False

    def read(self, record):
        """The next record in the order of `seq`."""
        place = self.size + 1
        if type(record.seq) is not int or record.seq < place:
            raise Fault("added", record.seq if type(record.seq) is int else place, "the place is taken")
        if record.seq > place:
            raise Fault("missing", f"{place}-{record.seq - 1}")
        if not isinstance(record.body, bytes):
            raise Fault("changed", place, "it has no bytes")
        leaf = leaf_hash(record.body)
        link = link_hash(self.link, leaf)
        self._judge(members_of(record.body), place, fits=link == record.link)
        self.link, self.size = link, place
        self.frontier.append(leaf)
        for _ in range((place & -place).bit_length() - 1):
            right = self.frontier.pop()
            self.frontier.append(node_hash(self.frontier.pop(), right))
        self._look_at_kept()

    def _judge(self, members, place, fits):
        if members.get("log", self.key.log) != self.key.log:
            raise Fault("added", place)
        seq = members.get("seq")
        if type(seq) is int and seq != place:
            raise Fault("changed" if fits else "reordered", place)
        if not fits:
            raise Fault("changed", place)
        # The first one is kept: a later one that nobody signed takes nothing from it.
        says_so = members.get("kind") == "pruning" and is_number(members.get("last"), self.pruned)
        if says_so and self.pruning_record is None:
            self.pruning_record = place

    def read_checkpoint(self, note, frontier):
        """A checkpoint that is for as many records as were read, and what is stored with it."""
        checkpoint = opened_checkpoint(note, self.key, self.size)
        if (checkpoint.root, checkpoint.link) != (root_of(self.frontier), self.link):
            raise Fault("rewritten", f"{min(self.signed + 1, self.size)}-{self.size}")
        if frontier != b"".join(self.frontier):
            raise Fault("malformed-checkpoint", self.size, "its frontier is another")
        self.signed, self.checkpoints = self.size, self.checkpoints + 1

    def end(self, next_size=None, next_note=None):
        """Behind the last record; `next_size` is the smallest size of a checkpoint that was not reached."""
        if next_size is not None:
            # Anybody can write one: only a signed one shows that something is gone.
            opened_checkpoint(next_note, self.key, next_size)
            raise Fault("truncated", f"{self.size}-{next_size}")
        if not self.checkpoints and not self.pruned:
            raise Fault("unsigned", self.size)
        if self.pruned > 0 and not (self.pruning_record and self.pruning_record <= self.signed):
            raise Fault("missing", f"1-{self.pruned}")
        if self.kept is not None:
            self._compare_kept()

    def _look_at_kept(self):
        if self.size == self.kept_size:
            self.at_kept = (root_of(self.frontier), self.link)

    def _compare_kept(self):
        checkpoint = opened_checkpoint(self.kept, self.key)
        if checkpoint.size > self.size:
            raise Fault("truncated", f"{self.size}-{checkpoint.size}")
        if checkpoint.size < self.pruned:
            # It is not wrong, so what is looked at behind it counts all the same.
            self.unjudged.append(f"the kept one is for {checkpoint.size} records, and {self.pruned} were removed")
        elif (checkpoint.root, checkpoint.link) != self.at_kept:
            # Whose checkpoints in between are good can't be known here: they may be of the one who rewrote.
            raise Fault("rewritten", f"{min(1, checkpoint.size)}-{checkpoint.size}", "by the kept checkpoint")


def verify_log(verifier, records, checkpoints):
    """Reads records by number and (size, note, frontier) by size, as they come."""
    checkpoints = iter(checkpoints)
    size, note, frontier = next(checkpoints, (None, None, None))
    for record in itertools.chain([None], records):
        if record is not None:
            verifier.read(record)
        while size is not None and (type(size) is not int or size <= verifier.size):
            if not is_number(size, verifier.size):
                raise Fault("malformed-checkpoint", size)
            verifier.read_checkpoint(note, frontier)
            size, note, frontier = next(checkpoints, (None, None, None))
    verifier.end(next_size=size, next_note=note)


def opened_journal(path):
    """One state of the database, for reading. Texts come as the bytes that they are."""
    quoted = urllib.parse.quote(str(pathlib.Path(path).absolute()))
    database = sqlite3.connect(f"file:{quoted}?mode=ro", uri=True, isolation_level=None)
    database.text_factory = bytes
    database.execute("BEGIN")
    return contextlib.closing(database)


def verify_journal(path, key, kept=None, masters=()):
    """How many records there are, and how many of them are signed."""
    with opened_journal(path) as database:
        names = database.execute(f"SELECT name FROM sqlite_master WHERE type = 'table' AND name IN {TABLES}")
        if len(names.fetchall()) != len(TABLES):
            raise Unjudged("not a journal: its tables are not there")
        rows = database.execute("SELECT id, version, pruned, pruned_link, pruned_frontier FROM log").fetchmany(2)
        if len(rows) != 1 or not any(is_number(rows[0][1], version) for version in VERSIONS):
            raise Unjudged("not a journal of a version that is known here")
        log, _, pruned, link, frontier = rows[0]
        if log != key.log.encode():
            raise Fault("changed-head", pruned, "the key is for another log than the journal names")
        notes = database.execute("SELECT note FROM checkpoint WHERE size = ?", (pruned,)).fetchall()
        verifier = LogVerifier(key, Head(pruned, link, frontier, tuple(note for note, in notes)), kept)
        records = database.execute("SELECT seq, body, link FROM record WHERE seq > ? ORDER BY seq", (pruned,))
        columns = "SELECT size, note, frontier FROM checkpoint"
        checkpoints = database.execute(f"{columns} WHERE size >= ? ORDER BY size", (pruned,))
        verify_log(verifier, map(Record._make, records), checkpoints)
        strangers = check_contents(database, pruned, masters)
    if strangers and masters:
        verifier.unjudged.append(f"{strangers} contents are under master keys that were not given")
    if verifier.unjudged:
        raise Unjudged("; ".join(verifier.unjudged))
    return verifier.size, verifier.signed


def commitment_to(message, master, key, content):
    """The commitment to a message's content, or None where it can't be decrypted. Without a master, `key` lies open."""
    try:
        record_key = key
        if master is not None:
            record_key = AESGCM(master).decrypt(key[:12], key[12:], b"divar-gateway record key" + message)
        content_key = HKDF(SHA256(), length=32, salt=None, info=b"divar-gateway content").derive(record_key)
        plain = AESGCM(content_key).decrypt(content[:12], content[12:], message)
    except (InvalidTag, ValueError, TypeError):
        return None
    return hmac.new(record_key, plain, hashlib.sha256).hexdigest() if len(record_key) == 32 else None


def check_contents(database, pruned, masters):
    """Every content that is kept is the one that its intent committed to. How many have keys that are not at hand."""
    by_name = {digest(b"divar-gateway master key", master)[:8].hex().encode(): master for master in masters}
    strangers = 0
    rows = database.execute(
        "SELECT intent, key, master, content, body FROM content LEFT JOIN record ON seq = intent"
        " WHERE content IS NOT NULL AND erased = 0 AND NOT coalesce(intent <= ?, 0) ORDER BY intent",
        (pruned,),
    )
    for intent, key, master, content, body in rows:
        if master is not None and master not in by_name:
            strangers += 1
            continue
        members = members_of(body)
        try:
            message = uuid.UUID(members.get("message")).bytes
        except (AttributeError, TypeError, ValueError):
            message = b""
        committed = commitment_to(message, by_name.get(master), key, content)
        if not committed or (committed, "intent") != (members.get("commitment"), members.get("kind")):
            raise Fault("changed", intent, "the content is not the one that was committed to")
    return strangers


def verify_proof(proof, key):
    """The number of the record that is proved, and the size of the checkpoint that proves it."""
    try:
        match = PROOF.fullmatch(characters_of(proof))
        if not match:
            raise Unjudged("not a proof")
        body, path = bytes_of(match[1]), [bytes_of(line, 32) for line in match[3].split("\n")[:-1]]
    except Unjudged as error:
        raise Fault("malformed-checkpoint", 0, str(error)) from error
    index = int(match[2])
    checkpoint = opened_checkpoint(match[5], key)
    members = members_of(body)
    if members.get("log") not in (None, key.log):
        raise Fault("added", index + 1)
    fits = root_by_path(leaf_hash(body), index, checkpoint.size, path) == checkpoint.root
    if not fits or members.get("log") is None or not is_number(members.get("seq"), index + 1):
        raise Fault("changed", index + 1)
    return index + 1, checkpoint.size


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Verifies an audit trail, or a proof from it.")
    parser.add_argument("journal", nargs="?", help="the journal's database")
    parser.add_argument("--key", type=pathlib.Path, help="the file of the verifier key; JOURNAL.vkey if not given")
    parser.add_argument("--checkpoint", type=pathlib.Path, help="a file with a checkpoint that was kept elsewhere")
    parser.add_argument("--master-key", type=pathlib.Path, action="append", default=[], help="may be repeated")
    parser.add_argument("--proof", type=pathlib.Path, help="a file with a proof, instead of a journal")
    options = parser.parse_args(arguments)
    alone = options.key and not options.checkpoint and not options.master_key
    if bool(options.journal) == bool(options.proof) or (options.proof and not alone):
        parser.error("give a journal and what to compare it with, or a proof and a key alone")
    try:
        key = VerifierKey((options.key or pathlib.Path(options.journal + ".vkey")).read_text())
        if options.proof:
            print("ok: record {} of {} that are signed".format(*verify_proof(options.proof.read_bytes(), key)))
            return 0
        kept = options.checkpoint.read_bytes() if options.checkpoint else None
        masters = [bytes.fromhex(file.read_text().strip()) for file in options.master_key]
        print("ok: {} records, {} of them signed".format(*verify_journal(options.journal, key, kept, masters)))
        return 0
    except Fault as fault:
        print(f"fault: {fault.kind} {fault.number}")
        print(fault.why or "no more is known", file=sys.stderr)
        return 1
    except (Unjudged, sqlite3.Error, OSError, ValueError) as error:
        print(f"verify.py: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
