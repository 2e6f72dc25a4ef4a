"""Small runs to test with, and the comparison of whole states bit for bit."""

from __future__ import annotations

from typing import Any

import numpy as np

from nntui.experiment import Experiment
from nntui.training.scalars import INDEX, Rows
from nntui.training.session import Session

SMALL = {
    "data.name": "moons",
    "data.samples": 90,
    "data.test_share": 0.25,
    "network.hidden": (6, 5),
    "optimizer.name": "sgd",
    "optimizer.learning_rate": 0.1,
    "training.batch_size": 10,
    "training.epochs": 50,
}


def experiment(**values: Any) -> Experiment:
    """A small one; sections and names joined by two underscores: ``training__epochs=3``."""
    changes = {name.replace("__", "."): value for name, value in values.items()}
    return Experiment().with_values({**SMALL, **changes})


def session(**values: Any) -> Session:
    return Session(experiment(**values))


def train_to(run: Session, step: int) -> None:
    """Advance to exactly this step."""
    run.advance(step - run.step)
    assert run.step == step


def without_seconds(rows: Rows) -> Rows:
    """The columns that are the same whenever the run is trained again."""
    return np.delete(rows, INDEX["seconds"], axis=1)


def assert_same(one: Any, other: Any, path: str = "state") -> None:
    """Equal bit for bit: words, numbers, arrays, and what they are put together to."""
    if isinstance(one, dict):
        assert one.keys() == other.keys(), path
        for name, value in one.items():
            assert_same(value, other[name], f"{path}.{name}")
    elif isinstance(one, list | tuple):
        assert len(one) == len(other), path
        for index, value in enumerate(one):
            assert_same(value, other[index], f"{path}[{index}]")
    elif isinstance(one, np.ndarray):
        assert (one.shape, one.dtype) == (other.shape, other.dtype), path
        assert one.tobytes() == np.ascontiguousarray(other).tobytes(), path
    else:
        assert one == other, path
