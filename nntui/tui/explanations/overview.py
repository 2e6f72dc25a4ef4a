"""The panels of the first view and the status line."""

from __future__ import annotations

from collections.abc import Mapping

from nntui.tui.explanations.words import Explanation

LOSS = Explanation(
    title="Loss",
    drawn=(
        "The loss after each epoch: one number for how wrong the network is, smaller is better. One curve is for the "
        "training samples, one for the test samples, which the network never learns from. An upright mark stands at "
        "every "
        "change you made, with what you changed. The level line is the loss of guessing: of a network that looks at no "
        "input and only knows how often each answer occurs. Quiet, loosely dotted curves are futures that were left by "
        "going back, named by what was changed first in them."
    ),
    formula=(
        "loss = (1/n) Σ loss of one sample, over the n samples; penalty terms are not counted",
        "train: mean over the epoch's batches, each measured just before the step it causes",
        "test: all test samples, with the weights at the end of the epoch",
    ),
    reading=(
        "Falls and levels out: it learns. Flat from the start, near the guessing line: it does not learn at all.",
        "Jumps up and down: the learning rate is too high. Falls, but in a long straight slope: it is too low.",
        "Test rises while train goes on falling: the network memorizes the training samples (overfitting).",
        "Early on, test can lie below train: the train value averages over the whole epoch, also its worse beginning.",
    ),
    trying=(
        "Press {look.log_axis}: on a log axis a loss that shrinks by a constant factor is a straight line.",
        "Press {change.rate_up} until the curve starts to jump, then {change.rate_down} once or twice: that is close "
        "to "
        "the best rate.",
        "Press {look.left} to look at an earlier epoch in all panels, {time.return} to take the run back there.",
    ),
)

ACCURACY = Explanation(
    title="Accuracy",
    drawn=(
        "How often the network is right, after each epoch, for the training and the test samples. Where a number is "
        "predicted instead of a class it is R²: the share of the targets' variation that the network accounts for."
    ),
    formula=(
        "accuracy = samples whose most likely class is the right one ÷ all samples",
        "R² = 1 − Σ (target − output)² ÷ Σ (target − mean target)²",
    ),
    reading=(
        "The loss can go on falling when the accuracy no longer moves: right answers become surer, and nothing else.",
        "With k equally frequent classes, guessing gives 1/k. R² is 0 for always answering the mean, and below 0 for "
        "worse.",
        "The gap between train and test is what the network learned by heart.",
    ),
    trying=(
        "Raise regularization.l2 in the form ({change.edit}) and watch the gap between the curves.",
        "Press {run.new_seed}: how much of the result is luck of the first weights?",
    ),
)

LEARNING_RATE = Explanation(
    title="Learning rate",
    drawn=(
        "The learning rate over the whole run. Left of the mark, as it really was; right of it, in sparser dots, as it "
        "will be if you change nothing."
    ),
    formula=(
        "rate in force = schedule(step) × schedule.scale",
        "plain gradient descent: weight ← weight − rate × ∂loss/∂weight",
    ),
    reading=(
        "The rate scales every update. Too low: slow. Too high: steps overshoot the valley, the loss jumps or flies "
        "apart.",
        "A schedule begins with large steps to cover ground and ends with small ones to settle; a cyclical one goes up "
        "and down between two bounds.",
        "Your keys move the scale, so the schedule keeps its shape; the past stays as it was.",
    ),
    trying=(
        "Press {change.rate_up} and {change.rate_down}: the future moves, the past does not.",
        "Choose another schedule.name in the form ({change.edit}), cosine_decay for example.",
    ),
)

WEIGHTS = Explanation(
    title="Weights",
    drawn=(
        "For each layer a histogram of all its weights (biases apart) in 40 equal bins: filled as they are now, "
        "outlined "
        "as they were at the start of the run."
    ),
    formula=(
        "height = number of weights in the bin; of a layer with more than 50,000 weights a fixed sample of 8,192 is "
        "counted",
        "σ, μ = standard deviation and mean of all its weights",
        "unit output = activation(Σ weight × input + bias)",
    ),
    reading=(
        "Training moves weights away from the outline. A layer that stays on it has hardly learned.",
        "Spreading ever wider: the learning rate is high or nothing holds the weights back (see regularization).",
        "A single spike at the start means all weights were equal: the units of that layer are copies of one another "
        "and "
        "stay so.",
    ),
    trying=(
        "Set network.initializer to zeros in the form ({change.edit}); it restarts, and nothing tells the units apart.",
        "Raise regularization.l2 while it trains: the histogram draws together around 0.",
    ),
)

ACTIVATIONS = Explanation(
    title="Activations",
    drawn=(
        "For each hidden layer: a histogram of what its units put out for a fixed set of at most 256 training "
        "samples, the "
        "share of outputs that are saturated, the share of units that are dead, and a map with one cell a unit: "
        "brighter the more of the samples it responds to, another sign where it is saturated or dead."
    ),
    formula=(
        "saturated: the output lies on the flat part of the activation, where its slope is almost 0",
        "dead: a unit whose slope is 0 for every sample, so no gradient reaches its incoming weights (relu below 0, "
        "hard_tanh and hard_sigmoid beyond their ends; tanh and sigmoid cannot die)",
    ),
    reading=(
        "Gradients pass a unit multiplied by its slope. Saturated units pass almost nothing, dead ones nothing at all.",
        "tanh and sigmoid with outputs heaped at both ends: the weights are too large for the number of inputs.",
        "relu with many dead units: one big step pushed them out, often because of a high learning rate. No gradient "
        "reaches them; few come back.",
    ),
    trying=(
        "Press {change.rate_up} several times with relu and watch units die; lowering the rate does not revive them.",
        "Change a layer's activation in the form ({change.edit}), relu to leaky_relu: dead units can move again.",
    ),
)

HYPERPARAMETERS = Explanation(
    title="Hyperparameters",
    drawn=(
        "The numbers and choices that you set and training does not change, by the same names as in a preset file. "
        "What "
        "you changed since the run began is marked."
    ),
    formula=(
        "batch_size: samples averaged into one gradient; steps an epoch = ⌈training samples ÷ batch_size⌉",
        "l2: adds l2 × weight to every weight's gradient, which pulls weights toward 0",
    ),
    reading=(
        "The learning rate matters most, then the batch size, then the size of the network.",
        "A change holds from the next optimizer step on; the loss panel marks the epoch, so you see what it did.",
        "What shapes the network or the data cannot change in the middle of a run; it takes a restart.",
    ),
    trying=(
        "Press {change.edit} for the form, or {program.palette} and type: set optimizer.learning_rate 0.03",
        "Press {change.batch_halve} and {change.batch_double}: noisy gradients from small batches, smooth from large "
        "ones.",
        "Change one thing at a time, or you will not know which of them helped.",
    ),
)

STATUS = Explanation(
    title="Status",
    drawn=(
        "Whether it trains, is paused, finished or diverged; the epoch and how many there are; epochs and samples a "
        "second; "
        "the training time so far. While you look at the past it says at which epoch; training goes on."
    ),
    formula=(
        "epoch: one pass over all training samples; step: one batch, one update of the weights",
        "samples/s = samples trained on ÷ second, measured where it trains",
    ),
    reading=(
        "Diverged: some number became infinite or not a number. The state just before is kept; lower the rate with "
        "{change.rate_down}, then {run.pause} goes on from it.",
        "The speed is a limit you set ({run.slower} {run.faster}) or what the machine can do. Drawing "
        "hardly slows training, which runs in a process of its own; what the panels measure takes 1 or 2% of its time.",
    ),
    trying=(
        "Press {run.pause}, then {run.batch} a few times: learning, one step at a time.",
        "Press {run.slower} to watch closely, {run.faster} to get on.",
    ),
)

EXPLANATIONS: Mapping[str, Explanation] = {
    "loss": LOSS,
    "accuracy": ACCURACY,
    "learning-rate": LEARNING_RATE,
    "weights": WEIGHTS,
    "activations": ACTIVATIONS,
    "hyperparameters": HYPERPARAMETERS,
    "status": STATUS,
}
