"""What the dashboard's dialogs share: a frame that fits from 80×24 up, a title, and the keys that work in it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.markup import escape
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Static

Result = TypeVar("Result")


class Dialog(ModalScreen[Result]):
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
    Dialog .line {
        width: 1fr;
        height: auto;
    }
    Dialog .line > .left {
        width: 14;
        padding-right: 2;
        text-align: right;
        text-style: bold;
    }
    Dialog .line > .dash {
        width: 2;
        color: $text-accent;
    }
    Dialog .line > .right {
        width: 1fr;
    }
    Dialog Input {
        width: 1fr;
    }
    Dialog VerticalScroll {
        scrollbar-size-vertical: 1;
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
        frame.border_title = escape(self.title_text)
        frame.border_subtitle = self.keys_text

    def compose_content(self) -> Iterable[Widget]:
        """The widgets inside the frame."""
        raise NotImplementedError

    def action_close(self) -> None:
        """Leave without a result."""
        self.dismiss(None)


def heading(text: str, *, first: bool = False) -> Static:
    """A line that begins a part; ``first`` leaves no space above."""
    return Static(text, classes="heading -first" if first else "heading", markup=False)


def paragraph(text: str, classes: str = "") -> Static:
    """Plain text over the whole width."""
    return Static(text, classes=classes, markup=False)


def line(left: str, right: str) -> Horizontal:
    """A short text in a column of its own and the sentence that belongs to it."""
    return Horizontal(
        Static(left, classes="left", markup=False), Static(right, classes="right", markup=False), classes="line"
    )


def items(texts: Iterable[str]) -> list[Horizontal]:
    """Several sentences, each marked where it begins."""
    return [
        Horizontal(Static("-", classes="dash"), Static(text, classes="right", markup=False), classes="line")
        for text in texts
    ]
