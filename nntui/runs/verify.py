"""Training a recorded run again, to see whether it comes out the same bit for bit."""

from __future__ import annotations

from typing import Any

import numpy as np

from nntui.runs import journal
from nntui.runs.checkpoints import latest_first, read_checkpoint
from nntui.runs.errors import RunError
from nntui.runs.rerun import Progress, Rerun
from nntui.runs.run import Run
from nntui.training.scalars import INDEX, Rows
from nntui.training.session import Session

_TREES = (dict, list, tuple, np.ndarray)
_COMPARED = [column for name, column in INDEX.items() if name != "seconds"]


class _DiffersError(Exception):
    def __init__(self, epoch: int) -> None:
        self.epoch = epoch


def first_difference(run: Run, progress: Progress | None = None) -> int | None:
    """The first epoch that does not come out as it was recorded; None where all do, and the last checkpoint too.

    Raises:
        RunError: the recording is damaged.
    """
    recorded = run.scalars().rows
    compared = 0

    def compare(session: Session) -> None:
        nonlocal compared
        compared = _compare(recorded, compared, rerun.take_rows())
        if progress is not None:
            progress(session)

    entries = run.journal.entries
    rerun = Rerun(str(run.folder / journal.NAME), run.begin(), entries, 0, compare)
    last = next(latest_first(run.folder), None)
    try:
        if last is not None and last.position <= len(entries):
            rerun.to_point(last.position, last.step)
            kept = read_checkpoint(run.folder, last.number).state.get("loop")
            if not same(rerun.session.state_dict()["loop"], kept):
                return min(last.epoch + 1, rerun.session.epoch + 1)
        rerun.to_point(len(entries), max(rerun.session.step, entries[-1].step))
        if rerun.session.state == "running" and len(recorded):
            rerun.to_point(len(entries), max(rerun.session.step, int(recorded[-1, 1])))
        _compare(recorded, compared, rerun.take_rows())
    except _DiffersError as difference:
        return difference.epoch
    except RunError:  # it does not get to where the recording says that it got
        return rerun.session.epoch + 1
    return None


def _compare(recorded: Rows, start: int, again: Rows) -> int:
    """Compare rows with those recorded from ``start`` on; how many of these are done with.

    Raises:
        _DiffersError: at the first that is not the same.
    """
    while len(again):
        wanted = recorded[start : start + len(again)]
        if not len(wanted):
            return start  # the recording ended before this row was written
        ahead = wanted[0, 0] - again[0, 0]
        if ahead > 0:  # a gap: the disk was full for so many epochs
            again = again[min(int(ahead), len(again)) :]
            continue
        same_rows = _equal(wanted[:, _COMPARED], again[: len(wanted), _COMPARED]).all(axis=1)
        gap = wanted[:, 0] > again[: len(wanted), 0]
        if not (same_rows | gap).all():
            raise _DiffersError(int(wanted[int(np.argmin(same_rows | gap)), 0]))
        done = int(np.argmax(gap)) if gap.any() else len(wanted)
        again, start = again[done:], start + done
    return start


def same(one: Any, other: Any) -> bool:
    """Whether two trees of words, numbers, lists and arrays are equal bit for bit.

    ``one`` may have entries that ``other``, recorded by an earlier version, lacks.
    """
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() >= other.keys() and all(same(one[name], value) for name, value in other.items())
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        return (one.shape, one.dtype) == (other.shape, other.dtype) and one.tobytes() == other.tobytes()
    if isinstance(one, _TREES) or isinstance(other, _TREES):
        return False
    return bool(one == other) or (one != one and other != other)


def _equal(one: Any, other: Any) -> Any:
    return (one == other) | ((one != one) & (other != other))
