"""What lessons, challenges and concept pages say, measured."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from nntui.experiment import find_preset, read_preset
from nntui.nn.registry import ACTIVATIONS
from nntui.training.commands import Redraw, Silence
from nntui.training.range_test import range_test
from tests.claims.presets import LN2, dead, gradient_ratio, pressed, saturated
from tests.claims.said import Bound, Said, above, below, fact, near, of, words
from tests.presets.studies import study

LOGISTIC = ACTIVATIONS["sigmoid"].load()()


def steepest_sigmoid() -> float:
    z = np.linspace(-6, 6, 1201)
    return float(LOGISTIC.derivative(z).max())


def reached(losses: np.ndarray[tuple[int], np.dtype[np.float64]], level: float) -> float:
    """The first epoch at or below this loss; infinite where there is none."""
    found = np.flatnonzero(losses <= level)
    return float(found[0] + 1) if len(found) else math.inf


@of("presets/lessons/adaptive-rates.toml", "presets/challenges/uneven.toml")
def adaptive_rates(seed: int) -> Iterator[Said]:
    spread = study("adaptive-rates", seed, 0).session.prepared.train_x.std(axis=0)
    ratio = float(spread.max() / spread.min())
    yield Said("One input a hundred times as wide", ratio, near(100, 15))
    yield Said("One input is a hundred times as wide", ratio, near(100, 15))
    yield Said("has two inputs, and one is a hundred times as wide", ratio, near(100, 15))
    done = study("adaptive-rates", seed, 10)
    yield Said("The loss has stopped far above what is possible", done.loss[-1], above(0.3))
    done.set(optimizer__name="adam", optimizer__learning_rate=0.3)
    yield Said("A rate of about 0.3 suits adam", done.train(100).loss.min(), below(0.1))


@of("presets/lessons/chain-rule.toml")
def chain_rule(seed: int) -> Iterator[Said]:
    yield from words("the two numbers", "twice as large", "three products", "three paths", "all three", "three units")


@of("presets/lessons/cyclical-rates.toml")
def cyclical_rates(seed: int) -> Iterator[Said]:
    yield from words("Ten epochs later", "after twenty epochs")


@of("presets/lessons/dead-neurons.toml", "presets/challenges/wake-the-dead.toml")
def dead_neurons(seed: int) -> Iterator[Said]:
    done = study("dying-relu-one-layer", seed, 5)
    yield fact("thirty-two ReLU units", done.session.experiment.network.hidden == (32,))
    yield fact("The learning rate is 10", done.session.experiment.optimizer.learning_rate == 10)
    early = dead(done, 0)
    yield Said("until more than half of the hidden layer is dead", float(early.mean()), above(0.5))
    yield Said("a few epochs are enough at a rate of 10", float(early.mean()), above(0.5))
    yield fact(
        "ten presses make 10 into 1, and one more goes below",
        abs(pressed(10, 10.0, -1) - 1) < 1e-9 > pressed(11, 10.0, -1) - 1,
    )
    yield fact("Each press divides it by about 1.25", abs(1 / pressed(1, 1.0, -1) - 1.25) < 0.01)
    done.set(schedule__scale=0.08)
    yield Said("A lower rate alone wakes no unit", float(dead(done.train(5), 0)[early].mean()), near(1))
    done.do(Redraw(layer=0, dead=True, seed=seed))
    yield Said("until 95% of the test samples are right", done.train(50).score.max(), above(0.95))
    yield Said("revive", float(dead(done, 0).mean()), below(0.4))
    healthy = study("dying-relu-one-layer", seed, 20, optimizer__learning_rate=0.3)
    for unit in range(16):
        healthy.do(Silence(0, unit))
    yield Said("With sixteen silenced units", float(dead(healthy, 0).mean()), above(0.5))
    yield from words("outputs 0 where", "hidden 1", "to 0: its pre-activation is 0", "Kill half a layer")


@of("presets/lessons/features.toml")
def features(seed: int) -> Iterator[Said]:
    done = study("what-a-neuron-learns", seed)
    yield fact("three of them", done.session.experiment.network.hidden == (3,))
    yield Said("until 95% of the test samples are right", done.score.max(), above(0.95))
    yield from words("hidden 1")


@of("presets/lessons/initialization.toml")
def initialization(seed: int) -> Iterator[Said]:
    start = study("he-or-xavier", seed, 0)
    spread = [float(each.std()) for each in start.activations()]
    off = float(np.mean([(each == 0).mean() for each in start.activations()]))
    yield Said("ReLU passes only half of the signal on", off, near(0.5, 0.1))
    yield fact("He's rule doubles the variance", 2 / 64 == 2 * (2 / (64 + 64)))
    yield Said("the half that ReLU cuts off", off, near(0.5, 0.1))
    yield Said("It shrinks by a factor of a hundred or more", spread[0] / spread[-1], above(100))
    fixed = study("he-or-xavier", seed, 20, network__initializer="he_normal")
    yield Said("It takes fewer than ten epochs", reached(fixed.test_loss, 0.5), below(9))
    yield from words("after three epochs")


@of("presets/lessons/learning-rate.toml", "presets/challenges/crawl.toml")
def learning_rate(seed: int) -> Iterator[Said]:
    done = study("learning-rate", seed, 10)
    yield fact("The rate is 0.01", done.session.experiment.optimizer.learning_rate == 0.01)
    yield Said("At 0.01 the training loss was still {slow} after ten epochs", done.loss[-1], above(0.9))
    yield fact(
        "Each press multiplies it by about 1.25: ten presses make it ten times as high",
        abs(pressed(10, 1.0) - 10) < 1e-9 and abs(pressed(1, 1.0) - 1.25) < 0.01,
    )
    done.set(schedule__scale=50.0)
    yield Said("A rate of 0.5 works well here", reached(done.train(60).loss, 0.3), below(70))
    yield fact("to 0.1 or more", pressed(10, 0.01) >= 0.0999)
    good = study("learning-rate", seed, 150, optimizer__learning_rate=0.5)
    yield Said("About 0.5 is good", good.score.max(), above(0.95))
    far = study("learning-rate", seed, 150, optimizer__learning_rate=10.0)
    yield Said("far above 3 it diverges or jumps", far.score[-10:].mean(), below(0.9))
    yield from words("It was below 0.3 at epoch")


@of("presets/lessons/loss-and-output.toml", "presets/challenges/sure-and-wrong.toml")
def loss_and_output(seed: int) -> Iterator[Said]:
    started = study("squared-or-cross-entropy", seed, 0).session.started()
    yield fact("Its output bias is 6", read_preset(find_preset("squared-or-cross-entropy")).network.output_bias == 6)
    yield Said("Half of the answers are wrong", started.test_score, near(0.5, 0.05))
    yield fact("At an output of 0.99 the slope of the sigmoid is about 0.01", abs(0.99 * 0.01 - 0.01) < 0.001)
    crossed = study("squared-or-cross-entropy", seed, 10, loss__name="binary_cross_entropy")
    yield Said("Train until 80% of the test samples are right", reached(-crossed.score, -0.8), below(10))
    yield from words("(p − y) · p(1 − p)", "y − p(1 − p)", "is close to 0")


@of("presets/lessons/loss.toml")
def loss(seed: int) -> Iterator[Said]:
    yield fact("with ten classes", study("loss-at-start", seed, 0).session.network.layers[-1].size == 10)
    yield fact("A classifier of four classes starts with a loss of 1.39", abs(math.log(4) - 1.39) < 0.005)
    yield fact(
        "Giving each of four classes a probability of a quarter has a cross-entropy of −ln 0.25 = ln 4",
        math.isclose(-math.log(0.25), math.log(4)),
    )
    yield from words("it should start at 0", "it should be 4")


@of("presets/lessons/non-linearity.toml", "presets/challenges/straight.toml")
def non_linearity(seed: int) -> Iterator[Said]:
    done = study("linear-collapse", seed, 20)
    yield Said("Around half of the answers are wrong", 1 - done.score[-1], near(0.5, 0.2))
    yield Said("around half of the answers are wrong", 1 - done.score[-1], near(0.5, 0.2))
    done.set(network__activation="tanh")
    yield Said("It takes fewer than ten epochs", reached(-done.train(100).score[20:], -0.9), below(9))
    yield from words(
        "nine of ten test samples", "The product of three matrices", "Three linear models", "separate the quadrants",
    )  # fmt: skip


@of("presets/lessons/overfitting.toml", "presets/challenges/by-heart.toml")
def overfitting(seed: int) -> Iterator[Said]:
    done = study("overfitting", seed, 1)
    yield fact(
        "Sixty noisy points and four thousand weights",
        done.session.train_samples == 60 and 4000 <= done.session.started().parameters < 5000,
    )
    yield fact("Sixty points and four thousand weights", done.session.train_samples == 60)
    yield Said("half of the baseline", 0.35 / done.session.started().guessing_loss, near(0.5, 0.02))
    yield from words("has two curves", "100%")


@of("presets/lessons/randomness.toml")
def randomness(seed: int) -> Iterator[Said]:
    yield from words("which of two settings", "Two seeds, two training losses after 30 epochs", "With eight units")


@of("presets/lessons/saturation.toml", "presets/challenges/flat.toml")
def saturation(seed: int) -> Iterator[Said]:
    start = study("saturated-tanh", seed, 0)
    later = [saturated(each) for each in start.activations()[1:]]
    yield fact("a standard deviation of 1", start.session.experiment.value("network.std") == 1)
    yield Said("are mostly close to −1 or 1", min(later), above(0.5))
    yield Said("most of them at -1 or 1", min(later), above(0.5))
    sums = start.session.network.trace(start.session.prepared.train_x)[4][0]
    yield Said("add up to a standard deviation of eight", float(sums.std()), near(7.5, 1.2))
    yield fact("tanh is flat beyond two", 1 - math.tanh(2) ** 2 < 0.08)
    yield fact("Their sums over 64 inputs were far from 0", start.session.experiment.network.hidden[3] == 64)
    yield from words("Sixty-four terms")


@of("presets/lessons/schedules.toml")
def schedules(seed: int) -> Iterator[Said]:
    yield from words("at most a fifth")


@of("presets/lessons/symmetry.toml", "presets/challenges/copies.toml")
def symmetry(seed: int) -> Iterator[Said]:
    done = study("zero-init", seed, 10)
    done.do(Redraw(initializer="auto", seed=seed))
    yield Said("until nine of ten test samples are right", done.train(100).score.max(), above(0.9))
    yield from words("hidden 1")


@of("presets/lessons/training.toml")
def training(seed: int) -> Iterator[Said]:
    yield Said(
        "wait until nine of ten training samples are right",
        study("xor", seed, 60).column("train_score").max(),
        above(0.9),
    )
    yield from words("four quadrants; opposite quadrants", "the two")


@of("presets/lessons/vanishing-gradient.toml", "presets/challenges/nothing-arrives.toml")
def vanishing_gradient(seed: int) -> Iterator[Said]:
    fixed = study(
        "vanishing-gradient",
        seed,
        60,
        network__activation="tanh",
        network__initializer="auto",
        optimizer__learning_rate=0.1,
    )
    yield Said("lower the learning rate to about 0.1", reached(fixed.test_loss, 0.4), below(60))
    yield Said("or try a rate of 0.1", reached(fixed.test_loss, 0.4), below(60))
    yield fact("The slope of a sigmoid is at most 1/4", math.isclose(steepest_sigmoid(), 0.25))
    yield fact("At most 1/65,536", 4**8 == 65536)
    yield fact("One quarter to the power of eight", math.isclose(0.25**8, 1 / 65536))
    yield from words("At most 1/32")


@of("presets/challenges/two-floors-down.toml")
def two_floors_down(seed: int) -> Iterator[Said]:
    yield from words("by ten or more")


@of("presets/lessons/neuron.toml")
def neuron(seed: int) -> Iterator[Said]:
    yield fact("only two numbers moved", study("one-neuron", seed, 0).session.started().parameters == 2)


@of("concepts/adaptive-rates.md")
def concept_adaptive_rates(seed: int) -> Iterator[Said]:
    yield from words("measured in thousands and another in thousandths")


@of("concepts/cyclical-rates.md")
def concept_cyclical_rates(seed: int) -> Iterator[Said]:
    found = range_test(study("range-test", seed, 20).session)
    cyclic = next(each.settings for each in found.suggestions if "schedule.peak" in each.settings)
    assert found.limit is not None
    peak, base = float(cyclic["schedule.peak"]), float(cyclic["optimizer.learning_rate"])
    yield Said("half of that point as the maximum", peak / found.limit, near(0.5, 0.02))
    yield Said("a quarter of the maximum as the base", base / peak, near(0.25, 0.02))
    yield Said("over a few hundred batches", float(len(found.rates)), Bound(100, 1000))
    yield from words("It needs two numbers")


@of("concepts/features.md")
def concept_features(seed: int) -> Iterator[Said]:
    yield fact(
        "on the two circles, three neurons learn three lines",
        read_preset(find_preset("what-a-neuron-learns")).network.hidden == (3,),
    )


@of("concepts/initialization.md")
def concept_initialization(seed: int) -> Iterator[Said]:
    yield fact("Twenty layers turn a factor of 0.7 into less than a thousandth", 0.7**20 < 1e-3)
    yield fact("ReLU passes only half of its input, so He and others doubled the variance", True)


@of("concepts/learning-rate.md")
def concept_learning_rate(seed: int) -> Iterator[Said]:
    slow = reached(study("learning-rate", seed, 400).loss, 0.5)
    fast = reached(study("learning-rate", seed, 100, optimizer__learning_rate=0.5).loss, 0.5)
    yield Said("hundreds of epochs for what takes a few dozen", slow, above(200))
    yield Said("what takes a few dozen", fast, below(60))
    ends = {
        rate: study("learning-rate", seed, 150, optimizer__learning_rate=rate).loss[-5:].mean()
        for rate in (0.1, 0.3, 1.0)
    }
    yield Said("perhaps a factor of ten in which all is well", max(ends.values()), below(0.4))
    curvature, w = 3.0, [1.0, 1.0]
    for _ in range(50):
        w = [w[0] - 1.01 * (2 / curvature) * curvature * w[0], w[1] - 0.99 * (2 / curvature) * curvature * w[1]]
    yield fact("a rate above two divided by the largest curvature diverges", abs(w[0]) > 1 > abs(w[1]))
    yield from words("Between the two", "the same three", "about one to a thousand")


@of("concepts/loss-and-output.md")
def concept_loss_and_output(seed: int) -> Iterator[Said]:
    p, y, h = 0.8, 0.0, 1e-6

    def squared(z: float) -> float:
        return (1 / (1 + math.exp(-z)) - y) ** 2 / 2

    z = math.log(p / (1 - p))
    yield fact("p(1 − p)", abs((squared(z + h) - squared(z - h)) / (2 * h) - (p - y) * p * (1 - p)) < 1e-6)


@of("concepts/loss.md")
def concept_loss(seed: int) -> Iterator[Said]:
    yield fact("0.69 for two, 2.30 for ten", (round(LN2, 2), round(math.log(10), 2)) == (0.69, 2.30))


@of("concepts/neuron.md", "concepts/non-linearity.md", "concepts/symmetry.md")
def concept_words(seed: int) -> Iterator[Said]:
    yield from words("With two inputs", "two straight lines", "product of two matrices", "eight neurons")


@of("concepts/overfitting.md")
def concept_overfitting(seed: int) -> Iterator[Said]:
    done = study("overfit-twenty", seed)
    yield Said("a network that cannot fit twenty samples has a bug", done.loss[-1], below(0.05))
    yield from words("between the two")


@of("concepts/randomness.md")
def concept_randomness(seed: int) -> Iterator[Said]:
    for units, quote, share in (
        (2, "with two hidden units never does it", (0.0, 0.0)),
        (3, "with three it does from most starts", (0.6, 0.95)),
        (4, "with four from all that were tried", (1.0, 1.0)),
    ):
        score = float(study("xor", seed, network__hidden=(units,)).score[-1])
        yield Said(quote, score, above(0.9), share)
    yield from words(
        "nine of ten test samples",
        "Three things are left to chance",
        "after 200 epochs",
        "compare two settings",
        "two lucky numbers",
        "20 starts",
    )


@of("concepts/saturation.md")
def concept_saturation(seed: int) -> Iterator[Said]:
    rng = np.random.default_rng(seed)
    sums = rng.choice([-1.0, 1.0], (2000, 64)) @ rng.normal(0, 1, (64, 200))
    yield Said(
        "with 64 inputs near −1 or 1 and weights with a standard deviation of one, the sums have one of eight",
        float(sums.std()),
        near(8, 0.5),
    )
    yield from words("Which of the two", "at step 0")


@of("concepts/schedules.md")
def concept_schedules(seed: int) -> Iterator[Said]:
    from nntui.nn.schedules import make_schedule

    schedule = make_schedule("constant", 0.5, 1000, warmup_steps=9)
    rates = [schedule(step) for step in range(10)]
    yield fact("the rate rises from 1/(n + 1) of its value", math.isclose(rates[0], 0.5 / 10) and rates[9] == 0.5)
    yield from words("1/t", "half a cosine")


@of("concepts/validation.md")
def concept_validation(seed: int) -> Iterator[Said]:
    yield from words("Three sets of samples, three jobs", "which of two settings", "three curves")


@of("concepts/vanishing-gradient.md")
def concept_vanishing_gradient(seed: int) -> Iterator[Said]:
    yield fact("The slope of a sigmoid is at most one quarter", math.isclose(steepest_sigmoid(), 0.25))
    yield fact("Eight layers of it shrink the gradient at least by a factor of 65,000", 4**8 > 65000)
    yield Said(
        "The last layers learn, the first ones see next to nothing",
        gradient_ratio(study("vanishing-gradient", seed, 5)),
        below(1e-3),
    )
