"""What it costs to look inside a network while it trains."""

from __future__ import annotations

from statistics import median
from time import process_time
from types import SimpleNamespace
from typing import Any

from nntui.training.budget import Budget
from nntui.training.commands import Watch
from nntui.training.measures import Probe
from nntui.training.snapshot import QUANTITIES
from nntui.worker.reporting import SELDOM, SHARE
from tests.benchmarks.rivals_numpy import make_trainer
from tests.benchmarks.workload import Problem

A_SECOND = 10
_RUNS = 10


def cost_of_measuring(problem: Problem, rounds: int) -> list[str]:
    """Microseconds of everything measured once, its share of the time at 10 a second, and as the child process does it.

    The child waits longer where measuring would take more than its share. Epochs are trained between two rounds, so
    that nothing is in the cache that would not be.
    """
    trainer, network, epoch = make_trainer(problem)
    before = network.parameters.copy()
    session: Any = SimpleNamespace(
        state="running",
        has_gradient=True,
        network=network,
        prepared=SimpleNamespace(train_x=problem.inputs),
        start_parameters=before,
        last_update=lambda: (before, network.parameters),
        epoch=1,
        step=trainer.steps_per_epoch,
    )
    probe = Probe(session)
    times = []
    for _ in range(rounds):
        spent = 0.0
        for _ in range(_RUNS):
            epoch()
            start = process_time()
            probe.measure(Watch(QUANTITIES))
            spent += process_time() - start
        times.append(spent / _RUNS)
    cost = median(times)
    budget = Budget(SHARE, 1 / A_SECOND, SELDOM)
    budget.spent(cost)
    return [f"{cost * 1e6:.0f}", f"{cost * A_SECOND * 100:.2f}", f"{cost / budget.period * 100:.2f}"]
