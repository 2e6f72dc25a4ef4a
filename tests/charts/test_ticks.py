"""Numbers in few characters and the places of labels."""

from __future__ import annotations

import numpy as np
import pytest

from nntui.charts.ticks import finite_range, format_number, linear_ticks, log_ticks, round_range


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (1.0, "1"),
        (0.03, "0.03"),
        (0.00125, "0.00125"),
        (1e-5, "1e-5"),
        (3.21e-4, "3.21e-4"),
        (12_000, "12k"),
        (9_999.9, "10k"),
        (1_250_000, "1.25M"),
        (2.5e9, "2.5e9"),
        (-0.5, "-0.5"),
        (1234, "1234"),
        (0.99999, "1"),
        (float("nan"), "NaN"),
        (float("inf"), "inf"),
        (float("-inf"), "-inf"),
        (5e-324, "4.94e-324"),
        (1.7976931348623157e308, "1.8e308"),
    ],
)
def test_numbers_are_compact(value: float, text: str) -> None:
    assert format_number(value) == text


@pytest.mark.parametrize(
    ("low", "high", "count", "labels"),
    [
        (0.0, 0.8, 4, ["0", "0.2", "0.4", "0.6", "0.8"]),
        (0.0, 1.0, 2, ["0", "0.5", "1.0"]),
        (0.0, 50_000.0, 5, ["0", "10k", "20k", "30k", "40k", "50k"]),
        (0.0, 4e6, 2, ["0", "2M", "4M"]),
        (0.0, 4e-5, 2, ["0", "2e-5", "4e-5"]),
        (-1.0, 1.0, 2, ["-1", "0", "1"]),
        (0.94, 0.99, 5, ["0.94", "0.95", "0.96", "0.97", "0.98", "0.99"]),
        (1.0, 1.0, 3, []),
    ],
)
def test_linear_ticks_are_multiples_of_1_2_or_5(low: float, high: float, count: int, labels: list[str]) -> None:
    assert [tick.label for tick in linear_ticks(low, high, count)] == labels


def test_whole_axes_have_whole_ticks() -> None:
    assert [tick.label for tick in linear_ticks(1, 3, 10, whole=True)] == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("low", "high", "count", "labels"),
    [
        (1e-5, 1.0, 10, ["1e-5", "1e-4", "1e-3", "0.01", "0.1", "1"]),
        (1e-5, 1.0, 3, ["1e-5", "1e-3", "0.1"]),
        (0.1, 0.6, 5, ["0.1", "0.2", "0.5"]),
        (0.31, 0.34, 3, ["0.31", "0.32", "0.33", "0.34"]),
        (0.0, 1.0, 3, []),
    ],
)
def test_log_ticks_are_decades_or_1_2_5(low: float, high: float, count: int, labels: list[str]) -> None:
    assert [tick.label for tick in log_ticks(low, high, count)] == labels


@pytest.mark.parametrize("low", [-3e5, -1.0, -1e-9, 0.0, 1e-12, 0.02, 7.0, 1e100])
@pytest.mark.parametrize("span", [1e-12, 0.37, 42.0, 1e9])
def test_rounded_range_holds_the_data(low: float, span: float) -> None:
    high = low + span
    rounded = round_range(low, high)
    assert rounded[1] > rounded[0]
    assert rounded[0] <= low + span * 1e-6
    assert rounded[1] >= high - span * 1e-6


def test_rounded_range_stands_still_while_the_data_moves_a_little() -> None:
    ranges = {round_range(0.01 + moved, 0.66 + moved) for moved in (0.0, 0.003, 0.01, 0.03)}
    assert len(ranges) == 1
    assert ranges.pop() == pytest.approx((0.0, 0.7))


def test_range_leaves_out_what_is_not_finite() -> None:
    assert finite_range(np.array([np.nan, 1.0]), np.array([-np.inf, 3.0])) == (1.0, 3.0)
    assert finite_range(np.array([np.nan, np.inf]), np.array([])) is None
