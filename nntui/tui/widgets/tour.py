"""The tour: what a newcomer needs to know, a page at a time, beside the panel that each page is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip

from nntui.tui.bindings import Action
from nntui.tui.explanations import with_keys
from nntui.tui.model import Model
from nntui.tui.widgets.status import Line
from nntui.tui.widgets.text import Part, length, wrapped

WIDEST, NARROWEST = 72, 34  # columns of the box
KEYS = "keys"  # the line of keys, in the place of a panel


@dataclass(frozen=True, slots=True)
class Page:
    """One page.

    Attributes:
        title: its heading.
        view: that is shown with it.
        panel: that it is about; where the run has no such panel, the view's first.
        texts: its paragraphs; ``{change.undo}`` stands for the keys of that action.
    """

    title: str
    view: str
    panel: str
    texts: tuple[str, ...]


PAGES = (
    Page("A network is learning", "overview", "loss", (
        "The framed panel shows its loss: how wrong the network is, epoch by epoch. One curve is for the samples it "
        "learns from, the other for samples it never sees.",
        "{run.pause} pauses and continues, {run.batch} trains on one batch, {run.epoch} for one epoch, {run.restart} "
        "restarts. These keys work during the tour.",
    )),
    Page("Change it while it learns", "overview", "hyperparameters", (
        "{change.rate_down} and {change.rate_up} move the learning rate: try them now. {change.edit} opens a form with "
        "everything that can be changed.",
        "A mark in the curves shows what you changed and when. {change.undo} undoes the last change.",
    )),
    Page("Go back in time", "overview", "accuracy", (
        "{look.left} and {look.right} move a cursor over the epochs, in all panels alike. {time.return} takes the run "
        "back there, {time.now} returns to the present.",
        "{look.zoom_in} and {look.zoom_out} show fewer or more epochs, and so does the mouse wheel.",
    )),
    Page("Look inside", "neurons", "diagram", (
        "{view.overview} to {view.runs} change the view; this is Neurons, one sample on its way through the network. "
        "The arrow keys select a unit in the framed panel.",
        "{look.next_panel} goes from panel to panel, {look.maximise} gives one the whole screen.",
    )),
    Page("What it predicts", "predictions", "decision-map", (
        "What the network says about every kind of input, and where it is wrong.",
        "{look.variant} switches a panel's chart, {program.explain} explains it: what is drawn, its formula, how to "
        "read it, what to try.",
    )),
    Page("What next", "overview", KEYS, (
        "The last line names keys; a click on one presses it. {program.help} lists all of them and has a glossary.",
        "{learn.open} opens the course, {change.presets} other studies, {data.open} your own data. {program.tour} "
        "shows this tour again.",
    )),
)  # fmt: skip


class TourBox(Line):
    """Stands beside the panel that its page is about, and covers others; the dashboard goes on below it.

    Attributes:
        at: the page's number; None while no tour is on.
    """

    class Turned(Message):
        """Another page, or the end of the tour, was asked for."""

        def __init__(self, by: int) -> None:
            super().__init__()
            self.by = by

    def __init__(self, model: Model, actions: Sequence[Action], *, id: str) -> None:
        super().__init__(model, id=id)
        self._actions = tuple(actions)
        self.at: int | None = None

    @property
    def page(self) -> Page | None:
        """The page that is shown."""
        return None if self.at is None else PAGES[self.at]

    def _inside(self, width: int) -> list[list[Part]]:
        """Its rows between the borders."""
        page = self.page
        if page is None:
            return []
        rows: list[list[Part]] = []
        for text in page.texts:
            rows += [[]] if rows else []
            rows += [[(said, "text")] for said in wrapped(with_keys(text, self._actions), width - 4)]
        return rows

    def place(self, beside: Region, screen: Size) -> Region:
        """Where the box goes: below, above, right or left of this region, where it hides nothing of it."""
        free = (
            Region(0, beside.bottom, screen.width, screen.height - beside.bottom),
            Region(0, 0, screen.width, beside.y),
            Region(beside.right, 0, screen.width - beside.right, screen.height),
            Region(0, 0, beside.x, screen.height),
        )
        for room in free:
            width = min(WIDEST, room.width)
            height = len(self._inside(width)) + 2
            if width >= NARROWEST and height <= room.height:
                x = min(max(beside.x, room.x), room.right - width)
                y = room.y if room.y >= beside.bottom else min(max(beside.y, room.y), room.bottom - height)
                return Region(x, room.bottom - height if room.bottom == beside.y else y, width, height)
        width = min(WIDEST, screen.width)  # a panel over the whole screen: only its lower part is hidden
        height = min(len(self._inside(width)) + 2, screen.height)
        return Region((screen.width - width) // 2, screen.height - height, width, height)

    def make_rows(self, width: int, height: int) -> Sequence[Strip]:
        page = self.page
        if page is None or self.at is None:
            return [self.row([], width)] * height
        inside = self._inside(width)[: height - 2]
        inside += [[]] * (height - 2 - len(inside))
        corners = "++++-|" if self.glyphs == "ascii" else "╭╮╰╯─│"
        keys = "enter next · escape end" if self.at + 1 < len(PAGES) else "enter end"
        title = f"{page.title} · {self.at + 1} of {len(PAGES)}"
        rows = [self._border(corners[0], corners[1], corners[4], title, "title", width)]
        for parts in inside:
            gap = width - 4 - length(parts)
            side: Part = (corners[5], "border_focus")
            rows.append(self.row([side, (" ", "text"), *parts, (" " * (gap + 1), "text"), side], width))
        rows.append(self._border(corners[2], corners[3], corners[4], keys, "muted", width))
        return rows

    def _border(self, left: str, right: str, line: str, said: str, role: str, width: int) -> Strip:
        rest = width - 5 - length([(said, role)])
        parts: list[Part] = [
            (f"{left}{line} ", "border_focus"), (said, role), (f" {line * rest}{right}", "border_focus"),
        ]  # fmt: skip
        return self.row(parts, width)

    def on_click(self, event: events.Click) -> None:
        event.stop()
        self.post_message(self.Turned(+1))


def region_of(page: Page, regions: Mapping[str, Region], panels: Sequence[str]) -> Region | None:
    """What the page points at: its panel, or else the view's first; None where no panel is shown.

    Args:
        regions: of every part of the screen that is shown.
        panels: that are shown, in order.
    """
    return regions.get(page.panel if page.panel in regions else next(iter(panels), ""))
