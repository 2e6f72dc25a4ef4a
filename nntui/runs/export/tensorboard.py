"""Event files for TensorBoard.

A file is a sequence of records: length (8 bytes), its masked CRC-32C, the content, its masked CRC-32C, all little
endian. A content is a protocol buffer ``tensorflow.Event``: wall_time = 1 (double), step = 2 (int64), file_version = 3
(string), summary = 5; a ``Summary`` has values = 1, a ``Value`` has tag = 1, simple_value = 2 (float), histo = 5, a
``HistogramProto`` has min, max, num, sum, sum_squares = 1 … 5 (double), bucket_limit = 6 and bucket = 7 (doubles).
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from nntui.runs.export.protobuf import content, double, number, single
from nntui.training.scalars import COLUMNS, Rows, known_columns

BINS = 40


def first(wall_time: float) -> bytes:
    """What a file begins with."""
    return _record(double(1, wall_time) + content(3, b"brain.Event:2"))


def scalars(rows: Rows, score: str, began: float) -> Iterable[bytes]:
    """A record for every epoch, its number as the step.

    Args:
        score: what the score is called.
        began: when the run did, in seconds since 1970.
    """
    tags = {column: name.replace("score", score).replace("_", "/", 1).encode() for column, name in enumerate(COLUMNS)}
    tags[COLUMNS.index("learning_rate")] = b"learning_rate"
    shown = [COLUMNS.index(name) for name in known_columns(rows) if name not in ("epoch", "step", "seconds")]
    at = COLUMNS.index("seconds")
    for row in rows.tolist():
        seconds = row[at] if math.isfinite(row[at]) else 0.0
        values = [content(1, content(1, tags[column]) + single(2, row[column])) for column in shown]
        yield _record(_event(began + seconds, int(row[0]), b"".join(values)))


def histograms(weights: dict[str, npt.NDArray[np.floating]], epoch: int, wall_time: float) -> bytes:
    """A record with the distribution of every array."""
    values = [content(1, content(1, name.encode()) + content(5, _histogram(array))) for name, array in weights.items()]
    return _record(_event(wall_time, epoch, b"".join(values)))


def _histogram(array: npt.NDArray[np.floating]) -> bytes:
    values = array.astype(np.float64).ravel()
    values = values[np.isfinite(values)]
    counts, edges = np.histogram(values, BINS)
    low, high = (values.min(), values.max()) if len(values) else (0.0, 0.0)
    facts = (low, high, len(values), values.sum(), values.dot(values))
    moments = b"".join(double(field, float(fact)) for field, fact in enumerate(facts, 1))
    limits, buckets = edges[1:].astype("<f8").tobytes(), counts.astype("<f8").tobytes()
    return moments + content(6, limits) + content(7, buckets)


def _event(wall_time: float, step: int, summary: bytes) -> bytes:
    return double(1, wall_time) + number(2, step) + content(5, summary)


def _record(body: bytes) -> bytes:
    length = struct.pack("<Q", len(body))
    return b"".join([length, _masked(length), body, _masked(body)])


def _table() -> list[int]:
    table = []
    for byte in range(256):
        rest = byte
        for _ in range(8):
            rest = rest >> 1 ^ (0x82F63B78 if rest & 1 else 0)  # Castagnoli's polynomial, its bits reversed
        table.append(rest)
    return table


_TABLE = _table()


def crc32c(body: bytes) -> int:
    """The checksum CRC-32C (RFC 3720)."""
    rest = 0xFFFFFFFF
    for byte in body:
        rest = rest >> 8 ^ _TABLE[(rest ^ byte) & 255]
    return rest ^ 0xFFFFFFFF


def _masked(body: bytes) -> bytes:
    checksum = crc32c(body)
    return struct.pack("<I", (checksum >> 15 | checksum << 17 & 0xFFFFFFFF) + 0xA282EAD8 & 0xFFFFFFFF)
