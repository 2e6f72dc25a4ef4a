"""What the user asks to see is drawn with the next frame, and all that is shown together is of one moment."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from textual.app import App
from textual.screen import Screen

from nntui.charts import Look
from nntui.charts.fading import faded
from nntui.training.commands import Set, Watch
from nntui.training.events import Changed, Refused, RunStarted
from nntui.training.measures import Probe
from nntui.training.session import Session
from nntui.training.snapshot import Snapshot
from nntui.tui.app import NntuiApp
from nntui.tui.config import Config
from nntui.tui.main_screen import Terminal
from nntui.tui.widgets.panel import Panel
from nntui.worker.client import Batch
from tests.harness.patience import until
from tests.tui.fakes import FakeClient, batch, experiment, no_rows, screen_text, settled, status
from tests.tui.stage import SIZE, Stage

OF = experiment(data__name="moons", network__hidden=(5, 4), training__epochs=200)
VIEWS = "234561"


class Trained:
    """A session that answers requests for measurements as the training process does."""

    def __init__(self, steps: int = 40) -> None:
        self.session = Session(OF)
        self.session.advance(steps)
        self.rows = self.session.take_rows()
        self.probe = Probe(self.session)

    def started(self) -> RunStarted:
        return self.session.started()

    def measured(self, watch: Watch) -> Snapshot:
        return self.probe.measure(watch)

    def batch(self, watch: Watch | None, **fields: Any) -> Batch:
        session = self.session
        now = status(session.epoch, step=session.step, steps_per_epoch=session.steps_per_epoch,
                     learning_rate=session.learning_rate, **fields)  # fmt: skip
        return Batch((), no_rows(), None if watch is None else self.measured(watch), now)


@asynccontextmanager
async def dashboard(
    trained: Trained, *, rate: float = 1000.0, size: tuple[int, int] = SIZE, **fields: Any
) -> AsyncIterator[Stage]:
    """The dashboard of a run under way; ``rate``: live frames per second."""
    client = FakeClient()
    app = NntuiApp(client, OF, Config(), frames_per_second=rate)
    async with app.run_test(size=size) as pilot:
        on = Stage(app, client, pilot)
        await until(lambda: client.commands)
        first = trained.batch(app.model.watching(on.watched()), **fields)
        client.feed(replace(first, events=(trained.started(),), rows=trained.rows))
        await until(lambda: not app.awaits())
        yield on


def asked(on: Stage) -> Watch:
    return next(command for command in reversed(on.client.commands) if isinstance(command, Watch))


def waiting(on: Stage) -> set[str]:
    """The panels that are drawn as waiting."""
    return {str(panel.id) for panel in on.app.main.seen() if panel.is_faded}


def needing(on: Stage) -> set[str]:
    return {str(panel.id) for panel in on.app.main.seen() if panel.spec.needs}


@pytest.mark.parametrize(
    "size", [(120, 40), *(pytest.param(size, marks=pytest.mark.slow) for size in ((80, 24), (200, 60)))]
)
@pytest.mark.parametrize("state", ["running", "paused", "finished"])
async def test_each_view_is_drawn_with_the_next_frame_at_any_frame_rate(state: str, size: tuple[int, int]) -> None:
    trained = Trained()
    async with dashboard(trained, rate=0.01, size=size, state=state) as on:
        await visit_all(on, trained, state=state)


@pytest.mark.slow
@pytest.mark.parametrize("recording", ["replaying 20260101-000000-moons-1", "read-only: another program trains it"])
async def test_each_view_of_a_recording_is_drawn_with_the_next_frame(recording: str) -> None:
    trained = Trained()
    async with dashboard(trained, rate=0.01, recording=recording) as on:
        assert on.app.model.is_replay
        await visit_all(on, trained, recording=recording)


async def visit_all(on: Stage, trained: Trained, **fields: Any) -> None:
    """Show every view twice; its panels are drawn from the first measurements that come."""
    for key in VIEWS * 2:
        before = on.client.commands[:]
        await on.pilot.press(key)
        await until(lambda: on.client.commands != before or not needing(on))  # noqa: B023
        assert set(asked(on).quantities) >= {name for panel in on.app.main.seen() for name in panel.spec.needs}
        on.client.feed(trained.batch(asked(on), **fields))
        await until(lambda: not on.app.awaits() and not waiting(on))
        for panel in on.app.main.seen():
            await until(lambda: panel.text().strip())  # noqa: B023
            assert "measuring" not in panel.text()


async def test_chosen_panels_are_drawn_with_the_next_frame() -> None:
    trained = Trained()
    async with dashboard(trained, rate=0.01) as on:
        on.app.main.choose({on.app.main.tab.id: ("loss", "confusion", "gradient-flow")})
        await until(lambda: set(asked(on).quantities) >= {"confusion", "trends"})
        on.client.feed(trained.batch(asked(on)))
        await until(lambda: not on.app.awaits() and not waiting(on))
        assert {panel.id for panel in on.app.main.seen()} == {"loss", "confusion", "gradient-flow"}
        for panel in on.app.main.seen():
            await until(lambda: any(row[1:-1].strip() for row in panel.text().split("\n")[1:-1]))  # noqa: B023


async def test_first_visit_paints_the_whole_screen_once(monkeypatch: pytest.MonkeyPatch) -> None:
    painted: list[int] = []
    display = App._display

    def note(self: App[Any], screen: Screen[Any], renderable: Any) -> None:
        spans = getattr(renderable, "spans", None)
        painted.append(SIZE[1] if spans is None else len(spans))
        display(self, screen, renderable)

    async with dashboard(Trained()) as on:
        await settled(on.pilot)
        monkeypatch.setattr(App, "_display", note)
        for key in "234":
            painted.clear()
            await on.press(key)
            assert painted.count(SIZE[1]) == 1


async def test_view_has_its_focus_before_it_is_drawn() -> None:
    async with dashboard(Trained()) as on:
        for tab in on.app.main.tabs[1:]:
            on.app.main.show_tab(tab)
            assert on.app.main.focused is on.app.main.seen()[0]
            await settled(on.pilot)
            assert on.app.main.focused is on.app.main.seen()[0]


@pytest.mark.parametrize("key", list(VIEWS[:5]))
async def test_panels_keep_their_last_picture_faded_until_they_are_measured(key: str) -> None:
    trained = Trained()
    async with dashboard(trained) as on:
        await on.pilot.press(key)
        await until(lambda: set(on.watched()) >= {name for p in on.app.main.seen() for name in p.spec.needs})
        on.client.feed(trained.batch(asked(on)))
        await until(lambda: not on.app.awaits())
        await settled(on.pilot)
        before = {str(panel.id): panel.text().split("\n")[1:] for panel in on.app.main.seen()}
        await on.press("1" if key != "6" else "2")
        on.client.feed(trained.batch(asked(on)))
        await until(lambda: not on.app.awaits())
        await on.press(key)
        assert waiting(on) == needing(on)
        for panel in on.app.main.seen():
            assert panel.text().split("\n")[1:] == before[str(panel.id)]
            assert "measuring" not in panel.text()


async def test_panel_that_was_never_drawn_is_a_quiet_frame_until_it_is_measured() -> None:
    async with dashboard(Trained()) as on:
        await on.press("4")
        for panel in on.app.main.seen():
            inside = panel.text().split("\n")[1:-1]
            assert all(not row[1:-1].strip() for row in inside)


@pytest.mark.parametrize("keys", [("right",), ("down",), (".",), (",",)])
async def test_moved_selection_is_measured_and_drawn_with_the_next_frame(keys: tuple[str, ...]) -> None:
    trained = Trained()
    async with dashboard(trained, rate=0.01) as on:
        for view in "35":
            await on.press(view)
            on.client.feed(trained.batch(asked(on)))
            await until(lambda: not on.app.awaits())
            before = asked(on)
            await on.press(*keys)
            assert asked(on) != before
            assert waiting(on)
            on.client.feed(trained.batch(before))  # one that was on its way when the selection moved
            await until(lambda: not on.client._batches)
            assert waiting(on)
            on.client.feed(trained.batch(asked(on)))
            await until(lambda: not waiting(on) and not on.app.awaits())


async def test_view_of_one_weight_waits_for_nothing_after_it_picked_its_weight() -> None:
    trained = Trained()
    async with dashboard(trained) as on:
        await on.press("5")
        assert asked(on).pick
        on.client.feed(trained.batch(asked(on)))
        await until(lambda: not asked(on).pick)
        await settled(on.pilot)
        assert not waiting(on)
        on.client.feed(trained.batch(asked(on)))
        await settled(on.pilot)
        assert not waiting(on)


async def test_panels_of_another_selection_do_not_wait() -> None:
    """Only what depends on the part of the selection that moved has to be measured again."""
    trained = Trained()
    async with dashboard(trained) as on:
        await on.press("3")
        on.client.feed(trained.batch(asked(on)))
        await until(lambda: not on.app.awaits())
        await on.press("right")
        assert "diagram" not in waiting(on)
        assert "neuron" in waiting(on)


@pytest.mark.parametrize("key", ["r", "R", "u", "p"])
async def test_run_that_begins_again_keeps_the_pictures_until_it_is_measured(key: str) -> None:
    trained = Trained()
    async with dashboard(trained) as on:
        await settled(on.pilot)
        texts = {str(panel.id): panel.text().split("\n")[1:] for panel in on.app.main.seen() if panel.spec.needs}
        if key == "p":
            on.app.helm.load(OF)
            assert on.client.started
            await settled(on.pilot)
        else:
            await on.press(key)
        on.client.feed(replace(trained.batch(None), events=(trained.started(),), rows=trained.rows))
        await until(lambda: waiting(on) == needing(on))
        for panel in on.app.main.seen():
            if panel.spec.needs:
                assert panel.text().split("\n")[1:] == texts[str(panel.id)]
        on.client.feed(trained.batch(asked(on)))
        await until(lambda: not waiting(on))


async def test_maximized_and_resized_panels_are_drawn_from_what_is_known() -> None:
    trained = Trained()
    async with dashboard(trained) as on:
        on.app.main.query_one("#weights", Panel).focus()
        await on.press("m")
        assert on.app.main.focused_panel.id == "weights"
        assert not waiting(on)
        await on.press("m")
        on.client.feed(trained.batch(asked(on)))
        await until(lambda: not waiting(on))
        await on.pilot.resize_terminal(200, 60)
        await settled(on.pilot)
        assert not waiting(on)


async def test_past_epoch_is_shown_when_it_comes_and_the_picture_before_it_until_then() -> None:
    trained = Trained()
    async with dashboard(trained, run="20260101-000000-moons-1") as on:
        await on.press("home")
        assert waiting(on) == needing(on)
        _, watch = on.client.looks[-1]
        on.client.feed(replace(trained.batch(None, run="20260101-000000-moons-1"), past=trained.measured(watch)))
        await until(lambda: not waiting(on))
        await on.press("right")
        assert waiting(on) == needing(on)
        events = (Refused("look", 1, "the recording is damaged"),)
        on.client.feed(replace(trained.batch(None, run="20260101-000000-moons-1"), events=events))
        await until(lambda: not waiting(on))
        assert "the recording is damaged" in on.text


# -- the terminal -----------------------------------------------------------------------------------------------------


async def test_nothing_is_written_to_a_busy_terminal_and_then_the_newest(monkeypatch: pytest.MonkeyPatch) -> None:
    trained, busy = Trained(), [False]
    async with dashboard(trained) as on:
        await settled(on.pilot)
        on.app.main.terminal = Terminal(lambda: busy[0], lambda: busy[0])
        painted = paintings(on, monkeypatch)
        busy[0] = True
        for key in "2345":
            await on.pilot.press(key)
        await asyncio.sleep(0.3)
        assert painted == []
        busy[0] = False
        await until(lambda: painted)
        assert "Chain rule" in painted[0]


def paintings(on: Stage, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The whole screen at each time that it is shown to the terminal from now on."""
    painted: list[str] = []
    paint = Screen._compositor_refresh

    def recorded(screen: Screen[Any]) -> None:
        paint(screen)
        painted.append(screen_text(on.app))

    monkeypatch.setattr(Screen, "_compositor_refresh", recorded)
    return painted


# -- one moment -------------------------------------------------------------------------------------------------------

STEPPING = {
    "]": ("schedule.scale", (1.25, 1.6, 2.0, 2.5, 3.2, 4.0, 5.0, 6.4, 8.0, 10.0, 12.5, 16.0)),
    "[": ("schedule.scale", (0.8, 0.64, 0.5, 0.4, 0.32, 0.25, 0.2, 0.16, 0.125, 0.1, 0.08, 0.064)),
    "{": ("training.batch_size", (16, 8, 4, 2, 1)),
    "}": ("training.batch_size", (64, 128)),
}


def mentions(text: str) -> Iterator[tuple[str, float]]:
    """(what, value) of every learning rate, scale and batch size in force that the screen mentions."""
    patterns = {
        "rate": (r"rate in force +([\d.e-]+)", r"\bnow ([\d.e-]+)"),
        "scale": (r"rate scale +([\d.e-]+)", r"Learning rate[^│┃╭]* × ([\d.e-]+)"),
        "batch": (r"batch size +(\d+)",),
    }
    for what, found in patterns.items():
        for pattern in found:
            for match in re.finditer(pattern, text):
                yield what, float(match.group(1))


@pytest.mark.slow
@pytest.mark.parametrize("key", list(STEPPING))
@pytest.mark.parametrize("size", [(120, 40), (200, 60)])
async def test_burst_of_a_stepping_key_shows_one_value_everywhere(
    key: str, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    trained = Trained()
    name, _ = STEPPING[key]
    async with dashboard(trained, size=size) as on:
        await settled(on.pilot)
        painted = paintings(on, monkeypatch)
        answered, value, rate = 0, float(OF.value(name)), 0.01  # type: ignore[arg-type]
        for index in range(12):
            await on.pilot.press(key)
            if index % 3:  # the answers come late, two or one at a time
                wanted = [command for command in on.client.told if isinstance(command, Set)]
                for command in wanted[answered : answered + 2]:
                    rate *= float(command.value) / value if name == "schedule.scale" else 1.0  # type: ignore[arg-type]
                    event = Changed(name, value, command.value, 40 + answered, 3)
                    value = float(command.value)  # type: ignore[arg-type]
                    answered += 1
                    on.client.feed(batch(3, [event], step=60 + answered, learning_rate=rate))
            await asyncio.sleep(0.02)
        await settled(on.pilot)
        assert painted
        for text in painted:
            found: dict[str, set[float]] = {}
            for what, number in mentions(text):
                found.setdefault(what, set()).add(number)
            assert all(len(values) == 1 for values in found.values()), found
            if "rate" in found and "scale" in found:
                assert found["rate"].pop() == pytest.approx(0.01 * found["scale"].pop(), rel=0.02)


@pytest.mark.slow
async def test_panels_shown_together_are_drawn_from_the_same_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rate of a schedule that falls with every step is the same in each panel of every frame."""
    trained = Trained()
    async with dashboard(trained) as on:
        await settled(on.pilot)
        painted = paintings(on, monkeypatch)
        for epoch in range(4, 60):
            on.client.feed(batch(epoch, learning_rate=0.01 * 0.97**epoch))
            if epoch % 5 == 0:
                await on.pilot.press("l")
            await asyncio.sleep(0.002)
        await settled(on.pilot)
        assert len(painted) > 10
        for text in painted:
            rates = {number for what, number in mentions(text) if what == "rate"}
            assert len(rates) == 1
            epoch = int(re.search(r"epoch +([\d,]+)/", text).group(1))  # type: ignore[union-attr]
            if epoch >= 4:
                assert rates.pop() == pytest.approx(0.01 * 0.97**epoch, rel=0.02)


# -- fading -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("look", [Look(), Look.plain(), Look.plain("ascii")])
def test_faded_rows_say_the_same_in_weaker_styles(look: Look) -> None:
    from nntui.charts import heat_map

    rows = heat_map(np.arange(20.0).reshape(4, 5), (20, 6), look)
    weak = faded(rows, look)
    assert [row.text for row in weak] == [row.text for row in rows]
    assert [row.cell_length for row in weak] == [row.cell_length for row in rows]
    styles = [(segment.style, other.style) for row, pale in zip(rows, weak, strict=True)
              for segment, other in zip(row, pale, strict=True) if segment.text.strip()]  # fmt: skip
    assert all(before != after for before, after in styles)
