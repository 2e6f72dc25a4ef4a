"""A question that is answered with yes or no."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.markup import escape
from textual.widget import Widget

from nntui.tui.screens.dialog import Dialog, paragraph


class Question(Dialog[bool]):
    """Gives back whether the answer was yes; escape is no."""

    DEFAULT_CSS = """
    Question > .frame {
        width: 64;
        max-width: 90%;
        height: auto;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "yes", "Yes", show=False)]

    def __init__(self, title: str, text: str, yes: str) -> None:
        """``yes``: what the key does, in a word or two."""
        super().__init__()
        self.title_text = title
        self.keys_text = f"[@click=screen.yes]enter {escape(yes)}[/] · [@click=screen.close]escape cancel[/]"
        self._text = text

    def compose_content(self) -> Iterable[Widget]:
        """The question in a sentence or two."""
        yield paragraph(self._text)

    def action_yes(self) -> None:
        """Yes."""
        self.dismiss(True)

    def action_close(self) -> None:
        """No."""
        self.dismiss(False)
