"""No data, however odd, brings a chart down or changes its size."""

from __future__ import annotations

from random import Random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from nntui.charts import (
    GLYPH_LEVELS,
    Look,
    Mark,
    Series,
    describe_histogram,
    describe_series,
    describe_units,
    framed,
    heat_map,
    histogram,
    line_chart,
    message,
    schedule_chart,
    share_bar,
    smooth,
    unit_map,
)
from tests.charts.golden import assert_size

NUMBERS = st.floats() | st.sampled_from([0.0, 1.0, 1e308, -1e308, 5e-324])
LISTS = st.lists(NUMBERS, max_size=40)
SIZES = st.tuples(st.integers(-1, 50), st.integers(-1, 20))
LOOKS = st.builds(Look, st.sampled_from(GLYPH_LEVELS), st.just({}), st.booleans())
WORDS = st.text(max_size=20)


@settings(max_examples=150, deadline=None)
@given(
    st.data(),
    st.lists(LISTS, max_size=3),
    SIZES,
    LOOKS,
    st.booleans(),
    st.booleans(),
    st.none() | st.tuples(NUMBERS, NUMBERS),
    st.none() | st.tuples(NUMBERS, NUMBERS),
)
def test_line_chart(
    data: st.DataObject,
    ys: list[list[float]],
    size: tuple[int, int],
    look: Look,
    log_x: bool,
    log_y: bool,
    x_range: tuple[float, float] | None,
    y_range: tuple[float, float] | None,
) -> None:
    series = []
    for y in ys:
        low, high, raw = (
            data.draw(st.none() | st.lists(NUMBERS, min_size=len(y), max_size=len(y))) for _ in range(3)
        )
        x = data.draw(st.just(list(range(len(y)))) | st.lists(NUMBERS, min_size=len(y), max_size=len(y)))
        series.append(Series(data.draw(WORDS), "train", x, y, low, high, raw))
    marks = [Mark(data.draw(NUMBERS), data.draw(WORDS)) for _ in range(data.draw(st.integers(0, 3)))]
    strips = line_chart(
        series,
        size,
        look,
        x_range=x_range,
        y_range=y_range,
        log_x=log_x,
        log_y=log_y,
        marks=marks,
        cursor=data.draw(st.none() | NUMBERS),
        baseline=data.draw(st.none() | st.tuples(NUMBERS, WORDS)),
        x_label=data.draw(WORDS),
        y_unit=data.draw(WORDS),
    )
    assert_size(strips, size)


@settings(max_examples=100, deadline=None)
@given(LISTS, st.none() | LISTS, NUMBERS, NUMBERS, SIZES, LOOKS, st.booleans(), WORDS)
def test_histogram(
    counts: list[float],
    start: list[float] | None,
    low: float,
    high: float,
    size: tuple[int, int],
    look: Look,
    log: bool,
    caption: str,
) -> None:
    strips = histogram(counts, low, high, size, look, start_counts=start, log_counts=log, caption=caption)
    assert_size(strips, size)


@settings(max_examples=100, deadline=None)
@given(LISTS, st.randoms(), SIZES, LOOKS)
def test_unit_map(values: list[float], random: Random, size: tuple[int, int], look: Look) -> None:
    assert_size(unit_map(values, [random.randrange(3) for _ in values], size, look), size)


@settings(max_examples=100, deadline=None)
@given(NUMBERS, st.integers(-1, 40), LOOKS, WORDS)
def test_share_bar(share: float, width: int, look: Look, label: str) -> None:
    assert_size([share_bar(share, width, look, "dead", label)], (width, 1))


@settings(max_examples=100, deadline=None)
@given(
    st.integers(0, 6).flatmap(lambda width: st.lists(st.lists(NUMBERS, min_size=width, max_size=width), max_size=6)),
    SIZES,
    LOOKS,
    st.none() | NUMBERS,
    st.none() | NUMBERS,
    st.none() | NUMBERS,
)
def test_heat_map(
    rows: list[list[float]],
    size: tuple[int, int],
    look: Look,
    low: float | None,
    high: float | None,
    center: float | None,
) -> None:
    assert_size(heat_map(rows, size, look, low=low, high=high, center=center, caption="x"), size)


@settings(max_examples=60, deadline=None)
@given(st.data(), LISTS, NUMBERS, SIZES, LOOKS, st.booleans(), st.none() | NUMBERS)
def test_schedule_chart(
    data: st.DataObject,
    rates: list[float],
    now: float,
    size: tuple[int, int],
    look: Look,
    log: bool,
    unknown: float | None,
) -> None:
    steps = data.draw(
        st.just([float(step) for step in range(len(rates))])
        | st.lists(NUMBERS, min_size=len(rates), max_size=len(rates))
    )
    assert_size(schedule_chart(steps, rates, now, size, look, log_y=log, unknown_from=unknown, x_label="step"), size)


@settings(max_examples=150, deadline=None)
@given(WORDS, WORDS, SIZES, SIZES, LOOKS, st.booleans())
def test_framed_message(
    title: str, subtitle: str, outer: tuple[int, int], inner: tuple[int, int], look: Look, focused: bool
) -> None:
    strips = message(title * 3, inner, look)
    assert_size(strips, inner)
    assert_size(framed(strips, outer, look, title=title, subtitle=subtitle, focused=focused), outer)


@settings(max_examples=100, deadline=None)
@given(LISTS, st.floats(0, 0.999))
def test_smooth_keeps_length_and_what_is_not_finite(values: list[float], weight: float) -> None:
    result = smooth(values, weight)
    given_values = np.array(values, dtype=np.float64)
    assert result.shape == given_values.shape
    assert (np.isfinite(result) == np.isfinite(given_values)).all()


@settings(max_examples=60, deadline=None)
@given(LISTS, NUMBERS, NUMBERS)
def test_descriptions_are_one_line(values: list[float], low: float, high: float) -> None:
    for text in (
        describe_series("train", range(len(values)), values, "epoch"),
        describe_histogram("weights", values, low, high),
        describe_units("hidden 1", [1] * len(values)),
    ):
        assert len(text.splitlines()) == 1
