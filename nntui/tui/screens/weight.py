"""A new value for one weight."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Input, Static

from nntui.tui.screens.dialog import Dialog, paragraph

LARGEST = 3.0e38
"""The largest number in single precision."""


class WeightScreen(Dialog[float]):
    """Asks for one number; gives it back, or None."""

    DEFAULT_CSS = """
    WeightScreen > .frame {
        width: 60;
        height: auto;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "take", "Take over", tooltip="Give the weight this value."),
    ]

    title_text = "Set a weight"
    keys_text = "[@click=screen.take]enter take over[/]   [@click=screen.close]escape close[/]"

    def __init__(self, what: str, now: float) -> None:
        """``what``: the weight in words; ``now``: its value."""
        super().__init__()
        self._what, self._now = what, now

    def compose_content(self) -> Iterable[Widget]:
        """What it is, its value, the field, and why a value cannot be."""
        yield paragraph(self._what)
        yield paragraph(f"is {self._now:.6g}; any number will do, silent is 0", "muted")
        yield Input(f"{self._now:.6g}", id="value", select_on_focus=True)
        yield Static("", id="fault", classes="fault", markup=False)

    def on_mount(self) -> None:
        self.query_one("#value", Input).focus()

    @on(Input.Changed)
    def _judge(self) -> None:
        self.query_one("#fault", Static).update(self._fault())

    @on(Input.Submitted)
    def _submit(self) -> None:
        self.action_take()

    def action_take(self) -> None:
        """Give the value back if it is one."""
        fault = self._fault()
        self.query_one("#fault", Static).update(fault)
        if not fault:
            self.dismiss(float(self._text))

    @property
    def _text(self) -> str:
        return self.query_one("#value", Input).value.strip()

    def _fault(self) -> str:
        try:
            value = float(self._text)
        except ValueError:
            return f"{self._text!r} is not a number" if self._text else "a number is needed"
        if math.isfinite(value) and abs(value) <= LARGEST:
            return ""
        return f"a weight must be between -{LARGEST:g} and {LARGEST:g}"
