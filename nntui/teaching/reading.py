"""Reading a teacher's file: every fault at once, each with its line, the allowed and the nearest."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from nntui.experiment import Fault, PresetError
from nntui.experiment.messages import described, did_you_mean, listed, shown
from nntui.experiment.toml_file import MOST_FAULTS, parse_toml, read_text
from nntui.experiment.tree import dotted
from nntui.teaching.conditions import Condition, ConditionError, Kind, Word, read_condition

Place = tuple[str | int, ...]


class Page:
    """A TOML file under inspection.

    Attributes:
        tree: what it holds; empty where it is not TOML at all.
    """

    def __init__(self, path: Path) -> None:
        """
        Raises:
            PresetError: it cannot be read.
        """
        self._path = path
        tree, self._lines, broken = parse_toml(path, read_text(path))
        self._faults, self._broken = list(broken), bool(broken)
        self.tree: Mapping[str, Any] = tree or {}

    def fault(self, place: Place, message: str) -> None:
        """Note that something is wrong with the value at this place."""
        if self._broken and message.startswith("missing"):
            return  # it may stand where the file is not TOML
        if len(self._faults) > MOST_FAULTS:
            raise PresetError(tuple(self._faults))
        line = next((self._lines[place[:end]] for end in range(len(place), 0, -1) if place[:end] in self._lines), 1)
        self._faults.append(Fault(str(self._path), line, dotted(place), message))

    def finish(self) -> None:
        """
        Raises:
            PresetError: with every fault found.
        """
        if self._faults:
            raise PresetError(tuple(sorted(self._faults, key=lambda fault: fault.line)))

    # ---- values, each with a harmless stand-in where it is wrong

    def known(self, place: Place, table: Mapping[str, Any], keys: Iterable[str]) -> None:
        """Only these keys are allowed there."""
        keys = tuple(keys)
        for key in table:
            if key not in keys:
                self.fault((*place, key), f"unknown key; allowed are {listed(keys)}{did_you_mean(key, keys)}")

    def text(self, place: Place, table: Mapping[str, Any], key: str, *, needed: bool = False) -> str:
        """A text; empty where there is none."""
        value = table.get(key, "")
        if not isinstance(value, str):
            self.fault((*place, key), f"{described(value)}; allowed is text")
            return ""
        if needed and not value.strip():
            self.fault((*place, key), "missing" if key not in table else "empty; allowed is text")
        return value.strip()

    def number(
        self, place: Place, table: Mapping[str, Any], key: str, default: float, low: float, high: float
    ) -> float:
        """A number within bounds."""
        value = table.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.fault((*place, key), f"{described(value)}; allowed is a number from {low:g} to {high:g}")
            return default
        if not low <= value <= high:
            self.fault((*place, key), f"{shown(value)}; allowed is {low:g} to {high:g}")
            return default
        return value

    def texts(self, place: Place, table: Mapping[str, Any], key: str) -> tuple[str, ...]:
        """A list of texts."""
        value = table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(each, str) and each.strip() for each in value):
            self.fault((*place, key), f"{described(value)}; allowed is a list of texts")
            return ()
        return tuple(each.strip() for each in value)

    def tables(self, place: Place, table: Mapping[str, Any], key: str) -> list[tuple[Place, Mapping[str, Any]]]:
        """Each of a list of sections, ``[[key]]``, with its place."""
        value = table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(each, Mapping) for each in value):
            self.fault((*place, key), f"{described(value)}; allowed is a list of sections, [[{key}]]")
            return []
        return [((*place, key, index), each) for index, each in enumerate(value)]

    def section(self, place: Place, table: Mapping[str, Any], key: str) -> Mapping[str, Any]:
        """A section."""
        value = table.get(key, {})
        if not isinstance(value, Mapping):
            self.fault((*place, key), f"{described(value)}; allowed is a section, [{key}]")
            return {}
        return value

    def condition(
        self, place: Place, table: Mapping[str, Any], key: str, words: Mapping[str, Word], kind: Kind = "yes-or-no"
    ) -> Condition | None:
        """A condition that gives ``kind``; None where there is none."""
        text = self.text(place, table, key)
        if not text:
            return None
        try:
            condition = read_condition(text, words)
        except ConditionError as error:
            self.fault((*place, key), str(error))
            return None
        if condition.kind != kind:
            self.fault((*place, key), f"gives a {condition.kind}; needed is a {kind}")
            return None
        return condition

    def preset(self, table: Mapping[str, Any], key: str = "preset") -> str:
        """The name of a preset that comes with the program, or the path of one, taken from the file's folder.

        One that is not the program's own is read, so that its faults are known before a learner begins.
        """
        from nntui.experiment import find_preset, list_presets, read_preset

        name = self.text((), table, key, needed=True)
        if not name or name in dict(list_presets()):
            return name
        beside = self._path.parent / name
        try:
            path = beside if name.endswith(".toml") and os.path.lexists(beside) else find_preset(name)
            read_preset(path)
        except PresetError as error:
            self.fault((key,), f"{shown(name)[1:-1]}: {error.faults[0].message}")
            return name
        return str(path)
