"""A learner at the keys: walks a lesson in the dashboard, with a training process of its own behind it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from textual import events
from textual.keys import _character_to_key
from textual.message_pump import MessagePump
from textual.widgets import OptionList

from nntui.experiment import find_preset, read_preset
from nntui.teaching.conditions import read_condition
from nntui.teaching.lesson import Step, read_lesson
from nntui.teaching.walk import Walk
from nntui.teaching.words import WORDS
from nntui.tui.app import NntuiApp
from nntui.tui.config import Config
from nntui.tui.screens.edit import EditScreen
from nntui.tui.screens.range_test import RangeTestScreen
from nntui.tui.screens.step import StepScreen
from nntui.worker.client import Client
from tests.harness.patience import PATIENCE
from tests.teaching.ways import Act, Answer, Epochs, Form, Halt, Press, Tested, Train, Until

SLOW, FAST = 5.0, 200.0  # epochs a second


class Walker:
    """What a learner does, and what can be seen of it."""

    def __init__(self, app: NntuiApp) -> None:
        self.app = app

    @property
    def walk(self) -> Walk:
        """The lesson under way."""
        assert self.app.desk.walk is not None
        return self.app.desk.walk

    @property
    def step(self) -> Step:
        """The step that is on."""
        assert self.walk.step is not None
        return self.walk.step

    async def begin(self, lesson: Path) -> None:
        """Begin, and wait until the run is there and stands still."""
        self.app.begin_page(lesson)
        await self.until(lambda: self.app.model.state == "paused", "the run waits")
        assert self.app.model.epochs_done == 0, "it trained before it waited"
        await self.press("escape")

    async def hurry(self) -> None:
        """Wait for the step to be ticked off, and let the run be faster the longer that takes."""
        begun = time.monotonic()
        while not self.walk.met:
            assert time.monotonic() - begun < PATIENCE, f"step {self.walk.at + 1} is not ticked off: {self.sight()}"
            if self.app.model.state == "running" and (self.app.helm.pace or 1e9) < FAST:
                await self.press(">")
            await asyncio.sleep(0.1)

    async def slow_down(self) -> None:
        """Let the run be as slow as it was."""
        while (self.app.helm.pace or 1e9) > SLOW:
            await self.press("<")

    async def loaded(self) -> None:
        """Wait until there is a run on the screen."""
        begun = time.monotonic()
        while self.app.model.state == "loading":
            assert time.monotonic() - begun < PATIENCE
            await asyncio.sleep(0.01)

    async def press(self, *keys: str) -> None:
        """Press keys, each handled before the next. (The pilot's way waits for a quiet moment, and a run has none.)"""
        for key in keys:
            name = key if len(key) > 1 or key.isalnum() else _character_to_key(key)
            self.app.post_message(events.Key(name, " " if key == "space" else key if len(key) == 1 else None))
            await self.handled()

    async def handled(self) -> None:
        """Until what was sent to and fro among the widgets has arrived."""
        for _ in range(3):
            for one in (self.app, self.app.screen, self.app.focused):
                if one is not None:
                    await self._heard(one)

    async def _heard(self, one: MessagePump) -> None:
        """Until this widget has come to what was sent to it; what was closed meanwhile does not any more."""
        arrived = asyncio.Event()
        one.call_later(arrived.set)
        await self.until(lambda: arrived.is_set() or not one.is_attached, "a message arrives")

    async def until(self, fact: Callable[[], object], what: str) -> None:
        """Wait for a fact."""
        begun = time.monotonic()
        while not fact():
            assert time.monotonic() - begun < PATIENCE, f"not within {PATIENCE:g} s: {what}; {self.sight()}"
            await asyncio.sleep(0.01)

    def sight(self) -> str:
        """How it stands, for a test that failed."""
        model, witness = self.app.model, self.walk.witness
        words = ("epoch", "learning_rate", "train_loss", "test_loss", "test_accuracy", "state")
        until = self.step.until.text if self.walk.step and self.step.until else ""
        seen = {word: witness.value(word, ()) for word in words}
        return f"{until!r} at {seen}, diagnosed {set(model.diagnoses)}, changes {model.changes}"

    async def do(self, *acts: Act) -> None:
        """Do these things one after the other; each is answered before the next."""
        for act in acts:
            await self._do(act)
            await self.until(lambda: not self.app.model.pending, "the change is answered")

    async def _do(self, act: Act) -> None:
        state = self.app.model.state
        match act:
            case Halt() | Train():
                wanted = "running" if isinstance(act, Train) else "paused"
                if state != wanted and not (wanted == "paused" and state in ("finished", "diverged")):
                    await self.press("space")
                    await self.until(lambda: self.app.model.state != state, f"{wanted} after space")
            case Epochs(count):
                last = float(self.walk.witness.value("epoch", ())) + count
                await self.until(lambda: float(self.walk.witness.value("epoch", ())) >= last, f"{count} epochs")
            case Answer(number):
                await self._open()
                await self.press(str(number))
            case Form():
                await self._fill(act)
            case Tested():
                await self.press("f")
                screen = self.app.screen
                assert isinstance(screen, RangeTestScreen)
                rules = screen.query_one(OptionList)
                await self.until(lambda: rules.option_count, "the range test ends")
                await self.press("1")
            case Press(key, until):
                condition = read_condition(until, WORDS)
                while not condition.holds(self.walk.witness):
                    await self.press(key)
                    await self.until(lambda: not self.app.model.pending, "the change is answered")
            case Until(text):
                waited_for = read_condition(text, WORDS)
                await self.until(lambda: waited_for.holds(self.walk.witness), text)
            case "a":
                await self.until(lambda: self.app.main.diagnosed, "there is a fix to apply")
                await self.press(act)
            case str():
                serial = self.app.model.serial
                await self.press(act)
                if act in ("r", "R") and not isinstance(self.app.screen, StepScreen):
                    await self.until(lambda: self.app.model.serial != serial, "the run starts again")

    async def _fill(self, form: Form) -> None:
        await self.press("e")
        screen = self.app.screen
        assert isinstance(screen, EditScreen)
        for name, value in form.values:
            screen.form.go_to(name)
            screen.set_focus(screen.form)
            field = screen.form.current
            assert field is not None
            for _ in field.words or ():
                if field.text != value:
                    await self.press("right")
            if not field.words:
                await self.press(*value)
            assert field.text == value
            assert not field.fault
        serial, changes = self.app.model.serial, len(self.app.model.changes)
        await self.press("enter")
        await self.until(
            lambda: self.app.model.serial != serial or len(self.app.model.changes) > changes, "the form is applied"
        )
        await self.until(lambda: self.app.model.state != "loading", "the run goes on")

    async def _open(self) -> None:
        if not isinstance(self.app.screen, StepScreen):
            await self.press("L")
            assert isinstance(self.app.screen, StepScreen)

    async def go_on(self) -> None:
        """To the next step, the run standing still, and back to the screen."""
        at = self.walk.at
        await self.do(Halt())
        await self.slow_down()
        await self.press("enter" if isinstance(self.app.screen, StepScreen) else "L")
        assert self.walk.at == at + 1
        if self.walk.step is not None:
            await self.press("escape")

    async def walk_step(self, wrong: tuple[Act, ...], right: tuple[Act, ...]) -> None:
        """Do the wrong thing, which must not tick it off, and then the right one, which must."""
        if wrong:
            await self.do(*wrong)
            await self.handled()
            assert not self.app.desk.look(), f"ticked off by the wrong thing: {self.sight()}"
            assert not self.walk.met, f"ticked off by the wrong thing: {self.sight()}"
        await self.do(*right)
        await self.hurry()


@asynccontextmanager
async def learner(folder: Path, size: tuple[int, int] = (120, 40)) -> AsyncIterator[Walker]:
    """A dashboard that begins with some other run; ``folder``: for recordings and progress."""
    client = Client.launch()
    client.runs = str(folder / "runs")
    experiment = read_preset(find_preset("xor"))
    client.start(experiment.to_dict())
    app = NntuiApp(client, experiment, Config(), frames_per_second=10.0)
    try:
        async with app.run_test(size=size):
            walker = Walker(app)
            await walker.loaded()
            yield walker
    finally:
        await client.close()


def own_copy(lesson: Path, folder: Path, seed: int) -> Path:
    """A teacher's copy of a lesson, its preset beside it with another seed."""
    from nntui.experiment.emit import emit

    read = read_lesson(lesson)
    experiment = read_preset(find_preset(read.preset)).with_value("training.seed", seed)
    (folder / "own.toml").write_text(emit(experiment), encoding="utf-8")
    text = lesson.read_text(encoding="utf-8").replace(f'preset = "{read.preset}"', 'preset = "own.toml"')
    copy = folder / lesson.name
    copy.write_text(text, encoding="utf-8")
    return copy
