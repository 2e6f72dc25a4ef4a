"""All runs of a folder: listing, finding, removing, and keeping their total size within bounds."""

from __future__ import annotations

import contextlib
import math
import os
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from nntui.runs.durable import FILE_MODE, OWN
from nntui.runs.errors import RunError, reason_of
from nntui.runs.lock import Lock, is_locked
from nntui.runs.places import is_identifier
from nntui.runs.removed import Why, disk_usage, note_removed
from nntui.runs.summary import PINNED, Summary, read_summary

CAP = 2 << 30  # bytes that all runs together may take
ROOM_LOCK = ".room"  # held by the program that is making room
LEFT_ALONE = 3600.0  # seconds after which nobody makes a folder any more that nobody holds
_LIVE = ("running", "paused")


@dataclass(frozen=True, slots=True)
class Listed:
    """A run of the list.

    Attributes:
        summary: None where it cannot be read; then ``fault`` says why.
    """

    path: Path
    summary: Summary | None
    fault: str = ""

    @property
    def pinned(self) -> bool:
        """Whether it must not be removed to make room."""
        return _is_pinned(self.path)


def list_runs(runs: Path) -> list[Listed]:
    """All runs, the newest first; each with what it is, or with what is wrong with it.

    Raises:
        RunError: the folder cannot be read.
    """
    return [listed_run(path) for path in _folders(runs)]


def listed_run(path: Path) -> Listed:
    """The run in this folder, as it is listed."""
    try:
        summary = read_summary(path)
    except RunError as error:
        return Listed(path, None, str(error))
    if summary.state in _LIVE and not is_locked(path):
        summary = _counted(path, replace(summary, state="interrupted"))
    return Listed(path, summary)


def _counted(path: Path, summary: Summary) -> Summary:
    """The summary of a run whose process was killed, brought up to the epochs that it recorded since."""
    from nntui.runs.scalars import read_scalars
    from nntui.training.scalars import INDEX

    try:
        rows = read_scalars(path).rows
    except RunError:  # damaged: opening the run reports it
        return summary
    if not len(rows) or int(rows[-1, INDEX["epoch"]]) <= summary.epochs:
        return summary
    seconds = float(rows[-1, INDEX["seconds"]])
    return replace(
        summary.after(rows),
        epochs=int(rows[-1, INDEX["epoch"]]),
        seconds=seconds if 0.0 <= seconds < math.inf else summary.seconds,
    )


def interrupted(runs: Path) -> list[Listed]:
    """The runs whose process died while it trained them, the newest first: to be offered to be gone on with.

    Runs that were left in good order, by quitting or by going back in them, are not among them; nor are those with a
    later branch or whose folder cannot be read.
    """
    listed = list_runs(runs)
    parents = {run.summary.parent for run in listed if run.summary is not None}
    return [
        run
        for run in listed
        if run.summary is not None and run.summary.state == "interrupted" and run.path.name not in parents
    ]


def find_run(runs: Path, wanted: str) -> Path:
    """The folder of a run, given its id, the beginning of it, its path, or ``last`` for the newest.

    Raises:
        RunError: there is none, or more than one.
    """
    as_path = Path(wanted)
    if (os.sep in wanted or wanted in (".", "..")) and os.path.isdir(as_path):
        return as_path.absolute()
    paths = list(_folders(runs))
    if wanted == "last" and (own := [path for path in paths if is_identifier(path.name)]):
        return own[0]
    exact = [path for path in paths if path.name == wanted]
    found = exact or [path for path in paths if path.name.startswith(wanted)] or _by_preset(paths, wanted)
    if len(found) == 1 or exact:
        return found[0]
    if found:
        raise RunError(f"{wanted}: {len(found)} runs are called so; {found[0].name} is the newest")
    from difflib import get_close_matches

    meant = get_close_matches(wanted, [path.name for path in paths], n=1)
    hint = f'; did you mean "{meant[0]}"?' if meant else "; `nntui runs` lists them"
    raise RunError(f"{wanted}: no such run in {runs}{hint}")


def remove_run(path: Path, why: Why = Why.ASKED) -> int:
    """Remove a run for good, and note it in the folder's list of removed runs. Returns the bytes it took on the disk.

    Raises:
        RunError: it is being written, is not a run, or cannot be removed.
    """
    import shutil

    if path.is_symlink() or not _is_run(path):
        raise RunError(f"{path}: not the folder of a run")
    if is_locked(path):
        raise RunError(f"{path}: another program is training this run")
    lock, hidden, size = Lock(path), path.parent / f".{path.name}", sum(disk_usage(path).values())
    try:
        with contextlib.suppress(OSError):  # a folder in which nothing can be written: nobody trains there either
            if not lock.take():
                raise RunError(f"{path}: another program is training this run")
        if os.name == "nt":  # where no open file can be removed
            lock.release()
        shutil.rmtree(hidden, ignore_errors=True)
        path.rename(hidden)  # first: nobody finds half a run
        note_removed(path, size, why)
        shutil.rmtree(hidden)
    except OSError as error:
        raise RunError(f"{path}: {reason_of(error)}") from None
    finally:
        lock.release()
    return size


def make_room(runs: Path, cap: int = CAP, spared: frozenset[str] = frozenset()) -> list[str]:
    """Remove old runs until all together fit. Returns what was done, in words.

    What the runs take is measured on the disk, whatever their summaries say. The oldest go first, and none whose space
    is not needed; never one that is pinned, being written, damaged or spared. Those that stay count as well, but leave
    the others at least a quarter of the cap. Where another program is making room already, nothing is left to do.

    Args:
        spared: ids of runs that stay, whatever room they take.

    Raises:
        RunError: the folder cannot be read.
    """
    lock = Lock(runs, ROOM_LOCK)
    try:
        if not lock.take():
            return []
    except FileNotFoundError:
        return []  # no runs yet
    except OSError as error:
        raise RunError(f"{runs}: {reason_of(error)}") from None
    try:
        _clear_away(runs)
        return [_removed_for_room(path, cap) for path in _in_the_way(runs, cap, spared)]
    finally:
        lock.release()


def _removed_for_room(path: Path, cap: int) -> str:
    try:
        if _is_pinned(path):  # since they were listed
            return f"{path}: pinned, and not removed"
        remove_run(path, Why.ROOM)
    except RunError as error:
        return str(error)
    return f"removed the run {path.name}: all runs together took more than {cap / 2**20:,.0f} MB"


def _in_the_way(runs: Path, cap: int, spared: frozenset[str]) -> list[Path]:
    """The runs to remove so that all together take at most ``cap`` bytes, the oldest first."""
    listed = list_runs(runs)
    usage = {run.path: disk_usage(run.path) for run in listed}
    sharing = Counter(file for files in usage.values() for file in files)
    sizes = {file: size for files in usage.values() for file, size in files.items()}

    def freed(path: Path) -> int:
        """Bytes that removing this run, too, frees: those of files that no run has any more."""
        return sum(size for file, size in usage[path].items() if sharing[file] == 1)

    candidates = [
        run.path
        for run in reversed(listed)
        if run.summary is not None and not (run.path.name in spared or run.pinned or is_locked(run.path))
    ]
    fixed = {file for path in set(usage) - set(candidates) for file in usage[path]}
    total = sum(size for file, size in sizes.items() if file not in fixed)
    most = max(cap - sum(sizes[file] for file in fixed), cap // 4)
    going: list[Path] = []
    for path in candidates:
        if total <= most:
            break
        total -= freed(path)
        sharing.subtract(usage[path].keys())
        going.append(path)
    staying = []
    for path in reversed(going):  # a large one may have made others unnecessary
        sharing.update(usage[path].keys())
        if total + freed(path) <= most:
            total += freed(path)
            staying.append(path)
        else:
            sharing.subtract(usage[path].keys())
    return [path for path in going if path not in staying]


def _clear_away(runs: Path) -> None:
    """Remove what is left of branches whose process died while it made their folders."""
    import shutil

    with contextlib.suppress(OSError):
        for entry in os.scandir(runs):
            unfinished = entry.name.startswith(".") and is_identifier(entry.name[1:])
            if unfinished and entry.is_dir(follow_symlinks=False) and not is_locked(Path(entry.path)):
                age = abs(time.time() - entry.stat().st_mtime)  # of the future where the clock was set back
                if age > LEFT_ALONE:
                    shutil.rmtree(entry.path, ignore_errors=True)


def _is_pinned(path: Path) -> bool:
    """A pin that may not be examined counts as one."""
    try:
        os.lstat(path / PINNED)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return True


def set_pinned(path: Path, pinned: bool) -> None:
    """Keep a run from being removed to make room, or no longer.

    Raises:
        RunError: the folder cannot be written.
    """
    try:
        if pinned:
            os.close(os.open(path / PINNED, os.O_WRONLY | os.O_CREAT | OWN, FILE_MODE))
        else:
            (path / PINNED).unlink(missing_ok=True)
    except OSError as error:
        raise RunError(f"{path}: {reason_of(error)}") from None


def _folders(runs: Path) -> Iterator[Path]:
    """The newest first."""
    try:
        names = sorted((entry.name for entry in os.scandir(runs) if entry.is_dir(follow_symlinks=False)), reverse=True)
    except FileNotFoundError:
        return
    except OSError as error:
        raise RunError(f"{runs}: {reason_of(error)}") from None
    yield from (runs / name for name in names if not name.startswith("."))


def _by_preset(paths: list[Path], wanted: str) -> list[Path]:
    """The newest run of a preset."""
    for path in paths:
        parts = path.name.split("-", 2)
        if len(parts) == 3 and parts[2].rpartition("-")[0] == wanted:
            return [path]
    return []


def _is_run(path: Path) -> bool:
    return (
        os.path.isdir(path)
        and is_identifier(path.name)
        and any(os.path.lexists(path / name) for name in ("summary.json", "journal.jsonl", "experiment.toml"))
    )
