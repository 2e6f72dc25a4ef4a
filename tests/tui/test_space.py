"""A larger panel shows more: what is drawn never becomes less, and the room is used."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterable
from importlib import import_module
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from textual.content import Content
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Static

from nntui.charts import Look
from nntui.charts.log_bars import log_bars
from nntui.charts.matrix import confusion_matrix
from nntui.charts.unit_rows import Row, UnitRows
from nntui.tui import screens
from nntui.tui.drawings.mistakes import _shrunk
from nntui.tui.drawings.neurons_map import _grid
from nntui.tui.screens.dialog import AROUND_KEYS, Dialog
from tests.tui.hosts import Host, screen_text

SIZES = ((26, 5), (38, 8), (55, 14), (80, 20), (98, 30), (98, 52), (120, 55))
GROWING = list(pairwise(SIZES))


def inked(strips: list[Strip]) -> int:
    """Cells with a character or a ground of their own."""
    return sum(
        len(segment.text) if segment.style is not None and segment.style.bgcolor is not None
        else len(segment.text.replace(" ", ""))
        for strip in strips for segment in strip
    )  # fmt: skip


def confusion(classes: int, size: tuple[int, int]) -> list[Strip]:
    rng = np.random.default_rng(classes)
    counts = rng.integers(0, 3, (classes, classes)) + 40 * np.eye(classes, dtype=int)
    names = [f"class {index + 1}" for index in range(classes)]
    return confusion_matrix(counts, names, size, Look("braille", {}))[0]


def units(sizes: tuple[int, ...], size: tuple[int, int]) -> list[Strip]:
    rng = np.random.default_rng(3)
    rows = [Row(f"hidden {at}", rng.uniform(0.3, 1, count), np.zeros(count), "relu") for at, count in enumerate(sizes)]
    return UnitRows(rows, size, (0, 0)).draw(Look.plain("braille"))


def bars(layers: int, size: tuple[int, int]) -> list[Strip]:
    names = [f"hidden {index + 1}" for index in range(layers)]
    return log_bars(names, np.linspace(1e-3, 1e-1, layers), size, Look.plain("braille"))


@pytest.mark.parametrize("classes", [2, 3, 10])
def test_confusion_grows_with_its_panel(classes: int) -> None:
    for smaller, larger in GROWING:
        assert inked(confusion(classes, larger)) >= inked(confusion(classes, smaller))
    width, height = SIZES[-1]
    assert inked(confusion(classes, SIZES[-1])) > 0.5 * width * height
    shown = " ".join(strip.text for strip in confusion(classes, SIZES[-1]))
    assert "%" in shown  # large cells say their share of the row


@pytest.mark.parametrize("sizes", [(8, 8, 1), (64, 32, 10), (4,), (300, 200)])
def test_units_grow_with_their_panel(sizes: tuple[int, ...]) -> None:
    for smaller, larger in GROWING:
        assert inked(units(sizes, larger)) >= inked(units(sizes, smaller))
    assert inked(units((64, 32, 10), (84, 16))) > 0.25 * 84 * 16


@pytest.mark.parametrize("sizes", [(8, 8, 1), (64, 32, 10)])
@pytest.mark.parametrize("size", SIZES)
def test_a_click_finds_the_unit_under_it(sizes: tuple[int, ...], size: tuple[int, int]) -> None:
    rows = [Row(f"h{at}", np.ones(count), np.zeros(count)) for at, count in enumerate(sizes)]
    map_ = UnitRows(rows, size, (0, 0))
    for place in map_.places:
        for unit in range(place.first, place.first + place.shown):
            line, column = divmod(unit - place.first, place.across)
            corner = place.left + column * place.step, place.top + line * place.high
            for x, y in (corner, (corner[0] + place.wide - 1, corner[1] + place.high - 1)):
                assert map_.unit_at(x, y) == (place.layer, unit)


@pytest.mark.parametrize("layers", [1, 3, 12])
def test_bars_grow_with_their_panel(layers: int) -> None:
    for smaller, larger in GROWING:
        assert inked(bars(layers, larger)) >= inked(bars(layers, smaller))
    width, height = 98, 30
    assert inked(bars(layers, (width, height))) > 0.2 * width * height


@pytest.mark.parametrize("shape", [(8, 8), (28, 28), (16, 8)])
@pytest.mark.parametrize("images", [1, 4, 7])
def test_a_larger_panel_shows_no_fewer_images(images: int, shape: tuple[int, int]) -> None:
    shown = []
    for width, height in SIZES:
        across, down, columns, lines = _grid(images, (width, height), shape)
        assert columns * (across + 1) - 1 <= width
        assert lines * (down + 1) <= height
        shown.append(min(images, columns * lines))
    assert shown == sorted(shown)
    assert shown[-1] == images


class Wordy(Dialog[None]):
    """A dialog with more keys than fit on a narrow screen."""

    keys_text = " · ".join([*(f"{key} does something of note" for key in "abcdef"), "escape close"])

    def compose_content(self) -> Iterable[Widget]:
        yield Static("content")


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_keys_of_a_dialog_are_never_cut(size: tuple[int, int]) -> None:
    host = Host(Wordy())
    async with host.run_test(size=size) as pilot:
        await pilot.pause()
        last = next(row for row in reversed(screen_text(pilot).split("\n")) if "escape" in row)
        shown = last.strip(" ╰╯─").split(" · ")
        assert shown[-1] == "escape close"
        assert all(key in Wordy.keys_text.split(" · ") for key in shown)


def every_dialog() -> list[type[Dialog[Any]]]:
    for module in pkgutil.iter_modules(screens.__path__, "nntui.tui.screens."):
        import_module(module.name)
    return [kind for kind in Dialog.__subclasses__() if kind is not Wordy]


@pytest.mark.parametrize("dialog", every_dialog())
def test_keys_of_every_dialog_fit_on_the_smallest_screen(dialog: type[Dialog[Any]]) -> None:
    assert Content.from_markup(dialog.keys_text).cell_length <= 80 - AROUND_KEYS, dialog.keys_text


@pytest.mark.parametrize("room", [20, 30, 38, 60, 90])
def test_columns_of_mistakes_fit_or_go(room: int) -> None:
    wide = _shrunk([3, 14, 14, 4, 4], room, (1, 2))
    assert sum(wide) + 2 * (len(wide) - 1) <= room
    assert wide[3:] == [4, 4][: len(wide) - 3]  # a number is whole or not there
    assert room < 38 or len(wide) == 5
