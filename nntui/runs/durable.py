"""Writing files so that a crash leaves either the old one or the new one, and reading no more than expected."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from nntui.runs.errors import RunError, reason_of

TEMPORARY = ".new"  # the one temporary name; what a crash left under it is written over by the next
OWN = sum(getattr(os, flag, 0) for flag in ("O_BINARY", "O_NOFOLLOW", "O_NONBLOCK"))
"""Flags to open a run's file with: the bytes as they are, no link that leads out of the folder, no waiting pipe."""


def replace_file(path: Path, content: bytes) -> None:
    """Write ``content`` to the disk under one temporary name, then give it its own.

    Raises:
        OSError: the file is as it was.
    """
    temporary = path.parent / TEMPORARY
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | OWN, 0o644)
    try:
        write_all(descriptor, content)
        os.fsync(descriptor)
    except BaseException:
        os.close(descriptor)
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    os.close(descriptor)
    os.replace(temporary, path)
    sync_folder(path.parent)


def write_all(descriptor: int, content: bytes) -> None:
    """All of it, however many calls that takes."""
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def sync_folder(folder: Path) -> None:
    """Make names that were given or taken in a folder durable, where the system can (Windows cannot)."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def check_own(path: Path) -> None:
    """See that there is a regular file that lies here and nowhere else.

    Raises:
        RunError: there is none, or it is something else, such as a link, which may lead anywhere.
    """
    if path.is_symlink():
        raise RunError(f"{path}: a link, which no file of a run is")
    if not path.is_file():
        raise RunError(f"{path}: {'not a file' if path.exists() else 'missing'}")


def read_bounded(path: Path, at_most: int) -> bytes:
    """The whole file, if it is a regular one of at most so many bytes.

    Raises:
        RunError: it is not, or cannot be read.
    """
    try:
        check_own(path)
        with path.open("rb") as file:
            content = file.read(at_most + 1)
    except OSError as error:
        raise RunError(f"{path}: {reason_of(error)}") from None
    if len(content) > at_most:
        raise RunError(f"{path}: larger than {at_most:,} bytes, more than this program writes")
    return content
