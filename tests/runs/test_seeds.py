"""A run that is watched from outside: its curve in little memory, its results exactly."""

from __future__ import annotations

import math

import numpy as np
import pytest

from nntui.runs.comparing import result_of
from nntui.runs.seeds import MOST, Course, row_of
from nntui.training.events import EpochEnded, to_json
from nntui.training.scalars import COLUMNS, INDEX


def watched(losses: list[float], scores: list[float]) -> Course:
    course = Course()
    for epoch, (loss, score) in enumerate(zip(losses, scores, strict=True), 1):
        course.add((epoch, 10 * epoch, loss, loss, score, score, 0.1, 0.01 * epoch, math.nan, math.nan))
    return course


@pytest.mark.parametrize("epochs", [1, 2, MOST - 1, MOST, MOST + 1, 10 * MOST + 7])
def test_results_are_exact_however_long_the_run(epochs: int) -> None:
    dice = np.random.default_rng(epochs)
    losses, scores = dice.random(epochs).tolist(), dice.random(epochs).tolist()
    course = watched(losses, scores)
    rows = course.rows()
    assert len(rows) <= MOST + 2
    found = result_of(rows)
    assert (found.epochs, found.final_loss, found.final_score) == (epochs, losses[-1], scores[-1])
    assert (found.best_loss, found.best_epoch) == (min(losses), int(np.argmin(losses)) + 1)
    assert found.best_score == scores[int(np.argmin(losses))]
    course.end()
    np.testing.assert_array_equal(course.rows(), rows)
    assert (np.diff(rows[:, INDEX["epoch"]]) > 0).all()


def test_a_run_without_an_epoch_has_no_row() -> None:
    course = Course()
    course.end()
    assert course.rows().shape == (0, len(COLUMNS))


@pytest.mark.parametrize("names", [("train_accuracy", "test_accuracy"), ("train_r2", "test_r2")])
def test_a_row_is_what_the_event_tells(names: tuple[str, str]) -> None:
    event = EpochEnded(3, 30, 0.5, math.nan, 0.1, 2.0, **{names[0]: 0.25, names[1]: 0.75})
    row = dict(zip(COLUMNS, row_of(to_json(event)), strict=True))
    assert all(math.isnan(row.pop(name)) for name in ("test_loss", "validation_loss", "validation_score"))
    assert row == {
        "epoch": 3, "step": 30, "train_loss": 0.5, "train_score": 0.25, "test_score": 0.75, "learning_rate": 0.1,
        "seconds": 2.0,
    }  # fmt: skip
