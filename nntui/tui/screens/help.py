"""Every key and what it does, as the keys are bound now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widget import Widget

from nntui.teaching.concepts import CONCEPTS
from nntui.tui.bindings import ACTIONS, GROUPS, IN_VIEW, Action, shown
from nntui.tui.explanations.glossary import GLOSSARY
from nntui.tui.screens.dialog import Dialog, Lines, heading
from nntui.tui.views import Tab

KEYS = 12  # columns
WORDS = 19
MOUSE = (
    ("click", "On a tab: show that view. On a panel: focus it. On a curve: look at that epoch. On a unit, a point or "
              "a row: look at it. On a key in the last line: the same as pressing it."),
    ("wheel", "Over curves: show fewer or more epochs. Over a list: turn its pages. Over a dialog: scroll it."),
    ("shift + drag", "Select text by the terminal's own means."),
)  # fmt: skip
DIALOGS = (
    ("enter", "Apply the form, load the preset, run the command."),
    ("escape", "Close the dialog; nothing changes."),
)


class HelpScreen(Dialog[str | None]):
    """What one uses most here, the table of keys by group, what works in dialogs and with the mouse, a glossary.

    Gives back the concept page to open, if the person wants them.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark,q", "close", "Close", show=False),
        Binding("c", "concepts", "Concepts", show=False),
    ]
    title_text = "Keys"
    keys_text = "[@click=screen.concepts]c concepts[/] · ↑↓ pgup pgdn scroll · [@click=screen.close]escape close[/]"

    def __init__(self, actions: Sequence[Action] = ACTIONS, tab: Tab | None = None) -> None:
        """``actions``: the table with the keys as bound now (`nntui.tui.bindings.rebound`); ``tab``: the view shown."""
        super().__init__()
        self._actions = tuple(actions)
        self._tab = tab

    def compose_content(self) -> Iterable[Widget]:
        """One scrolling column."""
        with VerticalScroll():
            if self._tab is not None:
                yield heading(f"In the view {self._tab.title}", first=True)
                names = IN_VIEW.get(self._tab.id, ())
                yield Lines(((shown(each.keys), each.sentence) for each in self._actions if each.id in names), KEYS)
            for index, group in enumerate(GROUPS):
                yield heading(group, first=index == 0 and self._tab is None)
                yield Lines(
                    ((shown(action.keys), action.sentence) for action in self._actions if action.group == group), KEYS
                )
            yield heading("In dialogs")
            yield Lines(DIALOGS, KEYS)
            yield heading("Mouse")
            yield Lines(MOUSE, KEYS)
            yield heading("Glossary")
            yield Lines(GLOSSARY, WORDS)

    def action_concepts(self) -> None:
        """Leave for the concept pages."""
        self.dismiss(next(iter(CONCEPTS)))
