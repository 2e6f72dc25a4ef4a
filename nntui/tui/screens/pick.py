"""One word out of a list, for the choices of the edit form."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual import on
from textual.widget import Widget
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from nntui.tui.screens.choices import Choices
from nntui.tui.screens.dialog import Dialog


class Pick(Dialog[str | None]):
    """Gives back the word chosen; None where none was."""

    DEFAULT_CSS = """
    Pick > .frame {
        width: 44;
        height: auto;
        max-height: 90%;
    }
    Pick OptionList {
        border: none;
        padding: 0;
        height: auto;
        max-height: 100%;
        scrollbar-size-vertical: 1;
    }
    Pick:nocolor .option-list--option-highlighted {
        color: $background;
        background: $foreground;
    }
    """
    keys_text = "↑↓ enter choose · [@click=screen.close]escape cancel[/]"

    def __init__(self, title: str, words: Sequence[str], word: str) -> None:
        """``word`` is highlighted first."""
        super().__init__()
        self.title_text = title
        self._words = tuple(words)
        self._word = word

    def compose_content(self) -> Iterable[Widget]:
        """The words, one a line."""
        yield Choices(*(Option(word) for word in self._words), markup=False, compact=True)

    def on_mount(self) -> None:
        """Begin where the choice stands."""
        if self._word in self._words:
            self.query_one(OptionList).highlighted = self._words.index(self._word)

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._words[event.option_index])
