"""The search for planted secrets finds them, wherever and however they are spelled, and nothing else."""

import base64
import json
import pathlib
import random
import sqlite3
import tempfile
import time
import urllib.parse

import pytest

from canaries import CALLER_KEY, DIVAR_KEY, MARK, MASTER_KEY, UPLOAD_TOKEN, Canaries, canary, master_key
from conftest import SEED

SECRET = canary("a-key")
UNMARKED = "somebody-else-made-this-4711"
#: What a program might make of a secret on its way to where it must not be.
ENCODINGS = {
    "raw": lambda data: data,
    "reversed": lambda data: data[::-1],
    "lower case": lambda data: data.lower(),
    "upper case": lambda data: data.upper(),
    "hexadecimal": lambda data: data.hex().encode(),
    "upper-case hexadecimal": lambda data: data.hex().upper().encode(),
    **{
        f"base64 behind {count} bytes, {name}": lambda data, count=count, encode=encode: encode(b"\xff" * count + data + b"\xff")
        for count in range(4)
        for name, encode in {"standard": base64.b64encode, "for URLs": base64.urlsafe_b64encode}.items()
    },
    "URL-encoded": lambda data: urllib.parse.quote(data.decode(), safe="").encode(),
    "URL-encoded as a whole": lambda data: "".join(f"%{byte:02x}" for byte in data).encode(),
    "JSON": lambda data: json.dumps({"a": data.decode()}).encode(),
    "JSON-escaped": lambda data: "".join(f"\\u{byte:04x}" for byte in data).encode(),
    "UTF-16": lambda data: data.decode().encode("utf-16-le"),
    "the first half": lambda data: data[: len(data) // 2],
    "the second half": lambda data: data[len(data) // 2 :],
}


@pytest.fixture
def planted():
    canaries = Canaries()
    canaries.plant(DIVAR_KEY, SECRET)
    return canaries


@pytest.fixture
def folder():
    """A folder that is gone before the run's own search."""
    with tempfile.TemporaryDirectory() as made:
        yield pathlib.Path(made)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_secret_is_found_in_every_spelling(encoding, planted):
    spelled = ENCODINGS[encoding](SECRET.encode())
    planted.scan(b'{"message":"' + spelled + b'"}', "a log")
    hits = planted.take_hits()
    assert hits and {hit.source for hit in hits} == {"a log"}
    assert 12 <= min(hit.offset for hit in hits) <= 12 + len(spelled)
    assert MARK not in repr(hits) and SECRET not in repr(hits)


@pytest.mark.parametrize("encoding", [name for name in ENCODINGS if "half" not in name])
def test_a_secret_that_somebody_else_made_is_found_in_every_spelling(encoding, planted):
    planted.plant(CALLER_KEY, UNMARKED)
    planted.scan(b"x=" + ENCODINGS[encoding](UNMARKED.encode()), "an answer")
    assert [hit.kind for hit in planted.take_hits()][:1] == [CALLER_KEY]


def test_a_hit_says_what_it_is_of_where_and_how(planted):
    planted.scan(b"0123" + SECRET.encode().hex().encode(), "the log of 17")
    assert repr(planted.take_hits()[0]) == "Divar key, hexadecimal, in the log of 17 at byte 4"
    assert planted.take_hits() == []


def test_a_secret_across_the_border_of_chunks_is_found_once_at_its_place(planted):
    text = b"." * 1000 + SECRET.encode() + b"." * 1000
    for border in range(990, 1010 + len(SECRET)):
        stream = planted.stream(f"chunks at {border}")
        stream.feed(text[:border])
        stream.feed(text[border:])
        assert [hit.offset for hit in planted.take_hits()] == [1000, 1000 + len(SECRET) - len(MARK)], border
    stream = planted.stream("single bytes")
    for byte in text:
        stream.feed(bytes([byte]))
    assert [hit.offset for hit in planted.take_hits()] == [1000, 1000 + len(SECRET) - len(MARK)]


def test_a_secret_in_a_database_and_its_write_ahead_log_is_found(planted, folder):
    path = folder / "journal.db"
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("CREATE TABLE record (body BLOB)")
        database.execute("INSERT INTO record VALUES (?)", (b"key " + SECRET.encode(),))
        database.commit()
        planted.scan_folder(folder)
        assert {hit.source for hit in planted.take_hits()} == {str(path) + "-wal"}
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        planted.scan_folder(folder)
        assert {hit.source for hit in planted.take_hits()} == {str(path)}


def test_a_master_key_is_found_by_its_digits_and_by_its_bytes(planted):
    key = planted.plant(MASTER_KEY, master_key())
    assert len(bytes.fromhex(key)) == 32
    for spelled in (key.encode(), bytes.fromhex(key), base64.b64encode(bytes.fromhex(key)), key.upper().encode()):
        planted.scan(b"?" + spelled, "a page")
        assert planted.take_hits() != []


def test_a_secret_is_not_reported_where_it_has_to_be(planted, folder):
    token = planted.plant(UPLOAD_TOKEN, canary("upload"))
    planted.scan(f"{{'token': '{token}'}}".encode(), "an answer", allowed=(UPLOAD_TOKEN,))
    assert planted.take_hits() == []
    planted.scan(f"{{'token': '{SECRET}'}}".encode(), "an answer", allowed=(UPLOAD_TOKEN,))
    assert {hit.kind for hit in planted.take_hits()} == {DIVAR_KEY}
    (folder / "divar.key").write_text(SECRET + "\n")
    (folder / "own").write_text(f"key: {SECRET}\n")
    planted.scan_folder(folder)
    assert {hit.source for hit in planted.take_hits()} == {str(folder / "own")}
    planted.may_be_in(folder / "own")
    planted.scan_folder(folder)
    assert planted.take_hits() == []


def test_nothing_is_found_where_nothing_is(planted):
    generator = random.Random(SEED)
    planted.scan(generator.randbytes(2_000_000), "noise")
    planted.scan(b'{"message":"a key of the tests: [redacted]"}', "a log")
    planted.scan(b"", "nothing")
    assert planted.take_hits() == []


def test_twenty_megabytes_take_less_than_two_seconds(planted):
    data = b'{"time":"2026-08-01T10:00:00Z","level":"trace","message":"call","caller":"local"}\n' * 250_000
    start = time.monotonic()
    planted.scan(data, "a long log")
    assert time.monotonic() - start < 2
    assert planted.take_hits() == []
