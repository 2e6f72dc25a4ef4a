"""Several recorded runs beside one another: curves over a common x, bands of many runs, what differs in settings.

Rows are those of `nntui.training.scalars`: (epochs, columns).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from nntui.experiment import Experiment, Value
from nntui.runs.catalogue import find_run, list_runs, listed_run
from nntui.runs.errors import RunError
from nntui.runs.run import open_run
from nntui.training.events import comparable_from
from nntui.training.scalars import INDEX, DecidingSet, Rows, best_row, deciding_set

By = Literal["epoch", "step", "seconds"]
BYS: tuple[By, ...] = ("epoch", "step", "seconds")
POINTS = 2000  # of a band, at most
_QUARTILES = (0.25, 0.5, 0.75)

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Compared:
    """A run, as far as it is compared.

    Attributes:
        label: the branch's label, or the preset; nothing that is different for every run.
        state: as listed.
        started, tuned: the experiment as the run began, and with every change made while it trained.
        rows: of its epochs, each once.
        restored_epoch: the epoch whose weights were put back when the run stopped early; 0: none were.
        comparable_from: the first epoch whose losses are of the loss that was in force last.
        task: whether the score is the accuracy or R².
    """

    id: str
    label: str
    state: str
    group: str
    started: Experiment
    tuned: Experiment
    rows: Rows
    task: Literal["classification", "regression"]
    restored_epoch: int = 0
    comparable_from: int = 0

    def result(self) -> Result:
        """What came out of it."""
        return result_of(self.rows, self.restored_epoch, self.comparable_from)


@dataclass(frozen=True, slots=True)
class Setting:
    """A hyperparameter that is not the same in all runs; None in those whose choices have none of that name.

    Attributes:
        started, tuned: its value in each run, when it began and after the last change.
    """

    name: str
    started: tuple[Value | None, ...]
    tuned: tuple[Value | None, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """What came out of a run; None where there is no such number yet.

    Attributes:
        final_loss, final_score: on the test data after the last epoch, or of the weights that were restored.
        final_train_loss, final_validation_loss, final_validation_score: of the same epoch.
        decided_by: the set that picks the best epoch: the validation set if there is one.
        best_epoch: that of the lowest loss on that set; best_loss, best_score: its figures on it.
        best_test_loss, best_test_score: on the test set after the best epoch, if the validation set picked it.
        seconds: spent training.
        restored_epoch: the epoch that the final figures are of, if the best weights were put back at its end.
    """

    epochs: int
    steps: int
    seconds: float | None
    final_train_loss: float | None
    final_loss: float | None
    final_score: float | None
    best_loss: float | None
    best_epoch: int | None
    best_score: float | None
    decided_by: DecidingSet = "test"
    final_validation_loss: float | None = None
    final_validation_score: float | None = None
    best_test_loss: float | None = None
    best_test_score: float | None = None
    restored_epoch: int | None = None


class Band(NamedTuple):
    """The quartiles of a curve over many runs; at each x, of those runs that got there. All of shape (points,)."""

    x: Array
    q25: Array
    median: Array
    q75: Array


def open_compared(folder: Path) -> Compared:
    """What is compared of the run in this folder.

    Raises:
        RunError: it is damaged.
    """
    run = open_run(folder)
    known = listed_run(folder).summary
    label = (known.label or known.preset) if known else run.experiment.name
    return Compared(
        folder.name,
        label,
        known.state if known else "damaged",
        known.group if known else "",
        run.experiment,
        run.tuned(),
        settled(run.scalars().rows),
        run.started.task,
        known.restored_epoch if known else 0,
        comparable_from(run.changes()),
    )


def find_compared(runs: Path, wanted: str) -> list[Path]:
    """The folders of what a word names: of one run as `find_run` has it, or of all runs of a group.

    Raises:
        RunError: there is none.
    """
    try:
        return [find_run(runs, wanted)]
    except RunError as fault:
        members = [one for one in list_runs(runs) if one.summary and one.summary.group.startswith(wanted or " ")]
        exact = [one for one in members if one.summary and one.summary.group == wanted]
        found = exact or members
        if not found or len({one.summary.group for one in found if one.summary}) > 1:
            raise fault from None
        return sorted((one.path for one in found), key=lambda path: path.name)


def settled(rows: Rows) -> Rows:
    """The rows with every epoch once, rising: where a run diverged and went back, as it was trained the last time."""
    epochs = rows[:, INDEX["epoch"]]
    if not len(epochs) or (np.diff(epochs) > 0).all():
        return rows
    lowest_behind = np.minimum.accumulate(epochs[::-1])[::-1]
    stays = np.append(epochs[:-1] < lowest_behind[1:], True)
    kept: Rows = rows[stays]
    return kept


def curve(rows: Rows, column: str = "test_loss", by: By = "epoch") -> tuple[Array, Array]:
    """x and y, each (epochs,), of one run's curve; x in epochs, in optimizer steps, or in seconds of training."""
    return rows[:, INDEX[by]], rows[:, INDEX[column]]


def band(rows_of_runs: Sequence[Rows], by: By = "epoch", column: str = "test_loss") -> Band:
    """Median and quartiles of one column over several runs.

    Between its epochs a run's curve is taken as straight, before its first and after its last it has no value; so the
    band tells at every x of the runs that were trained there. What is not finite counts as larger than every number.
    A quantile lies between the sorted values by its share of the way from the first to the last (Hyndman & Fan 1996,
    definition 7).
    """
    curves = [_placed(*curve(settled(rows), column, by)) for rows in rows_of_runs]
    curves = [(places, heights) for places, heights in curves if len(places)]
    if not curves:
        nothing = np.empty(0)
        return Band(nothing, nothing, nothing, nothing)
    x = _common_x([places for places, _ in curves], by)
    values = np.stack([_at(x, places, heights) for places, heights in curves])
    there = ~np.isnan(values)
    ordered = np.sort(values, axis=0)  # not-a-number comes last
    q25, median, q75 = (_quantile(ordered, there.sum(axis=0), share) for share in _QUARTILES)
    return Band(x, q25, median, q75)


def thinned(x: Array, y: Array) -> tuple[Array, Array]:
    """A curve of at most `POINTS` points, its ends among them."""
    if len(x) <= POINTS:
        return x, y
    kept = np.linspace(0, len(x) - 1, POINTS).astype(np.int64)
    return x[kept], y[kept]


def quartiles(values: Sequence[float | None]) -> tuple[float, float, float] | None:
    """First quartile, median and third quartile of the numbers among these; None where there are none."""
    known = np.sort(np.array([value for value in values if value is not None and math.isfinite(value)]))
    if not len(known):
        return None
    low, middle, high = (float(_quantile(known[:, None], np.array([len(known)]), share)[0]) for share in _QUARTILES)
    return low, middle, high


def result_of(rows: Rows, restored_epoch: int = 0, comparable_from: int = 0) -> Result:
    """What came out of a run with these rows, each epoch once.

    Args:
        restored_epoch: whose weights were put back when the run stopped early; 0: none were.
        comparable_from: the first epoch that may be the best: the losses before it are of another kind.
    """
    if not len(rows):
        return Result(0, 0, None, None, None, None, None, None, None)
    decided_by = deciding_set(rows)
    best, last = best_row(rows[rows[:, INDEX["epoch"]] >= comparable_from]), rows[-1]
    final = next((row for row in rows if row[INDEX["epoch"]] == restored_epoch), last)
    tested = None if decided_by == "test" else best

    def of(row: Array | None, column: str) -> float | None:
        return None if row is None else _number(row[INDEX[column]])

    return Result(
        int(last[INDEX["epoch"]]),
        int(last[INDEX["step"]]),
        of(last, "seconds"),
        of(final, "train_loss"),
        of(final, "test_loss"),
        of(final, "test_score"),
        of(best, f"{decided_by}_loss"),
        None if best is None else int(best[INDEX["epoch"]]),
        of(best, f"{decided_by}_score"),
        decided_by,
        of(final, "validation_loss"),
        of(final, "validation_score"),
        of(tested, "test_loss"),
        of(tested, "test_score"),
        restored_epoch or None,
    )


def middle_of(results: Sequence[Result]) -> dict[str, Any]:
    """The fields of a result; of several, the medians of their numbers."""
    records = [asdict(result) for result in results]
    middle: dict[str, Any] = {}
    for name in records[0]:
        known = [record[name] for record in records if record[name] is not None]
        middle[name] = known[0] if name == "decided_by" else median(known) if known else None
    return middle


def record_of(result: Mapping[str, object], task: str) -> dict[str, object]:
    """A result (`dataclasses.asdict`) under the names that programs read: ``final_test_accuracy`` and so on.

    What the validation set picked is called so, ``best_validation_loss``, and the test figures of the best epoch
    ``test_loss_at_best``; without a validation set these are left out.
    """
    score = "accuracy" if task == "classification" else "r2"
    decided_by = result.get("decided_by", "test")
    names = {
        "final_loss": "final_test_loss",
        "final_score": f"final_test_{score}",
        "best_loss": f"best_{decided_by}_loss",
        "best_score": f"best_{decided_by}_{score}",
    }
    of_validation = {
        "final_validation_loss": "final_validation_loss",
        "final_validation_score": f"final_validation_{score}",
        "best_test_loss": "test_loss_at_best",
        "best_test_score": f"test_{score}_at_best",
    }
    if decided_by == "validation":
        names |= of_validation
    return {
        names.get(name, name): value
        for name, value in result.items()
        if decided_by == "validation" or name not in of_validation
    }


def differing(runs: Sequence[Compared]) -> list[Setting]:
    """The hyperparameters that are not the same in all of these runs, in the order of the table."""
    started, tuned = [_values(run.started) for run in runs], [_values(run.tuned) for run in runs]
    names = dict.fromkeys(name for values in (*started, *tuned) for name in values)
    settings = (
        Setting(name, tuple(one.get(name) for one in started), tuple(one.get(name) for one in tuned)) for name in names
    )
    return [one for one in settings if len(set(one.started)) > 1 or len(set(one.tuned)) > 1]


def _values(experiment: Experiment) -> dict[str, Value]:
    return {row.name: experiment.value(row.name) for row in experiment.parameters()}


def _number(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _placed(places: Array, heights: Array) -> tuple[Array, Array]:
    """The points whose x is a number, x not falling."""
    known = np.isfinite(places)
    return np.maximum.accumulate(places[known]), heights[known]


def _common_x(places: Sequence[Array], by: By) -> Array:
    """Where the band is told: at every epoch that any run has, or, of many and of steps and seconds, at some."""
    if by == "epoch":
        every = np.unique(np.concatenate(places))
        return every if len(every) <= POINTS else every[np.linspace(0, len(every) - 1, POINTS).astype(np.int64)]
    first, last = min(float(one[0]) for one in places), max(float(one[-1]) for one in places)
    points = min(POINTS, max(map(len, places)))
    return np.linspace(first, last, points) if last > first else np.array([first])


def _at(x: Array, places: Array, heights: Array) -> Array:
    """The curve's values at ``x``: not-a-number outside of it, infinite where it is not finite."""
    usable = np.where(np.isfinite(heights), heights, np.inf)
    right = np.clip(np.searchsorted(places, x), 0, len(places) - 1)
    left = np.maximum(right - (places[right] > x), 0)
    gap = places[right] - places[left]
    share = np.divide(x - places[left], gap, out=np.zeros_like(x), where=gap > 0)
    with np.errstate(invalid="ignore", over="ignore"):
        between = usable[left] + share * (usable[right] - usable[left])
    between = np.where(usable[left] == usable[right], usable[left], between)
    between = np.where(np.isnan(between), np.inf, between)
    return np.where((x >= places[0]) & (x <= places[-1]), between, np.nan)


def _quantile(ordered: Array, counts: npt.NDArray[np.integer], share: float) -> Array:
    """Of each column's first ``counts`` values, which rise; not-a-number where there are none.

    Args:
        ordered: (runs, points).
        counts: (points,).
    """
    place = np.maximum(counts - 1, 0) * share
    below = np.floor(place).astype(np.int64)
    above = np.minimum(below + 1, np.maximum(counts - 1, 0))
    columns = np.arange(ordered.shape[1])
    low, high = ordered[below, columns], ordered[above, columns]
    with np.errstate(invalid="ignore", over="ignore"):
        between = low + (place - below) * (high - low)
    return np.where(counts > 0, np.where((low == high) | (place == below), low, between), np.nan)
