"""A proof verifies alone, and proves nothing once anything in it is another."""

import random

import verify
from sample_log import SEED, base64_of, flipped, path_to, sample, sha, told


def proof_of(log, place, size, **others):
    values = {"body": log.bodies[place - 1], "index": place - 1, "path": path_to(place - 1, log.bodies[:size])}
    values = {**values, "note": log.note(size), **others}
    lines = ["c2sp.org/tlog-proof@v1", f"extra {base64_of(values['body'])}", f"index {values['index']}"]
    return "\n".join(lines + [base64_of(hash) for hash in values["path"]]) + "\n\n" + values["note"]


def proved(log, proof):
    try:
        return verify.verify_proof(proof, verify.VerifierKey(log.key))
    except verify.Fault as fault:
        return str(fault)


def test_proofs_of_every_record_verify_at_every_size(tmp_path):
    log = sample(24)
    for size in range(1, 25):
        for place in range(1, size + 1):
            assert proved(log, proof_of(log, place, size)) == (place, size)
    (tmp_path / "key").write_text(log.key)
    for index, expected in [(4, (0, "ok: record 5 of 9 that are signed\n")), (3, (1, "fault: changed 4\n"))]:
        (tmp_path / "proof").write_text(proof_of(log, 5, 9, index=index))
        assert told("--proof", tmp_path / "proof", "--key", tmp_path / "key") == expected


def test_proofs_that_prove_nothing_are_refused():
    log, other, choice = sample(24), sample(24, number=2), random.Random(SEED)
    for size in range(1, 25):
        place = choice.randint(1, size)
        path = path_to(place - 1, log.bodies[:size])
        for change in ({"path": path[:-1]}, {"path": path[1:]}, {"path": [*path, sha()]}, {"path": [sha(), *path]}):
            assert change["path"] == path or proved(log, proof_of(log, place, size, **change)) == f"changed {place}"
        assert proved(log, proof_of(log, place, size, index=place)) == f"changed {place + 1}"
        assert proved(log, proof_of(log, place, size, body=log.bodies[place - 2])) == f"changed {place}"
        assert proved(log, proof_of(other, place, size)) == f"malformed-checkpoint {size}"
        assert proved(log, proof_of(log, place, size, note=log.note(size, other.signer))) == f"wrong-signature {size}"
        assert proved(log, proof_of(log, place, size, body=other.bodies[place - 1])) == f"added {place}"
    data = proof_of(log, 5, 9).encode()
    for position in range(len(data)):
        assert isinstance(proved(log, flipped(data, position, choice)), str), position
