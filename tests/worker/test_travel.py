"""Going back, branching, undoing and going over to other branches."""

from __future__ import annotations

import errno
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nntui.runs import fork as fork_module
from nntui.runs.branching import tree
from nntui.runs.catalogue import list_runs
from nntui.runs.summary import read_summary
from nntui.runs.verify import first_difference
from nntui.training.commands import (
    Command,
    Jump,
    Pace,
    Pause,
    Redo,
    Redraw,
    Restart,
    Resume,
    Rewind,
    Set,
    SetWeight,
    Silence,
    Step,
    Stop,
    Undo,
)
from nntui.training.events import Changed, Diverged, Event, Paused, Refused, RunStarted
from tests.training.runs import assert_same, experiment
from tests.worker.journeys import Journey, rewound

STEPS = 7  # of an epoch
SLOWER, FASTER = Set("optimizer.learning_rate", 0.03), Set("schedule.scale", 2.0)


def refusal(told: list[Event]) -> str:
    [event] = told
    assert isinstance(event, Refused)
    return event.reason


def test_going_back_waits_there_with_all_that_was_until_then(tmp_path: Path) -> None:
    journey = Journey(tmp_path)
    journey.train(5 * STEPS)
    journey.do(SLOWER)
    journey.train(2 * STEPS)
    there = journey.state()
    journey.train(3 * STEPS)
    journey.do(FASTER)
    journey.train(5 * STEPS)
    told = journey.do(Rewind(7))
    assert journey.mode == "paused"
    assert_same(journey.state(), there)
    event = rewound(told)
    assert (event.epoch, event.step, event.run) == (7, 7 * STEPS, journey.run)
    assert event.experiment == journey.session.experiment.to_dict()
    assert [change.name for change in told if isinstance(change, Changed)] == ["optimizer.learning_rate"]
    assert isinstance(told[-1], Paused)
    assert [epoch for epoch, _ in journey.rows] == list(range(1, 8))


def test_going_on_is_a_branch_and_the_run_before_stays_as_it_was(tmp_path: Path) -> None:
    journey = Journey(tmp_path)
    journey.train(20 * STEPS)
    first = journey.run
    journey.do(Rewind(9))
    assert journey.run == first
    assert len(list_runs(tmp_path)) == 1
    before = {path.name: path.read_bytes() for path in (tmp_path / first).glob("*.*")}
    journey.do(SLOWER, Resume())
    branch = journey.run
    assert branch != first
    journey.train(4 * STEPS)
    journey.end()
    assert {path.name: path.read_bytes() for path in (tmp_path / first).glob("*.*")} == before
    summary = read_summary(tmp_path / branch)
    assert (summary.parent, summary.parent_epoch, summary.parent_step) == (first, 9, 9 * STEPS)
    assert summary.label == "lr 0.1 → 0.03 at 9"
    assert (summary.epochs, summary.preset) == (13, read_summary(tmp_path / first).preset)
    for name, epochs in ((first, 20), (branch, 13)):
        run = journey.opened(name)
        assert first_difference(run) is None
        np.testing.assert_array_equal(run.scalars().rows[:, 0], np.arange(1, epochs + 1))
    [root, child] = tree(tmp_path, branch).nodes
    assert (root.id, root.depth, child.id, child.parent, child.depth) == (first, 0, branch, first, 1)
    assert child.label == "lr 0.1 → 0.03 at 9"


def test_going_back_without_a_change_comes_out_the_same(tmp_path: Path) -> None:
    journey = Journey(tmp_path)
    journey.train(20 * STEPS + 3)
    there = journey.state()
    journey.do(Rewind(6), Resume())
    journey.train(14 * STEPS + 3)
    assert_same(journey.state(), there)
    assert tree(tmp_path, journey.run).nodes[1].label == "again from 6"


def test_any_number_of_times_back_and_forth_is_one_branch(tmp_path: Path) -> None:
    journey = Journey(tmp_path)
    journey.train(12 * STEPS)
    for epoch in (4, 11, 2, 0, 8):
        journey.do(Rewind(epoch))
        assert (journey.session.epoch, len(journey.rows)) == (epoch, epoch)
    journey.do(Step(1, "epoch"))
    journey.train(STEPS)
    assert journey.mode == "paused"
    assert len(list_runs(tmp_path)) == 2
    assert read_summary(tmp_path / journey.run).parent_epoch == 8


def test_the_start_can_be_gone_back_to(tmp_path: Path) -> None:
    journey = Journey(tmp_path)
    start = journey.state()
    journey.do(SLOWER)
    journey.train(STEPS)
    journey.do(Rewind(0))
    assert_same(journey.state(), start)
    journey.do(FASTER, Resume())
    journey.train(STEPS)
    assert first_difference(journey.opened()) is None
    assert read_summary(tmp_path / journey.run).label == "lr 0.1 → 0.2 at 0"


def test_going_back_to_now_leaves_nothing_behind(tmp_path: Path) -> None:
    journey = Journey(tmp_path)
    journey.train(12 * STEPS)
    first = journey.run
    assert rewound(journey.do(Rewind(12))).epoch == 12
    assert journey.mode == "paused"
    journey.do(Resume())
    journey.train(STEPS)
    assert journey.run == first
    assert first_difference(journey.opened()) is None


def test_undo_goes_back_to_just_before_the_change_and_trains_on(tmp_path: Path) -> None:
    journey = Journey(tmp_path)
    journey.train(5 * STEPS + 3)
    there = journey.state()
    journey.do(SLOWER)
    journey.train(4 * STEPS)
    first, end = journey.run, journey.state()
    told = journey.do(Undo())
    assert rewound(told).step == 5 * STEPS + 3
    assert journey.mode == "running"
    assert_same(journey.state(), there)
    journey.train(2 * STEPS)
    assert journey.run != first
    journey.do(Redo())
    assert journey.run == first
    assert journey.mode == "running"
    assert_same(journey.state(), end)
    journey.train(STEPS)
    journey.end()
    for listed in list_runs(tmp_path):
        assert first_difference(journey.opened(listed.path.name)) is None


def test_several_changes_are_undone_and_done_again_one_by_one(tmp_path: Path) -> None:
    journey = Journey(tmp_path)
    journey.do(Pause())
    journey.do(Step(2, "epoch"))
    journey.train(2 * STEPS)
    assert journey.mode == "paused"
    experiments = [journey.session.experiment]
    for change in (SLOWER, FASTER, Set("training.batch_size", 20)):
        journey.do(change)
        experiments.append(journey.session.experiment)
    for wanted in reversed(experiments[:-1]):
        journey.do(Undo())
        assert journey.session.experiment == wanted
        assert (journey.mode, journey.session.step) == ("paused", 2 * STEPS)
    assert "nothing was changed" in refusal(journey.do(Undo()))
    for wanted in experiments[1:]:
        journey.do(Redo())
        assert journey.session.experiment == wanted
        assert journey.mode == "paused"
    assert "nothing was undone" in refusal(journey.do(Redo()))
    assert len(list_runs(tmp_path)) == 1


Groups = tuple[int, ...]
CHANGES = (
    Set("schedule.scale", 0.8), Set("training.batch_size", 16), Silence(0, 1), Redraw(layer=0, seed=3),
    SetWeight(0, 0, -1, 0.5), Set("schedule.scale", 1.6), Set("regularization.l2", 0.01),
)  # fmt: skip


@pytest.mark.parametrize(
    ("groups", "first_of_each"),
    [
        ((0, 0, 0), (0, 1, 2)),  # without numbers, as older recordings have them
        ((1, 1, 1), (0,)),
        ((1, 1, 2, 2, 2), (0, 2)),
        ((1, 2, 1), (0, 1, 2)),  # the same number again after another change is a change of its own
        ((0, 5, 5, 0, 5), (0, 1, 3, 4)),
        ((7, 7, 7, 7, 7, 7, 7), (0,)),
    ],
)
@pytest.mark.parametrize("steps", [0, 3])
def test_undo_and_redo_take_a_group_of_changes_as_one(
    tmp_path: Path, groups: Groups, first_of_each: Groups, steps: int
) -> None:
    journey = Journey(tmp_path)
    journey.train(2 * STEPS)
    befores = []
    for index, group in enumerate(groups):
        befores.append(journey.state())
        journey.do(replace(CHANGES[index], group=group), Pace(5.0 + index))  # the pace belongs to no change
        journey.train(steps)
    end = journey.state()
    for index in reversed(first_of_each):
        journey.do(Undo())
        assert_same(journey.state(), befores[index])
    assert "nothing was changed" in refusal(journey.do(Undo()))
    for after in [*(befores[index] for index in first_of_each[1:]), end]:
        journey.do(Redo())
        assert_same(journey.state(), after)
    journey.end()
    for listed in list_runs(tmp_path):
        assert first_difference(journey.opened(listed.path.name)) is None


def test_branch_is_labeled_by_a_burst_from_its_first_value_to_its_last(tmp_path: Path) -> None:
    journey = Journey(tmp_path)
    journey.train(4 * STEPS)
    journey.do(Rewind(2), Resume())
    for scale in (1.25, 1.6, 2.0):
        journey.do(Set("schedule.scale", scale, group=3))
        journey.train(STEPS)
    journey.do(Set("schedule.scale", 8.0, group=4))
    branch = journey.run
    journey.end()
    assert read_summary(tmp_path / branch).label == "lr 0.1 → 0.2 at 2"


def test_undo_reaches_across_the_beginning_of_a_branch(tmp_path: Path) -> None:
    journey = Journey(tmp_path)
    journey.train(3 * STEPS)
    before = journey.state()
    journey.do(SLOWER)
    journey.train(3 * STEPS)
    first = journey.run
    journey.do(Rewind(5), FASTER, Resume())
    journey.train(2 * STEPS)
    second = journey.run
    journey.do(Undo())
    assert (journey.session.epoch, journey.run) == (5, first)
    journey.train(STEPS)
    third = journey.run
    journey.do(Undo())
    assert (journey.session.epoch, journey.run) == (3, first)
    assert_same(journey.state(), before)
    journey.train(STEPS)
    assert read_summary(tmp_path / journey.run).parent == first
    assert rewound(journey.do(Redo())).run == third
    assert rewound(journey.do(Redo())).run == second
    assert {node.parent for node in tree(tmp_path, first).nodes} == {"", first}


def test_a_branch_is_whole_without_the_run_it_came_from(tmp_path: Path) -> None:
    journey = Journey(tmp_path)
    journey.train(4 * STEPS)
    there = journey.state()
    journey.train(8 * STEPS)
    first = journey.run
    journey.do(Rewind(9), SLOWER, Resume())
    journey.train(2 * STEPS)
    for path in sorted((tmp_path / first).rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    (tmp_path / first).rmdir()
    branch = journey.run
    assert rewound(journey.do(Rewind(4))).run == branch
    assert_same(journey.state(), there)
    [node] = tree(tmp_path, branch).nodes
    assert (node.parent, node.depth) == ("", 0)
    journey.end()


def test_over_to_another_branch_and_back(tmp_path: Path) -> None:
    journey = Journey(tmp_path)
    journey.train(8 * STEPS)
    first, end = journey.run, journey.state()
    journey.do(Rewind(4), SLOWER, Resume())
    journey.train(STEPS)
    second = journey.run
    told = journey.do(Jump(first))
    assert rewound(told).run == journey.run == first
    assert not any(isinstance(event, RunStarted) for event in told)
    assert_same(journey.state(), end)
    assert journey.mode == "running"
    journey.do(Pause(), Jump(second))
    assert journey.mode == "paused"
    assert "trained now" in refusal(journey.do(Jump(second)))
    for name in ("../x", "nothing", "20260101-000000-gone-0000"):
        assert refusal(journey.do(Jump(name)))
    assert journey.run == second


def test_over_to_a_run_of_another_experiment_begins_with_what_it_is(tmp_path: Path) -> None:
    other = Journey(tmp_path, experiment(network__hidden=(3,), training__epochs=4))
    other.train(3 * STEPS)
    there = other.run
    other.end()
    journey = Journey(tmp_path)
    journey.train(STEPS)
    told = journey.do(Jump(there))
    assert isinstance(told[0], RunStarted)
    assert rewound(told).run == there
    assert (journey.session.epoch, len(journey.session.network.layers)) == (3, 2)


def test_after_a_divergence_the_way_back_is_open(tmp_path: Path) -> None:
    wild = experiment(loss__name="mean_squared_error", network__output="identity", network__activation="relu")
    journey = Journey(tmp_path, wild)
    journey.train(6 * STEPS)
    there = journey.state()
    journey.do(Set("schedule.scale", 1e4))
    journey.train(30 * STEPS)
    assert any(isinstance(event, Diverged) for event in journey.told)
    journey.do(Undo())
    assert journey.mode == "running"
    assert_same(journey.state(), there)
    journey.train(3 * STEPS)
    journey.do(Redo())
    assert journey.mode == "diverged"
    journey.do(Rewind(5))
    assert (journey.mode, journey.session.epoch) == ("paused", 5)


def test_a_run_that_ended_or_stopped_early_can_be_gone_back_in(tmp_path: Path) -> None:
    journey = Journey(tmp_path, experiment(training__patience=2, training__epochs=60, optimizer__learning_rate=1.0))
    journey.train(60 * STEPS)
    assert journey.mode == "finished"
    last = journey.session.epoch
    journey.do(Rewind(last - 1))
    assert journey.mode == "paused"
    journey.do(Set("training.patience", 0), Resume())
    journey.train(3 * STEPS)
    assert journey.session.epoch == last + 2
    journey.do(Stop())
    journey.do(Rewind(2))
    assert (journey.mode, journey.session.epoch) == ("paused", 2)


def test_after_a_restart_the_way_back_is_that_of_the_new_run(tmp_path: Path) -> None:
    journey = Journey(tmp_path)
    journey.train(9 * STEPS)
    journey.do(SLOWER)
    journey.do(Restart())
    journey.traveller.forget()
    journey.rows.clear()
    journey.train(3 * STEPS)
    assert "epoch 5 was not trained yet" in refusal(journey.do(Rewind(5)))
    assert "nothing was changed" in refusal(journey.do(Undo()))
    journey.do(Rewind(2))
    assert journey.session.experiment.optimizer.learning_rate == 0.03


def test_the_pace_stays_as_it_is_and_is_not_undone(tmp_path: Path) -> None:
    journey = Journey(tmp_path)
    journey.train(3 * STEPS)
    journey.do(SLOWER)
    journey.train(STEPS)
    journey.do(Pace(25.0))
    journey.train(STEPS)
    journey.do(Undo())
    assert (journey.session.epoch, journey.session.pace) == (3, 25.0)
    journey.train(STEPS)
    assert first_difference(journey.opened()) is None
    assert journey.opened().tuned().training.pace == 25.0
    assert read_summary(tmp_path / journey.run).label == ""


@pytest.mark.parametrize("command", [Rewind(0), Undo(), Redo(), Jump("x")])
def test_what_is_not_recorded_cannot_be_gone_back_in(tmp_path: Path, command: Command) -> None:
    journey = Journey(tmp_path)
    journey.recording.use(None)
    journey.train(STEPS)
    assert "not recorded" in refusal(journey.do(command))
    assert journey.mode == "running"


def test_a_branch_on_a_full_disk_trains_on_and_is_written_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journey = Journey(tmp_path)
    journey.train(6 * STEPS)
    first = journey.run
    journey.do(Rewind(3), SLOWER)

    def full(path: Path, content: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    journey.do(Rewind(3))
    with monkeypatch.context() as full_disk:
        full_disk.setattr(fork_module, "replace_file", full)
        journey.do(FASTER, Resume())
        journey.train(2 * STEPS)
        said = journey.recording.said
        assert said.startswith(f"not recorded since epoch 3: No space left on device ({tmp_path}/"), said
        assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".") and path.is_dir()] == []
    journey.train(2 * STEPS)
    assert journey.recording.said == ""
    run = journey.opened()
    assert run.folder.name != first
    assert first_difference(run) is None
    assert read_summary(run.folder).label == "lr 0.1 → 0.2 at 3"
