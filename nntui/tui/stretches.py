"""By what a run went and goes: one stretch after another, each begun by a change or an edit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nntui.experiment import Experiment


@dataclass(frozen=True, slots=True)
class Stretch:
    """From optimizer step ``step`` on, at ``epoch`` whole or part epochs, the run went by ``experiment``."""

    step: int
    epoch: float
    steps_per_epoch: int
    total_steps: int
    experiment: Experiment


def first(experiment: Experiment, steps_per_epoch: int) -> Stretch:
    """From the untrained network on."""
    return Stretch(0, 0.0, steps_per_epoch, experiment.training.epochs * steps_per_epoch, experiment)


def changed(before: Sequence[Stretch], step: int, experiment: Experiment, samples: int) -> Stretch:
    """The run goes by another experiment from this step on; samples: of the training part."""
    epoch = epoch_at(before, step)
    training = experiment.training
    steps_per_epoch = max(-(-samples // training.batch_size), 1)
    total = step + round(max(training.epochs - epoch, 0) * steps_per_epoch)
    return Stretch(step, epoch, steps_per_epoch, total, experiment)


def edited(before: Sequence[Stretch], step: int) -> Stretch:
    """The weights were edited at this step; the run goes by the same experiment."""
    return replace(before[-1], step=step, epoch=epoch_at(before, step))


def after(stretches: Sequence[Stretch], epoch: float) -> Stretch:
    """The stretch that the step after this epoch belongs to."""
    return next((stretch for stretch in reversed(stretches) if stretch.epoch <= epoch), stretches[0])


def epoch_at(stretches: Sequence[Stretch], step: int) -> float:
    """The epoch, with its fraction, at which an optimizer step is or will be."""
    for stretch in reversed(stretches):
        if step >= stretch.step:
            return stretch.epoch + (step - stretch.step) / stretch.steps_per_epoch
    return 0.0
