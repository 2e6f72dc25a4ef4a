"""``nntui runs``: the recorded runs."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import datetime
from typing import Any

from nntui.cli import DONE, FAILED
from nntui.commandline import BadInputError, plots
from nntui.commandline.arguments import nearest, shown
from nntui.commandline.recording import runs_of
from nntui.runs import catalogue
from nntui.runs.catalogue import Listed
from nntui.runs.errors import RunError

_ACTIONS = ("rm", "pin", "unpin")
_HEADINGS = ("RUN", "WHEN", "PRESET", "EPOCHS", "BEST", "SIZE", "STATE")


def run(values: argparse.Namespace) -> int:
    """List the runs, or do something with some of them."""
    if values.words:
        return _act(values)
    runs = runs_of(values)
    try:
        listed = catalogue.list_runs(runs)
    except RunError as fault:
        raise BadInputError(f"nntui: {fault}") from None
    if values.json:
        for each in listed:
            print(json.dumps(_record(each), ensure_ascii=False))
    else:
        print(plots.table([_HEADINGS, *map(_row, listed)]) if listed else f"no runs in {runs}")
        for each in listed:
            if each.fault:
                print(f"nntui: {each.fault}", file=sys.stderr)
    return DONE


def _act(values: argparse.Namespace) -> int:
    action, *wanted = values.words
    if action not in _ACTIONS:
        meant = nearest(action, _ACTIONS)
        hint = f'; did you mean "{meant}"?' if meant else f"; it does {', '.join(_ACTIONS)}"
        raise BadInputError(f'nntui runs: "{shown(action)}" is nothing to do with runs{hint}')
    if not wanted:
        raise BadInputError(f"nntui runs {action}: which run? `nntui runs` lists them")
    runs, status = runs_of(values), DONE
    for word in wanted:
        try:
            path = catalogue.find_run(runs, word)
        except RunError as fault:
            raise BadInputError(f"nntui: {fault}") from None
        try:
            if action == "rm":
                catalogue.remove_run(path)
            else:
                catalogue.set_pinned(path, action == "pin")
        except RunError as fault:
            print(f"nntui: {fault}", file=sys.stderr)
            status = FAILED
    return status


def _record(run: Listed) -> dict[str, Any]:
    known = run.summary
    if known is None:
        unknown = {"preset": None, "epochs": None, "state": "damaged"}
        return {"id": run.path.name, **unknown, "path": str(run.path), "fault": run.fault}
    return {
        "id": known.id,
        "preset": known.preset,
        "name": known.name,
        "created": known.created,
        "epochs": known.epochs,
        "total_epochs": known.total_epochs,
        "best_test_loss": known.best_loss,
        f"best_test_{'accuracy' if known.task == 'classification' else 'r2'}": known.best_score,
        "seconds": known.seconds,
        "bytes": known.bytes,
        "state": known.state,
        "pinned": run.pinned,
        "path": str(run.path),
    }


def _row(run: Listed) -> tuple[str, ...]:
    known = run.summary
    if known is None:
        return (run.path.name, "", "", "", "", "", "damaged")
    state = f"{known.state}, pinned" if run.pinned else known.state
    epochs = f"{known.epochs:,}" if known.epochs == known.total_epochs else f"{known.epochs:,}/{known.total_epochs:,}"
    return (known.id, _when(known.created), known.preset, epochs, _best(run), _size(known.bytes), state)


def _when(created: str) -> str:
    try:
        return f"{datetime.fromisoformat(created).astimezone():%Y-%m-%d %H:%M}"
    except (ValueError, OverflowError, OSError):
        return created[:16]


def _best(run: Listed) -> str:
    known = run.summary
    if known is None or known.best_loss is None:
        return "-"
    if known.best_score is None:
        return f"loss {known.best_loss:.4g}"
    score = f"{known.best_score:.1%}" if known.task == "classification" else f"R² {known.best_score:.3f}"
    return f"loss {known.best_loss:.4g}, {score}"


def _size(count: int) -> str:
    return f"{count / 2**20:,.1f} MB" if count >= 2**20 else f"{count / 2**10:,.0f} KB"
