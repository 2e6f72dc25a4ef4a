"""A challenge is judged epoch by epoch, whatever the pace at which epochs arrive."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from nntui.experiment import Experiment
from nntui.teaching.attempt import Attempt, Outcome
from nntui.teaching.challenge import Challenge
from nntui.teaching.conditions import read_condition
from nntui.teaching.witness import Witness
from nntui.teaching.words import WORDS
from nntui.training.events import Changed
from nntui.training.scalars import COLUMNS
from tests.teaching.test_walk import Layer, Measured, Run
from tests.tui.fakes import run_started

ACCURACIES = (0.5, 0.6, 0.97, 0.7, 0.96, 0.98, 0.6, 0.6)
"""Of the test samples, after epochs 1 to 8: over 95% at 3, 5 and 6."""
STEPS = 10  # per epoch


def rows(first: int, last: int) -> Any:
    """Those of these epochs."""
    table = np.full((last - first + 1, len(COLUMNS)), math.nan)
    table[:, COLUMNS.index("epoch")] = epochs = np.arange(first, last + 1)
    table[:, COLUMNS.index("step")] = STEPS * epochs
    table[:, COLUMNS.index("test_score")] = [ACCURACIES[epoch - 1] for epoch in epochs]
    table[:, COLUMNS.index("test_loss")] = [1 - ACCURACIES[epoch - 1] for epoch in epochs]
    return table


def attempt(goal: str, epochs: int = 8) -> tuple[Attempt, Run]:
    run, own = Run(), Experiment()
    challenge = Challenge(
        "c", "C", "xor", read_condition(goal, WORDS), epochs, par_epochs=epochs, par_changes=0
    )
    tried = Attempt(challenge, Witness(run, lambda: 0.0), own)
    tried.note(run_started(own))
    return tried, run


def changed(epoch: int) -> Changed:
    return Changed("schedule.scale", 1.0, 0.5, STEPS * epoch, epoch)


@pytest.mark.parametrize("at_a_time", [1, 2, 3, 5, 8])
@pytest.mark.parametrize(
    ("goal", "epochs", "reached"),
    [
        ("test_accuracy > 95%", 8, 3), ("test_loss < 0.05", 8, 3), ("epoch >= 4 and test_accuracy > 95%", 8, 5),
        ("lowest('test_loss') < 0.035 and test_accuracy < 80%", 8, 4), ("step >= 50 and test_accuracy > 95%", 8, 5),
        ("test_accuracy > 97.5%", 8, 6), ("test_accuracy > 95%", 2, 0), ("test_accuracy > 97.5%", 5, 0),
    ],
)  # fmt: skip
def test_the_first_epoch_that_meets_the_goal_counts_at_any_pace(
    goal: str, epochs: int, reached: int, at_a_time: int
) -> None:
    tried, run = attempt(goal, epochs)
    for first in range(1, len(ACCURACIES) + 1, at_a_time):
        run.history.append(rows(first, min(first + at_a_time - 1, len(ACCURACIES))))
        tried.look()
    assert tried.outcome is (Outcome.REACHED if reached else Outcome.MISSED)
    assert not reached or tried.epochs == reached


def test_a_change_made_after_the_goal_was_reached_does_not_count() -> None:
    tried, run = attempt("test_accuracy > 95%")
    tried.note(changed(1))
    tried.note(changed(3))  # arrives together with the epoch that it follows
    run.history.append(rows(1, 8))
    assert tried.look()
    assert (tried.epochs, tried.changes) == (3, 1)


def test_presses_of_one_burst_count_as_one_change() -> None:
    tried, run = attempt("test_accuracy > 99%")
    for at, group in ((1, 1), (1, 1), (2, 1), (2, 2), (3, 0), (3, 0)):
        tried.note(replace(changed(at), group=group))
    run.history.append(rows(1, 4))
    tried.look()
    assert tried.changes == 4
    assert tried.witness.changes_before(2) == 1
    assert tried.witness.changed_at == 3


def test_settings_of_one_form_count_each() -> None:
    tried, _ = attempt("test_accuracy > 99%")
    for name in ("schedule.scale", "training.batch_size", "schedule.scale"):
        tried.note(Changed(name, 1, 2, 5, 1, group=1))
    assert tried.witness.changes == 3


def test_a_change_that_arrives_with_the_start_of_its_run_counts() -> None:
    tried, run = attempt("test_accuracy > 95%")
    run.experiment = Experiment()
    for event in (run_started(run.experiment), changed(0)):
        tried.note(event)
    run.history.append(rows(1, 3))
    assert tried.look()
    assert tried.changes == 1


def test_numbers_from_before_and_after_a_change_do_not_reach_a_goal_together() -> None:
    """The accuracy of a network whose units were dead, and the layer after they were revived."""
    tried, run = attempt("test_accuracy > 95% and dead_share('hidden 1') < 40%")
    run.history.append(rows(1, 3))
    run.snapshot = measured(dead=0.9, step=30)
    assert not tried.look()
    tried.note(changed(3))
    run.snapshot = measured(dead=0.0, step=30)
    assert not tried.look()
    run.history.append(rows(4, 5))
    assert not tried.look()  # measured when the change may not yet have been made
    run.snapshot = measured(dead=0.1, step=50)
    assert tried.look()
    assert (tried.epochs, tried.changes) == (5, 1)


def test_a_measurement_may_arrive_after_the_epoch_it_belongs_to() -> None:
    tried, run = attempt("test_accuracy > 95% and dead_share('hidden 1') < 40%")
    run.history.append(rows(1, 3))
    assert not tried.look()
    run.snapshot = measured(dead=0.1, step=30)
    assert tried.look()
    assert tried.epochs == 3


def measured(dead: float, step: int) -> Any:
    snapshot: Any = Measured((Layer("hidden 1", dead),))
    snapshot.step = step
    return snapshot
