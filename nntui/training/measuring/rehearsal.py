"""The next optimizer step, taken on a copy of everything it depends on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from nntui.experiment import Experiment
from nntui.experiment.build import (
    Streams,
    build_network,
    build_optimizer,
    build_regularization,
    streams,
)
from nntui.nn.arrays import Array, IntArray
from nntui.nn.network import Network
from nntui.nn.program import Program
from nntui.nn.regularization import Regularization, on_weights, shorten
from nntui.nn.step import StepRecorder
from nntui.nn.trainer import Trainer
from nntui.training.session import Session


@dataclass(frozen=True, eq=False)
class Rehearsed:
    """What the step would do.

    Attributes:
        batch: samples in it.
        gradient: (P,) of the batch's mean loss.
        l1, l2: (P,) what the penalties add.
        clipped: (P,) what the optimizer gets.
        before, after: (P,) the parameters.
    """

    batch: int
    gradient: Array
    l1: Array
    l2: Array
    clipped: Array
    before: Array
    after: Array


def rehearse(session: Session) -> Rehearsed:
    """Of the session as it is, which stays as it is."""
    experiment, prepared = session.experiment, session.prepared
    state = session.state_dict()["loop"]
    random = _generators(experiment, state)
    order = state["lap"]["order"]
    rows: IntArray
    if order is None:
        rows = np.asarray(prepared.epoch_order(experiment, random.shuffle))
    else:
        rows = np.asarray(order)[_done(state["lap"], experiment, len(order)) :]
    rows = rows[: experiment.training.batch_size]
    x, y = prepared.train_x[rows], prepared.train_y[rows]
    network = build_network(experiment, prepared)
    network.parameters[:] = state["parameters"]
    parts = _gradients(session, network, x, y, _generators(experiment, state))
    optimizer = build_optimizer(experiment)
    optimizer.bind(network.parameters, network.gradient)
    optimizer.restore(state["optimizer"])
    trainer = Trainer(
        network, session.loss, optimizer, build_regularization(experiment), x, y, len(rows), random.dropout,
        random.noise,
    )  # fmt: skip
    trainer.begin_epoch(np.arange(len(rows)))
    trainer.run(0, 1, [session.learning_rate])
    return Rehearsed(len(rows), *parts, state["parameters"], network.parameters)


def _done(lap: dict[str, Any], experiment: Experiment, samples: int) -> int:
    """Rows of the epoch under way that have been trained on."""
    return min(int(lap["start"]) + int(lap["index"]) * experiment.training.batch_size, samples)


def _generators(experiment: Experiment, state: dict[str, Any]) -> Streams:
    """Copies of the session's."""
    copies = streams(experiment.training.seed)
    for name, generator in state["generators"].items():
        getattr(copies, name).bit_generator.state = generator
    return copies


def _gradients(
    session: Session, network: Network, x: Array, y: Array, random: Streams
) -> tuple[Array, Array, Array, Array]:
    """Gradient, penalties and what clipping leaves; leaves the network's gradient written over."""
    asked = build_regularization(session.experiment)
    column = np.ones((len(x), x.shape[1] + 1), network.dtype)
    column[:, :-1] = x
    targets = np.ascontiguousarray(session.loss.encode(y).T)
    do = Program()
    plain = replace(Regularization(), input_noise=asked.input_noise)
    StepRecorder(network, session.loss, plain, random.dropout, random.noise).record(
        do, column.T, targets, np.empty_like(targets)
    )
    with np.errstate(all="ignore"):
        do.run()
        gradient = network.gradient.copy()
        l1 = np.sign(network.parameters) * on_weights(network, asked.l1)
        l2 = network.parameters * on_weights(network, asked.l2)
        clipped: Array = gradient + l1 + l2
        if asked.clip_value:
            np.clip(clipped, -asked.clip_value, asked.clip_value, out=clipped)
        if asked.clip_norm:
            shorten(clipped, asked.clip_norm)
    return gradient, l1, l2, clipped
