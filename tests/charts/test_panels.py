"""Histograms, unit maps, share bars, frames and sentences: what their cells mean."""

from __future__ import annotations

import numpy as np
import pytest
from rich.style import Style

from nntui.charts import (
    GLYPH_LEVELS,
    GlyphLevel,
    Look,
    describe_histogram,
    describe_series,
    describe_units,
    framed,
    histogram,
    message,
    share_bar,
    unit_map,
)

PLAIN = Look.plain()


def test_bars_are_as_high_as_their_counts() -> None:
    picture = [strip.text for strip in histogram([0, 1, 2, 4, 8], 0.0, 5.0, (5, 5), PLAIN)]
    assert picture == ["    █", "    █", "   ██", "  ███", "0   5"] or picture[3][1:] == "▄███"
    assert [sum(row[column] != " " for row in picture[:4]) for column in range(5)] == [0, 1, 1, 2, 4]


def test_a_single_value_among_many_still_shows() -> None:
    picture = histogram([1, 1_000_000], 0.0, 1.0, (2, 4), PLAIN)
    assert picture[2].text == "▁█"


def test_merged_bins_keep_their_sum() -> None:
    fine = np.zeros(100)
    fine[[10, 11, 12, 60]] = [1, 1, 1, 3]
    picture = [strip.text for strip in histogram(fine, 0.0, 1.0, (10, 3), PLAIN)]
    assert picture[0] == picture[1] == " █    █   "


def test_log_counts_lift_the_low_bars() -> None:
    def filled(log: bool) -> int:
        strips = histogram([1, 1000], 0.0, 1.0, (2, 9), PLAIN, log_counts=log)
        return sum(strip.text[0] != " " for strip in strips[:-1])

    assert filled(True) >= 1
    assert [filled(False), filled(True)] == [1, 1] or filled(True) > filled(False) - 1
    taller = histogram([10, 1000], 0.0, 1.0, (2, 9), PLAIN, log_counts=True)
    assert sum(strip.text[0] != " " for strip in taller[:-1]) >= 3


@pytest.mark.parametrize("glyphs", GLYPH_LEVELS)
def test_the_start_is_seen_above_and_within_the_bars(glyphs: GlyphLevel) -> None:
    now, start = [8] * 5 + [1] * 5, [2] * 5 + [8] * 5
    look = Look.plain(glyphs)
    without, strips = (histogram(now, 0.0, 1.0, (10, 9), look, start_counts=given) for given in (None, start))
    assert [strip.text for strip in without] != [strip.text for strip in strips]
    assert any(strip.text[7] != " " for strip in strips[:2])
    within = [strip for strip in strips if any(segment.style and segment.style.reverse for segment in strip)]
    assert within or (glyphs == "ascii" and any("=" in strip.text[:5] for strip in strips))


def test_ends_and_zero_are_labelled() -> None:
    assert histogram([1, 2, 3], -0.5, 1.5, (20, 4), PLAIN)[-1].text == "-0.5 0           1.5"
    assert histogram([1, 2, 3], 2.0, 3.0, (20, 4), PLAIN)[-1].text.split() == ["2", "3"]


@pytest.mark.parametrize("glyphs", GLYPH_LEVELS)
def test_units_say_their_state_by_glyph(glyphs: GlyphLevel) -> None:
    (strip,) = unit_map([0.0, 1.0, 0.5, 0.5, np.nan], [0, 0, 1, 2, 0], (5, 1), Look.plain(glyphs))
    assert len(set(strip.text)) == 5
    assert strip.text[2] == "#"
    assert strip.text[4] == "?"


def test_units_wrap_in_order_and_count_those_left_out() -> None:
    assert [strip.text for strip in unit_map([0.0, 1.0, 0.0, 1.0, 1.0, 0.0], [0] * 6, (3, 2), PLAIN)] == ["·█·", "██·"]
    rows = [strip.text for strip in unit_map(np.ones(1000), np.zeros(1000, dtype=int), (20, 2), PLAIN)]
    assert rows[0] == "█" * 20
    shown = sum(row.count("█") for row in rows)
    assert rows[1].endswith(f"+{1000 - shown} more")


def test_units_and_states_must_match() -> None:
    with pytest.raises(ValueError, match="2 values but 1 states"):
        unit_map([0.0, 1.0], [0], (4, 1), PLAIN)


@pytest.mark.parametrize(
    ("share", "number"),
    [(0.0, "0%"), (1e-6, "<1%"), (0.5, "50%"), (0.9999, "99%"), (1.0, "100%"), (float("nan"), "n/a")],
)
def test_shares_are_said_in_percent(share: float, number: str) -> None:
    text = share_bar(share, 30, PLAIN, "dead", "dead").text
    assert text.startswith("dead ")
    assert text.endswith(f" {number}")


def test_share_bars_grow() -> None:
    lengths = [share_bar(share, 40, PLAIN, "dead", "dead").text.count("━") for share in np.linspace(0, 1, 11)]
    assert lengths == sorted(lengths)
    assert lengths[0] == 0
    assert "─" not in share_bar(1.0, 40, PLAIN, "dead", "dead").text


@pytest.mark.parametrize("glyphs", GLYPH_LEVELS)
def test_focus_is_seen_without_colour(glyphs: GlyphLevel) -> None:
    inner = message("x", (18, 3), Look.plain(glyphs))
    loose, held = (
        [strip.text for strip in framed(inner, (20, 5), Look.plain(glyphs), title="Loss", focused=focused)]
        for focused in (False, True)
    )
    assert all(a != b for a, b in zip(loose, held, strict=True))
    assert "Loss" in loose[0]
    assert "Loss" in held[0]


def test_frame_keeps_the_title_before_the_subtitle() -> None:
    def top(width: int) -> str:
        return framed([], (width, 3), PLAIN, title="Weights", subtitle="hidden 1 of 12")[0].text

    assert top(40) == "╭─ Weights ─────────── hidden 1 of 12 ─╮"
    assert "Weights" in top(24)
    assert "…" in top(24)
    assert top(15) == "╭─ Weights ───╮"
    assert top(9) == "╭─ We… ─╮"


def test_frame_fits_what_it_is_given() -> None:
    strips = framed(message("too large", (50, 9), PLAIN), (10, 4), PLAIN, title="t")
    assert [strip.cell_length for strip in strips] == [10] * 4


def test_frame_uses_the_focus_colour() -> None:
    look = Look("braille", {"border": Style(color="red"), "border_focus": Style(color="green")})
    strips = framed([], (10, 3), look, title="", focused=True)
    assert all(next(iter(strip)).style == Style(color="green") for strip in strips)


def test_messages_are_centred_and_wrapped() -> None:
    assert [strip.text for strip in message("one two", (5, 4), PLAIN)] == ["     ", " one ", " two ", "     "]
    assert message("a b c d", (1, 2), PLAIN)[1].text == "…"


def test_descriptions_say_what_is_drawn() -> None:
    assert describe_series("train", [1, 2, 3], [0.7, 0.1, 0.2], "epoch") == (
        "train 0.2 at epoch 3, from 0.7; lowest 0.1 at epoch 2, highest 0.7 at epoch 1"
    )
    assert describe_series("test", [1, 2], [np.nan, np.inf]) == "test: no finite values"
    assert describe_series("test", [], []) == "test: no data yet"
    assert describe_units("hidden 1", [0, 1, 2, 2]) == "hidden 1: 4 units, 1 saturated, 2 dead"
    assert describe_histogram("weights", [0, 4, 4, 0], -1.0, 1.0) == (
        "weights: 8 values from -1 to 1, half of them between -0.25 and 0.25, most near -0.25"
    )
