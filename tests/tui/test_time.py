"""Looking at the past, going back to it, and taking changes back: every key, in every state it can be pressed in."""

from __future__ import annotations

import math
import re
from dataclasses import replace

import pytest

from nntui.training.commands import Redo, Rewind, Set, Undo
from nntui.training.events import Changed, Event, Paused, Refused, Rescheduled, Rewound
from nntui.tui.time_cursor import epochs_a_key
from tests.tui.fakes import STEPS, batch, begun, experiment, rows, snapshot
from tests.tui.stage import Stage, stage

RUN = "20261123-120000-spirals-0a1b"
HALVED = Changed("schedule.scale", 1.0, 0.5, 10 * STEPS, 10)


def cursor(on: Stage) -> int | None:
    return on.app.model.cursor


def back_at(epoch: int, *more: Changed) -> tuple[Event, ...]:
    went = Rewound(epoch * STEPS, epoch, RUN, experiment().to_dict())
    return went, *more, Paused(epoch * STEPS, epoch)


async def test_arrows_move_the_cursor_over_all_curves_together() -> None:
    async with stage(begun(20, run=RUN)) as on:
        text = await on.press("left")
        assert cursor(on) == 19
        assert "looking at epoch 19 · enter goes back there · escape returns to now" in on.status
        assert text.count("epoch 19") >= 3  # status line, loss, accuracy
        assert "at 19 0.01" in text  # learning rate
        await on.press("left", "left", "right")
        assert cursor(on) == 18
        await on.press("shift+left")
        assert cursor(on) == 8
        await on.press("shift+right", "shift+right")
        assert cursor(on) == 20
        await on.press("home")
        assert cursor(on) == 0
        await on.press("left")
        assert cursor(on) == 0
        await on.press("end")
        assert cursor(on) == 20
        assert on.client.told == []


async def test_going_back_to_the_newest_epoch_leaves_no_ghost_and_says_of_none() -> None:
    async with stage(begun(20, run=RUN)) as on:
        await on.press("left", "end", "enter")
        assert on.client.told == [Rewind(20)]
        await on.feed(batch(0, back_at(20), run=RUN))
        assert "Back at epoch 20." in on.said
        assert "ghost" not in on.said


async def test_best_epoch_is_one_key_away() -> None:
    async with stage(begun(20, run=RUN)) as on:
        assert on.app.model.history is not None
        losses = on.app.model.history.values("test_loss")
        best = int(losses.argmin())
        await on.press("left", "B")
        assert on.client.told == [Rewind(best)]
        await on.feed(batch(0, back_at(best), run=RUN))
        assert f"Back at epoch {best}, which has the lowest test loss, {losses[best]:.4g}" in on.said
        assert ("what came after stays as a ghost" in on.said) == (best < 20)
    async with stage() as on:
        await on.press("B")
        assert on.client.told == []


async def test_best_epoch_that_is_the_present_keeps_the_run_and_its_settings() -> None:
    async with stage(begun(20, run=RUN)) as on:
        assert on.app.model.history is not None
        best = int(on.app.model.history.values("test_loss").argmin())
    longer = Changed("training.epochs", 20, 40, best * STEPS, best)
    async with stage(begun(best, run=RUN), batch(best, (longer,), run=RUN)) as on:
        await on.press("B")
        assert on.client.told == []
        assert f"The run is at epoch {best} already, which has the lowest test loss" in on.said
        await on.press("left", "B")
        assert on.client.told == [Rewind(best)]


async def test_rate_that_a_longer_run_moves_can_be_kept() -> None:
    longer = (Changed("training.epochs", 20, 40, 20 * STEPS, 20), Rescheduled(0.003, 0.0125, 20 * STEPS, 20))
    async with stage(begun(20, run=RUN)) as on:
        await on.press("k")
        assert on.client.told == []
        await on.feed(batch(20, longer, run=RUN, learning_rate=0.0125))
        assert "gives a learning rate of 0.0125; it was 0.003. k keeps 0.003" in on.text
        await on.press("k")
        (kept,) = on.client.told
        assert isinstance(kept, Set)
        assert kept.name == "schedule.scale"
        assert kept.value == pytest.approx(0.003 / 0.0125)
        await on.feed(batch(20, (Changed("schedule.scale", 1.0, 0.24, 20 * STEPS, 20),), run=RUN))
        assert "k keeps" not in on.text
    async with stage(begun(20, run=RUN), batch(20, longer, run=RUN)) as on:
        await on.press("escape")
        assert "k keeps" not in on.text


@pytest.mark.parametrize(
    ("schedule", "base", "said"),
    [
        (
            "one_cycle",
            0.01,
            "The learning rate stays 0.002; later rates rise to 0.005.",
        ),  # half of the peak at epoch 12
        ("constant", 0.004, "The learning rate stays 0.002."),
    ],
)
async def test_keeping_the_rate_says_how_far_it_rises_later(schedule: str, base: float, said: str) -> None:
    of = experiment(schedule__name=schedule, optimizer__learning_rate=base, training__epochs=20)
    longer = (Changed("training.epochs", 20, 40, 5 * STEPS, 5), Rescheduled(0.002, 0.004, 5 * STEPS, 5))
    async with stage(begun(5, of, run=RUN), of=of) as on:
        await on.feed(batch(5, longer, run=RUN, learning_rate=0.004))
        await on.press("k")
        assert said in on.said.splitlines()


async def test_escape_returns_to_now() -> None:
    async with stage(begun(20, run=RUN)) as on:
        await on.press("left")
        await on.press("escape")
        assert cursor(on) is None
        assert "looking at" not in on.text
        assert on.client.looks[-1][0] is None
        await on.press("escape")
        assert len(on.client.looks) == 2


async def test_training_goes_on_while_one_looks_back() -> None:
    async with stage(begun(20, run=RUN)) as on:
        await on.press("home")
        await on.feed(batch(40, of=rows(21, 40), run=RUN))
        assert cursor(on) == 0
        assert "epoch  40/200" in on.status
        await on.press("end")
        assert cursor(on) == 40


async def test_the_panels_show_the_network_as_it_was() -> None:
    now, then = snapshot(), replace(snapshot(hidden=(16, 8), dead=7), epoch=5)
    async with stage(begun(20, snapshot=now, run=RUN)) as on:
        before = on.text
        text = await on.press("home")
        assert on.panel("activations").waits
        assert on.client.looks[-1] == (0, on.app.model.watching(on.watched()))
        text = await on.feed(batch(20, past=then, run=RUN))
        assert not on.panel("activations").waits
        assert "44%" in text  # dead units of the first layer, then
        assert "44%" not in before
        text = await on.feed(batch(21, snapshot=now, run=RUN))
        assert "44%" in text
        text = await on.press("escape")
        assert "44%" not in text


async def test_of_another_run_the_same_epoch_is_asked_for_again() -> None:
    async with stage(begun(20, run=RUN)) as on:
        await on.press("home")
        await on.feed(begun(5, run="another"))
        assert cursor(on) is None
        await on.press("home")
        assert [epoch for epoch, _ in on.client.looks] == [0, None, 0]


async def test_an_epoch_is_asked_for_once_and_again_for_other_panels() -> None:
    async with stage(begun(20, run=RUN)) as on:
        await on.press("home", "home", "left")
        assert [epoch for epoch, _ in on.client.looks] == [0]
        await on.press("m")
        assert [epoch for epoch, _ in on.client.looks] == [0, 0]
        assert on.client.looks[-1][1].quantities == on.watched()


async def test_without_a_recording_the_curves_alone_are_looked_back_at() -> None:
    async with stage(begun(20)) as on:
        text = await on.press("left")
        assert "not recorded" in on.status
        assert "not recorded" in text
        assert "epoch 19" in text
        assert on.client.looks == []


async def test_what_cannot_be_measured_any_more_is_said_in_its_place() -> None:
    async with stage(begun(20, run=RUN)) as on:
        await on.press("home")
        text = await on.feed(batch(20, [Refused("look", 0, "the recording is damaged")], run=RUN))
        assert "the recording is damaged" in text
        assert not on.panel("activations").waits
        await on.press("right")
        assert on.panel("activations").waits


async def test_a_click_on_a_curve_looks_at_its_epoch() -> None:
    async with stage(begun(200, run=RUN)) as on:
        panel = on.panel("loss")
        assert await on.pilot.click("#loss", offset=(panel.size.width // 2, panel.size.height // 2))
        await on.press()
        assert cursor(on) == pytest.approx(96, abs=6)
        await on.press("escape")
        await on.pilot.click("#loss", offset=(1, panel.size.height // 2))
        assert cursor(on) is None


async def test_enter_goes_back_there() -> None:
    async with stage(begun(100, run=RUN)) as on:
        await on.press("enter")
        assert on.client.told == []
        assert "time cursor first" in on.said
        await on.press("home", "shift+right", "shift+right", "enter")
        at = cursor(on)
        assert at is not None
        assert on.client.told == [Rewind(at)]
        text = await on.feed(batch(at, back_at(at), rows(1, at), state="paused", run=RUN))
        assert cursor(on) is None
        assert f"Back at epoch {at}" in on.said
        assert "paused" in on.status
        assert "as it went on" in text


async def test_what_was_abandoned_is_named_by_what_was_changed() -> None:
    async with stage(begun(100, run=RUN)) as on:
        await on.feed(batch(10, back_at(10), rows(1, 10), state="paused", run=RUN))
        text = await on.feed(batch(10, [HALVED], state="paused", run=RUN))
        assert "without lr 0.01 → 0.005 at 10" in text
        await on.feed(batch(60, of=rows(11, 60), run=RUN))
        text = await on.feed(batch(5, back_at(5), rows(1, 5), state="paused", run=RUN))
        assert "lr 0.01 → 0.005 at 10" in text


async def test_several_moves_at_one_place_are_named_from_the_first_value_to_the_last() -> None:
    async with stage(begun(100, run=RUN)) as on:
        again = Changed("schedule.scale", 0.5, 0.25, 10 * STEPS, 10)
        await on.feed(batch(100, [HALVED, again], run=RUN))
        text = await on.feed(batch(10, back_at(10), rows(1, 10), state="paused", run=RUN))
        assert "lr 0.01 → 0.0025 at 10" in text


async def test_going_back_may_be_refused() -> None:
    async with stage(begun(20)) as on:
        await on.press("home", "enter")
        await on.feed(batch(20, [Refused("rewind", 0, "The run is not recorded.")]))
        assert "The run is not recorded." in on.said
        assert "Back at" not in on.said
        assert cursor(on) == 0


async def test_undo_and_redo_name_the_change() -> None:
    async with stage(begun(20, run=RUN)) as on:
        await on.press("u", "U")
        assert on.client.told == []
        assert "no change to undo" in on.said
        assert "Nothing was undone" in on.said
        await on.feed(batch(20, [HALVED], run=RUN))
        await on.press("u")
        assert on.client.told == [Undo()]
        went = Rewound(10 * STEPS, 10, RUN, experiment().to_dict())
        await on.feed(batch(10, [went], rows(1, 10), run=RUN))
        assert "Undone: lr 0.01 → 0.005 at epoch 10. U redoes it." in on.said
        assert "lr 0.01 → 0.005 at 10" in on.text  # its ghost
        await on.press("U")
        assert on.client.told[1:] == [Redo()]
        went = replace(went, step=20 * STEPS, epoch=20)
        await on.feed(batch(20, [went, HALVED], rows(1, 20), run=RUN))
        assert "Redone: lr 0.01 → 0.005 at epoch 10." in on.said


async def test_undo_and_redo_take_the_place_of_what_was_confirmed_before() -> None:
    async with stage(begun(20, run=RUN)) as on:
        await on.press("[")
        (change,) = on.client.told
        assert isinstance(change, Set)
        lowered = Changed("schedule.scale", 1.0, 0.8, 20 * STEPS, 20, group=change.group)
        await on.feed(batch(20, [lowered], run=RUN))
        assert on.said.splitlines() == ["lr 0.01 → 0.008. u undoes it."]
        await on.press("u")
        went = Rewound(20 * STEPS, 20, RUN, experiment().to_dict())
        await on.feed(batch(20, [went], rows(1, 20), run=RUN))
        assert on.said.splitlines() == ["Undone: lr 0.01 → 0.008 at epoch 20. U redoes it."]
        await on.press("U")
        await on.feed(batch(20, [went, lowered], rows(1, 20), run=RUN))
        assert on.said.splitlines() == ["Redone: lr 0.01 → 0.008 at epoch 20."]
        await on.press(">", "<", ">")
        assert len(on.said.splitlines()) == 1


@pytest.mark.parametrize(
    ("epoch", "scale", "batch_size", "part"),
    # twice as many steps an epoch from epoch 15 on: 17 epochs are (15 + 2 · 2) of (15 + 185 · 2) old ones
    [(0, 1, 32, 0), (9, 1, 32, 9 / 200), (10, 0.5, 32, 10 / 200), (17, 0.5, 16, 19 / 385)],
)
async def test_settings_at_the_time_cursor_are_those_of_its_epoch(
    epoch: int, scale: float, batch_size: int, part: float
) -> None:
    of = experiment(schedule__name="cosine_decay", training__epochs=200)
    smaller = Changed("training.batch_size", 32, 16, 15 * STEPS, 15)
    async with stage(begun(20, of, run=RUN), batch(20, [HALVED, smaller], run=RUN), of=of) as on:
        await on.press("end", *["left"] * (20 - epoch))
        rate = 0.01 * scale * (1 + math.cos(math.pi * part)) / 2
        panel = on.panel("hyperparameters").text()
        assert f"at {epoch}" in panel
        assert re.search(rf"rate in force +{rate:.4g} ", panel), panel
        assert re.search(rf"rate scale +{scale:g} ", panel), panel
        assert re.search(rf"batch size +{batch_size} ", panel), panel
        assert f"at {epoch} {rate:.4g} " in on.panel("learning-rate").text()
        await on.press("escape")
        assert re.search(r"rate scale +0.5 ", on.panel("hyperparameters").text())


async def test_undo_of_an_unanswered_change_is_not_called_by_an_older_one() -> None:
    async with stage(begun(20, run=RUN)) as on:
        await on.feed(batch(20, [HALVED], run=RUN))
        await on.press("]", "u")
        assert on.client.told[1:] == [Undo()]
        went = Rewound(20 * STEPS, 20, RUN, experiment().to_dict())
        await on.feed(batch(20, [went, HALVED], rows(1, 20), run=RUN))
        assert "Undone: the last change." in on.said


async def test_after_two_undos_each_redo_names_the_change_it_did_again() -> None:
    second = replace(HALVED, old=0.5, new=0.25)
    async with stage(begun(20, run=RUN)) as on:
        await on.feed(batch(20, [HALVED, second], run=RUN))
        await on.press("u")
        there = Rewound(10 * STEPS, 10, RUN, experiment().to_dict())
        await on.feed(batch(10, [there, HALVED], rows(1, 10), run=RUN))
        await on.press("u")
        await on.feed(batch(10, [there], rows(1, 10), run=RUN))
        await on.press("U")
        await on.feed(batch(10, [there, HALVED], rows(1, 10), run=RUN))
        assert "Redone: lr 0.01 → 0.005 at epoch 10." in on.said
        await on.press("U")
        await on.feed(batch(20, [there, HALVED, second], rows(1, 20), run=RUN))
        assert "Redone: lr 0.005 → 0.0025 at epoch 10." in on.said


async def test_before_the_training_and_after_its_process_nothing_is_looked_at() -> None:
    async with stage() as on:
        await on.press("left", "home", "end", "escape", "enter", "u", "U")
        assert cursor(on) is None
        assert on.client.told == []
    async with stage(begun(20, run=RUN)) as on:
        await on.press("home")
        on.client.fail("killed by signal 9 (SIGKILL)")
        await on.press("enter")
        assert on.client.told == []
        assert "no training process" in on.said


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_the_line_says_what_to_press_at_every_size(size: tuple[int, int]) -> None:
    async with stage(begun(200, run=RUN), size=size) as on:
        text = await on.press("left")
        line = next(line for line in text.split("\n") if "looking at epoch" in line)
        assert "enter" in line
        assert "escape" in line
        assert "…" not in line


def test_a_key_goes_a_column_on_long_runs_and_an_epoch_on_short_ones() -> None:
    assert epochs_a_key(100.0, 50) == 2
    assert epochs_a_key(1_000_000.0, 50) == 20_000
    assert epochs_a_key(10.0, 50) == 1
    assert epochs_a_key(10.0, 0) == 10
