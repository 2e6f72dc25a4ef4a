"""The futures that a run left by going back: each kept as a ghost beside the live curves, small enough to keep several.

What a run is left for may share its beginning with what was left; so a ghost begins at the last epoch that both have.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy.typing as npt

    from nntui.training.events import Changed, Edited, Rewound
    from nntui.training.history import History
    from nntui.tui.stretches import Stretch

MOST = 3
"""So many ghosts are kept, the newest; more could not be told apart."""

ROWS = 512
"""A ghost is thinned to so many epochs: about as many as a wide screen has dots across."""


@dataclass(frozen=True)
class Left:
    """A run as it was when it was left.

    Attributes:
        run: id of its recording; empty where there is none.
        stretches: one more than ``changes``.
    """

    history: History
    run: str
    changes: tuple[Changed | Edited, ...]
    stretches: tuple[Stretch, ...]


@dataclass(frozen=True)
class Ghost:
    """An abandoned future.

    Attributes:
        run: id of its recording; empty where there is none.
        fork: the last epoch that the live run has in common with it.
        end: its last epoch.
        history: its epochs from the fork on, thinned.
        changes, stretches: what was changed in it, from its start.
    """

    run: str
    fork: float
    end: float
    history: History
    changes: tuple[Changed | Edited, ...]
    stretches: tuple[Stretch, ...]


class Ghosts:
    """The ghosts of one run, the newest last.

    Attributes:
        version: another one whenever they have changed.
    """

    def __init__(self) -> None:
        self.all: tuple[Ghost, ...] = ()
        self.version = 0
        self._left: Left | None = None
        self._rewound: Rewound | None = None

    def leave(self, left: Left, rewound: Rewound) -> None:
        """The run goes back, or elsewhere: `settle` finds out what is abandoned as soon as its epochs are here."""
        self._left = self._left or left  # going back twice at once: the first time left the most
        self._rewound = rewound

    def settle(self, live: History) -> bool:
        """Compare what was left with the live run once that has its epochs; whether there are other ghosts now."""
        left, rewound = self._left, self._rewound
        if left is None or rewound is None or not len(live) or live.last("epoch") < rewound.epoch:
            return False
        self._left = self._rewound = None
        known = [ghost for ghost in self.all if not (ghost.run == rewound.run != "" and ghost.end <= rewound.epoch)]
        fork = _fork(left.history, live)
        end = left.history.last("epoch")
        if end > fork:
            thinned = _thinned(left.history, fork)
            known.append(Ghost(left.run, fork, end, thinned, left.changes, left.stretches))
        self.all = tuple(known[-MOST:])
        self.version += 1
        return True


def _fork(left: History, live: History) -> float:
    """The last epoch up to which both runs were the same; their first row is the untrained network."""
    import numpy as np

    count = min(len(left), len(live))
    differ = np.zeros(count, dtype=bool)
    for name in ("epoch", "train_loss", "test_loss"):
        one, other = left.values(name)[:count], live.values(name)[:count]
        differ |= (one != other) & ~(np.isnan(one) & np.isnan(other))
    same = int(np.argmax(differ)) if differ.any() else count
    return float(left.values("epoch")[max(same - 1, 0)])


def _thinned(history: History, first: float) -> History:
    """The epochs from ``first`` on, at most ``ROWS`` of them, each the mean of those it stands for."""
    import numpy as np

    from nntui.training.history import CURVES, History
    from nntui.training.scalars import INDEX

    last = history.last("epoch")
    at: npt.NDArray[np.float64] = history.window(CURVES[0], first, last, ROWS)[0]
    rows = np.full((len(at), len(INDEX)), np.nan)
    rows[:, INDEX["epoch"]] = at
    rows[:, INDEX["step"]] = np.interp(at, history.values("epoch"), history.values("step"))
    for name in CURVES:
        rows[:, INDEX[name]] = history.window(name, first, last, ROWS)[3]
    thinned = History()
    thinned.append(rows)
    return thinned
