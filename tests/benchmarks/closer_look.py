"""What it costs to look closely: to measure and to draw the panels of predictions and gradients.

    python -m tests.benchmarks.closer_look [--rounds 20]

Measuring: CPU milliseconds of one measurement of a whole view in training, and the share of the time that the child
process gives it, which waits longer where it costs more. Drawing: CPU milliseconds of one panel at 80×20, in colors,
each time from new measurements. Live panels are meant to stay below 2 ms, measuring below 2 % of the time.
"""

from __future__ import annotations

import argparse
from statistics import median
from time import process_time

from nntui.charts import Look
from nntui.experiment import Experiment
from nntui.training.budget import Budget
from nntui.training.commands import Watch
from nntui.training.measures import Probe
from nntui.training.session import Session
from nntui.training.snapshot import Snapshot
from nntui.tui.model import Model
from nntui.tui.panels import BY_ID
from nntui.tui.views import GRADIENTS, PREDICTIONS, Tab
from nntui.tui.widgets.panel import Request, View
from nntui.worker.messages import Batch, Status
from nntui.worker.reporting import MEASURE_PERIOD, SELDOM, SHARE
from tests.tui.fakes import no_rows

SIZE = (80, 20)
WARM = 5  # measurements that are not counted: modules are imported in them, slices of the loss begun
RUNS = (
    ("spirals", (16, 16)), ("moons", (8,)), ("waves", (32, 32)), ("digits", (64, 32)), ("digits", (256, 128)),
    ("digits", (1024, 512)),
)  # fmt: skip


def begin(data: str, hidden: tuple[int, ...]) -> tuple[Session, Probe]:
    """A run on this data set, some steps done."""
    run = Session(Experiment().with_values({"data.name": data, "network.hidden": hidden}))
    run.advance(200 if len(run.network.parameters) < 100_000 else 10)
    return run, Probe(run)


def needs(tab: Tab) -> tuple[str, ...]:
    """The measurements of a view."""
    return tuple(sorted({name for panel in tab.panels for name in BY_ID[panel].needs}))


def measured(tab: Tab, run: Session, probe: Probe, rounds: int) -> tuple[float, float, list[Snapshot]]:
    """Milliseconds of a measurement, its share of the time in percent, and what it found."""
    found, costs = [], []
    for _ in range(rounds + WARM):
        run.advance(20 if len(run.network.parameters) < 100_000 else 1)
        start = process_time()
        found.append(probe.measure(Watch(needs(tab))))
        costs.append(process_time() - start)
    del costs[:WARM]
    budget = Budget(SHARE, MEASURE_PERIOD, SELDOM)
    for cost in costs:
        budget.spent(cost)
    mean = sum(costs) / len(costs)
    return mean * 1e3, mean / budget.period * 100, found


def drawn(panel: str, run: Session, found: list[Snapshot]) -> float:
    """Milliseconds of one drawing."""
    look, costs = Look(), []
    draw = BY_ID[panel].module.draw
    for snapshot in found:
        model = Model(run.experiment)
        model.take(Batch((run.started(),), no_rows(), snapshot, Status(state="running"), None))
        for _ in range(2):  # the second time with the strips of before, as on a screen; both are counted
            start = process_time()
            draw(Request(model, SIZE, look, View()))
            costs.append(process_time() - start)
    return median(costs) * 1e3


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=20)
    rounds = parser.parse_args().rounds
    print(f"{'data':10}{'network':>14}{'view':>13}{'ms':>8}{'% of time':>11}   slowest panel at 80x20, ms")
    for data, hidden in RUNS:
        for tab in (PREDICTIONS, GRADIENTS):
            run, probe = begin(data, hidden)
            cost, share, found = measured(tab, run, probe, rounds)
            slowest, name = max((drawn(panel, run, found), panel) for panel in tab.panels)
            size = "-".join(map(str, hidden))
            print(f"{data:10}{size:>14}{tab.title:>13}{cost:8.2f}{share:11.2f}   {slowest:.2f} {name}", flush=True)


if __name__ == "__main__":
    main()
