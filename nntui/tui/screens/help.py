"""Every key and what it does, as the keys are bound now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widget import Widget

from nntui.tui.bindings import ACTIONS, GROUPS, Action, shown
from nntui.tui.screens.dialog import Dialog, Lines, heading

KEYS = 12  # columns
MOUSE = (
    ("click", "On a panel: focus it. On a key in the last line: the same as pressing it."),
    ("wheel", "Over a dialog: scroll it."),
    ("shift + drag", "Select text by the terminal's own means."),
)
DIALOGS = (
    ("enter", "Apply the form, load the preset, run the command."),
    ("escape", "Close the dialog; nothing changes."),
)


class HelpScreen(Dialog[None]):
    """The table of keys by group, then what works in dialogs and with the mouse."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("question_mark,q", "close", "Close", show=False)]
    title_text = "Keys"
    keys_text = "↑↓ pgup pgdn scroll · [@click=screen.close]escape close[/]"

    def __init__(self, actions: Sequence[Action] = ACTIONS) -> None:
        """``actions``: the table with the keys as bound now (`nntui.tui.bindings.rebound`)."""
        super().__init__()
        self._actions = tuple(actions)

    def compose_content(self) -> Iterable[Widget]:
        """One scrolling column."""
        with VerticalScroll():
            for index, group in enumerate(GROUPS):
                yield heading(group, first=index == 0)
                yield Lines(
                    ((shown(action.keys), action.sentence) for action in self._actions if action.group == group), KEYS
                )
            yield heading("In dialogs")
            yield Lines(DIALOGS, KEYS)
            yield heading("Mouse")
            yield Lines(MOUSE, KEYS)
