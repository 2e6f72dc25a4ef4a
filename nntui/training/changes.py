"""How a changed hyperparameter gets into a network that is being trained.

In force from the next optimizer step on:

- ``network.*``: another activation leaves the weights as they are; dropout and freezing likewise.
- ``loss.*``, ``regularization.*``: the step is compiled anew. Values of another loss are not comparable: early stopping
  and a schedule that waits for a plateau look for the lowest one anew.
- ``optimizer.name``: the learning rate stays, the new optimizer's state starts at zero. Its options: the state stays.
- ``optimizer.learning_rate``, ``schedule.*``: another function of the same global step; the scale stays.
- ``training.batch_size``: the rows left in this epoch's order go on in batches of the new size.
- ``training.epochs``: later or earlier, not before the epoch under way.
- ``training.shuffle``, ``training.balanced``: from the next epoch on, whose order is drawn when it begins.
- ``training.patience``, ``training.restore_best``: from the end of this epoch on.
- ``training.pace``: the session has no clock; whoever advances it reads it.

Schedules that measure the whole run (a cosine over all of it) are drawn anew over the steps it has now, whenever its
length or the batch size changes.
"""

from __future__ import annotations

from dataclasses import replace

from nntui.experiment import Experiment
from nntui.experiment.build import build_loss, build_network, build_optimizer, optimizer_options
from nntui.experiment.guessing import guessing_loss
from nntui.nn.network import Network
from nntui.training.loop import Loop


class CannotChangeError(ValueError):
    """The run cannot take the change; the message is a sentence for the person who asked."""


def apply(loop: Loop, changed: Experiment) -> None:
    """Go on with ``changed``, which was judged by `Experiment.with_value` already.

    Raises:
        CannotChangeError: nothing was changed.
    """
    before = loop.experiment
    _check_length(loop, changed)
    network = _network(loop, changed) if changed.network != before.network else None
    loss = build_loss(changed, loop.prepared) if changed.loss != before.loss else loop.loss

    if loss is not loop.loss:
        loop.guessing_loss = guessing_loss(loss, loop.prepared.train_y)
    loop.experiment, loop.loss = changed, loss
    if network is not None:
        _take_over(loop.network, network)
    if changed.optimizer.name != before.optimizer.name:
        loop.optimizer = build_optimizer(changed)
        loop.optimizer.bind(loop.network.parameters, loop.network.gradient)
    elif changed.optimizer.options != before.optimizer.options:
        loop.optimizer.configure(**optimizer_options(changed))
    if _formulas(changed) != _formulas(before):
        loop.recompile()
    if _course(changed) != _course(before):
        loop.reschedule()
    if changed.loss != before.loss:
        loop.rates.compare_anew()
    if changed.loss != before.loss or not changed.training.patience:
        loop.stopping.forget()


def _check_length(loop: Loop, changed: Experiment) -> None:
    begun = loop.epoch + (loop.lap.order is not None)
    if changed.training.epochs < begun and changed.training.epochs != loop.experiment.training.epochs:
        raise CannotChangeError(f"epoch {begun} has begun; training.epochs cannot be less than {begun}")


def _network(loop: Loop, changed: Experiment) -> Network:
    network = build_network(changed, loop.prepared)
    shape = [layer.size for layer in network.layers]
    if shape != [layer.size for layer in loop.network.layers] or network.dtype != loop.network.dtype:
        raise CannotChangeError("the weights have their shape; restart with another instead")
    return network


def _take_over(network: Network, wanted: Network) -> None:
    """Give the layers what may change of ``wanted``: activation, dropout, freezing."""
    for index, (layer, other) in enumerate(zip(network.layers, wanted.layers, strict=True)):
        spec, new = layer.spec, other.spec
        if (new.activation, new.activation_options) != (spec.activation, spec.activation_options):
            network.set_activation(index, new.activation, new.activation_options)
        layer.spec = replace(layer.spec, dropout=new.dropout, frozen=new.frozen)


def _formulas(experiment: Experiment) -> tuple[object, ...]:
    """What a compiled step is made of; an optimizer's options are its own affair."""
    network, regularization = experiment.network, experiment.regularization
    return (network, experiment.loss, experiment.optimizer.name, regularization, experiment.training.batch_size)


def _course(experiment: Experiment) -> tuple[object, ...]:
    """What the learning rate is made of."""
    training = experiment.training
    return (experiment.optimizer.learning_rate, experiment.schedule, training.epochs, training.batch_size)
