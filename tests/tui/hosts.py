"""An app with nothing but one dialog in it."""

from __future__ import annotations

from typing import Any, TypeVar

from textual.app import App
from textual.pilot import Pilot
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Static

from nntui.tui.screens.dialog import Lines

T = TypeVar("T")


class Host(App[None]):
    """Opens a dialog and keeps what it gives back."""

    def __init__(self, dialog: ModalScreen[Any]) -> None:
        super().__init__()
        self.dialog = dialog
        self.results: list[Any] = []

    def on_mount(self) -> None:
        self.push_screen(self.dialog, self.results.append)


def words(root: Widget | ModalScreen[Any]) -> str:
    """Everything that is to be read in it."""
    found = []
    for static in root.query(Static):
        if isinstance(static, Lines):
            found += [" ".join(row) for row in static.rows]
        elif static.display:
            found.append(str(static.render()))
    return "\n".join(found)


def screen_text(pilot: Pilot[None]) -> str:
    """What the screen shows, row by row."""
    return "\n".join(strip.text for strip in pilot.app.screen._compositor.render_strips())


async def click_text(pilot: Pilot[None], text: str, shift: int = 0) -> None:
    """Click on the second character of ``text`` where it first stands, or ``shift`` columns from there."""
    await pilot.pause()
    for y, row in enumerate(screen_text(pilot).split("\n")):
        if (x := row.find(text)) >= 0:
            await pilot.click(offset=(x + 1 + shift, y))
            await pilot.pause()
            return
    raise AssertionError(f"{text!r} is not on the screen")
