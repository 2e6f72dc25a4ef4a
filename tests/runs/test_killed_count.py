"""The list of runs counts what a killed run recorded, not what its summary said when it was last written."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nntui.runs.catalogue import list_runs, listed_run
from nntui.runs.recorder import record
from nntui.runs.scalars import read_scalars
from nntui.runs.summary import read_summary, write_summary
from nntui.training.scalars import INDEX
from nntui.training.session import Session
from tests.runs.recordings import Clock, play
from tests.training.runs import experiment


def copies(tmp_path: Path, ticks: float) -> list[Path]:
    """The folder of a run as a power cut would leave it at some moments: copied while it is recorded."""
    session = Session(experiment(training__epochs=40))
    recorder = record(tmp_path / "live", session, clock=Clock(ticks))
    found: list[Path] = []

    def copy(_: Session) -> None:
        target = tmp_path / f"killed{len(found)}" / recorder.folder.name
        if session.step % 21 == 0:
            shutil.copytree(recorder.folder, target)
            found.append(target)

    play(session, recorder, until=30 * session.steps_per_epoch, watch=copy)
    recorder.close()
    return found


@pytest.mark.parametrize("ticks", [0.05, 0.2, 0.4])
def test_killed_run_is_listed_with_the_epochs_it_recorded(tmp_path: Path, ticks: float) -> None:
    stale = 0
    for folder in copies(tmp_path, ticks):
        [listed] = list_runs(folder.parent)
        rows, written = read_scalars(folder).rows, read_summary(folder)
        assert listed.summary is not None
        assert listed.summary.state == "interrupted"
        assert listed.summary.epochs == len(rows)
        if len(rows):
            assert listed.summary.best_loss == pytest.approx(np.nanmin(rows[:, INDEX["test_loss"]]), abs=0)
            assert listed.summary.last_loss == rows[-1, INDEX["test_loss"]]
            assert listed.summary.seconds == rows[-1, INDEX["seconds"]]
        stale += written.epochs != len(rows)
    assert stale  # otherwise this shows nothing


def test_killed_run_with_damaged_curves_is_listed_by_its_summary(tmp_path: Path) -> None:
    folder = copies(tmp_path, 3.0)[-1]
    (folder / "scalars.bin").write_bytes(b"not these")
    listed = listed_run(folder)
    assert listed.summary is not None
    assert listed.summary.epochs == read_summary(folder).epochs


def test_run_that_ended_well_is_listed_without_opening_its_curves(tmp_path: Path) -> None:
    folder = copies(tmp_path, 3.0)[-1]
    write_summary(folder, replace(read_summary(folder), state="finished", epochs=3))
    (folder / "scalars.bin").unlink()
    listed = listed_run(folder)
    assert listed.summary is not None
    assert (listed.summary.state, listed.summary.epochs) == ("finished", 3)
