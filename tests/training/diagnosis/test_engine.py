"""The doctor: what it says, when, in which order, and that it changes nothing."""

from __future__ import annotations

import json
import math

import pytest

from nntui.experiment import Experiment
from nntui.nn.registry import ACTIVATIONS
from nntui.training import events
from nntui.training.commands import Redraw, Set
from nntui.training.diagnosis.advice import ADVICE
from nntui.training.diagnosis.catalogue import RULES
from nntui.training.diagnosis.course import Course
from nntui.training.diagnosis.engine import CONDITIONS, Doctor
from nntui.training.diagnosis.statistics import Statistics
from nntui.training.session import Session
from tests.training.diagnosis.watched import watched


def test_every_rule_has_a_condition_and_advice() -> None:
    assert set(CONDITIONS) == set(ADVICE) == set(RULES)
    for rule in RULES.values():
        assert rule.meaning.endswith(".")
        assert rule.source
        assert rule.under <= set(RULES)


def test_a_rule_begins_after_its_ticks_and_ends_after_its_ticks() -> None:
    run = watched("zero-init").train(60)
    assert run.log == ["10+clones"]  # seen at 0 and at 10
    assert watched("loss-at-start").train(60).log == ["0+initial_loss", "30-initial_loss"]  # not at 10, 20 and 30


def test_what_a_change_mends_is_over_at_once() -> None:
    run = watched("zero-init").train(60)
    run.do(Redraw(initializer="auto", seed=1))  # nothing is trained until the next tick
    assert run.log == ["10+clones", "60-clones"]
    run = watched("dying-relu").until("dead_units", 2000)
    at = run.session.step
    while "dead_units" in run.holding:  # layer by layer, each once
        layer = int(str(run.doctor.holding[0].layer).removeprefix("hidden ")) - 1
        run.do(Redraw(layer, dead=True, seed=1))
        assert len(run.told) < 9
    assert run.log[-1] == f"{at}-dead_units"


def test_a_healthy_run_is_silent() -> None:
    assert watched("xor").train(600).log == []
    assert watched("spirals", seed=3).train(600).log == []


def test_watching_does_not_touch_training() -> None:
    looked_at, alone = watched("dying-relu").train(300).session, watched("dying-relu").session
    alone.advance(300)
    assert looked_at.network.parameters.tobytes() == alone.network.parameters.tobytes()
    assert repr(looked_at.state_dict()["loop"]["generators"]) == repr(alone.state_dict()["loop"]["generators"])


def test_the_same_looks_at_the_same_run_say_the_same() -> None:
    one, other = (watched("saturated-tanh", seed=5).train(200) for _ in range(2))
    assert one.told == other.told
    assert one.told


def test_looking_more_often_than_every_ten_steps_says_nothing_more() -> None:
    session = watched("zero-init").session
    doctor = Doctor(session)
    first = doctor.look()
    session.advance(9)
    assert doctor.look() == []
    session.advance(1)
    assert first == []
    assert [each.rule for each in doctor.look()] == ["clones"]


def test_what_is_told_travels_as_json_and_its_commands_can_be_obeyed() -> None:
    run = watched("dying-relu").until("dead_units", 200)
    told = run.told[-1]
    record = json.loads(json.dumps(events.to_json(told), allow_nan=False))
    back = events.from_json(record)
    assert isinstance(back, events.Diagnosed)
    assert back.commands == told.commands
    assert back.layer.startswith("hidden")
    assert back.evidence["dead"] >= back.evidence["units"] / 2
    run.remedy()
    assert "dead_units" not in run.train(run.session.step + 200).holding


def test_the_first_of_several_is_the_one_to_show() -> None:
    run = watched("exploding-gradient").train(50)
    assert run.holding[:2] == ["not_finite", "exploding_gradient"]


def test_divergence_holds_until_something_is_changed() -> None:
    run = watched("divergence").train(400)
    assert run.session.state == "diverged"
    assert run.holding[0] == "not_finite"
    run.do(Set("schedule.scale", 0.1))
    assert "not_finite" not in run.holding
    assert "learning_rate_high" not in run.train(run.session.step + 100).holding


def test_one_rule_keeps_another_from_being_told() -> None:
    run = watched("zero-init-stuck").train(400)
    assert run.holding == ["clones"]  # and not that the loss does not move, nor that the gradient vanished


def test_a_changed_learning_rate_clears_the_window_but_not_what_was_best() -> None:
    run = watched("learning-rate", optimizer__learning_rate=12.0).until("learning_rate_high", 400)
    assert "learning_rate_high" in run.holding
    best = run.doctor._course.best
    run.do(Set("schedule.scale", 0.01))
    assert run.doctor._course.best == best
    assert run.doctor._course.jumps[0] <= 1
    assert "learning_rate_high" not in run.train(run.session.step + 600).holding


def test_loss_that_comes_down_after_a_lower_rate_does_not_jump() -> None:
    course = Course(0, 1.0)
    for step in range(0, 1000, 10):
        course.add(at(step, 0.9), 1.0)
    course.forget()
    for step in range(1000, 1200, 10):
        course.add(at(step, 40.0 - step / 40), 1.0)
    assert course.jumps == (0, 0.0)
    for step in range(1200, 1400, 10):
        course.add(at(step, 10.0 + step % 20), 1.0)
    assert course.jumps[0] == 10


def at(step: int, loss: float) -> Statistics:
    return Statistics(step, 0, loss, True, (), math.nan, math.nan, math.nan, math.nan, math.nan)


def test_a_remedy_goes_by_the_settings_of_now() -> None:
    run = watched("dying-relu").until("dead_units", 100)
    assert run.told[-1].commands[0]["value"] == pytest.approx(0.1)
    run.do(Set("schedule.scale", 0.5))
    assert run.doctor.holding[0].commands[0]["value"] == pytest.approx(0.05)
    assert run.told[-1].on


def test_what_still_holds_is_told_again_with_its_new_numbers_but_seldom() -> None:
    run = watched("dying-relu-one-layer", optimizer__learning_rate=3.0, seed=1).train(1000)
    told = [each for each in run.told if each.rule == "vanishing_gradient" or each.on]
    assert len(told) < 12
    run = watched("overfitting").train(1500)
    steps = [each.step for each in run.told if each.rule == "overfitting"]
    assert len(steps) >= 2
    assert steps[1] - steps[0] >= 190
    assert len({each.message for each in run.told}) == len(run.told)


def test_another_loss_or_activation_makes_a_new_beginning() -> None:
    run = watched("squared-or-cross-entropy").train(30)
    assert run.holding == ["squared_error_on_sigmoid"]
    run.do(Set("loss.name", "binary_cross_entropy"))
    assert run.doctor._guessing == pytest.approx(0.693, abs=0.01)
    assert run.doctor._course.since == 30
    assert run.train(90).holding == []


def test_a_run_taken_up_in_its_middle_is_not_judged_by_the_rules_of_the_start() -> None:
    run = watched("saturated-tanh").train(40)
    session = Session(run.session.origin)
    session.load_state_dict(run.session.state_dict())
    assert not any(each.rule == "initial_loss" for each in Doctor(session).look())


def test_maximising_is_noticed_at_once_and_set_right_by_the_remedy() -> None:
    run = watched("xor", loss__maximise=True)
    assert run.holding == ["gradient_ascent"]
    run.train(100)
    run.remedy()
    assert "gradient_ascent" not in run.train(200).holding


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize(("data", "loss"), [("spirals", "hinge"), ("moons", "mean_squared_error"), ("waves", "huber")])
def test_any_network_can_be_looked_at_even_while_it_flies_apart(activation: str, data: str, loss: str) -> None:
    values = {"network.activation": activation, "network.hidden": (5, 4, 3), "data.name": data, "loss.name": loss}
    for rate, optimizer in ((30.0, "sgd"), (0.01, "rprop")):
        chosen = {**values, "optimizer.name": optimizer, "optimizer.learning_rate": rate}
        for each in watched(Experiment().with_values(chosen)).train(60).told:
            assert each.message
            assert "nan" not in each.message


@pytest.mark.parametrize("hidden", [(), (1,), (1, 1, 1)])
def test_networks_of_hardly_anything_can_be_looked_at(hidden: tuple[int, ...]) -> None:
    small = Experiment().with_values({"network.hidden": hidden, "training.batch_size": 1_000_000})
    assert "clones" not in watched(small).train(30).holding


@pytest.mark.parametrize(("share", "name"), [(0.0, "test"), (0.25, "validation")])
def test_overfitting_is_judged_on_the_set_that_decides(share: float, name: str) -> None:
    run = watched("overfitting", data__test_share=0.5 - share, data__validation_share=share).until("overfitting", 2000)
    (found,) = [each for each in run.doctor.holding if each.rule == "overfitting"]
    assert found.message.startswith(f"The {name} loss is ")
    assert {key for key in found.evidence if key.endswith(("test_loss", "validation_loss"))} == {
        f"{name}_loss", f"best_{name}_loss"
    }  # fmt: skip
