"""Learning-rate schedules: pure functions of the step that train and are drawn, past and future. See ``base``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nntui.nn.registry import SCHEDULES
from nntui.nn.schedules.base import Constant, Schedule, Warmup
from nntui.nn.schedules.cycles import CosineRestarts, Cyclic, OneCycle
from nntui.nn.schedules.decays import (
    CosineDecay,
    ExponentialDecay,
    InverseSqrt,
    Linear,
    MultiStep,
    PolynomialDecay,
    StepDecay,
    TimeDecay,
)
from nntui.nn.schedules.plateau import ReduceOnPlateau

__all__ = [
    "Constant",
    "CosineDecay",
    "CosineRestarts",
    "Cyclic",
    "ExponentialDecay",
    "InverseSqrt",
    "Linear",
    "MultiStep",
    "OneCycle",
    "PolynomialDecay",
    "ReduceOnPlateau",
    "Schedule",
    "StepDecay",
    "TimeDecay",
    "Warmup",
    "make_schedule",
]


def make_schedule(
    name: str,
    learning_rate: float,
    total_steps: int,
    options: Mapping[str, Any] | None = None,
    warmup_steps: int = 0,
) -> Schedule:
    """The schedule of a name in the registry, after a linear warm-up where ``warmup_steps`` is not 0.

    Args:
        name: as in the registry.
        learning_rate: what the schedule starts from, or the number it is measured by (its formula says which).
        total_steps: optimizer steps of the whole run, warm-up included.
        options: the schedule's own numbers; those left out have the registry's defaults.
        warmup_steps: optimizer steps. The schedule's own time starts after them.
    """
    after = max(1, total_steps - warmup_steps)
    schedule: Schedule = SCHEDULES[name].load()(learning_rate, after, **dict(options or {}))
    return Warmup(schedule, warmup_steps) if warmup_steps else schedule
