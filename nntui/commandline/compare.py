"""``nntui compare RUN RUN…``: curves over a common axis, and what differs in settings and results."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from nntui.cli import DONE
from nntui.commandline import BadInputError, plots
from nntui.commandline.recording import runs_of
from nntui.commandline.threads import use_threads
from nntui.runs.errors import RunError

if TYPE_CHECKING:
    from nntui.charts import Series
    from nntui.runs.comparing import Compared, Setting

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ROLES = ("train", "test", "mark", "ok", "activation", "warning", "weights", "future")
_HEADINGS = ("", "RUN", "EPOCHS", "FINAL LOSS", "BEST LOSS", "AT", "FINAL SCORE", "SCORE AT BEST", "SECONDS", "STATE")
_SEED = "training.seed"


@dataclass(frozen=True)
class Side:
    """A run, or the runs of a group.

    Attributes:
        letter: stands for it in the plot and the table of settings.
        name: id of the run or of the group.
    """

    letter: str
    name: str
    members: tuple[Compared, ...]

    @property
    def first(self) -> Compared:
        """One that stands for all of them where only the seed differs."""
        return self.members[0]

    def result(self) -> dict[str, Any]:
        """What came out: of a group the medians."""
        from nntui.runs.comparing import middle_of

        return middle_of([member.result() for member in self.members])


def run(values: argparse.Namespace) -> int:
    """Print a plot and two tables, or JSON."""
    use_threads(1)
    sides = _sides(values)
    from nntui.runs.comparing import differing

    settings = differing([side.first for side in sides])
    if values.json:
        print(json.dumps(_record(sides, settings, values.by, values.of), allow_nan=False))
        return DONE
    print(plots.table([_HEADINGS, *map(_row, sides)], right=range(2, 9), spare=(9, 8, 5, 7)))
    print(_decided(sides))
    print()
    print(_differences(sides, settings))
    series = [one for side in sides for one in _series(side, values.by, values.of)]
    if series:
        options = {"y_unit": values.of.replace("_", " ")}
        if values.of.endswith("loss"):
            options = plots.loss_axis(series, options["y_unit"])
        print()
        print(plots.plot(series, x_label=values.by, **options))
    return DONE


def _sides(values: argparse.Namespace) -> list[Side]:
    from nntui.runs.comparing import find_compared, open_compared

    sides, runs = [], runs_of(values)
    try:
        for index, word in enumerate(values.wanted):
            folders = find_compared(runs, word)
            members = tuple(map(open_compared, folders))
            name = members[0].group if len(members) > 1 else members[0].id
            sides.append(Side(_letter(index), name, members))
    except RunError as fault:
        raise BadInputError(f"nntui: {fault}") from None
    if len(sides) == 1 and len(sides[0].members) == 1:
        raise BadInputError("nntui compare: one run has nothing to be compared with; name another")
    return sides


def _letter(index: int) -> str:
    return _LETTERS[index] if index < len(_LETTERS) else str(index + 1)


def _row(side: Side) -> tuple[str, ...]:
    from nntui.commandline.plots import figure, score

    result, task = side.result(), side.first.task
    name = f"{side.name}, {len(side.members):,} runs" if len(side.members) > 1 else side.name
    if len(side.members) == 1 and side.first.label not in name:
        name += f" ({side.first.label})"
    states = sorted({member.state for member in side.members})
    return (
        side.letter,
        name,
        f"{result['epochs']:,.0f}",
        figure(result["final_loss"]),
        figure(result["best_loss"]),
        "-" if result["best_epoch"] is None else f"{result['best_epoch']:,.0f}",
        score(result["final_score"], task),
        score(result["best_score"], task),
        "-" if result["seconds"] is None else f"{result['seconds']:.3g}",
        ", ".join(states),
    )


def _decided(sides: Sequence[Side]) -> str:
    """Which set picked the best epochs."""
    by: dict[str, list[str]] = {}
    for side in sides:
        by.setdefault(side.result()["decided_by"], []).append(side.letter)
    return "best: " + "; ".join(f"by the {name} loss in {', '.join(letters)}" for name, letters in by.items())


def _differences(sides: Sequence[Side], settings: Sequence[Setting]) -> str:
    rows = [
        (setting.name, *(_change(*pair) for pair in zip(setting.started, setting.tuned, strict=True)))
        for setting in settings
        if setting.name != _SEED
    ]
    seeds = [_seeds(side) for side in sides]
    if len(set(seeds)) > 1:
        rows.append((_SEED, *seeds))
    if not rows:
        return "no setting differs"
    table = plots.table([("SETTING", *(side.letter for side in sides)), *rows])
    data = [name for name, *_ in rows if name.startswith("data.")]
    return f"{table}\nthe data differ ({', '.join(data)}): their losses may not be comparable" if data else table


def _seeds(side: Side) -> str:
    seeds = sorted({member.started.training.seed for member in side.members})
    if len(seeds) == seeds[-1] - seeds[0] + 1 > 2:
        return f"{seeds[0]}…{seeds[-1]}"
    return ", ".join(map(str, seeds))


def _change(started: Any, tuned: Any) -> str:
    return _value(started) if started == tuned else f"{_value(started)} → {_value(tuned)}"


def _value(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, tuple):
        return ",".join(map(_value, value)) or "none"
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _series(side: Side, by: Any, column: str) -> list[Series]:
    from nntui.charts import Series
    from nntui.runs.comparing import band, curve

    role = _ROLES[(_LETTERS.find(side.letter)) % len(_ROLES)]
    if len(side.members) == 1:
        x, y = curve(side.first.rows, column, by)
        return [Series(side.letter, role, x, y)] if len(x) else []
    found = band([member.rows for member in side.members], by, column)
    return [Series(side.letter, role, found.x, found.median, low=found.q25, high=found.q75)] if len(found.x) else []


def _record(sides: Sequence[Side], settings: Sequence[Setting], by: Any, column: str) -> dict[str, Any]:
    return {
        "by": by,
        "of": column,
        "runs": [_side_record(side, by, column) for side in sides],
        "settings": [asdict(setting) for setting in settings],
    }


def _side_record(side: Side, by: Any, column: str) -> dict[str, Any]:
    from nntui.runs.comparing import band, curve, record_of, thinned

    if len(side.members) == 1:
        x, y = thinned(*curve(side.first.rows, column, by))
        curves = {"x": _numbers(x), "y": _numbers(y)}
    else:
        found = band([member.rows for member in side.members], by, column)
        curves = {name: _numbers(values) for name, values in found._asdict().items()}
    return {
        "id": side.name,
        "members": [member.id for member in side.members],
        "task": side.first.task,
        **record_of(side.result(), side.first.task),
        "curve": curves,
    }


def _numbers(values: Any) -> list[float | None]:
    import numpy as np

    return [value if known else None for value, known in zip(values.tolist(), np.isfinite(values), strict=True)]
