"""The first line: the views, each with its key, the one that is shown standing out."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from textual import events
from textual.message import Message
from textual.strip import Strip

from nntui.tui.model import Model
from nntui.tui.views import TALL, Tab
from nntui.tui.widgets.status import Line
from nntui.tui.widgets.text import Part, length


class TabLine(Line):
    """A tab a view; where there is no guide line, the name of the study at the right end."""

    class Clicked(Message):
        """A tab was clicked."""

        def __init__(self, tab: Tab) -> None:
            super().__init__()
            self.tab = tab

    def __init__(self, model: Model, tabs: Sequence[Tab], *, id: str) -> None:
        super().__init__(model, id=id)
        self._tabs = tuple(tabs)
        self._shown = self._tabs[0]
        self.edges: list[tuple[int, Tab]] = []

    def mark(self, tab: Tab) -> None:
        """This view is shown now."""
        self._shown = tab
        self.redraw()

    def make_rows(self, width: int, height: int) -> Sequence[Strip]:
        parts: list[Part] = []
        self.edges = []
        for tab in self._tabs:
            if tab is self._shown:
                parts.append((f" {tab.key} {tab.title} ", "muted.state"))
            else:
                parts += [(f" {tab.key} ", "border_focus"), (f"{tab.title} ", "muted")]
            self.edges.append((length(parts), tab))
        name = self._model.experiment.name
        room = width - length(parts) - cell_len(name) - 1
        if room > 1 and self.app.size.height < TALL:
            parts += [(" " * room, "text"), (name, "title")]
        return [self.row(parts, width)][:height]

    def on_click(self, event: events.Click) -> None:
        event.stop()
        tab = next((tab for edge, tab in self.edges if event.x < edge), None)
        if tab is not None:
            self.post_message(self.Clicked(tab))
