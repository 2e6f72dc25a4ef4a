"""Messages on a pipe: a dictionary of JSON values and NumPy arrays as a length-prefixed run of bytes, and back.

A frame is two little-endian 32-bit lengths (of the body, and of its JSON part), the JSON part padded with spaces to a
multiple of 8, then the raw bytes of every array, each padded likewise. In the JSON an array is ``{"$array": index}``;
the part's ``arrays`` list has dtype and shape of each. Not-a-number and infinities travel as null outside arrays.

Nothing is ever executed on decoding, sizes are bounded, and NumPy is imported only when an array is met.
"""

from __future__ import annotations

import json
import math
import struct
import sys
from collections.abc import Mapping
from typing import Any

Message = dict[str, Any]

MAX_BODY = 64 * 2**20  # bytes; the largest message of the worker is a few MB
MAX_DIMENSIONS = 4
DTYPES = ("<f8", "<f4", "<i8", "<i4", "<i2", "|i1", "|u1", "|b1")

_PREFIX = struct.Struct("<II")
_MARK = "$array"

ALIVE = _PREFIX.pack(0, 0)  # the empty frame, which is no message: asks for a sign of life, and is one


class FrameError(ValueError):
    """Bytes that are no frame, or a message that cannot be one."""


def encode(message: Mapping[str, Any]) -> bytes:
    """The frame of a message.

    Raises:
        FrameError: a value is neither a JSON value nor an array of an allowed dtype, or the frame would be too large.
    """
    arrays: list[Any] = []
    tree = _flatten(dict(message), arrays)
    described = [[array.dtype.str, list(array.shape)] for array in arrays]
    text = json.dumps({"message": tree, "arrays": described}, separators=(",", ":"), allow_nan=False).encode()
    parts = [_padded(text, b" "), *(_padded(array.tobytes(), b"\0") for array in arrays)]
    size = sum(map(len, parts))
    if size > MAX_BODY:
        raise FrameError(f"a message of {size:,} bytes; at most {MAX_BODY:,} are allowed")
    return b"".join((_PREFIX.pack(size, len(parts[0])), *parts))


def decode(body: bytes) -> Message:
    """The message of one frame's bytes, as `FrameReader` hands them out; arrays are read-only views of them.

    Raises:
        FrameError: the bytes are not a message.
    """
    size, text_size = _lengths(body)
    if len(body) != _PREFIX.size + size:
        raise FrameError(f"a frame of {len(body)} bytes that says it has {_PREFIX.size + size}")
    end = _PREFIX.size + text_size
    try:
        outer = json.loads(body[_PREFIX.size : end])
        tree, described = outer["message"], outer["arrays"]
        arrays = _arrays(body, end, described) if described else []
        message = _restore(tree, arrays)
    except FrameError:
        raise
    except (ValueError, KeyError, TypeError, IndexError, OverflowError, RecursionError, MemoryError) as error:
        raise FrameError(f"not a message: {type(error).__name__}: {error}") from None
    if not isinstance(message, dict):
        raise FrameError("not a message: no dictionary")
    return message


class FrameReader:
    """Cuts a stream of bytes, in pieces of any size, into whole frames."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[bytes]:
        """Every frame that ``data`` completes, in order.

        Raises:
            FrameError: the stream is out of step, or a frame is larger than allowed.
        """
        self._buffer += data
        frames = []
        start = 0
        while len(self._buffer) - start >= _PREFIX.size:
            end = start + _PREFIX.size + _lengths(self._buffer, start)[0]
            if len(self._buffer) < end:
                break
            frames.append(bytes(self._buffer[start:end]))
            start = end
        del self._buffer[:start]
        return frames

    def end(self) -> None:
        """The stream ended.

        Raises:
            FrameError: in the middle of a frame.
        """
        if self._buffer:
            raise FrameError(f"the stream ended {len(self._buffer)} bytes into a message")


def _lengths(buffer: bytes | bytearray, start: int = 0) -> tuple[int, int]:
    if len(buffer) - start < _PREFIX.size:
        raise FrameError(f"a frame of {len(buffer) - start} bytes")
    size, text_size = _PREFIX.unpack_from(buffer, start)
    if size > MAX_BODY:
        raise FrameError(f"a frame of {size:,} bytes; at most {MAX_BODY:,} are allowed")
    if text_size > size:
        raise FrameError("a frame whose parts are larger than the whole")
    return size, text_size


def _padded(data: bytes, filler: bytes) -> bytes:
    return data + filler * (-len(data) % 8)


def _flatten(value: Any, arrays: list[Any]) -> Any:
    """``value`` as JSON can carry it, its arrays moved to ``arrays``."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        if _MARK in value or not all(isinstance(key, str) for key in value):
            raise FrameError(f"keys are strings other than {_MARK!r}: {list(value)!r}")
        return {key: _flatten(item, arrays) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_flatten(item, arrays) for item in value]
    numpy = sys.modules.get("numpy")
    if numpy is not None and isinstance(value, numpy.generic):
        return _flatten(value.item(), arrays)
    if numpy is not None and isinstance(value, numpy.ndarray):
        little = value.astype(value.dtype.newbyteorder("<"), copy=False)
        if little.dtype.str not in DTYPES or little.ndim > MAX_DIMENSIONS:
            raise FrameError(f"an array of {little.dtype} with {little.ndim} dimensions")
        arrays.append(little)
        return {_MARK: len(arrays) - 1}
    raise FrameError(f"neither a JSON value nor an array: {type(value).__name__}")


def _arrays(body: bytes, offset: int, described: list[Any]) -> list[Any]:
    import numpy as np

    arrays = []
    for dtype_name, shape in described:
        sizes = [int(size) for size in shape]
        if dtype_name not in DTYPES or len(sizes) > MAX_DIMENSIONS or any(size < 0 for size in sizes):
            raise FrameError(f"an array of {dtype_name!r} with shape {shape!r}")
        dtype = np.dtype(dtype_name)
        count = math.prod(sizes)
        stop = offset + count * dtype.itemsize
        if stop > len(body):
            raise FrameError(f"an array of shape {shape!r} reaches beyond its frame")
        arrays.append(np.frombuffer(body, dtype, count, offset if count else 0).reshape(sizes))
        offset = stop + (offset - stop) % 8
    if offset != len(body):
        raise FrameError(f"{len(body) - offset} bytes of a frame belong to nothing")
    return arrays


def _restore(value: Any, arrays: list[Any]) -> Any:
    if isinstance(value, dict):
        if _MARK in value:
            index = value[_MARK]
            if not isinstance(index, int) or not 0 <= index < len(arrays):
                raise FrameError(f"no array {index!r}")
            return arrays[index]
        return {key: _restore(item, arrays) for key, item in value.items()}
    if isinstance(value, list):
        return [_restore(item, arrays) for item in value]
    return value
