"""What the keys, the mouse and the size of the terminal do to the screen."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from textual.events import MouseScrollDown, MouseScrollUp, Resize
from textual.geometry import Size

from nntui.training.commands import Pause, Set, Step
from nntui.tui.screens.form import Form
from nntui.tui.widgets.panel import Panel
from tests.tui.fakes import FakeClient, batch, begun, experiment, make_app, rows, screen_text, settled
from tests.tui.stage import SIZE, stage


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


@pytest.mark.slow
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


async def test_plus_and_minus_show_fewer_and_more_epochs_in_all_curves() -> None:
    async with stage(begun(150)) as on:
        whole = on.panel("loss").text()
        text = await on.press("plus")
        assert "Loss · zoom" in text
        for name in ("loss", "accuracy", "learning-rate"):
            ticks = on.panel(name).text().split("\n")[-2]
            assert " 70 " in ticks
            assert " 20 " not in ticks
        await on.press("plus")
        assert on.app.view.zoom.window(150, 200) == (106.25, 156.25)
        await on.press("minus", "minus")
        assert on.panel("loss").text() == whole
        await on.press("plus", "plus", "0")
        assert on.panel("loss").text() == whole


async def test_the_wheel_goes_closer_where_it_points() -> None:
    async with stage(begun(150)) as on:
        loss = on.panel("loss")
        await on.pilot._post_mouse_events([MouseScrollUp], loss, offset=(20, 5))
        await settled(on.pilot)
        left, right = on.app.view.zoom.window(150, 200)
        assert right - left == 100
        assert left < 60
        await on.pilot._post_mouse_events([MouseScrollDown], loss, offset=(20, 5))
        await settled(on.pilot)
        assert "zoom" not in on.text


async def test_the_cursor_reads_every_curve_at_its_epoch() -> None:
    async with stage(begun(150)) as on:
        await on.press("plus", "home", "right", "right")
        cursor = on.app.model.cursor
        assert cursor is not None
        history = on.app.model.history
        assert history is not None
        loss = on.panel("loss").text().split("\n")[1]
        assert f"epoch {cursor}" in loss
        assert f"test {float(history.values('test_loss')[cursor]):.3g}" in loss
        assert f"epoch {cursor}" in on.panel("accuracy").text().split("\n")[1]
        assert "┃" in "".join(row[1:-1] for row in on.panel("accuracy").text().split("\n")[1:-1])
        await on.press("escape")
        assert on.app.view.zoom.window(150, 200)[1] > 150


async def test_the_epochs_can_stand_on_a_log_axis() -> None:
    async with stage(begun(150)) as on:
        text = await on.press("alt+l")
        assert "Loss · log epochs" in text
        assert on.panel("loss").text().split("\n")[-2].split()[1:3] == ["1", "10"]
        assert "Loss · log-log" in await on.press("l")


async def test_a_burst_of_sizes_ends_with_what_suits_the_last_one() -> None:
    async with stage(begun(5), size=(120, 40)) as on:
        for size in [(60, 20), (120, 40), (10, 3), (79, 24), (80, 24), (20, 5), (120, 40)] * 4:
            on.app._driver.process_message(Resize(Size(*size), Size(*size)))  # type: ignore[union-attr]
        for _ in range(3):
            await settled(on.pilot)
        assert "80×24" not in on.text
        assert "Hyperparameters" in on.text
        assert on.watched() == ("activations", "weights")


@pytest.mark.parametrize(
    "keys", [("question_mark",), ("i",), ("e",), ("e", "space"), ("p",), ("f1",), ("v",), ("ctrl+p",), ("S",)]
)
async def test_where_there_is_only_ascii_dialogs_have_nothing_else(keys: tuple[str, ...]) -> None:
    client = FakeClient()
    app = make_app(client, experiment(schedule__name="cosine_decay"), glyphs="ascii")
    async with app.run_test(size=(80, 24)) as pilot:
        client.feed(begun(12))
        await settled(pilot)
        await pilot.press(*keys)
        app.say("naïve – “texts” ≤ 3")
        await settled(pilot)
        text = screen_text(app)
        assert keys == ("f1",) or app.screen is not app.main  # the tour stands on the dashboard itself
        assert text.isascii(), {letter for letter in text if not letter.isascii()}
        assert "?" * 3 not in text


async def test_a_click_on_a_hyperparameter_opens_the_form_there() -> None:
    async with stage(begun(12)) as on:
        rows_ = on.panel("hyperparameters").text().split("\n")
        y = next(index for index, row in enumerate(rows_) if "batch size" in row)
        await on.pilot.click("#hyperparameters", offset=(rows_[y].index("batch size") + 2, y))
        await settled(on.pilot)
        form = on.app.screen.query_one(Form)
        assert form.has_focus
        assert form.current is not None
        assert form.current.parameter.name == "training.batch_size"
        await on.press("6", "4", "enter")
        assert on.client.told == [Set("training.batch_size", 64)]
