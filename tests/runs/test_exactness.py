"""Replaying, going back and resuming give the same run bit for bit, whatever is trained and changed."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nntui.experiment import Experiment
from nntui.nn.registry import OPTIMIZERS, SCHEDULES
from nntui.runs.checkpoints import numbers
from nntui.runs.recorder import record
from nntui.runs.resume import resume
from nntui.runs.rewind import rewind
from nntui.runs.run import open_run
from nntui.runs.scalars import read_scalars
from nntui.runs.verify import first_difference
from nntui.training.commands import Command, Pause, Redraw, Resume, Set, SetWeight, Silence, Step
from nntui.training.events import Diverged
from nntui.training.session import Session
from tests.runs.recordings import Clock, Script, play, recorded
from tests.training.runs import assert_same, experiment, without_seconds

CHANGES: list[Command] = [
    Set("schedule.scale", 0.4),
    Set("optimizer.learning_rate", 0.03),
    Set("training.batch_size", 7),
    Set("training.batch_size", 32),
    Set("network.activation", "relu"),
    Set("network.dropout", 0.3),
    Set("regularization.l2", 0.01),
    Set("regularization.input_noise", 0.1),
    Set("optimizer.name", "rmsprop"),
    Set("schedule.name", "cosine_decay"),
    Set("training.shuffle", False),
    Set("training.epochs", 14),
    Set("optimizer.name", "adam"),
    Set("schedule.name", "step_decay"),
    Set("loss.name", "hinge"),
    Set("regularization.clip_norm", 0.5),
    Set("training.balanced", True),
    SetWeight(0, 2, -1, 0.75),
    Silence(0, 1),
    Redraw(1, seed=3),
    Redraw(0, units=(0, 4), initializer="he_normal", seed=8),
]


@st.composite
def experiments(draw: st.DrawFn) -> Experiment:
    return experiment(
        training__epochs=12,
        optimizer__name=draw(st.sampled_from(sorted(OPTIMIZERS))),
        optimizer__learning_rate=draw(st.sampled_from([0.003, 0.02])),
        schedule__name=draw(st.sampled_from(sorted(SCHEDULES))),
        network__dropout=draw(st.sampled_from([0.0, 0.25])),
        network__activation=draw(st.sampled_from(["tanh", "relu"])),
        training__batch_size=draw(st.sampled_from([10, 13, 68])),
        training__patience=draw(st.sampled_from([0, 0, 3])),
        training__seed=draw(st.integers(0, 99)),
    )


@st.composite
def scripts(draw: st.DrawFn) -> Script:
    steps = sorted(draw(st.lists(st.integers(0, 70), max_size=4)))
    return [(step, command) for step in steps for command in draw(st.sampled_from(_TURNS))]


_TURNS: list[list[Command]] = [
    *([change] for change in CHANGES),
    [Pause(), CHANGES[0], Resume()],
    [Step(3, "batch"), Resume()],
    [Pause(), Step(1, "epoch"), Resume()],
]


def settled(session: Session) -> dict[str, Any]:
    """All that the next steps depend on."""
    state: dict[str, Any] = session.state_dict()["loop"]
    return state


CHECKS = [HealthCheck.function_scoped_fixture]


@settings(max_examples=5, deadline=None, suppress_health_check=CHECKS)
@given(experiments(), scripts(), st.integers(1, 20), st.data())
def test_any_run_comes_back(tmp_path: Path, chosen: Experiment, script: Script, cut: int, data: st.DataObject) -> None:
    comes_back(tmp_path, chosen, script, cut, data)


@pytest.mark.slow
@settings(max_examples=120, deadline=None, suppress_health_check=CHECKS)
@given(experiments(), scripts(), st.integers(1, 20), st.data())
def test_many_runs_come_back(tmp_path: Path, chosen: Experiment, script: Script, cut: int, data: st.DataObject) -> None:
    comes_back(tmp_path, chosen, script, cut, data)


def comes_back(tmp_path: Path, chosen: Experiment, script: Script, cut: int, data: st.DataObject) -> None:
    """It replays, any epoch can be had back, and killed anywhere and resumed it ends the same."""
    shutil.rmtree(tmp_path, ignore_errors=True)
    moments: dict[int, dict[str, Any]] = {}

    def watch(session: Session) -> None:
        if session.state_dict()["loop"]["lap"]["order"] is None and session.state != "diverged":
            moments[session.epoch] = settled(session)

    whole = Session(chosen)
    recorder = record(tmp_path, whole, clock=Clock(0.9))
    play(whole, recorder, script, cut=1, watch=watch)
    recorder.close()
    run = open_run(recorder.folder)
    assert first_difference(run) is None
    assert run.tuned() == whole.experiment
    for epoch in data.draw(st.lists(st.sampled_from(sorted(moments)), max_size=3)) if moments else []:
        assert_same(settled(rewind(run, epoch)), moments[epoch])

    killed = Session(chosen)
    recorder = record(tmp_path, killed, clock=Clock(0.9))
    until = data.draw(st.integers(1, max(1, whole.step)))
    rest = play(killed, recorder, script, until=until, cut=cut)
    assert recorder._lock is not None
    recorder._lock.release()  # as if the process had died here
    again = resume(recorder.folder)
    play(again.session, again.recorder, rest, cut=cut)
    again.recorder.close()
    assert_same(settled(again.session), settled(whole))
    one, other = read_scalars(recorder.folder).rows, read_scalars(run.folder).rows
    np.testing.assert_array_equal(without_seconds(one), without_seconds(other))
    assert first_difference(open_run(recorder.folder)) is None


@pytest.mark.parametrize("name", sorted(OPTIMIZERS))
def test_every_optimizer_goes_back(tmp_path: Path, name: str) -> None:
    chosen = experiment(optimizer__name=name, optimizer__learning_rate=0.01, network__dropout=0.2, training__epochs=9)
    script: Script = [(15, Set("training.batch_size", 20)), (22, Set("schedule.scale", 0.5))]
    run = open_run(recorded(tmp_path, chosen, script))
    there = Session(chosen)
    play(there, None, script, until=7 * 3 + 4 * 2, cut=1)
    assert there.epoch >= 5
    epoch = there.epoch
    there = Session(chosen)
    play(there, None, script, until=int(run.scalars().rows[epoch - 1, 1]))
    assert_same(settled(rewind(run, epoch)), settled(there))


def test_a_run_that_diverged_and_was_brought_back(tmp_path: Path) -> None:
    chosen = experiment(
        training__epochs=30, loss__name="mean_squared_error", network__output="identity", network__activation="relu"
    )
    script: Script = [
        (40, Set("schedule.scale", 1e4)),
        (10**9, Set("schedule.scale", 0.1)),
        (10**9, Resume()),
        (10**9, Set("schedule.scale", 1e5)),
        (10**9, Resume()),
        (10**9, Set("schedule.scale", 0.2)),
        (10**9, Resume()),
    ]
    moments: dict[int, dict[str, Any]] = {}

    def watch(session: Session) -> None:
        state = session.state_dict()["loop"]
        if state["lap"]["order"] is None and session.state == "running":
            moments[session.epoch] = state

    session = Session(chosen)
    recorder = record(tmp_path, session, clock=Clock(0.9))
    rest = play(session, recorder, script[:3], until=100, cut=1, watch=watch)
    assert not rest
    told = session.apply(Set("schedule.scale", 1e5))
    recorder.commanded(Set("schedule.scale", 1e5), told)
    play(session, recorder, script[5:], cut=1, watch=watch)
    recorder.close()
    run = open_run(recorder.folder)
    assert sum(isinstance(entry.event, Diverged) for entry in run.journal.entries) == 2
    assert session.state == "finished"
    assert first_difference(run) is None
    for epoch, state in moments.items():
        assert_same(settled(rewind(run, epoch)), state)
    for number in numbers(run.folder)[::3]:  # as if killed after any of its checkpoints
        copy = Path(shutil.copytree(run.folder, tmp_path / "copy"))
        for later in numbers(copy):
            if later > number:
                (copy / "checkpoints" / f"{later:06d}.npz").unlink()
        taken = resume(copy)
        taken.recorder.close()
        assert_same(settled(taken.session), settled(session))
        np.testing.assert_array_equal(without_seconds(read_scalars(copy).rows), without_seconds(run.scalars().rows))
        shutil.rmtree(copy)
