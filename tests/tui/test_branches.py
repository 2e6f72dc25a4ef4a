"""Going back leaves a ghost of what was to come, and only that."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from nntui.experiment import Experiment
from nntui.training.events import Changed, Diagnosed, Edited, Event, Paused, Rewound
from nntui.training.scalars import Rows
from nntui.tui.branches import MOST, ROWS
from nntui.tui.drawings.changes import told
from nntui.tui.model import Model
from tests.tui.fakes import STEPS, batch, begun, experiment, rows, snapshot


def model(epochs: int = 100) -> Model:
    of = experiment()
    result = Model(of)
    result.take(begun(epochs, of))
    return result


def rewound(epoch: int, of: Experiment | None = None, run: str = "") -> Rewound:
    return Rewound(epoch * STEPS, epoch, run, (of or experiment()).to_dict())


def back(of: Model, epoch: int, *more: Event, among: Rows | None = None, run: str = "") -> None:
    told_rows = rows(1, epoch) if among is None else among
    of.take(batch(epoch, [rewound(epoch, run=run), *more, Paused(epoch * STEPS, epoch)], told_rows, state="paused"))


def other(first: int, last: int) -> Rows:
    """Rows of a run that went another way."""
    result = rows(first, last)
    result[:, 2:4] *= 0.5
    return result


def test_going_back_cuts_the_curves_and_keeps_what_was_to_come() -> None:
    of = model(100)
    back(of, 40)
    assert of.history is not None
    assert of.history.values("epoch").tolist() == list(range(41))
    assert of.state == "paused"
    [ghost] = of.ghosts.all
    assert (ghost.fork, ghost.end) == (40, 100)
    assert ghost.history.values("epoch").tolist() == list(range(40, 101))
    assert ghost.history.values("train_loss")[-1] == pytest.approx(rows(100, 100)[0, 2])


def test_the_experiment_is_as_it_was_there_and_changes_are_those_before() -> None:
    of = model(100)
    first, second = Changed("schedule.scale", 1.0, 0.5, 450, 10), Changed("schedule.scale", 0.5, 0.25, 2700, 60)
    of.take(batch(100, [first, second]))
    tuned = experiment(schedule__scale=0.5)
    of.take(batch(40, [rewound(40, tuned), first], rows(1, 40), state="paused"))
    assert of.experiment == tuned
    assert of.changes == [first]
    assert [stretch.step for stretch in of.stretches] == [0, 450]
    assert of.stretches[0].experiment.schedule.scale == 1.0
    assert [change.full for change in told(of)] == ["lr 0.01 → 0.005"]


def test_rows_that_come_later_are_waited_for() -> None:
    of = model(100)
    of.take(batch(40, [rewound(40)], rows(1, 20), state="paused"))
    assert not of.ghosts.all
    assert "branches" in of.take(batch(40, of=rows(21, 40), state="paused"))
    assert [ghost.fork for ghost in of.ghosts.all] == [40]


def test_a_jump_to_another_branch_forks_where_both_were_the_same_last() -> None:
    of = model(40)
    of.take(batch(80, of=other(41, 80)))
    back(of, 100, among=rows(1, 100), run="the first")
    [ghost] = of.ghosts.all
    assert (ghost.fork, ghost.end) == (40, 80)


def test_where_the_run_goes_on_with_a_ghost_that_ghost_is_gone() -> None:
    of = model(100)
    back(of, 40, run="first")
    of.ghosts.all = tuple(replace(ghost, run="first") for ghost in of.ghosts.all)
    of.take(batch(60, of=other(41, 60)))
    back(of, 100, among=rows(1, 100), run="first")
    [ghost] = of.ghosts.all
    assert (ghost.fork, ghost.end) == (40, 60)


def test_going_back_to_the_present_leaves_nothing() -> None:
    of = model(40)
    back(of, 40)
    assert of.ghosts.all == ()


def test_going_back_twice_before_the_rows_are_here_leaves_one_ghost() -> None:
    of = model(100)
    of.take(batch(60, [rewound(60)]))
    of.take(batch(30, [rewound(30)], rows(1, 30)))
    [ghost] = of.ghosts.all
    assert (ghost.fork, ghost.end) == (30, 100)


def test_ghosts_are_few_and_small() -> None:
    of = model(0)
    for turn in range(MOST + 2):
        run = rows(1, 50_000)
        run[20_000:, 2] += turn
        of.take(batch(50_000, of=run))
        back(of, 20_000, among=rows(1, 20_000))
    assert len(of.ghosts.all) == MOST
    for ghost in of.ghosts.all:
        assert len(ghost.history) <= ROWS
        epochs = ghost.history.values("epoch")
        assert 20_000 <= epochs[0] < 20_080
        assert 49_920 < epochs[-1] <= 50_000
        assert np.isfinite(ghost.history.values("test_loss")).all()


def test_a_new_run_has_no_ghosts() -> None:
    of = model(100)
    back(of, 40)
    of.take(begun(0))
    assert of.ghosts.all == ()


def test_weights_set_by_hand_are_among_the_changes() -> None:
    of = model(20)
    of.take(batch(20, [Edited("silenced unit 3 of hidden 1", 450, 10)]))
    of.take(batch(20, [Changed("schedule.scale", 1.0, 0.5, 900, 20)]))
    assert [(change.epoch, change.full) for change in told(of)] == [
        (10, "silenced unit 3 of hidden 1"),
        (20, "lr 0.01 → 0.005"),
    ]


def test_a_diagnosis_stands_until_it_is_over() -> None:
    of = model(20)
    assert of.take(batch(20, [Diagnosed("dead_units", True, 900, 20)])) >= {"diagnosis"}
    assert list(of.diagnoses) == ["dead_units"]
    of.take(batch(20, [Diagnosed("dead_units", False, 910, 20)]))
    assert of.diagnoses == {}


def test_the_panels_show_the_epoch_looked_at() -> None:
    of = model(20)
    assert of.shown_snapshot is of.snapshot is not None
    of.cursor = 5
    assert of.shown_snapshot is None
    of.past = replace(snapshot(), epoch=5)
    assert of.shown_snapshot is of.past
    of.cursor = None
    assert of.shown_snapshot is of.snapshot
