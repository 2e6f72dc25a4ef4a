"""Everything that can be chosen, switched to from everything else while a run goes on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
import pytest

from nntui.nn.registry import ACTIVATIONS, LOSSES, OPTIMIZERS, SCHEDULES
from nntui.training.commands import Set
from nntui.training.events import Changed
from nntui.training.session import Session
from tests.training.runs import assert_same, session, train_to

BETWEEN = 4  # steps from one switch to the next; an epoch has 7


def every_pair(names: Sequence[str]) -> Iterator[str]:
    """A walk that goes from every name to every other."""
    for at, name in enumerate(names):
        for other in names[at + 1 :]:
            yield from (name, other)
        yield name


def walked(setting: str, names: Sequence[str], chunk: int, **values: object) -> Session:
    """A run after the walk, trained ``chunk`` steps at a time."""
    run = session(optimizer__learning_rate=0.003, training__epochs=1000, **values)
    for name in every_pair(names):
        events = run.apply(Set(setting, name))
        assert all(isinstance(event, Changed) for event in events), events
        target = run.step + BETWEEN
        while run.step < target:
            train_to(run, min(run.step + chunk, target))
        assert run.state == "running"
        assert np.isfinite(run.network.parameters).all()
    return run


def check(setting: str, names: Sequence[str], **values: object) -> None:
    whole, bit_by_bit = (walked(setting, names, chunk, **values) for chunk in (BETWEEN, 1))
    assert whole.step > len(names) * (len(names) - 1) * BETWEEN
    assert_same(whole.state_dict(), bit_by_bit.state_dict())


def test_the_walk_has_every_pair() -> None:
    walk = list(every_pair("abcd"))
    pairs = set(pairwise(walk))
    assert {(one, other) for one in "abcd" for other in "abcd" if one != other} <= pairs


def test_every_optimizer_to_every_other() -> None:
    check("optimizer.name", tuple(OPTIMIZERS), regularization__clip_norm=1.0)


def test_every_schedule_to_every_other() -> None:
    check("schedule.name", tuple(SCHEDULES), optimizer__name="momentum", schedule__warmup_steps=5)


@pytest.mark.parametrize("setting", ["network.activation", "network.layers.2.activation"])
def test_every_activation_to_every_other(setting: str) -> None:
    check(setting, tuple(ACTIVATIONS), network__dropout=0.2)


@pytest.mark.parametrize("output", ["identity", "sigmoid", "softmax"])
def test_every_loss_to_every_other_that_the_output_takes(output: str) -> None:
    names = tuple(name for name, entry in LOSSES.items() if output in entry.traits["outputs"])
    check("loss.name", names, network__output=output, loss__name=names[0], optimizer__name="adam")
