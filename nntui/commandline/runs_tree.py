"""The list of runs as a tree: branches below the run they left, the seeds of one experiment below their group."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from nntui.runs.catalogue import Listed

DEEPEST = 8  # levels that are still moved to the right


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the list.

    Attributes:
        depth: how far to the right.
        run: None for the heading of a group.
        members: of the group.
        branches: how many runs branched from this one.
    """

    depth: int
    run: Listed | None
    members: tuple[Listed, ...] = ()
    branches: int = 0


def tree(listed: Sequence[Listed]) -> list[Line]:
    """Lines in order. Whatever stands by itself comes as it is listed, below it what belongs to it, the first first.

    A run whose parent is not among these stands by itself, and so does the first of a circle of parents (which only a
    damaged list has).
    """
    ids = {run.path.name for run in listed}
    branches: dict[str, list[Listed]] = defaultdict(list)
    groups: dict[str, list[Listed]] = defaultdict(list)
    for run in reversed(listed):
        if parent(run) in ids:
            branches[parent(run)].append(run)
        elif group(run):
            groups[group(run)].append(run)
    lines: list[Line] = []
    seen: set[str] = set()
    for run in sorted(listed, key=lambda one: parent(one) in ids):  # those in a circle come last
        members = groups[group(run)] if parent(run) not in ids and group(run) else []
        if run.path.name in seen:
            continue
        if len(members) > 1:
            lines.append(Line(0, None, tuple(members)))
        waiting = [(int(len(members) > 1), one) for one in reversed(members or [run])]
        while waiting:
            depth, one = waiting.pop()
            if one.path.name in seen:
                continue
            seen.add(one.path.name)
            below = branches[one.path.name]
            lines.append(Line(depth, one, branches=len(below)))
            waiting += [(min(depth + 1, DEEPEST), branch) for branch in reversed(below)]
    return lines


def parent(run: Listed) -> str:
    """The id of the run that this one left; empty where it left none, or is damaged."""
    return run.summary.parent if run.summary is not None and run.summary.parent != run.path.name else ""


def group(run: Listed) -> str:
    """What the seeds of one experiment have in common; empty where the run is by itself."""
    return run.summary.group if run.summary is not None else ""
