"""Measurements say what is in the network, and change nothing."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nntui.experiment import Experiment
from nntui.nn.registry import ACTIVATIONS
from nntui.training.bins import BINS, MOST, Range, counts, sample_of
from nntui.training.commands import Redraw, Set, Watch
from nntui.training.measures import Probe
from nntui.training.session import Session
from nntui.training.snapshot import ACTIVATIONS as ACTIVATION_QUANTITY
from nntui.training.snapshot import DEAD, GRADIENTS, OK, QUANTITIES, SATURATED, WEIGHTS
from tests.training.runs import experiment, session

finite = st.floats(-1e30, 1e30, allow_nan=False)


def test_nothing_is_measured_that_was_not_asked_for() -> None:
    run = session()
    run.advance(9)
    probe = Probe(run)
    snapshot = probe.measure(Watch())
    assert (snapshot.epoch, snapshot.step) == (1, 9)
    assert (snapshot.weights, snapshot.activations, snapshot.gradients) == ((), (), ())
    snapshot = probe.measure(Watch((WEIGHTS,)))
    assert [layer.layer for layer in snapshot.weights] == ["hidden 1", "hidden 2", "output"]
    assert snapshot.activations == ()


@pytest.mark.parametrize("steps", [0, 1, 40])
def test_weights_are_those_of_now_and_of_the_start(steps: int) -> None:
    run = session()
    start = [layer.weights.copy() for layer in run.network.layers]
    run.advance(steps)
    measured = Probe(run).measure(Watch((WEIGHTS,))).weights
    for layer, then, found in zip(run.network.layers, start, measured, strict=True):
        for values, bins in ((layer.weights, found.counts), (then, found.start_counts)):
            expected = np.histogram(values, BINS, (found.low, found.high))[0]
            assert bins.sum() == values.size
            assert np.abs(np.cumsum(bins) - np.cumsum(expected)).max() <= 1  # a value may lie on an edge
        assert found.low <= min(layer.weights.min(), then.min())
        assert found.high >= max(layer.weights.max(), then.max())
        assert found.mean == pytest.approx(layer.weights.mean(), abs=1e-6)
        assert found.std == pytest.approx(layer.weights.std(), rel=1e-4)
        assert found.bias_mean == pytest.approx(layer.bias.mean(), abs=1e-6)


def test_activations_are_those_of_a_fixed_part_of_the_training_data() -> None:
    run = Session(experiment(data__samples=2000))
    run.advance(30)
    probe = Probe(run, size=100)
    found = probe.measure(Watch((ACTIVATION_QUANTITY,))).activations
    assert [layer.layer for layer in found] == ["hidden 1", "hidden 2", "output"]
    assert [layer.activation for layer in found] == ["tanh", "tanh", "sigmoid"]
    assert [layer.counts.sum() for layer in found] == [600, 500, 100]
    again = probe.measure(Watch((ACTIVATION_QUANTITY,))).activations
    np.testing.assert_array_equal(found[0].unit_mean, again[0].unit_mean)
    everything = Probe(run, size=10_000).measure(Watch((ACTIVATION_QUANTITY,))).activations[1]
    outputs = run.network.trace(run.prepared.train_x)[1][1]
    assert everything.counts.sum() == outputs.size
    np.testing.assert_allclose(everything.unit_mean, outputs.mean(axis=0), rtol=1e-4)
    assert (everything.mean, everything.std) == pytest.approx((outputs.mean(), outputs.std()), rel=1e-4)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_saturated_and_dead_are_what_the_activation_calls_so(name: str) -> None:
    run = session(network__activation=name, network__hidden=(12, 12), network__initializer="normal", network__std=5.0)
    probe = Probe(run, size=64)
    found = probe.measure(Watch((ACTIVATION_QUANTITY,))).activations
    rows = np.linspace(0, 66, 64).round().astype(int)
    traced = run.network.trace(run.prepared.train_x[rows])
    everywhere = run.network.trace(run.prepared.train_x)
    assert {(seen.samples, seen.dead_samples) for seen in found} == {(64, run.train_samples)}
    for layer, (z, a), whole, seen in zip(run.network.layers[:-1], traced, everywhere, found, strict=False):
        flat, dead = layer.activation.saturated(z, a), layer.activation.dead_units(*whole)
        assert math.isnan(seen.saturated) if flat is None else seen.saturated == pytest.approx(flat.mean())
        assert math.isnan(seen.dead) if dead is None else seen.dead == pytest.approx(dead.mean())
        for unit in range(layer.size):
            state = OK
            if flat is not None and flat[:, unit].mean() > 0.99:
                state = SATURATED
            if dead is not None and dead[unit]:
                state = DEAD
            assert seen.unit_state[unit] == state
        assert ((seen.unit_active >= 0) & (seen.unit_active <= 1)).all()


@pytest.mark.parametrize("data", ["moons", "wine"])
def test_nothing_is_said_of_how_saturated_an_output_is(data: str) -> None:
    """Its activation belongs to the loss: to be certain is what it is for."""
    run = Session(Experiment().with_values({"data.name": data, "network.hidden": (6,), "optimizer.learning_rate": 0.1}))
    run.advance(300)
    output = Probe(run).measure(Watch((ACTIVATION_QUANTITY,))).activations[-1]
    assert math.isnan(output.saturated)
    assert math.isnan(output.dead)
    assert (output.unit_state == OK).all()
    assert np.isnan(output.unit_active).all()


@pytest.mark.parametrize("seed", range(5))
def test_a_unit_that_is_on_beyond_the_probe_set_is_not_dead(seed: int) -> None:
    """What is shown and what is revived are judged on the whole training set."""
    run = session(
        data__samples=3000, network__activation="relu", network__hidden=(60, 60), network__initializer="normal",
        network__std=1.0, network__bias=-1.8, training__seed=seed,
    )  # fmt: skip
    shown = Probe(run).measure(Watch((ACTIVATION_QUANTITY,))).activations
    expected = [(z <= 0).all(axis=0) for z, _ in run.network.trace(run.prepared.train_x)[:-1]]
    few = [(z <= 0).all(axis=0) for z, _ in run.network.trace(run.prepared.train_x[::10])[:-1]]
    for layer, dead in zip(shown[:-1], expected, strict=True):
        np.testing.assert_array_equal(layer.unit_state == DEAD, dead)
        assert layer.dead_samples == run.train_samples
    assert sum(map(np.sum, few)) >= sum(map(np.sum, expected)) > 0
    before = [layer.weights.copy() for layer in run.network.layers]
    run.apply(Redraw(dead=True, seed=1))
    for after, old, dead in zip(run.network.layers[:-1], before, expected, strict=False):
        np.testing.assert_array_equal((after.weights != old).any(axis=0), dead)


def test_dead_relus_are_seen() -> None:
    run = session(network__activation="relu", network__bias=-1000.0)
    layer = Probe(run).measure(Watch((ACTIVATION_QUANTITY,))).activations[0]
    assert layer.dead == 1
    assert (layer.unit_state == DEAD).all()
    assert (layer.unit_active == 0).all()


def test_gradients_are_of_the_last_batch_and_the_update_is_the_one_applied() -> None:
    run, twin = session(optimizer__name="adam"), session(optimizer__name="adam")
    probe = Probe(run)
    assert all(math.isnan(layer.update_ratio) for layer in probe.measure(Watch((GRADIENTS,))).gradients)
    run.advance(25)
    twin.advance(24)
    before = twin.network.parameters.copy()
    for layer, found in zip(run.network.layers, probe.measure(Watch((GRADIENTS,))).gradients, strict=True):
        gradient = run.network.gradient[layer.slice]
        assert found.norm == pytest.approx(np.linalg.norm(gradient), rel=1e-5)
        assert found.counts.sum() == layer.weights.size
        moved = run.network.parameters[layer.slice] - before[layer.slice]
        expected = np.linalg.norm(moved) / np.linalg.norm(before[layer.slice])
        assert found.update_ratio == pytest.approx(expected, rel=1e-4)


def test_a_large_network_shows_an_update_of_shortly_before() -> None:
    run = session(network__hidden=(200, 200))
    for _ in range(10):
        run.advance(1)
    ratios = [layer.update_ratio for layer in Probe(run).measure(Watch((GRADIENTS,))).gradients]
    assert all(0 < ratio < 1 for ratio in ratios)


def test_another_activation_is_measured_as_such() -> None:
    run = session()
    probe = Probe(run)
    probe.measure(Watch(QUANTITIES))
    run.apply(Set("network.layers.1.activation", "relu"))
    found = probe.measure(Watch((ACTIVATION_QUANTITY,))).activations[0]
    assert (found.activation, found.low) == ("relu", 0.0)


def test_what_is_not_finite_does_not_stop_the_measuring() -> None:
    run = session(network__activation="relu", network__hidden=(8,) * 6, network__initializer="normal", network__std=1e3)
    run.network.parameters *= np.float32(1e20)
    for layer in Probe(run).measure(Watch(QUANTITIES)).activations:
        assert math.isfinite(layer.low)
        assert math.isfinite(layer.high)
        assert layer.low < layer.high


def test_large_layers_are_sampled() -> None:
    run = Session(experiment(network__hidden=(300, 300)))
    found = Probe(run).measure(Watch((WEIGHTS,))).weights
    assert found[0].counts.sum() == 600
    assert found[1].counts.sum() < 90_000
    network = run.network
    for layer, shown in zip(network.layers, found, strict=True):  # not of the sample
        weights = layer.weights.astype(np.float64)
        assert (shown.mean, shown.std) == pytest.approx((weights.mean(), weights.std()), rel=1e-5, abs=1e-9)
    probe = Probe(run)
    outputs = network.trace(run.prepared.train_x[probe._rows])
    for (_, a), activations in zip(outputs, probe.measure(Watch((ACTIVATION_QUANTITY,))).activations, strict=True):
        wide = a.astype(np.float64)
        assert (activations.mean, activations.std) == pytest.approx((wide.mean(), wide.std()), rel=1e-5, abs=1e-9)
    chosen = sample_of(MOST + 1)
    assert chosen is not None
    np.testing.assert_array_equal(chosen, sample_of(MOST + 1))
    assert len(np.unique(chosen)) == len(chosen)


@given(st.lists(st.tuples(finite, finite), min_size=1, max_size=20))
def test_ends_cover_what_was_seen_and_move_seldom(pairs: list[tuple[float, float]]) -> None:
    ends = Range()
    for low, high in ((min(pair), max(pair)) for pair in pairs):
        found = ends.cover(low, high)
        assert found[0] <= low
        assert found[1] >= high
        assert found[0] < found[1]
        assert ends.cover(low, high) == found
        settled = [ends.cover(low * factor, high * factor) for factor in (0.9, 1.0, 0.9, 1.0)][1:]
        assert len(set(settled)) == 1


@settings(deadline=None)
@given(st.lists(st.floats(-1, 1), max_size=300))
def test_counts_are_a_histogram(values: list[float]) -> None:
    array = np.array(values)
    found = counts(array, -1.0, 1.0)
    assert found.sum() == len(values)
    expected = np.histogram(array, BINS, (-1, 1))[0]
    edge = np.isclose((array * BINS / 2) % 1, 0) | np.isclose((array * BINS / 2) % 1, 1)
    assert np.abs(found - expected).sum() <= 2 * edge.sum()
