"""The rules by name, in the order of precedence: of several that hold, the first is shown.

Importing this module does not import NumPy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

LATCHED = 0  # ticks: it holds until something is changed


@dataclass(frozen=True, slots=True)
class Rule:
    """A thing that can be wrong.

    Attributes:
        name: as in events and lessons.
        title: in words, for a heading.
        meaning: one plain line.
        formula: the raw condition.
        source: where the idea comes from.
        on, off: so many ticks in a row must say so before the rule holds, and before it holds no more.
        under: not told while one of these holds.
    """

    name: str
    title: str
    meaning: str
    formula: str
    source: str
    on: int
    off: int
    under: frozenset[str] = frozenset()

    def defaults(self) -> dict[str, Any]:
        """A rule takes no options."""
        return {}


_ALL = (
    Rule(
        "not_finite", "Not a number", "A loss, weight or gradient is infinite or not a number any more.",
        "any of them not finite", "Amazon SageMaker Debugger, rule ExplodingTensor", 1, LATCHED,
    ),
    Rule(
        "gradient_ascent", "Climbing", "The loss is made larger, not smaller.",
        "loss.maximise; or 90% of the steps in the last 200 go uphill and the loss rose by 0.1 of guessing",
        "Goodfellow, Bengio & Courville 2016, section 4.3 (the sign of a gradient step)", 1, 3,
    ),
    Rule(
        "clones", "Copies", "All neurons of a layer have the same weights, and always will.",
        "largest difference between two units' weights from one source ≤ 1e-6 (float32: 1e-4) of the weights' size",
        "CS231n, Neural Networks 2 (all zero initialization)", 2, 3,
    ),
    Rule(
        "linear_collapse", "One linear model", "No layer bends anything, so all of them together are one linear model.",
        "every hidden activation is the identity, and R² of the logits on the inputs > 1 - 1e-6",
        "Goodfellow, Bengio & Courville 2016, section 6.1", 1, 3,
    ),
    Rule(
        "input_scale", "Inputs of uneven scale", "The inputs differ so much in scale that one rate cannot fit all.",
        "largest ÷ smallest deviation of an input > 10, with plain gradient descent or momentum",
        "LeCun, Bottou, Orr & Müller 1998, Efficient BackProp (the limit 2 ÷ largest curvature)", 1, 3,
    ),
    Rule(
        "saturated", "Saturated", "Units sit on the flat part of their activation, where nothing gets through.",
        "at the start ≥ 30% of a layer's outputs on the flat part; later ≥ 25% of its units for > 99% "
        "of the inputs, while the loss is above 0.2 of guessing",
        "Karpathy, makemore 3 (|tanh| > 0.97); SageMaker Debugger, rule SaturatedActivation", 1, 3,
    ),
    Rule(
        "exploding_gradient", "Exploding", "Going back through the layers, the gradient grows out of all proportion.",
        "of ≥ 3 hidden layers: rms δ first ÷ last > 100; at the start > 10, or that of the outputs last ÷ first > 10",
        "Glorot & Bengio 2010; SageMaker Debugger, rule PoorWeightInitialization", 1, 3,
    ),
    Rule(
        "vanishing_gradient", "Vanishing", "Going back through the layers, the gradient shrinks to almost nothing.",
        "of ≥ 3 hidden layers: rms δ first ÷ last < 0.01; at the start that of the outputs last ÷ first < 0.1",
        "Glorot & Bengio 2010; He, Zhang, Ren & Sun 2015", 2, 3, frozenset({"clones"}),
    ),
    Rule(
        "dead_units", "Dead units", "Most units of a layer have slope 0 for every input, and no gradient reaches them.",
        "≥ 50% of a layer's units with slope 0 for the whole probe set (a ReLU never above 0); until < 40%",
        "Lu, Shin, Su & Karniadakis 2020; SageMaker Debugger, rule DeadRelu", 2, 3,
    ),
    Rule(
        "squared_error_on_sigmoid", "Squared error on a sigmoid",
        "The output is surely wrong, and squared error multiplies its gradient by a slope near 0.",
        "≥ 25% of the probe set wrong with 4p(1 - p) < 0.2",
        "Nielsen 2015, Neural Networks and Deep Learning, chapter 3", 2, 3, frozenset({"clones"}),
    ),
    Rule(
        "initial_loss", "Wrong before it starts", "The loss starts far above that of guessing.",
        "before the first step, of classes: loss > 4 × that of guessing",
        "CS231n, Neural Networks 3 (sanity checks); Karpathy 2019, A Recipe for Training Neural Networks", 1, 3,
    ),
    Rule(
        "learning_rate_high", "Learning rate too high", "The loss keeps jumping back above its best.",
        "≥ 30% (and 5) of the last 20 ticks more than half of the guessing loss above the best; or loss > 3 × start",
        "fastai, lr_find (stops at 4 × best); Cockpit (Schneider, Dangel & Hennig 2021)", 2, 3,
        frozenset({"gradient_ascent"}),
    ),
    Rule(
        "learning_rate_low", "Learning rate too low", "Each step covers almost none of the way downhill.",
        "after 200 steps: loss > half of guessing, median alpha < -0.75 (until > -0.6), median update ratio < 0.002",
        "Cockpit, quantity Alpha; CS231n, Neural Networks 3 (ratio of updates to weights)", 3, 3,
        frozenset({
            "clones", "vanishing_gradient", "dead_units", "squared_error_on_sigmoid", "gradient_ascent",
            "input_scale", "linear_collapse",
        }),
    ),
    Rule(
        "overfitting", "Overfitting", "The validation (or test) loss climbs while the training loss keeps falling.",
        "at three evaluations in a row: test loss > 1.25 × its best and > best + 0.1 × guessing, training loss lower",
        "Prechelt 1998, Early Stopping - But When?; SageMaker Debugger, rule Overfit", 1, 3,
    ),
    Rule(
        "not_learning", "Not learning", "The loss stays that of guessing, and nothing says why.",
        "after 500 steps: median loss of the last 20 ticks > 0.9 × guessing, and no other rule holds",
        "Karpathy 2019, A Recipe for Training Neural Networks (input-independent baseline)", 3, 3,
    ),
)  # fmt: skip

_LAST = replace(_ALL[-1], under=frozenset(rule.name for rule in _ALL[:-1]))

RULES: Mapping[str, Rule] = MappingProxyType({rule.name: rule for rule in (*_ALL[:-1], _LAST)})
