"""Rules on what the network looks like at one moment.

Each is the condition of `nntui.training.diagnosis.catalogue`: met, with the numbers that say so, or None.
"""

from __future__ import annotations

import math

from nntui.training.diagnosis.moment import Finding, Moment
from nntui.training.diagnosis.statistics import LayerStatistics

_SAME = {"float32": 1e-4, "float64": 1e-6}  # of the weights' size
_LEAST_SIZE = 1e-3
_STRAIGHT = 1 - 1e-6
_UNEVEN = 10.0
_PLAIN = ("sgd", "momentum", "nesterov")
_DEEP = 3  # hidden layers
_GROWN, _GROWN_AT_START = 100.0, 10.0
_SHRUNK, _SHRUNK_AT_START = 1e-2, 0.1
_FLAT_AT_START, _STUCK = 0.30, 0.25
_HARMLESS = 0.2  # of the guessing loss: below it, units that never leave the flat part do no harm
_DEAD, _DEAD_STILL = 0.50, 0.40
_WRONG = 0.25


def clones(moment: Moment) -> Finding | None:
    """A hidden layer whose units are copies of each other."""
    same = _SAME[moment.experiment.training.precision]
    for layer in moment.now.layers:
        if layer.units >= 2 and layer.spread <= same * max(layer.size, _LEAST_SIZE):
            return Finding({"units": layer.units, "difference": layer.spread, "size": layer.size}, layer.name)
    return None


def linear_collapse(moment: Moment) -> Finding | None:
    """No layer bends anything."""
    if not moment.now.straight > _STRAIGHT:
        return None
    return Finding({"layers": len(moment.now.layers), "straight_r2": moment.now.straight})


def input_scale(moment: Moment) -> Finding | None:
    """One input much wider than another, under an optimizer with one rate for all."""
    optimizer = moment.experiment.optimizer.name
    if moment.inputs_ratio <= _UNEVEN or optimizer not in _PLAIN:
        return None
    return Finding({"ratio": moment.inputs_ratio, "optimizer": optimizer})


def saturated(moment: Moment) -> Finding | None:
    """Outputs on the flat part: at the start many of them, later units that never leave it."""
    layers = [layer for layer in moment.now.layers if not math.isnan(layer.flat)]
    if not layers:
        return None
    stuck = max(layers, key=lambda layer: layer.stuck)
    flat = max(layers, key=lambda layer: layer.flat)
    if stuck.stuck >= _STUCK and not moment.now.loss < _HARMLESS * moment.guessing:
        worst = stuck
    elif moment.fresh and flat.flat >= _FLAT_AT_START:
        worst = flat
    else:
        return None
    begun = _at_start(moment, worst).flat
    blame = "start" if begun >= _FLAT_AT_START else "rate"
    return Finding(
        {
            "flat_share": worst.flat,
            "stuck_share": worst.stuck,
            "flat_share_at_start": begun,
            "blame": blame,
            "activation": worst.activation,
        },
        worst.name,
    )


def exploding_gradient(moment: Moment) -> Finding | None:
    """The first hidden layer's δ far above the last one's."""
    ratios = _ratios(moment)
    if ratios is None:
        return None
    gradient, signal = ratios
    at_start = moment.fresh and (gradient > _GROWN_AT_START or signal > _GROWN_AT_START)
    if not (gradient > _GROWN or at_start):
        return None
    return Finding(_of_depth(moment, gradient, signal), moment.now.layers[0].name)


def vanishing_gradient(moment: Moment) -> Finding | None:
    """The first hidden layer's δ far below the last one's."""
    ratios = _ratios(moment)
    if ratios is None:
        return None
    gradient, signal = ratios
    if not (gradient < _SHRUNK or (moment.fresh and signal < _SHRUNK_AT_START)):
        return None
    return Finding(_of_depth(moment, gradient, signal), moment.now.layers[0].name)


def dead_units(moment: Moment) -> Finding | None:
    """Half of a layer off for every input."""
    layers = [layer for layer in moment.now.layers if not math.isnan(layer.dead)]
    if not layers:
        return None
    worst = max(layers, key=lambda layer: layer.dead)
    if worst.dead < (_DEAD_STILL if "dead_units" in moment.holding else _DEAD):
        return None
    begun = _at_start(moment, worst).dead
    blame = "start" if begun >= _DEAD else "rate"
    dead = round(worst.dead * worst.units)
    evidence = {"dead": dead, "units": worst.units, "samples": moment.now.dead_samples, "dead_share": worst.dead,
                "dead_share_at_start": begun}  # fmt: skip
    return Finding({**evidence, "blame": blame}, worst.name)


def squared_error_on_sigmoid(moment: Moment) -> Finding | None:
    """Many outputs sure of what is wrong."""
    if not moment.now.wrong >= _WRONG:
        return None
    return Finding({"surely_wrong_share": moment.now.wrong, "loss": moment.now.loss, "guessing": moment.guessing})


def _at_start(moment: Moment, layer: LayerStatistics) -> LayerStatistics:
    return next(each for each in moment.start.layers if each.name == layer.name)


def _ratios(moment: Moment) -> tuple[float, float] | None:
    """(rms δ first ÷ last, deviation of the outputs last ÷ first) of the hidden layers; None where there are few."""
    layers = moment.now.layers
    if len(layers) < _DEEP:
        return None
    first, last = layers[0], layers[-1]
    gradient = first.delta / last.delta if last.delta else math.nan
    return gradient, last.output / first.output if first.output else math.nan


def _of_depth(moment: Moment, gradient: float, signal: float) -> dict[str, float | int | str]:
    layers = moment.now.layers
    by_layer = abs(gradient) ** (1 / (len(layers) - 1)) if gradient else 0.0
    return {
        "layers": len(layers),
        "gradient_first_to_last": gradient,
        "gradient_factor_a_layer": by_layer,
        "signal_last_to_first": signal,
        "activation": layers[0].activation,
    }
