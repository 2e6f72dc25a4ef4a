"""Whatever goes into a frame comes out of it, and bytes that are no frame are refused."""

from __future__ import annotations

import contextlib
import math
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nntui.worker import frames
from nntui.worker.frames import FrameError, FrameReader, decode, encode

keys = st.text(max_size=6).filter(lambda key: key != "$array")
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(keys, json_values, max_size=5))
def test_json_values_come_back_as_they_went(message: dict[str, Any]) -> None:
    assert decode(encode(message)) == message


@pytest.mark.parametrize("dtype", ["f8", "f4", "i8", "i4", "i2", "i1", "u1", "?", ">f8", ">i4"])
@pytest.mark.parametrize("shape", [(), (0,), (1,), (7,), (3, 5), (0, 8), (2, 3, 4)])
def test_arrays_keep_their_values_and_shape(dtype: str, shape: tuple[int, ...]) -> None:
    sent = np.arange(math.prod(shape)).reshape(shape).astype(dtype)
    got = decode(encode({"a": sent, "between": "text", "list": [sent, {"b": sent}]}))
    for array in (got["a"], got["list"][0], got["list"][1]["b"]):
        assert array.shape == shape
        assert array.dtype == sent.dtype.newbyteorder("<")
        np.testing.assert_array_equal(array, sent)


def test_arrays_that_are_not_contiguous_keep_their_values() -> None:
    whole = np.arange(24.0).reshape(4, 6)
    got = decode(encode({"transposed": whole.T, "strided": whole[::2, 1::3]}))
    np.testing.assert_array_equal(got["transposed"], whole.T)
    np.testing.assert_array_equal(got["strided"], whole[::2, 1::3])


def test_not_a_number_stays_one_inside_arrays_and_is_null_outside() -> None:
    got = decode(encode({"inside": np.array([math.nan, math.inf]), "outside": [math.nan, math.inf, np.float64("nan")]}))
    assert np.isnan(got["inside"][0])
    assert np.isinf(got["inside"][1])
    assert got["outside"] == [None, None, None]


@pytest.mark.parametrize(
    "value", [object(), {1: 2}, {"$array": 0}, np.array(["text"]), np.array([1j]), np.zeros((1,) * 5), b"bytes", {1, 2}]
)
def test_what_cannot_travel_is_refused(value: object) -> None:
    with pytest.raises(FrameError):
        encode({"value": value})


@pytest.mark.slow
@given(
    messages=st.lists(st.dictionaries(keys, json_values, max_size=3)),
    piece=st.integers(1, 50),
)
def test_a_stream_cut_anywhere_gives_the_same_messages(messages: list[dict[str, Any]], piece: int) -> None:
    stream = b"".join(map(encode, messages))
    reader = FrameReader()
    got = [
        decode(frame) for start in range(0, len(stream), piece) for frame in reader.feed(stream[start : start + piece])
    ]
    reader.end()
    assert got == messages


def test_a_stream_that_ends_inside_a_message_is_noticed() -> None:
    reader = FrameReader()
    assert reader.feed(encode({"a": 1}) + encode({"b": 2})[:-3])
    with pytest.raises(FrameError, match="ended"):
        reader.end()


def test_a_frame_larger_than_allowed_is_refused_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frames, "MAX_BODY", 1000)
    with pytest.raises(FrameError, match="at most 1,000"):
        encode({"a": np.zeros(200)})
    with pytest.raises(FrameError, match="at most 1,000"):
        FrameReader().feed((5000).to_bytes(4, "little") + (10).to_bytes(4, "little"))


@given(position=st.integers(0, 10_000), value=st.integers(0, 255))
def test_a_damaged_frame_is_a_message_or_an_error_and_nothing_else(position: int, value: int) -> None:
    frame = bytearray(encode({"rows": np.arange(16.0).reshape(2, 8), "events": [{"event": "paused", "step": 3}]}))
    frame[position % len(frame)] = value
    with contextlib.suppress(FrameError):
        assert isinstance(decode(bytes(frame)), dict)


@given(st.binary(max_size=200))
def test_noise_is_refused(noise: bytes) -> None:
    with pytest.raises(FrameError):
        decode(noise)


def test_deep_nesting_is_refused() -> None:
    text = b'{"message":' + b"[" * 100_000 + b"]" * 100_000 + b',"arrays":[]}'
    with pytest.raises(FrameError):
        decode(len(text).to_bytes(4, "little") * 2 + text)


def test_a_message_without_arrays_needs_no_numpy() -> None:
    code = (
        "import sys; from nntui.worker.frames import decode, encode; decode(encode({'a': [1, 2.5, None]}));"
        "sys.exit('numpy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
