"""The branches of a run as a tree: which run went back in which, where, and what it did otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from nntui.runs.catalogue import list_runs
from nntui.runs.summary import Summary


@dataclass(frozen=True, slots=True)
class Node:
    """A run of a tree.

    Attributes:
        id: of the run; its folder's name.
        label: what was changed first in the branch, ``lr 0.1 → 0.03 at 40``; ``again from 40`` where nothing was; of
            the run that all began with, what it trains.
        parent: id of the run that it branched from; empty for the first of the tree.
        parent_epoch, parent_step: epochs ended and steps done where it branched.
        depth: branches between it and the first of the tree.
        epochs, state, last_loss, best_loss, created: as of its summary.
    """

    id: str
    label: str
    parent: str
    parent_epoch: int
    parent_step: int
    depth: int
    epochs: int
    state: str
    last_loss: float | None
    best_loss: float | None
    created: str


@dataclass(frozen=True, slots=True)
class Tree:
    """A run with all its branches.

    Attributes:
        nodes: each before its branches; branches of one run by where they began, then by when.
        run: the id that was asked for.
    """

    nodes: tuple[Node, ...]
    run: str

    def find(self, run: str) -> Node | None:
        """The node of this id."""
        return next((node for node in self.nodes if node.id == run), None)

    def branches_of(self, run: str) -> tuple[Node, ...]:
        """Those that began in this run."""
        return tuple(node for node in self.nodes if node.parent == run)


def tree(runs: Path, run: str) -> Tree:
    """The tree that a run belongs to; without nodes where there is no such run. Runs that cannot be read are left out.

    Raises:
        RunError: the folder of all runs cannot be read.
    """
    known = {listed.path.name: listed.summary for listed in list_runs(runs) if listed.summary is not None}
    if run not in known:
        return Tree((), run)
    branches: dict[str, list[Summary]] = {}
    for summary in known.values():
        branches.setdefault(summary.parent, []).append(summary)
    for group in branches.values():
        group.sort(key=lambda summary: (summary.parent_step, summary.id))
    return Tree(tuple(_below(known[_first(known, run)], branches)), run)


def _first(known: dict[str, Summary], run: str) -> str:
    """The run that the others of the tree came from; where parents go round in a circle, the one asked for."""
    seen, here = {run}, run
    while (parent := known[here].parent) in known:
        if parent in seen:
            return run
        seen.add(parent)
        here = parent
    return here


def _below(first: Summary, branches: dict[str, list[Summary]]) -> Iterator[Node]:
    """This run and all that branched from it, however indirectly; each once."""
    seen: set[str] = set()
    waiting = [(first, 0)]
    while waiting:
        summary, depth = waiting.pop()
        if summary.id in seen:
            continue
        seen.add(summary.id)
        yield _node(summary, depth)
        waiting += [(branch, depth + 1) for branch in reversed(branches.get(summary.id, []))]


def _node(summary: Summary, depth: int) -> Node:
    label = summary.label or (f"again from {summary.parent_epoch:,}" if depth else summary.preset or summary.name)
    return Node(
        summary.id,
        label,
        summary.parent if depth else "",
        summary.parent_epoch,
        summary.parent_step,
        depth,
        summary.epochs,
        summary.state,
        summary.last_loss,
        summary.best_loss,
        summary.created,
    )
