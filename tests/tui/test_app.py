"""What each key does to the run and to the screen, in every state the run can be in."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from rich.segment import Segment
from textual.events import MouseScrollDown, MouseScrollUp
from textual.pilot import Pilot
from textual.strip import Strip

from nntui.experiment import Experiment
from nntui.training.commands import Command, Pace, Pause, Restart, Resume, Set, Step, Watch
from nntui.training.events import Changed, Diverged, Failed, Paused, Progressed, Refused, Resumed, RunEnded
from nntui.tui import main_screen
from nntui.tui.app import NntuiApp
from nntui.tui.model import Model, Topic
from nntui.tui.panels import BY_ID, Spec
from nntui.tui.views import OVERVIEW, Tab
from nntui.tui.widgets.panel import Drawing, Panel, Request
from tests.tui.fakes import (
    FakeClient,
    batch,
    begun,
    experiment,
    make_app,
    rows,
    run_started,
    screen_text,
    settled,
    snapshot,
)  # fmt: skip

SIZE = (120, 40)


class Stage:
    """A dashboard, the process it talks to, and a person at the keys."""

    def __init__(self, app: NntuiApp, client: FakeClient, pilot: Pilot[Any]) -> None:
        self.app, self.client, self.pilot = app, client, pilot

    async def press(self, *keys: str) -> str:
        await self.pilot.press(*keys)
        await settled(self.pilot)
        return self.text

    async def feed(self, *batches: Any) -> str:
        self.client.feed(*batches)
        await settled(self.pilot)
        return self.text

    @property
    def text(self) -> str:
        return screen_text(self.app)

    def watched(self) -> tuple[str, ...]:
        return self.client.watched

    @property
    def said(self) -> str:
        """What the person was told in passing."""
        return "\n".join(notification.message for notification in self.app._notifications)

    @property
    def status(self) -> str:
        return self.text.split("\n")[2]

    def panel(self, name: str) -> Panel:
        return self.app.main.query_one(f"#{name}", Panel)


@asynccontextmanager
async def stage(*batches: Any, of: Experiment | None = None, size: tuple[int, int] = SIZE) -> AsyncIterator[Stage]:
    client = FakeClient()
    app = make_app(client, of)
    async with app.run_test(size=size) as pilot:
        client.feed(*batches)
        await settled(pilot)
        yield Stage(app, client, pilot)


# -- the run ----------------------------------------------------------------------------------------------------------


async def test_before_the_process_answers_the_screen_says_so() -> None:
    async with stage() as on:
        assert "loading" in on.status
        assert "starting" in on.text
        await on.press("space")
        assert "not begun" in on.said
        assert on.client.told == []


async def test_loading_shows_what_and_how_far() -> None:
    async with stage() as on:
        await on.feed(batch(0, [Progressed("reading big.csv", 0.37)], state="loading"))
        assert "reading big.csv" in on.status
        assert "37%" in on.status
        await on.feed(batch(0, [Progressed("scaling", None)], state="loading"))
        assert "scaling" in on.status
        assert "%" not in on.status


async def test_a_run_begins_before_its_first_epoch_ends() -> None:
    async with stage(begun(0, step=20, running_loss=0.7)) as on:
        assert "running" in on.status
        assert "0/200" in on.status
        assert "guessing" in on.panel("loss").text()
        assert "train 0.7 " in on.panel("loss").text()


async def test_epochs_arrive_and_nothing_is_lost() -> None:
    async with stage(begun(0)) as on:
        for epoch in range(1, 16):
            on.client.feed(batch(epoch, of=rows(epoch, epoch)))
        for _ in range(15):
            on.app.wake()
            await settled(on.pilot)
        history = on.app.model.history
        assert history is not None
        assert history.values("epoch").tolist() == list(range(16))
        assert "15/200" in on.status


async def test_space_pauses_and_goes_on() -> None:
    async with stage(begun(12)) as on:
        await on.press("space")
        assert on.client.told == [Pause()]
        await on.feed(batch(12, [Paused(540, 12)], state="paused"))
        assert "paused" in on.status
        assert "Go on" in on.text
        await on.press("space")
        assert on.client.told == [Pause(), Resume()]
        await on.feed(batch(12, [Resumed(540, 12)]))
        assert "running" in on.status
        assert "Go on" not in on.text


@pytest.mark.parametrize(
    ("key", "command"),
    [
        ("n", Step(1, "epoch")),
        ("b", Step(1, "batch")),
        ("[", Set("schedule.scale", 0.8)),
        ("]", Set("schedule.scale", 1.25)),
        ("{", Set("training.batch_size", 16)),
        ("}", Set("training.batch_size", 64)),
        ("<", Pace(200)),
        ("r", Restart(None)),
        ("R", Restart(1)),
    ],
)
@pytest.mark.parametrize("state", ["running", "paused"])
async def test_a_key_sends_its_command(key: str, command: Command, state: str) -> None:
    async with stage(begun(12, state=state)) as on:
        await on.press(key)
        assert on.client.told == [command]


async def test_pace_goes_down_and_up_to_no_limit() -> None:
    async with stage(begun(3)) as on:
        await on.press(">")
        assert "as fast as the machine can" in on.said
        assert on.client.told == []
        await on.press("<", "<", ">", ">")
        assert on.client.told == [Pace(200), Pace(100), Pace(200), Pace(None)]


async def test_a_key_pressed_often_before_the_answer_goes_on_from_what_was_asked() -> None:
    async with stage(begun(12)) as on:
        await on.press("[", "[", "[")
        assert on.client.told == [Set("schedule.scale", value) for value in (0.8, 0.64, 0.5)]
        await on.feed(batch(12, [Changed("schedule.scale", 1.0, 0.8, 540, 12)]))
        await on.press("[")
        assert on.client.told[-1] == Set("schedule.scale", 0.4)


async def test_what_is_asked_for_shows_until_it_is_answered() -> None:
    async with stage(begun(12)) as on:
        await on.press("{")
        assert "16…" in on.panel("hyperparameters").text()
        await on.feed(batch(12, [Changed("training.batch_size", 32, 16, 540, 12)]))
        text = on.panel("hyperparameters").text()
        assert "16…" not in text
        assert "* 1 changed" in text


async def test_a_change_is_marked_on_the_curves() -> None:
    async with stage(begun(40)) as on:
        await on.feed(
            batch(40, [Changed("schedule.scale", 1.0, 0.5, 900, 20), Changed("training.batch_size", 32, 16, 1350, 30)])
        )
        for name in ("loss", "accuracy", "learning-rate"):
            assert "lr 0.005" in on.panel(name).text()
            assert "batch 16" in on.panel(name).text()


async def test_a_change_that_training_does_not_feel_is_not_marked() -> None:
    async with stage(begun(40)) as on:
        before = on.panel("loss").text()
        await on.feed(batch(40, [Changed("training.pace", 0.0, 5.0, 900, 20)]))
        assert on.panel("loss").text() == before


async def test_a_refusal_is_said_and_changes_nothing() -> None:
    async with stage(begun(12)) as on:
        await on.press("}")
        await on.feed(batch(12, [Refused("training.batch_size", 64, "a batch of 64 does not fit here")]))
        assert "a batch of 64 does not fit here" in on.said
        assert on.app.model.pending == {}
        assert "32" in on.panel("hyperparameters").text()


async def test_divergence_says_where_and_what_helps() -> None:
    async with stage(begun(12)) as on:
        await on.feed(batch(12, [Diverged(551, 12, "loss"), RunEnded("diverged", 12, 550)], state="diverged"))
        assert "diverged" in on.status
        assert "step 551 (epoch 13): loss is no longer a finite number" in on.text
        await on.press("[", "space")
        assert on.client.told == [Set("schedule.scale", 0.8), Resume()]
        await on.feed(batch(12, [Changed("schedule.scale", 1.0, 0.8, 550, 12), Resumed(550, 12)]))
        assert "no longer" not in on.text


async def test_a_finished_run_says_so_and_names_the_keys() -> None:
    async with stage(begun(200)) as on:
        await on.feed(batch(200, [RunEnded("finished", 200, 9000)], state="finished"))
        assert "finished" in on.status
        assert "Finished: 200 epochs in 12 s" in on.text
        assert "r starts again" in on.text
        await on.press("space")
        assert "e gives it more epochs" in on.said
        assert on.client.told == []


async def test_a_finished_run_with_more_epochs_goes_on() -> None:
    async with stage(begun(200)) as on:
        await on.feed(batch(200, [RunEnded("finished", 200, 9000)], state="finished"))
        await on.feed(batch(200, [Changed("training.epochs", 200, 300, 9000, 200)], state="finished"))
        assert "space goes on" in on.text
        await on.press("space")
        assert on.client.told == [Resume()]


async def test_a_run_stopped_early_says_why() -> None:
    async with stage(begun(34)) as on:
        await on.feed(batch(34, [RunEnded("early_stopped", 34, 1530)], state="finished"))
        assert "the test loss fell no further: 34 epochs" in on.text


async def test_a_run_that_cannot_begin_says_why() -> None:
    async with stage() as on:
        await on.feed(batch(0, [Failed("data.path: there is no file mine.csv", "")], state="failed"))
        assert "failed" in on.status
        assert "there is no file mine.csv" in on.text


async def test_the_process_dies_and_r_starts_another() -> None:
    async with stage(begun(12)) as on:
        on.client.fail("killed by signal 9 (SIGKILL)", "Traceback\nMemoryError: too much\n")
        await settled(on.pilot)
        assert "failed" in on.status
        assert "killed by signal 9 (SIGKILL)" in on.text
        assert "MemoryError: too much" in on.text
        assert "12/200" in on.status
        assert "r starts it again" in on.text
        await on.press("space")
        assert "r starts it again" in on.said
        await on.press("r")
        assert on.client.relaunched == 1
        assert [sent["name"] for sent in on.client.started] == ["two spirals"]
        assert on.watched() == ("activations", "weights")
        await on.feed(begun(2))
        assert "running" in on.status
        assert "SIGKILL" not in on.text


async def test_a_restart_keeps_the_pace_and_clears_the_curves() -> None:
    async with stage(begun(40)) as on:
        await on.press("<")
        await on.press("R")
        assert on.client.told == [Pace(200), Restart(1)]
        of = experiment(training__seed=1)
        await on.feed(begun(0, of))
        assert on.app.model.history is not None
        assert len(on.app.model.history) == 1
        assert "0/200" in on.status


# -- looks ------------------------------------------------------------------------------------------------------------


async def test_l_and_s_change_how_the_loss_is_drawn_and_say_so() -> None:
    async with stage(begun(40)) as on:
        plain = on.panel("loss").text()
        assert "Loss · log" in await on.press("l")
        assert on.panel("loss").text() != plain
        await on.press("l")
        assert on.panel("loss").text() == plain
        assert "smoothed 0.6" in await on.press("s")
        await on.press("s", "s", "s", "s")
        assert on.panel("loss").text() == plain


async def test_maximised_a_panel_has_the_room_and_only_what_it_needs_is_measured() -> None:
    async with stage(begun(40)) as on:
        assert on.watched() == ("activations", "weights")
        text = await on.press("m")
        assert "Accuracy" not in text
        assert on.panel("loss").size.width == SIZE[0]
        assert on.watched() == ()
        await on.press("tab", "tab", "tab")
        assert "Weights" in on.text
        assert on.panel("weights").size.width == SIZE[0]
        assert on.watched() == ("weights",)
        await on.press("shift+tab")
        assert on.watched() == ()
        await on.press("m")
        assert on.watched() == ("activations", "weights")
        assert all(name in on.text for name in ("Loss", "Accuracy", "Learning rate", "Weights", "Activations"))


async def test_tab_goes_round_all_panels_and_back() -> None:
    async with stage(begun(3)) as on:
        seen = [str(on.app.main.focused_panel.id)]
        for _ in range(6):
            await on.press("tab")
            seen.append(str(on.app.main.focused_panel.id))
        assert len(set(seen)) == 6
        assert seen[0] == seen[6]
        await on.press("shift+tab")
        assert str(on.app.main.focused_panel.id) == seen[5]


async def test_a_click_focuses_a_panel_and_presses_a_footer_key() -> None:
    async with stage(begun(3)) as on:
        await on.pilot.click("#weights")
        await settled(on.pilot)
        assert on.app.main.focused_panel.id == "weights"
        lines = on.text.split("\n")
        for word, command in (("Pause", Pause()), ("Epoch", Step(1, "epoch"))):
            y = next(index for index, row in enumerate(lines) if "space Pause" in row)
            await on.pilot.click(offset=(lines[y].index(word) + 1, y))
            assert on.client.told[-1] == command


async def test_up_and_down_page_through_the_layers() -> None:
    async with stage(begun(3), size=(80, 24)) as on:
        await on.press("tab", "tab", "tab")
        weights = on.panel("weights")
        assert "hidden 1" in weights.text()
        assert "1–2 of 3" in weights.text()
        await on.press("down")
        assert "output" in weights.text()
        await on.press("down", "up")
        assert "hidden 1" in weights.text()
        await on.press("tab", "tab")
        first = on.panel("hyperparameters").text()
        await on.press("down")
        assert on.panel("hyperparameters").text() != first


async def test_the_wheel_pages_too() -> None:
    async with stage(begun(3), size=(80, 24)) as on:
        weights = on.panel("weights")
        await on.pilot._post_mouse_events([MouseScrollDown], weights)
        await settled(on.pilot)
        assert "output" in weights.text()
        await on.pilot._post_mouse_events([MouseScrollUp], weights)
        await settled(on.pilot)
        assert "hidden 1" in weights.text()


async def test_resized_to_nothing_and_back_nothing_is_lost() -> None:
    async with stage(begun(5), size=(200, 60)) as on:
        await on.pilot.resize_terminal(20, 5)
        await settled(on.pilot)
        assert "80×24" in on.text.replace("\n", " ")
        assert on.watched() == ()
        await on.feed(batch(30, of=rows(6, 30)))
        for width, height in ((80, 24), (120, 40), (1, 1), (200, 60)):
            await on.pilot.resize_terminal(width, height)
            await settled(on.pilot)
            lines = on.text.split("\n")
            assert len(lines) == height
            assert all(len(row) <= width for row in lines)
        assert on.watched() == ("activations", "weights")
        assert "30/200" in on.text
        assert on.app.model.history is not None
        assert len(on.app.model.history) == 31
        for name in ("Loss", "Accuracy", "Learning rate", "Weights", "Activations", "Hyperparameters"):
            assert name in on.text


async def test_nothing_is_drawn_when_nothing_is_new(monkeypatch: pytest.MonkeyPatch) -> None:
    async with stage(begun(5, state="paused")) as on:
        drawn: list[str] = []
        refresh = Panel.refresh

        def counted(self: Panel, *args: Any, **options: Any) -> Any:
            drawn.append(str(self.id))
            return refresh(self, *args, **options)

        monkeypatch.setattr(Panel, "refresh", counted)
        await asyncio.sleep(0.1)
        await settled(on.pilot)
        assert drawn == []
        await on.feed(batch(5, state="paused"))
        assert drawn == []
        await on.feed(batch(6, of=rows(6, 6), state="paused"))
        assert "loss" in drawn
        assert "weights" not in drawn


async def test_the_explanation_and_the_help_open_and_close() -> None:
    async with stage(begun(5)) as on:
        for key in ("i", "?", "p", "e"):
            await on.press(key)
            assert on.app.screen is not on.app.main
            await on.press("escape")
            assert on.app.screen is on.app.main


async def test_behind_a_dialog_the_run_is_still_followed() -> None:
    async with stage(begun(5)) as on:
        await on.press("?")
        await on.feed(*(batch(epoch, of=rows(epoch, epoch)) for epoch in range(6, 12)))
        await on.press("escape")
        for _ in range(6):
            on.app.wake()
            await settled(on.pilot)
        assert "11/200" in on.status
        assert on.app.model.history is not None
        assert len(on.app.model.history) == 12


async def test_q_leaves_with_success_and_after_a_failure_without() -> None:
    async with stage(begun(5)) as on:
        await on.pilot.press("q")
        assert on.app.return_code == 0
    async with stage(begun(5)) as on:
        on.client.fail("exited with status 1")
        await settled(on.pilot)
        await on.pilot.press("q")
        assert on.app.return_code == 1


# -- hyperparameters from outside -------------------------------------------------------------------------------------


async def test_a_value_from_the_palette_is_sent_or_refused_with_a_reason() -> None:
    async with stage(begun(5)) as on:
        on.app.set_value("regularization.l2", "0.001")
        await settled(on.pilot)
        assert on.client.told == [Set("regularization.l2", 0.001)]
        on.app.set_value("training.batch_size", "-3")
        await settled(on.pilot)
        assert "-3 is too small" in on.said
        assert len(on.client.told) == 1


async def test_a_preset_begins_a_new_run_in_the_same_process() -> None:
    from nntui.experiment import find_preset

    async with stage(begun(5)) as on:
        on.app.load_preset(str(find_preset("xor")))
        await settled(on.pilot)
        assert on.client.started[-1]["name"] == "XOR"
        assert on.client.relaunched == 0
        assert "loading" in on.status
        loaded = on.app.model.experiment
        await on.feed(batch(0, [run_started(loaded)]))
        assert "XOR" in on.text


# -- views ------------------------------------------------------------------------------------------------------------


class Probe:
    """A drawing module that says what was done to it."""

    @staticmethod
    def draw(request: Request) -> Drawing:
        chosen = request.model.chosen
        blank = Strip.blank(request.size[0])
        said = Strip([Segment(f"looks at {chosen.layer}/{chosen.unit}, way {request.variant}")])
        return Drawing([said.adjust_cell_length(request.size[0]), *[blank] * (request.size[1] - 1)], variants=2)

    @staticmethod
    def move(model: Model, dx: int, dy: int) -> None:
        model.chosen.unit += dx
        model.chosen.layer += dy

    @staticmethod
    def click(request: Request, x: int, y: int) -> None:
        request.model.chosen.unit, request.model.chosen.layer = x, y

    @staticmethod
    def facts(model: Model) -> dict[str, str]:
        return {"unit looked at": str(model.chosen.unit)}


@pytest.fixture
def second_view(monkeypatch: pytest.MonkeyPatch) -> None:
    """A view on key 2 with a panel in which one selects, and one that only regressions have."""
    module = type(sys)("nntui.tui.drawings.probe")
    for name in ("draw", "move", "click", "facts"):
        setattr(module, name, getattr(Probe, name))
    monkeypatch.setitem(sys.modules, module.__name__, module)
    topics: frozenset[Topic] = frozenset(("run", "chosen"))
    probe = Spec("probe", "Probe", "probe", topics, frozenset(("gradients",)), arrows="select")
    other = replace(
        probe, id="numbers", title="Numbers", needs=frozenset(("weights",)),
        applies=lambda model: model.started is not None and model.started.task == "regression",
    )  # fmt: skip
    for spec in (probe, other):
        monkeypatch.setitem(BY_ID, spec.id, spec)
    tab = Tab("layers", "2", "Layers", narrow=((1.0, (("probe", 1), ("numbers", 1))),))
    monkeypatch.setattr(main_screen, "filled", lambda: (OVERVIEW, tab))


@pytest.mark.usefixtures("second_view")
async def test_a_view_shows_its_panels_and_only_they_are_measured() -> None:
    async with stage(begun(12)) as on:
        assert "Probe" not in on.text
        assert on.watched() == ("activations", "weights")
        text = await on.press("2")
        assert "Probe" in text
        assert "looks at 0/0" in text
        assert "Hyperparameters" not in text
        assert "Numbers" not in text
        assert on.watched() == ("gradients",)
        assert on.app.main.focused_panel.id == "probe"
        assert on.panel("probe").size.height == SIZE[1] - 5
        text = await on.press("1")
        assert "Probe" not in text
        assert on.watched() == ("activations", "weights")
        assert on.app.main.focused_panel.id == "loss"
        assert await on.press("5") == text


@pytest.mark.usefixtures("second_view")
async def test_another_run_may_have_other_panels() -> None:
    async with stage(begun(12)) as on:
        await on.press("2")
        assert "Numbers" not in on.text
        await on.feed(batch(0, [run_started(task="regression")]))
        assert "Numbers" in on.text
        assert on.watched() == ("gradients", "weights")
        await on.press("tab")
        assert on.app.main.focused_panel.id == "numbers"
        await on.press("m")
        await on.feed(batch(0, [run_started()]))
        assert "Numbers" not in on.text
        assert on.app.main.focused_panel.id == "probe"


@pytest.mark.usefixtures("second_view")
async def test_in_a_panel_where_one_selects_the_arrows_and_the_mouse_do() -> None:
    async with stage(begun(12)) as on:
        await on.press("right", "2")
        assert on.app.model.chosen.unit == 0
        await on.press("right", "right", "left", "down")
        assert "looks at 1/1" in on.text
        watch = [command for command in on.client.commands if isinstance(command, Watch)][-1]
        assert (watch.layer, watch.unit) == (1, 1)
        await on.pilot.click("#probe", offset=(5, 3))
        await settled(on.pilot)
        assert "looks at 2/4" in on.text
        await on.press("g")
        assert "way 1" in on.text
        await on.press("g", ".", ".", ",")
        assert "way 0" in on.text
        assert on.app.model.chosen.sample == 1
        await on.press("m")
        assert "looks at 2/4" in on.text
        await on.press("1", "g")
        assert "one way only" in on.said


@pytest.mark.usefixtures("second_view")
async def test_a_tab_can_be_clicked() -> None:
    async with stage(begun(12), size=(80, 24)) as on:
        first = on.text.split("\n")[0]
        assert first.startswith(" 1 Overview  2 Layers ")
        assert first.endswith("two spirals")
        await on.pilot.click(offset=(first.index("Layers"), 0))
        await settled(on.pilot)
        assert "Probe" in on.text
        await on.pilot.click(offset=(first.index("spirals"), 0))
        await settled(on.pilot)
        assert "Probe" in on.text


async def test_what_is_not_seen_is_neither_drawn_nor_imported(
    second_view: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with stage(begun(5)) as on:
        assert "probe" not in on.app.main._panels
        await on.press("2")
        drawn: list[str] = []
        make = Panel.make_rows

        def counted(self: Panel, width: int, height: int) -> Any:
            drawn.append(str(self.id))
            return make(self, width, height)

        monkeypatch.setattr(Panel, "make_rows", counted)
        await on.feed(batch(6, of=rows(6, 6), snapshot=snapshot()))
        await on.press("right")
        assert set(drawn) == {"probe"}
