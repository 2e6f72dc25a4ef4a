"""Measures `nntui.training.insights.chain`."""

from __future__ import annotations

import math

import numpy as np

from nntui.nn.activations import Softmax
from nntui.training.insights.chain import Chain, ChainLayer, Terms, Which
from nntui.training.measuring import Context, place_of
from nntui.training.measuring.answers import classes, for_each_class
from nntui.training.measuring.exact import (
    H,
    Numbers,
    Passed,
    Place,
    backpropagated,
    passed,
    place,
    quotient,
    relative,
    seldom,
)

SHOWN = 24  # units of a layer, or terms of a sum, that travel


def measure(context: Context) -> Chain | None:
    """Of the weight and sample looked at; None where the network is too large."""
    return seldom(context, "chain", _measured)


def _measured(context: Context) -> Chain:
    at = place(context)
    found = passed(context, at.sample)
    session = context.session
    layer = found.network.layers[at.layer]
    weight = float(layer.matrix[at.source, at.unit])
    x = 1.0 if at.source < 0 else float(found.into(at.layer)[0, at.source])
    h = H * max(1.0, abs(weight))
    slopes, bent = quotient(found, at, np.array([h]))
    gradient, slope = backpropagated(context, found, at), float(slopes[0])
    delta = float(found.delta[at.layer][at.unit])
    true, said = _words(context, found, at.sample)
    return Chain(
        sample=at.sample,
        samples=session.train_samples,
        true=true,
        said=said,
        sizes=(session.network.inputs, *(each.size for each in session.network.layers)),
        layer=at.layer,
        unit=at.unit,
        source=at.source,
        source_name=_source(context, at),
        loss_name=session.loss.name,
        output=session.loss.output,
        loss=found.value,
        weight=weight,
        bias=float(layer.bias[at.unit]),
        x=x,
        z=float(found.z[at.layer][0, at.unit]),
        a=float(found.a[at.layer][0, at.unit]),
        back=float(found.back[at.layer][at.unit]),
        slope=float(found.slope[at.layer][at.unit]),
        delta=delta,
        product=delta * x,
        terms=_terms(found, at),
        paths=float(math.prod(each.size for each in found.network.layers[at.layer + 1 :])),
        backpropagated=gradient,
        nudged=slope,
        h=h,
        difference=relative(gradient, slope),
        at_kink=bool(bent[0]),
        place=place_of(context, at.sample),
        layers=tuple(_layer(found, index, at) for index in range(len(found.network.layers))),
    )


def _source(context: Context, at: Place) -> str:
    if at.source < 0:
        return "bias"
    if at.layer == 0:
        return context.session.prepared.input_labels[at.source]
    return f"unit {at.source + 1} of {context.session.network.layers[at.layer - 1].name}"


def _words(context: Context, found: Passed, sample: int) -> tuple[str, str]:
    """What the sample is and what the network says, for a person."""
    prepared, outputs = context.session.prepared, found.a[-1]
    if prepared.task == "regression":
        split = prepared.split
        true, said = (value[0] * split.target_std + split.target_mean for value in (found.y, outputs))
        return f"{true[0]:.4g}", f"{said[0]:.4g}"
    labels = prepared.split.train_labels
    assert labels is not None
    names = prepared.class_names
    best = int(classes(found.loss, found.z[-1])[0])
    sure = float(for_each_class(found.loss, outputs)[0, best])
    return names[int(labels[sample])], f"{names[best]} ({sure:.3g})"


def _layer(found: Passed, index: int, at: Place) -> ChainLayer:
    layer = found.network.layers[index]
    delta, a = found.delta[index], found.a[index][0]
    shown = _largest(delta)
    if index == at.layer and at.unit not in shown:
        shown[-1] = at.unit
    shown.sort()
    return ChainLayer(
        layer=layer.name,
        activation=layer.activation.name,
        units=layer.size,
        shown=shown,
        z=found.z[index][0][shown],
        a=a[shown],
        back=found.back[index][shown],
        slope=found.slope[index][shown],
        delta=delta[shown],
        rms_delta=_rms(delta),
        rms_output=_rms(a),
    )


def _terms(found: Passed, at: Place) -> Terms:
    layers = found.network.layers
    if at.layer < len(layers) - 1:
        factor, signal = layers[at.layer + 1].weights[at.unit], found.delta[at.layer + 1]
    elif isinstance(layers[-1].activation, Softmax):
        a = found.a[-1][0]
        factor, signal = a[at.unit] * ((np.arange(len(a)) == at.unit) - a), found.back[-1]
    else:
        factor, signal = found.slope[-1][at.unit : at.unit + 1], found.back[-1][at.unit : at.unit + 1]
    with np.errstate(all="ignore"):
        product = factor * signal
    shown = _largest(product)
    rest = float(product.sum() - product[shown].sum()) if len(shown) < len(product) else 0.0
    own = at.layer == len(layers) - 1 and len(product) == 1
    return Terms(
        len(product),
        np.array([at.unit], np.int32) if own else shown,
        factor[shown],
        signal[shown],
        product[shown],
        rest,
    )


def _largest(values: Numbers) -> Which:
    """(n,) places of the largest in size, what is not a number first."""
    size = np.where(np.isnan(values), np.inf, np.abs(values))
    return np.argsort(-size, kind="stable")[:SHOWN].astype(np.int32)


def _rms(values: Numbers) -> float:
    with np.errstate(all="ignore"):
        return float(np.sqrt(np.mean(np.square(values))))
