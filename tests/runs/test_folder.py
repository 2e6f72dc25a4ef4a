"""The folder of a run: its owner's alone, written again if it is lost while the run trains, named only if it exists."""

from __future__ import annotations

import errno
import os
import shutil
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from nntui.runs import recorder as recorder_module
from nntui.runs.catalogue import list_runs
from nntui.runs.recorder import record
from nntui.runs.resume import resume
from nntui.runs.run import open_run
from nntui.runs.verify import first_difference
from nntui.training.commands import Set
from nntui.training.session import Session
from tests.commandline.running import Nntui
from tests.runs.recordings import Clock, play, recorded
from tests.training.runs import experiment

posix = pytest.mark.skipif(sys.platform == "win32", reason="modes of files, and removing files that are open")


@pytest.fixture
def nntui(capsys: pytest.CaptureFixture[str]) -> Nntui:
    return Nntui(capsys)


@posix
@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
def test_a_recording_is_its_owners_alone(tmp_path: Path, mask: int) -> None:
    before = os.umask(mask)
    try:
        folder = recorded(tmp_path / "runs", experiment(training__epochs=4))
        taken = resume(folder)
        taken.recorder.close()
    finally:
        os.umask(before)
    for path in (folder.parent, folder, *folder.rglob("*")):
        wanted = 0o700 if path.is_dir() else 0o600
        assert stat.S_IMODE(path.stat().st_mode) == wanted, path


def _remove(folder: Path, aside: Path) -> None:
    shutil.rmtree(folder)


def _remove_all(folder: Path, aside: Path) -> None:
    shutil.rmtree(folder.parent)


def _move(folder: Path, aside: Path) -> None:
    folder.rename(aside)


def _lose_file(name: str) -> Callable[[Path, Path], None]:
    return lambda folder, aside: (folder / name).unlink()


LOSSES = {
    "removed": _remove,
    "removed with all runs": _remove_all,
    "moved away": _move,
    "without its journal": _lose_file("journal.jsonl"),
    "without its scalars": _lose_file("scalars.bin"),
    "without its lock": _lose_file("lock"),
}


@posix
@pytest.mark.parametrize("loss", LOSSES)
def test_a_folder_that_is_lost_is_written_again(tmp_path: Path, loss: str) -> None:
    session = Session(experiment(training__epochs=30))
    recorder = record(tmp_path / "runs", session, clock=Clock(0.9))
    script = play(session, recorder, [(20, Set("schedule.scale", 0.5)), (200, Set("schedule.scale", 2.0))], until=100)
    LOSSES[loss](recorder.folder, tmp_path / "aside")
    play(session, recorder, script)
    recorder.close()
    assert recorder.trouble == ""
    assert len(recorder.notes) == 1
    assert "is written again" in recorder.notes[0]
    run = open_run(recorder.folder)
    assert len(run.scalars().rows) == 30
    assert len(run.changes()) == 2
    assert first_difference(run) is None
    assert [listed.path for listed in list_runs(tmp_path / "runs")] == [recorder.folder]


@posix
def test_a_resumed_run_that_is_lost_is_written_again(tmp_path: Path) -> None:
    folder = recorded(tmp_path / "runs", experiment(training__epochs=30), until=60)
    taken = resume(folder)
    shutil.rmtree(folder)
    play(taken.session, taken.recorder)
    taken.recorder.close()
    run = open_run(folder)
    assert len(run.scalars().rows) == taken.session.epoch
    assert first_difference(run) is None


@posix
def test_a_folder_that_cannot_be_written_again_is_trouble_until_it_can(tmp_path: Path) -> None:
    session = Session(experiment(training__epochs=40))
    clock = Clock(0.9)
    recorder = record(tmp_path / "runs", session, clock=clock)
    play(session, recorder, until=60)
    shutil.rmtree(tmp_path / "runs")
    (tmp_path / "runs").write_text("a file where the folder was")
    play(session, recorder, until=120)
    assert recorder.trouble.startswith("not recorded since epoch ")
    (tmp_path / "runs").unlink()
    clock.now += recorder_module.RETRY_PERIOD
    play(session, recorder)
    recorder.close()
    assert recorder.trouble == ""
    run = open_run(recorder.folder)
    assert len(run.scalars().rows) == 40
    assert first_difference(run) is None


@pytest.mark.parametrize("words", [(), ("--seeds", "2")])
def test_what_is_not_recorded_has_no_name(tmp_path: Path, nntui: Nntui, words: tuple[str, ...]) -> None:
    (tmp_path / "file").write_text("where the folder of runs should be")
    for more in (("--runs", tmp_path / "file"), ("--no-record",)):
        said = nntui("train", "xor", "--epochs", "2", *words, *more)
        assert said.status == 0
        assert "recorded as" not in said.out + said.err
    said = nntui("train", "xor", "--epochs", "2", *words, "--runs", tmp_path / "runs")
    assert "recorded as" in said.out


def test_a_disk_that_is_full_from_the_beginning_gives_no_name(
    tmp_path: Path, nntui: Nntui, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, content: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(recorder_module, "replace_file", full)
    said = nntui("train", "xor", "--epochs", "2", "--runs", tmp_path)
    assert said.status == 0
    assert "recorded as" not in said.out + said.err
    (fault,) = said.faults
    assert fault.startswith(f"nntui: not recorded since epoch 0: No space left on device ({tmp_path}/")
