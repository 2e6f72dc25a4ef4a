"""A few facts about a run in one small file, so that a thousand runs are listed without opening them."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nntui.files import Unreadable, read_json
from nntui.runs.durable import read_bounded, replace_file
from nntui.runs.errors import RunError

if TYPE_CHECKING:
    from nntui.training.scalars import Rows

NAME = "summary.json"
PINNED = "pinned"  # a file that says that a run must not be removed to make room
VERSION = 1
LARGEST = 1 << 16
LONGEST = 1000  # characters of a word
_ENDLESS = 1e300  # a loss that is as good as none
STATES = ("running", "paused", "finished", "stopped", "diverged", "interrupted")


@dataclass(frozen=True, slots=True)
class Summary:
    """What `nntui runs` shows.

    Attributes:
        id: name of the folder.
        preset: what was asked for: the name of a preset, or of its file.
        name: of the study.
        created: when it began, ISO 8601, UTC.
        state: of the session when this was written; ``interrupted`` where the writing process died.
        epochs: ended so far.
        total_epochs: that the run is to have.
        best_loss, best_score: loss and score of the best epoch, that of the lowest loss; None before the first, and
            the score where an older nntui wrote the highest of any epoch.
        decided_by: the set that these are of: ``validation`` if there is a validation set, else ``test``.
        best_epoch: the best epoch; 0: not known.
        task: whether the score is the accuracy or R².
        seconds: spent training.
        bytes: on the disk.
        group: what is the same for the runs of one experiment with several seeds; empty for a run by itself.
        last_loss, last_score: test loss and score of the last epoch, or of the weights that were put back when the
            run stopped early; None before the first epoch, and where not a number.
        restored_epoch: the epoch of these weights; 0: none were put back.
        parent: id of the run from which this one branched; empty where it began by itself.
        parent_epoch, parent_step: epochs ended and steps done where it branched.
        parent_position: lines of the journal (after its first) that it shares with its parent.
        label: what was changed first in the branch, ``lr 0.1 → 0.03 at 40``; empty until then.
    """

    id: str
    preset: str
    name: str
    created: str
    state: str = "running"
    epochs: int = 0
    total_epochs: int = 0
    best_loss: float | None = None
    best_score: float | None = None
    task: str = "classification"
    seconds: float = 0.0
    bytes: int = 0
    group: str = ""
    last_loss: float | None = None
    last_score: float | None = None
    parent: str = ""
    parent_epoch: int = 0
    parent_step: int = 0
    parent_position: int = 0
    label: str = ""
    restored_epoch: int = 0
    decided_by: str = "test"
    best_epoch: int = 0

    def after(self, rows: Rows) -> Summary:
        """The same after these epochs, (k, columns), k at least 1: the best and the last of them."""
        from nntui.training.scalars import INDEX, best_row, deciding_set

        decided_by = deciding_set(rows)
        found, best = best_row(rows), replace(self, decided_by=decided_by)
        if found is not None:
            epoch, loss, score = (
                float(found[INDEX[name]]) for name in ("epoch", f"{decided_by}_loss", f"{decided_by}_score")
            )
            if self.best_loss is None or loss < self.best_loss or (loss == self.best_loss and not self.best_epoch):
                known = score if math.isfinite(score) else None
                best = replace(best, best_epoch=int(epoch), best_loss=loss, best_score=known)
        return best.ending(float(rows[-1, INDEX["test_loss"]]), float(rows[-1, INDEX["test_score"]]))

    def ending(self, loss: float, score: float, restored_epoch: int = 0) -> Summary:
        """The same with these figures as its last."""
        last = [float(value) if abs(value) < _ENDLESS else None for value in (loss, score)]
        return replace(self, last_loss=last[0], last_score=last[1], restored_epoch=restored_epoch)


_ADDED = ("group", "last_loss", "last_score", "parent", "parent_epoch", "parent_step", "parent_position", "label",
          "restored_epoch", "decided_by", "best_epoch")  # fmt: skip
"""Fields that older summaries lack."""

_TYPES: dict[str, tuple[type, ...]] = {
    "str": (str,),
    "int": (int,),
    "float": (int, float),
    "float | None": (int, float, type(None)),
}


def write_summary(folder: Path, summary: Summary) -> None:
    """Replace the file.

    Raises:
        OSError: it cannot be written.
    """
    record = {"version": VERSION, **{name: _readable(value) for name, value in asdict(summary).items()}}
    replace_file(folder / NAME, json.dumps(record, indent=1, ensure_ascii=False, allow_nan=False).encode() + b"\n")


def _readable(value: Any) -> Any:
    """Words as `read_summary` takes them."""
    if not isinstance(value, str):
        return value
    return "".join(char if char.isprintable() else "?" for char in value[:LONGEST])


def read_summary(folder: Path) -> Summary:
    """The facts of the run in this folder.

    Raises:
        RunError: they are damaged or missing.
    """
    path = folder / NAME
    try:
        record = read_json(read_bounded(path, LARGEST))
    except Unreadable as error:
        raise RunError(f"{path}: damaged; {error}") from None
    if not isinstance(record, dict):
        raise RunError(f"{path}: damaged; is not a JSON object")
    if record.get("version") != VERSION:
        raise RunError(f"{path}: written by a later nntui (version {record.get('version')!r:.20})")
    values: dict[str, Any] = {}
    for field in fields(Summary):
        value = record.get(field.name, field.default if field.name in _ADDED else None)
        if not isinstance(value, _TYPES[str(field.type)]) or isinstance(value, bool) or _absurd(value):
            raise RunError(f"{path}: {field.name} is {value!r:.40}, which cannot be")
        values[field.name] = value
    summary = Summary(**values)
    if summary.decided_by not in ("test", "validation"):
        raise RunError(f"{path}: there is no set {summary.decided_by!r:.40}")
    if summary.state not in STATES:
        raise RunError(f"{path}: there is no state {summary.state!r:.40}")
    if not summary.best_epoch:
        summary = replace(summary, best_score=None)  # an older nntui's: of another epoch than the loss
    return replace(summary, id=folder.name)


def _absurd(value: Any) -> bool:
    if isinstance(value, str):
        return len(value) > LONGEST or not value.isprintable()
    if isinstance(value, int):
        return not 0 <= value < 2**53
    if isinstance(value, float):
        return not math.isfinite(value) or abs(value) > 1e300
    return False
