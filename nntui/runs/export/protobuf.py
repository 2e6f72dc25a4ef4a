"""What our files need of the wire format of protocol buffers: a field is its number, its kind and its value."""

from __future__ import annotations

import math
import struct


def varint(value: int) -> bytes:
    """A whole number of at least 0, seven bits a byte, the lowest first."""
    parts = bytearray()
    while value > 127:
        parts.append(value & 127 | 128)
        value >>= 7
    parts.append(value)
    return bytes(parts)


def number(field: int, value: int) -> bytes:
    """A field with a whole number of at least 0."""
    return varint(field << 3) + varint(value)


def double(field: int, value: float) -> bytes:
    """A field with a float64."""
    return varint(field << 3 | 1) + struct.pack("<d", value)


def single(field: int, value: float) -> bytes:
    """A field with a float32; infinite where the value is too large for one."""
    if abs(value) > 3.4e38:
        value = math.copysign(math.inf, value)
    return varint(field << 3 | 5) + struct.pack("<f", value)


def content(field: int, value: bytes | str) -> bytes:
    """A field with text, bytes, or another message."""
    value = value.encode() if isinstance(value, str) else value
    return varint(field << 3 | 2) + varint(len(value)) + value
