"""Slices, pace, speed and waiting rows, on a clock that the tests turn."""

from __future__ import annotations

import numpy as np
import pytest

from nntui.training.scalars import COLUMNS, INDEX
from nntui.worker.rhythm import Pace, RowBuffer, SliceLength, Speed, Stopwatch, stamp


@pytest.mark.parametrize("step_seconds", [1e-6, 9e-6, 5e-5, 1e-3, 0.5])
def test_a_slice_comes_to_last_as_long_as_it_should(step_seconds: float) -> None:
    length = SliceLength(0.004)
    for _ in range(40):
        length.learn(length.steps, length.steps * step_seconds)
    assert length.steps == max(1, int(0.004 / step_seconds)) or length.steps * step_seconds == pytest.approx(0.004, 0.3)


@pytest.mark.parametrize("epochs_per_second", [0.5, 3.0, 100.0])
@pytest.mark.parametrize("steps_per_epoch", [1, 7, 45])
def test_the_pace_is_kept_and_steps_are_spread_evenly(epochs_per_second: float, steps_per_epoch: int) -> None:
    pace, now, steps = Pace(), 0.0, 0
    pace.set(epochs_per_second, now)
    while now < 10:
        due = pace.steps_due(now, steps_per_epoch, 1000)
        assert due <= 1 + 1e-9
        steps += due
        pace.trained(due / steps_per_epoch)
        now += max(pace.wait(now, steps_per_epoch), 1e-6)
    assert steps == pytest.approx(10 * epochs_per_second * steps_per_epoch, abs=2, rel=0.01)


def test_without_a_pace_everything_is_due_at_once() -> None:
    assert Pace().steps_due(0.0, 5, 123) == 123
    assert Pace().wait(0.0, 5) == 0.0


def test_the_stopwatch_leaves_out_pauses_and_goes_on_from_where_it_is_set() -> None:
    stopwatch = Stopwatch()
    assert stopwatch.at(7.0) == 0.0
    stopwatch.start(10.0)
    assert stopwatch.at(12.0) == 2.0
    stopwatch.stop(13.0)
    assert stopwatch.at(20.0) == 3.0
    stopwatch.start(20.0)
    stopwatch.set(100.0, 21.0)
    assert stopwatch.at(22.0) == 101.0


def test_speed_forgets_what_is_long_past_and_pauses() -> None:
    speed = Speed(window=1.0)
    assert speed.epochs_per_second(0.0) == 0.0
    for i in range(100):
        speed.trained(1.0, i * 0.1, (i + 1) * 0.1)
    assert speed.epochs_per_second(10.0) == pytest.approx(10.0, rel=0.01)
    speed.rest()
    speed.trained(1.0, 500.0, 500.01)
    assert speed.epochs_per_second(500.01) == pytest.approx(100.0)


@pytest.mark.parametrize("portions", [(1,), (3, 0, 70), (200, 1, 500)])
@pytest.mark.parametrize("at_most", [1, 64, 10_000])
def test_rows_come_out_as_they_went_in(portions: tuple[int, ...], at_most: int) -> None:
    rows = np.arange(sum(portions) * len(COLUMNS), dtype=float).reshape(-1, len(COLUMNS))
    buffer, start, taken = RowBuffer(), 0, []
    for portion in portions:
        buffer.append(rows[start : start + portion])
        start += portion
    while len(buffer):
        taken.append(buffer.take(at_most))
        assert len(taken[-1]) <= at_most
    np.testing.assert_array_equal(np.concatenate(taken), rows)


def test_rows_of_a_slice_are_stamped_by_their_share_of_it() -> None:
    rows = np.zeros((4, len(COLUMNS)))
    rows[:, INDEX["step"]] = [110, 120, 130, 140]
    stamp(rows, (100, 140), (2.0, 6.0))
    np.testing.assert_allclose(rows[:, INDEX["seconds"]], [3.0, 4.0, 5.0, 6.0])
