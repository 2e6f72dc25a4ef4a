"""What all schedules share, and the two simplest: none, and a warm-up before another."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from nntui.nn.registry import SCHEDULES

Rates = npt.NDArray[np.float64]


class Schedule(ABC):
    """A learning rate for every step.

    In the formulas t is the optimizer step, counted from 0, r the learning rate of the experiment, T the steps of the
    run.

    Attributes:
        learning_rate: r.
        total_steps: T.
        options: every number the schedule takes, by its name in the registry.
    """

    name: ClassVar[str]

    def __init__(self, learning_rate: float, total_steps: int, **options: Any) -> None:
        defaults = SCHEDULES[self.name].defaults()
        unknown = sorted(options.keys() - defaults.keys())
        if unknown:
            raise TypeError(f"{self.name} has no option {', '.join(unknown)}")
        self.learning_rate = float(learning_rate)
        self.total_steps = max(1, int(total_steps))
        self.options: dict[str, Any] = {**defaults, **options}

    def __call__(self, step: int) -> float:
        """The rate of one step: the same number as in ``values``, to the last bit."""
        return float(self.values(np.array([step]))[0])

    def values(self, steps: npt.ArrayLike) -> Rates:
        """The rates of many steps. steps: (n,), optimizer steps from 0 on; result: (n,)."""
        return self._rates(np.asarray(steps, np.float64))

    @abstractmethod
    def _rates(self, t: Rates) -> Rates:
        """The formula. t: (n,) steps as numbers; result: (n,), an array of its own."""

    @property
    def unknown_from(self) -> int | None:
        """The step from which on ``values`` may still change, because the run decides; None where all is known."""
        return None

    def observe(self, loss: float, step: int) -> None:  # noqa: B027
        """Hear the loss of an epoch that ended before ``step``, once an epoch.

        Only a schedule that depends on the run listens.
        """

    def compare_anew(self) -> None:  # noqa: B027
        """Compare no loss to come with those heard so far: they are measured in another way now."""

    def state(self) -> dict[str, Any]:
        """What was learned from the run, JSON-able; empty where there is nothing."""
        return {}

    def restore(self, state: Mapping[str, Any]) -> None:  # noqa: B027
        """Take over what ``state`` of a schedule of the same name returned."""

    def _number(self, option: str) -> float:
        return float(self.options[option])

    def _steps(self, option: str, whole_run: float = 1.0) -> float:
        """A number of steps, at least 1: the option, or where that is 0 a share of the run."""
        return max(1.0, float(self.options[option] or round(whole_run * self.total_steps)))


class Constant(Schedule):
    """r."""

    name = "constant"

    def _rates(self, t: Rates) -> Rates:
        return np.full(t.shape, self.learning_rate)


class Warmup(Schedule):
    """A straight rise over the first n steps, then another schedule S: S(0) (t + 1) / (n + 1) for t < n, then S(t - n).

    The first step is not wasted on a rate of 0. Goyal et al. 2017, section 2.2 (gradual warm-up).
    """

    def __init__(self, after: Schedule, steps: int) -> None:
        self.after = after
        self.steps = steps
        self.learning_rate = after.learning_rate
        self.total_steps = after.total_steps + steps
        self.options = after.options

    def _rates(self, t: Rates) -> Rates:
        rise = self.after(0) * (t + 1.0) / (self.steps + 1.0)
        return np.where(t < self.steps, rise, self.after.values(np.maximum(t - self.steps, 0.0)))

    @property
    def unknown_from(self) -> int | None:
        """As the schedule after the warm-up has it."""
        unknown = self.after.unknown_from
        return None if unknown is None else unknown + self.steps

    def observe(self, loss: float, step: int) -> None:
        """Pass it on, once the warm-up is over."""
        if step >= self.steps:
            self.after.observe(loss, step - self.steps)

    def compare_anew(self) -> None:
        """Pass it on."""
        self.after.compare_anew()

    def state(self) -> dict[str, Any]:
        """As the schedule after the warm-up has it."""
        return self.after.state()

    def restore(self, state: Mapping[str, Any]) -> None:
        """As the schedule after the warm-up has it."""
        self.after.restore(state)
