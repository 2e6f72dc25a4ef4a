"""Pick runs and branches from a list, and see their curves and settings beside one another."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar

from rich.text import Text
from textual import events, on
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from nntui.charts.look import Look
from nntui.tui.drawings.comparison import draw
from nntui.tui.drawings.run_list import told
from nntui.tui.model import Model
from nntui.tui.screens.choices import Choices
from nntui.tui.screens.dialog import Dialog
from nntui.tui.widgets.panel import Drawing, Request, View
from nntui.tui.widgets.rows import Rows
from nntui.tui.widgets.text import to_ascii

LISTED = 200
"""So many runs, the newest, are listed here; the view of runs lists all."""


class Picture(Rows):
    """The curves and the table."""

    DEFAULT_CSS = "Picture { width: 1fr; height: 1fr; }"

    def __init__(self, model: Model, view: View, look: Look) -> None:
        super().__init__(id="picture")
        self._model, self._view, self._look = model, view, look
        self.variant = self.page = 0
        self.drawing: Drawing | None = None

    def make_rows(self, width: int, height: int) -> Sequence[Strip]:
        self.drawing = draw(Request(self._model, (width, height), self._look, self._view, self.page, self.variant))
        self.page = min(self.page, self.drawing.pages - 1)
        return [*self.drawing.rows, *[Strip.blank(width)] * (height - len(self.drawing.rows))]


class CompareScreen(Dialog[None]):
    """What is marked here is marked in the list of runs too."""

    DEFAULT_CSS = """
    CompareScreen > .frame {
        max-width: 100%;
        max-height: 100%;
    }
    CompareScreen #both {
        layout: vertical;
        height: 1fr;
    }
    CompareScreen.-wide #both {
        layout: horizontal;
    }
    CompareScreen OptionList {
        border: none;
        padding: 0;
        width: 100%;
        height: 6;
        margin-bottom: 1;
        scrollbar-size-vertical: 1;
        overflow-x: hidden;
    }
    CompareScreen.-wide OptionList {
        width: 36%;
        height: 1fr;
        margin-right: 1;
    }
    CompareScreen:nocolor .option-list--option-highlighted {
        color: $background;
        background: $foreground;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "mark", "Mark", show=False),
        Binding("g", "turn", "Other axis", show=False),
        Binding("pagedown", "page(1)", "More of the table", show=False, priority=True),
        Binding("pageup", "page(-1)", "Less of the table", show=False, priority=True),
    ]
    title_text = "Compare"
    keys_text = (
        "[@click=screen.mark]space marks[/] · [@click=screen.turn]g other axis or curve[/] · pgup pgdn · "
        "[@click=screen.close]escape close[/]"
    )

    def __init__(self, model: Model, view: View, look: Look, read: Callable[[], None]) -> None:
        """``read``: has the runs read that are marked."""
        super().__init__()
        self._model, self._read = model, read
        self._picture = Picture(model, view, look)
        self._ids: list[str] = []
        self._texts: list[str] = []

    def compose_content(self) -> Iterable[Widget]:
        """The list, and the picture beside or below it."""
        with Container(id="both"):
            yield Choices(markup=False, compact=True)
            yield self._picture

    def on_mount(self) -> None:
        self.show()
        self.query_one(OptionList).focus()

    def on_resize(self, event: events.Resize) -> None:
        self.set_class(event.size.width >= 100, "-wide")
        self.call_after_refresh(self.show)

    def show(self) -> None:
        """What is known now."""
        options, recordings = self.query_one(OptionList), self._model.recordings
        at = options.highlighted
        listed = recordings.found.listed[:LISTED] if recordings.found is not None else ()
        ids = [one.path.name for one in listed]
        width = max(options.size.width - 1, 20)
        ascii = self.has_class("-ascii")
        texts = [told(one, self._model, width, ascii=ascii) for one in listed]
        texts = [to_ascii(text) for text in texts] if ascii else texts
        if texts != self._texts:
            options.clear_options()
            options.add_options(Option(Text(text, no_wrap=True)) for text in texts)
            if ids:
                kept = self._ids[at] if at is not None and at < len(self._ids) else self._model.run
                options.highlighted = ids.index(kept) if kept in ids else 0
            self._ids, self._texts = ids, texts
        self._show_picture()

    def _show_picture(self) -> None:
        self._picture.redraw()
        drawing = self._picture.drawing
        if drawing is not None:
            self.entitle(drawing.title or self.title_text)

    @on(OptionList.OptionHighlighted)
    def _look_at(self, event: OptionList.OptionHighlighted) -> None:
        if event.option_index < len(self._ids) and self._model.recordings.selected != self._ids[event.option_index]:
            self._model.recordings.selected = self._ids[event.option_index]
            if not self._model.recordings.marked:
                self._read()

    @on(OptionList.OptionSelected)
    def _chosen(self) -> None:
        self.action_mark()

    def action_mark(self) -> None:
        """Compare the run under the highlight, or no longer."""
        at = self.query_one(OptionList).highlighted
        if at is None or not self._model.recordings.mark(self._ids[at]):
            self.app.bell()
            return
        self.show()
        self._read()

    def action_turn(self) -> None:
        """The next axis; after the last one, the other curve."""
        count = self._picture.drawing.variants if self._picture.drawing is not None else 1
        self._picture.variant = (self._picture.variant + 1) % count
        self._show_picture()

    def action_page(self, by: int) -> None:
        """Further down or up in the table."""
        self._picture.page = max(self._picture.page + by * 4, 0)
        self._show_picture()
