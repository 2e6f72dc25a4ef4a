"""One entry of the edit form: what is typed in it and what stands beside it. No widget."""

from __future__ import annotations

from dataclasses import dataclass
from math import isinf

from nntui.experiment import InvalidValue, Parameter, Value
from nntui.tui.screens.text import show_value


@dataclass
class Field:
    """A parameter with the text in its field.

    Attributes:
        text: as typed so far.
        position: of the text cursor.
        fresh: nothing typed since the field was entered, so that typing begins anew.
        value: in force in the run; None where it does not apply there.
        note: said beside the bounds while nothing is changed.
        locked: whether it must not be changed now.
        changed: whether the text means another value than ``value``.
        fault: why the text cannot be taken.
        heading: of the group that it stands in; empty: its section.
    """

    parameter: Parameter
    text: str
    value: Value | None = None
    note: str = ""
    changed: bool = False
    fault: str = ""
    position: int = 0
    fresh: bool = True
    heading: str = ""
    locked: bool = False

    @property
    def words(self) -> tuple[str, ...]:
        """What can be chosen, where it is a choice."""
        if self.parameter.kind == "bool":
            return ("false", "true")
        return self.parameter.choices if self.parameter.kind == "choice" else ()

    @property
    def label(self) -> str:
        """The name within its group, marked where something is to be said of it."""
        mark = "!" if self.fault else "*" if self.changed else " "
        apart = self.heading not in ("", self.parameter.section) and self.parameter.label == "name"
        return f"{mark} {self.parameter.section if apart else self.parameter.label}"

    @property
    def beside(self) -> str:
        """The bounds, what it was, and whether it can change while training."""
        if self.locked:
            return "locked"
        was = f"was {show_value(self.value)}" if self.changed and self.value is not None else ""
        parts = (bounds(self.parameter), was or self.note, "" if self.parameter.live else "at a restart")
        return ", ".join(part for part in parts if part)

    def enter(self) -> None:
        """The cursor comes to this field."""
        self.position, self.fresh = len(self.text), True

    def insert(self, typed: str) -> None:
        """Type at the cursor; the first thing typed takes the place of what was there."""
        if self.fresh:
            self.text, self.position = "", 0
        self.text = self.text[: self.position] + typed + self.text[self.position :]
        self.position += len(typed)
        self.fresh = False

    def delete(self, offset: int) -> None:
        """Take away the character before the cursor (-1) or under it (0)."""
        if self.fresh:
            self.text, self.position = "", 0
        elif 0 <= (at := self.position + offset) < len(self.text):
            self.text = self.text[:at] + self.text[at + 1 :]
            self.position = at
        self.fresh = False

    def move(self, position: int) -> None:
        """Put the cursor somewhere."""
        self.position, self.fresh = min(max(position, 0), len(self.text)), False

    def cycle(self, by: int) -> None:
        """Take the word ``by`` places further, round the ends."""
        now = self.words.index(self.text) if self.text in self.words else -1
        self.text = self.words[(now + by) % len(self.words)]

    def jump(self, letter: str) -> bool:
        """Take the next word that begins with this letter, if there is one."""
        start = self.words.index(self.text) + 1 if self.text in self.words else 0
        turned = self.words[start:] + self.words[:start]
        found = next((word for word in turned if word.startswith(letter.lower())), None)
        self.text = found or self.text
        return found is not None

    def step(self, direction: int) -> None:
        """Move the value one step of this parameter up or down, if what is typed is a value."""
        if self.words:
            self.cycle(direction)
            return
        try:
            value = self.parameter.parse(self.text)
        except InvalidValue:
            return
        self.text = show_value(self.parameter.moved(value, direction))
        self.enter()


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
