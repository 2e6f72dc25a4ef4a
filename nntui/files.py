"""The one gate for every file that is read: regular, bounded in size, and small enough for memory.

Whatever a path leads to (a device, a pipe, a file without end, a link to itself), reading it here ends soon, with its
content or with `Unreadable`. Nothing else in the program opens a file for reading (tests/test_files.py).
"""

from __future__ import annotations

import contextlib
import errno
import json
import math
import os
import stat
from io import BufferedReader
from pathlib import Path
from typing import Any

SETTINGS = 1 << 20  # bytes of a file that people write: presets, lessons, the config
NOTES = 4 << 20  # bytes of a file that the program keeps: progress
TABLE = 8 << 30  # bytes of a table of data, memory permitting

_GROWTH = 16 << 20  # bytes that a file may grow while it is read
_CHUNK = 1 << 20
_SHARE = 0.8  # of the free memory that one file may take
_MOST_VALUES = 200_000  # in a JSON document
_DEEPEST = 64  # brackets within brackets
_BINARY = sum(getattr(os, flag, 0) for flag in ("O_BINARY", "O_CLOEXEC", "O_NOCTTY", "O_NONBLOCK"))
_KINDS = (
    (stat.S_ISDIR, "is a folder"),
    (stat.S_ISFIFO, "is a pipe"),
    (stat.S_ISSOCK, "is a socket"),
    (stat.S_ISCHR, "is a device"),
    (stat.S_ISBLK, "is a device"),
)


_WORDS = {
    errno.ENOENT: "no such file",
    errno.ENOTDIR: "no such file",
    errno.ENAMETOOLONG: "no such file: the name is too long for one",
    errno.ELOOP: "is a link that leads to itself",
}


class Unreadable(Exception):  # noqa: N818 - it describes the file
    """A file cannot be read. The message says why in one line, without the file's name: "is a folder"."""


def reason_of(error: BaseException) -> str:
    """Why the system refused, in its own words, on one line and without the file's name."""
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return " ".join(text.split()) or type(error).__name__


def open_file(path: str | os.PathLike[str], at_most: int, *, links: bool = True) -> BufferedReader:
    """A regular file of at most ``at_most`` bytes that fits into memory, opened for reading.

    Args:
        links: whether the path may be a symbolic link.

    Raises:
        Unreadable: it is something else, or cannot be opened.
    """
    try:
        _check_kind(os.stat(path, follow_symlinks=links))  # before opening: opening a device may already do something
        flags = os.O_RDONLY | _BINARY | (0 if links else getattr(os, "O_NOFOLLOW", 0))
        descriptor = os.open(path, flags)
    except (OSError, ValueError) as error:
        raise Unreadable(_reason(error)) from None
    try:
        found = os.fstat(descriptor)  # again: another file may have this name by now
        _check_kind(found)
        _check_size(found.st_size, at_most)
        return os.fdopen(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise


def read_file(path: str | os.PathLike[str], at_most: int, *, links: bool = True) -> bytes:
    """The content of a regular file.

    Raises:
        Unreadable: it is something else, larger than ``at_most`` bytes or than memory, or cannot be read.
    """
    try:
        with open_file(path, at_most, links=links) as file:
            size = os.fstat(file.fileno()).st_size
            parts, rest = [file.read(size)], min(at_most - size, _GROWTH) + 1
            while rest > 0 and (part := file.read(min(rest, _CHUNK))):
                parts.append(part)
                rest -= len(part)
    except MemoryError:
        raise Unreadable("does not fit into memory") from None
    except (OSError, ValueError) as error:
        raise Unreadable(_reason(error)) from None
    if rest <= 0:
        raise Unreadable(_too_large(at_most) if at_most - size <= _GROWTH else "grows while it is read")
    return parts[0] if len(parts) == 1 else b"".join(parts)


def read_json(content: bytes) -> Any:
    """The value of a JSON document: of at most 200,000 values, nested at most 64 deep.

    Raises:
        Unreadable: it is none, or larger.
    """
    if content.count(b",") + content.count(b"[") + content.count(b"{") > _MOST_VALUES:
        raise Unreadable("has more values than this program writes")
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):  # also text that is not UTF-8, and numbers of more digits than Python reads
        raise Unreadable("is not JSON") from None
    if _is_deep(value):
        raise Unreadable("is nested too deeply")
    return value


def fits_memory(size: float) -> bool:
    """Whether so many bytes may be taken without driving the system to its limits."""
    return size <= _SHARE * free_memory()


def free_memory() -> float:
    """Bytes that this process may still take: the least of what its limits, its container and the machine leave it.

    Infinite where the system does not say.
    """
    return max(0.0, min(_free_on_machine(), _free_in_container(), _free_address_space()))


# ---- the checks


def _check_kind(found: os.stat_result) -> None:
    if stat.S_ISREG(found.st_mode):
        return
    if stat.S_ISLNK(found.st_mode):
        raise Unreadable("is a link, which is not followed here")
    raise Unreadable(next((words for test, words in _KINDS if test(found.st_mode)), "is not a regular file"))


def _check_size(size: int, at_most: int) -> None:
    if size > at_most:
        raise Unreadable(_too_large(at_most))
    if size > _CHUNK and not fits_memory(size):
        raise Unreadable(f"is {size / 2**20:,.0f} MB, which does not fit into memory")


def _too_large(at_most: int) -> str:
    size = f"{at_most / 2**20:,.0f} MB" if at_most >= 1 << 20 else f"{at_most / 2**10:,.0f} KB"
    return f"is larger than {size}, the most for such a file"


def _reason(error: OSError | ValueError) -> str:
    if isinstance(error, OSError):
        return _WORDS.get(error.errno or 0) or _lowered(reason_of(error))
    return "no such file"  # a name with a zero byte, or one that cannot be encoded


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:]


def _is_deep(value: Any) -> bool:
    level = [value]
    for _ in range(_DEEPEST):
        level = [
            inner
            for outer in level
            if isinstance(outer, list | dict)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
        if not level:
            return False
    return True


# ---- memory


def _free_on_machine() -> float:
    with contextlib.suppress(OSError, ValueError, IndexError):
        for line in _lines("/proc/meminfo"):
            if line.startswith("MemAvailable:"):
                return float(line.split()[1]) * 1024
    with contextlib.suppress(OSError, ValueError, AttributeError):
        return float(os.sysconf("SC_PHYS_PAGES")) * os.sysconf("SC_PAGE_SIZE")
    return math.inf


def _free_in_container() -> float:
    with contextlib.suppress(OSError, ValueError, IndexError):
        limit, used = (float(_lines(f"/sys/fs/cgroup/memory.{name}")[0]) for name in ("max", "current"))
        facts = dict(line.split() for line in _lines("/sys/fs/cgroup/memory.stat"))
        return limit - used + float(facts.get("inactive_file", 0))
    return math.inf


def _free_address_space() -> float:
    with contextlib.suppress(ImportError, OSError, ValueError, IndexError, AttributeError):
        import resource

        limit = resource.getrlimit(resource.RLIMIT_AS)[0]
        if limit != resource.RLIM_INFINITY:
            return limit - float(_lines("/proc/self/statm")[0].split()[0]) * os.sysconf("SC_PAGE_SIZE")
    return math.inf


def _lines(path: str) -> list[str]:
    return Path(path).read_text(encoding="ascii").splitlines()
