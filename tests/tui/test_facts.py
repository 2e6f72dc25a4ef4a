"""The numbers of the moment that an explanation of a panel tells."""

from __future__ import annotations

from dataclasses import replace
from math import nan

import pytest

from nntui.tui.facts import facts, parts
from nntui.tui.model import Model
from nntui.tui.views import OVERVIEW
from tests.tui.fakes import begun, experiment


def model() -> Model:
    of = experiment(optimizer__name="momentum", schedule__name="cosine_decay")
    result = Model(of)
    result.take(begun(40, of, learning_rate=0.0045))
    return result


@pytest.mark.parametrize("panel", [*OVERVIEW.panels, "status"])
def test_every_panel_has_facts_once_a_run_began(panel: str) -> None:
    assert facts(panel, Model(experiment())) == {}
    assert facts(panel, model())


def test_facts_are_those_on_the_screen() -> None:
    of = model()
    assert facts("loss", of)["loss of guessing"] == "0.6931"
    assert facts("learning-rate", of)["in force"] == "0.0045"
    assert facts("hyperparameters", of)["layers"] == "2 – 16 – 8 – 2"
    assert facts("activations", of)["hidden 1"] == "tanh, saturated 34%, dead units 12%"


def test_what_cannot_be_has_no_share() -> None:
    of = model()
    assert of.snapshot is not None
    layer = replace(of.snapshot.activations[0], dead=nan)
    of.snapshot = replace(of.snapshot, activations=(layer,))
    assert facts("activations", of)["hidden 1"].endswith("dead units n/a")


def test_parts_are_what_the_panel_depends_on() -> None:
    of = model()
    assert [(role, entry.name) for role, entry in parts("learning-rate", of)] == [
        ("schedule", "cosine_decay"),
        ("optimizer", "momentum"),
    ]
    assert [(role, entry.name) for role, entry in parts("activations", of)] == [("activation", "tanh")]
    assert parts("weights", of) == []
