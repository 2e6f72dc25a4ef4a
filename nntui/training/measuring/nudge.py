"""Measures `nntui.training.insights.nudge`."""

from __future__ import annotations

import numpy as np

from nntui.training.insights.nudge import NextUpdate, Nudge
from nntui.training.measuring import Context
from nntui.training.measuring.exact import Place, backpropagated, passed, place, quotient, relative, seldom
from nntui.training.measuring.rehearsal import rehearse

DECADES = 13  # 0.1 … 1e-13
_FINE = 50_000  # parameters up to which there are two nudges a decade
MOST = 500_000  # parameters up to which the next step is taken on a copy


def measure(context: Context) -> Nudge | None:
    """Of the weight and sample looked at; None where the network is too large."""
    return seldom(context, "nudge", _measured)


def _measured(context: Context) -> Nudge:
    at = place(context)
    found = passed(context, at.sample)
    network = found.network
    count = 2 * DECADES - 1 if len(network.parameters) <= _FINE else DECADES
    h = np.logspace(-1, -DECADES, count)
    slopes, _ = quotient(found, at, h)
    gradient = backpropagated(context, found, at)
    return Nudge(
        at.layer,
        at.unit,
        at.source,
        float(network.layers[at.layer].matrix[at.source, at.unit]),
        gradient,
        h,
        slopes,
        np.array([relative(gradient, slope) for slope in slopes.tolist()]),
        _update(context, at) if len(network.parameters) <= MOST else None,
    )


def _update(context: Context, at: Place) -> NextUpdate | None:
    session = context.session
    layer = session.network.layers[at.layer]
    row = at.source % len(layer.matrix)
    index = layer.slice.start + row * layer.size + at.unit
    step = rehearse(session)
    settings = session.experiment.optimizer
    return NextUpdate(
        step=session.step,
        batch=step.batch,
        optimizer=settings.name,
        learning_rate=session.learning_rate,
        gradient=float(step.gradient[index]),
        penalty_l1=float(step.l1[index]),
        penalty_l2=float(step.l2[index]),
        clipped=float(step.clipped[index]),
        weight_decay=float(settings.options.get("weight_decay", 0.0)),  # type: ignore[arg-type]
        before=float(step.before[index]),
        after=float(step.after[index]),
        frozen=layer.spec.frozen,
        maximised=session.loss.maximise,
    )
