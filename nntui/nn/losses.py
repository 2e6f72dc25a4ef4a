"""Losses: how wrong a network's outputs are, and the gradient that says which way they should move.

Every loss starts from z, the weighted sums of the output layer, and owns what happens between them and the number: the
output activation (identity, sigmoid or softmax) is part of it. That lets cross-entropy work from the logits, where
nothing overflows and the gradient is a mere difference. The pairings a course warns of, squared error on a sigmoid or a
softmax, are possible on purpose.

``value``, ``per_sample``, ``outputs`` and ``gradient`` take arrays of shape (samples, outputs). ``record_gradient`` is
for a compiled step, where arrays lie (outputs, batch).
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from nntui.nn.activations import Activation, Identity, Sigmoid, Softmax
from nntui.nn.arrays import Array
from nntui.nn.program import Program

OUTPUTS: dict[str, type[Activation]] = {"identity": Identity, "sigmoid": Sigmoid, "softmax": Softmax}
_TARGETS_OF_OUTPUT = {"sigmoid": "binary", "softmax": "classes"}


class Loss:
    """A loss together with the output activation it is used on.

    Attributes:
        name: as in the registry.
        output: name of the output activation: ``identity``, ``sigmoid`` or ``softmax``.
        targets: kind of targets: ``real`` (n, k), ``binary`` (n, 1) of 0 and 1, ``classes`` one-hot (n, C).
        maximise: whether training goes up it instead of down; its value and its gradient are the same.
    """

    name: ClassVar[str]
    maximise: bool = False
    outputs_allowed: ClassVar[tuple[str, ...]] = ("identity", "sigmoid", "softmax")  # the one it belongs to first

    def __init__(self, output: str | None = None, targets: str | None = None) -> None:
        self.output = output or self.outputs_allowed[0]
        if self.output not in self.outputs_allowed:
            raise ValueError(f"{self.name} takes {' or '.join(self.outputs_allowed)} outputs, not {self.output}")
        self.targets = targets or _TARGETS_OF_OUTPUT.get(self.output, "real")
        self.activation = OUTPUTS[self.output]()

    def outputs(self, z: Array) -> Array:
        """What the network puts out: z itself or probabilities; (n, outputs)."""
        return self.activation(z)

    def per_sample(self, z: Array, targets: Array) -> Array:
        """Loss of every sample, (n,)."""
        raise NotImplementedError

    def value(self, z: Array, targets: Array) -> float:
        """Mean loss over the samples; infinite or not a number where the outputs are."""
        with np.errstate(all="ignore"):
            return float(self.per_sample(z, targets).mean(dtype=np.float64))

    def gradient(self, z: Array, targets: Array, out: Array | None = None) -> Array:
        """∂(mean loss)/∂z, (n, outputs)."""
        columns, delta = np.ascontiguousarray(z.T), np.empty(z.T.shape, z.dtype)
        program = Program()
        self.record_gradient(program, columns, np.ascontiguousarray(self.encode(targets).T), delta)
        with np.errstate(all="ignore"):
            program.run()
        if out is None:
            return np.ascontiguousarray(delta.T)
        out[...] = delta.T
        return out

    def pieces(self, z: Array, targets: Array) -> Array:
        """Which smooth piece of the loss every sample lies on, as numbers that differ across a kink, (n, any)."""
        return z[:, :0]

    def encode(self, targets: Array) -> Array:
        """The targets as ``record_gradient`` wants them, (n, outputs)."""
        return targets

    def record_gradient(self, do: Program, z: Array, y: Array, delta: Array) -> None:
        """Record delta = ∂(mean loss over the batch)/∂z; z, y (encoded targets), delta: (outputs, batch)."""
        raise NotImplementedError

    def score(self, z: Array, targets: Array) -> float:
        """Accuracy, or for real targets the coefficient of determination R², averaged over the outputs."""
        with np.errstate(all="ignore"):
            if self.targets == "real":
                return r_squared(self.outputs(z), targets)
            if self.targets == "classes" and z.shape[1] > 1:
                return accuracy(z, targets)
            return float(((z > self._threshold) == (targets > 0.5)).mean())

    @property
    def _threshold(self) -> float:
        """The z above which a single output says yes."""
        return 0.5 if self.output == "identity" else 0.0

    @property
    def output_threshold(self) -> float:
        """The output above which a single output says yes."""
        return float(self.outputs(np.array([[self._threshold]]))[0, 0])


def r_squared(predictions: Array, targets: Array) -> float:
    """R² = 1 - Σ(y - a)² / Σ(y - mean y)², averaged over the outputs; predictions, targets: (n, outputs).

    A constant target counts 1 when met exactly, else 0, as in scikit-learn.
    """
    residual = np.square(targets - predictions).sum(axis=0, dtype=np.float64)
    total = np.square(targets - targets.mean(axis=0, dtype=np.float64)).sum(axis=0, dtype=np.float64)
    constant = total == 0
    scores = np.where(constant, residual == 0, 1.0 - residual / np.where(constant, 1.0, total))
    return float(np.where(np.isnan(residual), np.nan, scores).mean())


def accuracy(z: Array, targets: Array) -> float:
    """Share of samples whose largest z, the first of equal ones, is at the target's 1; z, targets: (n, classes)."""
    largest = z.max(axis=1, keepdims=True)
    if np.count_nonzero(z == largest) == len(z):  # no ties: several times faster than to look for the places
        return float(np.count_nonzero((z * targets).sum(axis=1) == largest[:, 0]) / len(z))
    return float(targets[np.arange(len(z)), z.argmax(axis=1)].mean(dtype=np.float64))


class _Elementwise(Loss):
    """Mean over the outputs of ℓ(a - y), with the output activation between z and a."""

    def per_sample(self, z: Array, targets: Array) -> Array:
        errors: Array = self.each(self.outputs(z) - targets).mean(axis=1)
        return errors

    def each(self, error: Array) -> Array:
        """ℓ of every error a - y."""
        raise NotImplementedError

    def record_slope(self, do: Program, error: Array, factor: float) -> None:
        """Record error ← factor · ℓ'(error)."""
        raise NotImplementedError

    def record_gradient(self, do: Program, z: Array, y: Array, delta: Array) -> None:
        a = z
        if self.output != "identity":
            a = do.empty_like(z)
            self.activation.forward(do, z, a)
        do.subtract(a, y, out=delta)
        self.record_slope(do, delta, 1.0 / z.size)
        self.activation.backward(do, z, a, delta)


class MeanSquaredError(_Elementwise):
    """L = mean over outputs of (a - y)², as PyTorch's MSELoss. Its gradient fades where a sigmoid saturates."""

    name = "mean_squared_error"

    def each(self, error: Array) -> Array:
        return np.square(error)

    def record_slope(self, do: Program, error: Array, factor: float) -> None:
        do.multiply(error, 2.0 * factor, out=error)


class MeanAbsoluteError(_Elementwise):
    """L = mean over outputs of |a - y|, as PyTorch's L1Loss; slope 0 at 0."""

    name = "mean_absolute_error"

    def each(self, error: Array) -> Array:
        return np.abs(error)

    def pieces(self, z: Array, targets: Array) -> Array:
        signs: Array = np.sign(self.outputs(z) - targets)
        return signs

    def record_slope(self, do: Program, error: Array, factor: float) -> None:
        do.sign(error, out=error)
        do.multiply(error, factor, out=error)


class Huber(_Elementwise):
    """L = mean over outputs of e²/2 for |e| ≤ d, else d(|e| - d/2); e = a - y. As PyTorch's HuberLoss; Huber 1964."""

    name = "huber"

    def __init__(self, output: str | None = None, targets: str | None = None, *, delta: float = 1.0) -> None:
        super().__init__(output, targets)
        self.delta = delta

    def each(self, error: Array) -> Array:
        size = np.abs(error)
        inner = np.minimum(size, self.delta)
        loss: Array = inner * (size - 0.5 * inner)
        return loss

    def record_slope(self, do: Program, error: Array, factor: float) -> None:
        do.maximum(error, -self.delta, out=error)
        do.minimum(error, self.delta, out=error)
        do.multiply(error, factor, out=error)


class BinaryCrossEntropy(Loss):
    """L = -(y ln a + (1 - y) ln(1 - a)), a = σ(z); from the logit: ln(1 + eᶻ) - y·z, as PyTorch's BCEWithLogitsLoss."""

    name = "binary_cross_entropy"
    outputs_allowed = ("sigmoid",)

    def per_sample(self, z: Array, targets: Array) -> Array:
        loss: Array = (np.maximum(z, 0) - z * targets + np.log1p(np.exp(-np.abs(z)))).mean(axis=1)
        return loss

    def encode(self, targets: Array) -> Array:
        """2y - 1, so that σ(z) - y = ½(tanh(z/2) - (2y - 1)): one call less than through the exponential."""
        return 2 * targets - 1

    def record_gradient(self, do: Program, z: Array, y: Array, delta: Array) -> None:
        do.multiply(z, 0.5, out=delta)
        do.tanh(delta, out=delta)
        do.subtract(delta, y, out=delta)
        do.multiply(delta, 0.5 / z.size, out=delta)


class CategoricalCrossEntropy(Loss):
    """L = -Σⱼ yⱼ ln aⱼ, a = softmax(z); from the logits: ln Σⱼ e^zⱼ - Σⱼ yⱼ zⱼ, as PyTorch's CrossEntropyLoss.

    With label smoothing ε the targets are (1 - ε)·y + ε/C (Szegedy et al. 2016).
    """

    name = "categorical_cross_entropy"
    outputs_allowed = ("softmax",)

    def __init__(self, output: str | None = None, targets: str | None = None, *, label_smoothing: float = 0.0) -> None:
        super().__init__(output, targets)
        self.label_smoothing = label_smoothing

    def per_sample(self, z: Array, targets: Array) -> Array:
        below = z - z.max(axis=1, keepdims=True)
        loss: Array = np.log(np.exp(below).sum(axis=1)) - (self.encode(targets) * below).sum(axis=1)
        return loss

    def encode(self, targets: Array) -> Array:
        if self.label_smoothing == 0:
            return targets
        smooth: Array = (1 - self.label_smoothing) * targets + self.label_smoothing / targets.shape[1]
        return smooth.astype(targets.dtype, copy=False)

    def record_gradient(self, do: Program, z: Array, y: Array, delta: Array) -> None:
        self.activation.forward(do, z, delta)
        do.subtract(delta, y, out=delta)
        do.multiply(delta, 1.0 / z.shape[1], out=delta)


class Hinge(Loss):
    """L = max(0, 1 - t·z) with t = 2y - 1 = ±1; of several classes L = max(0, 1 + max over j≠y of zⱼ - z_y).

    Cortes & Vapnik 1995; the form for several classes is Crammer & Singer 2001, as scikit-learn's hinge_loss.
    """

    name = "hinge"
    outputs_allowed = ("identity",)

    def __init__(self, output: str | None = None, targets: str | None = None) -> None:
        super().__init__(output, targets or "binary")

    @property
    def _threshold(self) -> float:
        return 0.0

    def per_sample(self, z: Array, targets: Array) -> Array:
        if z.shape[1] == 1:
            single: Array = np.maximum(0, 1 - (2 * targets - 1) * z)[:, 0]
            return single
        several: Array = (z + (1 - targets)).max(axis=1) - (z * targets).sum(axis=1)
        return several

    def record_gradient(self, do: Program, z: Array, y: Array, delta: Array) -> None:
        if len(z) == 1:
            self._record_single(do, z, y, delta)
            return
        row, everywhere = do.empty((1, z.shape[1]), z.dtype), do.empty_like(z)
        hit = do.empty(z.shape, np.bool_)
        do.subtract(z, y, out=delta)  # the largest of these is the class that comes too close, or the right one itself
        do.largest(delta, out=row)
        do.spread(row, out=everywhere)
        do.equal(delta, everywhere, out=hit)
        do.call(np.copyto, delta, hit)
        do.total(delta, out=row)
        do.spread(row, out=everywhere)
        do.divide(delta, everywhere, out=delta)
        do.subtract(delta, y, out=delta)
        do.multiply(delta, 1.0 / z.shape[1], out=delta)

    def pieces(self, z: Array, targets: Array) -> Array:
        if z.shape[1] == 1:
            signs: Array = np.sign(1 - (2 * targets - 1) * z)
            return signs
        margins = z + (1 - targets)
        nearest: Array = np.equal(margins, margins.max(axis=1, keepdims=True)).astype(z.dtype)
        return nearest

    def _record_single(self, do: Program, z: Array, y: Array, delta: Array) -> None:
        """-t/batch where t·z < 1, else 0."""
        sign = do.empty_like(y)
        do.multiply(y, 2.0, out=sign)
        do.subtract(sign, 1.0, out=sign)
        do.multiply(sign, z, out=delta)
        do.subtract(1.0, delta, out=delta)
        do.sign(delta, out=delta)
        do.maximum(delta, 0.0, out=delta)
        do.multiply(delta, sign, out=delta)
        do.multiply(delta, -1.0 / z.size, out=delta)
