"""Runs and branches beside one another: their curves over a common axis, what came out, and what differs."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from textual.strip import Strip

from nntui.charts.frame import message
from nntui.charts.line import Series, line_chart
from nntui.experiment import Value
from nntui.runs.comparing import BYS, Compared, Result, band, curve, differing, quartiles, thinned
from nntui.tui.drawings.changes import shown_value
from nntui.tui.drawings.pieces import text_row
from nntui.tui.model import Model
from nntui.tui.widgets.panel import Drawing, Request
from nntui.tui.widgets.text import Part, clipped, number, whole

ROLES = ("train", "test", "activation", "dead", "now", "muted")
"""Of the curves; more than these are not drawn at once."""

SMALLEST_BAND = 3
"""From so many seeds on, a group is a band."""

HEADS = 2
"""Lines of the table that stay when the rest is paged through: letters and names."""

_UNITS = {"epoch": "epoch", "step": "step", "seconds": "s"}
_NAME, _LONG_NAME, _COLUMN, _ROOMY = 16, 26, 9, 16


@dataclass(frozen=True)
class Side:
    """What is one curve: a run, or all runs of a group of seeds."""

    letter: str
    label: str
    runs: tuple[Compared, ...]


def sides(compared: Sequence[Compared]) -> list[Side]:
    """Runs of one group together where they are enough for a band; each with a letter."""
    groups: dict[str, list[Compared]] = {}
    for one in compared:
        groups.setdefault(one.group, []).append(one)
    found: list[tuple[str, tuple[Compared, ...]]] = []
    seen: set[str] = set()
    for one in compared:
        several = groups[one.group] if one.group else []
        if len(several) < SMALLEST_BAND:
            found.append((one.label, (one,)))
        elif one.group not in seen:
            seen.add(one.group)
            found.append((f"{one.label} × {len(several)} seeds", tuple(several)))
    return [Side(chr(ord("A") + index), label, runs) for index, (label, runs) in enumerate(found[: len(ROLES)])]


def draw(request: Request) -> Drawing:
    """The panel; its variants are the axis and what is compared."""
    model, (width, height), look = request.model, request.size, request.look
    ids = model.recordings.compared_with(model.run)
    found = model.recordings.found
    known = [found.compared[run] for run in ids if run in found.compared] if found is not None else []
    if not known:
        said = "reading the recordings" if found is None or ids else "no run to compare: space marks those in the list"
        return Drawing(message(said, request.size, look))
    by = BYS[request.variant % len(BYS)]
    column = ("test_loss", "test_score")[request.variant // len(BYS) % 2]
    every = model.kept(
        "compared", (model.recordings.version, tuple(ids), len(known)), lambda: (sides(known), rows_of_table(known))
    )
    parts, table = every
    below = min(len(table), max(height // 2, height - 12))
    pages = len(table) - below + 1
    first = min(request.page, pages - 1)
    lines = [*table[:HEADS], *table[HEADS + first : first + below]]
    rows = [
        *_chart(parts, (width, height - below), request, by, column),
        *(_table_row(cells, len(parts), width, request) for cells in lines),
    ]
    what = "test loss" if column == "test_loss" else _score(known)
    title = f"Comparison · {what} by {'time' if by == 'seconds' else by}"
    more = f"{pages - 1 - first} more below" if first < pages - 1 else f"{len(parts)} compared"
    return Drawing(rows[:height], title, more, pages, variants=2 * len(BYS))


def _score(known: Sequence[Compared]) -> str:
    return "test accuracy" if all(one.task == "classification" for one in known) else "test score"


def _chart(parts: Sequence[Side], size: tuple[int, int], request: Request, by: str, column: str) -> list[Strip]:
    if size[1] < 3:
        return []
    series = request.model.kept(
        "compared curves",
        (request.model.recordings.version, by, column, tuple(run.id for side in parts for run in side.runs)),
        lambda: [_series(side, ROLES[index], by, column) for index, side in enumerate(parts)],
    )
    return line_chart(series, size, request.look, log_y=request.view.log and column == "test_loss", x_label=_UNITS[by])


def _series(side: Side, role: str, by: str, column: str) -> Series:
    axis = next(known for known in BYS if known == by)
    if len(side.runs) == 1:
        x, y = thinned(*curve(side.runs[0].rows, column, axis))
        return Series(side.letter, role, x, y)
    quartile = band([run.rows for run in side.runs], axis, column)
    finite = [np.where(np.isfinite(part), part, np.nan) for part in (quartile.median, quartile.q25, quartile.q75)]
    return Series(side.letter, role, quartile.x, finite[0], low=finite[1], high=finite[2])


# -- the table --------------------------------------------------------------------------------------------------------

Cells = tuple[str, tuple[str, ...]]
"""The name of a line, and its words for every side."""


def rows_of_table(known: Sequence[Compared]) -> list[Cells]:
    """What each run is, what came out of it, and the settings that are not the same in all."""
    parts = sides(known)
    results = [[run.result() for run in side.runs] for side in parts]

    def line(name: str, take: Callable[[Result], float | None], digits: int = 3) -> Cells:
        return name, tuple(_middle([take(result) for result in several], digits) for several in results)

    sets = {result.decided_by for several in results for result in several}
    best = sets.pop() if len(sets) == 1 else "validation or test"
    percent = 100.0 if _score(known) == "test accuracy" else 1.0
    score = "accuracy %" if percent == 100.0 else "score"
    table: list[Cells] = [
        ("", tuple(side.letter for side in parts)),
        ("", tuple(side.label for side in parts)),
        ("epochs", tuple(_epochs(several) for several in results)),
        line("last test loss", lambda result: result.final_loss),
        line(f"last {score}", lambda result: _times(result.final_score, percent)),
        *_of_epoch(results),
        line(f"best {best} loss", lambda result: result.best_loss),
        ("  at epoch", tuple(_best_epoch(several) for several in results)),
        line(f"  {'' if best == 'test' else f'{best} '}{score}", lambda result: _times(result.best_score, percent)),
        line("seconds", lambda result: result.seconds, 2),
    ]
    first = [side.runs[0] for side in parts]
    several = any(len(side.runs) > 1 for side in parts)
    for setting in differing(first):
        if several and setting.name == "training.seed":
            continue
        values = tuple(_changed(was, now) for was, now in zip(setting.started, setting.tuned, strict=True))
        table.append((setting.name.replace(".", " ").replace("_", " "), values))
    return table


def _of_epoch(results: Sequence[Sequence[Result]]) -> list[Cells]:
    """Which epoch the last figures are of, where best weights were restored: the curves end later."""
    if not any(result.restored_epoch for several in results for result in several):
        return []
    epochs = [[float(result.restored_epoch or result.epochs) for result in several] for several in results]
    return [("  of epoch", tuple(_middle(several, 6) for several in epochs))]


def _times(value: float | None, by: float) -> float | None:
    return None if value is None else value * by


def _middle(values: Sequence[float | None], digits: int) -> str:
    if len(values) == 1:
        return "" if values[0] is None else number(values[0], digits)
    found = quartiles(values)
    return "" if found is None else number(found[1], digits)


def _epochs(results: Sequence[Result]) -> str:
    return whole(max(result.epochs for result in results))


def _best_epoch(results: Sequence[Result]) -> str:
    known = [float(result.best_epoch) for result in results if result.best_epoch is not None]
    return whole(int(np.median(known))) if known else ""


def _changed(was: Value | None, now: Value | None) -> str:
    if now is None or (isinstance(now, float) and math.isnan(now)):
        return "–"
    return shown_value(now) if was == now or was is None else f"{shown_value(was)} → {shown_value(now)}"


def _table_row(cells: Cells, count: int, width: int, request: Request) -> Strip:
    name, words = cells
    label = min(_LONG_NAME if width - count * _ROOMY >= _LONG_NAME else _NAME, max(width - count * _COLUMN, 6))
    room = max((width - label) // max(count, 1), 4)
    same = len(set(words)) < 2
    parts: list[Part] = [(clipped(name, label - 1).ljust(label), "muted")]
    for index, word in enumerate(words):
        role = ROLES[index] if not name and word == chr(ord("A") + index) else "muted" if same else "text"
        parts.append((clipped(word, room - 1).rjust(room - 1) + " ", role))
    return text_row(parts, width, request.look)


def move(model: Model, dx: int, dy: int) -> None:
    """Nothing is selected here; the list beside it has the highlight."""
    del dx
    model.recordings.select(model.recordings.ids, dy)
