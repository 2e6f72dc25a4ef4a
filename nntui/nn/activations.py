"""Activation functions: what a unit puts out for its weighted sum z, and how steeply.

Each is a small class with the formula as code. ``forward`` and ``backward`` record their calls into a program
(`nntui.nn.program`), working in place on arrays of any shape: a = φ(z), then δ ← δ ⊙ φ'(z). ``derivative`` is φ'(z) by
itself, for measures and tests.

**Saturated** means: the output lies on a part of the curve so flat that hardly any gradient comes through,
|φ'(z)| < 0.0591 · max |φ'|. For tanh that is |a| > 0.97, the mark of Karpathy's "makemore" lectures; the same share of
the steepest slope carries it over to every other curve. A relu is not called saturated where it is off: being off for
some inputs is how it works (Glorot, Bordes & Bengio 2011). **Dead** means: not one input of the batch gets any gradient
through the unit, because φ' is exactly 0 for all of them, so that no gradient step on them can bring it back (Lu et al.
2020 for relu: it puts out 0 for every input). A curve without a part of slope exactly 0 cannot die.
"""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np

from nntui.nn.arrays import Array, BoolArray
from nntui.nn.erf import record_erf
from nntui.nn.program import Program

FLAT = 1.0 - 0.97**2  # share of the steepest slope below which a curve counts as flat


class Activation:
    """A function applied to every weighted sum by itself.

    Attributes:
        name: as in the registry.
        gain: factor by which initial weights make up for what the function takes from the spread of its inputs.
        steepest: max |φ'|.
        in_place: whether ``backward`` does without z, so that training may let ``forward`` write a over it.
    """

    name: ClassVar[str]
    gain: float = 1.0
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
        raise NotImplementedError

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
        self.slope = slope
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
            # Φ' = 2Φ(1 - Φ) · √(2/π)(1 + 3·0.044715 z²)
            rest = do.empty_like(z)
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

    def backward(self, do: Program, z: Array, a: Array, delta: Array) -> None:
        slope = do.empty_like(a)
        do.negative(a, out=slope)
        do.expm1(slope, out=slope)
        do.negative(slope, out=slope)
        do.multiply(delta, slope, out=delta)


class Softsign(Activation):
    """φ(z) = z / (1 + |z|); φ'(z) = 1 / (1 + |z|)² = (1 - |φ(z)|)². Bergstra et al. 2009; Glorot & Bengio 2010."""

    name = "softsign"
    in_place = True

    def forward(self, do: Program, z: Array, a: Array) -> None:
        below = do.empty_like(z)
        do.absolute(z, out=below)
        do.add(below, 1.0, out=below)
        do.divide(z, below, out=a)

    def backward(self, do: Program, z: Array, a: Array, delta: Array) -> None:
        slope = do.empty_like(a)
        do.absolute(a, out=slope)
        do.subtract(1.0, slope, out=slope)
        do.multiply(slope, slope, out=slope)
        do.multiply(delta, slope, out=delta)


class Tanh(Activation):
    """φ(z) = tanh z; φ'(z) = 1 - φ(z)². LeCun, Bottou, Orr & Müller 1998."""

    name = "tanh"
    in_place = True
    gain = 5.0 / 3.0

    def forward(self, do: Program, z: Array, a: Array) -> None:
        do.tanh(z, out=a)

    def backward(self, do: Program, z: Array, a: Array, delta: Array) -> None:
        slope = do.empty_like(a)
        do.multiply(a, a, out=slope)
        do.subtract(1.0, slope, out=slope)
        do.multiply(delta, slope, out=delta)


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


class Sigmoid(Activation):
    """φ(z) = σ(z) = 1 / (1 + e⁻ᶻ); φ'(z) = φ(z)(1 - φ(z)). Rumelhart, Hinton & Williams 1986."""

    name = "sigmoid"
    in_place = True
    steepest = 0.25

    def forward(self, do: Program, z: Array, a: Array) -> None:
        record_sigmoid(do, z, a)

    def backward(self, do: Program, z: Array, a: Array, delta: Array) -> None:
        slope = do.empty_like(a)
        do.subtract(1.0, a, out=slope)
        do.multiply(slope, a, out=slope)
        do.multiply(delta, slope, out=delta)


def never_positive(z: Array) -> BoolArray:
    """Which units (columns) have no positive sum in the whole batch, (units,); z: (batch, units)."""
    on: BoolArray = z > 0
    return np.logical_not(on.any(axis=0))


def record_sigmoid(do: Program, z: Array, out: Array) -> None:
    """Record out = 1 / (1 + e⁻ᶻ). Where e⁻ᶻ overflows to infinity, the result is the 0 it should be."""
    do.negative(z, out=out)
    do.exp(out, out=out)
    do.add(out, 1.0, out=out)
    do.reciprocal(out, out=out)


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
