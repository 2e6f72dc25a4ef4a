"""What the rules remember: the best so far, and the last 200 steps.

A tick comes every 10 steps, or seldomer where that would cost too much; it never comes more often. The window is the
last 20 ticks, so it covers 200 steps, or more where ticks are seldom.
"""

from __future__ import annotations

import math
from collections import deque
from statistics import median

from nntui.training.diagnosis.statistics import Statistics

TICK = 10  # steps
WINDOW = 20  # ticks
FEWEST = 10  # ticks that a median needs
EVALUATION = 50  # steps between two looks at the test loss
SETTLED = 50  # steps before which the loss may jump as it likes
JUMP = 0.5  # of the guessing loss above the best so far


class Course:
    """The ticks so far, as far as they are comparable.

    Attributes:
        since: step at which they began to be.
        first: loss there.
        best: lowest loss since.
        tests: the last three (test loss, training loss) of an evaluation.
        best_test: lowest test loss since, with the training loss and the step of that moment.
    """

    def __init__(self, step: int, first: float) -> None:
        self.since, self.first, self.best = step, first, math.inf
        self.tests: deque[tuple[float, float]] = deque(maxlen=3)
        self.best_test: tuple[float, float, int] = (math.inf, math.inf, step)
        self._tested_at = -EVALUATION
        self.forget()

    def forget(self) -> None:
        """Start new windows, as after a change of the learning rate; what was best remains.

        Jumps count from the lowest loss since then: a loss that still comes down from where another rate had taken it
        is above the best, but does not jump.
        """
        self._lowest = math.inf
        self._jumps: deque[bool] = deque(maxlen=WINDOW)
        self._losses: deque[float] = deque(maxlen=WINDOW)
        self._alphas: deque[float] = deque(maxlen=WINDOW)
        self._updates: deque[float] = deque(maxlen=WINDOW)
        self._uphill: deque[float] = deque(maxlen=WINDOW)

    def wants_test(self, step: int) -> bool:
        """Whether the test loss is to be looked at."""
        return step - self._tested_at >= EVALUATION

    def add(self, now: Statistics, guessing: float) -> None:
        """One more tick; ``guessing``: loss of a network that knows only how often each target occurs."""
        loss = now.loss
        self.best = min(self.best, loss) if math.isfinite(loss) else self.best
        settled = now.step - self.since >= SETTLED
        self._lowest = min(self._lowest, loss) if math.isfinite(loss) else self._lowest
        self._jumps.append(settled and not loss <= self._lowest + JUMP * guessing)
        self._losses.append(loss)
        self._alphas.append(now.alpha)
        self._updates.append(now.update)
        self._uphill.append(now.uphill)
        if not math.isnan(now.test_loss):
            self._tested_at = now.step
            self.tests.append((now.test_loss, loss))
            if now.test_loss < self.best_test[0]:
                self.best_test = (now.test_loss, loss, now.step)

    @property
    def jumps(self) -> tuple[int, float]:
        """Ticks of the window whose loss was far above the lowest up to then: how many, and their share."""
        count = sum(self._jumps)
        return count, count / max(1, len(self._jumps))

    @property
    def climb(self) -> tuple[float, float]:
        """Share of the window's steps that went uphill, and by how much the loss rose; NaN with too few of them."""
        known = [value for value in self._uphill if not math.isnan(value)]
        if len(known) < FEWEST:
            return math.nan, math.nan
        return sum(known) / len(known), self._losses[-1] - self._losses[0]

    @property
    def alpha(self) -> float:
        """Median over the window."""
        return _median(self._alphas)

    @property
    def update(self) -> float:
        """Median over the window."""
        return _median(self._updates)

    @property
    def loss(self) -> float:
        """Median over the window."""
        return _median(self._losses)


def _median(values: deque[float]) -> float:
    known = [value for value in values if not math.isnan(value)]
    return median(known) if len(known) >= FEWEST else math.nan
