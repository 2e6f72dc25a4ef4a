"""The journal of a run: a line of JSON for every command and every event, in the order in which they happened.

``{"command": "set", "name": "schedule.scale", "value": 0.5, "step": 120, "epoch": 4, "sum": 2766127683}``

A command's ``step`` is the optimizer step before which it took effect. ``sum`` is the CRC-32 of the line without it.
The first line says what the file is. A last line that is not whole was being written when the program died: it is
dropped, with a note.
"""

from __future__ import annotations

import json
import os
import re
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nntui.files import Unreadable, fits_memory, open_file, read_json
from nntui.runs.errors import RunError, reason_of
from nntui.training import commands, events
from nntui.training.commands import Command
from nntui.training.events import Diverged, Event, RunStarted

NAME = "journal.jsonl"
VERSION = 1
LARGEST = 64 << 20  # bytes that are read
_EXPANSION = 12  # bytes of memory for each byte of a line, about
_SUM = re.compile(rb', "sum": (\d{1,10})\}$')


@dataclass(frozen=True, slots=True)
class Entry:
    """One line.

    Attributes:
        step, epoch: where the run was: steps done, epochs ended. After a divergence, where it went back to.
        command, event: what the line tells, one of them.
    """

    step: int
    epoch: int
    command: Command | None = None
    event: Event | None = None

    def line(self) -> bytes:
        """As it stands in the file."""
        if self.command is not None:
            record = {**commands.to_json(self.command), "step": self.step, "epoch": self.epoch}
        else:
            assert self.event is not None
            record = events.to_json(self.event)
            if isinstance(self.event, Diverged):
                record |= {"back_to_step": self.step, "back_to_epoch": self.epoch}
        return sealed(record)


@dataclass(frozen=True)
class Journal:
    """What was read.

    Attributes:
        entries: all lines after the first.
        size: bytes of the file up to the end of the last whole line.
        dropped: whether a last line was not whole.
        file: what the system calls it, as long as it is the same one.
    """

    entries: tuple[Entry, ...]
    size: int
    dropped: bool
    file: tuple[int, int] = (0, 0)

    @property
    def started(self) -> RunStarted | None:
        """The facts of the run's beginning."""
        return next((entry.event for entry in self.entries if isinstance(entry.event, RunStarted)), None)


def first_line() -> bytes:
    """What a journal begins with."""
    return sealed({"journal": "nntui", "version": VERSION})


def sealed(record: dict[str, Any]) -> bytes:
    """The line of a record, with its checksum."""
    body = json.dumps(record, allow_nan=False).encode()
    return body[:-1] + b', "sum": %d}\n' % zlib.crc32(body)


def read_journal(folder: Path, before: Journal | None = None) -> Journal:
    """The journal of a run.

    Args:
        before: as it was read last; of the same file only what was added since is read.

    Raises:
        RunError: with the file and the line that is damaged.
    """
    path = folder / NAME
    content, identity, start = _read_from(path, before)
    if not fits_memory(_EXPANSION * len(content)):
        raise RunError(f"{path}: its {len(content) / 2**20:,.0f} MB do not fit into memory")
    lines = content.split(b"\n")
    tail = lines.pop()
    entries: list[Entry] = []
    if before is not None and start:
        entries = list(before.entries)
    elif lines:
        _check_first(path, _unsealed(path, 1, lines.pop(0)))
    else:
        raise RunError(f"{path}: not a journal of nntui, or its first line was never finished")
    for number, line in enumerate(lines, len(entries) + 2):
        try:
            entries.append(_entry(_unsealed(path, number, line)))
        except (KeyError, TypeError, ValueError) as error:
            raise RunError(f"{path}:{number}: {' '.join(str(error).split())}") from None
    return Journal(tuple(entries), start + len(content) - len(tail), bool(tail), identity)


def _read_from(path: Path, before: Journal | None) -> tuple[bytes, tuple[int, int], int]:
    """The content from where ``before`` ended, if it is the same file; which file it is, and where that was.

    Raises:
        RunError: it cannot be read.
    """
    try:
        with open_file(path, LARGEST, links=False) as file:
            found = os.fstat(file.fileno())
            identity, start = (found.st_dev, found.st_ino), 0
            if before is not None and before.file == identity and before.size <= found.st_size:
                start = before.size
            file.seek(start)
            return file.read(LARGEST + 1 - start), identity, start
    except (Unreadable, OSError) as error:
        raise RunError(f"{path}: {error if isinstance(error, Unreadable) else reason_of(error)}") from None


def _check_first(path: Path, record: dict[str, Any]) -> None:
    if record.get("journal") != "nntui":
        raise RunError(f"{path}:1: not a journal of nntui")
    if record.get("version") != VERSION:
        raise RunError(f"{path}:1: written by a later nntui (version {record.get('version')!r:.20} of the journal)")


def _unsealed(path: Path, number: int, line: bytes) -> dict[str, Any]:
    found = _SUM.search(line)
    body = line[: found.start()] + b"}" if found else b""
    if not found or zlib.crc32(body) != int(found[1]):
        raise RunError(f"{path}:{number}: damaged; the line is not as it was written")
    try:
        record = read_json(body)
    except Unreadable as error:
        raise RunError(f"{path}:{number}: {error}") from None
    if not isinstance(record, dict):
        raise RunError(f"{path}:{number}: not a JSON object")
    return record


def _entry(record: dict[str, Any]) -> Entry:
    if "command" in record:
        return Entry(_count(record["step"]), _count(record["epoch"]), command=commands.from_recording(record))
    event = events.from_json(record)
    if isinstance(event, Diverged):
        return Entry(_count(record["back_to_step"]), _count(record["back_to_epoch"]), event=event)
    return Entry(_count(record.get("step", 0)), _count(record.get("epoch", 0)), event=event)


def _count(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**53:
        raise ValueError(f"{value!r:.40} is no number of steps or epochs")
    return value
