"""A network as columns of units with its weights as lines between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from textual.strip import Strip

from nntui.charts.canvas import Canvas, Size, clip_text, to_cells
from nntui.charts.look import BOLD, Look, role_index
from nntui.charts.raster import DOTS, Plot
from nntui.charts.ticks import format_number

Array = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]

POSITIVE, NEGATIVE = "train", "test"
_NUMBER = 6  # cells of a unit's number
_ROOM_FOR_NUMBERS = 14  # cells between columns from which on units have numbers
_NARROWEST = 2  # cells between two columns
_FEWEST = 12  # lines between two columns; more only where there is room to tell them apart
_CELLS_A_WIRE, _CELLS_A_WIRE_OF_MANY = 5, 14  # of many weights only the very strongest stand out
_MANY = 100
_WEAK, _STRONG = 1 / 3, 2 / 3  # share of the layer's largest weight
_LIT, _BRIGHT = 0.15, 0.6  # share of the layer's largest output


@dataclass(frozen=True, eq=False)
class Column:
    """A layer's units (or the inputs).

    Attributes:
        name: written beneath.
        values: (n,) what they put out.
        dead: (n,) bool; None where nothing can be.
        names: of the units, written before them; empty: none.
        index: a number by which the caller knows the layer again.
    """

    name: str
    values: npt.ArrayLike
    dead: npt.NDArray[np.bool_] | None = None
    names: Sequence[str] = ()
    index: int = 0


@dataclass(frozen=True, eq=False)
class Wires:
    """Weights from one column to the next: (n,) each, the largest by size last; ``total``: how many there are."""

    source: npt.ArrayLike
    target: npt.ArrayLike
    weight: npt.ArrayLike
    total: int


@dataclass(frozen=True)
class _Block:
    """Where a column's units lie: ``across`` next to each other, ``shown`` of them from unit ``first`` on."""

    left: int
    across: int
    rows: int
    first: int
    shown: int
    count: int
    height: int
    numbered: bool

    @property
    def width(self) -> int:
        return _NUMBER + 1 if self.numbered else self.across

    def place(self, units: Indices) -> tuple[Indices, Indices]:
        """Cells of units that are shown: columns, rows."""
        at = units - self.first
        if self.across == 1:
            return np.full(len(at), self.left), ((at + 0.5) * self.height / self.shown).astype(np.int64)
        top = (self.height - self.rows) // 2
        return self.left + at % self.across, top + at // self.across


class Wiring:
    """The layout of a diagram; knows what lies where."""

    def __init__(
        self, columns: Sequence[Column], wires: Sequence[Wires], size: Size, selected: tuple[int, int] | None = None
    ) -> None:
        """``wires``: one fewer than columns; ``selected``: the ``index`` of a column, and a unit of it."""
        self.columns, self.wires, self.selected = columns, wires, selected
        self.width, self.height = max(0, size[0]), max(0, size[1])
        self._named = self.height >= 5
        self._rows = max(self.height - self._named, 1)
        self._margin = self._margin_for_names()
        self.blocks = self._lay_out()
        self.drawn, self.total = 0, sum(each.total for each in wires)

    def unit_at(self, x: int, y: int) -> tuple[int, int] | None:
        """The column's ``index`` and the unit at, or next to, a cell; None where there is none near."""
        best: tuple[int, int, int] | None = None
        for column, block in zip(self.columns, self.blocks, strict=True):
            if not block.left - 1 <= x <= block.left + block.width or not block.shown:
                continue
            units = np.arange(block.first, block.first + block.shown)
            at_x, at_y = block.place(units)
            reach = np.abs(at_y - y) * 2 + (np.abs(at_x - x) if block.across > 1 else 0)
            nearest = int(reach.argmin())
            if best is None or reach[nearest] < best[0]:
                best = int(reach[nearest]), column.index, int(units[nearest])
        return None if best is None else best[1:]

    # ---- places

    def _margin_for_names(self) -> int:
        names = self.columns[0].names
        if not names or len(names) > self._rows or self.width < 60:
            return 0
        return min(max(len(to_cells(name)) for name in names), 12) + 1

    def _lay_out(self) -> list[_Block]:
        room = self.width - self._margin
        count = len(self.columns)
        widest = max(1, (room - _NARROWEST * (count - 1)) // max(2 * count, 1))
        across = [min(max(1, -(-len(_flat(column.values)) // self._rows)), widest) for column in self.columns]
        apart = (room - sum(across)) // max(count - 1, 1)
        numbered = apart >= _ROOM_FOR_NUMBERS
        widths = [_NUMBER + 1 if numbered and each == 1 else each for each in across]
        gaps = max(room - sum(widths), 0)
        blocks, left = [], self._margin
        for number, (column, each, width) in enumerate(zip(self.columns, across, widths, strict=True)):
            units = len(_flat(column.values))
            shown = min(units, each * self._rows)
            blocks.append(
                _Block(
                    left, each, -(-shown // each), self._first(column, units, shown), shown, units, self._rows,
                    numbered and each == 1,
                )
            )  # fmt: skip
            step = gaps * (number + 1) // max(count - 1, 1) - gaps * number // max(count - 1, 1)
            left += width + step
        return blocks

    def _first(self, column: Column, units: int, shown: int) -> int:
        """The first unit shown: the selected one is among them."""
        if self.selected is None or self.selected[0] != column.index or self.selected[1] < shown:
            return 0
        return min(self.selected[1] - shown // 2, units - shown)

    # ---- drawing

    def draw(self, look: Look) -> list[Strip]:
        """The picture; ``drawn`` then says how many of the ``total`` weights are in it."""
        canvas = Canvas((self.width, self.height))
        if not self.width or not self.height:
            return canvas.strips(look)
        self._draw_wires(canvas, look)
        for column, block in zip(self.columns, self.blocks, strict=True):
            self._draw_units(canvas, column, block, look)
        if self._named:
            self._draw_names(canvas, look)
        return canvas.strips(look)

    def _draw_wires(self, canvas: Canvas, look: Look) -> None:
        plot = Plot((self.width, self._rows), look.glyphs)
        self.drawn = 0
        kinds: dict[tuple[int, bool], list[tuple[Array, Array, Array, Array]]] = {}
        for wires, (before, after) in zip(self.wires, pairwise(self.blocks), strict=True):
            apart = after.left - before.left - before.width
            ends = self._ends(wires, before, after, _limit(wires.total, apart * self._rows))
            self.drawn += len(ends[-1])
            largest = float(np.abs(ends[-1]).max()) if len(ends[-1]) else 0.0
            shares = np.abs(ends[-1]) / largest if largest > 0 else np.zeros(len(ends[-1]))
            strength = (shares > _WEAK).astype(int) + (shares > _STRONG)
            for level in range(3):
                for positive in (False, True):
                    here = (strength == level) & ((ends[-1] > 0) == positive) & (ends[-1] != 0)
                    if here.any():
                        kinds.setdefault((level, positive), []).append(tuple(end[here] for end in ends[:4]))
        for (level, positive), parts in sorted(kinds.items()):
            mask = np.zeros((plot.dots_down, plot.dots_across), dtype=bool)
            for part in parts:
                _lines(mask, part, dashed=not positive, thick=level == 2)
            role = role_index(POSITIVE if positive else NEGATIVE, quiet=level == 0, bold=level == 2)
            plot.add(mask, role, "+" if positive else "-")
        plot.draw(canvas, 0, 0)

    def _ends(self, wires: Wires, before: _Block, after: _Block, most: int) -> tuple[Array, ...]:
        """x0, y0, x1, y1 in dots, and the weight, of the strongest wires between units that are shown."""
        source, target = np.asarray(wires.source, np.int64), np.asarray(wires.target, np.int64)
        weight = np.asarray(wires.weight, dtype=np.float64)
        kept = np.isfinite(weight)
        for units, block in ((source, before), (target, after)):
            kept &= (units >= block.first) & (units < block.first + block.shown)
        kept = np.flatnonzero(kept)[-most:]
        _, y0 = before.place(source[kept])
        _, y1 = after.place(target[kept])
        across, down = self._dots
        x0 = np.full(len(kept), (before.left + before.width) * across, dtype=np.float64)
        x1 = np.full(len(kept), after.left * across - 1, dtype=np.float64)
        rows = (np.asarray(y * down + (down - 1) / 2, np.float64) for y in (y0, y1))
        return x0, next(rows), x1, next(rows), weight[kept]

    _dots = (2, 4)

    def with_dots(self, look: Look) -> Wiring:
        """Drawn with the dots that the look has."""
        self._dots = DOTS[look.glyphs]
        return self

    def _draw_units(self, canvas: Canvas, column: Column, block: _Block, look: Look) -> None:
        values = _flat(column.values)
        units = np.arange(block.first, block.first + block.shown)
        if not len(units):
            return
        xs, ys = block.place(units)
        codes, roles = _signs(values[units], column.dead[units] if column.dead is not None else None, values, look)
        if self.selected is not None and self.selected[0] == column.index:
            roles[units == self.selected[1]] = role_index("now", reverse=True)
        inside = (xs < canvas.width) & (ys < canvas.height)
        canvas.codes[ys[inside], xs[inside]] = codes[inside]
        canvas.roles[ys[inside], xs[inside]] = roles[inside]
        if block.across == 1 and (block.numbered or self._margin):
            for unit, x, y, role in zip(units.tolist(), xs.tolist(), ys.tolist(), roles.tolist(), strict=True):
                if block.numbered:
                    number = clip_text(f" {_in_few_cells(float(values[unit]))}", _NUMBER, look)
                    canvas.put(x + 1, y, number, role)
                if x == self._margin and unit < len(column.names):
                    name = clip_text(column.names[unit], self._margin - 1, look)
                    canvas.put(self._margin - 1 - len(to_cells(name)), y, name, role_index("muted"))
        if block.shown < block.count:
            more = f"+{block.count - block.shown}"
            last = min(self._rows, int(ys.max()) + 1)
            canvas.put(block.left, min(last, self._rows - 1), more, role_index("warning"))

    def _draw_names(self, canvas: Canvas, look: Look) -> None:
        """Beneath the columns, in full or as numbers, as far as they do not touch."""
        free = 0
        for form in (0, 1):
            texts = [column.name if form == 0 else _short(column.name) for column in self.columns]
            sizes = [len(to_cells(text)) for text in texts]
            starts = [
                min(max(0, block.left + (block.width - size) // 2), canvas.width - size)
                for block, size in zip(self.blocks, sizes, strict=True)
            ]
            ends = [start + size for start, size in zip(starts, sizes, strict=True)]
            if all(end < start for end, start in zip(ends, starts[1:], strict=False)) or form:
                for start, text, column in zip(starts, texts, self.columns, strict=True):
                    if start >= free:
                        is_chosen = self.selected is not None and self.selected[0] == column.index
                        free = canvas.put(start, canvas.height - 1, text, role_index("title" if is_chosen else "muted"))
                        free += 1
                return


def _limit(total: int, cells: int) -> int:
    """How many of ``total`` lines are drawn where so many cells lie between two columns."""
    return max(_FEWEST, cells // (_CELLS_A_WIRE if total <= _MANY else _CELLS_A_WIRE_OF_MANY))


def _flat(values: npt.ArrayLike) -> Array:
    return np.atleast_1d(np.asarray(values, dtype=np.float64))


def _in_few_cells(value: float) -> str:
    """With two digits, or one where two have no room: a number cut off would be another number."""
    said = format_number(value, 2)
    return said if len(said) < _NUMBER else format_number(float(f"{value:.0e}"), 2)


def _short(name: str) -> str:
    """``hidden 12`` is ``12``, another name its first letters."""
    last = name.rpartition(" ")[2]
    return last if last.isdecimal() else name[:3]


def _signs(
    values: Array, dead: npt.NDArray[np.bool_] | None, layer: Array, look: Look
) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint8]]:
    """How units are lit: filled for positive, hollow for negative, a dot for next to nothing; brighter for more.

    values: (n,) of those shown, layer: of all; characters and roles, (n,) each.
    """
    plain = look.glyphs == "ascii"
    sizes = np.abs(layer[np.isfinite(layer)])
    largest = float(sizes.max()) if sizes.size else 0.0
    with np.errstate(invalid="ignore", over="ignore"):
        shares = np.abs(values) / largest if largest > 0 else np.zeros(len(values))
    codes = np.where(values > 0, ord("@" if plain else "●"), ord("o" if plain else "○")).astype(np.uint32)
    roles = np.where(values > 0, role_index(POSITIVE), role_index(NEGATIVE)).astype(np.uint8)
    roles[shares > _BRIGHT] |= np.uint8(BOLD)
    for here, sign, role in (
        (shares < _LIT, "." if plain else "·", "muted"),
        (~np.isfinite(values), "?", "error"),
        (np.zeros(len(values), np.bool_) if dead is None else dead, look.characters.nan, "dead"),
    ):
        codes[here], roles[here] = ord(sign), role_index(role)
    return codes, roles


def _lines(mask: npt.NDArray[np.bool_], ends: tuple[Array, ...], *, dashed: bool, thick: bool) -> None:
    """Set the dots of straight lines; x0, y0, x1, y1: (n,). Dashed: four dots, then a gap of three."""
    x0, y0, x1, y1 = ends
    span = np.maximum(np.abs(x1 - x0), np.abs(y1 - y0))
    count = int(span.max()) + 1 if len(span) else 0
    if count < 1:
        return
    along = np.arange(count) / max(count - 1, 1)
    x = np.rint(x0[:, None] + (x1 - x0)[:, None] * along).astype(np.int64)
    y = np.rint(y0[:, None] + (y1 - y0)[:, None] * along).astype(np.int64)
    inside = (x >= 0) & (x < mask.shape[1]) & (y >= 0) & (y < mask.shape[0])
    if dashed:
        inside &= (along * span[:, None]).astype(np.int64) % 7 < 4
    mask[y[inside], x[inside]] = True
    if thick:
        lower = np.minimum(y + 1, mask.shape[0] - 1)
        mask[lower[inside], x[inside]] = True
