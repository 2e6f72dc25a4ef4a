"""A run that stopped early and put its best weights back: which network each epoch, file and text is about."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nntui.nn.evaluate import evaluate
from nntui.runs.rewind import end_of, rewind
from nntui.runs.run import open_run
from nntui.runs.summary import read_summary
from nntui.runs.verify import first_difference
from nntui.training.commands import Resume, Rewind, SetWeight, Step
from nntui.training.events import RunEnded
from nntui.training.scalars import INDEX
from nntui.training.session import Session
from nntui.worker.playback import Playback
from tests.runs.recordings import recorded
from tests.training.runs import assert_same, experiment
from tests.worker.journeys import Journey

STEPS = 7
STOPPING: dict[str, Any] = {
    "optimizer__name": "adam", "optimizer__learning_rate": 0.1, "network__hidden": (30, 30), "data__noise": 0.4,
    "training__epochs": 400, "training__patience": 4,
}  # fmt: skip


def by_epoch(last: int) -> list[bytes]:
    """The weights at the end of every epoch, from a run that never stops early."""
    run = Session(experiment(**{**STOPPING, "training__patience": 0}))
    found = [run.network.parameters.tobytes()]
    while run.epoch < last:
        run.advance(STEPS)
        found.append(run.network.parameters.tobytes())
    return found


def on_test_set(run: Session) -> tuple[float, float]:
    return evaluate(run.network, run.loss, run.prepared.test_x, run.prepared.test_y)


def stopped(tmp_path: Path, seed: int, **more: Any) -> Journey:
    journey = Journey(tmp_path / "runs", experiment(**{**STOPPING, "training__seed": seed, **more}))
    journey.train(10**6)
    assert journey.mode == "finished"
    return journey


def test_the_end_of_the_last_epoch_and_the_restored_weights_are_told_apart(tmp_path: Path) -> None:
    run = open_run(recorded(tmp_path, experiment(**STOPPING)))
    rows = run.scalars().rows
    last, best = int(rows[-1, 0]), int(rows[np.argmin(rows[:, INDEX["test_loss"]]), 0])
    ends = by_epoch(last)
    for epoch in (1, best, last - 1, last):
        there = rewind(run, epoch)
        assert (there.epoch, there.restored_epoch) == (epoch, 0)
        assert there.network.parameters.tobytes() == ends[epoch], epoch
    end = end_of(run).rerun.session
    assert (end.state, end.epoch, end.restored_epoch) == ("finished", last, best)
    assert end.network.parameters.tobytes() == ends[best]
    assert first_difference(run) is None


@pytest.mark.parametrize("seed", range(4))
def test_the_summary_is_of_the_network_that_is_there(tmp_path: Path, seed: int) -> None:
    journey = stopped(tmp_path, seed)
    run, session = journey.run, journey.session
    journey.end()
    summary = read_summary(tmp_path / "runs" / run)
    assert summary.restored_epoch == session.restored_epoch > 0
    assert (summary.last_loss, summary.last_score) == pytest.approx(on_test_set(session))
    assert summary.last_loss == pytest.approx(summary.best_loss)


def test_the_end_says_which_weights_were_restored(tmp_path: Path) -> None:
    journey = stopped(tmp_path, 0)
    ended = next(event for event in journey.told if isinstance(event, RunEnded))
    assert ended.restored_epoch == journey.session.restored_epoch == journey.session.epoch - 4


def test_without_restoring_nothing_is_said_to_be_restored(tmp_path: Path) -> None:
    journey = stopped(tmp_path, 0, training__restore_best=False)
    assert journey.session.restored_epoch == 0
    last = open_run(journey.runs / journey.run).scalars().rows[-1]
    assert on_test_set(journey.session)[0] == pytest.approx(last[INDEX["test_loss"]])


@pytest.mark.parametrize("leave", [Resume(), Step(1, "batch"), SetWeight(0, 0, 0, 0.5)])
def test_weights_that_move_on_are_no_longer_the_restored_ones(tmp_path: Path, leave: Any) -> None:
    journey = stopped(tmp_path, 0)
    journey.do(leave)
    journey.train(1)
    assert journey.session.restored_epoch == 0


def test_going_back_to_the_last_epoch_gives_the_weights_it_had(tmp_path: Path) -> None:
    journey = stopped(tmp_path, 0)
    last = journey.session.epoch
    ends = by_epoch(last + 3)
    journey.do(Rewind(last))
    assert (journey.mode, journey.session.epoch) == ("paused", last)
    assert journey.session.network.parameters.tobytes() == ends[last]
    journey.do(Resume())
    journey.train(3 * STEPS)
    assert journey.session.network.parameters.tobytes() == ends[last + 3]
    assert first_difference(journey.opened()) is None


def test_going_on_from_the_restored_weights_is_replayed_bit_for_bit(tmp_path: Path) -> None:
    journey = stopped(tmp_path, 0)
    last, restored = journey.session.epoch, journey.session.restored_epoch
    ends = by_epoch(last)
    journey.do(Resume())
    journey.train(2 * STEPS + 3)
    there = journey.state()
    run = journey.opened()
    assert first_difference(run) is None
    assert_same(end_of(run).rerun.session.state_dict()["loop"], there)
    assert rewind(run, last).network.parameters.tobytes() == ends[last] != ends[restored]
    assert rewind(run, last + 1).network.parameters.tobytes() != ends[last]


def test_a_run_killed_as_it_stopped_early_stops_when_it_is_resumed(tmp_path: Path) -> None:
    """Its curves tell of the last epoch, its journal does not tell that the run ended there."""
    journey = stopped(tmp_path, 0)
    restored = journey.session.restored_epoch
    folder = journey.runs / journey.run
    journal, checkpoints = folder / "journal.jsonl", sorted((folder / "checkpoints").iterdir())
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join(line for line in lines if b"run_ended" not in line))
    checkpoints[-1].unlink()
    session = end_of(open_run(folder)).rerun.session
    assert session.state == "running"
    [told] = session.advance(1)
    assert isinstance(told, RunEnded)
    assert (told.reason, told.restored_epoch, session.restored_epoch) == ("early_stopped", restored, restored)


def test_a_replay_ends_at_the_restored_network(tmp_path: Path) -> None:
    folder = recorded(tmp_path, experiment(**STOPPING))
    restored = read_summary(folder).restored_epoch
    playback = Playback(folder)
    told = playback.advance(STEPS)
    assert playback.restored_epoch == 0
    while playback.state == "running":
        told = playback.advance(10**6)
    assert told[-1] == RunEnded("early_stopped", playback.epoch, playback.step, restored)
    assert playback.restored_epoch == restored
