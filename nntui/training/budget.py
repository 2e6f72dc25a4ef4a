"""How often a chore beside the training may be done: measurements, diagnoses, checkpoints."""

from __future__ import annotations

from collections import deque


class Budget:
    """How long to wait between two runs of a chore, so that it takes no more than ``share`` of all time.

    Args:
        share: of all time, as a fraction.
        least, most: seconds to wait, at least and at most, whatever the chore costs.
    """

    def __init__(self, share: float, least: float, most: float) -> None:
        self._share, self._least, self._most = share, least, most
        self._costs: deque[float] = deque(maxlen=5)

    def spent(self, seconds: float) -> None:
        """What one run took."""
        self._costs.append(seconds)

    @property
    def period(self) -> float:
        """Seconds from one run to the next, by the median of the last costs: a hiccup does not count."""
        cost = sorted(self._costs)[len(self._costs) // 2] if self._costs else 0.0
        return min(max(self._least, cost / self._share), self._most)
