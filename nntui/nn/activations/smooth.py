"""Activations that are smooth everywhere, the softmax of an output layer among them."""

from __future__ import annotations

import math

import numpy as np

from nntui.nn.activations.base import FLAT, Activation
from nntui.nn.arrays import Array, BoolArray
from nntui.nn.erf import record_erf
from nntui.nn.program import Program

_BEYOND = 1e4  # z² where gelu is a straight line, whatever the precision: larger ones overflow


class Gelu(Activation):
    """φ(z) = z·Φ(z), Φ the standard normal distribution; φ'(z) = Φ(z) + z·Φ'(z). Hendrycks & Gimpel 2016.

    ``approximation="tanh"`` takes Φ(z) ≈ ½(1 + tanh(√(2/π)(z + 0.044715 z³))) instead, several times faster.
    """

    name = "gelu"
    gain = math.sqrt(2.0)
    steepest = 1.1289

    def __init__(self, approximation: str = "none") -> None:
        self.approximation = approximation

    def forward(self, do: Program, z: Array, a: Array) -> None:
        share = do.empty_like(z)
        self._record_share(do, z, share)
        do.multiply(z, share, out=a)

    def backward(self, do: Program, z: Array, a: Array, delta: Array) -> None:
        share, slope = do.empty_like(z), do.empty_like(z)
        self._record_share(do, z, share)
        do.multiply(z, z, out=slope)
        if self.approximation == "tanh":
            # Φ' = 2Φ(1 - Φ) · √(2/π)(1 + 3·0.044715 z²); Φ(1 - Φ) is 0 long before the largest z² taken here
            rest = do.empty_like(z)
            do.minimum(slope, _BEYOND, out=slope)
            do.multiply(slope, 3 * 0.044715, out=slope)
            do.add(slope, 1.0, out=slope)
            do.multiply(slope, 2 * math.sqrt(2 / math.pi), out=slope)
            do.multiply(slope, share, out=slope)
            do.subtract(1.0, share, out=rest)
            do.multiply(slope, rest, out=slope)
        else:
            do.multiply(slope, -0.5, out=slope)
            do.exp(slope, out=slope)
            do.multiply(slope, 1 / math.sqrt(2 * math.pi), out=slope)
        do.multiply(slope, z, out=slope)
        do.add(slope, share, out=slope)
        do.multiply(delta, slope, out=delta)

    def _record_share(self, do: Program, z: Array, share: Array) -> None:
        """Φ(z) = ½(1 + erf(z/√2))."""
        if self.approximation == "tanh":
            do.multiply(z, z, out=share)
            do.multiply(share, 0.044715, out=share)
            do.add(share, 1.0, out=share)
            do.multiply(share, z, out=share)
            do.multiply(share, math.sqrt(2 / math.pi), out=share)
            do.tanh(share, out=share)
        else:
            scaled = do.empty_like(z)
            do.multiply(z, math.sqrt(0.5), out=scaled)
            record_erf(do, scaled, share)
        do.add(share, 1.0, out=share)
        do.multiply(share, 0.5, out=share)

    def saturated(self, z: Array, a: Array) -> BoolArray | None:
        """Flat on the far left only: the slope's zero near z = -0.75 is a turning point."""
        flat: BoolArray = (z < -math.sqrt(2.0)) & (np.abs(self.derivative(z)) < FLAT * self.steepest)
        return flat


class Silu(Activation):
    """φ(z) = z·σ(z), σ the sigmoid; φ'(z) = σ(z)(1 + z(1 - σ(z))). Also called swish.

    Elfwing, Uchibe & Doya 2018; Ramachandran, Zoph & Le 2017.
    """

    name = "silu"
    gain = math.sqrt(2.0)
    steepest = 1.0998

    def forward(self, do: Program, z: Array, a: Array) -> None:
        share = do.empty_like(z)
        record_sigmoid(do, z, share)
        do.multiply(z, share, out=a)

    def backward(self, do: Program, z: Array, a: Array, delta: Array) -> None:
        share, slope = do.empty_like(z), do.empty_like(z)
        record_sigmoid(do, z, share)
        do.subtract(z, a, out=slope)
        do.add(slope, 1.0, out=slope)
        do.multiply(slope, share, out=slope)
        do.multiply(delta, slope, out=delta)

    def saturated(self, z: Array, a: Array) -> BoolArray | None:
        """Flat on the far left only: the slope's zero near z = -1.28 is a turning point."""
        flat: BoolArray = (z < -2.4) & (np.abs(self.derivative(z)) < FLAT * self.steepest)
        return flat


class Softplus(Activation):
    """φ(z) = ln(1 + eᶻ); φ'(z) = σ(z) = 1 - e^(-φ(z)). Dugas et al. 2001."""

    name = "softplus"
    in_place = True

    def forward(self, do: Program, z: Array, a: Array) -> None:
        do.logaddexp(z, 0.0, out=a)

    def record_slope(self, do: Program, a: Array, slope: Array) -> None:
        do.negative(a, out=slope)
        do.expm1(slope, out=slope)
        do.negative(slope, out=slope)


class Softsign(Activation):
    """φ(z) = z / (1 + |z|); φ'(z) = 1 / (1 + |z|)² = (1 - |φ(z)|)². Bergstra et al. 2009; Glorot & Bengio 2010."""

    name = "softsign"
    in_place = True

    def forward(self, do: Program, z: Array, a: Array) -> None:
        below = do.empty_like(z)
        do.absolute(z, out=below)
        do.add(below, 1.0, out=below)
        do.divide(z, below, out=a)

    def record_slope(self, do: Program, a: Array, slope: Array) -> None:
        do.absolute(a, out=slope)
        do.subtract(1.0, slope, out=slope)
        do.multiply(slope, slope, out=slope)


class Tanh(Activation):
    """φ(z) = tanh z; φ'(z) = 1 - φ(z)². LeCun, Bottou, Orr & Müller 1998."""

    name = "tanh"
    in_place = True
    gain = 5.0 / 3.0

    def forward(self, do: Program, z: Array, a: Array) -> None:
        do.tanh(z, out=a)

    def record_slope(self, do: Program, a: Array, slope: Array) -> None:
        do.multiply(a, a, out=slope)
        do.subtract(1.0, slope, out=slope)


class Sigmoid(Activation):
    """φ(z) = σ(z) = 1 / (1 + e⁻ᶻ); φ'(z) = φ(z)(1 - φ(z)). Rumelhart, Hinton & Williams 1986."""

    name = "sigmoid"
    in_place = True
    steepest = 0.25

    def forward(self, do: Program, z: Array, a: Array) -> None:
        record_sigmoid(do, z, a)

    def record_slope(self, do: Program, a: Array, slope: Array) -> None:
        do.subtract(1.0, a, out=slope)
        do.multiply(slope, a, out=slope)


class Softmax(Activation):
    """aᵢ = e^zᵢ / Σⱼ e^zⱼ over the units of the layer: probabilities. An output activation only; Bridle 1990.

    Unlike the others it looks at a whole column of units: in ``forward`` and ``backward`` arrays are (units, batch).
    ``derivative`` is the diagonal of its Jacobian, aᵢ(1 - aᵢ).
    """

    name = "softmax"
    steepest = 0.25

    def __call__(self, z: Array) -> Array:
        """Probabilities in a new array; z: (batch, units)."""
        return np.ascontiguousarray(super().__call__(z.T).T)

    def forward(self, do: Program, z: Array, a: Array) -> None:
        row, everywhere = do.empty((1, z.shape[1]), z.dtype), do.empty_like(z)
        do.largest(z, out=row)
        do.spread(row, out=everywhere)
        do.subtract(z, everywhere, out=a)  # the same quotient, and no exponential overflows
        do.exp(a, out=a)
        do.total(a, out=row)
        do.spread(row, out=everywhere)
        do.divide(a, everywhere, out=a)

    def backward(self, do: Program, z: Array, a: Array, delta: Array) -> None:
        """δᵢ ← aᵢ(δᵢ - Σⱼ aⱼδⱼ)."""
        product, row = do.empty_like(a), do.empty((1, a.shape[1]), a.dtype)
        do.multiply(a, delta, out=product)
        do.total(product, out=row)
        do.spread(row, out=product)
        do.subtract(delta, product, out=delta)
        do.multiply(delta, a, out=delta)

    def derivative(self, z: Array) -> Array:
        """The diagonal of the Jacobian; z: (batch, units)."""
        a = self(z)
        return a * (1 - a)


def record_sigmoid(do: Program, z: Array, out: Array) -> None:
    """Record out = 1 / (1 + e⁻ᶻ). Where e⁻ᶻ overflows to infinity, the result is the 0 it should be."""
    do.negative(z, out=out)
    do.exp(out, out=out)
    do.add(out, 1.0, out=out)
    do.reciprocal(out, out=out)
