"""Every schedule that PyTorch has: the same rate at each of 200 steps, alone and after a warm-up."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nntui.nn.registry import SCHEDULES
from nntui.nn.schedules import make_schedule
from tests.reference import pytorch

pytestmark = pytest.mark.reference
RATE, STEPS = 0.01, 200


def sgd(torch: Any) -> Any:
    """An optimizer to hang schedulers on."""
    return torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=RATE)


def rates(optimizer: Any, scheduler: Any, steps: int) -> list[float]:
    """The rate before each step."""
    found = []
    for step in range(steps):
        found.append(float(optimizer.param_groups[0]["lr"]))
        optimizer.step()
        if step < steps - 1:
            scheduler.step()
    return found


@pytest.mark.parametrize(("name", "options"), pytorch.SCHEDULES_SHARED)
def test_same_rates(torch: Any, name: str, options: dict[str, Any]) -> None:
    optimizer = sgd(torch)
    scheduler = pytorch.schedule(torch, name, optimizer, STEPS, {**SCHEDULES[name].defaults(), **options})
    ours = make_schedule(name, RATE, STEPS, options).values(np.arange(STEPS))
    np.testing.assert_allclose(ours, rates(optimizer, scheduler, STEPS), rtol=0.0, atol=1e-9)


@pytest.mark.filterwarnings("ignore:.*epoch parameter.*:UserWarning")
@pytest.mark.parametrize("warmup", [1, 25])
@pytest.mark.parametrize(
    ("name", "options"),
    [case for case in pytorch.SCHEDULES_SHARED if case[0] in ("cosine_decay", "step_decay", "exponential_decay")],
)
def test_same_rates_after_a_warmup(torch: Any, name: str, options: dict[str, Any], warmup: int) -> None:
    optimizer = sgd(torch)
    schedulers = torch.optim.lr_scheduler
    after = pytorch.schedule(torch, name, optimizer, STEPS, {**SCHEDULES[name].defaults(), **options})
    rise = schedulers.LinearLR(optimizer, 1.0 / (warmup + 1), 1.0, warmup)
    both = schedulers.SequentialLR(optimizer, [rise, after], [warmup])
    ours = make_schedule(name, RATE, STEPS + warmup, options, warmup).values(np.arange(STEPS))
    np.testing.assert_allclose(ours, rates(optimizer, both, STEPS), rtol=0.0, atol=1e-9)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"patience": 2, "factor": 0.5},
        {"patience": 0, "factor": 0.3, "cooldown": 3, "end_factor": 0.01},
        {"patience": 4, "factor": 0.7, "threshold": 0.05},
    ],
)
@pytest.mark.parametrize("seed", range(5))
def test_same_drops_on_a_plateau(torch: Any, options: dict[str, Any], seed: int) -> None:
    optimizer = sgd(torch)
    full = {**SCHEDULES["reduce_on_plateau"].defaults(), **options}
    theirs = pytorch.schedule(torch, "reduce_on_plateau", optimizer, STEPS, full)
    ours = make_schedule("reduce_on_plateau", RATE, 10 * STEPS, options)
    noise = np.random.default_rng(seed).normal(0.0, 0.1, STEPS)
    for epoch, loss in enumerate(1.0 / (1.0 + 0.1 * np.arange(STEPS)) + noise, start=1):
        theirs.step(float(loss))
        ours.observe(float(loss), 10 * epoch)
        assert ours(10 * epoch) == pytest.approx(float(optimizer.param_groups[0]["lr"]), abs=1e-9)


def test_every_schedule_is_compared_but_inverse_sqrt() -> None:
    compared = {name for name, _ in pytorch.SCHEDULES_SHARED} | {"reduce_on_plateau"}
    assert compared == set(SCHEDULES) - {"inverse_sqrt"}
