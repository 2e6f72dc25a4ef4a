"""What every activation is: a function applied to each weighted sum, recorded forward and backward."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from nntui.nn.arrays import Array, BoolArray
from nntui.nn.program import Program

FLAT = 1.0 - 0.97**2  # share of the steepest slope below which a curve counts as flat


class Activation:
    """A function applied to every weighted sum by itself.

    Attributes:
        name: as in the registry.
        gain: factor by which initial weights make up for what the function takes from the spread of its inputs.
        leak: the slope left of 0, where the function is a leaky rectifier.
        steepest: max |φ'|.
        in_place: whether ``backward`` does without z, so that training may let ``forward`` write a over it.
    """

    name: ClassVar[str]
    gain: float = 1.0
    leak: float = 0.0
    steepest: float = 1.0
    in_place: ClassVar[bool] = False

    def __call__(self, z: Array) -> Array:
        """φ(z) in a new array, any shape."""
        z = np.ascontiguousarray(z)
        a: Array = np.empty_like(z)
        program = Program()
        self.forward(program, z, a)
        with np.errstate(all="ignore"):
            program.run()
        return a

    def forward(self, do: Program, z: Array, a: Array) -> None:
        """Record a = φ(z); z and a have the same shape and may be one array."""
        raise NotImplementedError

    def backward(self, do: Program, z: Array, a: Array, delta: Array) -> None:
        """Record δ ← δ ⊙ φ'(z), with z (unless ``in_place``) and a as left by ``forward``."""
        slope = do.empty_like(a)
        self.record_slope(do, a, slope)
        do.multiply(delta, slope, out=delta)

    def record_slope(self, do: Program, a: Array, slope: Array) -> None:
        """Record slope = φ'(z) from a alone; a, slope: of any one shape. An activation has this or a ``backward``."""
        raise NotImplementedError

    @property
    def has_slope(self) -> bool:
        """Whether ``record_slope`` is all there is to ``backward``."""
        return type(self).backward is Activation.backward

    def derivative(self, z: Array) -> Array:
        """φ'(z) in a new array, any shape; at a kink, the value that ``backward`` uses."""
        z = np.ascontiguousarray(z)
        a: Array = np.empty_like(z)
        slope: Array = np.ones_like(z)
        program = Program()
        self.forward(program, z, a)
        self.backward(program, z, a, slope)
        with np.errstate(all="ignore"):
            program.run()
        return slope

    def saturated(self, z: Array, a: Array) -> BoolArray | None:
        """Which outputs lie on a flat part of the curve; z, a: (batch, units). None where the curve has none."""
        flat: BoolArray = np.abs(self.derivative(z)) < FLAT * self.steepest
        return flat

    def dead_units(self, z: Array, a: Array) -> BoolArray | None:
        """Which units pass no gradient for any input, (units,); z, a: (batch, units). None where that cannot be."""
        return None

    def responsive(self, z: Array, a: Array) -> BoolArray:
        """Which outputs lie on the part of the curve that responds to z; z, a: (batch, units)."""
        flat = self.saturated(z, a)
        return np.ones(z.shape, np.bool_) if flat is None else ~flat

    def kinks(self) -> tuple[float, ...]:
        """The z at which φ has no derivative."""
        return ()
