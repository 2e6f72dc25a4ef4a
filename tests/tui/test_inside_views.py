"""Every key in the views Layers and Neurons, on a dashboard with made-up measurements."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from nntui.training.commands import Command, Redraw, SetWeight, Silence, Watch
from nntui.training.events import Edited, Refused
from nntui.tui.screens.weight import WeightScreen
from tests.tui import inside
from tests.tui.fakes import STEPS, batch, experiment, run_started
from tests.tui.stage import Stage, stage

LAYERS = ("Weights over epochs", "Activation mean", "Gradient", "Update ÷ weight", "Gradient flow")
NEURONS = ("Network", "Units", "hidden 1 · unit", "tanh(", "hidden 1 unit 4")


@asynccontextmanager
async def looking(view: str, size: tuple[int, int] = (120, 40)) -> AsyncIterator[Stage]:
    """A view on a run of 60 epochs, everything measured."""
    of = experiment()
    started = run_started(of, layer_sizes=(2, 16, 8, 2))
    async with stage(batch(60, [started]), of=of, size=size) as on:
        await on.press(view)
        await on.feed(batch(60, snapshot=inside.looked_inside()))
        yield on


def last_watch(on: Stage) -> Watch:
    return [command for command in on.client.commands if isinstance(command, Watch)][-1]


def told(on: Stage) -> Command:
    """The last command that is not about measurements."""
    return on.client.told[-1]


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_the_views_show_their_panels_and_ask_for_no_more(size: tuple[int, int]) -> None:
    async with looking("2", size) as on:
        for title in LAYERS:
            assert title in on.text
        assert last_watch(on).quantities == ("trends",)
        await on.press("3")
        for title in NEURONS:
            assert title in on.text
        assert last_watch(on).quantities == ("network", "neuron", "neuron_map")
        await on.press("1")
        assert not {"trends", "network", "neuron", "neuron_map"} & set(last_watch(on).quantities)


async def test_g_turns_through_the_ways_to_draw_the_weights() -> None:
    async with looking("2") as on:
        assert "Weights over epochs" in on.text
        assert "Weights · ridges" in await on.press("g")
        assert "Biases over epochs" in await on.press("g")
        assert "Weights over epochs" in await on.press("g")
        await on.press("tab")
        assert "Saturated and dead, %" in await on.press("g")


async def test_arrows_in_the_diagram_choose_a_unit_and_have_it_measured() -> None:
    async with looking("3") as on:
        chosen = on.app.model.chosen
        await on.press("down", "down")
        assert (chosen.layer, chosen.unit) == (0, 2)
        assert (last_watch(on).layer, last_watch(on).unit) == (0, 2)
        await on.press("right")
        assert chosen.layer == 1
        await on.press("left", "up")
        assert chosen.layer == 0
        await on.press("left", "left")
        assert chosen.layer == 0


async def test_arrows_in_the_units_go_along_the_rows() -> None:
    async with looking("3") as on:
        await on.press("tab", "right", "right", "right")
        assert on.app.model.chosen.unit == 3
        assert "unit 4: active" in on.text
        await on.press("down")
        assert on.app.model.chosen.layer == 1


@pytest.mark.slow
async def test_arrows_in_the_unit_choose_a_weight_the_bias_last() -> None:
    async with looking("3") as on:
        await on.press("tab", "tab")
        assert on.app.main.focused_panel.id == "neuron"
        await on.press("down")
        assert on.app.model.chosen.source == 1
        await on.press("down", "down")
        assert on.app.model.chosen.source == -1
        assert last_watch(on).source == -1
        await on.press("g")
        assert "outgoing weights" in on.text
        await on.press("g")
        assert "‖w‖" in on.text


async def test_a_click_chooses_a_unit() -> None:
    async with looking("3") as on:
        panel = on.panel("units")
        rows = panel.text().split("\n")
        y = next(index for index, row in enumerate(rows) if "hidden 2" in row)
        step = rows[y + 1].index("%", rows[y + 1].index("%") + 1) - rows[y + 1].index("%")  # a block says its share
        await on.pilot.click("#units", offset=(1 + step * 5, y + 1))
        await on.press()
        assert (on.app.model.chosen.layer, on.app.model.chosen.unit) == (1, 5)
        assert (last_watch(on).layer, last_watch(on).unit) == (1, 5)


async def test_comma_and_point_put_other_samples_in() -> None:
    async with looking("3") as on:
        await on.press("full_stop", "full_stop", "comma")
        assert on.app.model.chosen.sample == 1
        assert last_watch(on).sample == 1


async def test_x_silences_the_unit_that_is_looked_at() -> None:
    async with looking("3") as on:
        await on.press("down", "x")
        assert told(on) == Silence(0, 1)
        edited = Edited("silenced unit 2 of hidden 1", 60 * STEPS, 60)
        await on.feed(batch(60, [edited]))
        assert on.app.model.changes == [edited]
        await on.press("right", "right")
        before = list(on.client.told)
        await on.press("x")
        assert on.client.told == before
        assert "An output cannot be silenced" in on.said


async def test_capital_x_revives_the_dead_units_of_the_layer() -> None:
    async with looking("3") as on:
        await on.press("X")
        assert told(on) == Redraw(layer=0, dead=True, seed=60 * STEPS)
        await on.feed(batch(60, [Refused("redraw", "", "no unit of hidden 1 is dead for all training samples")]))
        assert "no unit of hidden 1 is dead" in on.said


@pytest.mark.slow
async def test_w_sets_the_weight_that_is_looked_at() -> None:
    async with looking("3") as on:
        record = inside.neuron(0, 0)
        await on.feed(batch(60, snapshot=inside.looked_inside(neuron=record, network=inside.network())))
        await on.press("w")
        assert isinstance(on.app.screen, WeightScreen)
        assert "hidden 1, unit 1, x1" in on.text
        assert f"{record.weights[0]:.6g}" in on.text
        for typed, fault in (
            ("nope", "'nope' is not a number"),
            ("inf", "must be between"),
            ("", "a number is needed"),
        ):
            await on.press("end", "ctrl+u", *typed)
            await on.press("enter")
            assert isinstance(on.app.screen, WeightScreen)
            assert fault in on.text
        await on.press("end", "ctrl+u", *"-1.25", "enter")
        assert told(on) == SetWeight(0, 0, 0, -1.25)
        assert not isinstance(on.app.screen, WeightScreen)


async def test_w_and_escape_leave_the_weight_alone() -> None:
    async with looking("3") as on:
        await on.feed(batch(60, snapshot=inside.looked_inside(neuron=inside.neuron(0, 0))))
        before = list(on.client.told)
        await on.press("w", "escape")
        assert on.client.told == before
        assert not isinstance(on.app.screen, WeightScreen)


async def test_a_unit_that_is_not_measured_yet_is_not_edited_blindly() -> None:
    async with looking("3") as on:
        await on.press("down", "down", "w")
        assert not isinstance(on.app.screen, WeightScreen)
        assert "is being measured" in on.said


@pytest.mark.parametrize("key", ["x", "X", "w"])
async def test_the_past_cannot_be_edited(key: str) -> None:
    async with looking("3") as on:
        on.app.model.cursor = 30
        before = list(on.client.told)
        await on.press(key)
        assert on.client.told == before
        assert "earlier epoch" in on.said


@pytest.mark.parametrize("key", ["x", "X", "w"])
async def test_without_a_network_there_is_nothing_to_edit(key: str) -> None:
    async with stage() as on:
        await on.press("3", key)
        assert on.client.told == []
        assert "no network to edit yet" in on.said


@pytest.mark.slow
@pytest.mark.parametrize("view", ["2", "3"])
async def test_every_panel_can_be_maximised_and_explained(view: str) -> None:
    async with looking(view, (80, 24)) as on:
        for _ in range(5):
            await on.press("m")
            assert len(on.app.main.seen()) == 1
            await on.press("m", "i")
            assert on.app.screen is not on.app.main
            await on.press("escape", "tab")
            assert on.app.screen is on.app.main
