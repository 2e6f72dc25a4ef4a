"""The first start: what a newcomer may want to do; the run waits until one of it is chosen."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from nntui.tui.screens.choices import Choices
from nntui.tui.screens.dialog import Dialog, paragraph, plain


class Wish(Enum):
    """What to begin with: a heading and a sentence each."""

    WATCH = ("Watch a network learn", "It starts now, with a tour of two minutes beside the panels.")
    COURSE = ("Take the course", "Lessons of five minutes each, from one neuron to overfitting.")
    DATA = ("Open your own data", "A CSV or Parquet table; the network learns to predict a column.")
    HELP = ("Read the help", "Every key, and a glossary.")


class WelcomeScreen(Dialog[Wish]):
    """Gives back what was chosen; None for the dashboard without further ado."""

    DEFAULT_CSS = """
    WelcomeScreen > .frame {
        width: 76;
        max-width: 95%;
        height: auto;
    }
    WelcomeScreen OptionList, WelcomeScreen OptionList:focus {
        height: auto;
        border: none;
        padding: 0;
        margin-top: 1;
        background: $surface;
    }
    WelcomeScreen:nocolor .option-list--option-highlighted {
        color: $background;
        background: $foreground;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(str(number), f"choose({number})", wish.value[0], show=False) for number, wish in enumerate(Wish, 1)),
        Binding("q", "close", "Close", show=False),
    ]
    title_text = "Welcome to nntui"
    keys_text = "↑↓ or 1-4 · enter choose · [@click=screen.close]escape straight to the dashboard[/]"

    def __init__(self, study: str) -> None:
        """``study``: what the run that waits is called."""
        super().__init__()
        self._study = study

    def compose_content(self) -> Iterable[Widget]:
        """What waits, and the choices."""
        yield paragraph(f"A small network ({self._study}) is ready to learn, and waits. What would you like to do?")
        options = []
        for number, wish in enumerate(Wish, 1):
            heading, sentence = wish.value
            said = Text(f"{number} {plain(heading)}", style="bold")
            options.append(Option(Text.assemble(said, "\n", (f"  {plain(sentence)}", "not bold")), id=wish.name))
        yield Choices(*options, id="wishes", markup=False)

    def on_mount(self) -> None:
        self.query_one(OptionList).focus()
        self.query_one(OptionList).highlighted = 0

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(Wish[event.option_id or Wish.WATCH.name])

    def action_choose(self, number: int) -> None:
        """Choose by number."""
        self.dismiss(list(Wish)[number - 1])
