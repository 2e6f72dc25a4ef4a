"""Smoothing, and thinning to columns."""

from __future__ import annotations

import numpy as np
import pytest

from nntui.charts import smooth
from nntui.charts.curves import fill, line_spans, to_columns
from nntui.charts.plotted import thin


def _by_the_book(values: list[float], weight: float) -> list[float]:
    average, steps, result = 0.0, 0, []
    for value in values:
        if not np.isfinite(value):
            result.append(value)
            continue
        average = weight * average + (1 - weight) * value
        steps += 1
        result.append(average / (1 - weight**steps))
    return result


@pytest.mark.parametrize("weight", [0.0, 0.3, 0.6, 0.9, 0.99, 0.999])
@pytest.mark.parametrize("count", [0, 1, 2, 127, 128, 129, 1000])
def test_smoothing_is_the_bias_corrected_average(weight: float, count: int) -> None:
    values = np.random.default_rng(count).normal(3.0, 2.0, count)
    values[5:9] = [np.nan, np.inf, -np.inf, np.nan][: max(0, min(4, count - 5))]
    np.testing.assert_allclose(smooth(values, weight), _by_the_book(values.tolist(), weight), rtol=1e-9)


@pytest.mark.parametrize("weight", [0.3, 0.9, 0.99])
def test_a_value_that_stands_for_several_counts_as_so_many(weight: float) -> None:
    long = np.random.default_rng(3).normal(3.0, 2.0, 400)
    spaced = np.arange(0.0, 4000.0, 10.0)
    np.testing.assert_allclose(smooth(long, weight, spaced), smooth(long, weight**10), rtol=1e-9)


def test_an_average_ages_over_a_gap() -> None:
    values = [1.0, 1.0, np.nan, 0.0]
    assert smooth(values, 0.9, [1, 2, 3, 100])[-1] < 1e-3 < smooth(values, 0.9, [1, 2, 3, 4])[-1]


@pytest.mark.parametrize("weight", [-0.1, 1.0, 2.0, float("nan")])
def test_smoothing_refuses_weights_out_of_bounds(weight: float) -> None:
    with pytest.raises(ValueError, match="0 <= weight < 1"):
        smooth([1.0], weight)


def test_smoothing_changes_nothing_in_place() -> None:
    values = np.array([1.0, 2.0])
    smooth(values, 0.5)
    assert values.tolist() == [1.0, 2.0]


def test_columns_keep_the_extremes_of_a_million_points() -> None:
    y = np.full(1_000_000, 0.5)
    y[123_456], y[700_001] = 1.0, 0.0
    columns = to_columns(np.linspace(0, 1, len(y)), y, y, y, 160)
    assert columns.band
    assert columns.high[int(123_456 / 1e6 * 160)] == 1.0
    assert columns.low[int(700_001 / 1e6 * 160)] == 0.0
    np.testing.assert_allclose(columns.middle, 0.5, atol=1e-3)


def test_few_points_are_joined_by_straight_lines() -> None:
    y = np.array([0.0, 1.0])
    columns = to_columns(np.array([0.0, 1.0]), y, y, y, 100)
    assert not columns.band
    np.testing.assert_allclose(columns.middle[1:-1], (np.arange(1, 99) + 0.5) / 100, atol=1e-9)


def test_a_gap_is_not_bridged() -> None:
    y = np.array([0.2, 0.2, np.nan, 0.8, 0.8])
    columns = to_columns(np.linspace(0, 1, 5), y, y, y, 101)
    assert np.isnan(columns.middle[30:70]).all()
    assert np.isfinite(columns.middle[:25]).all()
    assert columns.missing.nonzero()[0].tolist() == [50]


def test_points_without_neighbours_are_found() -> None:
    y = np.array([np.nan, 0.5, np.nan, 0.1, 0.2])
    columns = to_columns(np.linspace(0, 1, 5), y, y, y, 100)
    assert columns.lonely.tolist() == [25]


@pytest.mark.parametrize("seed", range(5))
def test_a_line_has_no_breaks(seed: int) -> None:
    values = np.random.default_rng(seed).random(60)
    mask = fill(*line_spans(values, 40), 40)
    assert mask.any(axis=0).all()
    for left, right in zip(mask.T[:-1], mask.T[1:], strict=True):
        rows, others = left.nonzero()[0], right.nonzero()[0]
        assert rows.min() - 1 <= others.max()
        assert others.min() - 1 <= rows.max()


@pytest.mark.parametrize("count", [1, 4, 124, 125, 126, 10_000])
def test_thinning_keeps_ends_and_extremes(count: int) -> None:
    rng = np.random.default_rng(count)
    x, y = np.sort(rng.random(count)), rng.random(count)
    kept = thin(x, y, 125)
    assert len(kept) <= 125
    assert (np.diff(kept) > 0).all()
    assert {0, count - 1, int(np.argmin(y)), int(np.argmax(y))} <= set(kept.tolist())
