"""Keys move numbers by short steps that lead back."""

import math
from itertools import pairwise

import pytest

from nntui.tui.steering import PACES, next_batch_size, next_factor, next_pace


@pytest.mark.parametrize(
    ("value", "up", "down"),
    [
        (1.0, 1.25, 0.8),
        (0.8, 1.0, 0.64),
        (8.0, 10.0, 6.4),
        (10.0, 12.5, 8.0),
        (0.3, 0.32, 0.25),
        (7e-5, 8e-5, 6.4e-5),
    ],
)
def test_a_factor_has_a_short_neighbor_on_either_side(value: float, up: float, down: float) -> None:
    assert next_factor(value, +1) == up
    assert next_factor(value, -1) == down


@pytest.mark.parametrize("direction", [1, -1])
def test_many_steps_away_and_back_end_where_they_began(direction: int) -> None:
    values = [1.0]
    for _ in range(60):
        values.append(next_factor(values[-1], direction))
    ratios = [max(a / b, b / a) for a, b in pairwise(values)]
    assert all(1.24 < ratio < 1.29 for ratio in ratios)
    back = values[-1]
    for expected in reversed(values[:-1]):
        back = next_factor(back, -direction)
        assert back == expected


@pytest.mark.parametrize("value", [0.0, -1.0, math.nan, math.inf])
def test_what_has_no_neighbor_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="above 0"):
        next_factor(value, +1)


@pytest.mark.parametrize(
    ("size", "direction", "samples", "expected"),
    [(32, 1, 1000, 64), (32, -1, 99, 16), (1, -1, 99, 1), (600, 1, 999, 999), (999, 1, 999, 999), (3, -1, 9, 1),
     (10000, -1, 576, 288), (10000, 1, 576, 576), (10000, -1, 1, 1)],
)
def test_a_batch_stays_between_one_sample_and_all(size: int, direction: int, samples: int, expected: int) -> None:
    assert next_batch_size(size, direction, samples) == expected


def test_the_pace_goes_from_no_limit_down_to_the_slowest_and_back() -> None:
    pace: float | None = None
    seen: list[float | None] = [pace]
    for _ in range(20):
        pace = next_pace(pace, -1)
        seen.append(pace)
    assert seen[1 : len(PACES) + 1] == list(reversed(PACES))
    assert pace == PACES[0]
    for _ in range(20):
        pace = next_pace(pace, +1)
    assert pace is None


def test_a_pace_between_two_steps_finds_its_neighbors() -> None:
    assert next_pace(7.0, +1) == 10
    assert next_pace(7.0, -1) == 5
