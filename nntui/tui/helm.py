"""From what a person wants to the commands that the training understands, and the word back at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

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
    Watch,
)
from nntui.tui.bindings import Action
from nntui.tui.bursts import Bursts
from nntui.tui.confirmations import Confirmations
from nntui.tui.model import SCALE, Model
from nntui.tui.steering import next_batch_size, next_factor, next_pace
from nntui.tui.widgets.text import counted, sentence

if TYPE_CHECKING:
    import asyncio

    from nntui.experiment import Experiment, Value
    from nntui.worker.client import Batch, Failure

BATCH_SIZE = "training.batch_size"
SEEDS = 2**31


class RunClient(Protocol):
    """What the dashboard needs of the training process's client."""

    @property
    def failure(self) -> Failure | None: ...
    def attach(self, loop: asyncio.AbstractEventLoop, wake: Callable[[], None]) -> None: ...
    def start(self, experiment: dict[str, Any], *first: Command) -> None: ...
    def send(self, command: Command) -> None: ...
    def look(self, epoch: int | None, watch: Watch) -> None: ...
    def take(self) -> Batch | None: ...
    def take_up(self) -> bool: ...
    def relaunch(self) -> None: ...


class LaunchedClient(RunClient, Protocol):
    """A client whose process the dashboard also ends.

    Attributes:
        first_commands: for the next `start`, in force before the first step of that run.
    """

    first_commands: tuple[Command, ...]

    def hold(self, on: bool) -> None: ...
    def let_go(self) -> None: ...
    def kill(self) -> None: ...
    async def close(self) -> None: ...


Say = Callable[[str], None]


def first_keys(actions: Sequence[Action]) -> dict[str, str]:
    """The key to name for every action, by the action's id; the command palette's where it has none."""
    palette = next((action.keys[0] for action in actions if action.id == "program.palette" and action.keys), "ctrl+p")
    return {action.id: action.keys[0] if action.keys else palette for action in actions}


class Helm:
    """Sends commands, remembers what was asked for until the answer comes, and says why something cannot be.

    Args:
        say: shows a sentence to the person.
        keys: the key that does something, by the action's id.
        forbids_run: why a run must not be started with an experiment; empty where it may.
        confirm: shows what became of a change, in the place of what was last shown so; by default as ``say``.
    """

    def __init__(
        self,
        client: RunClient,
        model: Model,
        say: Say,
        keys: Mapping[str, str],
        forbids_run: Callable[[Experiment], str] = lambda _: "",
        confirm: Say | None = None,
    ) -> None:
        self._client = client
        self._model = model
        self._say, self._confirm = say, confirm or say
        self._keys = keys
        self._forbids_run = forbids_run
        self._pace: tuple[float | None] | None = None
        self._watched: Watch | None = None
        self.bursts = Bursts()
        self.confirmations = Confirmations(model, self._confirm, keys)

    # -- the run --------------------------------------------------------------------------------------------------

    def toggle_pause(self) -> None:
        self.bursts.end()
        state = self._model.state
        if state == "running":
            self._client.send(Pause())
        elif state in ("paused", "diverged") or self._model.has_more_epochs:
            self._client.send(Resume())
        elif state == "failed" and self._client.take_up():
            self.begin(self._model.experiment)
        else:
            self._say(self._why_not())

    def step(self, count: int, *, epochs: bool) -> None:
        self.bursts.end()
        if self._model.state in ("running", "paused", "diverged") or self._model.has_more_epochs:
            self._client.send(Step(count, "epoch" if epochs else "batch"))
        else:
            self._say(self._why_not())

    def _why_not(self) -> str:
        restart, edit = self._keys["run.restart"], self._keys["change.edit"]
        if self._model.is_replay and self._model.state == "finished":
            left, right = self._keys["look.left"], self._keys["look.right"]
            return f"The recording ends here: {restart} plays it again, {left} and {right} go to its other epochs."
        return {
            "loading": "The training has not begun yet.",
            "finished": f"The run is finished: {restart} starts it again, {edit} gives it more epochs.",
            "stopped": f"The run has ended: {restart} starts it again.",
            "failed": f"The training process is gone: {restart} starts it again.",
        }.get(self._model.state, "That cannot be done now.")

    @property
    def pace(self) -> float | None:
        """Epochs a second at most: as the person said or, until then, as the preset says."""
        return self._pace[0] if self._pace is not None else self._model.experiment.training.pace or None

    def change_pace(self, direction: int) -> None:
        pace = next_pace(self.pace, direction)
        if pace == self.pace:
            fast = "Training as fast as the machine can."
            self._confirm(fast if pace is None else f"{pace:g} epochs/s is the slowest.")
            return
        self.bursts.end()
        self._pace = (pace,)
        self._client.send(Pace(pace))
        most = "No limit: as fast as the machine can."
        self._confirm(most if pace is None else f"At most {counted(pace, 'epoch')} a second.")

    def restart(self, *, new_seed: bool = False) -> None:
        self.bursts.end()
        seed = (self._model.experiment.training.seed + 1) % SEEDS if new_seed else None
        what = "with seed {seed}" if new_seed else "from the same start, seed {seed}"
        again = "Playing the recording from its start." if self._model.is_replay else f"Restarted {what}."
        self.confirmations.expect_start(again)
        if self._model.state != "failed":
            self._model.is_starting = True
            self._client.send(Restart(seed))
            return
        experiment = self._model.experiment
        if seed is not None:
            experiment = experiment.with_value("training.seed", seed)
        self.begin(experiment)

    def load(self, experiment: Experiment, *first: Command) -> None:
        """A run of another preset; the commands are in force before its first step."""
        self._model.preset = experiment
        self._pace = None
        self.confirmations.expect_start(f"Started {experiment.name or experiment.data.name}.")
        self.begin(experiment, *first)

    def begin(self, experiment: Experiment, *first: Command) -> None:
        """A run from the start, in a new process where the old one is gone; arguments as of `load`."""
        if reason := self._forbids_run(experiment):
            self.confirmations.expect_start("")
            self._say(sentence(reason))
            return
        if self._client.failure is not None:
            self._client.relaunch()
        self._model.clear()
        self._model.experiment = experiment
        pace = () if self._pace is None else (Pace(self._pace[0]),)
        self._client.start(experiment.to_dict(), *first, *pace)
        watched, self._watched = self._watched, None
        if watched is not None:
            self.watch(watched)

    def watch(self, watched: Watch) -> None:
        """Have these measured, and no others."""
        if watched != self._watched:
            self._watched = watched
            self._client.send(watched)

    def edit(self, command: SetWeight | Silence | Redraw) -> None:
        """Change weights by hand."""
        group = self._group()
        self.confirmations.expect_change(group, command)
        self._client.send(replace(command, group=group))

    def _group(self, key: str = "") -> int:
        """The number of a change asked for now; ``key``: that asks for it, if it may be pressed in a burst."""
        return self.bursts.number(key, self._model.newest_group)

    # -- hyperparameters ------------------------------------------------------------------------------------------

    def move_learning_rate(self, direction: int) -> None:
        self.set(SCALE, next_factor(self._model.number(SCALE), direction), f"rate {direction}")

    def keep_rate(self) -> None:
        """Scale the schedule so that the next step has the learning rate from before the run's length changed."""
        moved, status = self._model.rate_to_keep, self._model.status
        if moved is None or status is None or not status.learning_rate:
            self._say("No new length of the run has moved the learning rate, so there is none to keep.")
            return
        from nntui.experiment.build import rises_to

        scale = self._model.number(SCALE) * moved.old / status.learning_rate
        if self.set(SCALE, scale):
            experiment, total = self._model.experiment.with_value(SCALE, scale), self._model.stretches[-1].total_steps
            rise = rises_to(experiment, status.step, total, moved.old)
            self._say(f"The learning rate stays {moved.old:.4g}" + (f"; {rise}." if rise else "."))

    def move_batch_size(self, direction: int) -> None:
        started = self._model.started
        if started is None:
            self._say(self._why_not())
            return
        now = int(self._model.number(BATCH_SIZE))
        size = next_batch_size(now, direction, started.train_samples)
        if size == now:
            self._say("A batch has at least one sample." if direction < 0 else "One batch holds all training samples.")
            return
        self.set(BATCH_SIZE, size, f"batch {direction}")

    def test_rates(self) -> bool:
        """Ask for a learning-rate range test; the answer says whether one will come."""
        if self._model.state in ("loading", "failed"):
            self._say(self._why_not())
            return False
        self._model.range_tested = None
        self._client.send(RangeTest())
        return True

    def obey(self, commands: Iterable[Command]) -> None:
        """Send these, in their order, as one change."""
        group = self._group()
        for command in commands:
            if isinstance(command, Set):
                self._set(command.name, command.value, group)
            elif isinstance(command, SetWeight | Silence | Redraw):
                self.confirmations.expect_change(group)
                self._client.send(replace(command, group=group))
            else:
                self._client.send(command)

    def set_text(self, name: str, text: str) -> bool:
        """As `set`, with the value written as in a preset or behind ``--set``."""
        from nntui.experiment import InvalidValue, parse_value

        try:
            return self.set(name, parse_value(name, text))
        except InvalidValue as refusal:
            self._say(str(refusal))
            return False

    def set(self, name: str, value: Value, key: str = "") -> bool:
        """Ask for a new value, and say why if that cannot be; ``key``: as of `_group`."""
        return self._set(name, value, self._group(key))

    def _set(self, name: str, value: Value, group: int) -> bool:
        from nntui.experiment import InvalidValue

        try:
            changed = self._model.experiment.with_value(name, value, live=True)
        except InvalidValue as refusal:
            self._say(str(refusal))
            return False
        if self._model.state in ("loading", "failed"):
            self._say(self._why_not())
            return False
        wanted = changed.value(name)
        if wanted != self._model.wanted(name):
            self._ask(name, wanted, group)
        return True

    def _ask(self, name: str, wanted: Value, group: int) -> None:
        """Send a change that is known to be allowed; until the answer comes, show it as if it were in force."""
        self._model.ask(name, wanted)
        self.confirmations.expect_change(group)
        self._client.send(Set(name, wanted, group))

    def take_edits(self, values: Mapping[str, Value]) -> None:
        """The values of the edit form, in the order given: a running network takes them if it can take them all.

        Otherwise the run starts again with them.
        """
        from nntui.experiment import InvalidValue
        from nntui.tui.drawings.changes import shown_value

        experiment = self._model.experiment
        live = all(self._is_live(experiment, name) for name in values)
        try:
            experiment = experiment.with_values(values)
        except InvalidValue as refusal:
            self._say(str(refusal))
            return
        if not live or self._model.state in ("loading", "failed"):
            self.begin(experiment)
            changed = ", ".join(f"{name} = {shown_value(experiment.value(name))}" for name in values)
            self.confirmations.expect_start(f"Restarted with {changed}.")
            return
        group = self._group()
        for name in sorted(values, key=lambda name: not name.endswith(".name")):  # a choice before its options
            if self._is_new(name, experiment.value(name)):
                self._ask(name, experiment.value(name), group)

    def _is_new(self, name: str, value: Value) -> bool:
        """Whether a setting is to have another value than it has or was asked for: else no answer would come."""
        try:
            return bool(value != self._model.wanted(name))
        except (KeyError, ValueError):
            return True

    @staticmethod
    def _is_live(experiment: Experiment, name: str) -> bool:
        return all(row.live for row in experiment.parameters() if row.name == name)
