"""A recording on one axis, be it that the run went back on its way."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from nntui.runs.run import open_run
from nntui.runs.timeline import Timeline, timeline
from nntui.training.commands import Resume, Set
from nntui.training.events import Changed, Diverged, RunEnded
from tests.runs.recordings import Script, recorded
from tests.training.runs import experiment

STEPS = 7


def of(folder: Path) -> Timeline:
    run = open_run(folder)
    return timeline(run.scalars().rows, run.journal.entries)


def test_epochs_and_changes_lie_where_they_happened(tmp_path: Path) -> None:
    script: Script = [(10, Set("schedule.scale", 0.5)), (21, Set("training.batch_size", 20))]
    line = of(recorded(tmp_path, experiment(training__epochs=6), script))
    assert line.ends.tolist() == [7, 14, 21, 25, 29, 33]
    assert [(moment.at, type(moment.event)) for moment in line.moments[1:]] == [
        (10, Changed),
        (21, Changed),
        (33, RunEnded),
    ]
    assert [line.step_at(at) for at in (0, 6, 7, 20, 33)] == [0, 6, 7, 20, 33]
    assert [line.done_at(at) for at in (0, 6, 7, 20, 33)] == [0, 0, 1, 2, 6]
    assert (line.end_of(0), line.end_of(4), line.end_of(7)) == (0, 25, None)
    assert line.length == 33


def test_a_run_that_diverged_is_played_on_and_on(tmp_path: Path) -> None:
    wild = experiment(
        training__epochs=40, loss__name="mean_squared_error", network__output="identity", network__activation="relu"
    )
    script: Script = [
        (40, Set("schedule.scale", 300.0)),
        (10**9, Set("schedule.scale", 0.1)),
        (10**9, Resume()),
    ]
    line = of(recorded(tmp_path, wild, script, cut=1))
    assert any(isinstance(moment.event, Diverged) for moment in line.moments)
    assert (np.diff(line.ends) > 0).all()
    assert [moment.at for moment in line.moments] == sorted(moment.at for moment in line.moments)
    for row, end in zip(line.rows, line.ends, strict=True):
        assert line.step_at(int(end)) in (int(row[1]), *line.begins)


@pytest.mark.parametrize("rows", [np.empty((0, 8))])
def test_without_an_epoch_there_is_nothing_to_play(rows: np.ndarray) -> None:
    line = timeline(rows, [])
    assert (line.length, line.step_at(0), line.done_at(5)) == (0, 0, 0)
