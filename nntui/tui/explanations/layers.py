"""The words about the view Layers."""

from __future__ import annotations

from collections.abc import Mapping

from nntui.tui.explanations.words import Explanation

WEIGHTS_OVER_TIME = Explanation(
    title="Weights over epochs",
    drawn=(
        "Where each layer's weights lay over the epochs: time runs to the right, the value of a weight upwards, and "
        "the stronger its color, the more weights lie there. A column is empty where nothing was measured. The "
        "brightest line is the median, the dashes around it the quartiles, the dots the 5th and the 95th percentile. "
        "The current ones stand next to the layer's name. "
        "{look.variant} shows the same as ridges, the newest in front, and then the biases."
    ),
    formula=(
        "40 equal bins; strength = √(weights in the bin ÷ weights in that moment's fullest bin)",
        "percentile p: the value that p% of the weights lie below; of layers with more than 4,096 weights a sample",
        "at most 256 moments are kept; when there are more, every second one is dropped",
    ),
    reading=(
        "The picture fans out: the layer learns, its weights move away from where they began. Flat: it hardly learns.",
        "It never stops spreading: the rate is high, or nothing holds the weights back.",
        "A jump at one epoch: a step was far too large, or you changed something there.",
        "A single line that stays one: all weights are equal, the units are copies of one another.",
    ),
    trying=(
        "Press {change.rate_up} a few times and see the fan open faster; {change.rate_down} stops it.",
        "Raise regularization.l2 in the form ({change.edit}): the fan draws together again.",
        "Press {look.variant} for ridges and for the biases, {look.maximise} for the whole screen.",
    ),
)

GRADIENTS = Explanation(
    title="Gradients",
    drawn=(
        "How long the gradient of each layer was, over the epochs, on a log axis; and where there is room, how its "
        "components are spread now (heights on a log scale too, so that rare ones show). It is the gradient of the "
        "last batch, after penalties and clipping, as the optimizer got it."
    ),
    formula=(
        "norm of a layer = √ Σ (∂loss ÷ ∂w)² over its weights and biases",
        "histogram: 40 equal bins over ∂loss ÷ ∂w of its weights; height = log(1 + count)",
    ),
    reading=(
        "It falls with the loss: the network comes near a valley's floor. It stays up and jumps: batches disagree, or "
        "the rate is too high.",
        "Layers far apart, the first ones far below: the gradient vanishes on its way back. Far above: it explodes.",
        "Exactly 0 for a layer: no signal reaches it, all its units may be dead.",
    ),
    trying=(
        "Press {look.variant} to see the histograms alone; {look.layers_up} {look.layers_down} for more layers.",
        "Press {change.batch_halve}: smaller batches, longer and more restless gradients.",
    ),
)

UPDATE_RATIO = Explanation(
    title="Update ÷ weight",
    drawn=(
        "How far one step moved the weights of each layer, against how large they are, on an axis of powers of ten. "
        "It is the step really taken, whatever the optimizer made of the gradient. The level line: 1e-3, a thousandth."
    ),
    formula=(
        "‖weights after the step − before‖ ÷ ‖weights before‖, biases included, L2 norms",
        "about 1e-3 is a good sign: CS231n, “Neural Networks Part 3”, ratio of weights : updates",
    ),
    reading=(
        "Well above 1e-2: each step rewrites a part of what was learned; lower the rate.",
        "Below 1e-4 while the loss is still high: the steps are too small to get anywhere; raise the rate.",
        "Healthy networks leave the band between 1e-4 and 1e-2 now and then; it is a guide, not an alarm.",
        "A layer that is frozen or gets no gradient stands at the bottom: its update is 0.",
    ),
    trying=(
        "Press {change.rate_up}: every curve rises by the same amount under plain gradient descent.",
        "Change optimizer.name to adam in the form ({change.edit}): the layers' curves come together.",
    ),
)

GRADIENT_FLOW = Explanation(
    title="Gradient flow",
    drawn=(
        "The size of the signal that training sends back through the network, at every layer, first layer first, on a "
        "log scale. A bar that is ten times a shorter one in value is one power of ten longer. The line above says "
        "what is left of it at the first hidden layer."
    ),
    formula=(
        "δ = ∂L ÷ ∂z, how much a sample's loss L would change with a unit's weighted sum z",
        "of the output layer as the loss says; below it δ_l = (δ_l+1 · W_l+1ᵀ) × φ'(z_l): Rumelhart, Hinton & "
        "Williams 1986",
        "bar: root mean square of δ over the units of the layer and up to 256 fixed training samples",
        "first ÷ last: of the first and the last hidden layer; the output's δ is on a scale of its own",
    ),
    reading=(
        "About equal bars: every layer learns at its own pace, none is left out.",
        "Bars that shrink toward the first layer (below 1/100): the gradient vanishes, early layers hardly learn. "
        "Sigmoid units multiply it by at most 1/4 each layer.",
        "Bars that grow toward the first layer (above 100): it explodes; the weights are too large for their number.",
    ),
    trying=(
        "Load vanishing-gradient ({change.presets}) and look here, then change network.activation to tanh.",
        "Load exploding-gradient, then choose the initializer he_normal.",
    ),
)

ACTIVATION_SPREAD = Explanation(
    title="Activation mean and spread",
    drawn=(
        "For each layer the mean of everything its units put out for a fixed set of training samples, as a line, and "
        "one standard deviation above and below it, over the epochs. {look.variant} shows the share of outputs "
        "in the saturated region of the activation (the line) and of dead units (the dashes), and then the current "
        "standard deviation of all layers on one log scale."
    ),
    formula=(
        "μ = mean, σ = standard deviation of all outputs of the layer over up to 256 fixed training samples",
        "saturated: |φ'(z)| below 0.0591 times its steepest; dead: φ'(z) exactly 0 for every sample",
    ),
    reading=(
        "A band of about the same width in every layer: signals pass through unharmed.",
        "A width that shrinks layer by layer to 0: later layers cannot tell samples apart. One that grows: outputs "
        "explode.",
        "tanh or sigmoid with the band at its ends: most units are saturated, and hardly pass a gradient.",
    ),
    trying=(
        "Load he-or-xavier ({change.presets}): with Xavier the band of deep ReLU layers narrows to nothing.",
        "Press {look.variant}, then raise the rate ({change.rate_up}): watch units saturate or die.",
    ),
)

EXPLANATIONS: Mapping[str, Explanation] = {
    "weights-over-time": WEIGHTS_OVER_TIME,
    "gradients": GRADIENTS,
    "update-ratio": UPDATE_RATIO,
    "gradient-flow": GRADIENT_FLOW,
    "activation-spread": ACTIVATION_SPREAD,
}
