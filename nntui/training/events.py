"""Past-tense facts: what a session tells. Immutable, with a stable JSON form in which not-a-number is null.

``{"event": "changed", "name": "optimizer.learning_rate", "old": 0.1, "new": 0.05, "step": 120, "epoch": 4}``

The rows of ended epochs travel as columns (`nntui.training.scalars`); `EpochEnded` is the record of one such row.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Literal

from nntui.training.commands import Value, snake_case
from nntui.training.field_types import suits

Reason = Literal["finished", "stopped", "early_stopped", "diverged"]


@dataclass(frozen=True, slots=True)
class RunStarted:
    """A run began.

    Attributes:
        experiment: the experiment in its dictionary form.
        seed: the seed in use.
        layer_sizes: units of every layer, inputs first, outputs last.
        parameters: number of weights and biases.
        task: what is predicted.
        train_samples, test_samples, validation_samples: size of each part of the data.
        steps_per_epoch: optimizer steps in one pass.
        guessing_loss: the loss of a network that knows only how often each target occurs.
        train_loss, test_loss, train_score, test_score, validation_loss, validation_score: of the initial network,
            before any step. The score is the accuracy, or R² where the task is regression. Without a validation set
            its figures are not-a-number.
    """

    experiment: dict[str, Any]
    seed: int
    layer_sizes: tuple[int, ...]
    parameters: int
    task: Literal["classification", "regression"]
    train_samples: int
    test_samples: int
    steps_per_epoch: int
    guessing_loss: float
    train_loss: float
    test_loss: float
    train_score: float
    test_score: float
    validation_samples: int = 0
    validation_loss: float = math.nan
    validation_score: float = math.nan


@dataclass(frozen=True, slots=True)
class EpochEnded:
    """One whole pass over the training data ended. ``epoch`` counts from 1, ``step`` is the number of steps done.

    Losses are without penalty terms; ``train_loss`` and the train score are those of the batches as they were trained,
    the test and validation figures those of the weights at the epoch's end. Accuracy is None for regression, R² for
    classification; the validation figures are None without a validation set.
    """

    epoch: int
    step: int
    train_loss: float
    test_loss: float
    learning_rate: float
    seconds: float
    train_accuracy: float | None = None
    test_accuracy: float | None = None
    train_r2: float | None = None
    test_r2: float | None = None
    validation_loss: float | None = None
    validation_accuracy: float | None = None
    validation_r2: float | None = None


@dataclass(frozen=True, slots=True)
class Changed:
    """A hyperparameter took a new value, in force from optimizer step ``step`` (0-based) on.

    Attributes:
        group: of the command that did it; see `nntui.training.commands`.
    """

    name: str
    old: Value
    new: Value
    step: int
    epoch: int
    group: int = field(default=0, compare=False)

    @property
    def redefines_loss(self) -> bool:
        """Whether losses before and after the change are not comparable."""
        return self.name.startswith("loss.") and self.name != "loss.maximise"


@dataclass(frozen=True, slots=True)
class Rescheduled:
    """A change of the run's length, in steps, made its schedule give the next step another learning rate.

    Attributes:
        old: the rate without the change; after the end of a run, that of its last step.
        new: the rate of the next step now.
    """

    old: float
    new: float
    step: int
    epoch: int


@dataclass(frozen=True, slots=True)
class Edited:
    """Weights took new values by hand, in force from optimizer step ``step`` (0-based) on.

    Attributes:
        what: in a few words, ``silenced unit 3 of hidden 1``.
        group: of the command that did it; see `nntui.training.commands`.
    """

    what: str
    step: int
    epoch: int
    group: int = field(default=0, compare=False)


def are_one_change(one: Changed | Edited, next_: Changed | Edited) -> bool:
    """Whether two changes, of which one follows the other, count as one: a burst of a key, the commands of one fix."""
    return bool(one.group) and one.group == next_.group


@dataclass(frozen=True, slots=True)
class Rewound:
    """The run went back (or to another branch): ``step`` steps are done, ``epoch`` epochs ended.

    The experiment is as it was there; the epochs up to there, and the changes, follow as at the beginning of a run.

    Attributes:
        run: id of the recording that it went back in, or now goes on with.
        experiment: in its dictionary form, as tuned at that moment.
    """

    step: int
    epoch: int
    run: str
    experiment: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Diagnosed:
    """A rule noticed something (``on``), or it is over.

    Attributes:
        rule: its name, ``dead_units``.
        layer: ``hidden 1``, or empty where it is about the whole network.
        message: one sentence: what with its number, and where.
        why: the mechanism, one or two sentences.
        remedy: what to try, in words.
        commands: the remedy as commands in their JSON form; empty where a person must choose.
        evidence: the measured numbers, by their names.
    """

    rule: str
    on: bool
    step: int
    epoch: int
    layer: str = ""
    message: str = ""
    why: str = ""
    remedy: str = ""
    commands: tuple[dict[str, Any], ...] = ()
    evidence: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refused:
    """A command could not be taken; nothing changed. ``reason`` is a sentence for the person who asked."""

    name: str
    value: Value
    reason: str


@dataclass(frozen=True, slots=True)
class Paused:
    """Training waits before optimizer step ``step``."""

    step: int
    epoch: int


@dataclass(frozen=True, slots=True)
class Resumed:
    """Training goes on with optimizer step ``step``."""

    step: int
    epoch: int


@dataclass(frozen=True, slots=True)
class Diverged:
    """Something stopped being a finite number at optimizer step ``step``.

    Training waits at the last state it can go on from, which may be some steps, and epochs, before that: where the loss
    was last sound. Epochs that are trained again have new rows then.
    """

    step: int
    epoch: int
    quantity: str


@dataclass(frozen=True, slots=True)
class RunEnded:
    """The run is over.

    Attributes:
        restored_epoch: the run stopped early, and its weights are again those of this epoch, its best; 0: they are
            those of the last step.
    """

    reason: Reason
    epoch: int
    step: int
    restored_epoch: int = 0


@dataclass(frozen=True, slots=True)
class RangeTested:
    """A learning-rate range test ended; the run was not touched. Fields as of `nntui.training.range_test.RangeTest`.

    Attributes:
        suggestions: each with ``rule``, ``settings`` (values by dotted name) and ``caution``.
    """

    rates: tuple[float, ...]
    losses: tuple[float, ...]
    smooth: tuple[float, ...]
    limit: float | None
    suggestions: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Progressed:
    """Long work before the first step goes on: ``what`` in words, ``share`` done from 0 to 1 (None: not known)."""

    what: str
    share: float | None


@dataclass(frozen=True, slots=True)
class Failed:
    """The run cannot go on; ``message`` is one line, ``detail`` whatever may help to find out why."""

    message: str
    detail: str = ""


Event = (
    RunStarted
    | EpochEnded
    | Changed
    | Rescheduled
    | Edited
    | Rewound
    | Diagnosed
    | Refused
    | Paused
    | Resumed
    | Diverged
    | RunEnded
    | RangeTested
    | Progressed
    | Failed
)

_KINDS: tuple[type[Event], ...] = (
    RunStarted, EpochEnded, Changed, Rescheduled, Edited, Rewound, Diagnosed, Refused, Paused, Resumed, Diverged,
    RunEnded, RangeTested, Progressed, Failed,
)  # fmt: skip


_BY_NAME: dict[str, type[Event]] = {snake_case(kind.__name__): kind for kind in _KINDS}
_NAME_OF = {kind: name for name, kind in _BY_NAME.items()}
_OPTIONAL = {each.name for each in fields(EpochEnded) if each.default is None}


def _plain(value: Any) -> Any:
    """The value as JSON can carry it: tuples as lists, not-a-number and infinities as null."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return value


def to_json(event: Event) -> dict[str, Any]:
    """The JSON form of an event; of an epoch's figures only those that there are."""
    record = {name: _plain(value) for name, value in asdict(event).items()}
    if not record.get("group"):
        record.pop("group", None)
    if isinstance(event, EpochEnded):
        record = {
            name: value for name, value in record.items() if name not in _OPTIONAL or getattr(event, name) is not None
        }
    if isinstance(event, RunEnded) and not event.restored_epoch:
        del record["restored_epoch"]
    return {"event": _NAME_OF[type(event)], **record}


def from_json(record: dict[str, Any]) -> Event:
    """The event of a JSON form; unknown fields are ignored, null in a number's place is not-a-number.

    Raises:
        ValueError: there is no such event, or a field it needs is missing or of another type.
    """
    kind = _BY_NAME.get(str(record.get("event")))
    if kind is None:
        raise ValueError(f"unknown event {record.get('event')!r}")
    values: dict[str, Any] = {}
    for each in fields(kind):
        if each.name not in record:
            continue
        value = record[each.name]
        if value is None and each.type == "float":
            value = math.nan
        if isinstance(value, list):
            value = tuple(math.nan if item is None else item for item in value)
        known = "Value | None" if each.type == "Value" else str(each.type)  # null also stands for an infinite one
        if not suits(known, value):
            raise ValueError(f"event {record['event']!r}: {each.name} cannot be {value!r:.40}")
        values[each.name] = value
    try:
        return kind(**values)
    except TypeError as error:
        raise ValueError(f"event {record['event']!r}: {error}") from None


def comparable_from(changes: Iterable[Event]) -> int:
    """The first epoch whose losses are of the loss in force after these changes; 0: all are."""
    changed = [change.epoch for change in changes if isinstance(change, Changed) and change.redefines_loss]
    return changed[-1] + 1 if changed else 0
