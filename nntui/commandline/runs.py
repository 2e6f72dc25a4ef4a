"""``nntui runs``: the recorded runs."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Any

from nntui.cli import DONE, FAILED
from nntui.commandline import BadInputError, plots
from nntui.commandline.arguments import nearest, shown
from nntui.commandline.recording import runs_of
from nntui.commandline.run_arguments import ACTIONS
from nntui.commandline.runs_tree import Line, parent, tree
from nntui.runs import catalogue
from nntui.runs.catalogue import Listed
from nntui.runs.comparing import find_compared, quartiles
from nntui.runs.errors import RunError
from nntui.runs.summary import Summary

_HEADINGS = ("RUN", "WHEN", "PRESET", "EPOCHS", "BEST", "SIZE", "STATE", "CHANGED")


def run(values: argparse.Namespace) -> int:
    """List the runs, or do something with some of them."""
    if values.words and values.removed:
        raise BadInputError("nntui runs: --removed only lists runs")
    if values.words:
        return _act(values)
    runs = runs_of(values)
    if values.removed:
        return _show_removed(runs, json_lines=values.json)
    try:
        listed = catalogue.list_runs(runs)
    except RunError as fault:
        raise BadInputError(f"nntui: {fault}") from None
    if values.json:
        for each in listed:
            print(json.dumps(_record(each), ensure_ascii=False))
    else:
        print(_table(listed) if listed else f"no runs in {runs}")
        for each in listed:
            if each.fault:
                print(f"nntui: {shown(each.fault, 600)}", file=sys.stderr)
    return DONE


def _show_removed(runs: Path, *, json_lines: bool) -> int:
    from nntui.runs.removed import Why, list_removed

    try:
        removed = list_removed(runs)
    except RunError as fault:
        raise BadInputError(f"nntui: {fault}") from None
    if json_lines:
        for each in removed:
            print(json.dumps(asdict(each)))
        return DONE
    if not removed:
        print(f"no runs were removed from {runs}")
        return DONE
    whys = {Why.ASKED: "you asked for it", Why.ROOM: "to make room"}
    rows = [(each.id, _when(each.when), _size(each.bytes), whys[each.why]) for each in removed]
    print(plots.table([("RUN", "REMOVED", "SIZE", "WHY"), *rows], spare=()))
    return DONE


def _act(values: argparse.Namespace) -> int:
    action, *wanted = values.words
    if action not in ACTIONS:
        meant = nearest(action, ACTIONS)
        hint = f'; did you mean "{meant}"?' if meant else f"; it does {', '.join(ACTIONS)}"
        raise BadInputError(f'nntui runs: "{shown(action)}" is nothing to do with runs{hint}')
    if not wanted:
        raise BadInputError(f"nntui runs {action}: which run? `nntui runs` lists them")
    runs, status = runs_of(values), DONE
    for word in wanted:
        try:
            paths = find_compared(runs, word)
            branches = [_branches(runs, path) if action == "rm" else [] for path in paths]
        except RunError as fault:
            raise BadInputError(f"nntui: {fault}") from None
        for path, stay in zip(paths, branches, strict=True):
            try:
                if action == "rm":
                    catalogue.remove_run(path)
                else:
                    catalogue.set_pinned(path, action == "pin")
            except RunError as fault:
                print(f"nntui: {fault}", file=sys.stderr)
                status = FAILED
                continue
            if stay:
                print(f"nntui: {path.name}: its branches stay, each is whole: {', '.join(stay)}", file=sys.stderr)
    return status


def _branches(runs: Path, path: Path) -> list[str]:
    """The ids of the runs that branched from this one."""
    return [run.path.name for run in catalogue.list_runs(runs) if parent(run) == path.name]


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
        f"best_{known.decided_by}_loss": known.best_loss,
        f"best_{known.decided_by}_{'accuracy' if known.task == 'classification' else 'r2'}": known.best_score,
        "best_epoch": known.best_epoch or None,
        "seconds": known.seconds,
        "bytes": known.bytes,
        "state": known.state,
        "restored_epoch": known.restored_epoch or None,
        "pinned": run.pinned,
        "parent": known.parent or None,
        "parent_epoch": known.parent_epoch if known.parent else None,
        "label": known.label or None,
        "group": known.group or None,
        "path": str(run.path),
    }


def _table(listed: list[Listed]) -> str:
    rows = [_HEADINGS, *(_row(line) if line.run else _heading(line.members) for line in tree(listed))]
    if not any(row[-1] for row in rows[1:]):
        rows = [row[:-1] for row in rows]
    return plots.table(rows, spare=(5, 2, 1))


def _row(line: Line) -> tuple[str, ...]:
    run = line.run
    assert run is not None
    known, indent = run.summary, "  " * (line.depth - 1) + "└ " if line.depth else ""
    if known is None:
        return (indent + run.path.name, "", "", "", "", "", "damaged", "")
    restored = f"epoch {known.restored_epoch:,} restored" if known.restored_epoch else ""
    state = ", ".join(filter(None, (known.state, restored, "pinned" if run.pinned else "")))
    epochs = f"{known.epochs:,}" if known.epochs == known.total_epochs else f"{known.epochs:,}/{known.total_epochs:,}"
    best = _best(known.best_loss, known.best_score, known.task, known.decided_by, known.best_epoch)
    facts = (_when(known.created), known.preset, epochs, best, _size(known.bytes), state)
    return (indent + known.id, *facts, _changed(known))


def _heading(members: tuple[Listed, ...]) -> tuple[str, ...]:
    """Of a group: its medians and sums."""
    known = [run.summary for run in members if run.summary is not None]
    first = known[0]
    losses, scores = quartiles([one.best_loss for one in known]), quartiles([one.best_score for one in known])
    best = _best(losses and losses[1], scores and scores[1], first.task, first.decided_by)
    size = _size(sum(one.bytes for one in known))
    epochs = f"{median(one.epochs for one in known):,.0f}"
    return (first.group, _when(first.created), first.preset, epochs, best, size, f"{len(known):,} seeds, medians", "")


def _changed(known: Summary) -> str:
    """How a branch differs from what it left."""
    if not known.parent:
        return ""
    return known.label or f"from epoch {known.parent_epoch:,}"


def _when(created: str) -> str:
    try:
        return f"{datetime.fromisoformat(created).astimezone():%Y-%m-%d %H:%M}"
    except (ValueError, OverflowError, OSError):
        return created[:16]


def _best(loss: float | None, score: float | None, task: str, decided_by: str, epoch: int = 0) -> str:
    """Loss and score of one epoch, which is named; of a group, their medians."""
    if loss is None:
        return "-"
    words = [f"{'validation ' if decided_by == 'validation' else ''}loss {loss:.4g}"]
    if score is not None:
        words.append(f"{'' if task == 'classification' else 'R² '}{plots.score(score, task)}")
    if epoch:
        words.append(f"epoch {epoch:,}")
    return ", ".join(words)


def _size(count: int) -> str:
    return f"{count / 2**20:,.1f} MB" if count >= 2**20 else f"{count / 2**10:,.0f} KB"
