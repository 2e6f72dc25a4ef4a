"""What goes out in batches, and when: rows, measurements, and that there is something new at all.

A batch goes when the dashboard has taken the one before (credit), at most 30 times a second, and less often where that,
or measuring, would take more than its share of the time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nntui.training.budget import Budget
from nntui.training.commands import Watch
from nntui.training.measures import Probe
from nntui.worker.messages import snapshot_record
from nntui.worker.playback import Shadow
from nntui.worker.rhythm import RowBuffer

BATCH_PERIOD = 1 / 30  # seconds between batches, at least
MEASURE_PERIOD = 1 / 10  # seconds between measurements of a run that trains, at least
SHARE = 0.015  # of all time: what sending batches may take at most, and what measuring may
SELDOM = 2.0  # seconds between them at most, whatever they cost
ROWS_AT_MOST = 65_536  # rows of one batch: 4 MB
ROWS_KEPT = 2**20  # 64 MB: when so many wait for a dashboard that takes none, training waits as well
_LONG_AGO = -1e9


class Reporter:
    """What waits to be sent.

    Attributes:
        rows: of epochs that ended.
        watched: the measurements that are wanted.
        probe: what measures them; None while there is nothing to measure.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self.rows = RowBuffer()
        self.watched = Watch()
        self.probe: Probe | Shadow | None = None
        self._credit = True
        self._changed = self._urgent = False
        self._sent_at = self._measured_at = self._begun = _LONG_AGO
        self._sending, self._measuring = _budgets()

    @property
    def is_full(self) -> bool:
        """Whether too many rows wait: then training waits, for none may be lost and memory has an end."""
        return len(self.rows) >= ROWS_KEPT

    @property
    def due(self) -> float | None:
        """The time from which on a batch may go; None where there is nothing new, or the last was not taken yet."""
        if not (self._changed and self._credit):
            return None
        return _LONG_AGO if self._urgent else self._sent_at + self._sending.period

    def begin_again(self) -> None:
        """What waits is of a run that is no more; what measuring and sending cost is another thing with each run."""
        self.rows.clear()
        self._sending, self._measuring = _budgets()
        self.stir()

    def watch(self, watched: Watch) -> None:
        """Measure this from now on."""
        self.watched = watched
        self.stir()

    def taken(self) -> None:
        """The dashboard took the last batch."""
        self._credit = True

    def advanced(self) -> None:
        """There is something new."""
        self._changed = True

    def stir(self) -> None:
        """The user waits for what is new: the next batch goes as soon as there is credit for it, and is measured."""
        self._changed = self._urgent = True

    def gather(self) -> dict[str, Any] | None:
        """The batch that is due; None where none is. `sent` is to be called when it is on its way."""
        now, due = self._clock(), self.due
        if due is None or now < due:
            return None
        batch: dict[str, Any] = {"batch": True, "rows": self.rows.take(ROWS_AT_MOST)}
        self._begun = self._sent_at = now
        urgent, self._urgent = self._urgent, False
        unfinished = isinstance(self.probe, Probe) and self.probe.is_behind  # nothing is trained that it could slow
        measured = urgent or unfinished or now >= self._measured_at + self._measuring.period
        if self.probe is not None and self.watched.quantities and measured:
            self._measured_at = now
            if (snapshot := self.probe.measure(self.watched)) is not None:
                batch["snapshot"] = snapshot_record(snapshot)
            self._begun = self._clock()
            self._measuring.spent(self._begun - now)
        self._credit = False
        return batch

    def sent(self) -> None:
        """The batch is on its way."""
        self._sending.spent(self._clock() - self._begun)
        self._changed = len(self.rows) > 0 or (self.probe is not None and self.probe.is_behind)


def _budgets() -> tuple[Budget, Budget]:
    """For sending and for measuring."""
    return Budget(SHARE, BATCH_PERIOD, SELDOM), Budget(SHARE, MEASURE_PERIOD, SELDOM)
