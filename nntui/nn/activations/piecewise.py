"""Activations made of straight lines, and of a line and a curve that meet at 0."""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np

from nntui.nn.activations.base import Activation
from nntui.nn.arrays import Array, BoolArray
from nntui.nn.program import Program


class Identity(Activation):
    """φ(z) = z; φ'(z) = 1. A network of these alone is one linear model."""

    name = "identity"
    in_place = True

    def forward(self, do: Program, z: Array, a: Array) -> None:
        if a is not z:
            do.positive(z, out=a)

    def backward(self, do: Program, z: Array, a: Array, delta: Array) -> None:
        pass

    def saturated(self, z: Array, a: Array) -> BoolArray | None:
        return None


class Relu(Activation):
    """φ(z) = max(0, z); φ'(z) = 1 for z > 0, else 0. Nair & Hinton 2010; Glorot, Bordes & Bengio 2011."""

    name = "relu"
    in_place = True
    gain = math.sqrt(2.0)

    def forward(self, do: Program, z: Array, a: Array) -> None:
        do.maximum(z, 0.0, out=a)

    def backward(self, do: Program, z: Array, a: Array, delta: Array) -> None:
        do.gate(delta, a)

    def saturated(self, z: Array, a: Array) -> BoolArray | None:
        return None

    def dead_units(self, z: Array, a: Array) -> BoolArray | None:
        return never_positive(z)

    def responsive(self, z: Array, a: Array) -> BoolArray:
        on: BoolArray = z > 0
        return on

    def kinks(self) -> tuple[float, ...]:
        return (0.0,)


class LeakyRelu(Activation):
    """φ(z) = max(z, s·z); φ'(z) = 1 for z > 0, else s, with 0 ≤ s ≤ 1. Maas, Hannun & Ng 2013."""

    name = "leaky_relu"
    in_place = True

    def __init__(self, slope: float = 0.01) -> None:
        self.slope = self.leak = slope
        self.gain = math.sqrt(2.0 / (1.0 + slope**2))

    def forward(self, do: Program, z: Array, a: Array) -> None:
        leak = do.empty_like(z)
        do.multiply(z, self.slope, out=leak)
        do.maximum(z, leak, out=a)

    def backward(self, do: Program, z: Array, a: Array, delta: Array) -> None:
        slope = do.empty_like(a)
        do.where_positive(a, out=slope)
        do.maximum(slope, self.slope, out=slope)
        do.multiply(delta, slope, out=delta)

    def saturated(self, z: Array, a: Array) -> BoolArray | None:
        return None

    def dead_units(self, z: Array, a: Array) -> BoolArray | None:
        return never_positive(z) if self.slope == 0 else None

    def responsive(self, z: Array, a: Array) -> BoolArray:
        on: BoolArray = z > 0
        return on

    def kinks(self) -> tuple[float, ...]:
        return (0.0,)


class Elu(Activation):
    """φ(z) = z for z > 0, else α(eᶻ - 1); φ'(z) = 1, else αeᶻ = φ(z) + α. Clevert, Unterthiner & Hochreiter 2016."""

    name = "elu"
    in_place = True
    gain = math.sqrt(2.0)
    scale = 1.0  # λ, by which selu stretches both branches

    def __init__(self, alpha: float = 1.0) -> None:
        self.alpha = alpha
        self.steepest = self.scale * max(1.0, alpha)

    def forward(self, do: Program, z: Array, a: Array) -> None:
        below = do.empty_like(z)
        do.minimum(z, 0.0, out=below)
        do.expm1(below, out=below)
        do.multiply(below, self.scale * self.alpha, out=below)  # 0 where z > 0
        do.maximum(z, 0.0, out=a)
        if self.scale != 1.0:
            do.multiply(a, self.scale, out=a)
        do.add(a, below, out=a)

    def backward(self, do: Program, z: Array, a: Array, delta: Array) -> None:
        slope = do.empty_like(a)
        do.minimum(a, 0.0, out=slope)
        do.add(slope, self.scale * self.alpha, out=slope)  # λα where z > 0, as it should be if α is 1
        if self.alpha != 1.0:
            step = do.empty_like(a)
            do.where_positive(a, out=step)
            do.maximum(step, 0.0, out=step)
            do.multiply(step, self.scale * (1.0 - self.alpha), out=step)
            do.add(slope, step, out=slope)
        do.multiply(delta, slope, out=delta)

    def kinks(self) -> tuple[float, ...]:
        return () if self.alpha == 1.0 and self.scale == 1.0 else (0.0,)


class Selu(Elu):
    """φ(z) = λz for z > 0, else λα(eᶻ - 1), with the λ and α that keep mean 0 and variance 1.

    Klambauer, Unterthiner, Mayr & Hochreiter 2017. The gain is 1: it is made for variance 1/fan_in (lecun_normal).
    """

    name = "selu"
    gain = 1.0
    scale = 1.0507009873554804934193349852946

    def __init__(self) -> None:
        super().__init__(1.6732632423543772848170429916717)


class _Clipped(Activation):
    """φ(z) = max(low, min(high, k·z + shift)); φ'(z) = k inside, 0 outside."""

    low: ClassVar[float]
    high: ClassVar[float]
    slope: ClassVar[float] = 1.0
    shift: ClassVar[float] = 0.0
    in_place = True

    def __init__(self) -> None:
        self.steepest = self.slope

    def forward(self, do: Program, z: Array, a: Array) -> None:
        if self.slope != 1.0 or self.shift != 0.0:
            line = do.empty_like(z)
            do.multiply(z, self.slope, out=line)
            do.add(line, self.shift, out=line)
            z = line
        do.maximum(z, self.low, out=a)
        do.minimum(a, self.high, out=a)

    def backward(self, do: Program, z: Array, a: Array, delta: Array) -> None:
        above, inside = do.empty(a.shape, np.bool_), do.empty(a.shape, np.bool_)
        slope = do.empty_like(a)
        do.greater(a, self.low, out=above)
        do.less(a, self.high, out=inside)
        do.logical_and(above, inside, out=inside)
        do.call(np.copyto, slope, inside)
        if self.slope != 1.0:
            do.multiply(slope, self.slope, out=slope)
        do.multiply(delta, slope, out=delta)

    def dead_units(self, z: Array, a: Array) -> BoolArray | None:
        dead: BoolArray = (self.derivative(z) == 0).all(axis=0)
        return dead

    def kinks(self) -> tuple[float, ...]:
        return ((self.low - self.shift) / self.slope, (self.high - self.shift) / self.slope)


class HardTanh(_Clipped):
    """φ(z) = max(-1, min(1, z)); φ'(z) = 1 for |z| < 1, else 0. Collobert 2004."""

    name = "hard_tanh"
    gain = 5.0 / 3.0
    low, high = -1.0, 1.0


class HardSigmoid(_Clipped):
    """φ(z) = max(0, min(1, z/6 + ½)); φ'(z) = 1/6 for |z| < 3, else 0. Howard et al. 2019.

    As in PyTorch and Keras 3; older ones used other slopes.
    """

    name = "hard_sigmoid"
    low, high = 0.0, 1.0
    slope, shift = 1.0 / 6.0, 0.5


def never_positive(z: Array) -> BoolArray:
    """Which units (columns) have no positive sum in the whole batch, (units,); z: (batch, units)."""
    on: BoolArray = z > 0
    return np.logical_not(on.any(axis=0))
