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
from tests.harness.patience import PATIENCE
from tests.harness.terminal import Terminal

TITLES = ("Loss", "Accuracy", "Learning rate", "Weights", "Activations", "Hyperparameters")
FLAT_OUT = ("xor", "--set", "training.epochs=100000000", "--set", "training.pace=0")
SPIRALS = ("spirals", "--set", "training.epochs=1000000")
ENDLESS = ("digits", "--set", "training.epochs=1000000")


def command(*arguments: str) -> list[str]:
    """``nntui`` with arguments; ``NNTUI_PYTHON`` names the interpreter of an installed one."""
    return [os.environ.get("NNTUI_PYTHON", sys.executable), "-m", "nntui", *arguments]


def surroundings() -> dict[str, str]:
    """The environment of the program: the test's, and a checkout is found from any folder without being installed."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    found = {} if "NNTUI_PYTHON" in environment else {"PYTHONPATH": str(Path(nntui.__file__).parents[1])}
    return environment | found


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
        home = Path(os.environ["NNTUI_RUNS"]).parent  # of the test, or of `at_home`
        runs = mkdtemp(prefix="runs-", dir=home)  # its own, so that no other's run is offered
        super().__init__(
            program or command(*arguments),
            columns=columns,
            rows=rows,
            environment={"PYTHONPATH": None, **surroundings(), "NNTUI_RUNS": runs, **(environment or {})},
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

    def until(self, fact: Callable[[], object], timeout: float = PATIENCE) -> None:
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
