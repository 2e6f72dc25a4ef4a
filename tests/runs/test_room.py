"""Making room: what runs take is measured, no more is removed than needed, and what was removed is listed."""

from __future__ import annotations

import json
import os
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nntui.runs.catalogue import find_run, list_runs, make_room, remove_run, set_pinned
from nntui.runs.errors import RunError
from nntui.runs.lock import Lock
from nntui.runs.removed import LARGEST, NAME, Why, list_removed, note_removed
from nntui.runs.summary import Summary, write_summary
from tests.commandline.running import Nntui

UNIT = 64 << 10  # bytes: large beside what a file system adds to a small file
KINDS = ("plain", "plain", "plain", "pinned", "running", "damaged")


@dataclass(frozen=True)
class Planned:
    """A run to be made: its size, the size its summary claims, and whether it shares a file with the previous one."""

    units: int
    claim: int
    kind: str
    shares: bool


planned = st.builds(
    Planned,
    st.integers(0, 6),
    st.sampled_from([0, 1, 4096, 10**6, 9_000_000_000_000_000]),
    st.sampled_from(KINDS),
    st.booleans(),
)


def make(runs: Path, plan: list[Planned]) -> tuple[list[Path], list[Lock]]:
    """The runs, the oldest first, and the locks of those that are being trained."""
    folders: list[Path] = []
    locks: list[Lock] = []
    for number, each in enumerate(plan):
        folder = runs / f"20260101-{number:06d}-xor-0000"
        (folder / "checkpoints").mkdir(parents=True)
        write_summary(folder, Summary(folder.name, "xor", "XOR", "2026-01-01T00:00:00Z", "finished", bytes=each.claim))
        (folder / "checkpoints" / "000001.npz").write_bytes(os.urandom(each.units * UNIT))
        if each.shares and folders:
            os.link(folders[-1] / "checkpoints" / "000001.npz", folder / "checkpoints" / "000000.npz")
        if each.kind == "pinned":
            set_pinned(folder, True)
        elif each.kind == "running":
            locks.append(Lock(folder))
            assert locks[-1].take()
        elif each.kind == "damaged":
            (folder / "summary.json").write_text("{")
        folders.append(folder)
    return folders, locks


def taken(folders: list[Path]) -> int:
    """Bytes on the disk that these take together, each file once."""
    files = {}
    for folder in folders:
        for path in folder.rglob("*"):
            known = path.lstat()
            files[known.st_ino] = known.st_blocks * 512
    return sum(files.values())


@settings(max_examples=25, deadline=None)
@given(st.lists(planned, min_size=1, max_size=8), st.integers(0, 24))
def test_room_is_made_by_removing_just_what_is_needed(plan: list[Planned], units: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        runs, cap = Path(name), units * UNIT + UNIT // 2
        folders, locks = make(runs, plan)
        copies = {folder: taken([folder]) for folder in folders}
        fixed = [folder for folder, each in zip(folders, plan, strict=True) if each.kind != "plain"]
        own = taken(fixed)
        room = max(cap - own, cap // 4)
        loose = [folder for folder in folders if folder not in fixed]
        needed = taken(folders) - own > room
        make_room(runs, cap)
        left = [folder for folder in folders if folder.exists()]
        gone = [folder for folder in folders if not folder.exists()]
        assert all(folder in left for folder in fixed)
        assert all(folder in loose for folder in gone)
        assert bool(gone) <= needed
        assert taken(left) - own <= room
        assert sorted(each.id for each in list_removed(runs)) == sorted(folder.name for folder in gone)
        if not any(each.shares for each in plan):
            assert all(taken(left) - own + copies[folder] > room for folder in gone)
        for lock in locks:
            lock.release()


def test_an_absurd_claim_removes_nothing(tmp_path: Path) -> None:
    folders, _ = make(tmp_path, [Planned(1, claim, "plain", False) for claim in (9_000_000_000_000_000, *[1] * 9)])
    assert make_room(tmp_path) == []
    assert all(folder.exists() for folder in folders)


@pytest.mark.parametrize("kind", ["pinned", "running", "damaged"])
def test_a_large_run_that_stays_leaves_room_for_others(tmp_path: Path, kind: str) -> None:
    folders, locks = make(tmp_path, [Planned(1, 0, "plain", False)] * 2 + [Planned(40, 0, kind, False)])
    assert make_room(tmp_path, cap=16 * UNIT) == []
    assert all(folder.exists() for folder in folders)
    for lock in locks:
        lock.release()


def test_programs_that_make_room_together_remove_what_one_would(tmp_path: Path) -> None:
    for attempt in range(5):
        runs = tmp_path / str(attempt)
        folders, _ = make(runs, [Planned(1, 0, "plain", False)] * 12)
        together = threading.Barrier(6)

        def work(runs: Path = runs, together: threading.Barrier = together) -> None:
            together.wait()
            make_room(runs, cap=8 * UNIT)

        threads = [threading.Thread(target=work) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        left = [folder for folder in folders if folder.exists()]
        assert left == folders[-len(left) :]
        assert taken(left) <= 8 * UNIT < taken(left) + taken(left[:1])


def test_what_a_link_leads_to_is_neither_counted_nor_removed(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "data").write_bytes(bytes(20 * UNIT))
    runs = tmp_path / "runs"
    folders, _ = make(runs, [Planned(1, 0, "plain", False)] * 3)
    (folders[0] / "elsewhere").symlink_to(precious)
    (runs / "20250101-000000-xor-0000").symlink_to(precious)
    assert make_room(runs, cap=8 * UNIT) == []
    make_room(runs, cap=0)
    assert (precious / "data").stat().st_size == 20 * UNIT
    with pytest.raises(RunError, match="not the folder of a run"):
        remove_run(runs / "20250101-000000-xor-0000")


def test_what_is_not_a_run_stays(tmp_path: Path) -> None:
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter").write_bytes(bytes(UNIT))
    (tmp_path / "20260101-000000-mine-0000").mkdir()  # called as a run is, and empty
    make_room(tmp_path, cap=0)
    assert (tmp_path / "thesis" / "chapter").exists()
    assert (tmp_path / "20260101-000000-mine-0000").exists()


def test_removed_runs_are_listed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    nntui = Nntui(capsys)
    folders, _ = make(tmp_path, [Planned(2, 0, "plain", False)] * 3)
    assert nntui("runs", "--removed", "--runs", tmp_path).out == f"no runs were removed from {tmp_path}\n"
    make_room(tmp_path, cap=5 * UNIT)
    assert nntui("runs", "rm", folders[1].name, "--runs", tmp_path).status == 0
    first, second = list_removed(tmp_path)
    assert (first.id, first.why) == (folders[1].name, Why.ASKED)
    assert (second.id, second.why) == (folders[0].name, Why.ROOM)
    assert second.bytes >= 2 * UNIT
    lines = nntui("runs", "--removed", "--runs", tmp_path).out.splitlines()
    assert [line.split()[0] for line in lines] == ["RUN", folders[1].name, folders[0].name]
    records = [json.loads(line) for line in nntui("runs", "--removed", "--json", "--runs", tmp_path).out.splitlines()]
    assert [record["why"] for record in records] == ["asked", "room"]


def test_the_list_of_removed_runs_stays_small_and_survives_damage(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(b"junk\n{}\n[1]\n" * (LARGEST // 30))
    for number in range(3):
        note_removed(tmp_path / f"20260101-{number:06d}-xor-0000", 1, Why.ROOM)
    assert (tmp_path / NAME).stat().st_size < LARGEST // 2
    assert [each.id[9:15] for each in list_removed(tmp_path)] == ["000002", "000001", "000000"]


@pytest.mark.parametrize("size", ["1e400", "Infinity", "NaN", "-1", "1e300", "9" * 5000, '"many"', "null", "[]"])
def test_removed_run_of_an_absurd_size_is_passed_over(
    tmp_path: Path, size: str, capsys: pytest.CaptureFixture[str]
) -> None:
    note_removed(tmp_path / "20260101-000000-xor-0000", 1, Why.ROOM)
    line = '{"id": "20260101-000001-xor-0000", "when": "2026-01-01T00:00:00Z", "bytes": %s, "why": "room"}\n'
    with (tmp_path / NAME).open("a") as file:
        file.write(line % size)
    said = Nntui(capsys)("runs", "--removed", "--runs", tmp_path)
    assert (said.status, said.err) == (0, "")
    assert [row.split()[0] for row in said.out.splitlines()] == ["RUN", "20260101-000000-xor-0000"]


def test_a_run_is_gone_before_its_files_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder,), _ = make(tmp_path, [Planned(1, 0, "plain", False)])

    def fail(path: Path, **options: object) -> None:
        if not options:
            raise OSError("the disk is gone")

    monkeypatch.setattr("shutil.rmtree", fail)
    with pytest.raises(RunError, match="the disk is gone"):
        remove_run(folder)
    assert list_runs(tmp_path) == []
    with pytest.raises(RunError):
        find_run(tmp_path, folder.name)
