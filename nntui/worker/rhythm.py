"""When and how much: the length of a slice of training, the pace, the speed, and the rows that wait to be sent.

A session knows no clock; whoever advances it holds these. All times are seconds of one monotonic clock.
"""

from __future__ import annotations

import math
from collections import deque

import numpy as np
import numpy.typing as npt

from nntui.training.scalars import COLUMNS, INDEX, Rows


class SliceLength:
    """How many optimizer steps take about ``target`` seconds, learned from how long the last ones took."""

    def __init__(self, target: float) -> None:
        self.target = target
        self.steps = 1
        self.step_seconds = 0.0  # what one step took in the last slice; 0 before the first

    def learn(self, steps: int, seconds: float) -> None:
        """``steps`` took ``seconds``. At most doubled or quartered at once, so that a hiccup does not mislead."""
        if steps <= 0:
            return
        self.step_seconds = seconds / steps
        wanted = steps * self.target / max(seconds, 1e-9)
        self.steps = max(1, int(min(max(wanted, self.steps / 4), self.steps * 2)))


class Pace:
    """Spreads steps evenly so that no more than so many epochs a second are trained. 0 means no limit."""

    def __init__(self) -> None:
        self.epochs_per_second = 0.0
        self._since = 0.0
        self._epochs = 0.0

    def set(self, epochs_per_second: float, now: float) -> None:
        """From ``now`` on at most this many epochs a second."""
        if epochs_per_second != self.epochs_per_second:
            self.epochs_per_second = epochs_per_second
            self.rest(now)

    def rest(self, now: float) -> None:
        """Training begins (again) now; what was not done before is not caught up with."""
        self._since, self._epochs = now, 0.0

    def steps_due(self, now: float, steps_per_epoch: int, at_most: int) -> int:
        """How many steps may be trained now."""
        if not self.epochs_per_second:
            return at_most
        ahead = (now - self._since) * self.epochs_per_second - self._epochs
        due = math.floor(ahead * steps_per_epoch + 1 + 1e-9)
        if due > 4 * at_most:  # slower than asked for: forget the arrears, or there would be a burst later
            self.rest(now)
        return max(0, min(due, at_most))

    def wait(self, now: float, steps_per_epoch: int) -> float:
        """Seconds until the next step is due."""
        if not self.epochs_per_second:
            return 0.0
        return max(0.0, self._since + self._epochs / self.epochs_per_second - now)

    def trained(self, epochs: float) -> None:
        """So much (in epochs, whole or not) was trained."""
        self._epochs += epochs


class Stopwatch:
    """Seconds of training since the run began, its pauses left out."""

    def __init__(self, seconds: float = 0.0) -> None:
        self._seconds = seconds
        self._since: float | None = None

    def start(self, now: float) -> None:
        """Training begins, or goes on."""
        self._seconds, self._since = self.at(now), now

    def stop(self, now: float) -> None:
        """Training pauses, or ends."""
        self._seconds, self._since = self.at(now), None

    def set(self, seconds: float, now: float) -> None:
        """So much counts as trained; it runs on, if it does."""
        self._seconds = seconds
        if self._since is not None:
            self._since = now

    def at(self, now: float) -> float:
        """How much it shows."""
        return self._seconds if self._since is None else self._seconds + now - self._since


class Speed:
    """Epochs a second over the last ``window`` seconds of training."""

    def __init__(self, window: float = 1.0) -> None:
        self._window = window
        self._marks: deque[tuple[float, float]] = deque()
        self._epochs = 0.0

    def rest(self) -> None:
        """Training pauses: the pause must not count."""
        self._marks.clear()

    def trained(self, epochs: float, begun: float, ended: float) -> None:
        """So much was trained between these two times."""
        if not self._marks:
            self._marks.append((begun, self._epochs))
        self._epochs += epochs
        if len(self._marks) > 1 and ended - self._marks[-2][0] < self._window / 20:
            self._marks.pop()
        self._marks.append((ended, self._epochs))
        while len(self._marks) > 2 and self._marks[1][0] < ended - self._window:
            self._marks.popleft()

    def epochs_per_second(self, now: float) -> float:
        """The mean since the start of the window; 0 where nothing was trained yet."""
        if not self._marks:
            return 0.0
        since, epochs = self._marks[0]
        return (self._epochs - epochs) / max(now - since, 1e-9)


class RowBuffer:
    """Rows that wait to be sent: one growing array, whatever their number."""

    def __init__(self) -> None:
        self._rows: Rows = np.empty((64, len(COLUMNS)))
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def clear(self) -> None:
        """Forget them all."""
        self._count = 0

    def append(self, rows: Rows) -> None:
        """Add rows, (k, columns), behind the others."""
        count = self._count + len(rows)
        if count > len(self._rows):
            grown = np.empty((max(count, 2 * len(self._rows)), len(COLUMNS)))
            grown[: self._count] = self._rows[: self._count]
            self._rows = grown
        self._rows[self._count : count] = rows
        self._count = count

    def take(self, at_most: int) -> Rows:
        """The oldest rows, a copy; they are gone from here."""
        count = min(at_most, self._count)
        taken = self._rows[:count].copy()
        rest = self._count - count
        self._rows[:rest] = self._rows[count : self._count].copy()
        self._count = rest
        if rest < len(self._rows) // 8:
            self._rows = self._rows[: max(64, 2 * rest)].copy()
        return taken


def stamp(rows: Rows, steps: tuple[int, int], seconds: tuple[float, float]) -> None:
    """Fill the column ``seconds``: rows of a slice between two steps, which were reached at two times, by proportion.

    A run that diverged may have gone back to before its rows: then the last row counts as the end.
    """
    last = max([steps[1], *rows[-1:, INDEX["step"]]])
    done: npt.NDArray[np.float64] = (rows[:, INDEX["step"]] - steps[0]) / max(1, last - steps[0])
    rows[:, INDEX["seconds"]] = seconds[0] + done * (seconds[1] - seconds[0])
