"""One sample in the network, one unit closely, what it looks for: against sums done by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nntui.experiment import Experiment
from nntui.nn.registry import ACTIVATIONS
from nntui.training.commands import Silence, Watch
from nntui.training.insights.network import Network
from nntui.training.insights.neuron import Neuron
from nntui.training.insights.neuron_map import NeuronMap
from nntui.training.measures import Probe
from nntui.training.measuring.network import MOST_EDGES
from nntui.training.session import Session
from nntui.training.snapshot import DEAD
from nntui.worker.frames import decode, encode
from nntui.worker.messages import read_snapshot, snapshot_record
from tests.training.runs import assert_same, experiment, session, train_to

EVERYTHING = ("network", "neuron", "neuron_map", "trends")


def look(run: Session, name: str, **chosen: Any) -> Any:
    """The record, as it arrives at the dashboard."""
    snapshot = Probe(run, size=10_000).measure(Watch((name,), **chosen))
    return read_snapshot(decode(encode(snapshot_record(snapshot)))).insights[name]


def on_real_data(name: str, hidden: tuple[int, ...]) -> Session:
    """A network on a data set that is shipped, in double precision."""
    values = {"data.name": name, "network.hidden": hidden, "training.precision": "float64"}
    return Session(Experiment().with_values(values))


def by_hand(run: Session, sample: int) -> list[tuple[Any, Any]]:
    """Sums and outputs of every layer for one sample, weight by weight."""
    x = run.prepared.train_x[sample].astype(float)
    found = []
    for layer in run.network.layers:
        z = np.array([float(x @ layer.weights[:, unit].astype(float)) + layer.bias[unit] for unit in range(layer.size)])
        x = layer.activation(z[None].astype(run.network.dtype))[0].astype(float)
        found.append((z, x))
    return found


def test_measuring_touches_nothing() -> None:
    run, alone = session(), session()
    train_to(run, 30)
    train_to(alone, 30)
    Probe(run).measure(Watch(EVERYTHING, layer=1, unit=2, source=1, sample=7))
    assert_same(run.state_dict(), alone.state_dict())


def test_the_network_with_a_sample_in_it() -> None:
    run = session(network__hidden=(6, 5))
    train_to(run, 25)
    found: Network = look(run, "network", sample=11)
    assert (found.sample, found.samples) == (11, run.train_samples)
    np.testing.assert_allclose(found.inputs, run.prepared.train_x[11], rtol=1e-6)
    assert found.names == ("x1", "x2")
    traced = run.network.trace(run.prepared.train_x)
    for layer, unit_layer, (_, a), (z_probe, a_probe) in zip(
        run.network.layers, found.layers, by_hand(run, 11), traced, strict=True
    ):
        np.testing.assert_allclose(unit_layer.output, a, rtol=1e-4, atol=1e-6)
        np.testing.assert_allclose(unit_layer.mean, a_probe.mean(axis=0), rtol=1e-4, atol=1e-6)
        if layer.name == "output":
            assert np.isnan(unit_layer.active).all()
        else:
            np.testing.assert_allclose(unit_layer.active, layer.activation.responsive(z_probe, a_probe).mean(axis=0))
        edges = unit_layer.edges
        assert edges.total == layer.weights.size == len(edges.weight)
        np.testing.assert_array_equal(edges.weight, layer.weights[edges.source, edges.target])
        assert (np.diff(np.abs(edges.weight)) >= 0).all()
    labels = run.prepared.split.train_labels
    assert labels is not None
    assert found.right == run.prepared.class_names[labels[11]]
    assert found.said == run.prepared.class_names[int(by_hand(run, 11)[-1][1][0] > 0.5)]


def test_of_many_weights_the_largest_travel() -> None:
    run = Session(experiment(network__hidden=(40, 30)))
    edges = look(run, "network").layers[1].edges
    weights = run.network.layers[1].weights
    assert edges.total == 1200
    assert len(edges.weight) == MOST_EDGES
    expected = np.sort(np.abs(weights.ravel()))[-MOST_EDGES:]
    np.testing.assert_allclose(np.abs(edges.weight), expected, rtol=1e-6)


def test_a_dead_unit_is_called_so() -> None:
    run = session(network__activation="relu")
    run.apply(Silence(0, 2))
    found: Network = look(run, "network")
    assert found.layers[0].state[2] == DEAD
    assert look(run, "neuron", layer=0, unit=2).state == DEAD


@pytest.mark.parametrize(("layer", "unit"), [(0, 3), (1, 4), (2, 0)])
def test_a_units_sum_is_that_of_its_inputs_times_its_weights(layer: int, unit: int) -> None:
    run = session(network__hidden=(6, 5))
    train_to(run, 25)
    found: Neuron = look(run, "neuron", layer=layer, unit=unit, sample=9)
    z, a = by_hand(run, 9)[layer]
    assert found.total == pytest.approx(z[unit], rel=1e-4, abs=1e-6)
    assert found.output == pytest.approx(a[unit], rel=1e-4, abs=1e-6)
    products = found.inputs.astype(float) @ found.weights.astype(float)
    assert products + found.bias == pytest.approx(found.total, rel=1e-4, abs=1e-6)
    assert found.before == ("inputs", "hidden 1", "hidden 2")[layer]
    assert found.after == ("hidden 2", "output", "")[layer]
    if layer < 2:
        np.testing.assert_array_equal(found.out_weights, run.network.layers[layer + 1].weights[unit])
    else:
        assert not found.out_weights.size
    sums = run.network.trace(run.prepared.train_x)[layer][0][:, unit]
    expected = np.histogram(sums, 40, (found.low, found.high))[0]
    assert found.counts.sum() == run.train_samples
    assert np.abs(np.cumsum(found.counts) - np.cumsum(expected)).max() <= 1


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_curve_and_the_slope_are_the_activations(name: str) -> None:
    run = session(network__activation=name, training__precision="float64")
    found: Neuron = look(run, "neuron", layer=0, unit=1, sample=3)
    activation = run.network.layers[0].activation
    np.testing.assert_allclose(found.curve_a, activation(found.curve_z.astype(float)), rtol=1e-4, atol=1e-5)
    assert found.curve_z[0] <= min(found.low, found.total)
    assert found.curve_z[-1] >= max(found.high, found.total)
    nudge = 1e-6
    slope = activation(np.array([found.total + nudge])) - activation(np.array([found.total - nudge]))
    assert found.slope == pytest.approx(float(slope[0]) / (2 * nudge), rel=1e-3, abs=1e-6)


def test_a_softmax_outputs_curve_is_with_the_others_as_they_are() -> None:
    run = session(data__name="spirals")
    train_to(run, 30)
    found: Neuron = look(run, "neuron", layer=2, unit=1, sample=5)
    z, _ = by_hand(run, 5)[-1]
    for place in (0, 40, 96):
        others = z.copy()
        others[1] = found.curve_z[place]
        powers = np.exp(others - others.max())
        assert found.curve_a[place] == pytest.approx(powers[1] / powers.sum(), rel=1e-3, abs=1e-5)
    assert found.slope == pytest.approx(found.output * (1 - found.output), rel=1e-4)


@pytest.mark.parametrize("data", ["moons", "spirals", "waves"])
@pytest.mark.parametrize("layer", [0, 1])
def test_what_would_be_without_a_unit(data: str, layer: int) -> None:
    run = session(data__name=data, training__precision="float64", optimizer__name="adam")
    train_to(run, 100)
    x, y = run.prepared.train_x, run.prepared.train_y
    found: Neuron = look(run, "neuron", layer=layer, unit=2)
    value = x
    for index, each in enumerate(run.network.layers):
        z = each.sums(value)
        value = each.activation(z)
        if index == layer:
            value[:, 2] = value[:, 2].mean()
    assert found.score == pytest.approx(run.loss.score(run.network.forward(x), y), abs=1e-9)
    assert found.score_without == pytest.approx(run.loss.score(z, y), abs=1e-9)
    assert found.score_name == ("R²" if data == "waves" else "accuracy")
    assert np.isnan(look(run, "neuron", layer=2).score_without)


def test_a_units_history_grows_with_the_run() -> None:
    run = session()
    probe = Probe(run)
    for step in (5, 10, 15):
        train_to(run, step)
        found = probe.measure(Watch(("neuron",), layer=0, unit=1)).insights["neuron"]
    assert found.steps.tolist() == [5, 10, 15]
    assert found.past_norm[-1] == pytest.approx(np.linalg.norm(run.network.layers[0].weights[:, 1]), rel=1e-5)


def test_the_map_over_the_plane_is_the_units_output_there() -> None:
    run = session()
    train_to(run, 25)
    found: NeuronMap = look(run, "neuron_map", layer=1, unit=3)
    assert (found.kind, found.names) == ("plane", ("x1", "x2"))
    split = run.prepared.split
    side = len(found.values)
    for row, column in ((0, 0), (side - 1, side // 2), (7, side - 1)):
        x1 = np.linspace(found.low[0], found.high[0], side)[column]
        x2 = np.linspace(found.high[1], found.low[1], side)[row]
        inputs = ((np.array([[x1, x2]]) - split.mean) / split.std).astype(np.float32)
        assert found.values[row, column] == pytest.approx(run.network.trace(inputs)[1][1][0, 3], rel=1e-3, abs=1e-5)
    assert len(found.x) == len(found.label) == run.train_samples


def test_derived_inputs_are_derived_for_the_map_too() -> None:
    run = session(data__features=("x1", "x2", "x1*x2"))
    found: NeuronMap = look(run, "neuron_map", layer=0, unit=0)
    assert (found.kind, found.names) == ("plane", ("x1", "x2"))
    split = run.prepared.split
    side = len(found.values)
    x1, x2 = found.low[0], found.high[1]
    inputs = ((np.array([[x1, x2, x1 * x2]]) - split.mean) / split.std).astype(np.float32)
    assert found.values[0, 0] == pytest.approx(run.network.trace(inputs)[0][1][0, 0], rel=1e-3, abs=1e-5)
    assert found.values.shape == (side, side)


def test_images_show_the_weights_and_what_excites_most() -> None:
    run = on_real_data("digits", (12, 9))
    train_to(run, 20)
    first: NeuronMap = look(run, "neuron_map", layer=0, unit=5)
    assert first.kind == "image"
    assert not first.of_sample
    np.testing.assert_allclose(first.effect, run.network.layers[0].weights[:, 5].reshape(8, 8), rtol=1e-6)
    outputs = run.network.trace(run.prepared.train_x)[0][1][:, 5]
    np.testing.assert_allclose(first.best_outputs, np.sort(outputs)[::-1][: len(first.best_outputs)], rtol=1e-5)
    rows = np.argsort(-outputs, kind="stable")[: len(first.best)]
    raw = run.prepared.split.dataset.inputs[run.prepared.split.train_index[rows]]
    np.testing.assert_allclose(first.best.reshape(len(rows), -1), raw)
    labels = run.prepared.split.train_labels
    assert labels is not None
    assert first.best_labels == tuple(run.prepared.class_names[labels[row]] for row in rows)


@pytest.mark.parametrize("data", ["digits", "diabetes"])
def test_a_later_units_effect_is_what_nudging_an_input_does(data: str) -> None:
    run = on_real_data(data, (7, 6))
    train_to(run, 20)
    found: NeuronMap = look(run, "neuron_map", layer=1, unit=4, sample=8)
    assert found.of_sample
    assert found.kind == ("image" if data == "digits" else "features")
    x = run.prepared.train_x[8:9]
    nudge = 1e-6
    for pixel in (0, 3, run.network.inputs - 1):
        more, less = x.copy(), x.copy()
        more[0, pixel] += nudge
        less[0, pixel] -= nudge
        slope = (run.network.trace(more)[1][0][0, 4] - run.network.trace(less)[1][0][0, 4]) / (2 * nudge)
        assert found.effect.ravel()[pixel] == pytest.approx(slope, rel=1e-3, abs=1e-6)


@pytest.mark.parametrize(
    "chosen", [{"layer": 99, "unit": 99, "sample": 10**6, "source": 99}, {"layer": -5, "unit": -5}]
)
def test_what_lies_beyond_the_network_is_the_nearest_there_is(chosen: dict[str, int]) -> None:
    run = session()
    for name in EVERYTHING:
        look(run, name, **chosen)
    found: Neuron = look(run, "neuron", **chosen)
    assert (found.index, found.unit) == ((2, 0) if chosen["layer"] > 0 else (0, 0))


def test_numbers_that_have_run_away_do_not_stop_the_look() -> None:
    run = session(network__activation="relu")
    run.network.parameters[:] = np.float32(3e38)
    run.network.parameters[2] = np.nan
    for name in EVERYTHING:
        for layer in range(3):
            look(run, name, layer=layer)
