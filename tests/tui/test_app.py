"""What each key does to the run, in every state the run can be in."""

from __future__ import annotations

import pytest
from textual.events import Key
from textual.widgets import Input

from nntui.training.commands import Command, Pace, Pause, Restart, Resume, Set, Step
from nntui.training.events import Changed, Diverged, Edited, Failed, Paused, Progressed, Refused, Resumed, RunEnded
from nntui.tui.app import MOST_NOTES
from nntui.tui.screens.form import Form
from nntui.tui.widgets.status import notice_text
from tests.harness.patience import until
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
)  # fmt: skip
from tests.tui.stage import stage


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
        assert "train 0.81 " in on.panel("loss").text()
        assert "epoch 1 so far: 0.7" in on.panel("loss").text()


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
        assert "Continue" in on.text
        await on.press("space")
        assert on.client.told == [Pause(), Resume()]
        await on.feed(batch(12, [Resumed(540, 12)]))
        assert "running" in on.status
        assert "Continue" not in on.text


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
        assert "Stopped early after 34 epochs in 12 s: the test loss fell no further, test loss 0.396" in on.text


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_figures_after_restoring_are_those_of_the_restored_epoch(size: tuple[int, int]) -> None:
    async with stage(begun(34), size=size) as on:
        ended = RunEnded("early_stopped", 34, 1530, restored_epoch=30)
        await on.feed(batch(34, [ended], state="finished", restored_epoch=30))
        said = notice_text(on.app.model, on.app.view.keys)[0]
        assert "Restored the best weights, those of epoch 30: test loss 0.436, test accuracy 78.1%." in said
        assert "epoch  34/200, weights of epoch 30" in on.text
        assert any("epoch 30" in row and "test 0.436" in row for row in on.text.split("\n"))
        await on.feed(batch(34, [Edited("set", 1530, 34)], state="finished"))
        assert "test loss 0" not in notice_text(on.app.model, on.app.view.keys)[0]


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


async def test_the_process_dies_and_a_recorded_run_goes_on() -> None:
    async with stage(begun(12, run="20260101-000000-spirals-0000")) as on:
        on.client.recorded = True
        on.client.fail("killed by signal 9 (SIGKILL)", "")
        await settled(on.pilot)
        assert "space goes on from what is recorded" in " ".join(on.text.split())
        await on.press("space")
        assert (on.client.taken_up, on.client.relaunched, len(on.client.started)) == (1, 1, 1)
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


async def test_what_is_typed_right_after_down_goes_to_the_form_and_not_to_the_search() -> None:
    async with stage(begun(5)) as on:
        await on.press("e")
        for key in (Key("down", None), Key("down", None), Key("7", "7")):
            on.app.post_message(key)
        await settled(on.pilot)
        assert on.app.screen.query_one(Input).value == ""
        assert on.app.screen.query_one(Form).current is not None


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


async def test_a_burst_of_changes_leaves_one_note_and_the_newest_notes_stand() -> None:
    app = make_app(FakeClient())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        for number in range(15):
            app.confirm(f"change {number}")
        await pilot.pause()
        assert [note.message for note in app._notifications] == ["change 14"]
        await until(lambda: len(app.screen.query("Toast")) == len(app.screen.query("ToastHolder")) == 1)
        await until(lambda: "change 14" in screen_text(app))


async def test_what_is_gone_is_painted_over_even_if_somebody_asked_where_things_are() -> None:
    app = make_app(FakeClient())
    async with app.run_test(size=(80, 24), notifications=True):
        app.say("a note")
        await until(lambda: any(note.region for note in app.screen.query("Toast")))
        compositor = app.screen._compositor
        note = app.screen.query_one("Toast")
        region = note.region
        assert region
        assert not compositor._dirty_regions
        note._is_mounted = False  # as from its removal to the next layout
        compositor._full_map_invalidated = True
        assert note not in compositor.full_map
        assert any(dirty.contains_region(region) for dirty in compositor._dirty_regions)


async def test_only_the_newest_notes_stand() -> None:
    app = make_app(FakeClient())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        for number in range(7):
            app.say(f"note {number}")
            await pilot.pause()
        assert "note 6" in screen_text(app)
        assert "note 3" not in screen_text(app)
        assert len(app.screen.query("ToastHolder")) == len(app.screen.query("Toast")) == MOST_NOTES


@pytest.mark.parametrize("key", ["e", "p", "i", "?", "c", "v", "t", "S", "L", "ctrl+p"])
async def test_dashboard_stays_visible_around_every_dialog(key: str) -> None:
    async with stage(begun(12)) as on:
        await on.press(key)
        assert on.app.screen is not on.app.main
        assert on.app._background_screens == [on.app.main]
