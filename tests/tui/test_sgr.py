"""Fewer bytes to the terminal, the same picture."""

from __future__ import annotations

from typing import Any

import pyte
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.color import Color
from rich.style import Style

from nntui.tui.drivers.sgr import shortened

COLORS = st.none() | st.sampled_from(
    [Color.parse("red"), Color.parse("bright_blue"), Color.parse("default"), Color.from_ansi(130),
     Color.from_rgb(1, 2, 3), Color.from_rgb(200, 2, 5)]
)  # fmt: skip
STYLES = st.builds(
    lambda color, ground, flags: Style(color=color, bgcolor=ground, **flags),
    COLORS, COLORS, st.fixed_dictionaries({}, optional=dict.fromkeys(
        ("bold", "italic", "underline", "reverse", "strike"), st.just(True))),
)  # fmt: skip
TEXTS = st.sampled_from(["", " ", "   ", "a", "ab c", "▀▀", "\x1b[2;3H", "\x1b[1;1H", "\r\n", "é"])
PIECES = st.lists(st.tuples(STYLES | st.none(), TEXTS), max_size=14)


def cells(data: str) -> Any:
    """Every cell as the terminal shows it; on a blank, what cannot be seen does not count."""
    screen = pyte.Screen(12, 4)
    pyte.Stream(screen).feed(data)
    rows = [[screen.buffer[y][x] for x in range(12)] for y in range(4)]
    seen = [
        [cell._replace(fg="", bold=False, italics=False) if cell.data == " " and not (cell.reverse or cell.underscore or
         cell.strikethrough) else cell for cell in row] for row in rows
    ]  # fmt: skip
    return seen, (screen.cursor.x, screen.cursor.y), screen.cursor.attrs


def rendered(pieces: list[tuple[Style | None, str]]) -> str:
    return "".join(style.render(text) if style is not None else text for style, text in pieces)


@given(PIECES)
def test_shortened_output_draws_the_same(pieces: list[tuple[Style | None, str]]) -> None:
    data = rendered(pieces)
    short = shortened(data)
    assert cells(short) == cells(data)
    assert len(short) <= len(data)


def test_repeated_and_blank_styles_are_sent_once() -> None:
    style, other = Style(color="red", bgcolor="black"), Style(color="blue", bgcolor="black")
    data = rendered([(style, "a"), (style, "b"), (other, "  "), (style, "c")])
    assert shortened(data) == "\x1b[31;40mab  c\x1b[0m"


@pytest.mark.parametrize("data", ["", "plain", "\x1b[1mopen", "\x1b[1m\x1b[31mnested\x1b[0m", "\x1b[?25l", "\x1b[m",
                                  "\x1b[0;1mx\x1b[0m"])
def test_output_of_another_form_is_left_alone(data: str) -> None:
    assert shortened(data) in (data, "")
