"""Who writes a run: a lock on a file of its folder that the system releases when its process dies."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

from nntui.runs.durable import FILE_MODE, OWN

NAME = "lock"
_FLAGS = OWN | getattr(os, "O_CLOEXEC", 0)


class Lock:
    """Held from a successful `take` until `release`, or until the process ends, however it ends."""

    def __init__(self, folder: Path, name: str = NAME) -> None:
        self._path = folder / name
        self._descriptor: int | None = None

    def take(self) -> bool:
        """Take the lock unless another holds it; never waits. Returns whether it is held now.

        Raises:
            OSError: the file cannot be opened.
        """
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | _FLAGS, FILE_MODE)
        if not _lock(descriptor):
            os.close(descriptor)
            return False
        self._descriptor = descriptor
        return True

    @property
    def is_there(self) -> bool:
        """Whether the path still leads to the file that is locked."""
        try:
            return self._descriptor is not None and os.path.samestat(os.lstat(self._path), os.fstat(self._descriptor))
        except OSError:
            return False

    def release(self) -> None:
        """Let others take it."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def is_locked(folder: Path) -> bool:
    """Whether a process writes this run now. A lock that may not be examined counts as held."""
    try:
        if not stat.S_ISREG(os.lstat(folder / NAME).st_mode):
            return False  # no lock of ours
        try:
            descriptor = os.open(folder / NAME, os.O_RDWR | _FLAGS)
        except OSError:  # another user's run, or on a file system that is only read
            descriptor = os.open(folder / NAME, os.O_RDONLY | _FLAGS)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except (OSError, ValueError):
        return True
    try:
        return not _lock(descriptor)
    finally:
        os.close(descriptor)


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
