"""The dashboard in a real terminal, and reading from its screen what a person reads."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from tempfile import mkdtemp

import nntui
from tests.harness.terminal import Terminal

TITLES = ("Loss", "Accuracy", "Learning rate", "Weights", "Activations", "Hyperparameters")
FLAT_OUT = ("xor", "--set", "training.epochs=100000000", "--set", "training.pace=0")
ENDLESS = ("digits", "--set", "training.epochs=1000000")

# What of the developer's own surroundings would show.
_PRIVATE: dict[str, str | None] = dict.fromkeys(
    ("NO_COLOR", "SSH_CONNECTION", "NNTUI_CONFIG", "TEXTUAL", "TEXTUAL_THEME", "TMUX", "TERM_PROGRAM", "LC_CTYPE")
)
_PRIVATE["NNTUI_STATE"] = str(Path(__file__).with_name("not-the-first-start.toml"))
_PRIVATE |= {"LC_ALL": "C.UTF-8", "LANG": "C.UTF-8", "XDG_CONFIG_HOME": os.devnull}


def command(*arguments: str) -> list[str]:
    """``nntui`` with arguments; ``NNTUI_PYTHON`` names the interpreter of an installed one."""
    return [os.environ.get("NNTUI_PYTHON", sys.executable), "-m", "nntui", *arguments]


def surroundings() -> dict[str, str | None]:
    """An environment in which the program behaves as for a newcomer; a checkout is found without being installed."""
    found = os.environ.get("NNTUI_PYTHON")
    return _PRIVATE | {"PYTHONPATH": None if found else str(Path(nntui.__file__).parents[1])}


class Dashboard(Terminal):
    """The dashboard, begun; each property is read from the screen as it is now."""

    def __init__(
        self,
        *arguments: str,
        columns: int = 120,
        rows: int = 40,
        environment: Mapping[str, str | None] | None = None,
        program: list[str] | None = None,
    ) -> None:
        runs = mkdtemp(dir=os.environ.get("NNTUI_RUNS"))  # of its own, so that nothing is offered that another left
        super().__init__(
            program or command(*arguments),
            columns=columns,
            rows=rows,
            environment={**surroundings(), "NNTUI_RUNS": runs, **(environment or {})},
            cwd=Path(os.path.abspath(os.sep)),
        )

    @property
    def state(self) -> str:
        return self._found(r"(loading|running|paused|diverged|finished|stopped|failed)  +\S")

    @property
    def epoch(self) -> int:
        return int(self._found(r"epoch +([\d,]+)/").replace(",", "") or -1)

    @property
    def step(self) -> int:
        """Within the epoch."""
        return int(self._found(r"step +([\d,]+)/").replace(",", "") or -1)

    def setting(self, label: str) -> str:
        """A value in the panel of hyperparameters; ends in … while the answer is out."""
        return self._found(rf"{re.escape(label)} +(\S+?)(?: |│|┃|\||$)")

    def titles(self) -> set[str]:
        """Panels whose titles stand in frames."""
        return {title for title in TITLES if re.search(rf"[━─+=-][━─=-]* {title}\b", self.text)}

    def begun(self) -> Dashboard:
        """Wait until it trains and everything was drawn once."""
        self.until(lambda: self.state == "running" and self.epoch >= 1 and "will be" in self.text)
        return self

    def until(self, fact: Callable[[], object], timeout: float = 20.0) -> None:
        """Wait for a fact about this screen."""
        self.wait_for(lambda _: fact(), timeout)

    def strike(self, *keys: str) -> None:
        """Press keys one by one, each after the one before has shown on a screen where nothing else moves."""
        for key in keys:
            written = self.bytes_written
            self.press(key)
            self.until(partial(self._has_written, written))

    def resize_seen(self, columns: int, rows: int) -> None:
        """Change the size, and wait until something was drawn for it."""
        written = self.bytes_written
        self.resize(columns, rows)
        self.until(partial(self._has_written, written))

    def _has_written(self, before: int) -> bool:
        return self.bytes_written > before

    def _found(self, pattern: str) -> str:
        match = re.search(pattern, self.text, re.MULTILINE)
        return match.group(1) if match else ""
