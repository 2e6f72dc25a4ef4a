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

from nntui.nn.activations.base import FLAT, Activation
from nntui.nn.activations.piecewise import Elu, HardSigmoid, HardTanh, Identity, LeakyRelu, Relu, Selu
from nntui.nn.activations.smooth import Gelu, Sigmoid, Silu, Softmax, Softplus, Softsign, Tanh

__all__ = [
    "FLAT",
    "Activation",
    "Elu",
    "Gelu",
    "HardSigmoid",
    "HardTanh",
    "Identity",
    "LeakyRelu",
    "Relu",
    "Selu",
    "Sigmoid",
    "Silu",
    "Softmax",
    "Softplus",
    "Softsign",
    "Tanh",
]
