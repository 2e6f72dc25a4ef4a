"""The recorded runs as the dashboard knows them: the list, the tree of the run at hand, and those that are compared.

Read from the disk by `read`, in a thread; kept here, and drawn from here alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nntui.runs.branching import Node, Tree
    from nntui.runs.catalogue import Listed
    from nntui.runs.comparing import Compared
    from nntui.runs.summary import Summary

MOST = 24
"""So many runs are compared at once; a group of seeds is one curve, but may have many."""


@dataclass(frozen=True)
class Found:
    """What was read from the disk.

    Attributes:
        listed: all runs, the newest first.
        tree: the branches of the run at hand; None where it has none, or is not recorded.
        compared: those that were asked for, by id, but for those that cannot be read.
        tried: ids that were to be compared, whether they could be read or not.
        fault: why there is no list.
    """

    listed: tuple[Listed, ...] = ()
    tree: Tree | None = None
    compared: dict[str, Compared] = field(default_factory=dict)
    tried: frozenset[str] = frozenset()
    fault: str = ""


@dataclass
class Recordings:
    """What is known of the recordings, and which of them the person has in mind.

    Attributes:
        found: as last read; None before that.
        selected: id of the run under the highlight.
        marked: ids of the runs to compare, in the order in which they were marked.
        version: another one whenever something here has changed.
    """

    found: Found | None = None
    selected: str = ""
    marked: tuple[str, ...] = ()
    version: int = 0

    def take(self, found: Found) -> None:
        """Newly read; what is gone is neither selected nor marked any more."""
        known = [listed.path.name for listed in found.listed]
        self.found = found
        self.marked = tuple(run for run in self.marked if run in known)
        if self.selected not in known:
            self.selected = known[0] if known else ""
        self.version += 1

    def mark(self, run: str) -> bool:
        """Compare this run, or no longer; False where there are too many already."""
        if run in self.marked:
            self.marked = tuple(other for other in self.marked if other != run)
        elif len(self.marked) >= MOST:
            return False
        else:
            self.marked = (*self.marked, run)
        self.version += 1
        return True

    def select(self, ids: Sequence[str], by: int) -> None:
        """Move the highlight in a list of these runs."""
        if not ids:
            return
        at = ids.index(self.selected) if self.selected in ids else -1 if by > 0 else len(ids)
        self.selected = ids[min(max(at + by, 0), len(ids) - 1)]
        self.version += 1

    def listed(self, run: str) -> Listed | None:
        """The run of this id."""
        every = self.found.listed if self.found is not None else ()
        return next((one for one in every if one.path.name == run), None)

    def compared_with(self, run: str) -> tuple[str, ...]:
        """The runs to compare: those marked or, where none is, ``run``, the one at hand, and the one highlighted."""
        return self.marked or tuple(dict.fromkeys(each for each in (run, self.selected) if each))

    @property
    def ids(self) -> list[str]:
        """Of all runs, the newest first."""
        return [one.path.name for one in self.found.listed] if self.found is not None else []

    @property
    def nodes(self) -> tuple[Node, ...]:
        """The tree of the run at hand, each run before its branches."""
        return self.found.tree.nodes if self.found is not None and self.found.tree is not None else ()


def read(runs: Path, run: str, compare: Sequence[str], before: Found | None) -> Found:
    """Everything there is to know, from the disk: takes long where there are many runs.

    Args:
        runs: the folder of all of them.
        run: id of the one at hand, or empty.
        compare: ids of those to compare.
        before: as last read; a run that has not changed since is not read again.
    """
    from nntui.runs.branching import tree
    from nntui.runs.catalogue import list_runs
    from nntui.runs.errors import RunError

    try:
        listed = tuple(list_runs(runs))
        branches = tree(runs, run) if run else None
    except RunError as error:
        return Found(tried=frozenset(compare), fault=str(error))
    old = {one.path.name: one for one in before.listed} if before is not None else {}
    same = {one.path.name for one in listed if one == old.get(one.path.name)}
    kept = {run: known for run, known in before.compared.items() if run in same} if before is not None else {}
    return complete(Found(listed, branches, kept), compare)


def complete(found: Found, compare: Sequence[str]) -> Found:
    """The same, with these runs among those that are compared; only what is not there yet is read."""
    from nntui.runs.comparing import open_compared
    from nntui.runs.errors import RunError

    places = {one.path.name: one.path for one in found.listed}
    compared = {run: known for run, known in found.compared.items() if run in compare}
    for run in compare:
        if run in places and run not in compared:
            try:
                compared[run] = open_compared(places[run])
            except RunError:
                continue
    return replace(found, compared=compared, tried=frozenset(compare))


def last_interrupted(runs: Path, here: str) -> Summary | None:
    """The newest run but the one at hand, if the program that trained it was killed; None where it ended well."""
    from nntui.runs.catalogue import interrupted, list_runs
    from nntui.runs.errors import RunError

    try:
        others = [one.path.name for one in list_runs(runs) if one.path.name != here]
        found = [one.summary for one in interrupted(runs) if others[:1] == [one.path.name]]
    except RunError:
        return None
    return found[0] if found and found[0] is not None and found[0].epochs else None
