"""The training itself: steps, epochs and what an experiment is made of, without a word about who asked for it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from nntui.experiment import Experiment
from nntui.experiment.build import (
    Prepared,
    Streams,
    build_loss,
    build_network,
    build_optimizer,
    build_regularization,
    build_schedule,
)
from nntui.nn.arrays import Array, IntArray
from nntui.nn.evaluate import Evaluator
from nntui.nn.stopping import EarlyStopping
from nntui.nn.trainer import Trainer
from nntui.training.lap import Lap
from nntui.training.rates import LearningRates

_PARAMETERS_A_STEP = 25_000  # so many may be copied a step without slowing it down


class Figures(NamedTuple):
    """What an epoch came to. The train figures are of the batches as they were trained, without penalties.

    The validation figures are not-a-number without a validation set.
    """

    train_loss: float
    train_score: float
    test_loss: float
    test_score: float
    validation_loss: float = math.nan
    validation_score: float = math.nan


class Loop:
    """A network in training.

    Everything it does follows from the experiment, the data and the generators; how the steps are cut into calls makes
    no difference.

    Attributes:
        experiment: as now tuned.
        step: optimizer steps done.
        epoch: epochs ended.
        rate: learning rate of the step done last.
        guessing_loss: by the loss as it is now, of the best network that ignores its inputs.
        start: (P,) the parameters at the start of the run.
        before, after: (P,) the parameters around the last step that `run_last` watched; None where there is none.
        restored: the epoch whose weights the network was put back to when the run stopped early; 0: the weights are
            those of the last step.
        has_gradient: whether the network holds the gradient of the step done last.
        total_steps: steps of the whole run, those done and those to come with the batch size of now.
    """

    def __init__(self, experiment: Experiment, prepared: Prepared, streams: Streams) -> None:
        self.experiment, self.prepared, self.streams = experiment, prepared, streams
        self.network = build_network(experiment, prepared)
        self.network.initialize(streams.init)
        self.start: Array = self.network.parameters.copy()
        self.before: Array | None = None
        self.after: Array | None = None
        self._watch_from = 0
        self.step = self.epoch = self.restored = 0
        self.has_gradient = False
        self.rate = math.nan
        self.loss = build_loss(experiment, prepared)
        self.guessing_loss = prepared.guessing_loss
        self.optimizer = build_optimizer(experiment)
        self.optimizer.bind(self.network.parameters, self.network.gradient)
        self.stopping = EarlyStopping()
        self.lap = Lap(self._compile, self.loss, prepared.train_y)
        self._make_evaluators()
        self.total_steps = self.steps_until(experiment.training.epochs)
        self.rates = LearningRates(self._schedule(), experiment.schedule.scale)

    @property
    def steps_per_epoch(self) -> int:
        """With the batch size of now."""
        return -(-len(self.prepared.train_x) // self.experiment.training.batch_size)

    def steps_until(self, epoch: int) -> int:
        """The number of steps done when this many epochs will have ended."""
        if self.lap.order is None:
            return self.step + max(0, epoch - self.epoch) * self.steps_per_epoch
        return self.step + self.lap.remaining + max(0, epoch - self.epoch - 1) * self.steps_per_epoch

    def run(self, limit: int) -> bool:
        """Train until ``limit`` steps are done, or to the end of the epoch; True where that was reached."""
        lap = self.lap
        if lap.order is None:
            lap.begin(self.prepared.epoch_order(self.experiment, self.streams.shuffle))
        count = min(limit - self.step, lap.remaining)
        rates = self.rates.take(self.step, count)
        lap.run(count, rates)
        self.restored, self.has_gradient = 0, True
        self.rate = float(rates[-1])
        self.step += count
        return lap.remaining == 0

    def run_last(self) -> bool:
        """Train one step as `run` does, and keep the parameters from before and after it.

        In large networks, where copies cost as much as a fair part of a step, only once in a number of steps.
        """
        parameters = self.network.parameters
        if self.step < self._watch_from:
            return self.run(self.step + 1)
        if self.before is None or self.after is None:
            self.before, self.after = np.empty_like(parameters), np.empty_like(parameters)
        np.copyto(self.before, parameters)
        ended = self.run(self.step + 1)
        np.copyto(self.after, parameters)
        self._watch_from = self.step + len(parameters) // _PARAMETERS_A_STEP
        return ended

    def figures(self) -> Figures:
        """Of the epoch that `run` brought to its end."""
        train_loss, train_score = self.lap.figures()
        validation = self.validator.run() if self.validator is not None else ()
        return Figures(train_loss, train_score, *self.evaluator.run(), *validation)

    def deciding_loss(self, figures: Figures) -> float:
        """The loss that stops early, picks the best epoch and finds plateaus: on the validation set if there is one."""
        return figures.test_loss if self.validator is None else figures.validation_loss

    def end_epoch(self, figures: Figures) -> None:
        """Count the epoch, and pass its figures to the schedule and to early stopping."""
        self.lap.end()
        self.epoch += 1
        loss = self.deciding_loss(figures)
        self.rates.observe(loss, self.step)
        patience = self.experiment.training.patience
        if patience > 0:
            self.stopping.observe(loss, self.network.parameters, patience, self.epoch)

    def stop_early(self) -> None:
        """Put the best weights back where the experiment says so; what led to the stop is forgotten."""
        if self.experiment.training.restore_best:
            self.restored = self.stopping.restore_best(self.network.parameters)
            self._forget_step()
        self.stopping.forget()

    # ---- settings that change while training

    def recompile(self) -> None:
        """Take over changes of network, loss, optimizer, regularization or batch size, from the next step on."""
        self.lap.compile(self._compile, self.loss)
        self._make_evaluators()

    def reschedule(self) -> None:
        """Take over changes of the learning rate, the schedule, its scale, or the length of the run."""
        self.total_steps = self.steps_until(self.experiment.training.epochs)
        self.rates.revise(self._schedule(), self.experiment.schedule.scale)

    # ---- going back

    def state(self) -> dict[str, Any]:
        """All that the next steps depend on besides experiment and data; the arrays are copies or never written to."""
        return {
            "step": self.step,
            "epoch": self.epoch,
            "total_steps": self.total_steps,
            "parameters": self.network.parameters.copy(),
            "optimizer": self.optimizer.state(),
            "rates": self.rates.state(),
            "lap": self.lap.state(),
            "stopping": self.stopping.state(),
            "restored": self.restored,
            "generators": {
                name: getattr(self.streams, name).bit_generator.state for name in ("shuffle", "dropout", "noise")
            },
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go to where ``state`` was taken, under the same settings."""
        self.step, self.epoch = int(state["step"]), int(state["epoch"])
        np.copyto(self.network.parameters, state["parameters"])
        self.optimizer.restore(state["optimizer"])
        for name, generator in state["generators"].items():
            getattr(self.streams, name).bit_generator.state = generator
        self.lap.restore(state["lap"])
        self.stopping.restore(state["stopping"], self.epoch)
        self.restored = int(state.get("restored", 0))
        if self.total_steps != int(state["total_steps"]):
            self.total_steps = int(state["total_steps"])
            self.rates.revise(self._schedule(), self.experiment.schedule.scale)
        self.rates.restore(state["rates"])
        self._forget_step()

    def _forget_step(self) -> None:
        """The weights are others now than the last step left: its gradient and its update are not theirs."""
        self.before = self.after = None
        self.has_gradient = False
        self._watch_from = self.step

    # ---- parts

    def _compile(self, rows: IntArray | None) -> Trainer:
        x, y = self.prepared.train_x, self.prepared.train_y
        if rows is not None:
            x, y = x[rows], y[rows]
        return Trainer(
            self.network,
            self.loss,
            self.optimizer,
            build_regularization(self.experiment),
            x,
            y,
            self.experiment.training.batch_size,
            self.streams.dropout,
            self.streams.noise,
        )

    def _make_evaluators(self) -> None:
        """Of the test set and of the validation set, if there is one."""
        prepared = self.prepared
        self.evaluator = Evaluator(self.network, self.loss, prepared.test_x, prepared.test_y)
        self.validator: Evaluator | None = None
        if prepared.has_validation:
            self.validator = Evaluator(self.network, self.loss, prepared.validation_x, prepared.validation_y)

    def _schedule(self) -> Any:
        return build_schedule(self.experiment, self.total_steps)
