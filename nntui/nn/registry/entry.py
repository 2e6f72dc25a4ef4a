"""One thing that can be chosen by name, and the numbers it takes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from math import inf
from types import MappingProxyType
from typing import Any, Literal

Kind = Literal["float", "int", "bool", "choice", "ints"]
Value = float | int | bool | str | tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Option:
    """A number (or switch, or word) that a registered thing takes.

    An option of the same name means the same, with the same bounds, in every entry of a kind; its default may differ.

    Attributes:
        name: as in a preset, ``momentum``.
        default: the value where nothing is said.
        meaning: one plain sentence.
        kind: the type of the value; a float option accepts whole numbers.
        low: smallest value allowed; itself excluded where ``low_open``.
        high: largest value allowed; itself excluded where ``high_open``.
        unit: what the number counts (``optimizer steps``), or empty.
        choices: the words allowed where ``kind`` is ``choice``.
        live: whether it may change while training.
    """

    name: str
    default: Value
    meaning: str
    kind: Kind = "float"
    low: float = -inf
    high: float = inf
    low_open: bool = False
    high_open: bool = False
    unit: str = ""
    choices: tuple[str, ...] = ()
    live: bool = True


@dataclass(frozen=True, slots=True)
class Entry:
    """A registered thing: what it is called, what it does, where it comes from, and how to get it.

    Attributes:
        name: the field's standard term, as written in a preset.
        meaning: one plain line.
        formula: in plain text.
        source: paper, book or reference implementation, checked.
        target: ``module:attribute`` below ``nntui.nn``; empty where it is not to be had by itself.
        options: the numbers it takes.
        traits: whatever else the choice must be judged by before it is loaded (a loss's outputs and targets).
    """

    name: str
    meaning: str
    formula: str
    source: str
    target: str = ""
    options: tuple[Option, ...] = ()
    traits: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)

    def load(self) -> Any:
        """Import and return the implementation."""
        module, attribute = self.target.split(":")
        return getattr(import_module(f"nntui.nn.{module}"), attribute)

    def defaults(self) -> dict[str, Value]:
        """The value of every option where nothing is said."""
        return {option.name: option.default for option in self.options}


def by_name(entries: Iterable[Entry]) -> Mapping[str, Entry]:
    """A read-only table of entries, in the order given."""
    return MappingProxyType({entry.name: entry for entry in entries})
