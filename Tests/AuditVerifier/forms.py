"""The forms of docs/audit-trail.md: hashes, checkpoints, keys, records."""

import base64
import contextlib
import functools
import hashlib
import json
import re
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

BASE64 = "([A-Za-z0-9+/]+={0,2})"
NUMBER = "(0|[1-9][0-9]{0,18})"
TEXT = re.compile(rf"([^\n]+)\n{NUMBER}\n{BASE64}\nlink {BASE64}\n")
SIGNATURE = re.compile(rf"— ([^\s+]+) {BASE64}")
VERIFIER_KEY = re.compile(rf"(divar-gateway/([0-9a-f]{{32}}))\+([0-9a-f]{{8}})\+{BASE64}")
PROOF = re.compile(rf"c2sp\.org/tlog-proof@v1\nextra {BASE64}\nindex {NUMBER}\n((?:{BASE64}\n)*)\n(.+)", re.DOTALL)
Record = NamedTuple("Record", [("seq", int), ("body", bytes), ("link", bytes)])


class Fault(Exception):
    """The verdict that something is wrong, what, and where."""

    def __init__(self, kind, number, why=""):
        super().__init__(f"{kind} {number}")
        self.kind, self.number, self.why = kind, number, why


class Unjudged(Exception):
    """What was given is not in its form, or not enough for a verdict."""


class Head(NamedTuple):
    """What is left of the records that retention removed, with every checkpoint of that size."""

    pruned: int = 0
    link: bytes | None = None
    frontier: bytes | None = None
    notes: tuple = ()


def digest(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


leaf_hash, node_hash, link_hash = (functools.partial(digest, bytes([prefix])) for prefix in range(3))


def root_of(frontier):
    """The root that follows from the roots of perfect subtrees, largest first."""
    root = frontier[-1] if frontier else digest()
    for left in reversed(frontier[:-1]):
        root = node_hash(left, root)
    return root


def root_by_path(leaf, index, size, path):
    """The root that an inclusion proof leads to (RFC 9162, 2.1.3.2), or None."""
    if index >= size:
        return None
    index, last, root = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return None
        if index & 1 or index == last:
            root = node_hash(sibling, root)
            while index and not index & 1:
                index, last = index >> 1, last >> 1
        else:
            root = node_hash(root, sibling)
        index, last = index >> 1, last >> 1
    return root if last == 0 else None


def bytes_of(text, length=None):
    """What base64 stands for, in its only spelling."""
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise Unjudged("not base64") from error
    if base64.b64encode(data).decode() != text or length not in (None, len(data)):
        raise Unjudged("not base64 of that length")
    return data


def characters_of(data):
    """Text as C2SP has it: UTF-8 without controls but the line feed."""
    try:
        text = data if isinstance(data, str) else bytes(data).decode()
    except (TypeError, UnicodeDecodeError) as error:
        raise Unjudged("not UTF-8") from error
    if any(character < " " and character != "\n" for character in text):
        raise Unjudged("a control character")
    return text


class VerifierKey:
    """A log's name and public key. The log's id is taken from here and not from the journal."""

    def __init__(self, text):
        match = VERIFIER_KEY.fullmatch(text.strip())
        if not match:
            raise Unjudged("the verifier key is not in its form")
        self.name, self.log, identifier, encoded = match.groups()
        data = bytes_of(encoded, 33)
        self.id = digest(self.name.encode(), b"\n", data)[:4]
        if data[0] != 1 or self.id.hex() != identifier:
            raise Unjudged("the verifier key does not go with its id")
        self.public = Ed25519PublicKey.from_public_bytes(data[1:])

    def own(self, signatures):
        """Those of the signatures that are by this key, going by name and id."""
        return [data[4:] for name, data in signatures if name == self.name and data[:4] == self.id]

    def signed(self, checkpoint):
        """Whether there is a signature of this key, and it is right."""
        mine = self.own(checkpoint.signatures)
        with contextlib.suppress(InvalidSignature):
            return bool([self.public.verify(signature, checkpoint.text) for signature in mine])
        return False


class Checkpoint:
    """A signed note that is a checkpoint; nothing in it is believed yet."""

    def __init__(self, note):
        text, blank, signatures = characters_of(note).rpartition("\n\n")
        match = TEXT.fullmatch(text + "\n")
        if not blank or not match or not signatures.endswith("\n"):
            raise Unjudged("not a checkpoint")
        self.text = (text + "\n").encode()
        self.origin, self.size = match[1], int(match[2])
        self.root, self.link = bytes_of(match[3], 32), bytes_of(match[4], 32)
        lines = [SIGNATURE.fullmatch(line) for line in signatures[:-1].split("\n")]
        if not all(lines):
            raise Unjudged("not a line of a signature")
        self.signatures = [(line[1], bytes_of(line[2])) for line in lines]
        if any(len(data) < 5 for _, data in self.signatures):
            raise Unjudged("not a signature")


def opened_checkpoint(note, key, size=None):
    """The checkpoint of a note that is for the key's log (and that size) and signed by it."""
    try:
        checkpoint = Checkpoint(note)
    except Unjudged as error:
        raise Fault("malformed-checkpoint", size or 0, str(error)) from error
    if checkpoint.origin != key.name or size not in (None, checkpoint.size):
        raise Fault("malformed-checkpoint", checkpoint.size if size is None else size, "for another log or size")
    if len(key.own(checkpoint.signatures)) > 1:
        raise Fault("malformed-checkpoint", checkpoint.size, "the log's key has more than one line")
    if not key.signed(checkpoint):
        raise Fault("wrong-signature", checkpoint.size)
    return checkpoint


def members_of(body):
    """The members of a record's body; none where it is not a JSON object with each name once."""

    def once(pairs):
        if len(dict(pairs)) != len(pairs):
            raise ValueError("a name twice")
        return dict(pairs)

    try:
        members = json.loads(body.decode(), object_pairs_hook=once, parse_constant=int)
    except (AttributeError, ValueError, RecursionError):
        return {}
    return members if isinstance(members, dict) else {}


def is_number(value, number):
    return type(value) is int and value == number
