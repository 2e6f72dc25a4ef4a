"""The panels of the view of gradients."""

from __future__ import annotations

from collections.abc import Mapping

from nntui.tui.explanations.words import Explanation

CHAIN = Explanation(
    title="Chain rule",
    drawn=(
        "The gradient of one weight for one training sample, taken apart. L is the loss of this sample, z the "
        "weighted sum of the unit that the weight leads to, a its output. The first page has the three factors with "
        "their numbers, the product, and two other ways to the same number: back-propagation, as training does it, "
        "and a nudge of the weight. Below are the terms of the sum that ∂L/∂a is, the largest first. The further "
        "pages go back layer by layer, from the loss to the weight, every unit with its numbers. All in double "
        "precision, without dropout and penalties."
    ),
    formula=(
        "∂L/∂w = ∂L/∂a · ∂a/∂z · ∂z/∂w (Rumelhart, Hinton & Williams 1986)",
        "∂z/∂w = what comes in through the weight; 1 for a bias",
        "∂a/∂z = slope of the activation at z",
        "∂L/∂a = Σ over the units above of weight × their ∂L/∂z; in the output layer the slope of the loss",
        "nudge = (L(w + h) − L(w − h)) ÷ 2h; relative difference = |difference| ÷ the larger of both",
        "paths = product of the numbers of units above: each is a chain of its own, and they are summed",
    ),
    reading=(
        "One small factor makes the gradient small: a dead or saturated unit has a slope of 0, a 0 that comes in "
        "teaches its weight nothing.",
        "A relative difference below 1e-7 says that back-propagation is right. At a kink (relu at 0) there is no "
        "derivative, and both may differ.",
        "With softmax or sigmoid and cross-entropy the first step back is simply a − y: output minus target. That "
        "is why they belong together.",
    ),
    trying=(
        "Move by the arrow keys: up and down through the units of all layers, left and right through what comes in; "
        "{look.previous_sample} and {look.next_sample} change the sample.",
        "Take a sample the network gets right for sure: every factor is there, but a − y is almost 0, and nothing "
        "is learned from it.",
    ),
)

CHAIN_BARS = Explanation(
    title="∂L/∂z on its way back",
    drawn=(
        "How large the signal is that reaches each layer, for the chosen sample, on a logarithmic scale. It begins "
        "at the output and is multiplied by weights and slopes at every layer on its way to the first. The frame "
        "says how many times as large it is in the first layer as in the last."
    ),
    formula=(
        "bar = √(mean over the layer's units of (∂L/∂z)²)",
        "∂L/∂z of a layer = (weights × ∂L/∂z of the layer above) · slope of the activation",
    ),
    reading=(
        "Bars of about one length: every layer learns. Shorter and shorter toward the first: the gradient vanishes. "
        "Longer and longer: it explodes.",
        "The slope of a sigmoid is at most 1/4, so ten layers of them leave less than a millionth.",
    ),
    trying=(
        "Load vanishing-gradient ({program.palette}), then change the activation to relu in the form ({change.edit}).",
    ),
)

NUDGE = Explanation(
    title="Nudge and next step",
    drawn=(
        "Above: how far the difference quotient is from the back-propagated gradient, for nudges h from 0.1 down to "
        "1e-13, both axes logarithmic. Below: the next optimizer step, taken on a copy with the very batch, "
        "dropout, state and learning rate it will have: the gradient of the batch, what penalties add, what "
        "clipping leaves, and the weight before and after."
    ),
    formula=(
        "quotient = (L(w + h) − L(w − h)) ÷ 2h; its error by the nudge grows as h², by rounding as 1 ÷ h",
        "plain gradient descent: change = −rate × gradient; other optimizers use what they remember of earlier steps",
        "l1 adds l1 · sign(w), l2 adds l2 · w to the gradient",
    ),
    reading=(
        "The curve is a V: large nudges miss the bend of the loss, tiny ones drown in rounding. The best is near 1e-5.",
        "The change differs from rate × gradient where the optimizer has momentum or scales by earlier gradients.",
        "The gradient of the batch is the mean of those of its samples: that of one sample may point the other way.",
    ),
    trying=(
        "Press {run.pause}, then {run.batch}: the weight goes exactly where this panel said.",
        "Change the optimizer in the form ({change.edit}) and compare the change with rate × gradient.",
    ),
)

SURFACE = Explanation(
    title="Loss surface",
    drawn=(
        "The loss as a landscape over two directions out of as many as there are weights, seen from above: dark is "
        "low, bright is high, and the numbers on the contours say the same (0 is lowest). @ is where the weights "
        "are now, o where they began, dots the way between as its shadow falls on this plane. It is worked out "
        "beside the training, coarse first, and anew when the weights have moved far. The frame says what share of "
        "the way lies in the plane, and how far from it the weights are."
    ),
    formula=(
        "loss(center + x · d1 + y · d2) of at most 256 training samples, without penalties and dropout",
        "random slice: d ← d ÷ ‖d‖ · ‖w‖ for what comes into each unit (Li et al. 2018, section 4); biases stay",
        "along the path: the two main directions (principal components) of the places the weights have been "
        "(section 7.2 there)",
        "colors and numbers are even on a logarithmic scale",
    ),
    reading=(
        "A wide bowl is easy ground; a narrow, twisted one needs small steps. Where steps are too long, the path "
        "jumps from wall to wall.",
        "A random slice hardly ever contains the way: that is why @ and o nearly coincide in it. Along the path "
        "they are far apart.",
        "What looks like a minimum here may have a way down in one of the other directions.",
    ),
    trying=(
        "Press {look.variant}: it changes between both slices.",
        "Press {change.rate_up} several times and watch the path jump; {change.rate_down} and it settles.",
    ),
)

EXPLANATIONS: Mapping[str, Explanation] = {
    "chain": CHAIN,
    "chain-bars": CHAIN_BARS,
    "nudge": NUDGE,
    "surface": SURFACE,
}
