"""Contents that are kept are held against the commitments of their intents."""

import hmac
import random

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sample_log import SEED, SampleLog, flipped, sha, told


def message_of(log, master, content):
    """A send whose content is kept, its key under a master key or open. Gives the row of `message`."""
    message, record_key, nonce = log.uuid(), log.random.randbytes(32), log.random.randbytes(12)
    log.add("intent", message=str(message), commitment=hmac.new(record_key, content, "sha256").hexdigest())
    # HKDF by RFC 5869: one block is all that 32 bytes take.
    extracted = hmac.new(bytes(32), record_key, "sha256").digest()
    content_key = hmac.new(extracted, b"divar-gateway content\x01", "sha256").digest()
    sealed = nonce + AESGCM(content_key).encrypt(nonce, content, message.bytes)
    if master is None:
        return [message.bytes, len(log.bodies), record_key, None, sealed]
    wrapped = nonce + AESGCM(master).encrypt(nonce, record_key, b"divar-gateway record key" + message.bytes)
    return [message.bytes, len(log.bodies), wrapped, sha(b"divar-gateway master key", master)[:8].hex(), sealed]


def test_contents_are_held_against_their_commitments(tmp_path):
    log, master, choice = SampleLog(), bytes(range(32)), random.Random(SEED)
    rows = [message_of(log, master, f'{{"text":"سلام {number}"}}'.encode()) for number in range(4)]
    log.sign(0, 4)
    fine = (0, "ok: 4 records, 4 of them signed\n")

    def checked(row, key=master):
        (tmp_path / "key").write_text(key.hex() + "\n")
        log.messages = [row if number == 2 and row else other for number, other in enumerate(rows)]
        return told(log.save(tmp_path / "journal.db"), "--master-key", tmp_path / "key")

    assert [checked(None, bytes(32)), checked(None)] == [(2, ""), fine]
    assert checked([*rows[2][:2], None, None, rows[2][4]]) == fine, "it was erased"
    twin = SampleLog()  # It makes the same ids and keys.
    spoiled = [[message_of(twin, master, b'{"text":"other"}') for _ in range(3)][2]]
    spoiled += [[rows[1][0], 3, *rows[1][2:]], [*rows[2][:3], None, rows[2][4]]]
    for column in (2, 4):
        for position in range(len(rows[2][column])):
            spoiled.append([*rows[2]])
            spoiled[-1][column] = flipped(rows[2][column], position, choice)
    assert {checked(row) for row in spoiled} == {(1, "fault: changed 3\n")}
    (tmp_path / "key").write_text(bytes(32).hex())
    log.messages = [[*row[:3], sha(b"divar-gateway master key", bytes(32))[:8].hex(), row[4]] for row in rows]
    path = log.save(tmp_path / "journal.db")
    assert told(path, "--master-key", tmp_path / "key") == (1, "fault: changed 1\n"), "the first of them"
    assert told(path) == fine, "their key is not at hand"


def test_contents_whose_keys_lie_open_are_checked_without_a_master_key(tmp_path):
    log, choice = SampleLog(), random.Random(SEED)
    rows = [message_of(log, None, f'{{"text":"سلام {number}"}}'.encode()) for number in range(4)]
    log.sign(0, 4)
    log.messages = rows
    assert told(log.save(tmp_path / "journal.db")) == (0, "ok: 4 records, 4 of them signed\n")
    for column in (2, 4):
        for position in range(len(rows[1][column])):
            spoiled = [*rows[1]]
            spoiled[column] = flipped(spoiled[column], position, choice)
            log.messages = [rows[0], spoiled, *rows[2:]]
            assert told(log.save(tmp_path / "journal.db")) == (1, "fault: changed 2\n"), (column, position)


def test_contents_are_looked_at_where_a_kept_checkpoint_or_another_content_cannot_be_judged(tmp_path):
    log, master, kept, key = SampleLog(), bytes(range(32)), tmp_path / "kept", tmp_path / "key"
    rows = [message_of(log, master, b'{"text":"a"}') for _ in range(4)]
    log.add("pruning", reason="retention", last=2)
    log.sign(0, 2, 5)
    log.pruned, log.messages = 2, rows
    kept.write_text(log.note(1))
    key.write_text(master.hex())
    options = ("--checkpoint", kept, "--master-key", key)
    assert told(log.save(tmp_path / "journal.db"), *options) == (2, "")
    log.messages = [[*row[:4], flipped(row[4], 20, random.Random(SEED))] for row in rows]
    path = log.save(tmp_path / "journal.db")
    assert told(path, *options) == (1, "fault: changed 3\n"), "the first two intents are gone"
    log.messages = [rows[0], rows[1], [*rows[2][:3], "0" * 16, rows[2][4]], log.messages[3]]
    assert told(log.save(path), "--master-key", key) == (1, "fault: changed 4\n"), "the key of the third is not known"
