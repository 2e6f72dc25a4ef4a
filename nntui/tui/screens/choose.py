"""Which panels a view holds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from nntui.tui.memory import panels_problem
from nntui.tui.panels import BY_ID
from nntui.tui.screens.choices import Choices
from nntui.tui.screens.dialog import Dialog, paragraph
from nntui.tui.views import Tab


class ChooseScreen(Dialog[tuple[str, ...]]):
    """Gives back the panels chosen, the view's own first; an empty tuple for its own; None if cancelled."""

    DEFAULT_CSS = """
    ChooseScreen > .frame {
        width: 64;
        max-width: 90%;
        height: 90%;
    }
    ChooseScreen OptionList, ChooseScreen OptionList:focus {
        height: 1fr;
        border: none;
        padding: 0;
        background: $surface;
        scrollbar-size-vertical: 1;
    }
    ChooseScreen:nocolor .option-list--option-highlighted {
        color: $background;
        background: $foreground;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "apply", "Apply", priority=True, show=False),
        Binding("space", "turn", "Turn", priority=True, show=False),
        Binding("r", "reset", "As it comes", show=False),
    ]
    keys_text = (
        "space choose · [@click=screen.apply]enter apply[/] · [@click=screen.reset]r reset[/]"
        " · [@click=screen.close]escape cancel[/]"
    )

    def __init__(self, tab: Tab, held: Sequence[str], tabs: Sequence[Tab]) -> None:
        """``held``: the panels that the view has now; ``tabs``: all views."""
        super().__init__()
        self.title_text = f"Panels of {tab.title}"
        others = (name for other in tabs for name in other.panels)
        self._names = tuple(dict.fromkeys((*tab.panels, *others)))
        self._homes = {name: other.title for other in tabs for name in other.panels}
        self.held = set(held)

    def compose_content(self) -> Iterable[Widget]:
        """All panels, the view's own first."""
        yield paragraph("Those of other views can be shown here too; the terminal's size decides how many can be read.")
        yield Choices(*(Option(self._line(name), id=name) for name in self._names), markup=False)
        yield Static("", id="fault", classes="fault", markup=False)

    def on_mount(self) -> None:
        self.query_one(OptionList).focus()

    def _line(self, name: str) -> str:
        return f"[{'x' if name in self.held else ' '}] {BY_ID[name].title}  ({self._homes[name]})"

    @on(OptionList.OptionSelected)
    def _clicked(self, event: OptionList.OptionSelected) -> None:
        self._turn(event.option_index)

    def action_turn(self) -> None:
        """Take the highlighted panel in, or leave it out."""
        index = self.query_one(OptionList).highlighted
        if index is not None:
            self._turn(index)

    def _turn(self, index: int) -> None:
        name = self._names[index]
        self.held ^= {name}
        self.query_one(OptionList).replace_option_prompt(name, self._line(name))

    def action_apply(self) -> None:
        """Take what is chosen, in the list's order."""
        names = tuple(name for name in self._names if name in self.held)
        if problem := panels_problem(names):
            self.query_one("#fault", Static).update(f"{problem[0].upper()}{problem[1:]}.")
        else:
            self.dismiss(names)

    def action_reset(self) -> None:
        """The view's own panels."""
        self.dismiss(())
