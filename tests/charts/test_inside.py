"""The charts of what goes on inside a network: agreed pictures, any size, any data, and what lies where."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nntui.charts import GLYPH_LEVELS, GlyphLevel, Look
from nntui.charts.axes import Plotted
from nntui.charts.profile import Level, profile
from nntui.charts.ridges import ridgeline
from nntui.charts.signed import signed_bars
from nntui.charts.spread import spread_over_time
from nntui.charts.unit_rows import Row, UnitRows
from nntui.charts.wiring import Column, Wires, Wiring
from tests.charts.golden import as_text, assert_size, check_golden
from tests.charts.pictures_inside import PICTURES

SIZES = ((26, 9), (60, 16), (120, 30))
NUMBERS = st.floats() | st.sampled_from([0.0, 1.0, 1e308, -1e308, 5e-324])
LISTS = st.lists(NUMBERS, max_size=30)
ANY_SIZE = st.tuples(st.integers(-1, 50), st.integers(-1, 20))
LOOKS = st.builds(Look, st.sampled_from(GLYPH_LEVELS), st.just({}), st.booleans())


@pytest.mark.parametrize("glyphs", GLYPH_LEVELS)
@pytest.mark.parametrize("chart", PICTURES)
def test_chart_is_the_picture_agreed_to(chart: str, glyphs: GlyphLevel) -> None:
    pictures = {}
    for kind, draw in PICTURES[chart].items():
        for size in SIZES:
            strips = draw(size, Look.plain(glyphs))
            assert_size(strips, size)
            if kind in ("normal", "wide") or size == SIZES[0]:
                pictures[f"{kind} {size[0]}x{size[1]}"] = strips
    check_golden(f"{chart}.{glyphs}", pictures)


@settings(max_examples=60, deadline=None)
@given(st.data(), st.lists(NUMBERS, max_size=12), NUMBERS, NUMBERS, ANY_SIZE, LOOKS, st.none() | NUMBERS)
def test_no_distribution_brings_its_charts_down(
    data: st.DataObject,
    x: list[float],
    low: float,
    high: float,
    size: tuple[int, int],
    look: Look,
    cursor: float | None,
) -> None:
    at = np.sort(np.array(x))
    density = np.array(data.draw(st.lists(st.integers(0, 255), min_size=8, max_size=8)), np.uint8)
    lines = np.array(data.draw(st.lists(NUMBERS, min_size=5 * len(x), max_size=5 * len(x)))).reshape(len(x), 5)
    several = np.tile(density, (len(x), 1))
    assert_size(spread_over_time(at, low, high, several, lines, size, look, cursor=cursor), size)
    assert_size(ridgeline(at, low, high, several, size, look, x_label="epoch"), size)


@settings(max_examples=60, deadline=None)
@given(LISTS, ANY_SIZE, LOOKS)
def test_no_numbers_bring_bars_down(values: list[float], size: tuple[int, int], look: Look) -> None:
    names = [f"hidden {index}" for index in range(len(values))]
    assert_size(signed_bars(names, values, size, look), size)
    assert_size(profile([Level(name, value) for name, value in zip(names, values, strict=True)], size, look), size)


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(st.data(), st.lists(st.integers(1, 40), min_size=1, max_size=9), ANY_SIZE, LOOKS)
def test_every_network_has_a_diagram(data: st.DataObject, sizes: list[int], size: tuple[int, int], look: Look) -> None:
    columns = [
        Column(f"hidden {index}", data.draw(st.lists(NUMBERS, min_size=units, max_size=units)), index=index)
        for index, units in enumerate(sizes)
    ]
    wires = []
    for before, after in pairwise(sizes):
        weights = np.sort(np.array(data.draw(st.lists(NUMBERS, min_size=6, max_size=6))))
        some = st.integers(0, 10**6)
        source, target = (np.array(data.draw(st.lists(some, min_size=6, max_size=6))) for _ in range(2))
        wires.append(Wires(source % before, target % after, weights, before * after))
    layer = data.draw(st.integers(0, len(sizes) - 1))
    unit = data.draw(st.integers(0, sizes[layer] - 1))
    wiring = Wiring(columns, wires, size, (layer, unit)).with_dots(look)
    assert_size(wiring.draw(look), size)
    assert 0 <= wiring.drawn <= wiring.total
    rows = [Row(column.name, np.zeros(units), np.zeros(units)) for column, units in zip(columns, sizes, strict=True)]
    assert_size(UnitRows(rows, size, (layer, unit)).draw(look), size)


def test_the_median_stands_where_it_is() -> None:
    at = np.arange(20.0)
    lines = np.tile(np.array([-2.0, -1.0, 0.5, 1.0, 2.0]), (20, 1))
    rows = spread_over_time(at, -4.0, 4.0, np.zeros((20, 0), np.uint8), lines, (40, 17), Look.plain())
    assert isinstance(rows, Plotted)
    text = as_text(rows)
    solid = [index for index, row in enumerate(text) if row.count("=") == 20]
    assert len(solid) == 1
    dashed = [index for index, row in enumerate(text) if row.count("-") > 12 and index not in solid]
    assert len(dashed) == 2
    assert dashed[0] < solid[0] < dashed[1]
    assert rows.x_at(20, 5) is not None


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.integers(0, 1000), min_size=1, max_size=40),
    st.tuples(st.integers(0, 500), st.integers(1, 1000)) | st.none(),
    st.integers(20, 90),
    st.booleans(),
    st.sampled_from((Look(), Look.plain(), Look.plain("ascii"))),
)
def test_column_of_a_distribution_is_drawn_if_and_only_if_a_sample_lies_in_it(
    times: list[int], shown: tuple[int, int] | None, width: int, filled: bool, look: Look
) -> None:
    at = np.sort(np.array(times, np.float64))
    low, high = (float(shown[0]), float(sum(shown))) if shown else (at[0], at[-1])
    density = np.full((len(at), 8 if filled else 0), 255, np.uint8)
    rows = spread_over_time(at, -1.0, 1.0, density, np.zeros((len(at), 5)), (width, 9), look, x_range=(low, high))
    assert isinstance(rows, Plotted)
    columns = [column for column in range(width) if rows.x_at(column, 3) is not None]
    text = as_text(rows)
    drawn = {index for index, column in enumerate(columns) if any(row[column : column + 1].strip() for row in text[:7])}
    edges = np.linspace(low, high, len(columns) + 1)
    if not high > low:
        return
    slack = 1e-9 * (abs(low) + abs(high))  # a sample on the edge of two columns may be in either
    held = [set(np.flatnonzero((edges[:-1] - slack <= x) & (x <= edges[1:] + slack)).tolist()) for x in at.tolist()]
    assert drawn <= set().union(*held)
    assert all(not places or places & drawn for places in held)


def test_a_ridge_hides_what_lies_behind_it() -> None:
    high, flat = np.full(40, 255, np.uint8), np.zeros(40, np.uint8)
    lone = ridgeline([0.0], -1.0, 1.0, [high], (40, 12), Look.plain())
    both = ridgeline([0.0, 1.0], -1.0, 1.0, [flat, high], (40, 12), Look.plain())
    assert sum(row.text.count("⠉") + row.text.count("⣀") for row in both) < 3 * sum(
        row.text.count("⠉") + row.text.count("⣀") for row in lone
    )


def test_bars_point_to_their_side_and_say_their_number() -> None:
    rows = as_text(signed_bars(["a", "b", "c"], [1.0, -0.5, 0.25], (30, 3), Look.plain("ascii")))
    middle = rows[0].index("|")
    assert rows[0][middle + 1] == "+"
    assert rows[1][middle - 1] == "-"
    assert abs(rows[0].count("+") - 4 * rows[2].count("+")) <= 2
    assert [row.split()[-1] for row in rows] == ["1", "-0.5", "0.25"]


def test_bars_without_room_are_counted() -> None:
    rows = as_text(signed_bars([str(n) for n in range(30)], [1.0] * 30, (30, 6), Look.plain()))
    assert rows[-1].startswith("… 25 more")


def test_a_power_of_ten_is_as_long_at_every_place() -> None:
    levels = [Level(str(power), 10.0**power) for power in (-4, -3, -2, -1)]
    lengths = [row.count("━") for row in as_text(profile(levels, (60, 4), Look.plain()))]
    steps = np.diff(lengths)
    assert steps.max() - steps.min() <= 1
    assert steps.min() > 5


def test_signs_of_weights_differ_in_stroke_and_color() -> None:
    columns = [Column("a", [1.0], index=0), Column("b", [1.0], index=1)]

    def drawn(weight: float) -> tuple[str, set[str]]:
        wiring = Wiring(columns, [Wires([0], [0], [weight], 1)], (60, 3))
        rows = wiring.draw(Look.plain())
        return rows[1].text, {str(segment.style) for segment in rows[1]}

    assert drawn(1.0)[0] != drawn(-1.0)[0]
    assert drawn(-1.0)[0].strip("●1 ").count(" ") > 3


def test_only_the_strongest_weights_of_a_large_network_are_drawn_and_counted() -> None:
    rng = np.random.default_rng(0)
    columns = [Column("a", np.ones(40), index=0), Column("b", np.ones(40), index=1)]
    weights = np.sort(rng.uniform(0, 1, 240))
    wires = Wires(rng.integers(0, 40, 240), rng.integers(0, 40, 240), weights, 1600)
    wiring = Wiring(columns, [wires], (60, 20))
    wiring.draw(Look.plain())
    assert 12 <= wiring.drawn < 240
    assert wiring.total == 1600


@pytest.mark.parametrize("sizes", [(2, 8, 8, 1), (64, 128, 10), (2, *[16] * 12, 3)])
@pytest.mark.parametrize("size", [(40, 10), (78, 16), (130, 40)])
def test_a_click_on_a_unit_finds_it(sizes: tuple[int, ...], size: tuple[int, int]) -> None:
    columns = [Column("x", np.ones(units), index=index) for index, units in enumerate(sizes)]
    wires = [Wires([0], [0], [1.0], 1) for _ in sizes[1:]]
    for layer, units in enumerate(sizes):
        unit = units * 3 // 4
        wiring = Wiring(columns, wires, size, (layer, unit))
        block = wiring.blocks[layer]
        x, y = (int(place[0]) for place in block.place(np.array([unit])))
        assert wiring.unit_at(x, y) == (layer, unit)
    rows = [Row("hidden", np.ones(units), np.zeros(units)) for units in sizes]
    for layer, units in enumerate(sizes):
        unit = units * 3 // 4
        map_ = UnitRows(rows, size, (layer, unit))
        place = next(place for place in map_.places if place.layer == layer)
        if not place.shown:
            continue
        at = unit - place.first
        x, y = place.left + at % place.across * place.step, place.top + at // place.across * place.high
        assert map_.unit_at(x, y) == (layer, unit)


def test_the_selected_unit_is_always_among_those_shown() -> None:
    columns = [Column("x", np.ones(500), index=0), Column("y", np.ones(500), index=1)]
    for unit in (0, 250, 499):
        wiring = Wiring(columns, [Wires([0], [0], [1.0], 1)], (40, 8), (1, unit))
        block = wiring.blocks[1]
        assert block.first <= unit < block.first + block.shown


def test_a_number_in_the_diagram_is_never_cut_off() -> None:
    outputs = [1.34e-5, -1.34e-5, 2.6e-10, -0.00034, 1.0]
    columns = [Column("a", [1.0], index=0), Column("b", outputs, index=1)]
    drawn = "\n".join(as_text(Wiring(columns, [Wires([0], [0], [1.0], 1)], (60, 12)).draw(Look.plain())))
    assert all(number in drawn for number in ("1e-5", "-1e-5", "3e-10", "-3e-4"))
    assert "…" not in drawn
