"""Every optimizer by name.

In the formulas w are the parameters, g the gradient, r the learning rate, t the step counted from 1.
"""

from collections.abc import Mapping
from types import MappingProxyType

from nntui.nn.registry.entry import Entry, Option, Value

_FULL_BATCH: Mapping[str, tuple[str, ...]] = MappingProxyType({"batches": ("full",)})


def _momentum(default: float) -> Option:
    return Option(
        "momentum",
        default,
        "Share of the last step's velocity that is kept: 0 follows the gradient alone, 0.9 rolls over small bumps.",
        low=0.0,
        high=1.0,
        high_open=True,
    )


def _epsilon(default: float) -> Option:
    return Option(
        "epsilon",
        default,
        "Added to the denominator, so that parameters whose gradients were tiny do not take huge steps; without it, a"
        " gradient that was always 0 would divide 0 by 0.",
        low=0.0,
        high=1.0,
        low_open=True,
    )


def _weight_decay(default: float = 0.0) -> Option:
    return Option(
        "weight_decay",
        default,
        "Pulls every weight and bias toward 0: a share of them is added to the gradient; in adamw and lion that share"
        " times the learning rate is taken off them directly.",
        low=0.0,
        high=100.0,
    )


def _beta1() -> Option:
    return Option(
        "beta1",
        0.9,
        "Share of the past in the running mean of the gradient; 0.9 remembers about ten steps.",
        low=0.0,
        high=1.0,
        high_open=True,
    )


def _beta2(default: float = 0.999) -> Option:
    return Option(
        "beta2",
        default,
        "Share of the past in the slower running mean (of the squared gradient; in lion of the gradient).",
        low=0.0,
        high=1.0,
        high_open=True,
    )


def _rho(default: float) -> Option:
    return Option(
        "rho",
        default,
        "Share of the past in the running mean of the squared gradient.",
        low=0.0,
        high=1.0,
        high_open=True,
    )


def _switch(name: str, meaning: str) -> Option:
    return Option(name, False, meaning, kind="bool")


def _number(name: str, default: Value, meaning: str, low: float, high: float, live: bool = True) -> Option:
    return Option(name, default, meaning, low=low, high=high, live=live)


_ADAM = (_beta1(), _beta2(), _epsilon(1e-8), _weight_decay())

ENTRIES: tuple[Entry, ...] = (
    Entry(
        "sgd",
        "A step straight down the slope of the batch; momentum lets it roll",
        "v = momentum v + g; w = w - r v",
        "Robbins & Monro 1951; as torch.optim.SGD",
        "optimizers:SGD",
        (
            _momentum(0.0),
            _switch("nesterov", "Whether the momentum looks ahead: the step is g + momentum v instead of v."),
            _weight_decay(),
        ),
        traits={"also": ("gd", "gradient_descent")},
    ),
    Entry(
        "momentum",
        "A ball that rolls downhill: steps in one direction add up, steps to and fro cancel",
        "v = momentum v + g; w = w - r v",
        "Polyak 1964; as torch.optim.SGD(momentum=0.9)",
        "optimizers:Momentum",
        (_momentum(0.9), _weight_decay()),
        traits={"also": ("polyak", "heavy_ball")},
    ),
    Entry(
        "nesterov",
        "Momentum that looks ahead: the slope is taken where the ball is about to be",
        "v = momentum v + g; w = w - r (g + momentum v)",
        "Nesterov 1983; Sutskever et al. 2013; as torch.optim.SGD(momentum=0.9, nesterov=True)",
        "optimizers:Nesterov",
        (_momentum(0.9), _weight_decay()),
        traits={"also": ("nag",)},
    ),
    Entry(
        "adagrad",
        "Smaller steps for parameters that have moved much already; the rates only ever sink",
        "s = s + g^2; w = w - r g / (sqrt(s) + epsilon)",
        "Duchi, Hazan & Singer 2011; as torch.optim.Adagrad",
        "optimizers:AdaGrad",
        (
            _epsilon(1e-10),
            _number("initial_accumulator", 0.0, "What the sum of squared gradients starts from.", 0.0, 1e6, live=False),
            _weight_decay(),
        ),
    ),
    Entry(
        "rmsprop",
        "Steps of about one size for every parameter: the gradient over its recent root mean square",
        "s = rho s + (1 - rho) g^2; w = w - r g / (sqrt(s) + epsilon)",
        "Hinton 2012, Neural Networks for Machine Learning, lecture 6e; as torch.optim.RMSprop",
        "optimizers:RMSProp",
        (
            _rho(0.99),
            _epsilon(1e-8),
            _momentum(0.0),
            _switch("centered", "Whether the square of the mean gradient is taken off: its variance, not its size."),
            _weight_decay(),
        ),
    ),
    Entry(
        "adadelta",
        "Steps measured by the size of earlier steps, so that hardly a rate needs choosing",
        "s = rho s + (1 - rho) g^2; d = g sqrt(u + epsilon) / sqrt(s + epsilon);"
        " u = rho u + (1 - rho) d^2; w = w - r d",
        "Zeiler 2012, algorithm 1; as torch.optim.Adadelta",
        "optimizers:AdaDelta",
        (_rho(0.9), _epsilon(1e-6), _weight_decay()),
    ),
    Entry(
        "adam",
        "Momentum and a rate of its own for every parameter; works at first try more often than the others",
        "m = beta1 m + (1 - beta1) g; s = beta2 s + (1 - beta2) g^2;"
        " w = w - r (m / (1 - beta1^t)) / (sqrt(s / (1 - beta2^t)) + epsilon)",
        "Kingma & Ba 2015, algorithm 1; as torch.optim.Adam",
        "optimizers:Adam",
        _ADAM,
    ),
    Entry(
        "adamw",
        "Adam with weight decay that its adaptive rates do not distort",
        "w = w (1 - r weight_decay), then a step of adam",
        "Loshchilov & Hutter 2019, algorithm 2; as torch.optim.AdamW",
        "optimizers:AdamW",
        (_beta1(), _beta2(), _epsilon(1e-8), _weight_decay(0.01)),
    ),
    Entry(
        "nadam",
        "Adam whose momentum looks ahead, as Nesterov's does",
        "u_t = beta1 (1 - 0.96^(t momentum_decay) / 2), p = u_1 ... u_t;"
        " w = w - r (u_(t+1) m / (1 - p u_(t+1)) + (1 - u_t) g / (1 - p)) / (sqrt(s / (1 - beta2^t)) + epsilon)",
        "Dozat 2016; as torch.optim.NAdam",
        "optimizers:NAdam",
        (
            *_ADAM,
            _number("momentum_decay", 0.004, "How fast the momentum rises from half of beta1 to beta1.", 0.0, 100.0),
        ),
    ),
    Entry(
        "amsgrad",
        "Adam whose rates never rise again: it keeps the largest mean square seen",
        "z = max(z, s); w = w - r (m / (1 - beta1^t)) / (sqrt(z / (1 - beta2^t)) + epsilon)",
        "Reddi, Kale & Kumar 2018; as torch.optim.Adam(amsgrad=True)",
        "optimizers:AMSGrad",
        _ADAM,
    ),
    Entry(
        "rprop",
        "Only the sign of the gradient counts; each parameter's step grows while the sign stays. For the full batch;"
        " the learning rate is the size of the first step alone",
        "d = d up where g keeps its sign, d down where it turns; w = w - d sign(g)",
        "Riedmiller & Braun 1993; as torch.optim.Rprop",
        "optimizers:RProp",
        (
            _number("up", 1.2, "Factor on a step size while the gradient keeps its sign.", 1.0, 10.0),
            Option(
                "down",
                0.5,
                "Factor on a step size when the gradient turns its sign.",
                low=0.0,
                high=1.0,
                low_open=True,
                high_open=True,
            ),
            _number("smallest", 1e-6, "Smallest step size.", 0.0, 1.0),
            _number("largest", 50.0, "Largest step size.", 0.0, 1e6),
        ),
        _FULL_BATCH,
    ),
    Entry(
        "lion",
        "Steps of one size, up or down, by the sign of a mean of momentum and gradient; wants a tenth of adam's rate",
        "w = w (1 - r weight_decay) - r sign(beta1 m + (1 - beta1) g); m = beta2 m + (1 - beta2) g",
        "Chen et al. 2023, Symbolic Discovery of Optimization Algorithms, algorithm 2",
        "optimizers:Lion",
        (_beta1(), _beta2(0.99), _weight_decay()),
    ),
)
