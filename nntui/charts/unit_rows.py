"""All layers' units, a cell each or a block where there is room, a layer below the other, one unit marked."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from textual.strip import Strip

from nntui.charts.canvas import Canvas, Size, clip_text, to_cells
from nntui.charts.frame import message
from nntui.charts.look import Look, role_index
from nntui.charts.units import OK, unit_cells

BLOCKS = ((19, 8), (13, 6), (9, 4), (7, 3), (5, 2), (3, 2), (3, 1))
"""Columns and lines of a unit's block, the largest that all units find room in; else a cell each."""
WITH_SHARE = 5
"""Columns from which on a block says the unit's share."""


@dataclass(frozen=True, eq=False)
class Row:
    """A layer: its name, the share (units,) that each unit is active, its state (units,), and words on all of them.

    A unit whose share is not-a-number is drawn bright, and nothing is said of it.
    """

    name: str
    shares: npt.ArrayLike
    states: npt.ArrayLike
    words: str = ""


@dataclass(frozen=True)
class _Place:
    """Where a layer's units lie: ``across`` in a line, ``step`` columns apart, each ``wide`` × ``high`` cells."""

    layer: int
    top: int
    left: int
    across: int
    step: int
    wide: int
    high: int
    lines: int
    units: int
    first: int
    shown: int


class UnitRows:
    """The layout; knows what lies where."""

    def __init__(self, rows: Sequence[Row], size: Size, selected: tuple[int, int]) -> None:
        """``selected``: number of a layer, and of a unit of it."""
        self.rows, self.selected = rows, selected
        self.width, self.height = max(0, size[0]), max(0, size[1])
        self.first = self._first_layer()
        self.places = self._lay_out()

    @property
    def shown(self) -> int:
        """How many layers there is room for."""
        return len(self.places)

    def _first_layer(self) -> int:
        """The selected layer is among those shown."""
        spare = len(self.rows) - self.height
        return min(max(self.selected[0] - self.height // 2, 0), spare) if spare > 0 else 0

    def _lay_out(self) -> list[_Place]:
        layers = list(range(self.first, min(len(self.rows), self.first + self.height)))
        if not layers or not self.width:
            return []
        counts = [len(np.atleast_1d(np.asarray(self.rows[layer].states))) for layer in layers]
        for wide, high in BLOCKS:
            across = (self.width + 1) // (wide + 1)
            lines = [-(-count // across) * high if across else self.height for count in counts]
            if sum(lines) + len(lines) <= self.height:
                return self._in_blocks(layers, counts, lines, across, (wide, high))
        headed = sum(1 + -(-count * 2 // self.width) for count in counts) <= self.height
        names = max(len(to_cells(_label(self.rows[layer].name, short=True))) for layer in layers)
        left = 0 if headed else min(names + 1, self.width // 3)
        apart = max((self.width - left) // 2, 1)
        step = 2 if headed or sum(-(-count // apart) for count in counts) <= self.height else 1
        across = max((self.width - left + step - 1) // step, 1)
        wanted = [-(-count // across) + headed for count in counts]
        lines = _shared(wanted, self.height)
        places, top = [], 0
        for layer, count, given in zip(layers, counts, lines, strict=True):
            body = max(given - headed, 0)
            shown = min(count, body * across)
            first = 0
            if layer == self.selected[0] and self.selected[1] >= shown:
                first = min(max(self.selected[1] - shown // 2, 0), count - shown)
            places.append(_Place(layer, top + headed, left, across, step, 1, 1, body, count, first, shown))
            top += given
        return places

    def _in_blocks(
        self, layers: Sequence[int], counts: Sequence[int], lines: Sequence[int], across: int, block: tuple[int, int]
    ) -> list[_Place]:
        places, top = [], 0
        for layer, count, body in zip(layers, counts, lines, strict=True):
            places.append(_Place(layer, top + 1, 0, across, block[0] + 1, *block, body, count, 0, count))
            top += 1 + body
        return places

    def unit_at(self, x: int, y: int) -> tuple[int, int] | None:
        """Layer and unit at a cell, or the nearest on that line; None where there is no layer."""
        for place in self.places:
            if place.top - (place.left == 0) <= y < place.top + place.lines:
                line = max(y - place.top, 0) // place.high
                column = min(max((x - place.left) // place.step, 0), place.across - 1)
                at = min(line * place.across + column, place.shown - 1)
                return (place.layer, place.first + at) if at >= 0 else None
        return None

    def draw(self, look: Look) -> list[Strip]:
        """The picture."""
        if not self.rows:
            return message("no units", (self.width, self.height), look)
        canvas = Canvas((self.width, self.height))
        for place in self.places:
            self._draw_layer(canvas, place, look)
        return canvas.strips(look)

    def _draw_layer(self, canvas: Canvas, place: _Place, look: Look) -> None:
        row = self.rows[place.layer]
        is_chosen = place.layer == self.selected[0]
        role = role_index("title" if is_chosen else "muted")
        if place.left == 0:
            after = canvas.put(0, place.top - 1, clip_text(row.name, canvas.width, look), role)
            words = clip_text(row.words, max(canvas.width - after - 2, 0), look)
            canvas.put(after + 2, place.top - 1, words, role_index("muted"))
        else:
            name = clip_text(_label(row.name, short=True), place.left - 1, look)
            canvas.put(0, place.top, name, role)
        if not place.shown:
            return
        shares = np.atleast_1d(np.asarray(row.shares, dtype=np.float64))
        states = np.atleast_1d(np.asarray(row.states, dtype=np.int64))
        codes, roles = unit_cells(np.nan_to_num(shares, nan=1.0), states, look, "activation")
        if is_chosen:
            here = slice(self.selected[1], self.selected[1] + 1)
            roles[here] = role_index("now", reverse=True, bold=True)
            codes[here][states[here] == OK] = ord("*" if look.glyphs == "ascii" else "◆")
        at = np.arange(place.shown)
        xs, ys = place.left + at % place.across * place.step, place.top + at // place.across * place.high
        for line in range(place.high):
            for column in range(place.wide):
                canvas.codes[ys + line, xs + column] = codes[place.first : place.first + place.shown]
                canvas.roles[ys + line, xs + column] = roles[place.first : place.first + place.shown]
        if place.wide >= WITH_SHARE:
            for x, y, share in zip(xs.tolist(), (ys + (place.high - 1) // 2).tolist(), shares.tolist(), strict=True):
                words = f"{share:.0%}" if math.isfinite(share) else ""
                canvas.put(x + (place.wide - len(words)) // 2, y, words, role_index("text"))
        if place.shown < place.units:
            note = f"+{place.units - place.shown}"
            x = canvas.width - len(note)
            canvas.put(x, place.top + place.lines - 1, note, role_index("muted"))


def _label(name: str, *, short: bool) -> str:
    """``hidden 3`` as ``h3``."""
    last = name.rpartition(" ")[2]
    return (f"h{last}" if last.isdecimal() else name[:3]) if short else name


def _shared(wanted: Sequence[int], height: int) -> list[int]:
    """Lines for each, together ``height`` at most: each gets one, the rest goes to those that lack most."""
    given = [1] * len(wanted)
    spare = height - len(wanted)
    while spare > 0:
        lacking = [want - has for want, has in zip(wanted, given, strict=True)]
        most = max(lacking)
        if most <= 0:
            break
        given[lacking.index(most)] += 1
        spare -= 1
    return given
