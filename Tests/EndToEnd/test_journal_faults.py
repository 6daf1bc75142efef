"""The journal fails closed: without it nothing is sent, callers and operators are told why, and it heals by itself."""

import sqlite3

import pytest

from checks import assert_problem, assert_sent
from conftest import KEY, KEY_VARIABLE, MINIMAL, upstream_configuration
from disks import ReadOnly, SmallDisk
from journals import Rig
from processes import run, wait_until
from tracing import Tracer
from trail import Trail


@pytest.fixture
def on_disk(tmp_path):
    """Makes small file systems; they outlive the gateways, which are started behind them."""
    disks = []

    def make(size):
        disks.append(SmallDisk(tmp_path / f"disk-{len(disks)}", size))
        return disks[-1]

    yield make
    for disk in disks:
        disk.close()


@pytest.fixture
def rig(on_disk, tmp_path, start_upstream, start_behind, new_client):
    """Starts a gateway with a journal in that folder."""
    made = []

    def make(folder=None, **settings):
        folder = folder or tmp_path / "journal"
        folder.mkdir(exist_ok=True)
        made.append(Rig(start_behind, start_upstream(), new_client, folder, **settings))
        return made[-1]

    yield make
    for each in made:
        each.close()


# MARK: Space


def test_a_full_disk_stops_sends_and_what_was_under_way_is_told_and_recorded(on_disk, rig):
    disk = on_disk("3m")
    r = rig(disk.folder, journal={"min_free": 0})
    assert_sent(r.send())
    held = r.hold()
    disk.fill()
    # What the log has room for is still written.
    wait_until(lambda: r.send().status_code == 503, "the disk is full")
    r.assert_fails_closed("disk full")
    r.let_go()
    problem = assert_problem(held.result(), "journal-unavailable", "sent")
    assert problem["attempts"] == 1 and problem["endpoint"] == "v1.bot.conversation"
    assert problem["message_id"] not in r.trail.outcomes()
    r.assert_fails_closed("disk full")
    disk.clear()
    r.assert_heals()
    assert r.trail.outcomes()[problem["message_id"]]["outcome"] == "sent"
    assert r.client.get(f"/messages/{problem['message_id']}").json()["outcome"] == "sent"


def test_a_disk_that_fills_and_empties_many_times_heals_every_time(on_disk, rig):
    disk = on_disk("3m")
    r = rig(disk.folder, journal={"min_free": 0})
    for _ in range(4):
        disk.fill()
        wait_until(lambda: r.send().status_code == 503, "the disk is full")
        disk.clear()
        r.assert_heals()
    assert {outcome["outcome"] for outcome in r.trail.outcomes().values()} <= {"sent", "not_sent"}
    assert set(r.trail.outcomes()) == set(r.trail.intents())


def test_little_free_space_stops_sends_and_leaves_room_for_outcomes(on_disk, rig):
    disk = on_disk("8m")
    r = rig(disk.folder)
    held = r.hold()
    disk.fill(leaving=300_000)
    r.wait_for_failure("free space under the floor")
    r.assert_fails_closed("free space under the floor")
    r.let_go()
    message = assert_sent(held.result())["message_id"]
    assert r.trail.outcomes()[message]["outcome"] == "sent"
    r.assert_fails_closed("free space under the floor")
    disk.clear()
    r.assert_heals()


def test_the_floor_is_what_the_configuration_says(on_disk, rig):
    disk = on_disk("64m")
    r = rig(disk.folder, journal={"min_free": "2MiB"})
    disk.fill(leaving=2_300_000)
    assert_sent(r.send())
    disk.fill(leaving=1_800_000)
    r.wait_for_failure("free space under the floor")
    r.assert_fails_closed("free space under the floor")
    disk.clear()
    r.assert_heals()


# MARK: Errors of the system


@pytest.mark.parametrize(
    "call,error,reason",
    [
        ("fdatasync", "EIO", "I/O error"), ("pwrite64", "EIO", "I/O error"), ("pwrite64", "ENOSPC", "disk full"),
        ("pwrite64", "EROFS", "I/O error"), ("fdatasync", "ENOSPC", "I/O error"),
    ],
)
def test_an_error_of_the_disk_stops_sends_until_it_is_gone(call, error, reason, rig, tmp_path):
    r = rig()
    assert_sent(r.send())
    held = r.hold()
    with Tracer(r.gateway, tmp_path, "-e", f"trace={call}", "-e", f"inject={call}:error={error}"):
        r.assert_fails_closed(reason)
        r.let_go()
        problem = assert_problem(held.result(), "journal-unavailable", "sent")
        r.assert_fails_closed(reason)
    r.assert_heals()
    assert r.trail.outcomes()[problem["message_id"]]["outcome"] == "sent"
    for message, outcome in r.trail.outcomes().items():
        assert outcome["outcome"] == "sent" or outcome["reason"] == "journal-unavailable", (message, outcome)


@pytest.mark.parametrize("error", ["fdatasync:error=EIO:when=3+4", "pwrite64:error=EIO:when=7+9", "pwrite64:error=ENOSPC:when=5+11"])
def test_errors_that_come_and_go_under_load_leave_a_true_trail(error, rig, tmp_path):
    r = rig()
    with Tracer(r.gateway, tmp_path, "-e", f"trace={error.split(':')[0]}", "-e", f"inject={error}"):
        enough, work = r.in_background(lambda client: r.send(client=client), 6)
        wait_until(lambda: sum(answer.status_code == 503 for answer in list(r.answers)) > 30, "thirty refusals", 20)
        enough.set()
        for each in work:
            each.result()
    r.assert_heals()
    assert set(r.trail.outcomes()) == set(r.trail.intents())
    assert all(answer.status_code in (200, 503) for answer in r.answers)


@pytest.mark.parametrize("error", ["EMFILE", "EIO", "ENOSPC"])
def test_a_journal_that_can_not_be_opened_anew_at_once_heals_when_it_can(error, rig, tmp_path):
    r = rig()
    assert_sent(r.send())
    # One sync fails, and then the file can't be opened: a process without descriptors left is enough for that.
    paths = ["-P", str(r.path), "-P", f"{r.path}-wal"]
    inject = ["-e", "trace=fdatasync,openat", "-e", "inject=fdatasync:error=EIO:when=1", "-e", f"inject=openat:error={error}"]
    with Tracer(r.gateway, tmp_path, *paths, *inject) as tracer:
        r.assert_fails_closed("")
        wait_until(lambda: f"{error} " in tracer.log.read_text() and "openat" in tracer.log.read_text(), "it can't be opened")
    r.assert_heals()


def test_a_file_system_that_can_not_be_written_any_more_stops_sends(rig, tmp_path):
    r = rig()
    assert_sent(r.send())
    with ReadOnly(r.folder):
        # One failed sync, and the journal is opened anew.
        with Tracer(r.gateway, tmp_path, "-e", "trace=fdatasync", "-e", "inject=fdatasync:error=EIO"):
            r.assert_fails_closed("I/O error")
        r.wait_for_failure("read-only")
        r.assert_fails_closed("read-only")
    r.assert_heals()


# MARK: Files


def rescued_copy(r, ids):
    """The copy of a journal that was deleted, once it holds these messages."""
    path = r.path.with_name(r.path.name + ".rescued")

    def is_whole():
        try:
            return set(ids) <= set(Trail(path).intents())
        except sqlite3.Error:
            return False

    wait_until(is_whole, "the rescued copy")
    return path


def test_a_journal_that_was_deleted_stops_sends_and_its_rescued_copy_heals(rig):
    r = rig()
    ids = [assert_sent(r.send())["message_id"] for _ in range(20)]
    held = r.hold()
    r.path.unlink()
    # An idle gateway notices, too.
    r.wait_for_failure("file missing")
    r.assert_fails_closed("file missing")
    rescued = rescued_copy(r, ids)
    r.let_go()
    problem = assert_problem(held.result(), "journal-unavailable", "sent")
    rescued.rename(r.path)
    r.assert_heals()
    assert set(ids) <= set(r.trail.outcomes())
    assert r.trail.outcomes()[problem["message_id"]]["outcome"] == "sent"


def test_a_journal_that_was_deleted_just_before_a_send_sends_nothing(rig):
    r = rig()
    for _ in range(8):
        message = assert_sent(r.send())["message_id"]
        r.path.unlink()
        r.assert_fails_closed("file missing")
        rescued_copy(r, [message]).rename(r.path)
        r.assert_heals()


def test_a_rescued_copy_is_there_whole_or_not_at_all(rig, tmp_path):
    """Whoever waits for it may move it at once."""
    r = rig()
    message = assert_sent(r.send())["message_id"]
    with Tracer(r.gateway, tmp_path, "-e", "trace=openat,rename,renameat,renameat2,link,linkat") as tracer:
        r.path.unlink()
        r.wait_for_failure("file missing")
        rescued = rescued_copy(r, [message])
    made = [line for line in tracer.log.read_text().splitlines() if f'{rescued}"' in line and ("O_CREAT" in line or "name" in line)]
    assert made and not any("O_CREAT" in line for line in made), made


def test_a_rescued_copy_that_was_lost_is_made_again(rig):
    r = rig()
    message = assert_sent(r.send())["message_id"]
    r.path.unlink()
    r.wait_for_failure("file missing")
    rescued_copy(r, [message]).unlink()
    rescued_copy(r, [message]).rename(r.path)
    r.assert_heals()


def test_a_journal_that_was_moved_away_heals_when_it_is_back(rig):
    r = rig()
    assert_sent(r.send())
    held = r.hold()
    away = r.path.rename(r.path.with_name("away.db"))
    r.assert_fails_closed("file missing")
    r.let_go()
    problem = assert_problem(held.result(), "journal-unavailable", "sent")
    away.rename(r.path)
    r.assert_heals()
    assert r.trail.outcomes()[problem["message_id"]]["outcome"] == "sent"


def test_a_folder_that_was_moved_away_heals_when_it_is_back(rig, tmp_path):
    r = rig()
    assert_sent(r.send())
    away = r.folder.rename(tmp_path / "away")
    r.wait_for_failure("file missing")
    r.assert_fails_closed("file missing")
    away.rename(r.folder)
    r.assert_heals()


def another_log(tmp_path, rig):
    other = rig(tmp_path / "other")
    assert_sent(other.send())
    other.gateway.stop()
    return other.path.read_bytes()


@pytest.mark.parametrize("other", ["another log", "garbage", "nothing"])
@pytest.mark.parametrize("how", ["over it", "in its place"])
def test_a_journal_that_was_replaced_stops_sends_until_it_is_back(how, other, rig, tmp_path):
    contents = {"another log": lambda: another_log(tmp_path, rig), "garbage": lambda: b"garbage" * 1000, "nothing": lambda: b""}[other]()
    r = rig()
    assert_sent(r.send())
    strange, away = r.path.with_name("strange.db"), r.path.with_name("away.db")
    strange.write_bytes(contents)
    if how == "in its place":
        r.path.rename(away)
    strange.rename(r.path)
    wait_until(lambda: not r.readiness()[0], "it is noticed")
    before = len(r.upstream.requests)
    assert_problem(r.send(), "journal-unavailable", "not_sent")
    assert not r.readiness()[0] and len(r.upstream.requests) == before
    assert r.path.read_bytes() == contents, "somebody else's file was written"
    if how == "over it":
        r.path.unlink()
        away = rescued_copy(r, [r.answers[0].json()["message_id"]])
    away.rename(r.path)
    r.assert_heals()
    assert len(r.trail.intents()) == 3


def test_a_journal_that_was_replaced_by_its_backup_is_brought_up_to_date(rig):
    r = rig()
    assert_sent(r.send())
    backup = r.path.with_name("backup.db")
    source, copy = sqlite3.connect(r.path), sqlite3.connect(backup)
    source.backup(copy)
    source.close()
    copy.close()
    later = [assert_sent(r.send())["message_id"] for _ in range(5)]
    backup.rename(r.path)
    r.gateway.wait_for_log("journal available again")
    r.assert_heals()
    assert set(later) <= set(r.trail.outcomes())


@pytest.mark.parametrize("suffix", ["-wal", "-shm"])
def test_a_part_of_the_journal_that_was_deleted_is_made_again_and_nothing_is_lost(suffix, rig):
    r = rig()
    ids = [assert_sent(r.send())["message_id"] for _ in range(20)]
    r.path.with_name(r.path.name + suffix).unlink()
    wait_until(lambda: r.send().status_code == 200, "it sends again")
    ids += [assert_sent(r.send())["message_id"] for _ in range(20)]
    wait_until(lambda: r.readiness()[0], "it is ready")
    r.assert_trail_is_true()
    assert set(ids) <= set(r.trail.outcomes())
    assert r.gateway.stop() == 0
    r.assert_trail_is_true()


# MARK: Ends and beginnings


def test_a_gateway_that_stops_while_its_journal_is_deleted_saves_it(rig):
    r = rig()
    ids = [assert_sent(r.send())["message_id"] for _ in range(5)]
    r.path.unlink()
    assert r.gateway.stop() == 0
    rescued = r.path.with_name(r.path.name + ".rescued")
    assert set(ids) == set(Trail(rescued).outcomes())
    result = Trail(rescued).run_verifier(key=r.path.with_name(r.path.name + ".vkey"))
    assert result.returncode == 0, result.stdout


def test_a_second_gateway_on_a_journal_is_74_and_the_next_one_starts_when_the_first_was_killed(rig, tmp_path):
    r = rig()
    message = assert_sent(r.send())["message_id"]
    second = tmp_path / "second.yaml"
    configuration = {"listen": ["127.0.0.1:0"], **upstream_configuration(r.upstream, journal={"path": str(r.path)})}
    second.write_text(str(configuration).replace("'", '"'))
    result = run("serve", "--config", second, environment={KEY_VARIABLE: KEY})
    assert result.returncode == 74
    assert str(r.path) in result.stderr and "another gateway" in result.stderr, result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert_sent(r.send())
    r.gateway.ends_badly = True
    r.gateway.process.kill()
    r.gateway.process.wait(10)
    r.start()
    assert r.client.get(f"/messages/{message}").json()["outcome"] == "sent"
    r.assert_trail_is_true()


@pytest.mark.parametrize("what", ["garbage", "a folder", "no folder", "another's key", "a full disk"])
def test_a_journal_that_can_not_be_opened_stops_the_start(what, on_disk, tmp_path):
    path = tmp_path / "journal.db"
    if what == "garbage":
        path.write_bytes(b"garbage" * 1000)
    elif what == "a folder":
        path.mkdir()
    elif what == "no folder":
        (tmp_path / "file").write_text("")
        path = tmp_path / "file" / "journal.db"
    elif what == "another's key":
        path.with_name("journal.db.key").write_text("not a key\n")
    else:
        disk = on_disk("1m")
        disk.fill()
        path = disk.folder / "journal.db"
    configuration = tmp_path / "gateway.yaml"
    configuration.write_text(str({"listen": ["127.0.0.1:0"], **MINIMAL, "journal": {"path": str(path)}}).replace("'", '"'))
    result = run("serve", "--config", configuration, environment={"DIVAR_API_KEY": "k"})
    assert result.returncode in (74, 78), (result.returncode, result.stderr)
    assert str(path.parent) in result.stderr and len(result.stderr.splitlines()) == 1, result.stderr
    assert what != "garbage" or path.read_bytes() == b"garbage" * 1000
