"""What each rule says to a person: what with its number and where, why, and what to try, as words and as commands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from nntui.training.commands import Command, Redraw, Set
from nntui.training.diagnosis.moment import Finding, Moment

_ADAPTIVE_RATE = 0.3
_L2 = 0.01
_SIGMOIDS = ("sigmoid", "hard_sigmoid")
_ALL_ANEW = Redraw(initializer="auto")


@dataclass(frozen=True, slots=True)
class Advice:
    """What to say and what to do about a finding; ``commands`` is empty where a person must choose."""

    message: str
    why: str
    remedy: str
    commands: tuple[Command, ...] = ()


Advise = Callable[[Moment, Finding], Advice]


def _not_finite(moment: Moment, found: Finding) -> Advice:
    return Advice(
        f"Not a number any more: {found.evidence['quantity']}.",
        "A step too large throws the weights further out than the last one did, and the next step is larger still, "
        "until no number is large enough.",
        "Draw the weights anew and divide the learning rate by 10.",
        (_scaled(moment, 0.1), _ALL_ANEW),
    )


def _gradient_ascent(moment: Moment, found: Finding) -> Advice:
    if not moment.experiment.loss.maximise:
        return Advice(
            f"Nearly every step goes uphill ({found.evidence['uphill_share']:.0%}), and the loss rises.",
            "The gradient points to where the loss grows; a step has to go against it.",
            "See that the sign is right, and divide the learning rate by 10.",
            (_scaled(moment, 0.1),),
        )
    return Advice(
        f"You are climbing: the loss is being maximised (now {moment.now.loss:.3g}{_on_samples(moment)}).",
        "The gradient points to where the loss grows. Training goes against it; here it goes along with it.",
        "Minimise it: set loss.maximise to false.",
        (Set("loss.maximise", False),),
    )


def _clones(moment: Moment, found: Finding) -> Advice:
    units, difference = found.evidence["units"], found.evidence["difference"]
    return Advice(
        f"All {units} neurons of {found.layer} are copies of each other (largest difference {difference:.2g}).",
        "Equal weights give equal outputs, so equal gradients, so equal steps: they will always learn the same thing.",
        "Draw random weights, which differ.",
        (_ALL_ANEW,),
    )


def _linear_collapse(moment: Moment, found: Finding) -> Advice:
    return Advice(
        f"All {found.evidence['layers']} hidden layers together are one linear model (R² of a plane: 1.000000).",
        "Without a bend in between, the product of several matrices is just one matrix, however many there are.",
        "Give the hidden layers an activation that bends: tanh or relu.",
        _tanh_instead(moment, lambda own: own is not None),
    )


def _input_scale(moment: Moment, found: Finding) -> Advice:
    rate = min(moment.experiment.optimizer.learning_rate, _ADAPTIVE_RATE)
    return Advice(
        f"The widest input is {found.evidence['ratio']:,.0f} times as wide as the narrowest; one rate cannot fit both.",
        "The gradient of a weight grows with its input. A rate that the wide one survives moves the narrow one "
        "hardly at all.",
        f"Use Adam, which gives every weight a rate of its own (at {rate:g}); or set data.standardize and restart.",
        (Set("optimizer.name", "adam"), Set("optimizer.learning_rate", rate)),
    )


def _saturated(moment: Moment, found: Finding) -> Advice:
    evidence = found.evidence
    flat, begun = f"{evidence['flat_share']:.0%} of the outputs of {found.layer}", evidence["flat_share_at_start"]
    why = f"Far out, {evidence['activation']} is flat: its slope is close to 0, and the gradient is multiplied by it."
    if evidence["blame"] == "start":
        return Advice(
            f"{flat} are on the flat part of {evidence['activation']} (at the start {begun:.0%}).",
            why + " The weights were drawn too large for so many inputs.",
            "Draw the weights anew, as suits the activation.",
            (_ALL_ANEW,),
        )
    return Advice(
        f"{flat} are on the flat part of {evidence['activation']}: the learning rate drove them there.",
        why + " Steps that were too large made the weights grow.",
        "Divide the learning rate by 10 and draw the weights anew.",
        (_scaled(moment, 0.1), _ALL_ANEW),
    )


def _exploding_gradient(moment: Moment, found: Finding) -> Advice:
    gradient, signal = found.evidence["gradient_first_to_last"], found.evidence["signal_last_to_first"]
    layers = found.evidence["layers"]
    what = (
        f"the gradient grows {_number(gradient)} times on its way back"
        if float(gradient) >= float(signal)
        else f"the signal grows {_number(signal)} times on its way forward"
    )
    return Advice(
        f"Through {layers} hidden layers {what}.",
        "Every layer multiplies by its weights. If they are too large, many layers make a tiny difference huge.",
        "Draw the weights anew: He's initialization for ReLU, Xavier's for tanh keep the size from layer to layer.",
        (_ALL_ANEW,),
    )


def _vanishing_gradient(moment: Moment, found: Finding) -> Advice:
    evidence = found.evidence
    gradient, factor = float(evidence["gradient_first_to_last"]), float(evidence["gradient_factor_a_layer"])
    shrinks = f", {1 / factor:.2g} times less with every layer" if 0 < factor < 1 else ""
    message = f"Of the gradient in the last hidden layer, {gradient:.2g} reaches {found.layer}{shrinks}."
    why = "Going back, every layer multiplies the gradient by its weights and its slope"
    flat = [layer for layer in moment.now.layers if layer.activation in _SIGMOIDS]
    if not flat:
        return Advice(
            message, f"{why}; these weights are too small for that.",
            "Draw the weights anew: He's initialization for ReLU, Xavier's for tanh.", (_ALL_ANEW,),
        )  # fmt: skip
    return Advice(
        message, f"{why}; that of a sigmoid is at most a quarter.",
        "Use tanh (or relu), and draw the weights anew as suits it.",
        (*_tanh_instead(moment, lambda own: own in _SIGMOIDS), _ALL_ANEW),
    )  # fmt: skip


def _dead_units(moment: Moment, found: Finding) -> Advice:
    evidence = found.evidence
    activation = next((layer.activation for layer in moment.now.layers if layer.name == found.layer), "")
    clipped = activation.startswith("hard_")
    state = f"lie beyond an end of {activation} for all" if clipped else "never fire for any"
    message = (
        f"{evidence['dead']} of {evidence['units']} units in {found.layer} {state} of {evidence['samples']:,} samples."
    )
    what = f"A {activation} unit beyond its ends" if clipped else "A ReLU that is off"
    why = f"{what} for every input has slope 0: no gradient reaches its weights."
    if evidence["blame"] == "start":
        return Advice(
            message, f"{why} They were dead from the start ({evidence['dead_share_at_start']:.0%}).",
            "Draw the weights anew.", (_ALL_ANEW,),
        )  # fmt: skip
    return Advice(
        message, f"{why} A big step pushed them out.",
        "Divide the learning rate by 10 and draw the weights anew; a lower rate alone does not wake them.",
        (_scaled(moment, 0.1), _ALL_ANEW),
    )  # fmt: skip


def _squared_error_on_sigmoid(moment: Moment, found: Finding) -> Advice:
    return Advice(
        f"{found.evidence['surely_wrong_share']:.0%} of the outputs are sure of the wrong answer, and hardly move.",
        "Squared error multiplies the error by the sigmoid's slope, which is close to 0 where it is sure. In "
        "cross-entropy that slope cancels.",
        "Use cross-entropy.",
        (Set("loss.name", "binary_cross_entropy"),),
    )


def _initial_loss(moment: Moment, found: Finding) -> Advice:
    evidence = found.evidence
    return Advice(
        f"The loss{_on_samples(moment)} starts at {evidence['loss']:.3g}, {evidence['times']:.1f} times that of "
        f"guessing ({evidence['guessing']:.3g}).",
        "A network that knows nothing should be unsure. Output weights drawn too large make it sure, and wrong.",
        "Draw the output layer's weights anew, smaller; or let it go: the first steps mend it.",
        (Redraw(layer=len(moment.now.layers), initializer="auto"),),
    )


def _learning_rate_high(moment: Moment, found: Finding) -> Advice:
    evidence = found.evidence
    why = "Each step is so long that it ends on the other side of the valley, as high up or higher."
    if evidence["far_off"]:
        return Advice(
            f"The loss{_on_samples(moment)} is at {evidence['loss']:.3g}, far above where it began.",
            f"{why} By now the weights are far from where anything can be learned.",
            "Divide the learning rate by 10 and draw the weights anew.",
            (_scaled(moment, 0.1), _ALL_ANEW),
        )
    constant = evidence["schedule"] == "constant"
    return Advice(
        f"The loss{_on_samples(moment)} jumped back above its best ({evidence['best']:.3g}) by more than half of "
        f"guessing in {evidence['jump_share']:.0%} of recent looks.",
        why,
        "Divide the learning rate by 10" + (", or let it decay (schedule.name)." if constant else "."),
        (_scaled(moment, 0.1),),
    )


def _learning_rate_low(moment: Moment, found: Finding) -> Advice:
    evidence = found.evidence
    still = float(evidence["loss"]) / float(evidence["guessing"])
    return Advice(
        f"Each step covers almost none of the way downhill (alpha {evidence['alpha']:.2f}), and the "
        f"loss{_on_samples(moment)} is still {still:.0%} of guessing.",
        "The slope hardly changes from before a step to after it: the step could be far longer.",
        "Multiply the learning rate by 10, and again while this message stays.",
        (_scaled(moment, 10.0),),
    )


def _overfitting(moment: Moment, found: Finding) -> Advice:
    evidence = found.evidence
    name = "validation" if "validation_loss" in evidence else "test"
    sampled = f" on {moment.now.test_samples:,} samples" if moment.now.test_samples else ""
    l2 = max(_L2, 3 * moment.experiment.regularization.l2)
    return Advice(
        f"The {name} loss{sampled} is {evidence[f'{name}_loss']:.3g}; at step {evidence['best_at_step']:,} it was "
        f"{evidence[f'best_{name}_loss']:.3g}. The training loss keeps falling.",
        "What the network learns now is true of the training points alone: it memorizes their noise.",
        f"Pull the weights towards 0 (regularization.l2 = {l2:g}), or go back to the best epoch.",
        (Set("regularization.l2", l2),),
    )


def _not_learning(moment: Moment, found: Finding) -> Advice:
    return Advice(
        f"After {moment.age:,} steps the loss{_on_samples(moment)} ({found.evidence['loss']:.3g}) is still no better "
        f"than guessing ({found.evidence['guessing']:.3g}).",
        "No other rule explains it. The inputs may say nothing about the targets, or the start may be unlucky.",
        "Try another seed (R), another activation, more units, or look at the data.",
    )


def _on_samples(moment: Moment) -> str:
    """Which loss it is: of the probe set, not of the epoch that the panels show."""
    return f" on {moment.now.samples:,} training samples"


def _scaled(moment: Moment, factor: float) -> Set:
    """The learning rate in force times a factor; 12 digits, so that undoing by hand gives the same number."""
    return Set("schedule.scale", float(f"{moment.experiment.schedule.scale * factor:.12g}"))


def _tanh_instead(moment: Moment, which: Callable[[str | None], bool]) -> tuple[Command, ...]:
    """tanh for the network, and for each layer with an activation of its own, if it is one of ``which``."""
    own = (layer.activation for layer in moment.experiment.network.layers)
    layers = [Set(f"network.layers.{number}.activation", "tanh") for number, name in enumerate(own, 1) if which(name)]
    return (Set("network.activation", "tanh"), *layers)


def _number(value: float | int | str) -> str:
    value = float(value)
    return f"{value:,.0f}" if 10 <= value < 1e6 else f"{value:.2g}"


ADVICE: Mapping[str, Advise] = {
    "not_finite": _not_finite,
    "gradient_ascent": _gradient_ascent,
    "clones": _clones,
    "linear_collapse": _linear_collapse,
    "input_scale": _input_scale,
    "saturated": _saturated,
    "exploding_gradient": _exploding_gradient,
    "vanishing_gradient": _vanishing_gradient,
    "dead_units": _dead_units,
    "squared_error_on_sigmoid": _squared_error_on_sigmoid,
    "initial_loss": _initial_loss,
    "learning_rate_high": _learning_rate_high,
    "learning_rate_low": _learning_rate_low,
    "overfitting": _overfitting,
    "not_learning": _not_learning,
}


def as_json(commands: tuple[Command, ...]) -> tuple[dict[str, Any], ...]:
    """The commands in their JSON form."""
    from nntui.training.commands import to_json

    return tuple(to_json(command) for command in commands)
