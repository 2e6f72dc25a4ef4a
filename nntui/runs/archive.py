"""A tree of words, numbers, lists and arrays as an .npz file that holds nothing executable, and back.

The arrays are the members ``a0.npy``, ``a1.npy`` …; the tree is JSON in the member ``meta.npy``, where ``{"array": 3}``
stands for the fourth array and ``{"float": "nan"}`` for what JSON has no number for. Members are stored, not
compressed: no file can unfold to more than its own size. Names in the archive are looked up, never used as paths.
"""

from __future__ import annotations

import contextlib
import io
import json
import math
import os
import re
import warnings
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from nntui.files import Unreadable, fits_memory, open_file, read_json
from nntui.runs.errors import RunError, reason_of

LARGEST = 4 << 30  # bytes of a file that is read
LARGEST_META = 16 << 20  # bytes of its tree
_MOST_MEMBERS = 4096
_NAME = re.compile(r"(meta|a\d{1,5})\.npy")
_DTYPES = frozenset(("<f4", "<f8", "<i4", "<i8", "<u8", "|i1", "|u1", "|b1"))

AnyArray = npt.NDArray[Any]


def pack(tree: Any) -> bytes:
    """The file's content. Dictionaries have words as keys; other keys than ``array`` or ``float`` alone."""
    arrays: list[AnyArray] = []
    meta = json.dumps(_plain(tree, arrays), allow_nan=False).encode()
    file = io.BytesIO()
    members = {f"a{index}": array for index, array in enumerate(arrays)}
    np.savez(file, allow_pickle=False, meta=np.frombuffer(meta, np.uint8), **members)
    return file.getvalue()


def unpack(path: Path) -> Any:
    """The tree of a file; tuples come back as lists.

    Raises:
        RunError: it is damaged, missing, or does not fit into memory.
    """
    with _opened(path) as archive:
        meta = _meta(path, archive)
        return _tree(path, archive, meta, {})


def peek(path: Path) -> Any:
    """The tree without its arrays, None in their places."""
    with _opened(path) as archive:
        return _tree(path, None, _meta(path, archive), {})


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        file = open_file(path, LARGEST, links=False)
    except Unreadable as error:
        raise RunError(f"{path}: {error}") from None
    with file:
        try:
            size = os.fstat(file.fileno()).st_size
            archive = zipfile.ZipFile(file)
        except Exception as error:  # whatever a damaged archive makes its reader say
            raise RunError(f"{path}: not a whole checkpoint ({reason_of(error)})") from None
        with archive:
            _check_members(path, archive.infolist(), size)
            yield archive


def _check_members(path: Path, members: list[zipfile.ZipInfo], size: int) -> None:
    for member in members:
        if not _NAME.fullmatch(member.filename) or member.compress_type != zipfile.ZIP_STORED or member.flag_bits & 1:
            raise RunError(f"{path}: not a checkpoint of nntui (member {member.filename!r:.60})")
    if len(members) > _MOST_MEMBERS or sum(member.file_size for member in members) > size:
        raise RunError(f"{path}: not a checkpoint of nntui (its members claim more than there is)")


def _meta(path: Path, archive: zipfile.ZipFile) -> Any:
    array = _member(path, archive, "meta.npy", LARGEST_META)
    try:
        if array.dtype != np.uint8:
            raise Unreadable("is not text")
        return read_json(array.tobytes())
    except Unreadable as error:
        raise RunError(f"{path}: damaged; its description {error}") from None


def _member(path: Path, archive: zipfile.ZipFile, name: str, at_most: int) -> AnyArray:
    try:
        size = archive.getinfo(name).file_size
        if size > at_most:
            raise ValueError("too large")
        if not fits_memory(2 * size):
            raise MemoryError("it does not fit into memory")
        return _array(archive.read(name))
    except Exception as error:  # whatever a damaged archive makes a decoder say
        raise RunError(f"{path}: damaged in {name} ({reason_of(error)})") from None


def _array(content: bytes) -> AnyArray:
    """The array of a member; its header is not trusted with how much memory to take."""
    file = io.BytesIO(content)
    if np.lib.format.read_magic(file) != (1, 0):
        raise ValueError("another version of the array format")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        shape, fortran, dtype = np.lib.format.read_array_header_1_0(file, max_header_size=10_000)
    body = memoryview(content)[file.tell() :]
    if dtype.str not in _DTYPES or fortran or any(length < 0 for length in shape):
        raise ValueError("an array of another kind")
    if math.prod(shape) * dtype.itemsize != len(body):
        raise ValueError("an array of another size than it says")
    return np.frombuffer(body, dtype).reshape(shape).copy()


def _plain(value: Any, arrays: list[AnyArray]) -> Any:
    if isinstance(value, np.ndarray):
        arrays.append(np.ascontiguousarray(value))
        return {"array": len(arrays) - 1}
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return {"float": repr(value)}
    if isinstance(value, list | tuple):
        return [_plain(item, arrays) for item in value]
    if isinstance(value, dict):
        return {name: _plain(item, arrays) for name, item in value.items()}
    return value


def _tree(path: Path, archive: zipfile.ZipFile | None, value: Any, read: dict[int, AnyArray]) -> Any:
    if isinstance(value, list):
        return [_tree(path, archive, item, read) for item in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == {"array"}:
        return None if archive is None else _looked_up(path, archive, value["array"], read)
    if value.keys() == {"float"}:
        if value["float"] not in ("nan", "inf", "-inf"):
            raise RunError(f"{path}: damaged; a number that is none")
        return float(value["float"])
    return {name: _tree(path, archive, item, read) for name, item in value.items()}


def _looked_up(path: Path, archive: zipfile.ZipFile, index: Any, read: dict[int, AnyArray]) -> AnyArray:
    if type(index) is not int:
        raise RunError(f"{path}: damaged; it names an array that cannot be")
    if index not in read:
        read[index] = _member(path, archive, f"a{index}.npy", LARGEST)
    return read[index]
