"""Every key in the views of predictions and gradients, on a dashboard with made-up measurements."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from nntui.training.commands import Watch
from tests.tui import closely
from tests.tui.fakes import batch, begun, experiment
from tests.tui.stage import Stage, stage

PREDICTED = {
    "decision_map": closely.decision_map, "confusion": lambda: closely.confusion(2), "mistakes": closely.mistakes,
    "roc": closely.roc, "sample_losses": closely.sample_losses,
}  # fmt: skip
CHAINED = {"chain": closely.chain, "nudge": closely.nudge, "surface": closely.surface}


@asynccontextmanager
async def looking(view: str, size: tuple[int, int] = (120, 40)) -> AsyncIterator[Stage]:
    """A view on a run, everything measured."""
    found = {name: make() for name, make in (PREDICTED | CHAINED).items()}  # type: ignore[operator]
    of = experiment()
    async with stage(begun(60, of, snapshot=closely.looked_at(**found)), of=of, size=size) as on:
        await on.press(view)
        await on.feed(batch(61, snapshot=closely.looked_at(**found)))
        yield on


def last_watch(on: Stage) -> Watch:
    return [command for command in on.client.commands if isinstance(command, Watch)][-1]


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_the_views_show_their_panels_and_ask_for_no_more(size: tuple[int, int]) -> None:
    async with looking("4", size) as on:
        for title in ("Decision map", "Confusion", "mistakes", "ROC", "Loss by sample"):
            assert title in on.text
        assert "Predicted against" not in on.text
        assert set(last_watch(on).quantities) == set(PREDICTED)
        await on.press("5")
        for title in ("unit 3, hidden 1", "way back", "Nudge", "Loss surface"):
            assert title in on.text
        assert set(last_watch(on).quantities) == set(CHAINED)
        await on.press("1")
        assert not set(last_watch(on).quantities) & set(PREDICTED | CHAINED)


async def focus(on: Stage, name: str) -> None:
    for _ in range(9):
        if on.app.main.focused_panel.id == name:
            return
        await on.press("tab")
    raise AssertionError(f"{name} is not in the view")


@pytest.mark.parametrize(
    ("view", "panel", "before", "after"),
    [
        ("4", "decision-map", "by class", "how surely"),
        ("4", "confusion", "· test", "· train"),
        ("5", "surface", "random slice", "along the path"),
    ],
)
async def test_g_draws_it_another_way_and_back(view: str, panel: str, before: str, after: str) -> None:
    async with looking(view) as on:
        await focus(on, panel)
        assert before in on.text
        assert after in await on.press("g")
        assert before in await on.press("g")


async def test_pages_of_the_chain_go_back_from_the_loss() -> None:
    async with looking("5") as on:
        await focus(on, "chain")
        assert "relative difference 3e-11" in on.text
        assert "step 1 of 3 back" in await on.press("pagedown")
        assert "step 3 of 3 back" in await on.press("pagedown", "pagedown", "pagedown")
        assert "relative difference" in await on.press("pageup", "pageup", "pageup")


@pytest.mark.parametrize("panel", ["chain", "chain-bars", "nudge"])
async def test_arrows_choose_the_weight_and_have_it_measured(panel: str) -> None:
    async with looking("5") as on:
        await focus(on, panel)
        on.app.model.chosen.weight(0, 0, 0)
        await on.press("down", "down", "right")
        chosen = last_watch(on)
        assert (chosen.layer, chosen.unit, chosen.source) == (0, 2, 1)
        await on.press("up", "left", "left")
        chosen = last_watch(on)
        assert (chosen.layer, chosen.unit, chosen.source) == (0, 1, -1)
        assert set(chosen.quantities) == set(CHAINED)


async def test_comma_and_point_choose_the_sample() -> None:
    async with looking("5") as on:
        await focus(on, "chain")
        await on.press(".", ".", ",")
        assert last_watch(on).sample == 1


@pytest.mark.parametrize(("view", "panel"), [("4", name) for name in ("mistakes", "roc")] + [("5", "surface")])
async def test_arrows_elsewhere_do_not_touch_the_weight(view: str, panel: str) -> None:
    async with looking(view) as on:
        await focus(on, panel)
        before = replace(on.app.model.chosen)
        await on.press("left", "right")
        assert on.app.model.chosen == before


async def test_further_mistakes_are_on_further_pages() -> None:
    async with looking("4", (80, 24)) as on:
        await focus(on, "mistakes")
        assert "1/3" in on.text
        assert "2/3" in await on.press("pagedown")


@pytest.mark.slow
@pytest.mark.parametrize("view", ["4", "5"])
async def test_every_panel_fills_the_screen_and_explains_itself(view: str) -> None:
    async with looking(view) as on:
        names = [panel.id for panel in on.app.main.seen()]
        for name in names:
            assert name is not None
            await focus(on, name)
            await on.press("m")
            assert [panel.id for panel in on.app.main.seen()] == [name]
            await on.press("m", "i")
            assert "How to read it" in on.text or "read" in on.text
            await on.press("escape")


async def test_the_figures_of_the_moment_are_in_the_explanation() -> None:
    async with looking("4") as on:
        await focus(on, "confusion")
        assert "precision 93." in await on.press("i") or "recall" in on.text


async def test_a_run_that_predicts_numbers_has_other_panels() -> None:
    from tests.tui.fakes import run_started

    of = experiment()
    found = {"fit": closely.fit(), "decision_map": closely.decision_map(0)}
    started = run_started(of, task="regression", layer_sizes=(2, 16, 8, 1))
    async with stage(batch(3, [started], snapshot=closely.looked_at(**found)), of=of) as on:
        await on.press("4")
        await on.feed(batch(4, snapshot=closely.looked_at(**found)))
        assert "Predicted against true" in on.text
        assert "Confusion" not in on.text
        assert "ROC" not in on.text
        assert "fit" in last_watch(on).quantities
        await focus(on, "fit")
        assert "Residuals" in await on.press("g")
