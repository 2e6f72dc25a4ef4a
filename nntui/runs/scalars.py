"""The scalars of every epoch of a run, in one file that is only ever added to.

The file begins with 16 bytes that say what it is. Then come blocks: the number of rows and the CRC-32 of what follows
(two little-endian 32-bit numbers), then the rows themselves, `nntui.training.scalars.COLUMNS` as float64: 64 bytes an
epoch. A last block that is not whole was being written when the program died: it is dropped. Where a run diverged and
went back, the epochs that were trained again come a second time.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nntui.runs.durable import check_own
from nntui.runs.errors import RunError, reason_of
from nntui.training.scalars import COLUMNS, Rows

NAME = "scalars.bin"
MAGIC = b"nntui scalars 1\n"
LARGEST_BLOCK = 1 << 16  # rows
LARGEST = 1 << 30  # bytes that are read: 16 million epochs
_HEADER = struct.Struct("<II")
_ROW = 8 * len(COLUMNS)


@dataclass(frozen=True)
class Scalars:
    """What was read.

    Attributes:
        rows: (epochs, columns), in the order in which they were trained.
        size: bytes of the file up to the end of the last whole block.
        dropped: whether a last block was not whole.
    """

    rows: Rows
    size: int
    dropped: bool


def block(rows: Rows) -> bytes:
    """The rows as they stand in the file; as many blocks as they need."""
    parts = []
    for first in range(0, len(rows), LARGEST_BLOCK):
        body = np.ascontiguousarray(rows[first : first + LARGEST_BLOCK], "<f8").tobytes()
        parts += [_HEADER.pack(len(body) // _ROW, zlib.crc32(body)), body]
    return b"".join(parts)


def read_scalars(folder: Path) -> Scalars:
    """The scalars of a run.

    Raises:
        RunError: with the file, and the epoch from which on it is damaged.
    """
    path = folder / NAME
    try:
        check_own(path)
        size = path.stat().st_size
        if size > LARGEST:
            raise RunError(f"{path}: larger than {LARGEST:,} bytes")
        content = path.read_bytes()
    except OSError as error:
        raise RunError(f"{path}: {reason_of(error)}") from None
    if content[: len(MAGIC)] != MAGIC:
        known = content[:14] == MAGIC[:14]
        raise RunError(f"{path}: {'written by a later nntui' if known else 'not scalars of nntui'}")
    at, count = len(MAGIC), 0
    view, found = memoryview(content), np.empty((max(0, size - at) // _ROW, len(COLUMNS)))
    while at + _HEADER.size <= len(content):
        rows, checksum = _HEADER.unpack_from(content, at)
        if not 0 < rows <= LARGEST_BLOCK:
            raise RunError(f"{path}: damaged after {count:,} epochs")
        begin, end = at + _HEADER.size, at + _HEADER.size + rows * _ROW
        if end > len(content):
            break
        if zlib.crc32(view[begin:end]) != checksum:
            raise RunError(f"{path}: damaged after {count:,} epochs")
        found[count : count + rows] = np.frombuffer(view[begin:end], "<f8").reshape(rows, len(COLUMNS))
        at, count = end, count + rows
    _check(path, found[:count])
    return Scalars(found[:count], at, at < len(content))


def _check(path: Path, rows: Rows) -> None:
    epochs, steps = rows[:, 0], rows[:, 1]
    sound = (epochs >= 1) & (epochs < 2.0**53) & (steps >= 1) & (steps < 2.0**53)
    if not sound.all():
        raise RunError(f"{path}: row {int(np.argmin(sound)) + 1:,} has no epoch or step that can be")
