"""Only the cells that changed are sent, and all of them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from nntui.tui.widgets.rows import _changed_cells

Parts = list[tuple[str, Style | None]]
STYLES = [None, Style(bold=True), Style(color="red")]
PARTS = st.lists(st.tuples(st.sampled_from(["a", "ab", "  ", "日", "⣿⣿⣿"]), st.sampled_from(STYLES)), max_size=6)


def row(parts: Parts) -> Strip:
    return Strip([Segment(text, style) for text, style in parts]).adjust_cell_length(40)


def cells(strip: Strip) -> Parts:
    """Character and style of every cell; a wide character counts for its first."""
    shown: Parts = []
    for text, style, _ in strip:
        for character in text:
            width = Segment(character).cell_length
            shown += [(character, style or None), *[("", None)] * (width - 1)]
    return shown


@given(PARTS, PARTS)
def test_cells_outside_the_span_are_the_same(before: Parts, after: Parts) -> None:
    one, other = row(before), row(after)
    start, end = _changed_cells(one, other)
    assert 0 <= start <= end <= 40
    assert cells(one)[:start] == cells(other)[:start]
    assert cells(one)[end:] == cells(other)[end:]


@given(PARTS, PARTS)
def test_what_is_the_same_at_both_ends_is_not_sent(head: Parts, tail: Parts) -> None:
    one, other = row([*head, ("xxx", None), *tail]), row([*head, ("y", None), ("zz", None), *tail])
    start, end = _changed_cells(one, other)
    assert start == sum(Segment(text).cell_length for text, _ in head)
    assert end == start + 3
