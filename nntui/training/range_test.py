"""The learning-rate range test: train for a moment at ever higher rates, and see where the loss turns.

Smith, arXiv 1506.01186, section 3.3. The loss is that of a fixed probe set, not of the batches, whose noise hides the
turn. Measured over eight problems and ten seeds each, a third of the rate at which the loss has risen to 1.5 times its
minimum was within a factor 3 of the best constant rate in 64% of the runs, half of it in 73%; the rules that are
better known came within a factor 3 in 9 to 36%, nearly always too low. On 22 other runs (eleven problems, training
loss after 400 steps, grid from 0.001 to 10) the third came within a factor 3 of the best rate in 15. It was too low in
five of the other seven, all on classes that can be parted without an error (moons, iris, wine, breast_cancer): there a
higher rate only gets to 0 sooner. Where the loss never rises, the limit is not known and the suggestion a guess.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from nntui.experiment import Experiment, InvalidValue
from nntui.experiment.build import (
    Prepared,
    build_loss,
    build_network,
    build_optimizer,
    build_regularization,
    prepare,
    streams,
)
from nntui.nn.evaluate import Evaluator
from nntui.nn.registry import RANGE_RULES
from nntui.nn.trainer import Trainer
from nntui.training.session import Session

Floats = npt.NDArray[np.float64]

LIMIT = 1.5  # times its minimum: how far the loss may rise
_WINDOW = 5  # points of the running median
_LOST = 20.0  # times the first loss: no need to go on
_PROBE_ROWS = 256
_STREAM = 0x1506_01186  # keeps the test's random numbers apart from the run's

# Lowest and highest rate to try. The steps of the optimizers named are as long as the rate, whatever the gradient.
_RANGE = (1e-4, 30.0)
_RANGE_OF_EVEN_STEPS = (1e-5, 3.0)
_EVEN_STEPS = ("rmsprop", "adam", "adamw", "nadam", "amsgrad", "lion")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A way to read the curve.

    Attributes:
        rule: how the rate was found, in a few words.
        settings: the changes that take it over, by dotted name.
        caution: when it misleads.
    """

    rule: str
    settings: dict[str, float | str]
    caution: str

    @property
    def learning_rate(self) -> float:
        """The constant rate, or the base of the cycle."""
        return float(self.settings["optimizer.learning_rate"])


@dataclass(frozen=True, eq=False, slots=True)
class RangeTest:
    """What a range test found.

    Attributes:
        rates: (n,) rising.
        losses: (n,) of the probe set after the step at each rate; the last may be infinite or not a number.
        smooth: (n,) their running median.
        limit: the rate at which the smooth loss has risen to 1.5 times its minimum; None where it never did.
        suggestions: for ``constant`` and ``cyclic`` first, then the better-known rules, to compare.
    """

    rates: Floats
    losses: Floats
    smooth: Floats
    limit: float | None
    suggestions: tuple[Suggestion, ...]

    def to_dict(self) -> dict[str, Any]:
        """JSON-able; a loss that is not finite is None."""
        finite = [loss if np.isfinite(loss) else None for loss in self.losses.tolist()]
        return {
            "rates": self.rates.tolist(),
            "losses": finite,
            "smooth": [loss if np.isfinite(loss) else None for loss in self.smooth.tolist()],
            "limit": self.limit,
            "suggestions": [
                {"rule": found.rule, "settings": found.settings, "caution": found.caution} for found in self.suggestions
            ],
        }


def range_test(
    source: Experiment | Session,
    *,
    low: float | None = None,
    high: float | None = None,
    steps: int = 400,
    from_start: bool = False,
    progress: Callable[[float], None] | None = None,
) -> RangeTest:
    """Train a copy of the network over rates that rise evenly on a logarithmic scale from ``low`` to ``high``.

    The run itself is not touched: network, optimizer and random numbers are the test's own. The optimizer starts anew.

    Args:
        source: a session, tested from its weights of now; or an experiment, from its initial weights.
        low, high: rates; where not given, what suits the optimizer.
        steps: optimizer steps.
        from_start: of a session, test from its initial weights.
        progress: called with the share done.

    Raises:
        InvalidValue: the experiment's optimizer has no use for a rate, or the rates or steps cannot be used.
    """
    experiment = source.experiment if isinstance(source, Session) else source
    rates = _rates(experiment, low, high, steps)
    prepared = source.prepared if isinstance(source, Session) else prepare(experiment)
    random = streams(experiment.training.seed)
    network = build_network(experiment, prepared)
    network.initialize(random.init)
    if isinstance(source, Session):
        np.copyto(network.parameters, source.start_parameters if from_start else source.network.parameters)
    losses = _train(experiment, prepared, network, rates, progress)
    return read_curve(rates[: len(losses)], losses)


def _rates(experiment: Experiment, low: float | None, high: float | None, steps: int) -> Floats:
    name = experiment.optimizer.name
    if name == "rprop":
        raise InvalidValue("rprop: its steps do not depend on the learning rate, so there is nothing to test")
    usual = _RANGE_OF_EVEN_STEPS if name in _EVEN_STEPS else _RANGE
    first, last = usual[0] if low is None else low, usual[1] if high is None else high
    if not 0.0 < first < last < np.inf:
        raise InvalidValue(f"a range test needs 0 < low < high, not {first:g} and {last:g}")
    if steps < 20:
        raise InvalidValue(f"a range test needs at least 20 steps, not {steps}")
    return np.geomspace(first, last, steps)


def _train(
    experiment: Experiment, prepared: Prepared, network: Any, rates: Floats, progress: Callable[[float], None] | None
) -> Floats:
    """The loss of the probe set after each step, up to the first that is lost beyond hope."""
    seed = np.random.SeedSequence((experiment.training.seed, _STREAM))
    shuffle, dropout, noise = (np.random.default_rng(child) for child in seed.spawn(3))
    loss, optimizer = build_loss(experiment, prepared), build_optimizer(experiment)
    optimizer.bind(network.parameters, network.gradient)
    trainer = Trainer(
        network, loss, optimizer, build_regularization(experiment), prepared.train_x, prepared.train_y,
        experiment.training.batch_size, dropout, noise,
    )  # fmt: skip
    rows = np.linspace(0, len(prepared.train_x) - 1, min(_PROBE_ROWS, len(prepared.train_x))).round().astype(np.intp)
    probe = Evaluator(network, loss, prepared.train_x[rows], prepared.train_y[rows])
    lost = _LOST * max(probe.run()[0], prepared.guessing_loss)
    losses: list[float] = []
    for step, rate in enumerate(rates.tolist()):
        batch = step % trainer.steps_per_epoch
        if not batch:
            trainer.begin_epoch(prepared.epoch_order(experiment, shuffle))
        trainer.run(batch, batch + 1, (rate,))
        losses.append(probe.run()[0])
        if progress is not None:
            progress((step + 1) / len(rates))
        if not losses[-1] <= lost and len(losses) >= _WINDOW:
            break
    return np.array(losses)


def read_curve(rates: Floats, losses: Floats) -> RangeTest:
    """Where the loss turns, and the rates that this suggests. rates, losses: (n,); n ≥ 5."""
    smooth = running_median(losses)
    lowest = int(np.argmin(smooth))
    after = smooth[lowest:]
    risen = np.flatnonzero((after > LIMIT * smooth[lowest]) | np.isinf(after))
    limit = float(rates[lowest + risen[0]]) if risen.size else None
    turn = float(rates[-1]) if limit is None else limit
    never = "" if limit is not None else "the loss never rose: test up to a higher rate; "
    cycles: dict[str, float | str] = {
        "schedule.name": "cyclic",
        "optimizer.learning_rate": turn / 8,
        "schedule.peak": turn / 2,
    }
    found = (
        _suggestion("third", _constant(turn / 3), never),
        _suggestion("half_as_peak", cycles, never),
        _suggestion("steepest", _constant(float(rates[_steepest(rates, smooth, lowest)]))),
        _suggestion("tenth", _constant(float(rates[lowest]) / 10)),
        _suggestion("valley", _constant(float(rates[_valley(smooth)]))),
    )
    return RangeTest(rates, losses, smooth, limit, found)


def _suggestion(name: str, settings: dict[str, float | str], never: str = "") -> Suggestion:
    """What the rule of that name suggests; never: said first of when it misleads."""
    rule = RANGE_RULES[name]
    return Suggestion(rule.meaning, {**settings, "schedule.scale": 1.0}, never + rule.traits["misleads"][0])


def _constant(rate: float) -> dict[str, float | str]:
    return {"schedule.name": "constant", "optimizer.learning_rate": rate}


def running_median(values: Floats) -> Floats:
    """Median of five neighbours, (n,); of fewer at the ends. Values that are not finite count as infinite."""
    finite = np.where(np.isfinite(values), values, np.inf)
    half = _WINDOW // 2
    return np.array([_median(finite[max(0, at - half) : at + half + 1]) for at in range(len(values))])


def _median(values: Floats) -> float:
    """The middle one; of an even number the lower of the two, so that no infinity is averaged."""
    return float(np.sort(values)[(len(values) - 1) // 2])


def _steepest(rates: Floats, smooth: Floats, lowest: int) -> int:
    """Where d loss / d log rate is lowest before the minimum."""
    if lowest < 1:
        return 0
    return int(np.argmin(np.gradient(smooth[: lowest + 1], np.log(rates[: lowest + 1]))))


def _valley(smooth: Floats) -> int:
    """Half way along the longest falling subsequence, taken as unbroken; the rule of fastai's learner."""
    lengths = np.ones(len(smooth), np.int64)
    for at in range(1, len(smooth)):
        above = lengths[:at][smooth[:at] > smooth[at]]
        lengths[at] = above.max() + 1 if above.size else 1
    end = int(np.argmax(lengths))
    third = int(lengths[end]) / 3
    return max(0, end - int(lengths[end])) + int(third) + int(third / 2)
