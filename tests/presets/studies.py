"""Running a preset without a screen, with changes on the way, to see whether what it says is true."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from nntui.experiment import find_preset, read_preset
from nntui.training.commands import Command, Resume, Set, Step
from nntui.training.events import Refused
from nntui.training.scalars import INDEX
from nntui.training.session import Session

SEEDS = (0, 1, 2)
FURTHER_SEEDS = (101, 102, 103, 104, 105)  # on which nothing was tried while a preset was made
Column = npt.NDArray[np.float64]


@dataclass
class Study:
    """A preset being trained; columns hold a value for each epoch so far."""

    session: Session
    rows: npt.NDArray[np.float64]

    def column(self, name: str) -> Column:
        return self.rows[:, INDEX[name]]

    @property
    def loss(self) -> Column:
        """Training loss."""
        return self.column("train_loss")

    @property
    def test_loss(self) -> Column:
        return self.column("test_loss")

    @property
    def score(self) -> Column:
        """Test accuracy, or R²."""
        return self.column("test_score")

    def set(self, **changes: Any) -> None:
        """Change values while training; ``a__b`` stands for ``a.b``."""
        for name, value in changes.items():
            told = self.session.apply(Set(name.replace("__", "."), value))
            assert not any(isinstance(event, Refused) for event in told), told

    def train(self, epochs: int | None = None) -> Study:
        """Train on: so many epochs, or to the end of the run."""
        if epochs is not None:
            self.session.apply(Step(epochs, "epoch"))
        elif self.session.state == "paused":
            self.session.apply(Resume())
        while self.session.state == "running":
            self.session.advance(100_000)
        self.rows = np.concatenate((self.rows, self.session.take_rows()))
        return self

    def do(self, command: Command) -> None:
        """Anything else that can be done while training."""
        told = self.session.apply(command)
        assert not any(isinstance(event, Refused) for event in told), told

    def activations(self) -> list[npt.NDArray[np.floating[Any]]]:
        """Outputs (n, units) of each hidden layer over the training part."""
        traced = self.session.network.trace(self.session.prepared.train_x)
        return [outputs for _, outputs in traced[:-1]]


def study(name: str, seed: int, epochs: int | None = None, **changes: Any) -> Study:
    """A preset after so many epochs, or at its end; ``changes`` are made before it starts."""
    values: Mapping[str, Any] = {key.replace("__", "."): value for key, value in changes.items()}
    experiment = read_preset(find_preset(name)).with_values({"training.seed": seed, **values})
    started = Study(Session(experiment), np.empty((0, len(INDEX))))
    return started.train(epochs) if epochs != 0 else started
