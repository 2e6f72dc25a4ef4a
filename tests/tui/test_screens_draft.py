"""The edit form's logic: what texts make of an experiment."""

from __future__ import annotations

import pytest

from nntui.experiment import Experiment, InvalidValue
from nntui.tui.screens.draft import Draft, needing_restart


def sgd() -> Experiment:
    return Experiment().with_value("optimizer.name", "sgd")


def test_nothing_typed_changes_nothing() -> None:
    assert Draft(Experiment()).changes() == {}


def test_a_value_typed_back_is_no_change() -> None:
    draft = Draft(Experiment())
    draft.type("optimizer.learning_rate", "0.5")
    assert draft.changes() == {"optimizer.learning_rate": 0.5}
    assert draft.text("optimizer.learning_rate") == "0.5"
    assert draft.before("optimizer.learning_rate") == 0.01
    draft.type("optimizer.learning_rate", "0.01")
    assert draft.changes() == {}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("optimizer.learning_rate", "0"),
        ("optimizer.learning_rate", "-1"),
        ("optimizer.learning_rate", "nan"),
        ("optimizer.learning_rate", ""),
        ("optimizer.learning_rate", "fast"),
        ("optimizer.name", "adan"),
        ("training.batch_size", "1.5"),
        ("training.shuffle", "perhaps"),
    ],
)
def test_a_fault_is_said_in_the_very_words_of_the_experiment(name: str, text: str) -> None:
    draft = Draft(Experiment())
    draft.type(name, text)
    row = next(row for row in Experiment().parameters() if row.name == name)
    with pytest.raises(InvalidValue) as caught:
        Experiment().with_value(name, row.parse(text), live=True)
    assert draft.faults == {name: str(caught.value)}
    assert draft.changes() == {}


def test_a_fault_goes_when_the_text_is_mended() -> None:
    draft = Draft(Experiment())
    draft.type("training.batch_size", "many")
    draft.type("optimizer.learning_rate", "0.1")
    assert set(draft.faults) == {"training.batch_size"}
    draft.type("training.batch_size", "64")
    assert draft.faults == {}
    assert draft.changes() == {"training.batch_size": 64, "optimizer.learning_rate": 0.1}


def test_options_of_a_new_choice_come_after_it_whatever_was_typed_first() -> None:
    draft = Draft(Experiment())
    draft.type("optimizer.momentum", "0.5")
    assert draft.changes() == {}, "adam has no momentum"
    draft.type("optimizer.name", "sgd")
    assert list(draft.changes().items()) == [("optimizer.name", "sgd"), ("optimizer.momentum", 0.5)]


def test_an_option_goes_with_its_choice() -> None:
    draft = Draft(sgd())
    draft.type("optimizer.momentum", "0.5")
    draft.type("optimizer.name", "adam")
    assert draft.changes() == {"optimizer.name": "adam"}
    assert draft.faults == {}


def test_changes_applied_one_by_one_give_the_drafted_experiment() -> None:
    draft = Draft(Experiment())
    draft.type("network.layers.2.activation", "relu")
    draft.type("network.activation", "sigmoid")
    draft.type("schedule.name", "step_decay")
    draft.type("optimizer.momentum", "0.7")
    draft.type("optimizer.name", "sgd")
    draft.type("network.hidden", "8, 4, 2")
    draft.type("network.layers.3.activation", "relu")
    experiment = Experiment()
    for name, value in draft.changes().items():
        experiment = experiment.with_value(name, value)
    assert experiment == draft.experiment
    assert experiment.value("network.layers.2.activation") == "relu"


def test_two_values_that_only_go_together() -> None:
    draft = Draft(Experiment())
    draft.type("network.output", "identity")
    draft.type("loss.name", "mean_squared_error")
    assert draft.faults == {}
    assert set(draft.changes()) == {"network.output", "loss.name"}


def test_what_needs_a_restart_is_known() -> None:
    draft = Draft(Experiment())
    draft.type("network.hidden", "4")
    draft.type("optimizer.learning_rate", "0.1")
    assert draft.restarting() == ["network.hidden"]
    assert needing_restart(draft.experiment, {"optimizer.learning_rate": 0.1}) == []
