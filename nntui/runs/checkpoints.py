"""The checkpoints of a run: whole states in ``checkpoints/000001.npz`` and so on, thinned as they get older.

The last ones are all there, of those before every second, of those before these every fourth …: their number grows
with the logarithm of how many were written.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nntui.runs import archive
from nntui.runs.durable import make_folder, replace_file
from nntui.runs.errors import RunError, reason_of

FOLDER = "checkpoints"
VERSION = 1
DENSE = 400  # of the last checkpoints, so many are all kept: of the last ten minutes at least one every two seconds
ROOM = 128 << 20  # bytes that all of them together should not exceed by far; fewer are kept where they are large
FEWEST = 2
_NAME = re.compile(r"(\d{6,12})\.npz")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Where in a run a state was kept.

    Attributes:
        number: of the file, counted from 1.
        step, epoch: steps done, epochs ended.
        position: lines of the journal (after its first) that had happened.
        rows: of the scalars that had been trained.
        seconds: spent training.
        state: for `Session.load_state_dict`; its arrays are None where it was only looked at.
    """

    number: int
    step: int
    epoch: int
    position: int
    rows: int
    seconds: float
    state: dict[str, Any]


def encode(checkpoint: Checkpoint) -> bytes:
    """The content of its file."""
    fields = {name: getattr(checkpoint, name) for name in ("step", "epoch", "position", "rows", "seconds", "state")}
    return archive.pack({"version": VERSION, **fields})


def write_checkpoint(folder: Path, number: int, content: bytes) -> None:
    """Keep it, durably, in the folder of its run.

    Raises:
        OSError: it could not be kept; none of the others is touched.
    """
    place = folder / FOLDER
    make_folder(place)
    replace_file(place / f"{number:06d}.npz", content)


def numbers(folder: Path) -> list[int]:
    """Of the checkpoints that are there, rising.

    Raises:
        RunError: their folder cannot be read.
    """
    if (folder / FOLDER).is_symlink():
        raise RunError(f"{folder / FOLDER}: a link, which no folder of a run is")
    try:
        names = os.listdir(folder / FOLDER)
    except FileNotFoundError:
        return []
    except OSError as error:
        raise RunError(f"{folder / FOLDER}: {reason_of(error)}") from None
    return sorted(int(found[1]) for found in map(_NAME.fullmatch, names) if found)


def size_of(folder: Path, present: list[int]) -> int:
    """Bytes that these take."""
    total = 0
    for number in present:
        with contextlib.suppress(OSError):
            total += (folder / FOLDER / f"{number:06d}.npz").stat().st_size
    return total


def read_checkpoint(folder: Path, number: int, *, arrays: bool = True) -> Checkpoint:
    """The checkpoint of that number.

    Raises:
        RunError: it is damaged.
    """
    path = folder / FOLDER / f"{number:06d}.npz"
    tree = archive.unpack(path) if arrays else archive.peek(path)
    version = tree.get("version") if isinstance(tree, dict) else None
    if type(version) is not int:
        raise RunError(f"{path}: not a checkpoint of nntui")
    if version != VERSION:
        raise RunError(f"{path}: written by a later nntui (version {version!r:.20})")
    seconds, state = tree.get("seconds"), tree.get("state")
    if not isinstance(seconds, int | float) or not isinstance(state, dict):
        raise RunError(f"{path}: damaged; it has no state")
    step, epoch, position, rows = (_count(path, tree.get(name)) for name in ("step", "epoch", "position", "rows"))
    return Checkpoint(number, step, epoch, position, rows, float(seconds), state)


def latest_before(folder: Path, suits: Callable[[Checkpoint], bool]) -> list[int]:
    """The numbers, rising, of checkpoints taken before a moment; ``suits`` tells whether one was. Few are looked at.

    Those that cannot be read may be among them.
    """
    present = numbers(folder)
    low, high = 0, len(present)  # those before low suit, those from high on do not
    while low < high:
        middle = (low + high) // 2
        try:
            fits = suits(read_checkpoint(folder, present[middle], arrays=False))
        except RunError:  # told when it would be used; the one before it may do
            fits = _fits_before(folder, suits, present[low:middle])
        low, high = (middle + 1, high) if fits else (low, middle)
    return present[:low]


def _fits_before(folder: Path, suits: Callable[[Checkpoint], bool], present: list[int]) -> bool:
    """Whether the last of these that can be read suits; True where there is none."""
    for number in reversed(present):
        with contextlib.suppress(RunError):
            return suits(read_checkpoint(folder, number, arrays=False))
    return True


def _count(path: Path, value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**53:
        raise RunError(f"{path}: damaged; where in the run it was taken cannot be")
    return value


def latest_first(folder: Path, *, arrays: bool = False) -> Iterator[Checkpoint]:
    """Those that can be read, the last one first; damaged ones are passed over.

    Raises:
        RunError: there are some, and not one of them can be read.
    """
    fault, readable = None, False
    for number in reversed(numbers(folder)):
        try:
            checkpoint = read_checkpoint(folder, number, arrays=arrays)
        except RunError as error:
            fault = fault or error
            continue
        readable = True
        yield checkpoint
    if fault is not None and not readable:
        raise fault


def kept(last: int, size: int, present: list[int]) -> list[int]:
    """Which numbers stay when ``last`` is the newest and each takes about ``size`` bytes."""
    dense = max(FEWEST, min(DENSE, ROOM // (2 * max(size, 1))))
    return [number for number in present if _stays(last - number, number, dense)]


def _stays(age: int, number: int, dense: int) -> bool:
    level = (age // dense).bit_length()
    return number % (1 << level) == 0


def thin(folder: Path, last: int, size: int, present: list[int]) -> list[int]:
    """Remove what need not stay; the numbers that are left. What cannot be removed is left to the next time."""
    staying = kept(last, size, present)
    for number in sorted(set(present) - set(staying)):
        with contextlib.suppress(OSError):
            (folder / FOLDER / f"{number:06d}.npz").unlink()
    return staying
