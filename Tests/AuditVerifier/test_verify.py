"""The verifier finds what was done to a log, and where."""

import contextlib
import itertools
import random
import re
import sqlite3

import pytest

from sample_log import SEED, flipped, sample, sha, told, tree_hash, verdict


def test_the_tree_is_the_one_of_rfc_6962():
    leaves = b"", b"\0", b"\x10", b" !", b"01", b"@ABC", b"PQRSTUVW", b"`abcdefghijklmno"
    assert tree_hash(leaves).hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


@pytest.mark.parametrize("size", range(1, 41))
def test_good_logs_verify_with_and_without_every_head_that_can_be_pruned(tmp_path, size):
    choice = random.Random(SEED + size)
    signed = sorted(choice.sample(range(size + 1), choice.randint(1, min(size, 6))))
    expected = (0, f"ok: {size} records, {signed[-1]} of them signed\n")
    for pruned in [0] + [place for place in signed if 0 < place < signed[-1]]:
        log = sample(size, *signed, prune=pruned)
        assert 0 in log.notes and told(log.save(tmp_path / "journal?a%20#.db")) == expected
        rows = [[seq, b"on its way out", b""] for seq in range(1, pruned + 1)] + log.rows()
        log.notes |= {place: "on its way out" for place in range(pruned)}
        assert told(log.save(tmp_path / "journal.db", rows)) == expected


@pytest.mark.parametrize("place", range(1, 13))
def test_a_flipped_bit_in_a_body_or_link_is_found_at_its_record(place):
    log, choice = sample(12, 5, 9), random.Random(SEED)
    match = re.search(rb'"log":"(\w+)","seq":(\d+)', log.bodies[place - 1])
    for column, length in ((1, len(log.bodies[place - 1])), (2, 32)):
        for position in range(length):
            rows = log.rows()
            rows[place - 1][column] = flipped(rows[place - 1][column], position, choice)
            group = next((group for group in (1, 2) if match.start(group) <= position < match.end(group)), 0)
            # Where the flip leaves no JSON, nothing is known of log and number.
            kinds = {"changed", ("changed", "added", "reordered")[group]} if column == 1 else {"changed"}
            assert verdict(log, rows) in {f"{kind} {place}" for kind in kinds}, (position, rows[place - 1])


def fitting(rows):
    """The same rows with the last link made anew."""
    return [*rows[:-1], [*rows[-1][:2], sha(b"\x02", rows[-2][2], sha(b"\x00", rows[-1][1]))]]


@pytest.mark.parametrize("old, new, kind, kind_if_it_fits", [
    ('"log":"', '"log":"0', "added", "added"),
    ('"log":', '"log":null,"v2":', "added", "added"),
    ('"seq":6', '"seq":4', "reordered", "changed"),
    # No number of a record: only the link counts.
    ('"seq":6', '"seq":4.5', "changed", None),
    ('"seq":6', '"seq":"4"', "changed", None),
    # Neither is there.
    ('"log"', '"lag"', "changed", None),
    ('"seq"', '"sek"', "changed", None),
    # Not read at all.
    ('"v":1', '"v":1,"seq":4', "changed", None),
    ('"v":1', '"v":1,"log":"0"', "changed", None),
    ('"log":"', '"n":[{"a":0,"a":0}],"log":"0', "changed", None),
    ('"log":"', '"n":NaN,"log":"0', "changed", None),
])
def test_a_body_is_judged_by_its_log_and_number_where_it_has_them_and_by_its_link(old, new, kind, kind_if_it_fits):
    log = sample(6, 3)
    rows = log.rows()
    rows[5][1] = rows[5][1].replace(old.encode(), new.encode(), 1)
    assert rows[5] != log.rows()[5]
    assert verdict(log, rows) == f"{kind} 6"
    assert verdict(log, fitting(rows)) == (f"{kind_if_it_fits} 6" if kind_if_it_fits else "ok 6 3")
    signed = {**log.notes, 6: log.note(6)}
    assert verdict(log, fitting(rows), signed) == (f"{kind_if_it_fits} 6" if kind_if_it_fits else "rewritten 4-6")


def test_a_body_that_is_no_json_object_is_judged_by_its_link_alone():
    log = sample(6, 3)
    for body in (b"", b"{", b"[]", b"\xff", b"7", b"[" * 100_000):
        rows = [*log.rows()[:5], [6, body, log.links()[6]]]
        assert [verdict(log, rows), verdict(log, fitting(rows))] == ["changed 6", "ok 6 3"], body[:9]
        assert verdict(log, [*log.rows()[:2], [3, body, log.links()[3]], *log.rows()[3:]]) == "changed 3"
    for body in (None, "text", 7):
        for link in (log.links()[6], sha(b"\x02", log.links()[5]), sha(b"\x02", log.links()[5], sha(b"\x00")), None):
            assert verdict(log, [*log.rows()[:5], [6, body, link]]) == "changed 6"


def test_a_flipped_bit_in_a_checkpoint_is_found_at_its_size():
    log, choice = sample(12, 5, 9, 12), random.Random(SEED)
    for size, note in log.notes.items():
        data = note.encode()
        for position in range(len(data)):
            found = verdict(log, notes={**log.notes, size: flipped(data, position, choice)})
            # Origin and size are compared before the signature is; the rest may still have its form.
            names = data.count(b"\n", 0, position) < 2
            assert found == f"malformed-checkpoint {size}" or not names and found == f"wrong-signature {size}", position


def test_a_flipped_bit_in_the_head_is_a_changed_head(tmp_path):
    log, choice = sample(20, 7, 13, 17, prune=13), random.Random(SEED)
    head = log.head()
    for field, data in [("link", head.link), ("frontier", head.frontier), ("notes", head.notes[0].encode())]:
        for position in range(len(data)):
            value = flipped(data, position, choice)
            spoiled = {field: (value,) if field == "notes" else value}
            assert verdict(log, head=head._replace(**spoiled)) == "changed-head 13"
    other_cut = {"frontier": tree_hash(log.bodies[:13])}  # The root follows from it, too.
    for change in ({"notes": ()}, {"frontier": None}, other_cut, {"link": None}, {"pruned": 7}, {"pruned": -1}):
        assert verdict(log, head=head._replace(**change)) == f"changed-head {change.get('pruned', 13)}"
    for change, number in [("pruned = 7", 7), ("pruned = 14", 14), ("pruned = NULL", None), ("id = 'a'", 13)]:
        path = log.save(tmp_path / "journal.db")
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as database:
            database.execute("UPDATE log SET " + change)
        assert told(path) == (1, f"fault: changed-head {number}\n"), change


def test_records_that_are_gone_are_missing_or_cut_off(tmp_path):
    log = sample(12, 5, 12)
    for first, behind in itertools.combinations(range(1, 14), 2):
        cut_off = f"truncated {first - 1}-{5 if first <= 5 else 12}"
        rows = log.rows()[: first - 1] + log.rows()[behind - 1 :]
        assert verdict(log, rows) == (f"missing {first}-{behind - 1}" if behind < 13 else cut_off)
    assert told(log.save(tmp_path / "journal.db", log.rows()[:10])) == (1, "fault: truncated 10-12\n")
    assert told(log.save(tmp_path / "journal.db", log.rows()[:3] + log.rows()[7:])) == (1, "fault: missing 4-7\n")


def test_records_were_pruned_only_where_a_signed_record_says_so(tmp_path):
    log = sample(20, 7, 13, 20)
    log.pruned = 7
    assert [verdict(log, log.rows()[2:]), verdict(log)] == ["missing 8-9", "missing 1-7"]
    for kind, last in [("pruning", 6), ("read", 7), ("pruning", 7.0), ("pruning", "7")]:
        log.add(kind, last=last)
        log.sign(len(log.bodies))
        assert verdict(log) == "missing 1-7", "it is no record of that pruning"
    log.add("pruning", last=7)
    assert told(log.save(tmp_path / "journal.db")) == (1, "fault: missing 1-7\n"), "anybody could have written it"
    log.add("pruning", last=7)
    log.sign(25)
    assert told(log.save(tmp_path / "journal.db")) == (0, "ok: 26 records, 25 of them signed\n")
    assert verdict(log, notes={**log.notes, 27: log.note(25)}) == "malformed-checkpoint 27"
    del log.notes[25]
    assert verdict(log) == "missing 1-7"


@pytest.mark.parametrize("size", range(4))
def test_a_log_without_any_checkpoint_is_unsigned(tmp_path, size):
    log = sample(size)
    assert told(log.save(tmp_path / "journal.db")) == (0, f"ok: {size} records, 0 of them signed\n")
    log.notes, kept = {}, log.note(size)
    assert told(log.save(tmp_path / "journal.db")) == (1, f"fault: unsigned {size}\n")
    assert verdict(log, kept=kept) == f"unsigned {size}"
    rows = [*log.rows(), [size + 1, b"", b""]]
    assert verdict(log, rows) == f"changed {size + 1}", "its records come first"


def test_a_checkpoint_beyond_the_end_is_read_before_it_is_believed(tmp_path):
    log, longer, other = sample(12, 5), sample(30, 20, 25), sample(30, 20, number=2)
    longer.notes.pop(0)
    malformed = ["", "garbage", b"\xff", None, other.notes[20], longer.notes[25], log.notes[5]]
    wrong = [longer.note(20, other.signer), longer.note(20, key=other.key), longer.note(20, name=other.name)]
    for notes, expected in [
        *(({20: note}, "malformed-checkpoint 20") for note in malformed),
        *(({20: note}, "wrong-signature 20") for note in wrong),
        (longer.notes, "truncated 12-20"),
        ({**longer.notes, 13: "garbage"}, "malformed-checkpoint 13"),
        ({**longer.notes, 22: "garbage"}, "truncated 12-20"),
    ]:
        log.notes = {0: log.note(0), 5: log.note(5), **notes}
        assert told(log.save(tmp_path / "journal.db")) == (1, f"fault: {expected}\n"), notes
    assert verdict(log, log.rows()[:5] + log.rows()[6:]) == "missing 6-6", "its records come first"
    log.pruned = 5
    assert verdict(log) == "truncated 12-20", "before it is asked what was pruned"


@pytest.mark.parametrize("pruned", [0, 5])
def test_a_frontier_beside_a_checkpoint_is_the_one_of_the_records(tmp_path, pruned):
    log, choice = sample(14, 5, 7, 12, prune=pruned), random.Random(SEED)
    rows = {size: whole for size, _, whole in log.checkpoints() if size >= pruned}
    assert sorted(rows) == [0, 5, 7, 12][1 if pruned else 0 :]
    for size, whole in rows.items():
        spoiled = [flipped(whole, position, choice) for position in range(len(whole))]
        spoiled += [None, "text", whole + b"\0", whole + sha(), tree_hash(log.bodies[:size]) * 2]
        spoiled += [whole[:-1], whole[:-32], whole[::-1]] if size else []
        for changed in spoiled + [other for other in rows.values() if other != whole]:
            log.frontiers = {size: changed}
            assert verdict(log) == f"malformed-checkpoint {size}", changed
        assert told(log.save(tmp_path / "journal.db")) == (1, f"fault: malformed-checkpoint {size}\n")
    log.frontiers = {0: b"", 7: b""}
    assert verdict(log, notes={**log.notes, 7: log.note(7, sample(1, number=2).signer)}) == "wrong-signature 7"
    log.bodies[6] = log.bodies[6].replace(b"2026", b"2027")
    assert verdict(log) == "rewritten 6-7", "the root is compared first"
    log = sample(14, 5, 7, 12, prune=5)
    log.frontiers = {0: None}
    assert verdict(log) == "ok 14 12", "it is on its way out"


def test_the_checkpoint_at_the_begin_of_a_log_is_judged_as_all_are():
    log, other = sample(3), sample(3, number=2)
    for note, expected in [
        (log.note(0), "ok 3 0"), (other.note(0), "malformed-checkpoint 0"), (log.note(1), "malformed-checkpoint 0"),
        (log.note(0, other.signer), "wrong-signature 0"), ("garbage", "malformed-checkpoint 0"),
    ]:
        assert verdict(log, notes={0: note}) == expected
    log.bodies.clear()
    assert [verdict(log), verdict(log, kept=sample(3, 3).notes[3])] == ["ok 0 0", "truncated 0-3"]


def test_records_that_changed_places_are_reordered():
    log = sample(12, 5, 12)
    for first, second in itertools.combinations(range(12), 2):
        for moved in (slice(1, 2), slice(1, 3)):
            rows = log.rows()
            rows[first][moved], rows[second][moved] = rows[second][moved], rows[first][moved]
            assert verdict(log, rows) == f"reordered {first + 1}"
    moved_up = log.rows()[:3] + log.rows()[4:]
    assert verdict(log, [[seq, *row[1:]] for seq, row in enumerate(moved_up, 1)]) == "reordered 4"


def test_records_of_another_log_and_second_ones_are_added():
    log, other = sample(12, 5, 12), sample(12, 5, 12, number=2)
    for place in range(12):
        replaced, spliced, doubled = log.rows(), log.rows(), log.rows()
        replaced[place] = other.rows()[place]
        spliced.insert(place, other.rows()[place])
        doubled.insert(place + 1, log.rows()[place])
        assert verdict(log, replaced) == f"added {place + 1}"
        assert verdict(log, [[seq, *row[1:]] for seq, row in enumerate(spliced, 1)]) == f"added {place + 1}"
        assert verdict(log, doubled) == f"added {place + 1}"


@pytest.mark.parametrize("pruned", [0, 5])
def test_a_chain_that_was_made_anew_is_rewritten_since_the_last_good_checkpoint(pruned):
    for place in range(pruned + 1, 16):
        log = sample(16, 5, 9, 10, 15, prune=pruned)
        log.bodies[place - 1] = log.bodies[place - 1].replace(b"2026", b"2027")
        good, found = max(size for size in (0, 5, 9, 10) if size < place), min(s for s in (5, 9, 10, 15) if s >= place)
        assert verdict(log) == f"rewritten {good + 1}-{found}"


def test_checkpoints_of_another_key_log_or_size_are_refused(tmp_path):
    log, other = sample(12, 5, 9, 12), sample(12, 5, 9, 12, number=2)
    note, signer, key = log.notes[9], other.signer, other.key
    wrong = [log.note(9, signer), log.note(9, signer, key=key), log.note(9, key=key), log.note(9, name=other.name)]
    malformed = [other.notes[9], log.notes[5], log.note(9, origin=other.name), log.note(9, spelled="0{}"), None]
    malformed += [note[:-1], note + "\n", note.replace("\n\n", "\nmore\n\n"), note.replace("\n\n", "\n")]
    malformed += [note + "— a\x07 AAAAAAAA\n", note + "— a AAAA\n"]
    # One line by the log's key and no more.
    malformed += [note + line for good in (note, wrong[0]) for line in good.splitlines(True)[-1:]]
    assert {verdict(log, notes={**log.notes, 9: given}) for given in wrong} == {"wrong-signature 9"}
    assert {verdict(log, notes={**log.notes, 9: given}) for given in malformed} == {"malformed-checkpoint 9"}
    assert verdict(log, key=key) == "malformed-checkpoint 0"
    assert verdict(log, notes={9: note}, key=key) == "added 1"
    assert verdict(log, notes={**log.notes, 9: note + "— witness.example AAAAAAAA\n"}) == "ok 12 12"
    for size in (0, 5.5, 20):
        log.notes = {size: note}
        assert told(log.save(tmp_path / "journal.db")) == (1, f"fault: malformed-checkpoint {size}\n")


def test_a_kept_checkpoint_shows_what_the_holder_of_the_signing_key_did(tmp_path):
    log, other = sample(12, 5, 9, 12), sample(12, 9, number=2)
    for size in range(13):
        assert verdict(log, kept=log.note(size)) == "ok 12 12"
    anew, short = sample(12, 5, 9, 12), sample(8, 5)
    anew.bodies[6] = anew.bodies[6].replace(b"2026", b"2027")
    anew.notes = {size: anew.note(size) for size in anew.notes}
    assert verdict(anew) == verdict(anew, kept=log.note(6)) == "ok 12 12"
    assert verdict(anew, kept=log.note(7)) == "rewritten 1-7"
    assert verdict(short, kept=log.note(9)) == "truncated 8-9"
    assert verdict(log, kept=other.notes[9]) == "malformed-checkpoint 9"
    assert verdict(log, kept=log.note(9, signer=other.signer)) == "wrong-signature 9"
    assert verdict(log, kept="nothing") == "malformed-checkpoint 0"
    kept, path = tmp_path / "kept", sample(12, 5, 9, 12, prune=9).save(tmp_path / "journal.db")
    fine = (0, "ok: 12 records, 12 of them signed\n")
    for size, expected in [(12, (1, "fault: rewritten 1-12\n")), (9, fine), (5, (2, ""))]:
        kept.write_text(log.note(size))
        assert told(path, "--checkpoint", kept) == expected


def test_what_a_writer_has_not_checkpointed_in_sqlite_is_read_too(tmp_path):
    log = sample(12, 12)
    path = log.save(tmp_path / "journal.db", log.rows()[:5])
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("PRAGMA journal_mode=WAL")
        writer.executemany("INSERT INTO record VALUES (?, ?, ?)", log.rows()[5:])
        assert told(path) == (0, "ok: 12 records, 12 of them signed\n")


def test_a_view_in_the_place_of_a_table_is_no_journal(tmp_path):
    for name in ("log", "record", "checkpoint", "message", "idempotency"):
        path = sample(3, 3).save(tmp_path / "journal.db")
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as database:
            database.execute(f"ALTER TABLE {name} RENAME TO other")
            database.execute(f"CREATE VIEW {name} AS SELECT * FROM other")
        assert told(path) == (2, ""), name


def test_what_cannot_be_judged_is_neither_good_nor_at_fault(tmp_path):
    path, good = sample(3, 3).save(tmp_path / "journal.db"), sample(3).key
    assert told(tmp_path / "none.db", "--key", f"{path}.vkey") == (2, "")
    for key in ("", good[:-4], good.replace("+", "-"), re.sub(r"\+.{8}\+", "+00000000+", good)):
        (tmp_path / "key").write_text(key)
        assert told(path, "--key", tmp_path / "key") == (2, "")
    for change in ("UPDATE log SET version = 4", "UPDATE log SET version = 1", "INSERT INTO log SELECT * FROM log"):
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as database:
            database.execute(change)
        assert told(path)[0] == (0 if "= 1" in change else 2)
    path.write_bytes(b"not a database" * 100)
    assert told(path) == (2, "")
