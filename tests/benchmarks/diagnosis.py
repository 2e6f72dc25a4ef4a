"""How good the diagnosis is, over seeds that no threshold was tuned on: ``python -m tests.benchmarks.diagnosis``.

Looks come at exactly every ten steps, so the figures are the same on every machine of one kind. Prints two tables in
Markdown: the broken presets (caught or not, when, and whether the advice helps), and the healthy ones (false alarms).
"""

from __future__ import annotations

import argparse
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from statistics import median
from typing import Any

for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

from nntui.experiment import find_preset, list_presets, read_preset  # noqa: E402
from nntui.nn.evaluate import evaluate  # noqa: E402
from nntui.training.commands import from_json  # noqa: E402
from tests.training.diagnosis.watched import Watched, watched  # noqa: E402

FIRST_SEED = 100  # those below were used for tuning
LONGEST = 2500  # steps of a healthy run
AFTER = 600  # steps that a remedy is given


@dataclass(frozen=True)
class Broken:
    """A preset that a rule must catch.

    Attributes:
        within: steps in which it must.
        changes: to the preset, ``a__b`` for ``a.b``.
        judged_by: what must be less than half of what it is without the remedy: loss of the training part, of the test
            part, or empty where there is nothing to gain.
    """

    preset: str
    rule: str
    within: int
    changes: dict[str, Any] = field(default_factory=dict)
    judged_by: str = "train"

    @property
    def title(self) -> str:
        values = ", ".join(f"{name.rpartition('__')[2]} {value}" for name, value in self.changes.items())
        return f"`{self.preset}` ({values})" if values else f"`{self.preset}`"


BROKEN = (
    Broken("zero-init", "clones", 20),
    Broken("zero-init-stuck", "clones", 20),
    Broken("constant-init", "clones", 20),
    Broken("linear-collapse", "linear_collapse", 0),
    Broken("linear-collapse-spirals", "linear_collapse", 0),
    Broken("adaptive-rates", "input_scale", 0),
    Broken("saturated-tanh", "saturated", 0),
    Broken("exploding-gradient", "exploding_gradient", 0),
    Broken("vanishing-gradient", "vanishing_gradient", 20),
    Broken("vanishing-despite-xavier", "vanishing_gradient", 20),
    Broken("he-or-xavier", "vanishing_gradient", 20),
    Broken("dying-relu", "dead_units", 50),
    Broken("dying-relu-one-layer", "dead_units", 50),
    Broken("squared-or-cross-entropy", "squared_error_on_sigmoid", 20),
    Broken("one-neuron", "squared_error_on_sigmoid", 20),
    Broken("loss-at-start", "initial_loss", 0, judged_by=""),
    Broken("learning-rate", "learning_rate_high", 100, {"optimizer__learning_rate": 12.0}),
    Broken("schedules", "learning_rate_high", 800),
    Broken("learning-rate", "learning_rate_low", 250),
    Broken("range-test", "learning_rate_low", 250),
    Broken("divergence", "not_finite", 400),
    Broken("exploding-gradient", "not_finite", 20),
    Broken("maximise", "gradient_ascent", 0),
    Broken("overfitting", "overfitting", 600, judged_by="test"),
)
STILL_BROKEN = ("squared-or-cross-entropy",)  # mended in its loss alone: it still starts sure of what is wrong
HEALTHY = ("spirals", "xor", "waves", "digits", "cyclical", "step-decay", "chain-rule", "what-a-neuron-learns")


@dataclass(frozen=True)
class Caught:
    """One seed of a broken preset. ``at`` is None where it was missed."""

    at: int | None
    cleared: bool = False
    helped: bool = False


def broken(case: Broken, seed: int) -> Caught:
    """Wait for the rule; then, in one run, do as it says, and in another nothing."""
    run, alone = (watched(case.preset, seed, **case.changes) for _ in range(2))
    run.until(case.rule, case.within)
    told = next((each for each in run.doctor.holding if each.rule == case.rule), None)
    if told is None:
        return Caught(None)
    loss = run.session.loss
    run.do(*map(from_json, told.commands))
    end, seen = run.session.step + AFTER, len(run.told)
    while run.session.step < end and run.session.state == "running":
        run.train(min(end, run.session.step + 10))
        again = next((each for each in run.told[seen:] if each.rule == case.rule and each.on), None)
        if again and case.rule == "learning_rate_low":  # "and again while this message stays"
            run.do(*map(from_json, again.commands))
        seen = len(run.told)
    cleared = not any(each.rule == case.rule for each in run.doctor.holding)
    alone.train(told.step + AFTER)
    return Caught(told.step, cleared, _value(run, case, loss) < 0.5 * _value(alone, case, loss))


def _value(run: Watched, case: Broken, loss: Any) -> float:
    if not case.judged_by:
        return 0.0
    data = run.session.prepared
    part = (data.train_x, data.train_y) if case.judged_by == "train" else (data.test_x, data.test_y)
    value = evaluate(run.session.network, loss, *part)[0]
    diverged = run.session.state == "diverged"
    return float("inf") if diverged or value != value else value


def healthy(preset: str, mended: bool, seed: int) -> tuple[str, ...]:
    """The rules that hold at any time in a run where nothing is wrong."""
    experiment = read_preset(find_preset(preset))
    run = watched(experiment.mend() if mended else experiment, seed).train(LONGEST)
    return tuple(sorted({each.rule for each in run.told if each.on}))


def main(arguments: Sequence[str] | None = None) -> None:
    """Run it all and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=20, help="seeds of each preset (default 20)")
    parser.add_argument("--first", type=int, default=FIRST_SEED, help=f"the first of them (default {FIRST_SEED})")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, help="at once (default: all cores)")
    parser.add_argument("--only", default="", help="presets whose name contains this")
    values = parser.parse_args(arguments)
    seeds = range(values.first, values.first + values.seeds)
    with ProcessPoolExecutor(values.processes) as pool:
        print("\n".join(_broken_table(pool, seeds, values.only)), flush=True)
        print("\n".join(_healthy_table(pool, seeds, values.only)), flush=True)


def _broken_table(pool: ProcessPoolExecutor, seeds: range, only: str) -> Iterator[str]:
    yield f"| broken preset | rule | caught within | seeds {seeds[0]}–{seeds[-1]} | median step | cleared | helped |"
    yield "|---|---|---|---|---|---|---|"
    known = {name for name, _ in list_presets()}
    cases = [case for case in BROKEN if only in case.preset and case.preset in known]
    waiting = [[pool.submit(broken, case, seed) for seed in seeds] for case in cases]
    for case, futures in zip(cases, waiting, strict=True):
        found = [future.result() for future in futures]
        caught = [each for each in found if each.at is not None]
        count = len(caught)
        steps = f"{median(each.at for each in caught if each.at is not None):g}" if caught else "–"
        cleared = f"{sum(each.cleared for each in caught)} of {count}"
        helped = f"{sum(each.helped for each in caught)} of {count}" if case.judged_by else "–"
        within = f"{case.within} steps" if case.within else "the first step"
        yield f"| {case.title} | {case.rule} | {within} | {count} of {len(found)} | {steps} | {cleared} | {helped} |"


def _healthy_table(pool: ProcessPoolExecutor, seeds: range, only: str) -> Iterator[str]:
    yield ""
    yield "| healthy preset | runs | runs with a false alarm | which |"
    yield "|---|---|---|---|"
    known = dict(list_presets())
    chosen = [(name, False) for name in HEALTHY if name in known]
    chosen += [(name, True) for name, path in known.items() if read_preset(path).mended and name not in STILL_BROKEN]
    chosen = [each for each in chosen if only in each[0]]
    waiting = [[pool.submit(healthy, name, mended, seed) for seed in seeds] for name, mended in chosen]
    alarms = runs = 0
    for (name, mended), futures in zip(chosen, waiting, strict=True):
        found = [future.result() for future in futures]
        wrong = sum(map(bool, found))
        which = ", ".join(f"{rule} {count}" for rule, count in Counter(rule for each in found for rule in each).items())
        alarms, runs = alarms + wrong, runs + len(found)
        yield f"| `{name}`{', mended' if mended else ''} | {len(found)} | {wrong} | {which or '–'} |"
    yield f"| **all** | {runs} | {alarms} | at most 1 in 50: {runs // 50} |"


if __name__ == "__main__":
    main()
