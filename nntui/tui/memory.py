"""What the dashboard remembers between runs by itself: the panels chosen for each view, and that the tour was shown.

Kept in the platform's folder for such things, apart from the config file, which only a person writes. Read as a preset
is: with every fault, each with its line.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from nntui.experiment.messages import did_you_mean, kind_of, shown
from nntui.experiment.toml_file import Fault, PresetError, parse_toml, read_text
from nntui.tui.panels import BY_ID
from nntui.tui.views import VIEWS

VARIABLE = "NNTUI_STATE"


def memory_path(environment: Mapping[str, str] | None = None) -> Path:
    """``$NNTUI_STATE``, else a file in the platform's folder for a program's state."""
    environment = os.environ if environment is None else environment
    if environment.get(VARIABLE):
        return Path(os.path.expanduser(environment[VARIABLE]))
    from platformdirs import user_state_path

    return user_state_path("nntui") / "dashboard.toml"


class Memory:
    """What is remembered; `keep` writes it where there is a file for it.

    Attributes:
        panels: view id → the panels chosen for it, in their order; views not named have their own.
        toured: whether the tour has been shown.
        faults: what is wrong with the file; while there are any, it is not written over.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.panels: dict[str, tuple[str, ...]] = {}
        self.toured = path is None
        self.faults: tuple[Fault, ...] = ()
        self._path = path
        if path is not None and os.path.lexists(path):
            self._read(path)

    def _read(self, path: Path) -> None:
        try:
            tree, lines, broken = parse_toml(path, read_text(path))
        except PresetError as error:
            self.faults = tuple(error.faults)
            return
        faults = list(broken)

        def fault(place: tuple[str | int, ...], message: str) -> None:
            line = next((lines[place[:end]] for end in range(len(place), 0, -1) if place[:end] in lines), 1)
            faults.append(Fault(str(path), line, ".".join(map(str, place)), message))

        for name, value in (tree or {}).items():
            if name == "toured" and isinstance(value, bool):
                self.toured = value
            elif name == "panels" and isinstance(value, dict):
                for view, listed in value.items():
                    if problem := _problem(view, listed):
                        fault(("panels", view), problem)
                    else:
                        self.panels[view] = tuple(listed)
            else:
                fault((name,), f"{shown(value)} is {kind_of(value)}; allowed are toured = true and a section [panels]")
        self.faults = tuple(faults)

    def keep(self) -> str:
        """Write it down; the answer says why that could not be, or is empty."""
        if self._path is None:
            return ""
        if self.faults:
            return f"{self.faults[0]}; mend or remove the file, it is not written over."
        lines = [f"toured = {'true' if self.toured else 'false'}", "", "[panels]"]
        for view, names in self.panels.items():
            quoted = ", ".join(f'"{name}"' for name in names)
            lines.append(f"{view} = [{quoted}]")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            new = self._path.with_name(f"{self._path.name}.new")
            new.write_text("\n".join(lines) + "\n", encoding="utf-8")
            new.replace(self._path)
        except OSError as error:
            return f"{self._path} cannot be written: {error.strerror or error}; it holds until the program ends."
        return ""


def _problem(view: str, listed: object) -> str:
    views = [tab.id for tab in VIEWS]
    if view not in views:
        return f"unknown view{did_you_mean(view, views)}"
    if not isinstance(listed, list) or not all(isinstance(name, str) for name in listed):
        return f"{shown(listed)} is {kind_of(listed)}; allowed is a list of panels"
    return panels_problem(listed)


def panels_problem(names: Sequence[str]) -> str:
    """Why these cannot be the panels of a view, or an empty text."""
    if not names:
        return "a view holds at least one panel"
    if len(set(names)) < len(names):
        return "a panel is named twice"
    unknown = next((name for name in names if name not in BY_ID), None)
    return "" if unknown is None else f'"{unknown}" is no panel{did_you_mean(unknown, list(BY_ID))}'
