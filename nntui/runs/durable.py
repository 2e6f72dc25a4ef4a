"""Writing files so that a crash leaves either the old one or the new one, and reading no more than expected."""

from __future__ import annotations

import contextlib
import errno
import os
import time
from pathlib import Path

from nntui.files import Unreadable, open_file, read_file
from nntui.runs.errors import RunError

FILE_MODE, FOLDER_MODE = 0o600, 0o700  # a run shows what somebody works on: it is its owner's alone
LARGEST = 4 << 30  # bytes of any file of a run
TEMPORARY = ".new"  # the one temporary name; what a crash left under it is written over by the next
WINDOWS = os.name == "nt"
ATTEMPTS, BETWEEN = 20, 0.01  # to replace a file that is being read, and seconds between them
_NOT_FOR_FOLDERS = {errno.EINVAL, errno.ENOTSUP, errno.EBADF, errno.EISDIR, errno.ENOSYS, errno.EACCES, errno.EPERM}
OWN = sum(getattr(os, flag, 0) for flag in ("O_BINARY", "O_NOFOLLOW", "O_NONBLOCK"))
"""Flags to open a run's file with: the bytes as they are, no link that leads out of the folder, no waiting pipe."""


def replace_file(path: Path, content: bytes) -> None:
    """Write ``content`` to the disk under one temporary name, then give it its own.

    Raises:
        OSError: the file is as it was.
    """
    temporary = path.parent / TEMPORARY
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | OWN, FILE_MODE)
    try:
        write_all(descriptor, content)
        os.fsync(descriptor)
    except BaseException:
        os.close(descriptor)
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    os.close(descriptor)
    _replace(temporary, path)
    sync_folder(path.parent)


def _replace(temporary: Path, path: Path) -> None:
    """On Windows a file that somebody reads, perhaps a virus scanner, cannot be replaced for a moment."""
    for _ in range(ATTEMPTS if WINDOWS else 0):
        with contextlib.suppress(PermissionError):
            os.replace(temporary, path)
            return
        time.sleep(BETWEEN)
    os.replace(temporary, path)


def write_all(descriptor: int, content: bytes) -> None:
    """All of it, however many calls that takes."""
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def sync_folder(folder: Path) -> None:
    """Make names that were given or taken in a folder durable, where the system can.

    Windows cannot, and neither can some file systems of a network or a container, or a folder that may be written but
    not read.
    """
    if WINDOWS:
        return
    try:
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        if error.errno not in _NOT_FOR_FOLDERS:
            raise


def make_folder(folder: Path, *, parents: bool = False) -> None:
    """Make a folder that only its owner may enter, unless it exists.

    Raises:
        OSError: it cannot be made.
    """
    if parents:
        folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(mode=FOLDER_MODE, exist_ok=True)


def check_own(path: Path) -> None:
    """Check that a file of a run is a regular one, and no link, which may lead anywhere.

    Raises:
        RunError: it is something else, or missing.
    """
    try:
        open_file(path, LARGEST, links=False).close()
    except Unreadable as error:
        raise RunError(f"{path}: {error}") from None


def read_bounded(path: Path, at_most: int) -> bytes:
    """The content of a file of a run.

    Raises:
        RunError: it is no regular file, is larger than ``at_most`` bytes, or cannot be read.
    """
    try:
        return read_file(path, at_most, links=False)
    except Unreadable as error:
        raise RunError(f"{path}: {error}") from None
