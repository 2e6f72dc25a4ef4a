"""The scalars of every epoch of a run, in one file that is only ever added to.

The file begins with 16 bytes that say what it is. Then come blocks: the number of rows and the CRC-32 of what follows
(two little-endian 32-bit numbers), then the rows themselves, `nntui.training.scalars.COLUMNS` as float64: 80 bytes an
epoch. Files of version 1 have only the first eight columns. A last block that is not whole was being written when the
program died: it is dropped. Where a run diverged and went back, the epochs that were trained again come a second time.
"""

from __future__ import annotations

import os
import struct
import zlib
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path

import numpy as np

from nntui.files import Unreadable, fits_memory, open_file
from nntui.runs.errors import RunError, reason_of
from nntui.training.scalars import COLUMNS, Rows

NAME = "scalars.bin"
MAGIC = b"nntui scalars 2\n"
_WIDTHS = {MAGIC: len(COLUMNS), b"nntui scalars 1\n": 8}  # columns of the files of each version
LARGEST_BLOCK = 1 << 16  # rows
LARGEST = 1 << 30  # bytes that are read: 13 million epochs
_HEADER = struct.Struct("<II")
_ROW = 8 * len(COLUMNS)


@dataclass(frozen=True)
class Scalars:
    """What was read.

    Attributes:
        rows: (epochs, columns), in the order in which they were trained.
        size: bytes of the file up to the end of the last whole block.
        dropped: whether a last block was not whole.
        older: whether the file has the form of an older nntui, in which no rows can be added.
        file: what the system calls it, as long as it is the same one.
    """

    rows: Rows
    size: int
    dropped: bool
    older: bool
    file: tuple[int, int] = (0, 0)


def block(rows: Rows) -> bytes:
    """The rows as they stand in the file; as many blocks as they need."""
    parts = []
    for first in range(0, len(rows), LARGEST_BLOCK):
        body = np.ascontiguousarray(rows[first : first + LARGEST_BLOCK], "<f8").tobytes()
        parts += [_HEADER.pack(len(body) // _ROW, zlib.crc32(body)), body]
    return b"".join(parts)


def read_scalars(folder: Path, before: Scalars | None = None) -> Scalars:
    """The scalars of a run.

    Args:
        before: as they were read last; of the same file only what was added since is read.

    Raises:
        RunError: with the file, and the epoch from which on it is damaged.
    """
    path = folder / NAME
    try:
        with open_file(path, LARGEST, links=False) as file:
            return _read(path, file, before)
    except (Unreadable, OSError) as error:
        reason = error if isinstance(error, Unreadable) else reason_of(error)
        raise RunError(f"{path}: {reason}") from None


def _read(path: Path, file: BufferedReader, before: Scalars | None) -> Scalars:
    magic, found_file = file.read(len(MAGIC)), os.fstat(file.fileno())
    size, identity = found_file.st_size, (found_file.st_dev, found_file.st_ino)
    if magic not in _WIDTHS:
        known = magic[:14] == MAGIC[:14]
        raise RunError(f"{path}: {'written by a later nntui' if known else 'not scalars of nntui'}")
    if not fits_memory(size):
        raise RunError(f"{path}: its {size / 2**20:,.0f} MB do not fit into memory")
    width = _WIDTHS[magic]
    if before is not None and (before.older or before.file != identity or before.size > size):
        before = None
    at, already = (len(MAGIC), 0) if before is None else (before.size, len(before.rows))
    file.seek(at)
    found = np.empty((max(0, size - at) // (8 * width), width), "<f8")
    count, header = 0, file.read(_HEADER.size)
    while len(header) == _HEADER.size:
        rows, checksum = _HEADER.unpack(header)
        if not 0 < rows <= LARGEST_BLOCK:
            raise RunError(f"{path}: damaged after {already + count:,} epochs")
        block = found[count : count + rows]  # fewer where the file ends before
        if len(block) < rows or file.readinto(block.data.cast("B")) < block.nbytes:
            break
        if zlib.crc32(block.data) != checksum:
            raise RunError(f"{path}: damaged after {already + count:,} epochs")
        at, count, header = at + _HEADER.size + block.nbytes, count + rows, file.read(_HEADER.size)
    found = found[:count]
    _check(path, found, already)
    if before is not None:
        found = np.concatenate([before.rows, found]) if count else before.rows
    if width < len(COLUMNS):
        found = np.pad(found, ((0, 0), (0, len(COLUMNS) - width)), constant_values=np.nan)
    return Scalars(found, at, bool(header), width < len(COLUMNS), identity)


def _check(path: Path, rows: Rows, known: int) -> None:
    epochs, steps = rows[:, 0], rows[:, 1]
    sound = (epochs >= 1) & (epochs < 2.0**53) & (steps >= 1) & (steps < 2.0**53)
    if not sound.all():
        raise RunError(f"{path}: row {known + int(np.argmin(sound)) + 1:,} has no epoch or step that can be")
