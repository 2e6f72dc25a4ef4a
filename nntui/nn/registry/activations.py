"""Every activation function by name.

Traits: ``initializer`` names the one that suits it; ``derivative`` is φ'; ``saturated`` says where it is flat, that is
|φ'| < 0.0591 max |φ'|, for the default options (for tanh |φ| > 0.97, Karpathy's makemore lectures, part 3; the same
share for all); ``dead`` says when no input of a batch brings a unit any gradient (Lu, Shin, Su & Karniadakis 2020, for
relu: φ' = 0 for them all).
"""

from collections.abc import Mapping

from nntui.nn.registry.entry import Entry, Option

_NEVER = "never"


def _curve(
    initializer: str, derivative: str, saturated: str = _NEVER, dead: str = _NEVER, also: tuple[str, ...] = ()
) -> Mapping[str, tuple[str, ...]]:
    traits = {
        "initializer": (initializer,), "derivative": (derivative,), "saturated": (saturated,), "dead": (dead,),
    }  # fmt: skip
    return {**traits, "also": also} if also else traits


_HE, _GLOROT, _LECUN = "he_normal", "glorot_uniform", "lecun_normal"

ENTRIES: tuple[Entry, ...] = (
    Entry(
        "identity", "Passes the weighted sum through; layers of it alone are one linear model.",
        "φ(z) = z", "Definition.", "activations:Identity",
        traits=_curve(_GLOROT, "φ'(z) = 1", also=("linear",)),
    ),
    Entry(
        "relu", "Zero below zero, the weighted sum above; cheap, and a unit that is off for every input is dead.",
        "φ(z) = max(0, z)", "Nair & Hinton 2010; Glorot, Bordes & Bengio 2011", "activations:Relu",
        traits=_curve(_HE, "φ'(z) = 1 for z > 0, else 0", dead="z ≤ 0 for every input", also=("rectifier",)),
    ),
    Entry(
        "leaky_relu", "relu with a small slope below zero, so that a unit cannot die.",
        "φ(z) = max(z, slope·z)", "Maas, Hannun & Ng 2013", "activations:LeakyRelu",
        (Option("slope", 0.01, "Slope for negative weighted sums.", low=0.0, high=1.0),),
        traits=_curve(
            _HE, "φ'(z) = 1 for z > 0, else slope", dead="only with slope 0: z ≤ 0 for every input", also=("lrelu",)
        ),
    ),
    Entry(
        "elu", "The weighted sum above zero, below it an exponential that levels off at -alpha.",
        "φ(z) = z for z > 0, else alpha·(e^z - 1)", "Clevert, Unterthiner & Hochreiter 2016 (arXiv 1511.07289)",
        "activations:Elu",
        (Option("alpha", 1.0, "How far below zero the curve levels off.", low=0.0, high=10.0, low_open=True),),
        traits=_curve(_HE, "φ'(z) = 1 for z > 0, else alpha·e^z", "z < -2.83"),
    ),
    Entry(
        "selu", "elu scaled so that outputs keep mean 0 and variance 1 from layer to layer.",
        "φ(z) = λ·z for z > 0, else λ·α·(e^z - 1); λ = 1.0507, α = 1.6733",
        "Klambauer, Unterthiner, Mayr & Hochreiter 2017 (arXiv 1706.02515)", "activations:Selu",
        traits=_curve(_LECUN, "φ'(z) = λ for z > 0, else λ·α·e^z", "z < -2.83"),
    ),
    Entry(
        "gelu", "The weighted sum times the share of a normal distribution below it: a smooth relu.",
        "φ(z) = z·Φ(z)", "Hendrycks & Gimpel 2016 (arXiv 1606.08415)", "activations:Gelu",
        (
            Option(
                "approximation", "none", "How Φ is calculated: exactly, or several times faster through tanh.",
                kind="choice", choices=("none", "tanh"),
            ),
        ),
        traits=_curve(_HE, "φ'(z) = Φ(z) + z·e^(-z²/2) / √(2π)", "z < -2.17"),
    ),
    Entry(
        "silu", "The weighted sum times its own sigmoid: a smooth relu, also called swish.",
        "φ(z) = z / (1 + e^-z)",
        "Elfwing, Uchibe & Doya 2018 (arXiv 1702.03118); Ramachandran, Zoph & Le 2017 (arXiv 1710.05941)",
        "activations:Silu",
        traits=_curve(_HE, "φ'(z) = σ(z)·(1 + z·(1 - σ(z))), σ(z) = 1 / (1 + e^-z)", "z < -3.64", also=("swish",)),
    ),
    Entry(
        "softplus", "A relu with a round corner, never quite zero.",
        "φ(z) = ln(1 + e^z)", "Dugas, Bengio, Bélisle, Nadeau & Garcia 2001", "activations:Softplus",
        traits=_curve(_HE, "φ'(z) = 1 / (1 + e^-z)", "z < -2.77"),
    ),
    Entry(
        "softsign", "Like tanh between -1 and 1, but it approaches them slowly.",
        "φ(z) = z / (1 + |z|)", "Bergstra, Desjardins, Lamblin & Bengio 2009; Glorot & Bengio 2010",
        "activations:Softsign",
        traits=_curve(_GLOROT, "φ'(z) = 1 / (1 + |z|)²", "|z| > 3.11"),
    ),
    Entry(
        "tanh", "An S-curve between -1 and 1; flat, and then hard to train, where the weighted sum is large.",
        "φ(z) = tanh(z)", "LeCun, Bottou, Orr & Müller 1998", "activations:Tanh",
        traits=_curve(_GLOROT, "φ'(z) = 1 - tanh(z)²", "|z| > 2.09"),
    ),
    Entry(
        "hard_tanh", "tanh drawn with three straight lines; quite flat beyond -1 and 1.",
        "φ(z) = max(-1, min(1, z))", "Collobert 2004", "activations:HardTanh",
        traits=_curve(_GLOROT, "φ'(z) = 1 for |z| < 1, else 0", "|z| ≥ 1", "|z| ≥ 1 for every input"),
    ),
    Entry(
        "sigmoid", "An S-curve between 0 and 1; its slope is at most 1/4, so gradients fade through many layers.",
        "φ(z) = 1 / (1 + e^-z)", "Rumelhart, Hinton & Williams 1986", "activations:Sigmoid",
        traits=_curve(_GLOROT, "φ'(z) = φ(z)·(1 - φ(z))", "|z| > 4.18", also=("logistic",)),
    ),
    Entry(
        "hard_sigmoid", "sigmoid drawn with three straight lines; quite flat beyond -3 and 3.",
        "φ(z) = max(0, min(1, z/6 + 1/2))", "Howard et al. 2019 (arXiv 1905.02244); as in PyTorch and Keras 3",
        "activations:HardSigmoid",
        traits=_curve(_GLOROT, "φ'(z) = 1/6 for |z| < 3, else 0", "|z| ≥ 3", "|z| ≥ 3 for every input"),
    ),
)  # fmt: skip
