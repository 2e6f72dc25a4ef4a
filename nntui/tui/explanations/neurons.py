"""The words about the view Neurons."""

from __future__ import annotations

from collections.abc import Mapping

from nntui.tui.explanations.words import Explanation

DIAGRAM = Explanation(
    title="Network",
    drawn=(
        "The network from its inputs at the left to its outputs at the right, with one training sample in it. A unit "
        "is a filled circle where it puts out a positive number, a hollow one for a negative, a dot for next to "
        "nothing, a cross where it is dead. A line is a weight: drawn through and in one color if positive, dashed "
        "and in the other if negative; thick if large, faint if small. Where there are too many, only the strongest "
        "are drawn, and the frame says how many of how many. The unit looked at is marked."
    ),
    formula=(
        "a unit's output a = φ(z), z = Σ wᵢ xᵢ + b over the units xᵢ of the layer before",
        "a line is thick above 2/3 of the largest weight drawn between its two layers, faint below 1/3",
        "a circle is bright above 0.6 of the largest output of its layer, a dot below 0.15",
    ),
    reading=(
        "Follow the thick lines: they carry most of what the network does with this sample.",
        "Other samples light other units. A unit that is lit for one kind of sample only has found a feature.",
        "A unit to which all lines are faint does nothing.",
    ),
    trying=(
        "Arrows or a click choose a unit, {look.previous_sample} and {look.next_sample} another sample.",
        "{neuron.silence} silences the unit, {neuron.set_weight} sets one of its weights, {neuron.revive} draws dead "
        "ones anew; {change.undo} takes it back.",
    ),
)

UNITS = Explanation(
    title="Units",
    drawn=(
        "Every unit of every layer in one cell: the fuller the block, the larger the share of up to 256 fixed training "
        "samples to which it responds. A # is always saturated, a cross is dead. Beside each layer's name "
        "stand the mean of these shares, the share of outputs on a flat part of the activation, and how many are "
        "dead or always saturated."
    ),
    formula=(
        "active: share of the samples for which the unit is on the part of its curve that responds (relu: z > 0)",
        "saturated: |φ'(z)| below 0.0591 of the steepest, for tanh |output| > 0.97 (Karpathy, “makemore” 3)",
        "always saturated: for over 99% of them; dead: slope 0 for every training sample (Lu et al. 2020)",
    ),
    reading=(
        "Many crosses: big steps pushed units to where their slope is 0, and no gradient reaches them.",
        "Many #: weights too large for the number of inputs; hardly any gradient passes.",
        "All blocks full with tanh: every unit works where its curve is steep; with relu they should differ.",
    ),
    trying=(
        "Press {neuron.revive}: the dead units of this layer get new weights; {change.rate_down} keeps them alive.",
        "Press {neuron.silence} on a unit and watch how much the loss jumps.",
    ),
)

NEURON = Explanation(
    title="One unit",
    drawn=(
        "What the chosen unit does with the chosen sample, in real numbers: the weighted sum of what comes in, the "
        "bias, the sum z, and what the activation makes of it. Then what the network would be without the unit. Below, "
        "each incoming weight as a bar with input × weight at its end; {look.variant} shows the outgoing weights, and "
        "then how its mean output and the length of its weights went over the epochs."
    ),
    formula=(
        "z = Σ wᵢ xᵢ + b; output a = φ(z)",
        "without it: its output replaced by its mean over up to 256 fixed training samples, the score on these then "
        "and now compared",
        "‖w‖ = √ Σ wᵢ², its incoming weights",
    ),
    reading=(
        "The rows that add most are what it decided by. Inputs are scaled as the network gets them.",
        "Without it accuracy drops much: the others cannot do its work. It stays: the unit is a spare one.",
        "z far from 0 with tanh or sigmoid: saturated, it hardly learns any more.",
    ),
    trying=(
        "{look.layers_up} {look.layers_down} choose one of its weights, {neuron.set_weight} gives that another value.",
        "{look.previous_sample} {look.next_sample}: which samples switch it on?",
        "{neuron.silence} sets its weights to 0: is the drop in accuracy what the panel said? A relu stays dead, any "
        "other unit begins to learn anew.",
    ),
)

CURVE = Explanation(
    title="Activation curve",
    drawn=(
        "The activation of the chosen unit as a curve, the weighted sum z from left to right, the output upwards; the "
        "upright mark is the chosen sample. The bars below count the fixed training samples by their z. Of a softmax "
        "output it is the curve with the other outputs as they are for this sample."
    ),
    formula=(
        "a = φ(z); the frame has the slope φ'(z) at the sample",
        "∂loss/∂z = φ'(z) · ∂loss/∂a: where the curve is flat, no gradient comes through",
    ),
    reading=(
        "Bars where the curve is steep: the unit tells samples apart and can learn.",
        "Bars heaped at a flat end: saturated; all below 0 with relu: dead.",
        "A curve that is a straight line bends nothing: any number of such layers is one linear model.",
    ),
    trying=(
        "Change the layer's activation in the form ({change.edit}) and compare the curves.",
        "{neuron.set_weight} on the bias ({look.layers_down} in the panel of the unit) moves all bars left or right.",
    ),
)

MAP = Explanation(
    title="What it looks for",
    drawn=(
        "With two inputs: the unit's output everywhere on their plane, from blue for the least to orange for the most, "
        "and samples on it, a dot filled or hollow by class. With images: what each pixel does to it, and "
        "the training images of the fixed set that excite it most, with their label and its output. Otherwise: the "
        "inputs by what they do to it, strongest first."
    ),
    formula=(
        "plane: a = φ(z) for every point, scaled and derived as training does it",
        "first hidden layer: its weights; later layers: ∂z/∂x at the chosen sample, by the chain rule (Simonyan, "
        "Vedaldi & Zisserman 2014)",
    ),
    reading=(
        "In the plane a unit of the first layer draws one straight edge; later layers put edges together to shapes.",
        "Images: bright and dark together are a pattern, an edge or a stroke; noise means it has learned little.",
        "Two units with the same map do the same work.",
    ),
    trying=(
        "Go through the units of layer 1, then of layer 2, with the arrows: the shapes become richer.",
        "Restart with fewer hidden units ({change.edit}): each must do more.",
    ),
)

EXPLANATIONS: Mapping[str, Explanation] = {
    "diagram": DIAGRAM,
    "units": UNITS,
    "neuron": NEURON,
    "neuron-curve": CURVE,
    "neuron-map": MAP,
}
