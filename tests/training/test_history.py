"""The history keeps every epoch and sums up any stretch of them exactly."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nntui.training.history import History
from nntui.training.scalars import COLUMNS, INDEX, Rows


def made(count: int, seed: int = 0, first: int = 1, gaps: float = 0.0) -> Rows:
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(count, len(COLUMNS)))
    rows[:, INDEX["epoch"]] = np.arange(first, first + count)
    rows[:, INDEX["step"]] = np.arange(first, first + count) * 40
    rows[rng.random(count) < gaps, INDEX["test_loss"]] = np.nan
    return rows


def filled(rows: Rows, portions: list[int]) -> History:
    history, at = History(), 0
    for portion in portions:
        history.append(rows[at : at + portion])
        at += portion
    history.append(rows[at:])
    return history


def test_an_empty_history_has_nothing_to_show() -> None:
    history = History()
    assert len(history) == 0
    assert np.isnan(history.last("train_loss"))
    assert history.best("train_loss") is None
    assert [len(part) for part in history.window("train_loss", 0, 100, 10)] == [0] * 5


def test_few_rows_are_given_as_they_are() -> None:
    rows = made(5)
    x, low, high, mean, missing = filled(rows, []).window("test_loss", 2, 4, 80)
    assert x.tolist() == [2, 3, 4]
    assert not missing.any()
    expected = rows[1:4, INDEX["test_loss"]].astype(np.float32)
    for part in (low, high, mean):
        np.testing.assert_array_equal(part, expected)


@settings(max_examples=60, deadline=None)
@given(
    count=st.integers(1, 6000),
    portions=st.lists(st.integers(0, 700), max_size=12),
    ends=st.tuples(st.floats(-10, 6100), st.floats(-10, 6100)),
    buckets=st.integers(1, 300),
    gaps=st.sampled_from([0.0, 0.3, 1.0]),
    by=st.sampled_from(["epoch", "step"]),
)
def test_a_window_sums_up_each_of_its_rows_once(
    count: int, portions: list[int], ends: tuple[float, float], buckets: int, gaps: float, by: str
) -> None:
    rows = made(count, seed=count, gaps=gaps)
    history = filled(rows, portions)
    unit = 1 if by == "epoch" else 40
    x0, x1 = min(ends) * unit, max(ends) * unit
    x, low, high, mean, missing = history.window("test_loss", x0, x1, buckets, by)

    position = rows[:, INDEX[by]]
    inside = (position >= x0) & (position <= x1)
    values = rows[inside, INDEX["test_loss"]].astype(np.float32)
    assert len(x) <= max(buckets, inside.sum() and 1)
    assert len(x) == inside.sum() or len(x) >= min(buckets, inside.sum()) / 2
    assert np.all(np.diff(x) > 0)
    assert np.all((x >= x0) & (x <= x1))
    if np.isnan(values).all():
        assert np.isnan(low).all()
        assert np.isnan(high).all()
        assert np.isnan(mean).all()
        return
    assert missing.any() == np.isnan(values).any()
    assert np.nanmin(low) == np.nanmin(values)
    assert np.nanmax(high) == np.nanmax(values)
    shown = ~np.isnan(mean)
    assert np.all(low[shown] <= mean[shown] + 1e-6)
    assert np.all(mean[shown] <= high[shown] + 1e-6)


def test_each_part_of_a_long_window_is_right() -> None:
    rows = made(100_000, seed=3, gaps=0.001)
    history = filled(rows, [1, 15, 1000, 1, 30_000])
    x, low, high, mean, missing = history.window("test_loss", 777, 98_765, 150)
    values = rows[776:98_765, INDEX["test_loss"]].astype(np.float32)
    epochs = rows[776:98_765, INDEX["epoch"]]
    first = 777.0
    for part in range(len(x)):  # x is the middle of a part, so its ends follow one after the other
        last = 2 * x[part] - first
        of_part = values[(epochs >= first) & (epochs <= last)]
        assert low[part] == np.nanmin(of_part)
        assert high[part] == np.nanmax(of_part)
        assert mean[part] == pytest.approx(np.nanmean(of_part.astype(np.float64)))
        assert missing[part] == np.isnan(of_part).any()
        first = last + 1
    assert first == 98_766


@pytest.mark.parametrize("name", ["train_loss", "test_loss", "test_score"])
@pytest.mark.parametrize("count", [1, 16, 17, 300, 70_000])
def test_best_is_the_lowest_loss_or_the_highest_score(name: str, count: int) -> None:
    rows = made(count, seed=count, gaps=0.0 if count == 1 else 0.2)
    column = rows[:, INDEX[name]].astype(np.float32)
    at = int(np.nanargmax(column) if "score" in name else np.nanargmin(column))
    assert filled(rows, [3, 50]).best(name) == (at + 1, column[at])


def test_what_is_not_finite_is_missing() -> None:
    rows = made(3)
    rows[:, INDEX["test_loss"]] = [np.inf, 1e300, 2.0]
    history = filled(rows, [])
    assert history.best("test_loss") == (3, 2.0)
    assert np.isnan(history.values("test_loss")[:2]).all()
    rows[2, INDEX["test_loss"]] = -np.inf
    assert filled(rows, []).best("test_loss") is None


def test_epochs_and_steps_stay_exact_beyond_single_precision() -> None:
    rows = made(3, first=2**24 + 1)
    history = filled(rows, [])
    assert history.last("epoch") == 2**24 + 3
    assert history.last("step") == 40 * (2**24 + 3)
    assert history.window("train_loss", 2**24 + 2, 2**24 + 2, 10)[0].tolist() == [2**24 + 2]


def test_clear_forgets_everything() -> None:
    history = filled(made(1000), [10])
    history.clear()
    assert len(history) == 0
    history.append(made(20, seed=9))
    assert len(history) == 20
    np.testing.assert_array_equal(history.values("train_loss"), made(20, seed=9)[:, 2].astype(np.float32))


def test_values_cannot_be_written_through() -> None:
    with pytest.raises(ValueError, match="read-only"):
        filled(made(3), []).values("train_loss")[0] = 1


def test_memory_is_modest() -> None:
    rows = made(200_000)
    history = History()
    tracemalloc.start()
    try:
        for at in range(0, len(rows), 500):
            history.append(rows[at : at + 500])
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held / len(rows) < 90  # bytes per epoch, of ten columns


@settings(max_examples=40, deadline=None)
@given(stretches=st.lists(st.tuples(st.integers(1, 400), st.integers(1, 700)), min_size=1, max_size=6))
def test_epochs_trained_again_take_the_place_of_the_earlier_ones(stretches: list[tuple[int, int]]) -> None:
    history = History()
    expected = made(0)
    given_rows = []
    for number, (first, count) in enumerate(stretches):
        first = min(first, len(expected) + 1)
        rows = made(count, seed=number, first=first)
        expected = np.concatenate([expected[: first - 1], rows])
        given_rows.append(rows)
    history.append(made(0))
    history.append(np.concatenate(given_rows))
    straight = filled(expected, [])
    assert len(history) == len(expected)
    for buckets in (1, 5, 60):
        for part, right in zip(
            history.window("test_loss", 3, 900, buckets), straight.window("test_loss", 3, 900, buckets), strict=True
        ):
            np.testing.assert_array_equal(part, right)
    assert history.best("test_loss") == straight.best("test_loss")
