"""One row of the table of hyperparameters: type, bounds, step, unit, meaning; and checking a value against it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from nntui.experiment.messages import described, did_you_mean, listed, shown
from nntui.nn.registry import ALSO_CALLED

Kind = Literal["float", "int", "bool", "choice", "text", "ints", "choices"]
Value = float | int | bool | str | tuple[int, ...] | tuple[str, ...]
Step = tuple[Literal["factor", "add"], float]

_TRUE, _FALSE = ("true", "yes", "on"), ("false", "no", "off")
_MOST_ITEMS = 200
_FIRST_AFTER_ZERO = 1e-4  # where the keys begin to multiply what was off


class InvalidValue(ValueError):  # noqa: N818
    """A value that is not allowed. The message says what is wrong, what is allowed, and what may have been meant."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A hyperparameter.

    Attributes:
        name: dotted, ``optimizer.momentum``.
        default: where nothing is said; of the first choice that takes it, where it depends on the choice.
        meaning: one plain sentence.
        kind: ``ints`` is a list of whole numbers, ``choices`` a list of words.
        low, high, low_open, high_open: the bounds; a bound that is open is itself excluded.
        step: how the keys move it: times or plus this much.
        unit: what it counts.
        choices: the words allowed.
        live: whether it may change while training; ``fixed_because`` says why not.
        used_by: names of the section's choice it belongs to; () where it always applies.
        defaults: the default for each of ``used_by``.
    """

    name: str
    default: Value
    meaning: str
    kind: Kind = "float"
    low: float = -math.inf
    high: float = math.inf
    low_open: bool = False
    high_open: bool = False
    step: Step = ("factor", 1.25)
    unit: str = ""
    choices: tuple[str, ...] = ()
    live: bool = True
    fixed_because: str = ""
    used_by: tuple[str, ...] = ()
    defaults: Mapping[str, Value] = field(default_factory=dict, hash=False)
    note: str = ""  # what else limits the value
    numbers_too: bool = False  # a text that may be written as a whole number (a column's position)

    @property
    def section(self) -> str:
        """``optimizer``"""
        return self.name.split(".")[0]

    @property
    def label(self) -> str:
        """``momentum``"""
        return self.name.split(".", 1)[1]

    @property
    def allowed(self) -> str:
        """What may stand here, in words: ``a number, 0 <= value < 1``."""
        return self._allowed + (f" ({self.note})" if self.note else "")

    @property
    def _allowed(self) -> str:
        match self.kind:
            case "bool":
                return "true or false"
            case "choice":
                return listed(self.choices)
            case "choices":
                return f"a list of any of {listed(self.choices)}"
            case "text":
                return "text"
            case "ints":
                return f"a list of whole numbers, {self._interval}" if self._interval else "a list of whole numbers"
        number = "a whole number" if self.kind == "int" else "a number"
        return f"{number}, {self._interval}" if self._interval else number

    @property
    def _interval(self) -> str:
        below = "" if self.low == -math.inf else f"{_plain(self.low)} {'<' if self.low_open else '<='} "
        above = "" if self.high == math.inf else f" {'<' if self.high_open else '<='} {_plain(self.high)}"
        if below and not above:
            return f"value {'>' if self.low_open else '>='} {_plain(self.low)}"
        return f"{below}value{above}" if below or above else ""

    def check(self, value: object) -> Value:
        """The value as this parameter holds it.

        Raises:
            InvalidValue: wrong type, out of bounds, or not one of the choices.
        """
        match self.kind:
            case "float" | "int":
                return self._number(value)
            case "bool":
                return value if isinstance(value, bool) else self._wrong_type(value)
            case "choice":
                return self._choice(value) if isinstance(value, str) else self._wrong_type(value)
            case "text":
                return self._text(value)
            case "ints" | "choices":
                return self._items(value)

    def parse(self, text: str) -> Value:
        """The value written as text (on a command line, in a form).

        Raises:
            InvalidValue: as `check`, and where the text is not of the type.
        """
        if self.kind == "text":
            return self.check(text)
        word = text.strip()
        match self.kind:
            case "choice":
                return self.check(word)
            case "bool":
                return self.check(True if word.lower() in _TRUE else False if word.lower() in _FALSE else text)
            case "ints" | "choices":
                inner = word.strip("[]() ")
                items = [item.strip() for item in inner.split(",")] if inner else []
                if len(items) > 1 and not items[-1]:
                    items.pop()  # a comma may end the list, as in TOML
                if self.kind == "choices":
                    return self.check([item.strip("\"'") for item in items])
                return self.check([_number(item, item) for item in items])
        number = _number(word, text)
        if isinstance(number, str):
            point = _number(word.replace(",", "."), "")
            meant = f"; did you mean {shown(point)}?" if point != "" else ""
            raise InvalidValue(f"{shown(text)} is not {self._article}; allowed is {self.allowed}{meant}")
        return self.check(number)

    def moved(self, value: Value, direction: int) -> Value:
        """The value one step up (1) or down (-1), kept within the bounds."""
        if self.kind == "bool":
            return not value
        if self.kind == "choice":
            position = self.choices.index(str(value)) if value in self.choices else 0
            return self.choices[(position + direction) % len(self.choices)]
        if isinstance(value, bool) or not isinstance(value, int | float):
            return value
        how, amount = self.step
        new = value * amount**direction if how == "factor" else value + amount * direction
        if how == "factor" and value == 0 and direction > 0:
            new = 1 if self.kind == "int" else _FIRST_AFTER_ZERO
        elif how == "factor" and direction < 0 and self.kind == "float" and new < _FIRST_AFTER_ZERO and self._may_be_0:
            new = 0.0
        new = min(max(new, self.low), self.high)
        if self.kind == "int":
            return round(new)
        new = float(f"{new:.6g}")
        outside = (self.low_open and new <= self.low) or (self.high_open and new >= self.high)
        return value if outside else new

    @property
    def _may_be_0(self) -> bool:
        return self.low < 0 or (self.low == 0 and not self.low_open)

    @property
    def _article(self) -> str:
        return "a whole number" if self.kind == "int" else "a number"

    def _wrong_type(self, value: object) -> Value:
        raise InvalidValue(f"{described(value)}; allowed is {self.allowed}")

    def _number(self, value: object) -> Value:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return self._wrong_type(value)
        if not -math.inf < value < math.inf:  # also not-a-number
            raise InvalidValue(f"{shown(value)} is not a finite number; allowed is {self.allowed}")
        if self.kind == "int" and isinstance(value, float):
            if not value.is_integer():
                raise InvalidValue(f"{shown(value)} is not a whole number; allowed is {self.allowed}")
            meant = f"; did you mean {int(value)}?" if self.low <= value <= self.high else ""
            raise InvalidValue(f"{shown(value)} has a decimal point; allowed is {self.allowed}{meant}")
        self._bounds(value)
        try:
            return float(value) if self.kind == "float" else value
        except OverflowError:
            raise InvalidValue(f"{shown(value)} is too large; allowed is {self.allowed}") from None

    def _bounds(self, value: float) -> None:
        if value < self.low or (self.low_open and value == self.low):
            raise InvalidValue(f"{shown(value)} is too small; allowed is {self.allowed}")
        if value > self.high or (self.high_open and value == self.high):
            raise InvalidValue(f"{shown(value)} is too large; allowed is {self.allowed}")

    def _choice(self, value: str) -> str:
        if value not in self.choices:
            meant = ALSO_CALLED.get(value.strip().casefold().replace("-", "_").replace(" ", "_"))
            hint = f'; here it is called "{meant}"' if meant in self.choices else did_you_mean(value, self.choices)
            what = self.label.rsplit(".", 1)[-1]
            raise InvalidValue(f"unknown {what} {shown(value)}; allowed are {self.allowed}{hint}")
        return value

    def _text(self, value: object) -> Value:
        if self.numbers_too and isinstance(value, int) and not isinstance(value, bool) and value.bit_length() <= 64:
            return str(value)
        if not isinstance(value, str):
            return self._wrong_type(value)
        if "\0" in value:
            raise InvalidValue(f"{shown(value)} holds a zero byte; allowed is {self.allowed}")
        if any("\ud800" <= char <= "\udfff" for char in value):
            raise InvalidValue(f"{shown(value)} holds what is no text; allowed is {self.allowed}")
        return value

    def _items(self, value: object) -> Value:
        if not isinstance(value, list | tuple):
            return self._wrong_type(value)
        if len(value) > _MOST_ITEMS:
            raise InvalidValue(f"{len(value)} entries are too many; allowed are up to {_MOST_ITEMS}")
        if self.kind == "choices":
            return tuple(self._word(item, value) for item in value)
        return tuple(self._whole(item) for item in value)

    def _word(self, item: object, value: list[object] | tuple[object, ...]) -> str:
        if not isinstance(item, str):
            raise InvalidValue(f"{described(item)}; allowed is {self.allowed}")
        if item not in self.choices:
            raise InvalidValue(f"unknown {shown(item)}; allowed is {self.allowed}{did_you_mean(item, self.choices)}")
        if list(value).count(item) > 1:
            raise InvalidValue(f"{shown(item)} is there more than once; allowed is each one once")
        return item

    def _whole(self, item: object) -> int:
        if isinstance(item, bool) or not isinstance(item, int):
            raise InvalidValue(f"{described(item)}; allowed is {self.allowed}")
        self._bounds(item)
        return item


def _number(word: str, otherwise: str) -> int | float | str:
    """The number a word stands for, or ``otherwise``."""
    for kind in (int, float):
        try:
            return kind(word)
        except ValueError:
            continue
    return otherwise


def _plain(bound: float) -> str:
    return str(int(bound)) if float(bound).is_integer() and abs(bound) < 1e16 else repr(bound)
