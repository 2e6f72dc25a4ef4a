"""Which panels a view holds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import SelectionList, Static
from textual.widgets.selection_list import Selection

from nntui.tui.memory import panels_problem
from nntui.tui.panels import BY_ID
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
    ChooseScreen SelectionList {
        height: 1fr;
        border: none;
        padding: 0;
        background: $surface;
        scrollbar-size-vertical: 1;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "apply", "Apply", priority=True, show=False),
        Binding("r", "reset", "As it comes", show=False),
    ]
    keys_text = (
        "↑↓ space choose · [@click=screen.apply]enter apply[/] · [@click=screen.reset]r as it comes[/]"
        " · [@click=screen.close]escape cancel[/]"
    )

    def __init__(self, tab: Tab, held: Sequence[str], tabs: Sequence[Tab]) -> None:
        """``held``: the panels that the view has now; ``tabs``: all views."""
        super().__init__()
        self.title_text = f"Panels of {tab.title}"
        others = (name for other in tabs for name in other.panels)
        self._names = tuple(dict.fromkeys((*tab.panels, *others)))
        self._homes = {name: other.title for other in tabs for name in other.panels}
        self._held = frozenset(held)

    def compose_content(self) -> Iterable[Widget]:
        """All panels, the view's own first."""
        yield paragraph("Those of other views can be shown here too; the terminal's size decides how many can be read.")
        yield SelectionList[str](
            *(
                Selection(f"{BY_ID[name].title}  ({self._homes[name]})", name, name in self._held)
                for name in self._names
            )
        )
        yield Static("", id="fault", classes="fault", markup=False)

    def on_mount(self) -> None:
        self.query_one(SelectionList).focus()

    def action_apply(self) -> None:
        """Take what is chosen, in the list's order."""
        selected = set(self.query_one(SelectionList).selected)
        names = tuple(name for name in self._names if name in selected)
        if problem := panels_problem(names):
            self.query_one("#fault", Static).update(f"{problem[0].upper()}{problem[1:]}.")
        else:
            self.dismiss(names)

    def action_reset(self) -> None:
        """The view's own panels."""
        self.dismiss(())
