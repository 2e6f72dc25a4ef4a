"""Recording: what is written, what a failing disk does to it, who may write, and how much room it takes."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import numpy as np
import pytest

from nntui.experiment import read_preset
from nntui.runs import appended, catalogue, checkpoints, durable
from nntui.runs.catalogue import find_run, list_runs, listed_run, make_room, remove_run, set_pinned
from nntui.runs.checkpoints import DENSE, kept, numbers, read_checkpoint
from nntui.runs.errors import RunError
from nntui.runs.lock import Lock, is_locked
from nntui.runs.places import new_id, runs_folder, slug
from nntui.runs.recorder import RETRY_PERIOD, record
from nntui.runs.resume import resume
from nntui.runs.run import open_run
from nntui.runs.summary import Summary, write_summary
from nntui.runs.verify import first_difference
from nntui.training.commands import Pause, Restart, Resume, Set, Watch
from nntui.training.scalars import INDEX
from nntui.training.session import Session
from tests.runs.recordings import Clock, play, recorded
from tests.training.runs import experiment


def test_the_folder_holds_the_whole_run(tmp_path: Path) -> None:
    chosen = experiment(training__epochs=9)
    folder = recorded(tmp_path, chosen, [(10, Set("schedule.scale", 0.5)), (10, Pause()), (10, Resume())])
    assert read_preset(folder / "experiment.toml") == chosen
    lines = [json.loads(line) for line in (folder / "journal.jsonl").read_text().splitlines()]
    told = [line.get("command") or line.get("event") for line in lines[1:]]
    assert told == ["run_started", "set", "changed", "pause", "paused", "resume", "resumed", "run_ended"]
    assert [line["step"] for line in lines[2:4]] == [10, 10]
    rows = open_run(folder).scalars().rows
    np.testing.assert_array_equal(rows[:, 0], np.arange(1, 10))
    summary = list_runs(tmp_path)[0].summary
    assert summary is not None
    assert (summary.state, summary.epochs, summary.total_epochs) == ("finished", 9, 9)
    best = int(rows[:, 3].argmin())
    assert (summary.best_epoch, summary.best_loss, summary.best_score) == (best + 1, rows[best, 3], rows[best, 5])
    assert not is_locked(folder)


def test_what_changes_nothing_is_not_recorded(tmp_path: Path) -> None:
    session = Session(experiment())
    recorder = record(tmp_path, session)
    for command in (Watch(("weights",)), Set("optimizer.learning_rate", -1), Set("network.hidden", (3,))):
        recorder.commanded(command, session.apply(command))
    recorder.close()
    assert [entry.command for entry in open_run(recorder.folder).journal.entries] == [None]
    assert not isinstance(Restart(), Watch)


@pytest.mark.slow
def test_checkpoints_grow_with_the_logarithm() -> None:
    present: list[int] = []
    counts = []
    for number in range(1, 12_901):
        present = kept(number, 20_000, [*present, number])
        if number in (DENSE, 2 * DENSE, 4 * DENSE, 8 * DENSE, 16 * DENSE, 32 * DENSE):
            counts.append(len(present))
    assert counts[0] == DENSE
    assert max(np.diff(counts)) <= DENSE / 2 + 1
    assert present[-DENSE:] == list(range(12_901 - DENSE, 12_901))
    gaps = np.diff([0, *present])
    assert gaps[-DENSE - DENSE // 2 :].max() <= 2
    assert len(kept(10_000, 8 << 20, list(range(1, 10_001)))) < 60  # large ones are fewer


class FailingDisk:
    """Writes fail while it is full."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.full = False
        write = durable.write_all

        def write_all(descriptor: int, content: bytes) -> None:
            if self.full:
                write(descriptor, content[: len(content) // 2])
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            write(descriptor, content)

        monkeypatch.setattr(durable, "write_all", write_all)
        monkeypatch.setattr(appended, "write_all", write_all)


@pytest.mark.parametrize("begin_full", [False, True])
def test_a_full_disk_stops_nothing_and_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, begin_full: bool
) -> None:
    disk, clock = FailingDisk(monkeypatch), Clock(0.3)
    disk.full = begin_full
    session = Session(experiment(training__epochs=40))
    recorder = record(tmp_path, session, clock=clock)
    play(session, recorder, until=50)
    disk.full = True
    play(session, recorder, [(70, Set("schedule.scale", 0.7))], until=120)
    since = 0 if begin_full else recorder.trouble.split("epoch ")[1].partition(":")[0]
    assert recorder.trouble == f"not recorded since epoch {since}: No space left on device ({recorder.folder})"
    disk.full = False
    clock.now += RETRY_PERIOD
    play(session, recorder)
    recorder.close()
    assert not recorder.trouble
    assert session.state == "finished"
    assert len(open_run(recorder.folder).scalars().rows) == 40
    assert first_difference(open_run(recorder.folder)) is None


def test_full_disk_is_reported_with_the_last_epoch_that_was_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = FailingDisk(monkeypatch)
    session = Session(experiment(training__epochs=40))
    recorder = record(tmp_path, session, clock=Clock(0.3))
    play(session, recorder, until=50)
    disk.full = True
    play(session, recorder)
    recorder.keep()
    written = int(open_run(recorder.folder).scalars().rows[-1, INDEX["epoch"]])
    assert recorder.trouble.startswith(f"not recorded since epoch {written}: No space left")
    disk.full = False  # there is room for the summary now
    recorder.leave("finished")
    listed = listed_run(recorder.folder).summary
    assert listed is not None
    assert (listed.epochs, listed.state) == (written, "interrupted")
    assert session.state == "finished"


def test_disk_with_room_for_curves_alone_lacks_checkpoints_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(folder: Path, number: int, content: bytes) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    session = Session(experiment(training__epochs=40))
    recorder = record(tmp_path, session, clock=Clock(0.3))
    play(session, recorder, until=50)
    last = read_checkpoint(recorder.folder, numbers(recorder.folder)[-1]).epoch
    monkeypatch.setattr(checkpoints, "write_checkpoint", full)
    play(session, recorder, [(60, Set("training.epochs", 45))])
    recorder.close()
    assert recorder.trouble.startswith(f"no checkpoint since epoch {last}: No space left")
    listed = listed_run(recorder.folder).summary
    assert listed is not None
    assert (listed.epochs, listed.total_epochs, listed.state) == (45, 45, "finished")
    assert first_difference(open_run(recorder.folder)) is None


def test_recording_that_never_began_leaves_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    FailingDisk(monkeypatch).full = True
    session = Session(experiment(training__epochs=5))
    recorder = record(tmp_path, session)
    play(session, recorder)
    recorder.close()
    assert recorder.trouble.startswith("not recorded since epoch 0: ")
    assert not recorder.folder.exists()


def test_curves_too_long_to_be_read_are_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nntui.runs.recorder.LARGEST_SCALARS", 1000)
    session = Session(experiment(training__epochs=40))
    recorder = record(tmp_path, session, clock=Clock(0.9))
    play(session, recorder)
    recorder.close()
    rows = open_run(recorder.folder).scalars().rows
    assert 0 < len(rows) < 16
    assert recorder.trouble.startswith(f"curves not recorded since epoch {len(rows) + 1}: ")
    assert first_difference(open_run(recorder.folder)) is None


def test_a_folder_that_cannot_be_made_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("a file where the folder should be")
    session = Session(experiment(training__epochs=5))
    recorder = record(tmp_path / "runs", session)
    play(session, recorder)
    recorder.close()
    assert session.state == "finished"
    assert recorder.trouble.startswith("not recorded since epoch 0: ")


@pytest.mark.parametrize("held", [False, True])
def test_lock_on_a_read_only_file_system_is_held_only_by_a_holder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, held: bool
) -> None:
    folder = recorded(tmp_path, experiment(training__epochs=1))
    lock = Lock(folder)
    assert not held or lock.take()
    opened = os.open

    def read_only(path: Path, flags: int, *rest: int) -> int:
        if flags & (os.O_RDWR | os.O_WRONLY):
            raise OSError(errno.EROFS, os.strerror(errno.EROFS))
        return opened(path, flags, *rest)

    monkeypatch.setattr(os, "open", read_only)
    assert is_locked(folder) is held


def test_only_one_writes_and_the_lock_ends_with_the_process(tmp_path: Path) -> None:
    session = Session(experiment())
    recorder = record(tmp_path, session)
    with pytest.raises(RunError, match="another program is training this run"):
        resume(recorder.folder)
    with pytest.raises(RunError, match="another program is training this run"):
        remove_run(recorder.folder)
    summary = list_runs(tmp_path)[0].summary
    assert summary is not None
    assert summary.state == "running"
    child = os.fork() if hasattr(os, "fork") else 0
    if child == 0 and hasattr(os, "fork"):  # a process that holds a lock and dies without letting go
        os._exit(0 if Lock(_made(tmp_path / "other")).take() else 1)
    if child:
        assert os.waitpid(child, 0)[1] == 0
        assert not is_locked(tmp_path / "other")
    recorder.close()
    resume(recorder.folder).recorder.close()


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _stub(runs: Path, identifier: str, size: int) -> Path:
    folder = _made(runs / identifier)
    (folder / "journal.jsonl").write_bytes(bytes(size))
    write_summary(folder, Summary(identifier, "xor", "XOR", "2026-01-01T00:00:00Z", "finished", bytes=size))
    return folder


def test_the_oldest_go_first_when_there_is_no_room(tmp_path: Path) -> None:
    folders = [_stub(tmp_path, f"2026010{day}-000000-xor-0000", 100_000) for day in range(1, 6)]
    set_pinned(folders[0], True)
    lock = Lock(folders[1])
    assert lock.take()
    notes = make_room(tmp_path, cap=250_000)
    assert [folder.name for folder in folders if folder.exists()] == [folders[index].name for index in (0, 1)]
    assert len(notes) == 3
    assert all("removed the run" in note for note in notes)
    lock.release()
    assert not make_room(tmp_path, cap=250_000)


def test_runs_are_found_by_what_people_type(tmp_path: Path) -> None:
    for identifier in ("20260101-000000-xor-0000", "20260102-000000-xor-0001", "20260103-000000-two-moons-0002"):
        _stub(tmp_path, identifier, 1)
    (tmp_path / "tensorboard").mkdir()  # somebody else's
    assert find_run(tmp_path, "last").name == "20260103-000000-two-moons-0002"
    assert find_run(tmp_path, "20260101").name == "20260101-000000-xor-0000"
    assert find_run(tmp_path, "xor").name == "20260102-000000-xor-0001"
    assert find_run(tmp_path, "two-moons").name == "20260103-000000-two-moons-0002"
    assert find_run(tmp_path, str(tmp_path / "20260101-000000-xor-0000")).name == "20260101-000000-xor-0000"
    with pytest.raises(RunError, match="3 runs are called so"):
        find_run(tmp_path, "2026")
    with pytest.raises(RunError, match="no such run"):
        find_run(tmp_path, "nowhere")
    assert [item.path.name for item in list_runs(tmp_path)] == sorted(os.listdir(tmp_path), reverse=True)
    assert not list_runs(tmp_path / "missing")


def test_names(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert slug("Größe / ../Two  Moons") == "gr-e-two-moons"
    assert slug("…") == "untitled"
    assert len({new_id("xor") for _ in range(20)}) > 1
    monkeypatch.setenv("NNTUI_RUNS", str(tmp_path))
    assert runs_folder() == tmp_path
    assert runs_folder("elsewhere") == Path("elsewhere").absolute()
    monkeypatch.delenv("NNTUI_RUNS")
    assert runs_folder().name == "runs"
    assert catalogue.CAP > 1 << 20
