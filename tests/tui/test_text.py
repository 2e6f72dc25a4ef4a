"""Lines fill their width exactly; numbers stay short."""

import ast
import math
import re
from pathlib import Path

import pytest
from rich.cells import cell_len

import nntui
from nntui.tui.theme import Glyphs
from nntui.tui.widgets.text import (
    clipped,
    clock,
    compact,
    counted,
    empty_frame,
    line,
    listed,
    number,
    to_ascii,
    wrapped,
)


@pytest.mark.parametrize("width", [1, 2, 5, 9, 10, 11, 40])
@pytest.mark.parametrize("text", ["", "short", "exactly10!", "日本語の長い名前", "é" * 30, "a b  c"])
@pytest.mark.parametrize("glyphs", ["braille", "block", "ascii"])
def test_a_line_is_exactly_as_wide_as_asked(text: str, width: int, glyphs: Glyphs) -> None:
    strip = line([(text, "text"), (text, "muted")], width, {}, glyphs)
    assert strip.cell_length == width
    assert cell_len(strip.text) == width


def test_what_is_too_long_ends_in_an_ellipsis() -> None:
    assert line([("learning rate", "text")], 8, {}, "braille").text == "learnin…"
    assert line([("learning rate", "text")], 8, {}, "ascii").text == "learnin~"
    assert clipped("fits", 4) == "fits"
    assert clipped("fits", 0) == ""


@pytest.mark.parametrize("text", ["R² ×0.8 – “now” … ∞", "naïve Übung", "日本", "⣿▄✖"])
def test_ascii_is_ascii(text: str) -> None:
    assert to_ascii(text).isascii()
    assert to_ascii("R² ×2") == "R2 x2"


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (7, "7"), (812, "812"), (999.4, "999"), (999.7, "1.0k"), (5_812, "5.8k"), (58_123, "58k"),
     (999_400, "999k"), (1.23e6, "1.2M"), (4.5e9, "4.5G"), (0.25, "0.2"), (math.nan, "-"), (math.inf, "-")],
)  # fmt: skip
def test_a_rate_takes_five_characters_at_most(value: float, text: str) -> None:
    assert compact(value) == text
    assert len(text) <= 5


@pytest.mark.parametrize(
    ("value", "text"), [(0.41372, "0.4137"), (12.0, "12"), (3.2e-5, "3.2e-05"), (math.nan, "–"), (-math.inf, "-∞")]
)
def test_numbers_that_are_not_finite_have_a_sign_of_their_own(value: float, text: str) -> None:
    assert number(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0:00"), (7.9, "0:07"), (754, "12:34"), (3723, "1:02:03"), (math.nan, "0:00")]
)
def test_a_clock(seconds: float, text: str) -> None:
    assert clock(seconds) == text


def test_words_are_wrapped_at_spaces_and_cut_where_they_must() -> None:
    assert wrapped("the loss is not finite", 9) == ["the loss", "is not", "finite"]
    assert wrapped("unbreakable", 6) == ["unbre…"]
    assert wrapped("  ", 6) == []


@pytest.mark.parametrize("size", [(40, 6), (2, 2), (10, 1), (3, 3)])
@pytest.mark.parametrize("glyphs", ["braille", "ascii"])
def test_an_empty_frame_fills_its_size(size: tuple[int, int], glyphs: Glyphs) -> None:
    rows = empty_frame("Loss", *size, {}, glyphs)
    assert [row.cell_length for row in rows] == [size[0]] * size[1]


@pytest.mark.parametrize(
    ("amount", "expected"), [(1, "1 unit"), (0, "0 units"), (1200, "1,200 units"), (1.0, "1 unit"), (0.5, "0.5 units")]
)
def test_amount_and_noun_agree(amount: float, expected: str) -> None:
    assert counted(amount, "unit") == expected


@pytest.mark.parametrize(("items", "expected"), [("a", "a"), ("ab", "a or b"), ("abc", "a, b, or c")])
def test_items_are_listed_as_a_sentence_lists_them(items: str, expected: str) -> None:
    assert listed(list(items), "or") == expected


def test_no_text_has_a_space_before_a_percent_sign() -> None:
    folder = Path(nntui.__file__).parent
    spaced = re.compile(r"(?:\d|^) %(?![\w(])")
    found = [
        f"{path.name}: {part.value!r}"
        for path in folder.rglob("*.py")
        for part in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(part, ast.Constant) and isinstance(part.value, str) and spaced.search(part.value)
    ]
    pages = [*folder.rglob("*.md"), *(folder.parent / "presets").rglob("*.toml"), folder.parent / "README.md"]
    found += [path.name for path in pages if path.is_file() and re.search(r"\d %", path.read_text(encoding="utf-8"))]
    assert found == []
