"""What is measured arrives as it was sent, whatever it is made of."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from nntui.training.snapshot import Floats
from nntui.worker.frames import FrameReader, decode, encode
from nntui.worker.messages import packed, unpacked


@dataclass(frozen=True, slots=True)
class Part:
    name: str
    share: float
    values: Floats


@dataclass(frozen=True, slots=True)
class Whole:
    parts: tuple[Part, ...]
    size: tuple[int, int]
    plane: Floats | None = None
    best: Part | None = None
    ends: tuple[float, float] = (0.0, 1.0)


def test_records_within_records_come_back_as_they_were() -> None:
    part = Part("hidden 1", math.nan, np.array([1.0, np.nan, -2.5], np.float32))
    sent = Whole((part, Part("output", 0.5, np.zeros(0, np.float32))), (3, 4), None, part, (math.nan, 2.0))
    [frame] = FrameReader().feed(encode({"whole": packed(sent)}))
    got: Whole = unpacked(Whole, decode(frame)["whole"])
    assert [each.name for each in got.parts] == ["hidden 1", "output"]
    assert math.isnan(got.parts[0].share)
    assert got.parts[1].share == 0.5
    np.testing.assert_array_equal(got.parts[0].values, part.values)
    assert got.size == (3, 4)
    assert got.plane is None
    assert isinstance(got.best, Part)
    np.testing.assert_array_equal(got.best.values, part.values)
    assert math.isnan(got.ends[0])
    assert got.ends[1] == 2.0
