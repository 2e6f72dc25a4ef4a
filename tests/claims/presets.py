"""What the presets say, measured."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from nntui.training.commands import Silence
from nntui.training.range_test import range_test
from nntui.tui.steering import next_factor
from tests.claims.said import Bound, Said, above, below, fact, near, of, words
from tests.presets.studies import Study, study

LN2, LN3, LN10 = float(np.log(2)), float(np.log(3)), float(np.log(10))
AUTO: dict[str, Any] = {"network__initializer": "auto", "network__output_initializer": "auto"}


def pressed(times: int, rate: float, direction: int = 1) -> float:
    """The rate after so many presses of ``]`` (or ``[``), the scale being 1 at first."""
    scale = 1.0
    for _ in range(times):
        scale = next_factor(scale, direction)
    return rate * scale


def dead(done: Study, layer: int) -> npt.NDArray[np.bool_]:
    """(units,) which are at 0 for every training sample."""
    return np.asarray(done.activations()[layer].max(axis=0) <= 0)


def saturated(outputs: npt.NDArray[Any]) -> float:
    return float((np.abs(outputs) > 0.97).mean())


def gradient_ratio(done: Study) -> float:
    """Mean size of the first layer's gradient ÷ the last's."""
    gradients = [float(np.abs(layer.matrix_gradient).mean()) for layer in done.session.network.layers]
    return gradients[0] / gradients[-1]


def same_columns(done: Study) -> float:
    """Largest difference between two units' weights of the first layer ÷ the largest weight."""
    weights = done.session.network.layers[0].weights
    return float(np.ptp(weights, axis=1).max() / np.abs(weights).max())


@of("presets/adaptive-rates.toml")
def adaptive_rates(seed: int) -> Iterator[Said]:
    done = study("adaptive-rates", seed, 80)
    spread = done.session.prepared.train_x.std(axis=0)
    ratio = float(spread.max() / spread.min())
    yield Said("One input is a hundred times as wide as the other", ratio, near(100, 15))
    yield Said("the loss is still above 0.6", done.loss[-1], above(0.6))
    fitted = study("adaptive-rates", seed, 80)
    fitted.set(optimizer__name="adam", optimizer__learning_rate=0.3)
    yield Said("the loss falls below 0.02 within 80 epochs", fitted.train(80).loss[80:].min(), below(0.02))
    yield Said("where 0.01 is possible", fitted.train(200).loss.min(), below(0.011))
    plain = study("adaptive-rates", seed, 5, data__standardize=True, optimizer__learning_rate=0.1)
    yield Said("the plain method is done in five epochs", plain.loss[-1], below(0.012))
    weights = fitted.session.network.layers[0].weights[:, 0]
    yield Said(
        "the second would have to become 100", float(np.abs(weights).max() / np.abs(weights).min()), near(100, 25)
    )
    yield Said("After 80 epochs", 80.0, near(float(len(done.rows))))
    start = study("adaptive-rates", seed, 0).session
    x, y = start.prepared.train_x, start.prepared.train_y
    slopes = np.abs((x * (y - y.mean())).mean(axis=0))
    yield Said(
        "its gradient is a hundred times smaller, its way a hundred times longer",
        float(slopes.max() / slopes.min()),
        Bound(50, 200),
    )
    yield from words("Which of the two weights")


@of("presets/chain-rule.toml")
def chain_rule(seed: int) -> Iterator[Said]:
    sizes = [layer.size for layer in study("chain-rule", seed, 0).session.network.layers]
    yield fact("two inputs, four neurons, three, one output", sizes == [4, 3, 1])
    yield fact("three paths lead to the output", sizes[1] == 3)
    yield fact("the other two neurons alone", sizes[1] - 1 == 2)
    yield from words("5, then the arrows")


@of("presets/constant-init.toml")
def constant_init(seed: int) -> Iterator[Said]:
    start, done = study("constant-init", seed, 0), study("constant-init", seed)
    yield fact("All weights start at 0.5", bool((start.session.network.layers[0].weights == 0.5).all()))
    yield Said("histogram has two bars, one for each input", same_columns(done), below(1e-3))
    yield Said("The loss stops above 0.5", done.loss.min(), above(0.5))
    yield Said("the loss falls below 0.1", study("constant-init", seed, **AUTO).loss[-1], below(0.1))
    yield fact("every step is the same for all eight", len(start.session.network.layers[0].weights[0]) == 8)


@of("presets/cyclical.toml")
def cyclical(seed: int) -> Iterator[Said]:
    done = study("cyclical", seed)
    rate, loss = done.column("learning_rate"), done.loss
    highest = np.flatnonzero(rate > 0.98 * rate.max()) + 1
    yield fact("(epochs 10, 30, 50, …)", {10, 30, 50} <= {*highest.tolist(), *(highest - 1).tolist()})
    valleys, peaks = loss[19::20], np.array([loss[i - 3 : i + 3].mean() for i in range(30, 160, 20)])
    yield Said("(epochs 20, 40, 60, …)", float((peaks[:6] / valleys[1:7]).min()), above(1.0))
    yield Said("The second valley lies much lower than the first", valleys[1] / valleys[0], below(0.8))
    yield Said("the last at about half of the first or lower", valleys[-1] / valleys[0], below(0.6))
    halves = study("cyclical", seed, schedule__mode="triangular2").column("learning_rate")
    tops = [float(halves[start : start + 20].max()) for start in range(0, 60, 20)]
    yield Said(
        "each triangle is half as high as the one before", (tops[1] - 0.005) / (tops[0] - 0.005), near(0.5, 0.02)
    )


@of("presets/digits.toml")
def digits(seed: int) -> Iterator[Said]:
    done = study("digits", seed)
    prepared = done.session.prepared
    rows = len(prepared.train_x) + len(prepared.test_x)
    yield fact("1,797 handwritten digits of 8×8 pixels", (rows, prepared.train_x.shape[1]) == (1797, 64))
    yield fact("ten outputs, one a digit", done.session.network.layers[-1].size == 10)
    yield Said("passes 0.9 within three epochs", done.score[:3].max(), above(0.9))
    yield Said("ends above 0.95", done.score[-1], above(0.95))
    yield Said("the test loss stops near epoch 10", done.test_loss[-1] / done.test_loss[9], above(0.8))
    yield Said("the test accuracy is above 0.94", study("digits", seed, network__hidden=()).score[-1], above(0.94))
    yield from words("the two losses")


@of("presets/divergence.toml")
def divergence(seed: int) -> Iterator[Said]:
    done = study("divergence", seed)
    x = done.session.prepared.train_x
    wide = np.column_stack((x, np.ones(len(x))))
    limit = 2 / float(np.linalg.eigvalsh(2 * wide.T @ wide / len(wide)).max())
    yield Said(
        "2 divided by the largest curvature of the loss; here it is close to 1, and 1.1 is beyond it",
        limit,
        Bound(0.9, 1.0999),
    )
    yield Said("After about 200 steps it is too large", float(len(done.rows)), Bound(130, 270))
    yield Said("The rate is only a tenth beyond the limit", 1.1 / limit, near(1.11, 0.08))
    yield Said("two hundred times over", float(len(done.rows)), Bound(130, 270))
    calm = study("divergence", seed, 12, schedule__scale=0.5)
    yield fact(
        "[ three times, then r: at 0.55, about half of the limit",
        abs(pressed(3, 1.1, -1) - 0.55) < 1e-9 and 0.45 < 0.55 / limit < 0.65,
    )
    yield Said(
        "it converges within a dozen steps",
        calm.loss[-1] / study("divergence", seed, 200, schedule__scale=0.5).loss[-1],
        below(1.1),
    )


@of("presets/dying-relu-one-layer.toml")
def dying_relu_one_layer(seed: int) -> Iterator[Said]:
    done = study("dying-relu-one-layer", seed, 5)
    early = dead(done, 0)
    yield fact("32 ReLU neurons and a learning rate of 10", done.session.experiment.optimizer.learning_rate == 10)
    yield Said("Within five epochs more than half of the units are dead", float(early.mean()), above(0.5))
    late = dead(done.train(), 0)
    yield Said("and they stay dead", float(late[early].mean()), near(1.0))
    alive = study("dying-relu-one-layer", seed, optimizer__learning_rate=0.3)
    yield Said("nearly all of them stay alive", float(dead(alive, 0).mean()), below(0.1))
    yield Said("the accuracy passes 0.95", alive.score.max(), above(0.95))


@of("presets/dying-relu.toml")
def dying_relu(seed: int) -> Iterator[Said]:
    done = study("dying-relu", seed, 10)
    early = dead(done, 1)
    yield Said("more than half of the second layer's units are dead", float(early.mean()), above(0.5))
    late = study("dying-relu", seed)
    yield Said("most of them stay dead", float(dead(late, 1)[early].mean()), above(0.5))
    yield Said("the loss stays above 0.7", late.loss[-1], above(0.7))
    yield fact("[ ten times: a tenth of the learning rate", abs(pressed(10, 1.0, -1) - 0.1) < 1e-9)
    slow = study("dying-relu", seed, 30)
    slow.set(schedule__scale=0.1)
    yield Said("does not wake most of the dead", float(dead(slow.train(), 1)[early].mean()), above(0.5))
    yield fact("[ ten times, then r", abs(pressed(10, 3.0, -1) - 0.3) < 1e-9)
    yield Said("the loss falls below 0.1", study("dying-relu", seed, schedule__scale=0.1).loss[-1], below(0.1))
    yield fact("A few steps ten times too long", abs(3.0 / 10 - 0.3) < 1e-9)


@of("presets/exploding-gradient.toml")
def exploding_gradient(seed: int) -> Iterator[Said]:
    done = study("exploding-gradient", seed, 0)
    spread = [float(each.std()) for each in done.activations()]
    factors = np.array(spread[1:]) / spread[:-1]
    yield fact("weights of deviation 1", done.session.experiment.value("network.std") == 1)
    yield Said("each layer multiplies the signal by about four", float(np.exp(np.log(factors).mean())), Bound(3, 5))
    started = done.session.started()
    yield Said("many thousand times that of guessing", started.train_loss / started.guessing_loss, above(5000))
    yield Said("diverges within the first epoch", float(len(study("exploding-gradient", seed).rows)), near(0))
    yield Said(
        "the loss falls below 0.3", study("exploding-gradient", seed, network__initializer="auto").loss[-1], below(0.3)
    )
    yield Said("Why is the loss so large?", started.train_loss, above(5000))
    yield fact("Each neuron adds up 32 products", done.session.network.layers[1].size == 32)
    yield fact("ReLU passes half of them on", np.sqrt(32 / 2) == 4)
    yield fact("√(32 ÷ 2) = 4", np.sqrt(32 / 2) == 4)
    yield fact("four to the tenth is a million", abs(4**10 / 1e6 - 1) < 0.05)
    yield Said(
        "of an ordinary size, about 1", float(np.abs(done.session.network.layers[1].weights).mean()), Bound(0.6, 1.2)
    )


@of("presets/he-or-xavier.toml")
def he_or_xavier(seed: int) -> Iterator[Said]:
    start = study("he-or-xavier", seed, 0)
    squares = [float(np.square(each).mean()) for each in start.activations()]
    yield fact("Twice the variance", True)
    yield fact("a factor of two", 2 / 64 == 2 * (2 / (64 + 64)))
    yield fact("Why a factor of exactly two", True)
    yield Said(
        "after 20 layers only about a thousandth is left", float(np.sqrt(squares[-1] / squares[0])), Bound(1e-4, 1e-2)
    )
    off = [float((each == 0).mean()) for each in start.activations()]
    yield Said("A ReLU cuts off half of the signal", float(np.mean(off)), near(0.5, 0.1))
    yield Said("A ReLU sets about half of its inputs to 0", float(np.mean(off)), near(0.5, 0.1))
    yield fact("half of the mean square is lost at every layer", True)
    done = study("he-or-xavier", seed, 10)
    yield Said("For 10 epochs the loss does not leave", float(np.abs(done.loss - LN2).max()), below(0.03))
    fixed = study("he-or-xavier", seed, 20, network__initializer="he_normal")
    yield Said("by epoch 20 the loss is below 0.45", fixed.loss[-1], below(0.45))


@of("presets/learning-rate.toml")
def learning_rate(seed: int) -> Iterator[Said]:
    done = study("learning-rate", seed, 100)
    slow = float(done.loss[-1])
    yield Said("At 0.01 the loss creeps: after 100 epochs it is still above 0.8", slow, above(0.8))
    yield fact("ten times as far with each step", True)
    yield fact("] ten times: at 0.1", abs(pressed(10, 0.01) - 0.1) < 1e-9)
    done.set(schedule__scale=10.0)
    yield Said("the loss falls below 0.2 within 100 epochs more", done.train(100).loss[-1], below(0.2))
    yield fact("] seven times more: at 0.5", abs(pressed(17, 0.01) - 0.5) < 1e-9)
    done.set(schedule__scale=50.0)
    yield Said("it is below 0.1 within 100 epochs", done.train(100).loss[-10:].mean(), below(0.1))
    yield fact("] another fourteen times: at 12.5", abs(pressed(31, 0.01) - 12.5) < 1e-9)
    done.set(schedule__scale=1250.0)
    yield Said("far above that of guessing", done.train(30).loss[-10:].mean() / LN3, above(5))
    yield from words("could have been ten times as long")


@of("presets/linear-collapse-spirals.toml")
def linear_collapse_spirals(seed: int) -> Iterator[Said]:
    done = study("linear-collapse-spirals", seed)
    yield fact("4,500 parameters", abs(done.session.started().parameters - 4500) < 50)
    yield fact("one matrix with three rows", done.session.network.layers[-1].size == 3)
    none = study("linear-collapse-spirals", seed, network__hidden=())
    yield Said(
        "or a little below: as far as a network without any hidden layer gets",
        abs(none.loss[-1] - done.loss[-1]),
        below(0.05),
    )
    bent = study("linear-collapse-spirals", seed, 10)
    bent.set(network__activation="relu")
    yield Said("it ends below 0.1", bent.train().loss[-1], below(0.1))
    weights = (
        done.session.network.layers[0].weights
        @ done.session.network.layers[1].weights
        @ done.session.network.layers[2].weights
    )
    differences = weights[:, :2] - weights[:, 2:]
    yield fact("Six: softmax compares", differences.size + 2 == 6)
    yield from words(
        "the three classes'", "of two of them to the third", "two weights and a bias", "The other thousands"
    )


@of("presets/linear-collapse.toml")
def linear_collapse(seed: int) -> Iterator[Said]:
    done = study("linear-collapse", seed, 60)
    yield Said("the loss stays at that of guessing", float(np.abs(done.loss[-20:] - LN2).max()), below(0.03))
    done.set(network__activation="tanh")
    yield Said("it falls below 0.2", done.train().loss[-1], below(0.2))
    deeper = study("linear-collapse", seed, network__hidden=(64,) * 4)
    yield Said("more linear layers do not help", deeper.loss[-1], above(0.6))
    yield from words("quadrants of XOR", "Would ten more layers")


@of("presets/linear-regression.toml")
def linear_regression(seed: int) -> Iterator[Said]:
    done = study("linear-regression", seed)
    yield Said("R² ends above 0.95", done.score[-1], above(0.95))
    data = done.session.prepared
    columns = np.column_stack((data.train_x, np.ones(len(data.train_x))))
    plane, *_ = np.linalg.lstsq(columns, data.train_y, rcond=None)
    away = float(np.abs(done.session.network.forward(data.train_x) - columns @ plane).max())
    yield Said("the plane of least squares, to many digits", away, below(1e-8))


@of("presets/loss-at-start.toml")
def loss_at_start(seed: int) -> Iterator[Said]:
    done = study("loss-at-start", seed, 4)
    started = done.session.started()
    yield Said("more than four times that of guessing", started.train_loss / started.guessing_loss, above(4))
    yield Said("Within four epochs it is below 1", done.loss.min(), below(1))
    yield Said("very sure, and mostly wrong", started.train_score, below(0.3))
    small = study("loss-at-start", seed, 0, network__output_initializer="auto").session.started()
    yield Said("the loss starts below 1.3 times that of guessing", small.train_loss / small.guessing_loss, below(1.3))
    yield fact("of ten digits each one in ten", True)
    yield fact("Output weights of deviation 3", done.session.experiment.value("network.std") == 3)


@of("presets/lucky-seed.toml")
def lucky_seed(seed: int) -> Iterator[Said]:
    end = float(study("lucky-seed", seed).loss[-10:].mean())
    yield Said("With most seeds the loss falls below 0.25", end, below(0.25), (0.5, 0.95))
    yield Said("with some it stays above 0.3", end, above(0.3), (0.05, 0.5))
    spare = float(study("lucky-seed", seed, network__hidden=(6,)).loss[-10:].mean())
    yield Said("there is nearly always a way down", spare, below(0.25), (0.9, 1.0))
    again = study("lucky-seed", seed)
    yield fact("digit for digit", bool((again.loss == study("lucky-seed", seed).loss).all()))
    yield from words("why does more than three help")


@of("presets/maximise.toml")
def maximise(seed: int) -> Iterator[Said]:
    done = study("maximise", seed, 17)
    yield Said("The loss starts near that of guessing", done.session.started().train_loss, near(LN2, 0.25))
    yield Said("to more than a hundred within 17 epochs", done.loss.max(), above(100))
    yield Said("the accuracy falls below 0.3", done.score[-1], below(0.3))
    down = study("maximise", seed, loss__maximise=False)
    yield Said("it needs less than 60 epochs to get below 0.35", down.loss.min(), below(0.35))
    yield Said("A fairly good classifier", 1 - done.score[-1], above(0.7))


@of("presets/one-neuron.toml")
def one_neuron(seed: int) -> Iterator[Said]:
    done = study("one-neuron", seed)
    settings = done.session.experiment
    yield fact("weight and bias start at 2", (settings.value("network.value"), settings.network.output_bias) == (2, 2))
    yield Said("after 5 epochs the loss is still above 0.25", done.loss[4], above(0.25))
    yield fact("what guessing costs", abs(done.session.started().guessing_loss - 0.25) < 1e-3)
    yield Said("it falls below 0.1 by epoch 20", done.loss[19], below(0.1))
    yield fact("Two numbers are all there is", done.session.started().parameters == 2)
    crossed = study("one-neuron", seed, 5, loss__name="binary_cross_entropy")
    yield Said("after 5 epochs nine of ten answers are right", crossed.score[-1], above(0.9))
    modest = study("one-neuron", seed, 5, network__output_bias=0.0, network__value=0.0)
    yield Said("squared error learns at once", modest.loss[-1], below(0.2))


@of("presets/overfit-twenty.toml")
def overfit_twenty(seed: int) -> Iterator[Said]:
    done = study("overfit-twenty", seed)
    yield fact("twenty points", done.session.train_samples in (19, 20))
    yield Said("The training loss falls below 0.05", done.loss[-1], below(0.05))
    yield Said("every training point is right", done.column("train_score")[-1], near(1))
    yield Said("The test loss is far above", done.test_loss[-1] / done.loss[-1], above(10))
    straight = study("overfit-twenty", seed, network__activation="identity")
    yield Said("the training loss stays above 0.5", straight.loss[-1], above(0.5))


@of("presets/overfitting.toml")
def overfitting(seed: int) -> Iterator[Said]:
    done = study("overfitting", seed)
    yield fact("Sixty noisy points", done.session.train_samples == 60)
    yield fact("more than 4,000 parameters", done.session.started().parameters > 4000)
    yield Said("climbs to more than twice its best value", done.test_loss[-1] / done.test_loss.min(), above(2))
    yield Said("the training loss goes on towards 0", done.loss[-1], below(0.05))
    turned = int(np.argmin(done.test_loss)) + 1
    yield Said("fall together at first", float(turned), below(30))
    pulled = study("overfitting", seed, regularization__l2=0.03)
    yield Said("the test loss hardly climbs", pulled.test_loss[-1] / pulled.test_loss.min(), below(1.5))
    early = study("overfitting", seed, training__patience=20, data__test_share=0.25, data__validation_share=0.25)
    yield Said("its loss stops the training", float(len(early.rows)), below(150))
    yield fact("half of the test points become a validation set", True)
    more = study("overfitting", seed, 60, data__samples=2000)
    yield Said("has nothing to learn by heart", more.test_loss[-1] / more.test_loss.min(), below(1.4))


@of("presets/range-test.toml")
def range_test_preset(seed: int) -> Iterator[Said]:
    done = study("range-test", seed, 20)
    yield Said("At 0.001 the loss creeps: after 20 epochs it is still above 0.85", done.loss[-1], above(0.85))
    found = range_test(done.session)
    best = found.suggestions[0].settings["optimizer.learning_rate"]
    yield Said("This run begins a hundred times too low, or more", float(best) / 0.001, above(100))
    assert found.limit is not None
    yield Said("A third of the rate at which it climbs is suggested", float(best) / found.limit, near(1 / 3, 0.02))
    yield Said("A third of where it climbs leaves room", float(best) / found.limit, near(1 / 3, 0.02))
    done.set(**{name.replace(".", "__"): value for name, value in found.suggestions[0].settings.items()})
    yield Said("within 60 epochs more the loss is below 0.2", done.train(60).loss[20:].min(), below(0.2))


@of("presets/saturated-tanh.toml")
def saturated_tanh(seed: int) -> Iterator[Said]:
    start = study("saturated-tanh", seed, 0)
    hidden = float(np.mean([saturated(each) for each in start.activations()]))
    yield fact("Weights of deviation 1 are too large for 64 inputs", start.session.experiment.value("network.std") == 1)
    yield from words("mostly close to -1 or 1", "close to -1 or 1")
    yield Said("More than half of all hidden outputs are saturated", hidden, above(0.5))
    done = start.train()
    yield Said("After 60 epochs the loss is still above 0.5", done.loss[-1], above(0.5))
    yield Said("with most seeds above 0.8", done.loss[-1], above(0.8), (0.5, 1.0))
    fixed = study("saturated-tanh", seed, 0, network__initializer="auto")
    yield Said(
        "nothing is saturated at the start",
        float(np.mean([saturated(each) for each in fixed.activations()])),
        below(0.01),
    )
    yield Said("the loss falls below 0.1", fixed.train().loss.min(), below(0.1))


@of("presets/schedules.toml")
def schedules(seed: int) -> Iterator[Said]:
    done = study("schedules", seed)
    yield Said("at the end it is above 0.15", done.loss[-1], above(0.15))
    yield Said("and often above 1", done.loss[-1], above(1), (0.15, 0.9))
    falling = study("schedules", seed, schedule__name="cosine_decay")
    yield Said("the loss ends below 0.05", falling.loss[-1], below(0.05))
    steps = study("schedules", seed, schedule__name="step_decay", schedule__drop_every=250)
    yield Said("half the rate every 250 steps; below 0.1", steps.loss[-1], below(0.1))
    shares = study("schedules", seed, schedule__name="exponential_decay", schedule__factor=0.002)
    yield Said("the same share lost at every step; below 0.2", shares.loss[-1], below(0.2))
    low = study("schedules", seed, optimizer__learning_rate=0.005)
    yield Said("at epoch 10 still above 0.1", low.loss[9], above(0.1))


@of("presets/spirals.toml")
def spirals(seed: int) -> Iterator[Said]:
    begun, done = study("spirals", seed, 0), study("spirals", seed)
    started = done.session.started()
    yield fact("Three spiral arms", done.session.network.layers[-1].size == 3)
    yield Said("The loss starts at that of guessing", started.train_loss / started.guessing_loss, near(1, 0.25))
    yield Said("falls below a hundredth of it", done.loss[-1] / LN3, below(0.01))
    yield Said(
        "At the start no output of the first hidden layer is saturated", saturated(begun.activations()[0]), below(0.005)
    )
    yield Said("at the end more than one in twenty", saturated(done.activations()[0]), above(0.05))
    yield fact("three straight borders", True)
    yield Said("the accuracy stays below 0.95", study("spirals", seed, network__hidden=(4,)).score[-1], below(0.95))


@of("presets/squared-or-cross-entropy.toml")
def squared_or_cross_entropy(seed: int) -> Iterator[Said]:
    done = study("squared-or-cross-entropy", seed, 2)
    started = done.session.started()
    yield fact("its bias is 6", done.session.experiment.network.output_bias == 6)
    yield Said("The loss lies at about 0.5", float(np.abs(done.loss - 0.5).max()), below(0.05))
    yield Said("twice that of guessing (0.25)", done.loss[0] / started.guessing_loss, near(2, 0.2))
    yield Said("half of all answers are wrong", started.train_score, near(0.5, 0.05))
    yield Said("Half of the answers are wrong", started.train_score, near(0.5, 0.05))
    better = study("squared-or-cross-entropy", seed, 2, loss__name="binary_cross_entropy")
    yield Said("after two epochs the loss is below half of that of guessing (0.69)", better.loss[-1] / LN2, below(0.5))


@of("presets/step-decay.toml")
def step_decay(seed: int) -> Iterator[Said]:
    done = study("step-decay", seed)
    before, after = done.loss[30:40].mean(), done.loss[40:45].min()
    yield Said("within five epochs the loss is less than half of what it was", after / before, below(0.5))
    rate = done.column("learning_rate")
    yield fact("For 40 epochs the loss falls and trembles", bool((rate[:39] == rate[0]).all()))
    yield Said("At epoch 40 the rate drops to a quarter", rate[41] / rate[38], near(0.25, 1e-6))
    drops = [done.loss[e - 6 : e - 1].mean() - done.loss[e + 5 : e + 10].mean() for e in (40, 80, 120, 160)]
    falls = float(min(drops[0] - drops[1], drops[1] - drops[2], drops[2] - drops[3]))
    yield Said("The drops at epochs 80, 120 and 160 do less and less", falls, above(0))
    frozen = study("step-decay", seed, schedule__drop_every=180)
    yield Said("a drop every 10 epochs freezes the network", frozen.loss[-1] / done.loss[-1], above(1.5))


@of("presets/vanishing-despite-xavier.toml")
def vanishing_despite_xavier(seed: int) -> Iterator[Said]:
    done = study("vanishing-despite-xavier", seed)
    yield fact("whose slope is 1 at 0. A sigmoid's slope there is 1/4", True)
    yield Said("the accuracy stays near 0.5", done.score[-1], near(0.5, 0.12))
    yield Said("less than a thousandth of the last layer's", gradient_ratio(done), below(1e-3))
    changes: dict[str, Any] = {"network__activation": "tanh", "optimizer__learning_rate": 0.1}
    yield fact("the slope is 1 at 0 now", True)
    yield Said("the loss falls below 0.1", study("vanishing-despite-xavier", seed, **changes).loss[-1], below(0.1))
    one = study("vanishing-despite-xavier", seed, network__hidden=(16,))
    yield Said("the loss falls below 0.4", one.loss[-1], below(0.4))
    yield fact("where the slope is 1", True)
    yield fact("a quarter at most, so the slopes of eight layers leave at most a 65,000th", 0.25**8 <= 1 / 65000)


@of("presets/vanishing-gradient.toml")
def vanishing_gradient(seed: int) -> Iterator[Said]:
    done = study("vanishing-gradient", seed)
    yield fact("its slope (at most 1/4)", True)
    yield Said("The loss stays at that of guessing", float(np.abs(done.loss[5:] - LN2).max()), below(0.05))
    yield Said("the accuracy stays near 0.5", done.score[-1], near(0.5, 0.12))
    yield Said("a ten-thousandth of the last layer's, or less", gradient_ratio(done), below(1e-4))
    changes: dict[str, Any] = {"network__activation": "tanh", "network__initializer": "auto"}
    fixed = study("vanishing-gradient", seed, optimizer__learning_rate=0.1, **changes)
    yield Said("the loss falls below 0.1", fixed.loss[-1], below(0.1))
    yield Said(
        "not enough", study("vanishing-gradient", seed, network__initializer="glorot_uniform").loss[-1], above(0.6)
    )
    yield fact("gone through eight layers", len(done.session.experiment.network.hidden) == 8)


@of("presets/waves.toml")
def waves(seed: int) -> Iterator[Said]:
    done = study("waves", seed)
    yield fact("sin(1.5π x1) cos(1.5π x2)", done.session.experiment.value("data.waves") == 1.5)
    yield Said("a loss of 1", done.session.started().guessing_loss, near(1, 1e-3))
    yield Said("R² ends above 0.95", done.score[-1], above(0.95))
    yield Said("For some epochs it stays there", done.score[0], below(0.25))
    flat = study("waves", seed, 150)
    flat.set(network__activation="identity")
    yield Said("R² falls to about 0", flat.train().score[-1], near(0, 0.1))
    yield Said("R² still passes 0.9", study("waves", seed, network__activation="relu").score.max(), above(0.9))


@of("presets/what-a-neuron-learns.toml")
def what_a_neuron_learns(seed: int) -> Iterator[Said]:
    done = study("what-a-neuron-learns", seed)
    directions = done.session.network.layers[0].weights
    directions = directions / np.linalg.norm(directions, axis=0)
    cosine = float(np.abs((directions.T @ directions)[np.triu_indices(3, 1)]).max())
    yield Said("no two of them within 40 degrees", float(np.degrees(np.arccos(cosine))), above(40))
    yield Said("the accuracy passes 0.95", done.score.max(), above(0.95))
    data, falls = done.session.prepared, []
    for unit in range(3):
        again = study("what-a-neuron-learns", seed)
        before = again.session.loss.score(again.session.network.forward(data.train_x), data.train_y)
        again.do(Silence(0, unit))
        falls.append(before - again.session.loss.score(again.session.network.forward(data.train_x), data.train_y))
    yield Said("at least a twelfth of the right answers with it, whichever of the three", min(falls), above(1 / 12))
    two = study("what-a-neuron-learns", seed, network__hidden=(2,))
    yield Said("two lines cannot close; the accuracy stays below 0.95", two.score[-1], below(0.95))
    yield from words(
        "3, choose a neuron",
        "three lines make a triangle", "Three lines turn", "three neurons, and not two", "Two straight lines",
        "Three are the fewest",
    )  # fmt: skip


@of("presets/xor.toml")
def xor(seed: int) -> Iterator[Said]:
    done = study("xor", seed)
    yield Said("the loss hardly leaves that of guessing", done.loss[1], above(0.6))
    yield Said("the accuracy passes 0.9 before epoch 50", done.score[:49].max(), above(0.9))
    line = study("xor", seed, 100)
    line.set(network__activation="identity")
    yield Said("falls back to that of guessing", line.train().score[-1], below(0.7))
    yield Said(
        "two lines are not enough for a square; the accuracy stays below 0.93",
        study("xor", seed, network__hidden=(2,)).score[-1],
        below(0.93),
    )
    product = study("xor", seed, network__hidden=(), data__features=("x1*x2",))
    yield Said("no hidden neuron is needed", product.score[-1], above(0.95))
    three = study("xor", seed, network__hidden=(3,)).score[-1]
    yield Said("Three neurons get nine of ten right from most starts", three, above(0.9), (0.6, 0.99))
    yield Said("eight nearly all from almost any", done.score[-1], above(0.95), (0.9, 1.0))
    yield from words(
        "Two classes in opposite quadrants", "to separate the quadrants", "Two lines make the four quadrants",
        "in two of them",
    )  # fmt: skip


@of("presets/zero-init-stuck.toml")
def zero_init_stuck(seed: int) -> Iterator[Said]:
    done = study("zero-init-stuck", seed)
    yield fact(
        "All weights are exactly 0 from the first epoch to the last",
        all(not layer.weights.any() for layer in done.session.network.layers),
    )
    yield fact("a sigmoid puts out a half", True)
    yield Said("The loss stays that of guessing", float(np.abs(done.test_loss - LN2).max()), below(0.03))
    fixed = study("zero-init-stuck", seed, **AUTO)
    yield Said("it learns at once", fixed.loss[-1], below(0.1))


@of("presets/zero-init.toml")
def zero_init(seed: int) -> Iterator[Said]:
    done = study("zero-init", seed)
    yield Said("histogram has two bars, one for each input", same_columns(done), below(1e-3))
    yield Said("The loss stops above 0.5", done.loss.min(), above(0.5))
    yield Said("the accuracy stays below 0.75", done.score[-1], below(0.75))
    yield Said("the loss falls below 0.1", study("zero-init", seed, **AUTO).loss[-1], below(0.1))
    other = study("zero-init", seed, network__initializer="constant")
    yield Said("any other common value is no better", other.loss.min(), above(0.5))
    yield from words("counted eight times")
