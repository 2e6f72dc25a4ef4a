"""Every access to a folder by any process, as the Linux kernel reports it."""

from __future__ import annotations

import contextlib
import ctypes
import os
import struct
from collections.abc import Iterator
from pathlib import Path

# Accessed, changed, opened, moved away or in, made, removed, with other attributes; <sys/inotify.h>.
_EVENTS = 0x1 | 0x2 | 0x4 | 0x20 | 0x40 | 0x80 | 0x100 | 0x200
_HEAD = struct.Struct("iIII")  # watch, mask, cookie, length of the name


class Watch:
    """The accesses to a tree of files and folders since it was made."""

    def __init__(self, folder: Path) -> None:
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._queue = self._libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        if self._queue < 0:
            raise OSError(ctypes.get_errno(), "inotify is not there")
        folders = [folder, *(path for path in folder.rglob("*") if path.is_dir())]
        self._folders = {self._libc.inotify_add_watch(self._queue, os.fsencode(at), _EVENTS): at for at in folders}

    def accesses(self) -> list[str]:
        """Paths, once each, and taken out of the queue."""
        found: dict[str, None] = {}
        with contextlib.suppress(BlockingIOError):
            while data := os.read(self._queue, 1 << 16):
                while data:
                    watch, _, _, length = _HEAD.unpack_from(data)
                    name = os.fsdecode(data[_HEAD.size : _HEAD.size + length].rstrip(b"\0"))
                    data = data[_HEAD.size + length :]
                    found[str(self._folders[watch] / name)] = None
        return list(found)

    def close(self) -> None:
        os.close(self._queue)


@contextlib.contextmanager
def watched(folder: Path) -> Iterator[Watch]:
    """Watch a tree meanwhile; what is in it must be there already."""
    watch = Watch(folder)
    try:
        yield watch
    finally:
        watch.close()
