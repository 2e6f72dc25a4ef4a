"""A training process that does what a test says: same calls as the real client's, no process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from textual.pilot import Pilot

from nntui.experiment import Experiment
from nntui.training.commands import Command, Watch
from nntui.training.events import Event, RunStarted
from nntui.training.scalars import COLUMNS, Rows
from nntui.training.snapshot import LayerActivations, LayerWeights, Snapshot
from nntui.tui.app import NntuiApp
from nntui.tui.config import Config
from nntui.tui.theme import Glyphs
from nntui.worker.client import Batch, Failure, Status

STEPS = 45


class FakeClient:
    """Keeps what it is told, gives what it is fed."""

    def __init__(self) -> None:
        self.commands: list[Command] = []
        self.first_commands: tuple[Command, ...] = ()
        self.started: list[dict[str, Any]] = []
        self.failure: Failure | None = None
        self.runs: str | None = None
        self.relaunched = 0
        self.recorded = False
        self.taken_up = 0
        self.closed = 0
        self.let_go_of = 0
        self.held: list[bool] = []
        self.looks: list[tuple[int | None, Watch]] = []
        self._batches: list[Batch] = []
        self._wake: Callable[[], None] | None = None

    def attach(self, loop: asyncio.AbstractEventLoop, wake: Callable[[], None]) -> None:
        self._wake = wake
        if self._batches:
            wake()

    def start(self, experiment: dict[str, Any], *first: Command) -> None:
        self.started.append(experiment)
        self.first_commands = first

    def send(self, command: Command) -> None:
        self.commands.append(command)

    def look(self, epoch: int | None, watch: Watch) -> None:
        self.looks.append((epoch, watch))

    def take(self) -> Batch | None:
        batch = self._batches.pop(0) if self._batches else None
        if self._batches and self._wake is not None:
            asyncio.get_running_loop().call_soon(self._wake)
        return batch

    def take_up(self) -> bool:
        self.taken_up += self.recorded
        return self.recorded

    def relaunch(self) -> None:
        self.relaunched += 1
        self.failure = None

    def hold(self, on: bool) -> None:
        self.held.append(on)

    def let_go(self) -> None:
        self.let_go_of += 1

    def kill(self) -> None:
        raise AssertionError("an orderly end kills nothing")

    async def close(self) -> None:
        self.closed += 1

    # -- for tests ------------------------------------------------------------------------------------------------

    def feed(self, *batches: Batch) -> None:
        self._batches += batches
        if self._wake is not None:
            self._wake()

    def fail(self, reason: str, detail: str = "") -> None:
        self.failure = Failure(reason, detail)
        if self._wake is not None:
            self._wake()

    @property
    def told(self) -> list[Command]:
        """The commands but for those about measurements."""
        return [command for command in self.commands if not isinstance(command, Watch)]

    @property
    def watched(self) -> tuple[str, ...]:
        """The measurements asked for last."""
        return [command.quantities for command in self.commands if isinstance(command, Watch)][-1]


def experiment(**values: Any) -> Experiment:
    """A small classifier's experiment; keywords as dotted names with ``__`` for the dot."""
    result = Experiment("two spirals", about="Two arms to tell apart.", watch="the loss falls late", try_="press [")
    for name, value in {"training__epochs": 200, "network__hidden": (16, 8), **values}.items():
        result = result.with_value(name.replace("__", "."), value)
    return result


def run_started(of: Experiment | None = None, **fields: Any) -> RunStarted:
    of = of or experiment()
    event = RunStarted(
        experiment=of.to_dict(), seed=of.training.seed, layer_sizes=(2, 16, 8, 2), parameters=202,
        task="classification", train_samples=STEPS * of.training.batch_size, test_samples=480, steps_per_epoch=STEPS,
        guessing_loss=0.6931, train_loss=0.81, test_loss=0.82, train_score=0.5, test_score=0.49,
    )  # fmt: skip
    return replace(event, **fields)


def rows(first: int, last: int, rate: float = 0.01) -> Rows:
    """The rows of epochs ``first`` to ``last`` of a run that goes well."""
    epoch = np.arange(first, last + 1, dtype=np.float64)
    loss = 0.8 * np.exp(-epoch / 40)
    columns = [epoch, epoch * STEPS, loss, loss * 1.1 + 0.02, 1 - loss / 2, 0.97 - loss / 2,
               np.full_like(epoch, rate), np.full_like(epoch, 0.02), *[np.full_like(epoch, np.nan)] * 2]  # fmt: skip
    assert len(columns) == len(COLUMNS)
    return np.stack(columns, axis=1)


def no_rows() -> Rows:
    return np.empty((0, len(COLUMNS)))


def status(epoch: int = 0, **fields: Any) -> Status:
    step = int(fields.pop("step", epoch * STEPS))
    values: dict[str, Any] = {
        "state": "running", "steps_per_epoch": STEPS, "epochs_per_second": 812.0, "samples_per_second": 58_000.0,
        "elapsed": 12.0, "learning_rate": 0.01,
    }  # fmt: skip
    return Status(epoch=epoch, step=step, **{**values, **fields})


def batch(epoch: int = 0, events: Sequence[Event] = (), of: Rows | None = None, **fields: Any) -> Batch:
    snapshot = fields.pop("snapshot", None)
    past = fields.pop("past", None)
    return Batch(tuple(events), no_rows() if of is None else of, snapshot, status(epoch, **fields), past)


def begun(epochs: int = 0, of: Experiment | None = None, **fields: Any) -> Batch:
    """The run began and has ended so many epochs."""
    measured = fields.pop("snapshot", snapshot())
    return batch(epochs, [run_started(of)], rows(1, epochs), snapshot=measured, **fields)


def snapshot(hidden: Sequence[int] = (16, 8), *, dead: int = 2, saturated: int = 3) -> Snapshot:
    """Measurements of a network with these hidden layers; in each some units are dead and some saturated."""
    rng = np.random.default_rng(0)
    names = [f"hidden {index + 1}" for index in range(len(hidden))]
    weights = tuple(
        LayerWeights(
            name, -2.0, 2.0, np.histogram(rng.normal(0, 0.8, 400), 40, (-2, 2))[0].astype(np.int32),
            np.histogram(rng.normal(0, 0.4, 400), 40, (-2, 2))[0].astype(np.int32), 0.01, 0.8, 0.0, 0.1,
        )
        for name in [*names, "output"]
    )  # fmt: skip
    activations = (_layer(rng, name, units, dead, saturated) for name, units in zip(names, hidden, strict=True))
    return Snapshot(3, 135, weights, tuple(activations))


def _layer(rng: np.random.Generator, name: str, units: int, dead: int, saturated: int) -> LayerActivations:
    state = np.zeros(units, dtype=np.int8)
    state[:dead] = 2
    state[dead : dead + saturated] = 1
    return LayerActivations(
        layer=name, activation="tanh", low=-1.0, high=1.0,
        counts=np.histogram(np.tanh(rng.normal(0, 1.5, 4000)), 40, (-1, 1))[0].astype(np.int32),
        mean=0.02, std=0.7, saturated=0.34, dead=dead / units,
        unit_mean=rng.normal(0, 0.3, units).astype(np.float32),
        unit_active=rng.uniform(0, 1, units).astype(np.float32), unit_state=state,
    )  # fmt: skip


def make_app(client: FakeClient | None = None, of: Experiment | None = None, glyphs: Glyphs = "braille") -> NntuiApp:
    return NntuiApp(client or FakeClient(), of or experiment(), Config(), glyphs=glyphs, frames_per_second=1000.0)


async def settled(pilot: Pilot[Any]) -> None:
    """Until everything that is under way has been handled and drawn."""
    app = pilot.app
    assert isinstance(app, NntuiApp)
    await pilot.pause()
    while app.has_news:
        await asyncio.sleep(0.002)
        await pilot.pause()
    await pilot.pause()


def screen_text(app: NntuiApp) -> str:
    """The whole screen, one line a row."""
    return "\n".join(strip.text.rstrip() for strip in app.screen._compositor.render_strips())
