"""What the two processes tell each other, as records on the dashboard's side and as dictionaries in the frames.

To the training child: ``start`` (an experiment), ``command``, ``credit`` (the last batch was taken), ``ping``.
From it: ``news``: events, the status and the rows up to it, and in a ``batch``, which takes credit, a snapshot; and
the empty frame as the answer to a ping (which is the empty frame, too). News carry the number of the ``start`` they
belong to, so that news of a run that was replaced can be ignored.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, is_dataclass, replace
from functools import cache
from itertools import repeat
from types import UnionType
from typing import TYPE_CHECKING, Any, Literal, Union, get_args, get_origin, get_type_hints

from nntui.training.events import Event

if TYPE_CHECKING:
    from nntui.training.scalars import Rows
    from nntui.training.snapshot import Snapshot

State = Literal["loading", "running", "paused", "finished", "stopped", "diverged", "failed"]


@dataclass(frozen=True, slots=True)
class Status:
    """Where the run is.

    Attributes:
        state: what the session does; ``loading`` before there is one, ``failed`` where there cannot be one.
        epoch: whole passes ended.
        step: optimizer steps done.
        steps_per_epoch: optimizer steps in one pass, with the batch size now in force; 0 while loading.
        epochs_per_second, samples_per_second: over the last second or so; 0 while nothing is trained.
        elapsed: seconds spent in the state ``running``.
        learning_rate: of the next step.
        running_loss: mean loss of the batches of the epoch under way; not-a-number before its first.
        pace: epochs a second at most; 0 means no limit.
        step_seconds: what one optimizer step took lately; 0 before the first.
        recording: what the person should know of it, above all that the run is not recorded; empty while all is well.
        guessing_loss: of the best network that ignores its inputs, by the loss as it is now; not-a-number where that is
            not known.
        restored_epoch: the epoch whose weights were put back when the run stopped early; 0: none were.
        run: id of the folder in which the run is recorded, or was before it went back; empty where there is none.
    """

    state: State = "loading"
    epoch: int = 0
    step: int = 0
    steps_per_epoch: int = 0
    epochs_per_second: float = 0.0
    samples_per_second: float = 0.0
    elapsed: float = 0.0
    learning_rate: float = math.nan
    running_loss: float = math.nan
    pace: float = 0.0
    step_seconds: float = 0.0
    recording: str = ""
    run: str = ""
    restored_epoch: int = 0
    guessing_loss: float = math.nan


@dataclass(frozen=True, slots=True)
class Batch:
    """Everything the child has told since the last one.

    ``rows`` belong to what the last `RunStarted` or `Rewound` among the events began or, without one, to the run under
    way. ``past``: measurements of the epoch that was looked at, as its ``epoch`` says.
    """

    events: tuple[Event, ...]
    rows: Rows
    snapshot: Snapshot | None
    status: Status
    past: Snapshot | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """Why there is no child any more.

    Attributes:
        reason: in words, ``killed by signal 9 (SIGKILL)``.
        detail: the last lines of its standard error.
    """

    reason: str
    detail: str


def status_record(status: Status) -> dict[str, Any]:
    """The dictionary form of a status."""
    return asdict(status)


def read_status(record: dict[str, Any]) -> Status:
    """The status of a dictionary form; null in a number's place is not-a-number."""
    return Status(**_numbers(Status, record))


def snapshot_record(snapshot: Snapshot) -> dict[str, Any]:
    """The dictionary form of a snapshot; arrays stay arrays."""
    record: dict[str, Any] = packed(snapshot)
    return record


def read_snapshot(record: dict[str, Any]) -> Snapshot:
    """The snapshot of a dictionary form."""
    from nntui.training.insights import kind
    from nntui.training.snapshot import Snapshot

    found = {name: unpacked(kind(name), insight) for name, insight in record["insights"].items()}
    snapshot: Snapshot = unpacked(Snapshot, {**record, "insights": {}})
    return replace(snapshot, insights=found)


def packed(value: Any) -> Any:
    """A record as a dictionary, and whatever is in it likewise."""
    if is_dataclass(value):
        return {field.name: packed(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple | list):
        return [packed(item) for item in value]
    if isinstance(value, Mapping):
        return {key: packed(item) for key, item in value.items()}
    return value


def unpacked(kind: Any, value: Any) -> Any:
    """The value of this type that `packed` made ``value`` of; null in a number's place is not-a-number."""
    if kind is float:
        return math.nan if value is None else value
    if isinstance(kind, type) and is_dataclass(kind) and isinstance(value, Mapping):
        types = _types(kind)
        return kind(**{name: unpacked(types[name], item) for name, item in value.items() if name in types})
    inner = get_args(kind)
    if isinstance(value, list) and inner:
        kinds = repeat(inner[0]) if inner[-1] is ... else inner
        return tuple(unpacked(each, item) for each, item in zip(kinds, value, strict=False))
    if value is not None and get_origin(kind) in (Union, UnionType):
        return unpacked(next(option for option in inner if option is not type(None)), value)
    return value


@cache
def _types(kind: type[Any]) -> dict[str, Any]:
    return get_type_hints(kind)


def _numbers(kind: Any, record: dict[str, Any]) -> dict[str, Any]:
    """The fields of ``kind`` in ``record``, with not-a-number where a float travelled as null."""
    return {
        field.name: math.nan if record[field.name] is None and field.type == "float" else record[field.name]
        for field in fields(kind)
        if field.name in record
    }
