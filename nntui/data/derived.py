"""The inputs that can be derived from two, by name (known without NumPy)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class DerivedInput:
    """One input made of the two of a plane, x1 and x2: its name, what it is good for, its formula and its source."""

    name: str
    meaning: str
    formula: str
    source: str

    def defaults(self) -> dict[str, float]:
        """It takes no options."""
        return {}


_PLAYGROUND = "TensorFlow Playground (Smilkov, Carter, Sculley, Viégas & Wattenberg 2017, arXiv 1708.03788)"
_SINE = f"{_PLAYGROUND}; there sin x on -6 … 6"

DERIVED_INPUTS: Mapping[str, DerivedInput] = MappingProxyType(
    {
        entry.name: entry
        for entry in (
            DerivedInput("x1", "The first input itself.", "x1", _PLAYGROUND),
            DerivedInput("x2", "The second input itself.", "x2", _PLAYGROUND),
            DerivedInput(
                "x1^2", "How far from the middle, left or right: with x2^2 it parts circles.", "x1²", _PLAYGROUND
            ),
            DerivedInput("x2^2", "How far from the middle, up or down.", "x2²", _PLAYGROUND),
            DerivedInput("x1*x2", "Positive in two opposite quarters: by itself it parts xor.", "x1·x2", _PLAYGROUND),
            DerivedInput("sin x1", "A wave from left to right.", "sin(π x1)", _SINE),
            DerivedInput("sin x2", "A wave from bottom to top.", "sin(π x2)", _SINE),
        )
    }
)
DERIVED = tuple(DERIVED_INPUTS)


def derived_label(name: str) -> str:
    """A derived input's name on the screen: ``sin x1`` is sin(π·x1), and says so."""
    return name.replace("sin ", "sin π")
