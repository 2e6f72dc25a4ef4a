"""Where the weights have been: a thinned log of whole parameter vectors, in bounded memory."""

from __future__ import annotations

from typing import Any

import numpy as np

from nntui.nn.arrays import Array
from nntui.training.measuring import Context

MOST = 64
_MOST_BYTES = 24 * 2**20


class Path:
    """Places on the way, evenly spread over the steps; the start is always one of them.

    When there is no room for more, every other place is dropped, and from then on only every other one is noted.

    Attributes:
        steps: of the places.
        places: (P,) each.
        numbers: of the places, never used twice.
    """

    def __init__(self, start: Array) -> None:
        self._most = min(MOST, _MOST_BYTES // max(start.nbytes, 1))
        self.steps: list[int] = [0]
        self.places: list[Array] = [start.copy()] if self.is_kept else []
        self.numbers: list[int] = [0] if self.is_kept else []
        self._noted = 0
        self._stride = 1

    @property
    def is_kept(self) -> bool:
        """Whether the network is small enough for a log."""
        return self._most >= 4

    def note(self, step: int, parameters: Array) -> None:
        """The weights are there now. Going back in time drops what came later."""
        if not self.is_kept:
            return
        while len(self.steps) > 1 and self.steps[-1] > step:
            self.steps.pop()
            self.places.pop()
            self.numbers.pop()
        if step - self.steps[-1] < self._stride or not np.isfinite(parameters.dot(parameters)):
            return
        if len(self.steps) >= self._most:
            self._stride = max(2 * self._stride, (step - self.steps[0]) // self._most)
            self._thin()
        self.steps.append(step)
        self.places.append(parameters.copy())
        self._noted += 1
        self.numbers.append(self._noted)

    def _thin(self) -> None:
        kept = [0]
        for index in range(1, len(self.steps)):
            if self.steps[index] - self.steps[kept[-1]] >= self._stride:
                kept.append(index)
        kept = kept[: self._most - 1] if len(kept) < len(self.steps) else kept[:-1:2]
        self.steps = [self.steps[index] for index in kept]
        self.places = [self.places[index] for index in kept]
        self.numbers = [self.numbers[index] for index in kept]


def note_path(context: Context) -> Path:
    """The path, the present weights noted."""
    kept = context.kept
    if "path" not in kept:
        kept["path"] = Path(context.session.start_parameters)
    path: Path = kept["path"]
    path.note(context.session.step, context.session.network.parameters)
    return path


def hand_over_path(before: dict[str, Any], after: dict[str, Any]) -> None:
    """Keep the path of a probe for another of the same run, which may be further back: then it is cut when noted on."""
    if "path" in before:
        after["path"] = before["path"]
