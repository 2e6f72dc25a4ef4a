"""Knows what the words of conditions mean now: from the run as the screen has it, and from what happened lately."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any, Protocol

from nntui.teaching.conditions import Condition, Value
from nntui.teaching.words import EDITS
from nntui.training.events import Changed, Diagnosed, Edited, Event, RangeTested, Rewound, RunStarted, are_one_change

_COLUMNS = {
    "train_loss": "train_loss", "test_loss": "test_loss", "train_accuracy": "train_score",
    "validation_loss": "validation_loss", "validation_accuracy": "validation_score", "test_accuracy": "test_score",
    "learning_rate": "learning_rate",
}  # fmt: skip
_NO_CHANGES = ("training.pace",)  # nothing comes of it but the speed
_OF_ROWS = {*_COLUMNS} - {"learning_rate"} | {
    "epoch", "step", "epochs_trained", "steps_trained", "lowest", "highest", "guessing_loss", "start_loss",
}  # fmt: skip
"""Words that every ended epoch has a value of; all others mean the present."""
_OF_LAYERS = {  # word: measurement, and what it is called there
    "dead_share": ("activations", "dead"),
    "saturated_share": ("activations", "saturated"),
    "activation_std": ("activations", "std"),
    "weight_std": ("weights", "std"),
    "gradient_norm": ("gradients", "norm"),
    "update_ratio": ("gradients", "update_ratio"),
}


class RunSeen(Protocol):
    """The run as the dashboard knows it (`nntui.tui.model.Model`)."""

    @property
    def experiment(self) -> Any: ...
    @property
    def comparable_from(self) -> int: ...
    @property
    def guessing_loss(self) -> float: ...
    @property
    def history(self) -> Any: ...
    @property
    def snapshot(self) -> Any: ...
    @property
    def started(self) -> Any: ...
    @property
    def state(self) -> Any: ...
    @property
    def status(self) -> Any: ...


def quantities(conditions: Iterable[Condition]) -> set[str]:
    """The measurements that these conditions need."""
    used = {name for condition in conditions for name, _ in condition.uses}
    return {_OF_LAYERS[name][0] for name in used & set(_OF_LAYERS)}


def is_of_rows(condition: Condition) -> bool:
    """Whether the condition can be judged for each ended epoch by itself, whatever came later."""
    return all(name in _OF_ROWS for name, _ in condition.uses)


class Witness:
    """Watches a lesson or a challenge: the run, the person's changes, and where they looked.

    Attributes:
        judged: the last epoch that the step was judged by.

    Args:
        clock: seconds, monotonic.
        has_begun: whether the run has begun already; else it begins with the next `RunStarted`.
    """

    def __init__(self, run: RunSeen, clock: Callable[[], float], *, has_begun: bool = True) -> None:
        self._run = run
        self._clock = clock
        self._has_begun = has_begun
        self._row = -1  # of the history: the epoch that the words of rows are about
        self.changes = 0
        self._made: list[int] = []  # epochs that had ended when each change was made
        self._newest: Changed | Edited | None = None
        self._noticed: set[str] = set()
        self._active: set[str] = set()
        self.begin_step()

    def begin_step(self) -> None:
        """From now on, what is counted by the step is counted anew."""
        self._since = self._clock()
        self.judged = self.epoch
        self._from = {"epoch": self._next_whole(self._status_epoch(), self._step()), "step": self._step()}
        self._seed = self._run.started.seed if self._run.started is not None else None
        self._changed: list[str] = []
        self._edited: list[str] = []
        self._happened: set[str] = set()
        self._seen: set[str] = set()
        self._explained: set[str] = set()

    # ---- what happens

    def hear(self, events: Iterable[Event]) -> None:
        """These things happened to the run, in this order.

        What follows going back is told again and not counted; so is the start of a run that the screen went over to.
        """
        events = tuple(events)
        restarted, repeated = "restarted" in self._happened, False
        for event in events:
            repeated |= isinstance(event, Rewound)
            if not (repeated and isinstance(event, Changed | Edited)):
                self.note(event)
        if repeated and not restarted:
            self._happened.discard("restarted")

    def note(self, event: Event) -> None:
        """Something happened to the run."""
        match event:
            case Changed(name) if name not in _NO_CHANGES:
                self._changed.append(name)
                self._count(event)
            case Edited():
                self._edited.append(event.what)
                self._count(event)
            case Rewound():
                self._happened.add("rewound")
                self.judged = event.epoch
                self._active.clear()
                self._from = {"epoch": self._next_whole(event.epoch, event.step), "step": event.step}
            case RunStarted():
                if self._has_begun:
                    self._happened.add("restarted")
                self._has_begun = True
                self._active.clear()
                self._made.clear()
                self._newest = None
                self.judged = 0
                self._from = {"epoch": 0.0, "step": 0.0}
            case RangeTested():
                self._happened.add("range_tested")
            case Diagnosed(rule, True):
                self._active.add(rule)
                self._noticed.add(rule)
            case Diagnosed(rule):
                self._active.discard(rule)

    def _count(self, change: Changed | Edited) -> None:
        """A burst of one key is one change, as it is for undo; several settings of one form are several."""
        before, self._newest = self._newest, change
        if before is not None and are_one_change(before, change) and _object(before) == _object(change):
            return
        self._made.append(change.epoch)
        self.changes += 1

    def looked_at(self, view: str) -> None:
        """A view is on the screen."""
        self._seen.add(view)

    def explained(self, panel: str) -> None:
        """The explanation of a panel was opened."""
        self._explained.add(panel)

    @property
    def epoch(self) -> int:
        """Epochs ended whose numbers are here."""
        return int(self._epoch())

    # ---- one ended epoch after the other

    def epochs_from(self, first: int, last: int) -> list[int]:
        """The ended epochs from ``first`` to ``last`` whose numbers are here."""
        if self._run.history is None:
            return []
        epochs = self._run.history.values("epoch")
        return [int(epoch) for epoch in epochs[epochs.searchsorted(first) : epochs.searchsorted(last, "right")]]

    def held_at(self, condition: Condition, epoch: int) -> bool:
        """Whether the condition held when this epoch, whose numbers are here, had ended."""
        return self.value_at(condition, epoch) is True

    def value_at(self, condition: Condition, epoch: int) -> Value:
        """What the condition, or number, was when this epoch, whose numbers are here, had ended."""
        self._row = int(self._run.history.values("epoch").searchsorted(epoch))
        try:
            return condition.of(self)
        finally:
            self._row = -1

    def changes_before(self, epoch: int) -> int:
        """Changes that were made before this epoch ended."""
        return self.changes - sum(each >= epoch for each in self._made)

    @property
    def changed_at(self) -> int:
        """Epochs that had ended at the last change; -1 without one."""
        return self._newest.epoch if self._newest is not None else -1

    @property
    def is_measured(self) -> bool:
        """Whether the layers were measured after the last change."""
        snapshot = self._run.snapshot
        return snapshot is not None and (self._newest is None or snapshot.step > self._newest.step)

    # ---- what the words mean

    def value(self, name: str, arguments: tuple[Value, ...]) -> Value:
        """Of a word of `nntui.teaching.words.WORDS`; not-a-number, or an empty text, where there is none yet."""
        first = str(arguments[0]) if arguments else ""
        if name in _COLUMNS and name != "learning_rate":
            return self._last(_COLUMNS[name])
        if name in _OF_LAYERS:
            return self._of_layer(*_OF_LAYERS[name], first)
        meanings: dict[str, Callable[[], Value]] = {
            "epoch": self._epoch,
            "step": self._step,
            "epochs_trained": lambda: max(self._epoch() - self._from["epoch"], 0.0),
            "steps_trained": lambda: self._step() - self._from["step"],
            "learning_rate": lambda: self._run.status.learning_rate if self._run.status is not None else math.nan,
            "seconds": lambda: self._clock() - self._since,
            "state": lambda: str(self._run.state),
            "guessing_loss": lambda: float(self._run.guessing_loss),
            "start_loss": lambda: self._run.started.train_loss if self._run.started else math.nan,
            "lowest": lambda: self._extreme(first, min),
            "highest": lambda: self._extreme(first, max),
            "hidden_units": lambda: float(sum(self._run.experiment.network.hidden)),
            "setting": lambda: _number(self._setting(first)),
            "choice": lambda: str(self._setting(first)),
            "changed": lambda: any(_begins(each, first) for each in self._changed),
            "changes": lambda: float(self.changes),
            "edited": lambda: any(each.startswith(EDITS.get(first, ("",))) for each in self._edited),
            "restarted": lambda: "restarted" in self._happened,
            "reseeded": lambda: "restarted" in self._happened and self._run.started.seed != self._seed,
            "range_tested": lambda: "range_tested" in self._happened,
            "rewound": lambda: "rewound" in self._happened,
            "diagnosed": lambda: first in self._active if first else bool(self._active),
            "noticed": lambda: first in self._noticed,
            "seen": lambda: first in self._seen,
            "explained": lambda: first in self._explained if first else bool(self._explained),
        }
        return meanings[name]()

    def _epoch(self) -> float:
        """Epochs ended whose numbers are here: the status may be ahead of them, and what is judged belongs together."""
        arrived = self._last("epoch")
        return 0.0 if math.isnan(arrived) else arrived

    def _status_epoch(self) -> float:
        return self._run.status.epoch if self._run.status is not None else 0.0

    def _step(self) -> float:
        if self._row >= 0:
            return self._last("step")
        return self._run.status.step if self._run.status is not None else 0.0

    def _next_whole(self, epoch: float, step: float) -> float:
        """Epochs ended when the next whole pass begins: a pass that is under way does not count as one."""
        arrived, ended = self._epoch(), self._last("step")
        begun = arrived < epoch or step > (0.0 if math.isnan(ended) else ended)
        return epoch + begun

    def _last(self, column: str) -> float:
        """The value of the last row, or of the one that the words are about."""
        history = self._run.history
        if history is None:
            return math.nan
        return float(history.values(column)[self._row] if self._row >= 0 else history.last(column))

    def _extreme(self, curve: str, pick: Callable[[list[float]], float]) -> float:
        if self._run.history is None or curve not in _COLUMNS:
            return math.nan
        epoch, since = self._epoch(), self._run.comparable_from if "loss" in curve else 0
        _, low, high, _, _ = self._run.history.window(_COLUMNS[curve], since if since <= epoch else 0, epoch, 256)
        finite = [float(each) for each in (low if pick is min else high) if math.isfinite(each)]
        return pick(finite) if finite else math.nan

    def _of_layer(self, quantity: str, what: str, layer: str) -> float:
        snapshot = self._run.snapshot
        layers = getattr(snapshot, quantity) if snapshot is not None else ()
        wanted = [each for each in layers if each.layer == layer] if layer else layers[:-1] or layers
        finite = [value for value in (float(getattr(each, what)) for each in wanted) if math.isfinite(value)]
        return max(finite, default=math.nan)

    def _setting(self, name: str) -> Any:
        try:
            return self._run.experiment.value(name)
        except (KeyError, ValueError):
            return ""


def _object(change: Changed | Edited) -> str:
    """What was changed: the setting's name, or the edit in words."""
    return change.name if isinstance(change, Changed) else change.what


def _number(value: Any) -> float:
    return float(value) if isinstance(value, int | float) else math.nan


def _begins(name: str, wanted: str) -> bool:
    """Whether a dotted name is the wanted one or lies below it; an empty one is all."""
    return not wanted or name == wanted or name.startswith(wanted + ".")
