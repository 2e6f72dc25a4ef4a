"""Presses of one key in quick succession are one change: one undo, one label in the charts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nntui.training.commands import Set, Silence
from nntui.training.events import Changed, Diagnosed, Edited
from nntui.tui.bursts import BURST, Bursts
from nntui.tui.drawings.changes import last_change, told
from tests.tui.fakes import STEPS, batch, begun
from tests.tui.stage import Stage, stage


@given(st.lists(st.tuples(st.sampled_from("ab"), st.floats(0.0, 2.5)), min_size=1, max_size=30))
def test_presses_share_a_number_if_nothing_else_and_less_than_a_second_is_between(
    presses: list[tuple[str, float]],
) -> None:
    now = 0.0
    bursts = Bursts(lambda: now)
    numbers = []
    for key, later in presses:
        now += later
        numbers.append(bursts.number(key, 0))
    for (one, two), (before, (key, later)) in zip(pairwise(numbers), pairwise(presses), strict=True):
        assert (one == two) == (before[0] == key and later < BURST)
        assert two >= one


def test_numbers_go_on_above_those_that_the_run_has() -> None:
    bursts = Bursts()
    assert bursts.number("a", 41) == 42
    assert bursts.number("b", 3) == 43


class Watch:
    """A clock that stands until it is put on."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


@asynccontextmanager
async def timed() -> AsyncIterator[tuple[Stage, Watch]]:
    async with stage(begun(20, run="a")) as on:
        watch = Watch()
        on.app.helm.bursts = Bursts(watch)
        yield on, watch


def groups(on: Stage) -> list[int]:
    """The numbers of the changes asked for, counted from 1 in the order in which they first occur."""
    sent = [command.group for command in on.client.told if isinstance(command, Set | Silence)]
    order = list(dict.fromkeys(sent))
    assert 0 not in order
    return [order.index(group) + 1 for group in sent]


@pytest.mark.parametrize("key", ["[", "]", "{", "}"])
async def test_quick_presses_of_a_key_are_one_change(key: str) -> None:
    async with timed() as (on, watch):
        for later in (0.2, 0.9, 0.9, 1.1, 0.3):
            watch.now += later
            await on.press(key)
        assert groups(on) == [1, 1, 1, 2, 2][: len(on.client.told)]


@pytest.mark.parametrize("between", ["[", "}", "space", "b", "n", "u", "U", "r", "<"])
async def test_another_key_ends_a_burst(between: str) -> None:
    async with timed() as (on, _):
        await on.press("]")
        await on.press(between)
        await on.press("]")
        found = [command for command in on.client.told if isinstance(command, Set) and command.name == "schedule.scale"]
        assert found[0].group != found[-1].group


async def test_everything_that_a_form_changes_is_one_change() -> None:
    async with timed() as (on, _):
        on.app.helm.take_edits({"training.batch_size": 16, "regularization.l2": 0.01})
        on.app.helm.take_edits({"regularization.l2": 0.02})
        assert groups(on) == [1, 1, 2]


async def test_everything_that_a_fix_changes_is_one_change() -> None:
    fix = ({"command": "set", "name": "schedule.scale", "value": 0.5}, {"command": "silence", "layer": 0, "unit": 1})
    found = Diagnosed("dead_units", True, 5, 1, "hidden 1", "Many units are dead.", "Why.", "Do this.", fix)
    async with timed() as (on, _):
        await on.feed(batch(20, [found], run="a"))
        await on.press("a", "]")
        assert groups(on) == [1, 1, 2]


SCALES = (1.0, 1.25, 1.6, 2.0)
BURST_OF_THREE = [
    Changed("schedule.scale", old, new, (10 + index) * STEPS, 10 + index, group=1)
    for index, (old, new) in enumerate(pairwise(SCALES))
]


async def test_a_burst_has_one_label_in_the_charts() -> None:
    async with stage(begun(200, run="a")) as on:
        text = await on.feed(batch(200, BURST_OF_THREE, run="a"))
        assert [(change.epoch, change.short, change.full) for change in told(on.app.model)] == [
            (10.0, "lr ×2", "lr 0.01 → 0.02")
        ]
        assert "lr ×2" in text
        assert "lr 0.0125" not in text


async def test_undo_names_the_whole_burst() -> None:
    async with stage(begun(30, run="a")) as on:
        alone = Changed("training.batch_size", 32, 64, 20 * STEPS, 20, group=2)
        await on.feed(batch(30, [*BURST_OF_THREE, alone], run="a"))
        last = last_change(on.app.model)
        assert last is not None
        assert last.full == "batch 32 → 64"
    async with stage(begun(30, run="a")) as on:
        await on.feed(batch(30, BURST_OF_THREE, run="a"))
        last = last_change(on.app.model)
        assert last is not None
        assert (last.full, last.epoch) == ("lr 0.01 → 0.02", 10.0)


async def test_a_fix_of_several_kinds_has_all_of_them_in_its_label() -> None:
    async with stage(begun(30, run="a")) as on:
        edit = Edited("silenced unit 2 of hidden 1", 20 * STEPS, 20, group=5)
        await on.feed(batch(30, [Changed("schedule.scale", 1.0, 0.5, 20 * STEPS, 20, group=5), edit], run="a"))
        assert [change.full for change in told(on.app.model)] == ["lr 0.01 → 0.005, silenced unit 2 of hidden 1"]


async def test_what_was_changed_after_the_end_is_marked_only_once_training_goes_on() -> None:
    async with stage(begun(200, run="a")) as on:
        await on.feed(batch(200, run="a", state="finished"))
        await on.feed(batch(200, [Changed("schedule.scale", 1.0, 2.0, 200 * STEPS, 200)], run="a", state="finished"))
        assert told(on.app.model) == []
        await on.feed(batch(201, run="a", state="running"))
        assert len(told(on.app.model)) == 1
