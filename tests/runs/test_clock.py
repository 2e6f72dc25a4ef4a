"""The wall clock is set forward or back by hours: recordings keep their order, and nothing is taken for old."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from nntui.cli import main
from nntui.experiment import Experiment, read_preset
from nntui.experiment.library import find_preset
from nntui.runs import places
from nntui.runs.catalogue import LEFT_ALONE, find_run, list_runs, make_room
from nntui.runs.lock import Lock
from nntui.runs.recorder import record
from nntui.runs.summary import read_summary
from nntui.training.session import Session

HOURS = (0, 5, -9, -9, 30, -400, 3)
"""What the clock is off by, one run after another."""


class Clock(datetime):
    """A wall clock that can be set."""

    off = timedelta()

    @classmethod
    def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
        return datetime.now(UTC) + cls.off


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> type[Clock]:
    monkeypatch.setattr(places, "datetime", Clock)
    monkeypatch.setattr("nntui.runs.recorder.datetime", Clock)
    monkeypatch.setattr(Clock, "off", timedelta())
    return Clock


def recorded(runs: Path, preset: str = "xor") -> str:
    """The id of a run that was recorded and left."""
    recorder = record(runs, Session(_experiment(preset)), preset)
    recorder.close()
    return recorder.folder.name


def _experiment(preset: str) -> Experiment:
    return read_preset(find_preset(preset))


def test_runs_keep_their_order_whatever_the_clock_says(tmp_path: Path, clock: type[Clock]) -> None:
    names = []
    for hours in HOURS:
        clock.off = timedelta(hours=hours)
        names.append(recorded(tmp_path))
        assert find_run(tmp_path, "last").name == names[-1]
    assert [run.path.name for run in list_runs(tmp_path)] == names[::-1]
    assert read_summary(tmp_path / names[-1]).created <= f"{datetime.now(UTC) + timedelta(hours=4):%Y-%m-%dT%H:%M:%SZ}"


def test_runs_of_one_second_keep_their_order_whatever_they_train(tmp_path: Path, clock: type[Clock]) -> None:
    names = [recorded(tmp_path, preset) for preset in ("xor", "spirals", "digits", "waves")]
    assert [run.path.name for run in list_runs(tmp_path)] == names[::-1]


def test_clock_set_back_makes_room_from_the_oldest_on(tmp_path: Path, clock: type[Clock]) -> None:
    names = []
    for hours in (0, -1, -2, -3):
        clock.off = timedelta(hours=hours)
        names.append(recorded(tmp_path))
    make_room(tmp_path, cap=1, spared=frozenset(names[2:]))
    assert {run.path.name for run in list_runs(tmp_path)} == set(names[2:])


@pytest.mark.parametrize("name", ["99991231-235959-xor-000000", "99999999-999999-xor-000000"])
def test_name_from_the_end_of_time_stops_no_recording(tmp_path: Path, clock: type[Clock], name: str) -> None:
    (tmp_path / name).mkdir()
    assert read_summary(tmp_path / recorded(tmp_path)).preset == "xor"


@pytest.mark.parametrize("hours", [-30, -2, 2, 30])
def test_what_is_being_made_outlives_a_jump_of_the_clock(tmp_path: Path, hours: int) -> None:
    making, left = tmp_path / ".20260101-000000-xor-000000", tmp_path / ".20260101-000001-xor-000000"
    for folder in (making, left):
        folder.mkdir()
        moment = time.time() - hours * 3600
        os.utime(folder, (moment, moment))
    lock = Lock(making)
    assert lock.take()
    os.utime(making, (moment, moment))
    make_room(tmp_path)
    lock.release()
    assert making.is_dir()
    assert left.is_dir() == (abs(hours) * 3600 <= LEFT_ALONE)


@pytest.mark.parametrize("hours", [-1000, -1, 1, 1000])
def test_training_is_timed_by_no_wall_clock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], hours: int
) -> None:
    begun, calls, real = time.perf_counter(), 0, time.time

    def jumping() -> float:
        nonlocal calls
        calls += 1
        return real() + calls * hours * 3600

    monkeypatch.setattr(time, "time", jumping)
    assert main(["train", "xor", "--epochs", "50", "--seed", "3", "--runs", str(tmp_path)]) == 0
    capsys.readouterr()
    [run] = list_runs(tmp_path)
    assert run.summary is not None
    assert run.summary.epochs == 50
    assert 0 <= run.summary.seconds <= time.perf_counter() - begun
