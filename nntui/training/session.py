"""A run: training that obeys commands and tells what happened. It has no screen, no file and no clock.

The same experiment and the same commands at the same steps give the same weights bit for bit, however the run is
advanced, paused and measured in between.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Literal

import numpy as np

from nntui.data.errors import DataError
from nntui.experiment import Experiment, InvalidValue
from nntui.experiment.build import Prepared, prepare, same_data, streams
from nntui.nn.arrays import Array
from nntui.nn.losses import Loss
from nntui.nn.network import Network
from nntui.training import changes, checkpoint, surgery
from nntui.training.beginning import beginning
from nntui.training.commands import (
    Command,
    Pace,
    Pause,
    RangeTest,
    Redraw,
    Restart,
    Resume,
    Set,
    SetWeight,
    Silence,
    Step,
    Stop,
    Value,
    Watch,
    snake_case,
)
from nntui.training.divergence import Keeper, is_finite, is_sound
from nntui.training.events import (
    Changed,
    Diverged,
    Edited,
    Event,
    Paused,
    Reason,
    Refused,
    Rescheduled,
    Resumed,
    RunEnded,
    RunStarted,
)
from nntui.training.loop import Loop
from nntui.training.scalars import RowBuffer, Rows

Progress = Callable[[str, float | None], None]
LENGTHS = ("training.epochs", "training.batch_size")
"""Settings that say how many steps the run has, over which schedules stretch."""

State = Literal["running", "paused", "finished", "stopped", "diverged"]


class Session:
    """One experiment, trained step by step."""

    def __init__(
        self, experiment: Experiment, progress: Progress | None = None, *, like: Session | None = None
    ) -> None:
        """Prepare the data and initialize the network; nothing is trained yet.

        Args:
            experiment: what to train.
            progress: called with what is going on, and the share done (None: not known), while data are prepared.
            like: a session whose data are used where they would be the same.

        Raises:
            InvalidValue, DataError: the experiment or its data cannot be used.
        """
        self._progress = progress
        shared = like is not None and same_data(experiment, like.origin)
        self._begin(experiment, like.prepared if like is not None and shared else prepare(experiment, progress))

    def _begin(self, experiment: Experiment, prepared: Prepared) -> None:
        self.origin = experiment
        self._prepared = prepared
        self._loop = Loop(experiment, prepared, streams(experiment.training.seed))
        self._keeper = Keeper(self._loop)
        self._rows = RowBuffer()
        self._told: list[Event] = []
        self._asked: tuple[Literal["batch", "epoch"], int] | None = None  # pause at this step, or after this epoch
        self.state: State = "running"
        self._started = beginning(experiment, self._loop, prepared)

    # ---- what there is to see

    @property
    def experiment(self) -> Experiment:
        """As now tuned; `origin` is as the run began."""
        return self._loop.experiment

    @property
    def prepared(self) -> Prepared:
        """The data, as trained on."""
        return self._prepared

    @property
    def network(self) -> Network:
        """To be looked at, not written to."""
        return self._loop.network

    @property
    def loss(self) -> Loss:
        """What is minimised."""
        return self._loop.loss

    @property
    def guessing_loss(self) -> float:
        """Of the best network that ignores its inputs, by the loss as it is now."""
        return self._loop.guessing_loss

    @property
    def step(self) -> int:
        """Optimizer steps done, so the number (0-based) of the next."""
        return self._loop.step

    @property
    def epoch(self) -> int:
        """Epochs ended."""
        return self._loop.epoch

    @property
    def steps_per_epoch(self) -> int:
        """With the batch size of now."""
        return self._loop.steps_per_epoch

    @property
    def total_steps(self) -> int:
        """Steps of the whole run, those to come with the batch size of now."""
        return self._loop.total_steps

    def step_of_epoch(self, epoch: int) -> int:
        """Steps done when this many epochs will have ended, with the batch size of now; at least those done already."""
        return self._loop.steps_until(epoch)

    @property
    def train_samples(self) -> int:
        """Rows of the training part."""
        return len(self._prepared.train_x)

    @property
    def learning_rate(self) -> float:
        """Of the next step."""
        return self._loop.rates.at(self._loop.step)

    @property
    def pace(self) -> float:
        """Epochs a second that whoever advances the session should keep to; 0 is as many as there can be."""
        return self.experiment.training.pace

    @property
    def is_stepping(self) -> bool:
        """Whether it will pause by itself because only so many steps or epochs were asked for."""
        return self._asked is not None

    @property
    def start_parameters(self) -> Array:
        """(P,) as initialized."""
        return self._loop.start

    @property
    def restored_epoch(self) -> int:
        """The epoch whose weights were put back when the run stopped early; 0: the weights are of the last step."""
        return self._loop.restored

    @property
    def has_gradient(self) -> bool:
        """Whether the network holds the gradient of its last step; not after going back, nor before the first step."""
        return self._loop.has_gradient

    @property
    def stops_now(self) -> bool:
        """Whether the run is due to stop early; seen only between ``advance(…, stop_early=False)`` and the next."""
        return self._loop.stopping.due

    def test_figures(self) -> tuple[float, float]:
        """Loss and score of the network as it is, on the test set."""
        return self._loop.evaluator.run()

    def validation_loss(self) -> float:
        """Loss of the network as it is, on the validation set; not-a-number without one."""
        validator = self._loop.validator
        return math.nan if validator is None else validator.run()[0]

    def last_update(self) -> tuple[Array, Array] | None:
        """(P,) the parameters before and after the last step of an advance; None where there was none.

        It is the last advance, or in a network of more than 25,000 parameters one shortly before.
        """
        before, after = self._loop.before, self._loop.after
        return None if before is None or after is None else (before, after)

    def running_loss(self) -> float:
        """Mean loss of the batches trained so far in this epoch; not-a-number before its first."""
        with np.errstate(all="ignore"):
            return self._loop.lap.figures()[0]

    def started(self) -> RunStarted:
        """The facts of the run's beginning, whenever asked."""
        return self._started

    # ---- training

    def advance(self, max_steps: int, *, stop_early: bool = True) -> list[Event]:
        """Train up to ``max_steps`` steps, across epochs; fewer where the run ends, diverges, or was asked to pause.

        Args:
            stop_early: end the run where it is due to stop early. Without it the run waits there, still running, with
                the weights of its last epoch; the next advance ends it, a pause lets it go on.

        Returns:
            What happened, ended epochs aside: their rows are for `take_rows`.
        """
        if self.state != "running" or max_steps < 1:
            return []
        loop = self._loop
        last = min(loop.step + max_steps, self._until())
        with np.errstate(all="ignore"):
            while loop.step < last and self.state == "running" and not loop.stopping.due:
                self._train(last)
            if self.state == "running" and self._keeper.finds_fault(loop):
                self._diverge()
        if self.state == "running":
            if not loop.stopping.due:
                self._pause_or_finish()
            elif stop_early:
                self._stop_early()
        told, self._told = self._told, []
        return told

    def take_rows(self) -> Rows:
        """The rows of the epochs ended since the last call, (k, columns); their seconds are not-a-number."""
        return self._rows.take()

    def _until(self) -> int:
        """The step at which to stop at the latest."""
        end = self._loop.steps_until(self.experiment.training.epochs)
        if self._asked is None:
            return end
        unit, number = self._asked
        return min(end, number if unit == "batch" else self._loop.steps_until(number))

    def _train(self, last: int) -> None:
        """Train to the end of the epoch, to where a state is to be kept, to the last step but one, or that one."""
        loop = self._loop
        ended = loop.run_last() if loop.step == last - 1 else loop.run(min(last - 1, self._keeper.due))
        if ended:
            figures = loop.figures()
            if not (is_sound(figures, loop) and is_finite(loop.network.parameters)):
                self._diverge()
                return
            loop.end_epoch(figures)
            self._rows.add(
                (loop.epoch, loop.step, figures.train_loss, figures.test_loss, figures.train_score, figures.test_score,
                 loop.rate, math.nan, figures.validation_loss, figures.validation_score)
            )  # fmt: skip
        if loop.step >= self._keeper.due:
            if is_finite(loop.network.parameters):
                self._keeper.keep(loop)
            else:
                self._diverge()

    def _diverge(self) -> None:
        fault = self._keeper.go_back(self._loop)
        self.state, self._asked = "diverged", None
        self._told.append(Diverged(fault.step, fault.epoch, fault.quantity))

    def _stop_early(self) -> None:
        self._loop.stop_early()
        self._keeper.start(self._loop)
        self._end("finished", "early_stopped")

    def _pause_or_finish(self) -> None:
        if self._has_all_epochs():
            self._end("finished", "finished")
        elif self._asked is not None and self._loop.step >= self._until():
            self.state, self._asked = "paused", None
            self._told.append(Paused(self.step, self.epoch))

    def _has_all_epochs(self) -> bool:
        return self._loop.lap.order is None and self.epoch >= self.experiment.training.epochs

    def _end(self, state: State, reason: Reason) -> None:
        self.state, self._asked = state, None
        self._told.append(RunEnded(reason, self.epoch, self.step, self.restored_epoch))

    # ---- commands

    def apply(self, command: Command) -> list[Event]:
        """Do what is asked, in force at the next step; or refuse it with a reason, and change nothing."""
        match command:
            case Pause():
                self._pause()
            case Resume():
                self._resume()
            case Step(count, unit):
                self._ask(count, unit)
            case Set():
                self._set(command)
            case SetWeight() | Silence() | Redraw():
                self._edit(command)
            case Pace(epochs_per_second):
                self._set(Set("training.pace", epochs_per_second or 0.0))
            case Restart(seed):
                self._restart(seed)
            case Stop():
                if self.state != "stopped":
                    self._end("stopped", "stopped")
            case Watch() | RangeTest():
                pass  # for whoever measures: they do not touch the run
        told, self._told = self._told, []
        return told

    def _pause(self) -> None:
        if self.state == "running":
            self.state, self._asked = "paused", None
            if self._loop.stopping.due:
                self._loop.stopping.forget()
            self._told.append(Paused(self.step, self.epoch))

    def _resume(self) -> None:
        if self.state == "running":
            self._asked = None
        elif self._may_go_on("resume", ""):
            self.state = "running"
            self._told.append(Resumed(self.step, self.epoch))

    def _ask(self, count: int, unit: Literal["batch", "epoch"]) -> None:
        if count < 1:
            self._told.append(Refused("step", count, "the number of steps must be at least 1"))
            return
        if not self._may_go_on("step", count):
            return
        begin = self.step if unit == "batch" else self.epoch
        if self._asked is not None and self._asked[0] == unit:
            begin = self._asked[1]
        self._asked = (unit, begin + count)
        self.state = "running"

    def _may_go_on(self, command: str, value: Value) -> bool:
        reason = ""
        if self.state == "stopped":
            reason = "the run was stopped; restart it"
        elif self._has_all_epochs():
            reason = f"all {self.epoch} epochs are trained; raise training.epochs or restart"
        if reason:
            self._told.append(Refused(command, value, reason))
        return not reason

    def _set(self, command: Set) -> None:
        loop, name, value = self._loop, command.name, command.value
        expected = self.learning_rate
        last = loop.rates.at(loop.step - 1) if self._has_all_epochs() and loop.step else expected
        try:
            changed = self.experiment.with_value(name, value, live=True)
            old, new = self.experiment.value(name), changed.value(name)
            if changed == self.experiment:
                return
            changes.apply(loop, changed)
        except (InvalidValue, changes.CannotChangeError) as error:
            self._told.append(Refused(name, value, str(error)))
            return
        self._keeper.start(loop)
        self._told.append(Changed(name, old, new, self.step, self.epoch, command.group))
        if name in LENGTHS and not math.isclose(expected, self.learning_rate, rel_tol=1e-9):
            self._reschedule(last, command)

    def _reschedule(self, rate: float, command: Set) -> None:
        """The schedule stretched over another number of steps, or scaled to keep the rate where that was asked."""
        now = self.learning_rate
        if command.keep_rate and rate and now:
            scale = self.experiment.schedule.scale * rate / now
            self._set(Set("schedule.scale", scale, command.group))
        else:
            self._told.append(Rescheduled(rate, now, self.step, self.epoch))

    def _edit(self, command: surgery.Surgery) -> None:
        try:
            done = surgery.operate(self._loop, command)
        except surgery.CannotEditError as error:
            value = command.value if isinstance(command, SetWeight) else ""
            self._told.append(Refused(snake_case(type(command).__name__), value, str(error)))
            return
        self._loop.restored = 0
        self._keeper.start(self._loop)
        self._told.append(Edited(done, self.step, self.epoch, command.group))

    def _restart(self, seed: int | None) -> None:
        experiment = self.experiment
        if seed is not None:
            try:
                experiment = experiment.with_value("training.seed", seed)
            except InvalidValue as error:
                self._told.append(Refused("training.seed", seed, str(error)))
                return
        prepared = self._prepared
        if not same_data(experiment, self.origin):
            try:
                prepared = prepare(experiment, self._progress)
            except (InvalidValue, DataError) as error:  # a file that is gone, or has another content now
                self._told.append(Refused("restart", experiment.training.seed, str(error)))
                return
        self._begin(experiment, prepared)
        self._told.append(self.started())

    # ---- checkpoints

    def state_dict(self) -> dict[str, Any]:
        """Everything that the run goes on from, bit for bit: words, numbers, None, lists, dictionaries and arrays."""
        return checkpoint.pack(self.origin, self._loop, self._keeper, self.state, self._asked)

    def load_state_dict(self, packed: Mapping[str, Any]) -> None:
        """Go to where `state_dict` was called, be it on another session. Rows not yet taken are dropped.

        Raises:
            ValueError: it is not such a state; nothing was changed.
        """
        contents = checkpoint.unpack(packed)
        origin = contents.origin
        prepared = self._prepared if same_data(origin, self.origin) else prepare(origin, self._progress)
        loop, keeper = checkpoint.rebuild(contents, prepared)
        self._begin(origin, prepared)
        self._loop, self._keeper = loop, keeper
        self.state, self._asked = contents.state, contents.asked
