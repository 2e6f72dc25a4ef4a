"""The views behind the number keys."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import Any

import pytest
from rich.segment import Segment
from textual.strip import Strip

from nntui.training.commands import Watch
from nntui.tui import availability, main_screen
from nntui.tui.bindings import Object
from nntui.tui.model import Model, Topic
from nntui.tui.panels import BY_ID, Spec
from nntui.tui.views import OVERVIEW, Tab
from nntui.tui.widgets.panel import Drawing, Panel, Request
from tests.tui.fakes import (
    batch,
    begun,
    rows,
    run_started,
    settled,
    snapshot,
)  # fmt: skip
from tests.tui.stage import SIZE, stage


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
    monkeypatch.setattr(availability, "PANELS", {**availability.PANELS, Object.SAMPLE: frozenset(("probe",))})
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


@pytest.mark.slow
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


async def test_the_footer_begins_with_the_keys_of_the_view() -> None:
    async with stage(begun(12)) as on:
        assert "w Set weight" not in on.text.split("\n")[-1][:40]
        await on.press("3")
        assert "w Set weight" in on.text.split("\n")[-1][:40]


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
