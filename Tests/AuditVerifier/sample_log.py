"""Writes logs as a gateway would, from docs/audit-trail.md alone, and says what the verifier makes of them."""

import base64
import contextlib
import hashlib
import io
import itertools
import json
import random
import sqlite3
import uuid

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import verify

SEED = 20260801
SCHEMA = """CREATE TABLE log(id TEXT, version INTEGER, pruned INTEGER, pruned_link BLOB, pruned_frontier BLOB);
CREATE TABLE record(seq INTEGER, body BLOB, link BLOB);
CREATE TABLE checkpoint(size INTEGER, at INTEGER, note TEXT, frontier BLOB);
CREATE TABLE message(id BLOB, intent INTEGER);
CREATE TABLE content(intent INTEGER, erased INTEGER, key BLOB, master TEXT, content BLOB);
CREATE TABLE idempotency(caller TEXT, key TEXT);"""


def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def base64_of(data):
    return base64.b64encode(data).decode()


def tree_hash(bodies):
    """The Merkle Tree Hash, as RFC 6962 section 2.1 defines it."""
    if len(bodies) < 2:
        return sha(b"\x00", bodies[0]) if bodies else sha()
    half = 1 << (len(bodies) - 1).bit_length() - 1
    return sha(b"\x01", tree_hash(bodies[:half]), tree_hash(bodies[half:]))


def path_to(index, bodies):
    """The inclusion proof, as RFC 9162 section 2.1.3.1 defines it."""
    half = 1 << (len(bodies) - 1).bit_length() - 1 if len(bodies) > 1 else 0
    if index < half:
        return path_to(index, bodies[:half]) + [tree_hash(bodies[half:])]
    return path_to(index - half, bodies[half:]) + [tree_hash(bodies[:half])] if half else []


def frontier(bodies):
    half = 1 << len(bodies).bit_length() - 1 if bodies else 0
    return tree_hash(bodies[:half]) + frontier(bodies[half:]) if bodies else b""


class SampleLog:
    """A log that is written as the gateway would, and that can then be spoiled."""

    def __init__(self, number=1):
        self.random = random.Random(SEED + number)
        self.signer = Ed25519PrivateKey.from_private_bytes(self.random.randbytes(32))
        self.id = self.random.randbytes(16).hex()
        self.name = f"divar-gateway/{self.id}"
        public = b"\x01" + self.signer.public_key().public_bytes_raw()
        self.key = f"{self.name}+{sha(self.name.encode(), bytes([10]), public)[:4].hex()}+{base64_of(public)}"
        self.bodies, self.notes, self.messages, self.pruned = [], {}, [], 0
        self.frontiers = {}  # What is stored at a size, where it is to be another than the right one.

    def uuid(self):
        return uuid.UUID(int=self.random.getrandbits(128) & ~(0xF << 76 | 3 << 62) | 7 << 76 | 2 << 62)

    def add(self, kind="read", **members):
        seq = len(self.bodies) + 1
        first = {"v": 1, "log": self.id, "seq": seq, "id": str(self.uuid()), "at": f"2026-08-01T00:00:00.{seq:06}Z"}
        text = json.dumps({**first, "kind": kind, **members}, ensure_ascii=False, separators=(",", ":"))
        self.bodies.append(text.encode())

    def links(self):
        following = lambda link, body: sha(b"\x02", link, sha(b"\x00", body))
        return list(itertools.accumulate(self.bodies, following, initial=sha(b"\x02", self.id.encode())))

    def note(self, size, signer=None, origin=None, name=None, key=None, spelled="{}"):
        """The checkpoint at a size, or one that is wrong in what is given."""
        root, link = tree_hash(self.bodies[:size]), self.links()[size]
        text = f"{origin or self.name}\n{spelled.format(size)}\n{base64_of(root)}\nlink {base64_of(link)}\n"
        signature = bytes.fromhex((key or self.key).split("+")[1]) + (signer or self.signer).sign(text.encode())
        return f"{text}\n— {name or self.name} {base64_of(signature)}\n"

    def sign(self, *sizes):
        self.notes |= {size: self.note(size) for size in sizes}

    def checkpoints(self):
        stored = [(size, note, frontier(self.bodies[: int(size)])) for size, note in sorted(self.notes.items())]
        return [(size, note, self.frontiers.get(size, whole)) for size, note, whole in stored]

    def head(self):
        pruned, note = self.pruned, self.notes.get(self.pruned)
        return verify.Head(pruned, self.links()[pruned], frontier(self.bodies[:pruned]), (note,))

    def rows(self):
        return [[seq, body, self.links()[seq]] for seq, body in enumerate(self.bodies, 1) if seq > self.pruned]

    def save(self, path, rows=None):
        """Writes the journal and its verifier key, anew."""
        path.unlink(missing_ok=True)
        with contextlib.closing(sqlite3.connect(path)) as database:
            database.executescript("PRAGMA synchronous=OFF;" + SCHEMA)
            database.execute("INSERT INTO log VALUES (?, 1, ?, ?, ?)", (self.id, *self.head()[:3]))
            database.executemany("INSERT INTO record VALUES (?, ?, ?)", self.rows() if rows is None else rows)
            database.executemany("INSERT INTO checkpoint VALUES (?, 0, ?, ?)", self.checkpoints())
            database.executemany("INSERT INTO message VALUES (?, ?)", [row[:2] for row in self.messages])
            contents = [(row[1], row[2] is None, *row[2:]) for row in self.messages]
            database.executemany("INSERT INTO content VALUES (?, ?, ?, ?, ?)", contents)
            database.commit()
        path.with_name(path.name + ".vkey").write_text(self.key + "\n")
        return path


def sample(size, *signed, number=1, prune=0):
    """A log of that size, with a checkpoint over no records and one at each of the given sizes.

    The record that says what was pruned is the last one that is signed.
    """
    log = SampleLog(number)
    log.pruned = prune
    for place in range(1, size + 1):
        if prune and place == max(signed):
            log.add("pruning", reason="retention", last=prune)
        else:
            log.add(conversation="گفت‌وگو", caller="a")
    log.sign(0, *signed)
    return log


def verdict(log, rows=None, notes=None, head=None, kept=None, key=None):
    """What the verifier says of a log, or of what was made of it."""
    log.notes, before = log.notes if notes is None else notes, log.notes
    try:
        verifier = verify.LogVerifier(verify.VerifierKey(key or log.key), head or log.head(), kept)
        records = [verify.Record(*row) for row in (log.rows() if rows is None else rows)]
        verify.verify_log(verifier, records, [row for row in log.checkpoints() if row[0] >= log.pruned])
        return f"ok {verifier.size} {verifier.signed}"
    except verify.Fault as fault:
        return str(fault)
    finally:
        log.notes = before


def told(*arguments):
    with contextlib.redirect_stdout(io.StringIO()) as output:
        status = verify.main([str(argument) for argument in arguments])
    return status, output.getvalue()


def flipped(data, position, choice):
    return data[:position] + bytes([data[position] ^ 1 << choice.randrange(8)]) + data[position + 1 :]
