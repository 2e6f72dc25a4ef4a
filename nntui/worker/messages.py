"""What the two processes tell each other, as records on the dashboard's side and as dictionaries in the frames.

To the child: ``start`` (an experiment), ``command``, ``credit`` (the last batch was taken), ``ping``.
From it: ``news``: events, the status, and with credit rows and a snapshot; and the empty frame as the answer to a ping
(which is the empty frame, too). News carry the number of the ``start`` they belong to, so that what was under way when
a run was replaced is told apart.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any, Literal

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


@dataclass(frozen=True, slots=True)
class Batch:
    """Everything the child has told since the last one.

    ``rows`` belong to the run of the last `RunStarted` among the events or, without one, to the run under way.
    """

    events: tuple[Event, ...]
    rows: Rows
    snapshot: Snapshot | None
    status: Status


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
    record: dict[str, Any] = {"epoch": snapshot.epoch, "step": snapshot.step}
    for quantity in _layer_kinds():
        record[quantity] = [
            {field.name: getattr(layer, field.name) for field in fields(layer)} for layer in getattr(snapshot, quantity)
        ]
    return record


def read_snapshot(record: dict[str, Any]) -> Snapshot:
    """The snapshot of a dictionary form."""
    from nntui.training.snapshot import Snapshot

    layers = {
        quantity: tuple(kind(**_numbers(kind, layer)) for layer in record[quantity])
        for quantity, kind in _layer_kinds().items()
    }
    return Snapshot(epoch=record["epoch"], step=record["step"], **layers)


def _layer_kinds() -> dict[str, Any]:
    from nntui.training import snapshot

    return {
        snapshot.WEIGHTS: snapshot.LayerWeights,
        snapshot.ACTIVATIONS: snapshot.LayerActivations,
        snapshot.GRADIENTS: snapshot.LayerGradients,
    }


def _numbers(kind: Any, record: dict[str, Any]) -> dict[str, Any]:
    """The fields of ``kind`` in ``record``, with not-a-number where a float travelled as null."""
    return {
        field.name: math.nan if record[field.name] is None and field.type == "float" else record[field.name]
        for field in fields(kind)
        if field.name in record
    }
