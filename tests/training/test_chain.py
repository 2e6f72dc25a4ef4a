"""The chain rule at one weight: product, back-propagation and nudge agree, and the next step comes true."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest

from nntui.experiment import Experiment
from nntui.nn.registry import ACTIVATIONS, OPTIMIZERS
from nntui.training.commands import Pause, Set, Watch
from nntui.training.insights.chain import Chain
from nntui.training.insights.nudge import Nudge
from nntui.training.measures import Probe
from nntui.training.measuring.rehearsal import rehearse
from nntui.training.session import Session
from nntui.tui.widgets.text import number
from tests.training.runs import session

PAIRS = [
    ("moons", {}),
    ("moons", {"loss.name": "mean_squared_error", "network.output": "sigmoid"}),
    ("moons", {"loss.name": "mean_squared_error", "network.output": "softmax"}),
    ("moons", {"loss.name": "mean_absolute_error", "network.output": "identity"}),
    ("moons", {"loss.name": "hinge"}),
    ("spirals", {}),
    ("spirals", {"loss.name": "categorical_cross_entropy", "loss.label_smoothing": 0.1}),
    ("spirals", {"loss.name": "mean_squared_error", "network.output": "softmax"}),
    ("spirals", {"loss.name": "huber", "network.output": "softmax"}),
    ("spirals", {"loss.name": "hinge"}),
    ("waves", {}),
    ("waves", {"loss.name": "huber"}),
    ("waves", {"loss.name": "mean_squared_error", "network.output": "sigmoid"}),
]


def made(data: str = "spirals", hidden: tuple[int, ...] = (5, 4), steps: int = 30, **values: Any) -> Session:
    changes = {key.replace("__", "."): value for key, value in values.items()}
    run = Session(Experiment().with_values({"data.name": data, "network.hidden": hidden, **changes}))
    run.advance(steps)
    return run


def chain(run: Session, layer: int = 0, unit: int = 0, source: int = 0, sample: int = 0) -> Chain:
    found = Probe(run).measure(Watch(("chain",), layer, unit, source, sample)).insights["chain"]
    assert isinstance(found, Chain)
    return found


def nudge(run: Session, layer: int = 0, unit: int = 0, source: int = 0, sample: int = 0) -> Nudge:
    found = Probe(run).measure(Watch(("nudge",), layer, unit, source, sample)).insights["nudge"]
    assert isinstance(found, Nudge)
    return found


def agree(found: Chain) -> None:
    """The three ways to the gradient."""
    size = max(abs(found.backpropagated), 1e-6)
    assert abs(found.product - found.backpropagated) <= 1e-10 * size
    if not found.at_kink:
        assert abs(found.nudged - found.backpropagated) <= max(2e-6 * size, 1e-9 * max(found.loss, 1.0))


@pytest.mark.parametrize(("data", "values"), PAIRS)
def test_every_loss_and_output(data: str, values: dict[str, Any]) -> None:
    run = made(data, **{name.replace(".", "__"): value for name, value in values.items()})
    for layer, unit, source in ((0, 2, 1), (0, 4, -1), (1, 3, 2), (2, 0, 1), (2, 0, -1)):
        for sample in (0, 7):
            agree(chain(run, layer, unit, source, sample))


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_every_activation(name: str) -> None:
    run = made(network__activation=name)
    for layer, unit, source, sample in product((0, 1), (0, 3), (-1, 1), (0, 5)):
        agree(chain(run, layer, unit, source, sample))


def test_factors_are_those_of_the_formula() -> None:
    run = made()
    found = chain(run, layer=1, unit=2, source=3, sample=9)
    x = run.prepared.train_x[9].astype(np.float64)
    layers = [layer.matrix.astype(np.float64) for layer in run.network.layers]
    a1 = np.tanh(x @ layers[0][:-1] + layers[0][-1])
    z2 = a1 @ layers[1][:-1] + layers[1][-1]
    z3 = np.tanh(z2) @ layers[2][:-1] + layers[2][-1]
    p = np.exp(z3) / np.exp(z3).sum()
    delta = p - run.prepared.train_y[9]
    assert found.loss == pytest.approx(-np.log(p[run.prepared.train_y[9].argmax()]))
    assert found.x == pytest.approx(a1[3])
    assert (found.z, found.a) == pytest.approx((z2[2], np.tanh(z2[2])))
    assert found.slope == pytest.approx(1 - np.tanh(z2[2]) ** 2)
    assert found.back == pytest.approx(layers[2][2] @ delta)
    assert found.product == pytest.approx(found.back * found.slope * found.x)
    assert sorted(found.terms.product.tolist()) == pytest.approx(sorted((layers[2][2] * delta).tolist()))
    assert found.terms.rest == 0
    assert [layer.layer for layer in found.layers] == ["hidden 1", "hidden 2", "output"]
    assert found.layers[2].rms_delta == pytest.approx(np.sqrt((delta**2).mean()))
    assert found.source_name == "unit 4 of hidden 1"


def test_the_sum_over_all_paths_is_the_gradient() -> None:
    """Every path from the weight to the output, its local derivatives multiplied; there are as many as said."""
    run = made("moons", hidden=(4, 3))
    found = chain(run, layer=0, unit=1, source=0, sample=3)
    x = run.prepared.train_x[3].astype(np.float64)
    layers = [layer.matrix.astype(np.float64) for layer in run.network.layers]
    z1 = x @ layers[0][:-1] + layers[0][-1]
    z2 = np.tanh(z1) @ layers[1][:-1] + layers[1][-1]
    z3 = np.tanh(z2) @ layers[2][:-1] + layers[2][-1]
    start = (1 - np.tanh(z1[1]) ** 2) * x[0]
    delta = 1 / (1 + np.exp(-z3[0])) - run.prepared.train_y[3, 0]
    paths = [start * layers[1][1, k] * (1 - np.tanh(z2[k]) ** 2) * layers[2][k, 0] * delta for k in range(3)]
    assert found.paths == len(paths) == 3
    assert sum(paths) == pytest.approx(found.product, rel=1e-12)


def test_softmax_is_summed_over_all_outputs() -> None:
    run = made(loss__name="mean_squared_error", network__output="softmax")
    found = chain(run, layer=2, unit=1, source=0)
    assert found.terms.total == 3
    assert found.terms.product.sum() == pytest.approx(found.delta, rel=1e-9)
    assert "(" in found.said


def test_what_lies_beyond_the_network_is_held_to_it() -> None:
    run = made()
    found = chain(run, layer=99, unit=99, source=99, sample=10**9)
    assert (found.layer, found.unit, found.source, found.sample) == (2, 2, 3, found.samples - 1)
    found = chain(run, layer=-4, unit=-1, source=-9, sample=-3)
    assert (found.layer, found.unit, found.source, found.sample) == (0, 0, -1, 0)
    assert (found.x, found.source_name) == (1.0, "bias")


def test_a_network_without_hidden_layers() -> None:
    run = made("moons", hidden=())
    agree(chain(run, source=1))
    assert chain(run).paths == 1


def test_of_wide_layers_the_largest_and_the_chosen_are_shown() -> None:
    run = made(hidden=(60, 50), steps=5)
    found = chain(run, layer=0, unit=59)
    assert len(found.layers[0].shown) == 24
    assert 59 in found.layers[0].shown
    assert found.terms.total == 50
    assert found.terms.product.sum() + found.terms.rest == pytest.approx(found.back)


def test_the_error_of_the_nudge_is_a_v() -> None:
    """Too large a nudge misses the bend, too small a one drowns in rounding: 3e-11 at best, as CONCEPTS has it."""
    run = made("moons", hidden=(4, 3), steps=60)
    errors = []
    for unit, sample in product(range(4), range(0, 60, 6)):
        found = nudge(run, 0, unit, 0, sample)
        errors.append(found.error)
        assert found.gradient == pytest.approx(chain(run, 0, unit, 0, sample).backpropagated)
    middle = np.median(errors, axis=0)
    best = int(middle.argmin())
    assert 1e-6 < found.h[best] < 1e-4
    assert middle[best] < 1e-9
    assert middle[0] > 1e3 * middle[best]
    assert middle[-1] > 1e3 * middle[best]
    np.testing.assert_allclose(found.h[[0, -1]], [0.1, 1e-13])


def at(run: Session, layer: int, unit: int, source: int) -> float:
    return float(run.network.layers[layer].matrix[source, unit])


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_next_step_comes_true_to_the_last_bit(name: str) -> None:
    run = session(optimizer__name=name)
    for steps in (1, 4, 2, 1, 7):  # also where an epoch ends, and the last batch of one, which is smaller
        run.advance(steps)
        expected = rehearse(run)
        np.testing.assert_array_equal(expected.before, run.network.parameters)
        run.advance(1)
        assert expected.after.tobytes() == run.network.parameters.tobytes()


REGULARIZED = {
    "network__dropout": 0.3, "regularization__l1": 0.01, "regularization__l2": 0.02, "regularization__clip_norm": 0.3,
    "regularization__max_norm": 1.0, "regularization__input_noise": 0.2, "optimizer__name": "momentum",
    "schedule__name": "cosine_decay",
}  # fmt: skip


def test_with_dropout_noise_penalties_clipping_and_a_schedule_too() -> None:
    run = session(**REGULARIZED)
    for steps in (5, 2, 9):
        run.advance(steps)
        expected = rehearse(run)
        run.advance(1)
        assert expected.after.tobytes() == run.network.parameters.tobytes()
        total = expected.gradient + expected.l1 + expected.l2
        assert np.linalg.norm(expected.clipped) <= 0.3 * 1.0001
        shortened = total * min(1.0, 0.3 / float(np.linalg.norm(total)))
        np.testing.assert_allclose(expected.clipped, shortened, rtol=1e-4, atol=1e-7)


@pytest.mark.parametrize(
    "change",
    [
        Set("optimizer.name", "adam"), Set("training.batch_size", 7), Set("optimizer.learning_rate", 0.7),
        Set("network.activation", "relu"), Set("loss.maximise", True),
    ],
)  # fmt: skip
def test_in_the_middle_of_an_epoch_just_after_a_change(change: Set) -> None:
    run = session(data__samples=95)
    run.advance(3)
    run.apply(change)
    for _ in range(12):
        expected = rehearse(run)
        run.advance(1)
        assert expected.after.tobytes() == run.network.parameters.tobytes()


def test_penalties_are_named_apart() -> None:
    run = session(regularization__l1=0.01, regularization__l2=0.5)
    run.advance(20)
    update = nudge(run, 1, 2, 3).update
    assert update is not None
    weight = at(run, 1, 2, 3)
    assert update.before == weight
    assert update.penalty_l2 == pytest.approx(0.5 * weight, rel=1e-5)
    assert update.penalty_l1 == pytest.approx(0.01 * np.sign(weight), rel=1e-5)
    assert update.clipped == pytest.approx(update.gradient + update.penalty_l1 + update.penalty_l2, rel=1e-5)
    assert update.after - update.before == pytest.approx(-0.1 * update.clipped, rel=1e-3)
    run.advance(1)
    assert at(run, 1, 2, 3) == update.after
    bias = nudge(run, 1, 2, -1).update
    assert bias is not None
    assert (bias.penalty_l1, bias.penalty_l2) == (0, 0)


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e30])
def test_weights_that_are_lost_do_no_harm(value: float) -> None:
    run = made()
    run.network.parameters[2] = value
    assert chain(run, 1, 1, 1).loss_name
    nudge(run, 1, 1, 1)


def test_of_a_large_network_in_training_it_is_worked_out_seldom() -> None:
    run = made("digits", hidden=(700, 300), steps=2)
    probe = Probe(run)

    def product_of(**chosen: Any) -> float:
        run.advance(1)
        return float(probe.measure(Watch(("chain",), **chosen)).insights["chain"].product)

    first = product_of(layer=2)
    assert product_of(layer=2) == first
    assert product_of(layer=2) != first
    second = product_of(layer=2)
    assert product_of(layer=2, unit=1) != second  # something else is looked at
    run.apply(Pause())
    assert probe.measure(Watch(("chain",), layer=2)).insights["chain"].product != second


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("data", ["digits", "moons", "diabetes"])
def test_the_chain_rule_opens_on_a_weight_that_moves(data: str, seed: int) -> None:
    """Not on one whose input is 0; and it stays there until something is chosen."""
    run = Session(Experiment().with_values({"data.name": data, "network.hidden": (6, 5), "training.seed": seed}))
    probe = Probe(run)
    found = probe.measure(Watch(("chain",), sample=seed, pick=True)).insights["chain"]
    assert found.x != 0
    assert found.backpropagated != 0
    run.advance(5)
    again = probe.measure(Watch(("chain",), sample=seed, pick=True)).insights["chain"]
    assert (again.layer, again.unit, again.source) == (found.layer, found.unit, found.source)


@pytest.mark.parametrize("digits", [1, 3, 4])
def test_zero_has_no_sign(digits: int) -> None:
    assert number(-0.0, digits) == "0"
