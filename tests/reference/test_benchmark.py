"""The rivals of the benchmark do the work they are timed for: they learn what we learn, and their figures say so."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec

import pytest

from tests.benchmarks import engine
from tests.benchmarks.rivals_numpy import nntui
from tests.benchmarks.workload import WORKLOADS, Workload, make_problem

pytestmark = [pytest.mark.reference, pytest.mark.filterwarnings("ignore")]
EPOCHS = 10


@pytest.fixture(autouse=True)
def _single_precision() -> Iterator[None]:
    """As the benchmark runs, whatever the other comparisons have set."""
    if find_spec("torch") is None:
        yield
        return
    import torch

    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float32)
    yield
    torch.set_default_dtype(before)


@pytest.mark.parametrize("workload", WORKLOADS[:2], ids=lambda workload: workload.name)
@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
@pytest.mark.parametrize("rival", [name for name in engine.RIVALS if name != "products"])
def test_a_rival_learns_as_we_do(rival: str, workload: Workload, optimizer: str) -> None:
    pytest.importorskip(engine.RIVALS[rival][3])
    problem = make_problem(workload, optimizer)
    ours, theirs = nntui(problem), engine.load(rival)(problem)
    for _ in range(EPOCHS):
        expected = ours()
    if rival == "sklearn":  # trains from weights of its own, all epochs in a call
        assert engine.load(rival)(problem, EPOCHS)()[0] == pytest.approx(expected[0], rel=0.5)
        return
    if rival == "eager":  # has been trained a little to find its fastest optimizer
        loss, accuracy = theirs()
        assert loss < 1.2
        assert accuracy > 0.5
        return
    for _ in range(EPOCHS):
        found = theirs()
    assert found == pytest.approx(expected, rel=0.25, abs=0.05)


def test_the_command_prints_its_tables() -> None:
    command = [sys.executable, "-m", "tests.benchmarks.engine", "--quick", "--rows", "2-8-8-1", "--rivals", "products"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=True, env=dict(os.environ))
    rows = [line for line in done.stdout.splitlines() if line.startswith("| 2-8-8-1")]
    assert len(rows) == 3  # both optimizers, and what measuring costs
    assert all(len(row.split("|")) == 6 for row in rows)
