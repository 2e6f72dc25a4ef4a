"""A file that is only ever added to, and stays whole when a write fails half-way."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from nntui.runs.durable import FILE_MODE, OWN, write_all

_PART = 1 << 20  # bytes that are copied together


class AppendedFile:
    """Collects what is to be added, and writes it when told to. What could not be written stays collected.

    Attributes:
        size: bytes known to be written.
    """

    def __init__(self, path: Path, size: int = 0) -> None:
        """size: of the part of an existing file that is kept; what lies behind it is cut off."""
        self._path, self.size = path, size
        self._descriptor: int | None = None
        self._pending: list[bytes] = []

    @property
    def waiting(self) -> int:
        """Bytes that are not written yet."""
        return sum(map(len, self._pending))

    def add(self, content: bytes) -> None:
        """To be written with the next `flush`."""
        self._pending.append(content)

    def flush(self, *, sync: bool = False) -> None:
        """Write what was collected; with ``sync`` wait until it is on the disk.

        Raises:
            OSError: nothing of it counts as written.
        """
        if self._descriptor is None:
            if not self._pending and not sync and not self.size:
                return
            flags = os.O_RDWR | OWN | (0 if self.size else os.O_CREAT)  # what is kept of a file must be there
            self._descriptor = os.open(self._path, flags, FILE_MODE)
            os.ftruncate(self._descriptor, self.size)
        if self._pending:
            content = b"".join(self._pending)
            try:
                os.lseek(self._descriptor, self.size, os.SEEK_SET)
                write_all(self._descriptor, content)
            except OSError:
                with contextlib.suppress(OSError):
                    os.ftruncate(self._descriptor, self.size)
                raise
            self.size += len(content)
            self._pending.clear()
        if sync:
            os.fsync(self._descriptor)

    @property
    def is_there(self) -> bool:
        """Whether the path still leads to the file: not if its folder was removed or moved while it was open."""
        if self._descriptor is None:
            return True
        try:
            return os.path.samestat(os.lstat(self._path), os.fstat(self._descriptor))
        except OSError:
            return False

    def write_again(self) -> None:
        """Put all that was written into a new file of the same path: the open one still has it.

        Raises:
            OSError: it cannot be written; the open file is kept.
        """
        old = self._descriptor
        if old is None:
            return
        new = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_TRUNC | OWN, FILE_MODE)
        try:
            os.lseek(old, 0, os.SEEK_SET)
            while part := os.read(old, min(_PART, self.size - os.lseek(old, 0, os.SEEK_CUR))):
                write_all(new, part)
        except OSError:
            os.close(new)
            raise
        self._descriptor = new
        os.close(old)

    def close(self) -> None:
        """Let go of the file; what was not written is lost."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
