"""One data set that can be chosen by name, and the values it takes. Imports no NumPy: a list is printed without it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module
from math import inf
from types import MappingProxyType
from typing import Any, Literal

Task = Literal["classification", "regression"]
Value = float | int | bool | str


@dataclass(frozen=True, slots=True)
class DataOption:
    """A value that a data set takes; fields as those of a network part's option.

    An option of the same name means the same, with the same bounds, in every data set; its default may differ.
    """

    name: str
    default: Value
    meaning: str
    kind: Literal["float", "int", "bool", "choice", "text"] = "float"
    low: float = -inf
    high: float = inf
    low_open: bool = False
    high_open: bool = False
    unit: str = ""
    choices: tuple[str, ...] = ()
    live: bool = False


@dataclass(frozen=True, slots=True)
class DatasetEntry:
    """A data set: what it shows, where it comes from, and how to get it.

    Attributes:
        name: as written in a preset.
        meaning: one plain line.
        task: what is predicted; None where only the data tell (a user's file).
        source: where the data come from, or how they are drawn.
        licence: under which they may be passed on.
        target: ``module:function`` below ``nntui.data``; the function takes (rng, progress, **options).
        features: number of inputs; None where only the data tell.
        classes: number of classes (0 for regression); None where an option or the data tell.
        rows: number of rows; None where an option or the data tell.
        options: what can be chosen.
    """

    name: str
    meaning: str
    task: Task | None
    source: str
    licence: str
    target: str
    features: int | None
    classes: int | None
    rows: int | None = None
    options: tuple[DataOption, ...] = ()

    @property
    def takes(self) -> tuple[str, ...]:
        """Names of the options."""
        return tuple(option.name for option in self.options)

    def defaults(self) -> dict[str, Value]:
        """The value of every option where nothing is said."""
        return {option.name: option.default for option in self.options}

    def load(self) -> Any:
        """Import and return the function that makes the data set."""
        module, attribute = self.target.split(":")
        return getattr(import_module(f"nntui.data.{module}"), attribute)


def by_name(entries: Iterable[DatasetEntry]) -> Mapping[str, DatasetEntry]:
    """A read-only table of entries, in the order given."""
    return MappingProxyType({entry.name: entry for entry in entries})
