"""Starting weights of a layer: pure functions of a generator and a shape.

Each takes ``(rng, shape, wanted)`` and its own options, and returns an array of ``shape`` = (fan_in, fan_out),
C-contiguous. The draws are made in float64 and then rounded, so that one seed gives the same network in both
precisions. Of what suits the layer's activation, ``orthogonal`` has a place for the gain and ``he_uniform`` and
``he_normal`` for the leak; the others' formulas already name their activation.
"""

from __future__ import annotations

from math import sqrt
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Rng = np.random.Generator
Shape = tuple[int, int]


class Wanted(NamedTuple):
    """What a layer wants of its weights.

    Attributes:
        dtype: float32 or float64.
        gain: the factor that makes up for what the activation takes from the spread of its inputs.
        leak: slope of the activation left of 0, where it is a leaky rectifier.
    """

    dtype: npt.DTypeLike = np.float32
    gain: float = 1.0
    leak: float = 0.0


PLAIN = Wanted()


def zeros(rng: Rng, shape: Shape, wanted: Wanted = PLAIN) -> Array:
    """w = 0."""
    return np.zeros(shape, wanted.dtype)


def ones(rng: Rng, shape: Shape, wanted: Wanted = PLAIN) -> Array:
    """w = 1."""
    return np.ones(shape, wanted.dtype)


def constant(rng: Rng, shape: Shape, wanted: Wanted = PLAIN, *, value: float = 0.5) -> Array:
    """w = value."""
    return np.full(shape, value, wanted.dtype)


def normal(rng: Rng, shape: Shape, wanted: Wanted = PLAIN, *, std: float = 0.05) -> Array:
    """w ~ N(0, std^2)."""
    return (std * rng.standard_normal(shape)).astype(wanted.dtype)


def uniform(rng: Rng, shape: Shape, wanted: Wanted = PLAIN, *, limit: float = 0.05) -> Array:
    """w ~ U(-limit, limit); variance limit^2 / 3."""
    return rng.uniform(-limit, limit, shape).astype(wanted.dtype)


def truncated_normal(rng: Rng, shape: Shape, wanted: Wanted = PLAIN, *, std: float = 0.05) -> Array:
    """w ~ N(0, std^2), drawn again while |w| > 2 std.

    The variance is std^2 (1 - 4 phi(2) / (2 Phi(2) - 1)) = 0.7737 std^2, with the normal density phi and distribution
    Phi.
    """
    draws = rng.standard_normal(shape)
    outside = np.abs(draws) > 2.0
    while outside.any():
        draws[outside] = rng.standard_normal(np.count_nonzero(outside))
        outside = np.abs(draws) > 2.0
    return (std * draws).astype(wanted.dtype)


def glorot_uniform(rng: Rng, shape: Shape, wanted: Wanted = PLAIN, *, scale: float = 1.0) -> Array:
    """w ~ U(-a, a), a = scale sqrt(6 / (fan_in + fan_out)); Glorot & Bengio 2010, eq. 16."""
    return uniform(rng, shape, wanted, limit=scale * sqrt(6.0 / sum(shape)))


def glorot_normal(rng: Rng, shape: Shape, wanted: Wanted = PLAIN, *, scale: float = 1.0) -> Array:
    """w ~ N(0, std^2), std = scale sqrt(2 / (fan_in + fan_out)); Glorot & Bengio 2010, eq. 12."""
    return normal(rng, shape, wanted, std=scale * sqrt(2.0 / sum(shape)))


def he_uniform(rng: Rng, shape: Shape, wanted: Wanted = PLAIN, *, scale: float = 1.0) -> Array:
    """w ~ U(-a, a), a = scale sqrt(6 / ((1 + leak^2) fan_in)): the variance of He et al. 2015, eq. 15."""
    return uniform(rng, shape, wanted, limit=scale * sqrt(6.0 / ((1.0 + wanted.leak**2) * shape[0])))


def he_normal(rng: Rng, shape: Shape, wanted: Wanted = PLAIN, *, scale: float = 1.0) -> Array:
    """w ~ N(0, std^2), std = scale sqrt(2 / ((1 + leak^2) fan_in)); He et al. 2015, eq. 15 (eq. 10 without a leak)."""
    return normal(rng, shape, wanted, std=scale * sqrt(2.0 / ((1.0 + wanted.leak**2) * shape[0])))


def lecun_uniform(rng: Rng, shape: Shape, wanted: Wanted = PLAIN, *, scale: float = 1.0) -> Array:
    """w ~ U(-a, a), a = scale sqrt(3 / fan_in): the variance 1 / fan_in of LeCun et al. 1998, eq. 16."""
    return uniform(rng, shape, wanted, limit=scale * sqrt(3.0 / shape[0]))


def lecun_normal(rng: Rng, shape: Shape, wanted: Wanted = PLAIN, *, scale: float = 1.0) -> Array:
    """w ~ N(0, std^2), std = scale sqrt(1 / fan_in); LeCun et al. 1998, eq. 16."""
    return normal(rng, shape, wanted, std=scale * sqrt(1.0 / shape[0]))


def orthogonal(rng: Rng, shape: Shape, wanted: Wanted = PLAIN, *, scale: float = 1.0) -> Array:
    """W = gain scale Q: orthonormal columns where fan_in >= fan_out, else orthonormal rows; Saxe et al. 2014.

    Q is drawn evenly over all rotations: the QR decomposition of a normal matrix, each column's sign set by that of R's
    diagonal (Mezzadri 2007).
    """
    tall = rng.standard_normal((max(shape), min(shape)))
    q, r = np.linalg.qr(tall)
    q *= np.where(np.diagonal(r) < 0.0, -1.0, 1.0)
    return np.ascontiguousarray(wanted.gain * scale * (q if shape[0] >= shape[1] else q.T), wanted.dtype)
