"""Numbers in few characters, and where an axis gets its labels."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
LARGEST = 8e307  # values beyond are drawn here, so that a difference of two stays finite
SMALLEST = 1e-305  # a narrower range is widened to this


@dataclass(frozen=True)
class Tick:
    value: float
    label: str


def format_number(value: float, digits: int = 3) -> str:
    """``value`` with at most ``digits`` significant digits, compact: 0.03, 1e-5, 12k, 1.25M, NaN, inf.

    Whole numbers below 10,000 keep all of theirs.
    """
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "inf" if value > 0 else "-inf"
    if abs(value) < 10_000 and value == int(value):
        return str(int(value))
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    power = int(exponent)
    if -3 <= power < 4:
        return _trim(f"{float(f'{mantissa}e{exponent}'):.{max(0, digits - 1 - power)}f}")
    for suffix, size in (("k", 3), ("M", 6)):
        if size <= power < size + 3:
            return _trim(f"{float(mantissa) * 10.0 ** (power - size):.{max(0, digits - 1 - power + size)}f}") + suffix
    return f"{_trim(mantissa)}e{power}"


def _trim(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text


def finite_range(*arrays: Array) -> tuple[float, float] | None:
    """The least and the greatest finite value in all arrays, held within ±LARGEST; None where there is none."""
    low, high = math.inf, -math.inf
    for array in arrays:
        finite = array[np.isfinite(array)]
        if finite.size:
            low, high = min(low, float(finite.min())), max(high, float(finite.max()))
    if low > high:
        return None
    return min(max(low, -LARGEST), LARGEST), min(max(high, -LARGEST), LARGEST)


def nice_step(span: float, count: int, least: float = 0.0) -> tuple[int, int]:
    """The least step of 1, 2 or 5 times a power of ten that cuts ``span`` into at most ``count`` parts.

    Returns:
        (digit, exponent): the step is digit × 10^exponent.
    """
    wanted = max(span / max(1, count), least, SMALLEST / 10)
    exponent = math.floor(math.log10(wanted))
    for digit in (1, 2, 5):
        if digit * 10.0**exponent >= wanted * (1 - 1e-9):
            return digit, exponent
    return 1, exponent + 1


def round_range(low: float, high: float, parts: int = 8) -> tuple[float, float]:
    """``low`` to ``high`` widened to round numbers, so that an axis stands still while its data moves a little.

    A constant gets room on both sides. Zero is included when it is near.
    """
    if high - low <= max(abs(low), abs(high)) * 1e-9:
        room = max(abs(low) * 0.1, SMALLEST) if low else 1.0
        low, high = low - room, high + room
    elif 0 < low <= 0.25 * high:
        low = 0.0
    if high - low < SMALLEST:
        low, high = low - SMALLEST, high + SMALLEST
    digit, exponent = nice_step(high - low, parts)
    step = digit * 10.0**exponent
    rounded = math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step
    return max(rounded[0], -LARGEST), min(rounded[1], LARGEST)


def linear_ticks(low: float, high: float, count: int, *, whole: bool = False) -> list[Tick]:
    """At most ``count`` + 1 ticks at multiples of a 1-2-5 step within [low, high].

    Args:
        whole: only whole numbers (epochs, steps).
    """
    if not high > low or count < 1:
        return []
    digit, exponent = nice_step(high - low, count, 1.0 if whole else 0.0)
    step = digit * 10.0**exponent
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    multiples = [digit * index for index in range(first, last + 1)]
    return [
        Tick(multiple * 10.0**exponent, label)
        for multiple, label in zip(multiples, _labels(multiples, exponent), strict=True)
    ]


def _labels(multiples: list[int], exponent: int) -> list[str]:
    """Labels of multiples × 10^exponent, all with the same number of decimals, so that they line up."""
    if not multiples:
        return []
    largest = max(abs(multiple) for multiple in multiples)
    power = exponent + len(str(largest)) - 1  # of the largest label's first digit
    for suffix, size in (("", 0), ("k", 3), ("M", 6)):
        if (size <= power < size + 3 or (size == 0 and -4 < power < 4)) and exponent - size >= -6:
            decimals = max(0, size - exponent)
            labels = [f"{multiple * 10.0 ** (exponent - size):.{decimals}f}{suffix}" for multiple in multiples]
            return ["0" if multiple == 0 else label for multiple, label in zip(multiples, labels, strict=True)]
    decimals = len(str(largest)) - 1
    return [
        "0" if multiple == 0 else f"{multiple / 10**decimals:.{min(decimals, 6)}f}e{power}" for multiple in multiples
    ]


def log_ticks(low: float, high: float, count: int) -> list[Tick]:
    """Ticks on a logarithmic axis from ``low`` to ``high``, both positive: decades; over a short range 1-2-5."""
    if not high > low > 0 or count < 1:
        return []
    first, last = math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9)
    decades = last - first + 1
    if decades >= 2:
        stride = max(1, math.ceil((decades - 1) / count))
        return [_decade(power) for power in range(first, last + 1, stride)]
    values = [
        digit * 10.0**power
        for power in range(first - 1, last + 1)
        for digit in (1, 2, 5)
        if low * (1 - 1e-9) <= digit * 10.0**power <= high * (1 + 1e-9)
    ]
    if len(values) >= 2:
        return [Tick(value, format_number(value)) for value in values]
    return linear_ticks(low, high, count)


def _decade(power: int) -> Tick:
    label = f"{10.0**power:.{max(0, -power)}f}" if -2 <= power < 4 else f"1e{power}"
    return Tick(10.0**power, label)
