"""Where each panel goes, for every size of terminal."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

from textual.geometry import NULL_OFFSET, NULL_SPACING, Region, Size
from textual.layout import ArrangeResult, Layout, WidgetPlacement
from textual.widget import Widget

from nntui.tui.views import OVERVIEW, TALL, Tab, Tiling, holding, without

SMALLEST = (80, 24)


def _split(total: int, shares: Sequence[float]) -> list[int]:
    """``total`` cells divided by shares, whole cells, nothing lost."""
    whole = sum(shares)
    edges = [round(total * sum(shares[:index]) / whole) for index in range(len(shares) + 1)]
    return [end - start for start, end in pairwise(edges)]


def fits(width: int, height: int) -> bool:
    """Whether the terminal is large enough for complete panels."""
    return width >= SMALLEST[0] and height >= SMALLEST[1]


def places(
    width: int, height: int, tiling: Tiling, *, said: Mapping[str, int] | None = None, maximised: str | None = None
) -> dict[str, Region]:
    """The region of every part of the screen; a part without one is not shown.

    Args:
        width, height: of the terminal, in cells.
        tiling: of the panels.
        said: rows of what is said under the status line, by its id, from the top; 0 where there is nothing to say.
        maximised: the panel that has the whole room.
    """
    if not fits(width, height):
        return {"too-small": Region(0, 0, width, height)}
    guide = 1 if height >= TALL else 0
    keys = 2 if height >= 34 else 1
    result = {
        "tabs": Region(0, 0, width, 1),
        "status": Region(0, guide + 1, width, 1),
        "keys": Region(0, height - keys, width, keys),
    }
    if guide:
        result["guide"] = Region(0, 1, width, 1)
    top = guide + 2
    for name, rows in (said or {}).items():
        if rows:
            result[name] = Region(0, top, width, rows)
            top += rows
    room = height - top - keys
    if maximised is not None:
        return {**result, maximised: Region(0, top, width, room)}
    x = 0
    for column_width, (_, column) in zip(_split(width, [share for share, _ in tiling]), tiling, strict=True):
        y = top
        for panel_height, (name, _) in zip(_split(room, [rows for _, rows in column]), column, strict=True):
            result[name] = Region(x, y, column_width, panel_height)
            y += panel_height
        x += column_width
    return result


class Tiles(Layout):
    """Places the children by their ids; those without a place are left out and cost nothing.

    Attributes:
        tab: the view that is shown.
        absent: those of its panels that do not apply to the run.
        chosen: view id → its panels, where they are others than its own.
        said: rows of each line under the status line, by its id, from the top.
        over: id and region of what stands over the rest, given the regions of the rest and the size; None: nothing.
    """

    name = "tiles"

    def __init__(self) -> None:
        self.tab: Tab = OVERVIEW
        self.absent: frozenset[str] = frozenset()
        self.chosen: Mapping[str, tuple[str, ...]] = {}
        self.said: dict[str, int] = {}
        self.maximised: str | None = None
        self.over: Callable[[Mapping[str, Region], Size], tuple[str, Region] | None] = lambda regions, size: None

    def tiling(self, width: int, height: int) -> Tiling:
        """The panels that are shown at this size, and their shares."""
        tiling = self.tab.tiling(width, height)
        held = self.chosen.get(self.tab.id)
        if held is not None:
            tiling = holding(tiling, self.tab.panels, held)
        return without(tiling, self.absent) or tiling

    @property
    def held(self) -> tuple[str, ...]:
        """The panels of the view that is shown: as chosen for it, or its own."""
        return self.chosen.get(self.tab.id, self.tab.panels)

    def panels(self, width: int, height: int) -> list[str]:
        """The panels that have a place at this size."""
        if not fits(width, height):
            return []
        if self.maximised is not None:
            return [self.maximised]
        return [name for _, column in self.tiling(width, height) for name, _ in column]

    def arrange(self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True) -> ArrangeResult:
        parent.pre_layout(self)
        tiling = self.tiling(*size)
        regions = places(*size, tiling, said=self.said, maximised=self.maximised)
        placed = [
            WidgetPlacement(region, NULL_OFFSET, NULL_SPACING, child)
            for child in children
            if child.id is not None and (region := regions.get(child.id)) is not None
        ]
        if (over := self.over(regions, size)) is not None:
            name, region = over
            placed += [
                WidgetPlacement(region, NULL_OFFSET, NULL_SPACING, child, order=1, overlay=True)
                for child in children
                if child.id == name
            ]
        return placed
