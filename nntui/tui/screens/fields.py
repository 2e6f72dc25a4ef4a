"""One line of the edit form: a parameter's name, a field for its value, what it may be, and what it means."""

from __future__ import annotations

from collections.abc import Iterable
from math import isinf
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Select, Static

from nntui.experiment import InvalidValue, Parameter, Value
from nntui.tui.screens.text import show_value


class Choice(Select[str]):
    """One of several words: ``left`` and ``right`` take the next, ``space`` opens the list, the mouse does both."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "show_overlay", "List", show=False),
        Binding("left", "cycle(-1)", "Previous", show=False),
        Binding("right", "cycle(1)", "Next", show=False),
    ]

    def __init__(self, words: Iterable[str], word: str, *, id: str | None = None) -> None:
        self._words = tuple(words)
        super().__init__([(item, item) for item in self._words], value=word, allow_blank=False, compact=True, id=id)

    def action_cycle(self, by: int) -> None:
        """Take the word ``by`` places further, round the ends."""
        self.value = self._words[(self._words.index(str(self.value)) + by) % len(self._words)]


class Row(Vertical):
    """The line of one parameter; ``shift+up`` and ``shift+down`` move a number by a step."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("shift+up", "move(1)", "Step up", show=False),
        Binding("shift+down", "move(-1)", "Step down", show=False),
    ]

    DEFAULT_CSS = """
    Row {
        height: auto;
        width: 1fr;
    }
    Row > Horizontal {
        height: auto;
    }
    Row .name {
        width: 25;
        padding-right: 1;
    }
    Row.-changed .name {
        text-style: bold;
        color: $text-accent;
    }
    Row:focus-within .name {
        text-style: reverse;
    }
    Row Input, Row Choice {
        width: 22;
        background: $foreground 10%;
    }
    Row SelectCurrent {
        background: $foreground 10%;
    }
    Row .bounds {
        width: 1fr;
        padding-left: 2;
        color: $text-muted;
    }
    Row > .meaning, Row > .wrong {
        padding-left: 2;
        color: $text-muted;
    }
    Row > .wrong {
        color: $text-error;
        text-style: bold;
        display: none;
    }
    Row.-wrong > .wrong {
        display: block;
    }
    """

    class Typed(Message):
        """The field of ``name`` holds ``text``."""

        def __init__(self, name: str, text: str) -> None:
            super().__init__()
            self.name = name
            self.text = text

    def __init__(self, parameter: Parameter, value: Value, notes: Iterable[str] = ()) -> None:
        """``notes`` are said beside the bounds: the rate in force, that it takes a restart."""
        super().__init__()
        self.parameter = parameter
        self._value = value
        self._notes = tuple(notes)
        self._last = show_value(value)

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Static(self._label(False), classes="name", markup=False)
            yield self._editor()
            yield Static(self._beside(False), classes="bounds", markup=False)
        yield Static(self.parameter.meaning, classes="meaning", markup=False)
        yield Static("", classes="wrong", markup=False)

    def _editor(self) -> Widget:
        words = ("false", "true") if self.parameter.kind == "bool" else self.parameter.choices
        if self.parameter.kind in ("bool", "choice") and self._last in words:
            return Choice(words, self._last)
        return Input(self._last, compact=True, select_on_focus=True)

    def _label(self, changed: bool) -> str:
        return f"* {self.parameter.label}" if changed else f"  {self.parameter.label}"

    def _beside(self, changed: bool) -> str:
        parts = [bounds(self.parameter), *([f"was {show_value(self._value)}"] if changed else self._notes)]
        if not self.parameter.live:
            parts.append("at a restart")
        return ", ".join(part for part in parts if part)

    def action_move(self, direction: int) -> None:
        """Take the value one step of this parameter up or down, if what is typed is a value."""
        field = self.query_one("Input, Choice")
        if isinstance(field, Input):
            try:
                value = self.parameter.parse(field.value)
            except InvalidValue:
                return
            field.value = show_value(self.parameter.moved(value, direction))

    def show_state(self, *, changed: bool, fault: str) -> None:
        """Mark the line as changed or not, and as wrong with the reason."""
        self.set_class(changed, "-changed")
        self.set_class(bool(fault), "-wrong")
        self.query_one(".name", Static).update(self._label(changed))
        self.query_one(".bounds", Static).update(self._beside(changed))
        self.query_one(".wrong", Static).update(fault)

    def focus_field(self) -> None:
        """Put the cursor into the field."""
        self.query_one("Input, Choice").focus()

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._tell(event.value)

    @on(Select.Changed)
    def _chosen(self, event: Select.Changed) -> None:
        event.stop()
        self._tell(str(event.value))

    def _tell(self, text: str) -> None:
        if text != self._last:
            self._last = text
            self.post_message(self.Typed(self.parameter.name, text))


def bounds(parameter: Parameter) -> str:
    """What the value may be, short: ``0 < x ≤ 10``, with the unit behind it."""
    low, high = parameter.low, parameter.high
    if parameter.kind == "bool":
        return "true or false"
    if parameter.kind == "choice" and parameter.choices:
        return " or ".join(parameter.choices) if len(parameter.choices) <= 2 else f"one of {len(parameter.choices)}"
    if parameter.kind in ("choices", "text"):
        return parameter.allowed
    if isinf(low) and isinf(high):
        text = ""
    elif isinf(high):
        text = f"{'>' if parameter.low_open else '≥'} {_short(low)}"
    elif isinf(low):
        text = f"{'<' if parameter.high_open else '≤'} {_short(high)}"
    else:
        below, above = ("<" if parameter.low_open else "≤"), ("<" if parameter.high_open else "≤")
        text = f"{_short(low)} {below} x {above} {_short(high)}"
    return f"{text} {parameter.unit}".strip()


def _short(bound: float) -> str:
    """``1e6``, ``0.5``, ``65536``"""
    plain = str(int(bound)) if float(bound).is_integer() else f"{bound:g}"
    if len(plain) <= 5:
        return plain
    mantissa, _, power = f"{bound:.4e}".partition("e")
    return f"{float(mantissa):g}e{int(power)}"
