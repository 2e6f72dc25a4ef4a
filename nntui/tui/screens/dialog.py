"""What the dashboard's dialogs share: a frame that fits from 80×24 up, a title, and the keys that work in it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, TypeVar

from rich.console import JustifyMethod
from rich.table import Table
from rich.text import Text
from textual import events, on
from textual._context import active_app
from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.scroll_view import ScrollView
from textual.scrollbar import ScrollBarRender
from textual.widget import Widget
from textual.widgets import Static

from nntui.tui.drivers.screen import PaintedScreen
from nntui.tui.widgets.text import to_ascii

Result = TypeVar("Result")

AROUND_KEYS = 6
"""Cells of a frame's lower edge that its keys cannot have: corners, strokes and blanks."""


class _WholeCells(ScrollBarRender):
    """A scrollbar of whole cells, for terminals that have nothing but ASCII."""

    VERTICAL_BARS: ClassVar[list[str]] = [" "] * len(ScrollBarRender.VERTICAL_BARS)


class Dialog(ModalScreen[Result], PaintedScreen):
    """A framed screen over the dashboard; training goes on behind it.

    A subclass gives its ``title_text``, the line ``keys_text`` below (markup: a click there does what the keys do), and
    its content in ``compose_content``.
    """

    DEFAULT_CSS = """
    Dialog {
        align: center middle;
    }
    Dialog > .frame {
        width: 100%;
        max-width: 120;
        height: 100%;
        max-height: 44;
        background: $surface;
        border: round $border;
        border-title-color: $foreground;
        border-title-style: bold;
        border-subtitle-color: $text-muted;
        padding: 0 1;
    }
    Dialog.-ascii > .frame {
        border: ascii $border;
    }
    Dialog .heading {
        width: 1fr;
        color: $text-accent;
        text-style: bold;
        margin-top: 1;
    }
    Dialog .heading.-first {
        margin-top: 0;
    }
    Dialog .muted {
        color: $text-muted;
    }
    Dialog .fault {
        color: $text-error;
    }
    Dialog Input {
        width: 1fr;
    }
    Dialog VerticalScroll {
        scrollbar-size-vertical: 1;
        padding-right: 1;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "close", "Close", tooltip="Close without a change.")]

    title_text = ""
    keys_text = "[@click=screen.close]escape close[/]"

    def compose(self) -> ComposeResult:
        """The frame around the content."""
        self.set_class(self.app.has_class("-ascii"), "-ascii")
        with Vertical(classes="frame") as frame:
            yield from self.compose_content()
        self.entitle(self.title_text, frame)
        frame.border_subtitle = plain(self.keys_text)

    def entitle(self, title: str, frame: Widget | None = None) -> None:
        """Show this text as the title: as it is, for it may name what others wrote."""
        (frame or self.query_one(".frame")).border_title = Content(plain(title))  # not markup

    @on(events.Resize)
    def _fit_keys(self) -> None:
        """Leave out the first keys where there is no room for all: never half a word."""
        frame = self.query_one(".frame")
        room, parts = frame.outer_size.width - AROUND_KEYS, self.keys_text.split(" · ")
        while len(parts) > 1 and Content.from_markup(" · ".join(parts)).cell_length > room:
            del parts[0]
        frame.border_subtitle = plain(" · ".join(parts))

    def on_mount(self) -> None:
        """Draw scrollbars as the terminal can."""
        if self.has_class("-ascii"):
            for widget in self.query(Widget):
                if widget.allow_vertical_scroll or isinstance(widget, ScrollView):
                    widget.vertical_scrollbar.renderer = _WholeCells  # type: ignore[misc]  # of this one alone

    def compose_content(self) -> Iterable[Widget]:
        """The widgets inside the frame."""
        raise NotImplementedError

    def dismiss(self, result: Result | None = None) -> AwaitComplete:
        """Close it. A key that was pressed twice, or just after another that closes it, closes nothing else."""
        return super().dismiss(result) if self.is_active else AwaitComplete()

    def action_close(self) -> None:
        """Leave without a result."""
        self.dismiss(None)


def plain(text: str) -> str:
    """The text as the present terminal has it."""
    app = active_app.get(None)
    return to_ascii(text) if app is not None and app.has_class("-ascii") else text


def heading(text: str, *, first: bool = False) -> Static:
    """A line that begins a part; ``first`` leaves no space above."""
    return Static(plain(text), classes="heading -first" if first else "heading", markup=False)


def paragraph(text: str, classes: str = "") -> Static:
    """Plain text over the whole width."""
    return Static(plain(text), classes=classes, markup=False)


class Lines(Static):
    """Short texts in a column, each with the sentence that belongs to it; one widget, for many open slowly."""

    def __init__(self, rows: Iterable[tuple[str, str]], left: int, *, justify: JustifyMethod = "right") -> None:
        """``left``: cells of the first column."""
        self.rows = tuple((plain(short), plain(sentence)) for short, sentence in rows)
        table = Table.grid(padding=(0, 2 if left > 1 else 1, 0, 0), expand=True)
        table.add_column(width=left, justify=justify, style="bold" if justify == "right" else "")
        table.add_column(ratio=1)
        for short, sentence in self.rows:
            table.add_row(Text(short), Text(sentence))
        super().__init__(table)


def items(texts: Iterable[str]) -> Lines:
    """Several sentences, each marked where it begins."""
    return Lines((("-", text) for text in texts), 1, justify="left")
