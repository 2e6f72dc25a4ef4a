"""What was removed from a folder of runs, when and why: a line of JSON each; and what a run takes on the disk."""

from __future__ import annotations

import contextlib
import json
import os
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from nntui.files import Unreadable, read_json
from nntui.runs.durable import FILE_MODE, OWN, read_bounded, replace_file, write_all
from nntui.runs.errors import RunError

NAME = "removed.jsonl"
LARGEST = 1 << 20  # bytes; when the file has half of it, its older half is forgotten
_ABSURD = 1 << 53  # bytes that no run takes
_BLOCK = 512  # bytes: the unit of ``st_blocks``


class Why(StrEnum):
    """Why a run was removed."""

    ASKED = "asked"
    ROOM = "room"


@dataclass(frozen=True, slots=True)
class Removed:
    """A run that is gone.

    Attributes:
        when: ISO 8601, UTC.
        bytes: that it took on the disk.
    """

    id: str
    when: str
    bytes: int
    why: Why


def disk_usage(folder: Path) -> dict[tuple[int, int], int]:
    """Bytes on the disk of every file below a folder, by device and inode: branches share files. Follows no link."""
    found: dict[tuple[int, int], int] = {}
    waiting = [os.fspath(folder)]
    while waiting:
        with contextlib.suppress(OSError), os.scandir(waiting.pop()) as entries:
            for entry in entries:
                with contextlib.suppress(OSError):
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                    known = os.lstat(entry.path) if os.name == "nt" else entry.stat(follow_symlinks=False)
                    blocks = getattr(known, "st_blocks", None)
                    found[known.st_dev, known.st_ino] = known.st_size if blocks is None else blocks * _BLOCK
    return found


def note_removed(path: Path, size: int, why: Why) -> None:
    """Add a run to the list of its folder; where that cannot be written, the list lacks it."""
    file = path.parent / NAME
    record = asdict(Removed(path.name, f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}", size, why))
    with contextlib.suppress(OSError):
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND | OWN, FILE_MODE)
        try:
            write_all(descriptor, json.dumps(record).encode() + b"\n")
            full = os.fstat(descriptor).st_size > LARGEST // 2
        finally:
            os.close(descriptor)
        if full:
            with contextlib.suppress(RunError):
                lines = read_bounded(file, LARGEST).splitlines(keepends=True)
                replace_file(file, b"".join(lines[len(lines) // 2 :]))


def list_removed(runs: Path) -> list[Removed]:
    """The runs that were removed, the newest first. Lines that cannot be read are passed over.

    Raises:
        RunError: the list cannot be read.
    """
    if not os.path.lexists(runs / NAME):
        return []
    found = []
    for line in read_bounded(runs / NAME, LARGEST).splitlines():
        with contextlib.suppress(Unreadable, KeyError, TypeError, ValueError, OverflowError):
            record = read_json(line)
            size = int(record["bytes"])
            if 0 <= size < _ABSURD:
                found.append(Removed(str(record["id"]), str(record["when"]), size, Why(record["why"])))
    return found[::-1]
