"""From an experiment to what trains."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from nntui.data.errors import DataError
from nntui.data.registry import DATASETS
from nntui.experiment import Experiment, InvalidValue
from nntui.experiment.build import (
    build_loss,
    build_network,
    build_optimizer,
    build_regularization,
    build_schedule,
    layer_activation,
    prepare,
    streams,
)
from nntui.experiment.guessing import guessing_loss
from nntui.nn.registry import LOSSES


def made(**changes: Any) -> Experiment:
    return Experiment().with_values({name.replace("__", "."): value for name, value in changes.items()})


SETS = [name for name, entry in DATASETS.items() if "path" not in entry.takes]


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_data_are_encoded_for_the_loss(name: str, precision: str) -> None:
    prepared = prepare(made(data__name=name, training__precision=precision))
    assert prepared.train_x.dtype == prepared.train_y.dtype == prepared.test_x.dtype == np.dtype(precision)
    assert len(prepared.train_x) == len(prepared.train_y)
    assert prepared.train_x.flags.c_contiguous
    classes = len(prepared.class_names)
    expected = {0: ("identity", "mean_squared_error", 1), 2: ("sigmoid", "binary_cross_entropy", 1)}
    output, loss, width = expected.get(classes, ("softmax", "categorical_cross_entropy", classes))
    assert (prepared.pairing.output, prepared.pairing.loss, prepared.outputs) == (output, loss, width)
    if classes > 2:
        assert prepared.split.train_labels is not None
        assert np.array_equal(prepared.train_y.argmax(axis=1), prepared.split.train_labels)
        assert np.array_equal(prepared.train_y.sum(axis=1), np.ones(len(prepared.train_y)))


def test_streams_of_a_seed_are_independent_and_repeat() -> None:
    first, again = streams(0), streams(0)
    drawn = {name: getattr(first, name).random() for name in ("init", "shuffle", "dropout", "noise")}
    assert len(set(drawn.values())) == len(drawn)
    assert drawn == {name: getattr(again, name).random() for name in drawn}


def test_network_is_built_as_described() -> None:
    experiment = Experiment.from_dict(
        {
            "data": {"name": "moons"},
            "network": {
                "activation": "leaky_relu",
                "slope": 0.2,
                "initializer": "constant",
                "value": 0.25,
                "output_initializer": "normal",
                "std": 2.0,
                "output_bias": 3.0,
                "layers": [
                    {"size": 5},
                    {"size": 4, "activation": "elu", "alpha": 2.0, "initializer": "zeros", "dropout": 0.5, "bias": 1.0},
                    {"size": 3, "slope": 0.3, "frozen": True},
                ],
            },
        }
    )
    prepared = prepare(experiment)
    network = build_network(experiment, prepared)
    network.initialize(streams(0).init)
    specs = [layer.spec for layer in network.layers]
    assert [spec.size for spec in specs] == [5, 4, 3, 1]
    assert [spec.activation for spec in specs] == ["leaky_relu", "elu", "leaky_relu", "sigmoid"]
    assert [dict(spec.activation_options) for spec in specs[:3]] == [{"slope": 0.2}, {"alpha": 2.0}, {"slope": 0.3}]
    assert [spec.dropout for spec in specs] == [0.0, 0.5, 0.0, 0.0]
    assert [spec.frozen for spec in specs] == [False, False, True, False]
    assert set(network.layers[0].weights.ravel().tolist()) == {0.25}
    assert not network.layers[1].weights.any()
    assert network.layers[1].bias.tolist() == [1.0] * 4
    assert network.layers[3].weights.std() > 0.3
    assert network.layers[3].bias.tolist() == [3.0]
    assert layer_activation(experiment, 2) == ("leaky_relu", {"slope": 0.3})


def test_optimizer_schedule_and_regularization_get_their_options() -> None:
    experiment = made(
        optimizer__name="momentum",
        optimizer__momentum=0.5,
        optimizer__learning_rate=0.2,
        schedule__name="step_decay",
        schedule__factor=0.1,
        schedule__drop_every=10,
        regularization__l2=0.01,
    )
    assert build_optimizer(experiment).options["momentum"] == 0.5
    schedule = build_schedule(experiment, 100)
    assert [schedule(step) for step in (0, 9, 10, 25)] == pytest.approx([0.2, 0.2, 0.02, 0.002])
    assert build_regularization(experiment).l2 == 0.01


def test_loss_may_change_to_one_that_takes_the_same_output_and_targets() -> None:
    squared = made(data__name="moons", network__output="sigmoid", loss__name="mean_squared_error")
    prepared = prepare(squared)
    assert build_loss(squared, prepared).name == "mean_squared_error"
    assert build_loss(squared.with_value("loss.name", "binary_cross_entropy", live=True), prepared).output == "sigmoid"
    hinge = made(data__name="moons", loss__name="hinge")
    with pytest.raises(InvalidValue, match="until a restart"):
        build_loss(hinge, prepared)


def test_what_only_the_data_tell_is_judged_when_they_are_there(tmp_path: Any) -> None:
    file = tmp_path / "table.csv"
    file.write_text("x,y\n" + "".join(f"{i}.5,{'abc'[i % 3]}\n" for i in range(30)))
    tree = {"data": {"name": "csv", "path": str(file)}}
    assert prepare(Experiment.from_dict(tree)).class_names == ("a", "b", "c")
    with pytest.raises(InvalidValue, match=r"loss\.name: binary_cross_entropy needs two classes"):
        prepare(Experiment.from_dict({**tree, "loss": {"name": "binary_cross_entropy"}}))
    with pytest.raises(DataError, match="two inputs"):
        prepare(Experiment.from_dict({"data": {**tree["data"], "features": ["x1^2"]}}))
    rows = "\n".join(",".join(f"{i}.{j}" for j in range(3000)) for i in range(10))
    file.write_text(rows)
    with pytest.raises(InvalidValue, match="GiB"):
        prepare(Experiment.from_dict({**tree, "network": {"hidden": [40000]}}))


def test_balanced_batches() -> None:
    experiment = made(data__name="breast_cancer", training__balanced=True)
    prepared = prepare(experiment)
    order = prepared.epoch_order(experiment, streams(0).shuffle)
    assert prepared.split.train_labels is not None
    assert np.bincount(prepared.split.train_labels[order[:32]]).tolist() == [16, 16]
    with pytest.raises(InvalidValue, match=r"training\.balanced: plane has no classes"):
        made(data__name="plane", training__balanced=True)


def test_derived_inputs_reach_the_network() -> None:
    prepared = prepare(made(data__name="xor", data__features=("x1*x2",)))
    assert prepared.inputs == 1
    assert prepared.feature_names == ("x1*x2",)


@pytest.mark.parametrize("shares", [(0.5, 0.5), (0.9, 0.1), (0.2, 0.3, 0.5)])
@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_guessing_with_cross_entropy_costs_the_entropy(shares: tuple[float, ...], smoothing: float) -> None:
    labels = np.repeat(np.arange(len(shares)), np.round(np.array(shares) * 100).astype(int))
    one_hot = np.eye(len(shares))[labels]
    smoothed = (1 - smoothing) * np.array(shares) + smoothing / len(shares)
    loss = LOSSES["categorical_cross_entropy"].load()("softmax", "classes", label_smoothing=smoothing)
    assert guessing_loss(loss, one_hot) == pytest.approx(-(smoothed * np.log(smoothed)).sum(), rel=1e-6)


def test_guessing_numbers() -> None:
    targets = np.array([0.0, 1.0, 2.0, 3.0, 14.0])[:, None]
    squared = LOSSES["mean_squared_error"].load()("identity", "real")
    absolute = LOSSES["mean_absolute_error"].load()("identity", "real")
    assert guessing_loss(squared, targets) == pytest.approx(targets.var())
    assert guessing_loss(absolute, targets) == pytest.approx(np.abs(targets - 2).mean())
    hinge = LOSSES["hinge"].load()("identity", "binary")
    binary = np.array([0.0, 0, 0, 1])[:, None]
    assert guessing_loss(hinge, binary) == pytest.approx(0.5)
    on_sigmoid = LOSSES["mean_squared_error"].load()("sigmoid", "binary")
    assert guessing_loss(on_sigmoid, binary) == pytest.approx(3 / 16)


def test_prepared_tells_progress() -> None:
    told: list[str] = []
    prepare(made(), progress=lambda what, share: told.append(what))
    assert json.dumps(told) == "[]"  # nothing takes long here


def test_numbers_too_large_are_refused(tmp_path: Any) -> None:
    file = tmp_path / "table.csv"
    file.write_text("x,y\n" + "".join(f"{i}e39,{i}.5\n" for i in range(1, 30)))
    tree = {"data": {"name": "csv", "path": str(file), "standardize": False}}
    with pytest.raises(InvalidValue, match="too large for float32"):
        prepare(Experiment.from_dict(tree))
    assert prepare(Experiment.from_dict({**tree, "training": {"precision": "float64"}})).train_x.max() > 1e40
    file.write_text("x,y\n" + "".join(f"{i}e300,{i}.5\n" for i in range(1, 30)))
    with pytest.raises(DataError, match="too large to be scaled"):
        prepare(Experiment.from_dict({"data": {"name": "csv", "path": str(file)}}))
