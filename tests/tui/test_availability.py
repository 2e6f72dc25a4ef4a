"""Keys that change the run act where their object is to be seen, say why elsewhere, and confirm what they did."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from nntui.runs.summary import Summary
from nntui.training.commands import Command, Pace, Pause, Redraw, Restart, Resume, Set, SetWeight, Silence, Step
from nntui.training.events import Changed, Edited, Rewound, RunEnded
from nntui.tui.availability import PANELS
from nntui.tui.bindings import ACTIONS, Action, Object
from nntui.tui.panels import BY_ID
from nntui.tui.screens.weight import WeightScreen
from nntui.tui.views import VIEWS
from tests.tui import inside
from tests.tui.fakes import STEPS, batch, begun, experiment, run_started, screen_text, settled
from tests.tui.stage import Stage, stage

RUN = "20260101-000000-spirals-abcdef"
ON_OBJECTS = [action for action in ACTIONS if action.acts_on in PANELS]
EDITS = [action for action in ON_OBJECTS if action.group == "Change"]
BY_NAME = {action.id: action for action in ACTIONS}


def key(action: Action) -> str:
    return {",": "comma", ".": "full_stop"}.get(action.keys[0], action.keys[0])


@asynccontextmanager
async def measured(size: tuple[int, int] = (120, 40), **fields: Any) -> AsyncIterator[Stage]:
    """A run of which everything that the keys act on has been measured."""
    record = inside.neuron(0, 0)
    picture = inside.looked_inside(neuron=record, network=inside.network())
    async with stage(begun(60, run=RUN, snapshot=picture, **fields), size=size) as on:
        yield on


def effects(on: Stage) -> tuple[list[Command], int, bool]:
    """What a key has done: commands, the sample that is selected, whether a dialog is open."""
    return list(on.client.told), on.app.model.chosen.sample, on.app.screen is not on.app.main


@pytest.mark.parametrize(
    "action",
    [ON_OBJECTS[0], *(pytest.param(action, marks=pytest.mark.slow) for action in ON_OBJECTS[1:])],
    ids=lambda action: action.id,
)
async def test_key_acts_in_the_views_that_show_its_object_and_says_so_in_the_others(action: Action) -> None:
    assert action.acts_on is not None
    for view in VIEWS:
        async with measured() as on:
            await on.press(view.key)
            before = effects(on)
            shows = bool({panel.spec.id for panel in on.app.main.seen()} & PANELS[action.acts_on])
            await on.press(key(action))
            if shows:
                assert effects(on) != before or "being measured" in on.said, view.id
                assert "acts on the selected" not in on.said
            else:
                assert effects(on) == before, view.id
                assert f"acts on the selected {action.acts_on.value.split()[-1]}; open" in on.said
                assert f"{action.keys[0]} {action.label}" not in on.text  # nor does the footer offer it


@pytest.mark.slow
@pytest.mark.parametrize("action", EDITS, ids=lambda action: action.id)
async def test_key_does_nothing_behind_a_maximized_panel_that_hides_its_object(action: Action) -> None:
    assert action.acts_on is not None
    for name in ("loss", "units", "neuron", "neuron-curve", "chain", "surface"):
        async with measured() as on:
            view = next(view for view in VIEWS if name in view.panels)
            await on.press(view.key)
            on.app.main.set_focus(on.panel(name))
            await on.press("m")
            assert [panel.spec.id for panel in on.app.main.seen()] == [name]
            before = effects(on)
            await on.press(key(action))
            if name not in PANELS[action.acts_on]:
                assert effects(on) == before, name
                holds = set(view.panels) & PANELS[action.acts_on]
                assert ("the maximized panel hides: m shows all" if holds else "; open") in on.said


@pytest.mark.slow
@pytest.mark.parametrize("size", [(60, 20), (80, 23)])
async def test_nothing_is_changed_in_a_terminal_too_small_to_see_it(size: tuple[int, int]) -> None:
    async with measured(size) as on:
        for action in ACTIONS:
            if action.group in ("Change", "Time") and action.id != "time.now":
                await on.press(key(action))
                assert on.app.screen is on.app.main, action.id
        await on.press("r", "R", "n")
        assert on.client.told == []
        assert "too small" in on.said
        await on.press("space")
        assert on.client.told == [Pause()]


async def test_key_acts_on_the_panel_that_a_view_was_given() -> None:
    async with measured() as on:
        on.app.main.choose({"overview": ("loss", "units")})
        await settled(on.pilot)
        await on.press("x")
        assert on.client.told == [Silence(0, 0)]


async def test_panels_that_show_an_object_exist_and_can_be_reached() -> None:
    for panels in PANELS.values():
        assert panels <= set(BY_ID)
        assert any(panels & set(view.panels) for view in VIEWS)


# -- the run is another one -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("action", EDITS, ids=lambda action: action.id)
@pytest.mark.parametrize("first", ["r", "R"])
async def test_nothing_is_edited_between_a_restart_and_its_beginning(action: Action, first: str) -> None:
    async with measured() as on:
        await on.press("3", first)
        before = effects(on)
        await on.press(key(action))
        assert effects(on) == before
        assert "no network to edit yet" in on.said


async def test_after_a_restart_with_fewer_units_the_unit_on_the_screen_is_silenced() -> None:
    async with measured() as on:
        await on.press("3")
        on.app.model.chosen.layer, on.app.model.chosen.unit = 1, 7
        small = experiment(network__hidden=(3,))
        await on.feed(batch(0, [run_started(small, layer_sizes=(2, 3, 2))], run=RUN))
        on.app.model.chosen.layer = 0
        await on.press("x")
        assert on.client.told == [Silence(0, 2)]


async def test_weight_is_not_set_in_a_run_that_began_while_the_dialog_was_open() -> None:
    async with measured() as on:
        await on.press("3", "w")
        assert isinstance(on.app.screen, WeightScreen)
        await on.feed(batch(0, [run_started()], run=RUN))
        on.app.screen.dismiss(1.5)
        await settled(on.pilot)
        assert on.client.told == []
        assert "Another run has begun; hidden 1, unit 1, x1 was not set." in on.said


@pytest.mark.parametrize("action", EDITS, ids=lambda action: action.id)
@pytest.mark.parametrize(
    ("recording", "part"),
    [("replaying, read-only", f"nntui resume {RUN}"), ("read-only: another program trains this", "Another program")],
)
async def test_recording_is_not_edited_and_the_key_says_why(action: Action, recording: str, part: str) -> None:
    async with measured(recording=recording) as on:
        await on.press("3", key(action), "[", "]", "{", "}")
        assert effects(on) == ([], 0, False)
        assert part in on.said


RECORDINGS = ["replaying, read-only", "read-only: another program trains this run"]


@pytest.mark.parametrize("action", [action for action in ACTIONS if action.acts_on is Object.RUN], ids=lambda a: a.id)
@pytest.mark.parametrize("recording", RECORDINGS)
async def test_key_of_a_run_of_ones_own_is_neither_offered_nor_obeyed_in_a_recording(
    action: Action, recording: str
) -> None:
    async with measured(recording=recording) as on:
        await on.press(key(action))
        assert effects(on) == ([], 0, False)
        assert "This is a recording" in on.said or "Another program" in on.said
        assert f"{action.keys[0]} {action.label}" not in on.text


@pytest.mark.parametrize(
    ("reason", "epochs", "notice"),
    [("finished", 200, "Finished: 200 epochs in"), ("stopped", 60, "The recording ends at epoch 60 of 200.")],
)
async def test_recording_at_its_end_offers_what_can_be_done_with_a_recording(
    reason: Any, epochs: int, notice: str
) -> None:
    async with measured(recording="replaying, read-only") as on:
        end = RunEnded(reason, epochs, epochs * STEPS)
        text = await on.feed(batch(epochs, [end], state="finished", run=RUN, recording="replaying, read-only"))
        said = " ".join(text.split())
        assert notice in said
        assert "✔ ended" in text
        assert "r Play again" in text
        for word in ("r starts again", "R with a new seed", "R New seed", "More epochs", "space Continue"):
            assert word not in said
        await on.press("space", "n", "b")
        assert on.client.told == []
        assert "The recording ends here: r plays it again" in on.said
        await on.press("r")
        assert on.client.told == [Restart(None)]
        await on.feed(batch(0, [run_started()], run=RUN, recording="replaying, read-only"))
        assert "Playing the recording from its start." in on.said


# -- when nothing trains ----------------------------------------------------------------------------------------------

STEERING = [action for action in ACTIONS if action.acts_on is Object.TRAINING]


@pytest.mark.parametrize("action", STEERING, ids=lambda action: action.id)
@pytest.mark.parametrize(
    ("state", "reason"), [("finished", "finished"), ("finished", "early_stopped"), ("stopped", "stopped")]
)
async def test_steering_after_the_end_says_that_nothing_is_training(action: Action, state: str, reason: Any) -> None:
    async with measured() as on:
        end = 200 if reason == "finished" else 200 * (state == "finished")
        await on.feed(batch(end or 60, [RunEnded(reason, end or 60, (end or 60) * STEPS)], state=state, run=RUN))
        await on.press(key(action))
        assert on.client.told == []
        assert on.app.model.pending == {}
        assert "Nothing is training" in on.said
        footer = on.text.split("\n")[-2]
        assert "Rate" not in on.text.split("\n")[-1] + footer
        for word in ("r Restart", "R New seed", "p Presets"):
            assert word in footer


@pytest.mark.parametrize("action", STEERING, ids=lambda action: action.id)
@pytest.mark.parametrize("state", ["running", "paused", "diverged"])
async def test_steering_works_while_there_is_training_to_steer(action: Action, state: str) -> None:
    async with measured() as on:
        await on.feed(batch(60, state=state, run=RUN))
        await on.press(key(action))
        assert [type(command) for command in on.client.told] == [Set]


async def test_finished_run_with_epochs_left_can_be_steered_and_continued() -> None:
    async with measured() as on:
        text = await on.feed(batch(60, [RunEnded("early_stopped", 60, 60 * STEPS)], state="finished", run=RUN))
        assert "space Continue" in text
        await on.press("]", "space", "n")
        assert [type(command) for command in on.client.told] == [Set, Resume, Step]


async def test_settings_can_be_edited_for_the_next_run_after_the_end() -> None:
    async with measured() as on:
        await on.feed(batch(200, [RunEnded("finished", 200, 200 * STEPS)], state="finished", run=RUN))
        on.app.helm.take_edits({"training.batch_size": 8})
        [command] = on.client.told
        assert isinstance(command, Set)
        assert (command.name, command.value) == ("training.batch_size", 8)
        changed = Changed("training.batch_size", 32, 8, 200 * STEPS, 200, command.group)
        text = await on.feed(batch(200, [changed], state="finished", run=RUN))
        assert "batch 32 → 8, for when training goes on or r restarts it." in on.said
        assert "batch 8 " not in text.split("Hyperparameters")[0]  # no mark: nothing felt it


# -- what was interrupted ---------------------------------------------------------------------------------------------


def offered() -> Summary:
    return Summary("20260101-000000-xor-abcdef", "xor", "XOR", "2026-01-01T00:00:00Z", epochs=7)


@pytest.mark.parametrize(("state", "acts"), [("running", True), ("paused", True), ("finished", False)])
@pytest.mark.parametrize("pressed", ["o", "escape"])
async def test_offer_is_taken_or_declined_only_while_it_is_on_the_screen(state: str, acts: bool, pressed: str) -> None:
    async with measured() as on:
        await on.feed(batch(200, state=state, run=RUN))
        on.app.model.offered = offered()
        on.app.redraw("state")
        await settled(on.pilot)
        assert ("was interrupted after epoch 7" in on.text) == acts
        await on.press(pressed)
        assert (on.app.model.offered is None) == acts
        if pressed == "o":
            assert bool(on.client.told) == acts
            assert ("No interrupted run is offered" in on.said) != acts
        elif acts:
            assert f"nntui resume {offered().id}" in on.said


# -- confirmations ----------------------------------------------------------------------------------------------------


def answer(command: Any, step: int) -> Changed | Edited:
    """What the training process says to a command."""
    match command:
        case Set(name, value, group):
            return Changed(name, experiment().value(name), value, step, step // STEPS, group)
        case Silence(layer, unit, group=group):
            return Edited(f"silenced unit {unit + 1} of hidden {layer + 1}", step, step // STEPS, group)
        case Redraw(group=group):
            return Edited("revived 2 dead units of hidden 1", step, step // STEPS, group)
        case SetWeight(group=group):
            return Edited("unit 1 of hidden 1, x1: 0.1 → 1.5", step, step // STEPS, group)
    raise AssertionError(command)


@pytest.mark.parametrize(
    ("keys", "confirmed"),
    [
        ("]", "lr 0.01 → 0.0125. u undoes it."),
        ("}", "batch 32 → 64. u undoes it."),
        ("3x", "Silenced unit 1 of hidden 1: its incoming weights and its bias are 0. u undoes it."),
        ("3X", "Revived 2 dead units of hidden 1: new random weights, initial biases. u undoes it."),
    ],
)
async def test_every_change_is_confirmed_by_what_was_changed_to_what(keys: str, confirmed: str) -> None:
    async with measured() as on:
        await on.press(*keys)
        assert confirmed not in on.said  # not before it is done
        [command] = on.client.told
        await on.feed(batch(60, [answer(command, 60 * STEPS)], run=RUN))
        assert confirmed in on.said


async def test_a_burst_leaves_one_confirmation_with_its_first_and_last_value() -> None:
    async with measured() as on:
        scale = 1.0
        for _ in range(4):
            await on.press("]")
            command = on.client.told[-1]
            assert isinstance(command, Set)
            event = Changed(command.name, scale, command.value, 60 * STEPS, 60, command.group)
            scale = float(str(command.value))
            await on.feed(batch(60, [event], run=RUN))
        notes = [note.message for note in on.app._notifications]
        assert notes == ["lr 0.01 → 0.025. u undoes it."]


async def test_changes_that_nobody_asked_for_here_are_not_confirmed() -> None:
    change = Changed("schedule.scale", 1.0, 0.5, 10 * STEPS, 10, group=1)
    async with measured() as on:
        await on.feed(batch(60, [change], run=RUN))
        await on.feed(batch(20, [Rewound(20 * STEPS, 20, RUN, experiment().to_dict()), change], run=RUN))
        assert on.said == ""


@pytest.mark.parametrize(("pressed", "text"), [("r", "from the same start, seed 7"), ("R", "with seed 7")])
async def test_restart_is_confirmed_once_it_has_begun(pressed: str, text: str) -> None:
    async with measured() as on:
        await on.press(pressed)
        assert on.said == ""
        await on.feed(batch(0, [replace(run_started(), seed=7)], run=RUN))
        assert f"Restarted {text}" in on.said


@pytest.mark.parametrize(("pace", "said"), [(1.0, "0.5 epochs"), (2.0, "1 epoch a"), (50.0, "20 epochs")])
async def test_pace_is_said_in_the_right_number(pace: float, said: str) -> None:
    async with measured() as on:
        on.app.helm._pace = (pace,)
        await on.press("<")
        assert f"At most {said}" in on.said


async def test_speed_is_no_change_that_needs_training() -> None:
    async with measured() as on:
        await on.feed(batch(200, [RunEnded("finished", 200, 200 * STEPS)], state="finished", run=RUN))
        await on.press("<")
        assert on.client.told == [Pace(200)]
        assert screen_text(on.app)


def test_every_key_of_the_table_that_edits_weights_says_what_it_acts_on() -> None:
    editing = {action.id: action.acts_on for action in ACTIONS if action.id.startswith("neuron.")}
    assert set(editing.values()) == {Object.UNIT, Object.WEIGHT, Object.NETWORK}
