"""The experiment: one dotted name a value, checked changes, forms that read back the same."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nntui.experiment import (
    PARAMETERS,
    Experiment,
    InvalidValue,
    emit,
    list_presets,
    parameter,
    parse_value,
    read_preset,
    suggest,
)
from nntui.experiment.parameter import Parameter, Value
from nntui.nn.registry import ACTIVATIONS, INITIALIZERS, LOSSES, OPTIMIZERS, SCHEDULES


def test_importing_it_and_reading_a_preset_does_not_import_numpy() -> None:
    code = (
        "import sys; from nntui.experiment import *; "
        "[emit(read_preset(path)) for _, path in list_presets()]; sys.exit('numpy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_defaults_are_those_of_the_table() -> None:
    experiment = Experiment()
    for row in experiment.parameters():
        if not row.used_by:
            assert experiment.value(row.name) == row.default or row.name.startswith("network.layers"), row.name
        assert row.check(experiment.value(row.name)) == experiment.value(row.name)


def test_every_registered_option_is_in_the_table() -> None:
    for section, entries in (("optimizer", OPTIMIZERS), ("schedule", SCHEDULES), ("loss", LOSSES)):
        for name, entry in entries.items():
            for option in entry.options:
                row = PARAMETERS[f"{section}.{option.name}"]
                assert name in row.used_by
                assert row.defaults[name] == option.default
                assert (row.low, row.high, row.kind) == (option.low, option.high, option.kind)
    for entries in (ACTIVATIONS, INITIALIZERS):
        for name, entry in entries.items():
            assert all(name in PARAMETERS[f"network.{option.name}"].used_by for option in entry.options)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_can_be_chosen_with_its_options(name: str) -> None:
    experiment = Experiment().with_value("optimizer.name", name)
    for option in OPTIMIZERS[name].options:
        assert experiment.value(f"optimizer.{option.name}") == option.default
        experiment = experiment.with_value(f"optimizer.{option.name}", option.default)
    assert Experiment.from_dict(json.loads(json.dumps(experiment.to_dict()))) == experiment
    shown = {row.name for row in experiment.parameters() if row.section == "optimizer" and row.used_by}
    assert shown == {f"optimizer.{option.name}" for option in OPTIMIZERS[name].options}


def test_options_of_what_was_chosen_before_are_dropped() -> None:
    experiment = Experiment().with_values({"optimizer.name": "momentum", "optimizer.momentum": 0.5})
    assert experiment.value("optimizer.momentum") == 0.5
    changed = experiment.with_value("optimizer.name", "adam")
    assert "momentum" not in changed.optimizer.options
    with pytest.raises(InvalidValue, match="momentum belongs to"):
        changed.value("optimizer.momentum")


def test_default_of_an_option_is_that_of_the_choice() -> None:
    experiment = Experiment()
    assert experiment.with_value("optimizer.name", "sgd").value("optimizer.momentum") == 0.0
    assert experiment.with_value("optimizer.name", "nesterov").value("optimizer.momentum") == 0.9


def test_layers() -> None:
    experiment = Experiment().with_value("network.hidden", (5, 4, 3))
    changed = experiment.with_value("network.layers.2.activation", "relu")
    assert [changed.value(f"network.layers.{i}.activation") for i in (1, 2, 3)] == ["tanh", "relu", "tanh"]
    assert changed.value("network.hidden") == (5, 4, 3)
    all_of_them = changed.with_value("network.activation", "elu")
    assert all_of_them.value("network.layers.2.activation") == "elu"
    smaller = changed.with_value("network.hidden", (9, 8))
    assert smaller.value("network.layers.2.activation") == "relu"
    assert Experiment.from_dict(changed.to_dict()) == changed
    names = [row.name for row in changed.parameters() if row.name.startswith("network.layers")]
    assert names == [f"network.layers.{i}.activation" for i in (1, 2, 3)]
    with pytest.raises(InvalidValue, match="there is no hidden layer 4; the network has 3"):
        changed.with_value("network.layers.4.activation", "relu")


def test_options_of_activations_belong_to_layers_that_use_them() -> None:
    experiment = Experiment().with_value("network.layers.1.activation", "leaky_relu")
    experiment = experiment.with_value("network.layers.1.slope", 0.3)
    assert experiment.value("network.layers.1.slope") == 0.3
    with pytest.raises(InvalidValue, match="slope belongs to leaky_relu"):
        experiment.value("network.layers.2.slope")
    assert not experiment.with_value("network.activation", "tanh").network.layers[0].options


def test_what_may_not_change_while_training_is_refused_with_the_reason() -> None:
    experiment = Experiment()
    with pytest.raises(InvalidValue, match=r"network\.hidden cannot change while training: the weights"):
        experiment.with_value("network.hidden", (3,), live=True)
    assert experiment.with_value("network.hidden", (16, 16), live=True) == experiment
    for name in ("optimizer.learning_rate", "schedule.name", "training.batch_size", "regularization.l2",
                 "regularization.clip_norm", "optimizer.name", "network.layers.1.activation"):  # fmt: skip
        row = parameter(name)
        assert row is not None
        assert row.live
    for row in PARAMETERS.values():
        assert row.live == (not row.fixed_because)


def test_changes_are_judged_together() -> None:
    experiment = Experiment().with_values({"data.name": "moons", "loss.name": "binary_cross_entropy"})
    with pytest.raises(InvalidValue, match=r"loss\.name: binary_cross_entropy needs two classes"):
        experiment.with_value("data.name", "digits")
    changed = experiment.with_values({"loss.name": "auto", "data.name": "digits"})
    assert changed.value("loss.name") == "auto"
    momentum = experiment.with_values({"optimizer.momentum": 0.3, "optimizer.name": "sgd"})
    assert momentum.value("optimizer.momentum") == 0.3


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("lr", "optimizer.learning_rate"),
        ("optimizer.learing_rate", "optimizer.learning_rate"),
        ("optimiser.momentum", "optimizer.momentum"),
        ("batchsize", "training.batch_size"),
        ("training.epoch", "training.epochs"),
        ("l2", "regularization.l2"),
        ("zzzzzzz", None),
    ],
)
def test_nearest_name(name: str, meant: str | None) -> None:
    assert suggest(name) == meant
    with pytest.raises(InvalidValue, match="unknown hyperparameter"):
        Experiment().with_value(name, 1)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("optimizer.learning_rate", "1e-3", 0.001),
        ("optimizer.learning_rate", "1", 1.0),
        ("training.epochs", " 12 ", 12),
        ("training.shuffle", "no", False),
        ("training.shuffle", "TRUE", True),
        ("network.hidden", "64,32", (64, 32)),
        ("network.hidden", "[64, 32]", (64, 32)),
        ("network.hidden", "64, 32,", (64, 32)),
        ("network.hidden", "", ()),
        ("network.hidden", "[ ]", ()),
        ("data.features", "x1, x1^2", ("x1", "x1^2")),
        ("optimizer.name", "sgd", "sgd"),
        ("network.layers.7.activation", "relu", "relu"),
        ("data.path", "a b.csv", "a b.csv"),
        ("data.target", "3", "3"),
    ],
)
def test_values_written_as_text(name: str, text: str, value: object) -> None:
    parsed = parse_value(name, text)
    assert parsed == value
    assert type(parsed) is type(value)


@pytest.mark.parametrize(
    ("name", "text", "part"),
    [
        ("optimizer.learning_rate", "abc", '"abc" is not a number; allowed is a number, 0 < value'),
        ("optimizer.learning_rate", "0,5", "did you mean 0.5?"),
        ("optimizer.learning_rate", "nan", "nan is not a finite number"),
        ("optimizer.learning_rate", "-1", "-1 is too small"),
        ("training.epochs", "1.5", "not a whole number"),
        ("training.epochs", "9" * 6000, ""),
        ("training.shuffle", "maybe", "true or false"),
        ("network.hidden", "64,x", '"x" is text'),
        ("network.hidden", "64,,32", "allowed is a list of whole numbers"),
        ("network.hidden", ",", "allowed is a list of whole numbers"),
        ("network.layers.2.activaton", "relu", 'did you mean "network.layers.2.activation"?'),
        ("network.layers.1.sise", "8", 'did you mean "network.layers.1.size"?'),
        ("network.layers.0.size", "8", 'did you mean "network.layers.1.size"?'),
        ("optimizer.name", "adma", 'did you mean "adam"?'),
        ("optimizer.lr", "1", 'did you mean "optimizer.learning_rate"?'),
    ],
)
def test_text_that_is_no_value(name: str, text: str, part: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        parse_value(name, text)
    assert part in str(caught.value)
    assert len(str(caught.value)) < 300


def values(row: Parameter) -> st.SearchStrategy[Any]:
    """Anything a parameter may be."""
    match row.kind:
        case "bool":
            return st.booleans()
        case "choice":
            return st.sampled_from(row.choices)
        case "choices":
            return st.lists(st.sampled_from(row.choices), unique=True, max_size=3).map(tuple)
        case "int":
            return st.integers(int(row.low), int(min(row.high, 1000)) if row.high >= row.low else int(row.low))
        case "ints":
            return st.lists(st.integers(max(int(row.low), 0), 50), max_size=4).map(tuple)
        case "text":
            return st.text(max_size=20).filter(lambda text: "\0" not in text)
    low, high = max(row.low, -1e6), min(row.high, 1e6)
    return st.floats(low, high, exclude_min=row.low_open, exclude_max=row.high_open and row.high == high)


@given(data=st.data())
@settings(max_examples=150, deadline=None, derandomize=True)
def test_any_experiment_reads_back_the_same_from_its_dictionary_and_its_toml(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    words = st.text(st.characters(codec="utf-8"), max_size=30).map(str.strip)
    name, about, watch, try_, question, answer = (data.draw(words) for _ in range(6))
    mended: dict[str, Value] = {"network.hidden": (4, 4), "optimizer.name": "sgd"} if data.draw(st.booleans()) else {}
    experiment = Experiment(name, about, watch, try_, question, answer, mended)
    for _ in range(6):
        row = data.draw(st.sampled_from(experiment.parameters()))
        if row.name.startswith(("data.name", "data.path")):
            continue
        try:
            experiment = experiment.with_value(row.name, data.draw(values(row)))
        except InvalidValue:
            continue  # it does not go with the rest
    assert Experiment.from_dict(json.loads(json.dumps(experiment.to_dict()))) == experiment
    file = tmp_path_factory.mktemp("emitted") / "emitted.toml"
    file.write_text(emit(experiment), encoding="utf-8", newline="\n")
    assert read_preset(file) == experiment


@pytest.mark.parametrize("row", PARAMETERS.values(), ids=list(PARAMETERS))
def test_keys_never_leave_the_bounds(row: Parameter) -> None:
    for direction in (1, -1):
        value = row.default
        for _ in range(60):
            value = row.check(row.moved(value, direction))


def test_keys_move_what_is_off() -> None:
    row = PARAMETERS["regularization.l2"]
    up = row.moved(0.0, 1)
    assert isinstance(up, float)
    assert up > 0
    assert row.moved(up, -1) == 0.0
    assert PARAMETERS["optimizer.learning_rate"].moved(0.1, 1) == pytest.approx(0.125)


def test_from_dict_says_every_fault() -> None:
    with pytest.raises(InvalidValue) as caught:
        Experiment.from_dict({"data": {"name": "x"}, "optimizer": {"nam": "adam"}})
    assert len(str(caught.value).splitlines()) == 2


def test_emitted_toml_explains_every_value(tmp_path: Path) -> None:
    text = emit(Experiment())
    assert "learning_rate = 0.01" in text
    assert PARAMETERS["optimizer.learning_rate"].meaning in text
    assert "# beta1 = 0.9" in text


def test_other_data_leave_the_texts_of_a_preset_behind(tmp_path: Path) -> None:
    spirals = read_preset(dict(list_presets())["spirals"])
    assert spirals.with_value("network.hidden", (3,)).name == spirals.name
    iris = spirals.with_value("data.name", "iris")
    assert (iris.name, iris.about, iris.watch, iris.try_, iris.question, iris.mended) == ("iris", "", "", "", "", {})
    table = spirals.with_values({"data.name": "csv", "data.path": str(tmp_path / "plants.csv")})
    assert (table.name, table.about) == ("plants", "")
    assert table.with_value("data.path", "other.csv").name == "other"
    assert Experiment().with_value("data.name", "iris").name == "untitled"
