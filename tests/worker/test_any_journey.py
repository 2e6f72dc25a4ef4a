"""Whatever is trained, changed and gone back to, at whatever steps: every recording comes out the same again."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nntui.runs.branching import tree
from nntui.runs.catalogue import list_runs
from nntui.runs.labels import is_change
from nntui.runs.resume import resume
from nntui.runs.run import open_run
from nntui.runs.verify import first_difference
from nntui.training.commands import Command, Pause, Redo, Resume, Rewind, Step, Undo
from nntui.training.events import Diverged, Refused
from nntui.training.session import Session
from tests.runs.test_exactness import CHANGES, experiments
from tests.training.runs import assert_same, without_seconds
from tests.worker.journeys import Journey

CHECKS = [HealthCheck.function_scoped_fixture]
_commands: st.SearchStrategy[Command] = st.one_of(
    st.sampled_from(CHANGES),
    st.sampled_from(CHANGES),
    st.builds(Rewind, st.integers(0, 12)),
    st.sampled_from([Undo(), Redo()]),
    st.sampled_from([Pause(), Resume(), Resume(), Step(2, "batch"), Step(1, "epoch")]),
)
_turns = st.lists(st.tuples(_commands, st.integers(0, 25)), min_size=1, max_size=8)

Check = Callable[[Path, st.DataObject], None]


def travelled(runs: Path, data: st.DataObject) -> Journey:
    """A journey to and fro; what is trained last goes on."""
    shutil.rmtree(runs, ignore_errors=True)
    journey = Journey(runs, data.draw(experiments()))
    cut = data.draw(st.integers(1, 20))
    journey.train(data.draw(st.integers(0, 40)), cut)
    for command, steps in data.draw(_turns):
        journey.do(command)
        journey.train(steps, cut)
    return journey


def comes_out_the_same(runs: Path, data: st.DataObject) -> None:
    """Every branch by itself, from its start; and each is a run of the one tree."""
    journey = travelled(runs, data)
    journey.do(Resume())
    journey.train(5)
    journey.end()
    listed = list_runs(runs)
    for run in listed:
        assert first_difference(open_run(run.path)) is None
    assert {node.id for node in tree(runs, listed[0].path.name).nodes} == {run.path.name for run in listed}


def rewinding_alone_changes_nothing(runs: Path, data: st.DataObject) -> None:
    """To have gone back, and trained up to the same step again, is as if one never had."""
    journey = travelled(runs, data)
    session = journey.session
    before, step, rows = journey.state(), session.step, list(journey.rows)
    run = journey.opened()
    journey.do(Rewind(data.draw(st.integers(0, session.epoch))))
    fork = journey.recording.fork
    left_out = run.journal.entries[fork.position :] if fork is not None else ()
    if any(is_change(entry.event) or isinstance(entry.event, Diverged) for entry in left_out):
        return  # then it went back to before something that made a difference
    journey.do(Resume())
    journey.train(step - journey.session.step, 3)
    if journey.session.step == step:
        assert_same(journey.state(), before)
        assert journey.rows == rows


def killed_anywhere_it_goes_on(runs: Path, data: st.DataObject) -> None:
    """From any moment of the files on the disk: resumed and trained as far, it is the run that was never killed."""
    journey = travelled(runs, data)
    if journey.recording.recorder is None or journey.session.state != "running":
        return
    run = journey.run
    killed = runs.parent / "killed"
    shutil.rmtree(killed, ignore_errors=True)
    shutil.copytree(runs, killed)  # what lies there when the process dies now
    journey.train(20)
    taken = resume(killed / run)
    session: Session = taken.session
    while session.step < journey.session.step and session.state == "running":
        told = session.advance(min(4, journey.session.step - session.step))
        taken.recorder.trained(session.take_rows(), told, 1.0)
    taken.recorder.close()
    assert_same(session.state_dict()["loop"], journey.state())
    np.testing.assert_array_equal(
        without_seconds(open_run(killed / run).scalars().rows), without_seconds(journey.opened(run).scalars().rows)
    )
    assert first_difference(open_run(killed / run)) is None
    journey.end()


@pytest.mark.parametrize("check", [comes_out_the_same, rewinding_alone_changes_nothing, killed_anywhere_it_goes_on])
@settings(max_examples=6, deadline=None, derandomize=True, suppress_health_check=CHECKS)
@given(st.data())
def test_a_few_journeys(tmp_path: Path, check: Check, data: st.DataObject) -> None:
    check(tmp_path / "runs", data)


@pytest.mark.slow
@pytest.mark.parametrize("check", [comes_out_the_same, rewinding_alone_changes_nothing, killed_anywhere_it_goes_on])
@settings(max_examples=150, deadline=None, suppress_health_check=CHECKS)
@given(st.data())
def test_many_journeys(tmp_path: Path, check: Check, data: st.DataObject) -> None:
    check(tmp_path / "runs", data)


def test_a_change_that_is_refused_is_no_turn(tmp_path: Path) -> None:
    journey = Journey(tmp_path)
    assert isinstance(journey.do(Undo())[0], Refused)
    assert len(list_runs(tmp_path)) == 1
