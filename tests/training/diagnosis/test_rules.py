"""Each rule's condition on either side of its threshold, from statistics made by hand."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest

from nntui.experiment import Experiment
from nntui.training.diagnosis.advice import ADVICE
from nntui.training.diagnosis.course import Course
from nntui.training.diagnosis.engine import CONDITIONS
from nntui.training.diagnosis.moment import Finding, Moment
from nntui.training.diagnosis.statistics import LayerStatistics, Statistics

NAN = math.nan
GUESSING = 0.7
LAYER = LayerStatistics("hidden 1", 10, "tanh", 1.0, 0.5, 0.6, 1e-3, 0.0, 0.0, NAN)
RELU = replace(LAYER, activation="relu", flat=NAN, stuck=NAN, dead=0.0)


def statistics(*layers: LayerStatistics, step: int = 500, **given: Any) -> Statistics:
    named = tuple(replace(layer, name=f"hidden {number}") for number, layer in enumerate(layers, 1))
    plain = Statistics(step, step // 18, 0.3, True, named, NAN, NAN, -0.5, 0.0, 1e-2)
    return replace(plain, **given)


def moment(
    now: Statistics, *before: Statistics, fresh: bool = False, start: Statistics | None = None, **given: Any
) -> Moment:
    """``before``: ticks of the course, ``now`` being the last of it."""
    course = Course(0, 0.7)
    for each in (*before, now):
        course.add(each, GUESSING)
    plain = Moment(Experiment(), now, start or now, course, GUESSING, 1.0, True, fresh)
    return replace(plain, **given)


def found(rule: str, of: Moment) -> bool:
    """Whether the condition is met; where it is, there is something to say."""
    finding = CONDITIONS[rule](of)
    if finding is not None:
        advice = ADVICE[rule](of, finding)
        assert advice.message.endswith(".")
        assert advice.why.endswith(".")
        assert advice.remedy.endswith(".")
        assert "nan" not in f"{advice.message}{advice.why}{advice.remedy}"
    return finding is not None


def experiment(**values: Any) -> Experiment:
    return Experiment().with_values({name.replace("__", "."): value for name, value in values.items()})


def ticks(count: int, **given: Any) -> list[Statistics]:
    """Up to, and without, step 500."""
    return [statistics(LAYER, step=500 - 10 * back, **given) for back in range(count, 0, -1)]


def test_not_finite() -> None:
    assert not found("not_finite", moment(statistics(LAYER)))
    assert found("not_finite", moment(statistics(LAYER, finite=False)))
    assert found("not_finite", moment(statistics(LAYER), diverged="loss"))


def test_gradient_ascent() -> None:
    assert found("gradient_ascent", moment(statistics(LAYER), experiment=experiment(loss__maximise=True)))
    rising = [statistics(LAYER, step=500 - 10 * back, loss=1 - back / 50, uphill=1.0) for back in range(19, -1, -1)]
    assert found("gradient_ascent", moment(rising[-1], *rising[:-1]))
    assert not found("gradient_ascent", moment(rising[0], *rising[-1:0:-1]))  # the loss falls
    assert not found("gradient_ascent", moment(rising[8], *rising[:8]))  # nine steps say little
    trembling = [replace(each, loss=0.5 + each.loss / 100) for each in rising]
    assert not found("gradient_ascent", moment(trembling[-1], *trembling[:-1]))
    mixed = [replace(each, uphill=float(index % 5 > 0)) for index, each in enumerate(rising)]
    assert not found("gradient_ascent", moment(mixed[-1], *mixed[:-1]))


@pytest.mark.parametrize(
    ("spread", "units", "holds"), [(0.0, 10, True), (4e-5, 10, True), (1e-3, 10, False), (0.0, 1, False)]
)
def test_clones(spread: float, units: int, holds: bool) -> None:
    assert found("clones", moment(statistics(LAYER, replace(LAYER, spread=spread, units=units)))) is holds


def test_clones_are_told_apart_more_finely_in_double_precision() -> None:
    double = experiment(training__precision="float64")
    assert not found("clones", moment(statistics(replace(LAYER, spread=4e-5)), experiment=double))
    assert found("clones", moment(statistics(replace(LAYER, spread=4e-7)), experiment=double))


@pytest.mark.parametrize(("straight", "holds"), [(1.0, True), (1 - 1e-5, False), (NAN, False)])
def test_linear_collapse(straight: float, holds: bool) -> None:
    assert found("linear_collapse", moment(statistics(LAYER, straight=straight))) is holds


@pytest.mark.parametrize(("ratio", "optimizer", "holds"), [(100, "sgd", True), (100, "adam", False), (9, "sgd", False)])
def test_input_scale(ratio: float, optimizer: str, holds: bool) -> None:
    of = moment(statistics(LAYER), inputs_ratio=ratio, experiment=experiment(optimizer__name=optimizer))
    assert found("input_scale", of) is holds


def test_saturated() -> None:
    flat, stuck = replace(LAYER, flat=0.4), replace(LAYER, flat=0.4, stuck=0.3)
    assert found("saturated", moment(statistics(LAYER, flat), fresh=True))
    assert not found("saturated", moment(statistics(LAYER, flat)))
    assert found("saturated", moment(statistics(LAYER, stuck)))
    assert not found("saturated", moment(statistics(LAYER, stuck, loss=0.1)))  # it does no harm
    assert not found("saturated", moment(statistics(RELU)))


@pytest.mark.parametrize(("at_start", "blame"), [(0.5, "start"), (0.1, "rate")])
def test_saturation_is_blamed_on_the_start_or_on_the_rate(at_start: float, blame: str) -> None:
    of = moment(statistics(replace(LAYER, flat=0.5, stuck=0.3)), start=statistics(replace(LAYER, flat=at_start)))
    finding = CONDITIONS["saturated"](of)
    assert finding is not None
    assert finding.evidence["blame"] == blame
    assert len(ADVICE["saturated"](of, finding).commands) == (1 if blame == "start" else 2)


@pytest.mark.parametrize(("delta", "fresh", "layers", "holds"), [
    (0.2, False, 3, True), (0.05, False, 3, False), (0.05, True, 3, True), (0.2, False, 2, False),
    (0.0, False, 3, False),
])  # fmt: skip
def test_exploding_gradient(delta: float, fresh: bool, layers: int, holds: bool) -> None:
    first = replace(LAYER, delta=delta)
    assert found("exploding_gradient", moment(statistics(first, *[LAYER] * (layers - 1)), fresh=fresh)) is holds


def test_a_signal_that_grows_or_shrinks_counts_at_the_start_alone() -> None:
    grows = statistics(LAYER, LAYER, replace(LAYER, output=10.0))
    shrinks = statistics(LAYER, LAYER, replace(LAYER, output=0.01))
    assert found("exploding_gradient", moment(grows, fresh=True))
    assert not found("exploding_gradient", moment(grows))
    assert found("vanishing_gradient", moment(shrinks, fresh=True))
    assert not found("vanishing_gradient", moment(shrinks))


@pytest.mark.parametrize(("delta", "activation"), [(5e-6, "sigmoid"), (5e-6, "tanh")])
def test_vanishing_gradient(delta: float, activation: str) -> None:
    first, rest = replace(LAYER, delta=delta, activation=activation), replace(LAYER, activation=activation)
    of = moment(statistics(first, rest, rest))
    assert found("vanishing_gradient", of)
    finding = CONDITIONS["vanishing_gradient"](of)
    assert finding is not None
    assert len(ADVICE["vanishing_gradient"](of, finding).commands) == (2 if activation == "sigmoid" else 1)
    assert not found("vanishing_gradient", moment(statistics(replace(LAYER, delta=1e-4), LAYER, LAYER)))


def test_dead_units_begin_at_half_and_end_below_two_fifths() -> None:
    assert found("dead_units", moment(statistics(RELU, replace(RELU, dead=0.5))))
    assert not found("dead_units", moment(statistics(RELU, replace(RELU, dead=0.45))))
    assert found("dead_units", moment(statistics(RELU, replace(RELU, dead=0.45)), holding=frozenset({"dead_units"})))
    assert not found("dead_units", moment(statistics(replace(RELU, dead=0.3)), holding=frozenset({"dead_units"})))


@pytest.mark.parametrize(("wrong", "holds"), [(0.3, True), (0.2, False), (NAN, False)])
def test_squared_error_on_sigmoid(wrong: float, holds: bool) -> None:
    assert found("squared_error_on_sigmoid", moment(statistics(LAYER, wrong=wrong))) is holds


@pytest.mark.parametrize(("loss", "fresh", "classes", "holds"), [
    (3.0, True, True, True), (2.5, True, True, False), (3.0, False, True, False), (3.0, True, False, False),
])  # fmt: skip
def test_initial_loss(loss: float, fresh: bool, classes: bool, holds: bool) -> None:
    assert found("initial_loss", moment(statistics(LAYER, loss=loss), fresh=fresh, classes=classes)) is holds


def test_learning_rate_high() -> None:
    low = ticks(14, loss=0.1)
    jumping = [*low, *(replace(each, loss=0.5) for each in ticks(6))]
    assert found("learning_rate_high", moment(statistics(LAYER, loss=0.5), *jumping[1:]))
    assert not found("learning_rate_high", moment(statistics(LAYER, loss=0.4), *low, *ticks(6, loss=0.4)))
    assert found("learning_rate_high", moment(statistics(LAYER, loss=2.2)))  # at once, so far above the start
    early = [statistics(LAYER, step=step, loss=0.1 if step == 0 else 1.0) for step in range(0, 50, 10)]
    assert not found("learning_rate_high", moment(early[-1], *early[:-1]))


@pytest.mark.parametrize(("alpha", "update", "loss", "holds"), [
    (-0.99, 1e-3, 0.6, True), (-0.5, 1e-4, 0.6, False), (-0.99, 3e-3, 0.6, False), (-0.99, 1e-4, 0.3, False),
])  # fmt: skip
def test_learning_rate_low(alpha: float, update: float, loss: float, holds: bool) -> None:
    now = statistics(LAYER, alpha=alpha, update=update, loss=loss)
    assert found("learning_rate_low", moment(now, *ticks(19, alpha=alpha, update=update, loss=loss))) is holds


def test_a_low_rate_is_said_to_be_low_until_it_clearly_is_not() -> None:
    now, *before = (replace(each, alpha=-0.7, update=1e-3, loss=0.6) for each in ticks(20))
    of = moment(now, *before)
    assert not found("learning_rate_low", of)
    assert found("learning_rate_low", replace(of, holding=frozenset({"learning_rate_low"})))


def test_overfitting() -> None:
    def evaluated(*pairs: tuple[float, float]) -> Moment:
        shown = [
            statistics(LAYER, step=50 * number, test_loss=test, loss=train)
            for number, (test, train) in enumerate(pairs)
        ]
        return moment(shown[-1], *shown[:-1])

    assert found("overfitting", evaluated((0.4, 0.3), (0.6, 0.2), (0.7, 0.1), (0.8, 0.1)))
    assert not found("overfitting", evaluated((0.4, 0.3), (0.6, 0.2), (0.8, 0.1)))  # twice, not three times
    assert not found("overfitting", evaluated((0.4, 0.3), (0.6, 0.4), (0.7, 0.4), (0.8, 0.4)))  # train loss rose, too
    assert not found("overfitting", evaluated((0.01, 0.01), (0.02, 0.0), (0.02, 0.0), (0.03, 0.0)))  # next to nothing


def test_not_learning() -> None:
    assert found("not_learning", moment(statistics(LAYER, loss=0.69), *ticks(19, loss=0.69)))
    assert not found("not_learning", moment(statistics(LAYER, loss=0.5), *ticks(19, loss=0.5)))
    assert not found("not_learning", moment(statistics(LAYER, loss=0.01), *ticks(19, loss=0.69)))  # looks were rare
    assert not found("not_learning", moment(statistics(LAYER, step=490, loss=0.69), *ticks(19, loss=0.69)))


MESSAGES: dict[str, dict[str, float | int | str]] = {
    "gradient_ascent": {"uphill_share": 0.0, "maximise": 1},
    "initial_loss": {"loss": 18.0, "guessing": 2.3, "times": 7.8},
    "learning_rate_high": {"loss": 18.0, "far_off": 1, "best": 0.1, "jump_share": 0.4, "schedule": "constant"},
    "learning_rate_low": {"loss": 0.6, "guessing": 0.69, "alpha": -0.9},
    "not_learning": {"loss": 0.7, "guessing": 0.69},
}


@pytest.mark.parametrize("rule", MESSAGES)
def test_a_message_names_the_samples_of_its_loss(rule: str) -> None:
    """The panels show the loss of other samples: of the whole epoch, or of the whole training part."""
    seen = moment(replace(statistics(LAYER, loss=18.0), samples=200))
    seen = replace(seen, experiment=seen.experiment.with_value("loss.maximise", True))
    advice = ADVICE[rule](seen, Finding(MESSAGES[rule]))
    assert "on 200 training samples" in advice.message


def test_a_message_names_the_samples_of_a_sampled_test_loss() -> None:
    evidence = {"test_loss": 0.9, "best_test_loss": 0.3, "best_at_step": 100}
    whole = moment(statistics(LAYER))
    part = moment(replace(statistics(LAYER), test_samples=2048))
    assert "The test loss is 0.9" in ADVICE["overfitting"](whole, Finding(evidence)).message
    assert "The test loss on 2,048 samples is 0.9" in ADVICE["overfitting"](part, Finding(evidence)).message
