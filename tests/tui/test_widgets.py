"""The lines around the panels, and rows that are sent only when they changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from rich.segment import Segment
from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.strip import Strip

from nntui.training.events import Diverged, Failed, Progressed, RunEnded
from nntui.tui.bindings import ACTIONS, rebound
from nntui.tui.helm import first_keys
from nntui.tui.model import Model
from nntui.tui.theme import Glyphs
from nntui.tui.widgets.keybar import KeyBar, entries
from nntui.tui.widgets.rows import Rows
from nntui.tui.widgets.status import notice_text, progress_bar, state_part, status_parts
from nntui.tui.widgets.text import length, to_ascii
from nntui.worker.client import Failure
from tests.tui.fakes import batch, begun, experiment

KEYS = first_keys(ACTIONS)
STATES = ("running", "paused", "diverged", "finished", "stopped", "failed")


def model(epochs: int = 12, **status: Any) -> Model:
    result = Model(experiment())
    result.take(begun(epochs, **status))
    return result


def said(of: Model, width: int, glyphs: Glyphs = "braille") -> str:
    return "".join(text for text, _ in status_parts(of, width, glyphs))


# -- the status line --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", range(40, 260, 11))
@pytest.mark.parametrize("glyphs", ["braille", "ascii"])
def test_the_status_fits_its_line_and_keeps_what_matters(width: int, glyphs: Glyphs) -> None:
    of = model(pace=5.0)
    assert length(status_parts(of, width, glyphs)) <= max(width, 45)
    text = said(of, width, glyphs)
    assert "running" in text
    assert "12/200" in text


def test_wide_the_status_says_everything() -> None:
    text = said(model(step=12 * 45 + 7, pace=5.0), 150)
    for part in ("epoch  12/200", "step  7/45", "812 epochs/s", "58k samples/s", "0:12", "pace 5/s"):
        assert part in text


def test_the_step_is_one_of_its_epoch_while_the_row_of_the_epoch_before_is_on_its_way() -> None:
    of = model(epochs=12)
    of.take(batch(14, step=14 * 45 + 8))
    assert "epoch  14/200" in said(of, 150)
    assert "step  8/45" in said(of, 150)


@pytest.mark.parametrize("state", STATES)
def test_each_state_has_a_word_a_sign_and_unless_it_runs_a_ground_of_its_own(state: str) -> None:
    of = model(state=state)
    assert of.state == state
    for glyphs in ("braille", "ascii"):
        text, role = state_part(of, glyphs)
        assert state in text
        assert text.split()[0] != state
        assert role.endswith(".state") == (state != "running")
    assert state_part(of, "ascii")[0].isascii()


def test_what_does_not_train_has_no_speed() -> None:
    assert "812" not in said(model(state="paused"), 150)


def test_loading_shows_how_far_it_is() -> None:
    of = Model(experiment())
    assert "starting" in said(of, 100)
    of.take(batch(0, [Progressed("reading big.csv", 0.5)], state="loading"))
    assert "reading big.csv" in said(of, 100)
    assert "50%" in said(of, 100)


@pytest.mark.parametrize("share", [-1.0, 0.0, 0.001, 0.25, 0.5, 0.999, 1.0, 7.0])
@pytest.mark.parametrize("width", [1, 2, 13, 40])
@pytest.mark.parametrize("glyphs", ["braille", "ascii"])
def test_a_progress_bar_has_its_width_and_its_share(share: float, width: int, glyphs: Glyphs) -> None:
    parts = progress_bar(share, width, glyphs)
    assert length(parts) == width
    done = length(parts[:1])
    assert done == pytest.approx(min(max(share, 0), 1) * width, abs=1)


# -- the notice -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["running", "paused"])
def test_while_all_goes_on_there_is_no_notice(state: str) -> None:
    assert notice_text(model(state=state), KEYS)[0] == ""


def test_of_many_faults_the_first_is_told_and_there_is_room_for_what_helps() -> None:
    of = Model(experiment())
    faults = [f"/a/folder/table.csv:{line}:2: missing value (column 'width')" for line in range(3, 20)]
    message = "\n".join([*faults, "… and 12 more of the kind"])
    of.take(batch(0, [Failed(message, f"DataError: {message}")], state="failed"))
    text, role = notice_text(of, KEYS)
    assert "table.csv:3:2: missing value (column 'width') (and more; nntui check lists all)." in text
    assert "table.csv:4" not in text
    assert "more of the kind" not in text
    assert text.endswith("r starts it again.")
    assert role == "error"


def test_notices_name_the_keys_as_they_are_bound() -> None:
    keys = first_keys(rebound({"run.restart": ("f5",), "change.rate_down": ("-",), "run.pause": ("x",)}))
    of = model()
    of.take(batch(12, [Diverged(551, 12, "weights of hidden 1")], state="diverged", step=544))
    text, role = notice_text(of, keys)
    assert "The weights of step 544, before the loss blew up, are kept" in text
    assert "- lowers the learning rate, x goes on" in text
    assert "step 551 (epoch 13): weights of hidden 1" in text
    assert role == "error"
    of.fail(Failure("no answer for 5 s", ""))
    text, role = notice_text(of, keys)
    assert text == "The training process failed: no answer for 5 s. f5 starts it again."
    assert role == "error"


def test_the_end_of_a_run_is_told_with_its_result() -> None:
    of = model(200)
    of.take(batch(200, [RunEnded("finished", 200, 9000)], state="finished", elapsed=754.0))
    text, role = notice_text(of, KEYS)
    assert text.startswith("Finished: 200 epochs in 12:34, test loss 0.0259, test accuracy 96.7%.")
    assert role == "ok"


# -- the footer -------------------------------------------------------------------------------------------------------


def test_neighbors_that_share_a_label_stand_together() -> None:
    shown = entries(ACTIONS)
    labels = [label for _, label in shown]
    assert len(labels) == len(set(labels))
    assert [action.keys[0] for actions, label in shown if label == "Rate" for action in actions] == ["[", "]"]


def test_an_action_without_a_key_is_not_in_the_footer() -> None:
    assert "Pause" not in [label for _, label in entries(rebound({"run.pause": ()}))]


@pytest.mark.parametrize("width", [1, 20, 80, 200])
def test_the_footer_is_as_wide_as_the_screen_and_its_buttons_lie_on_their_words(width: int) -> None:
    bar = KeyBar(model(), ACTIONS, id="keys")
    strips = bar.make_rows(width, 2)
    assert [strip.cell_length for strip in strips] == [width, width]
    assert bar.buttons or width == 1 or width == 20
    for button in bar.buttons:
        assert button.x + button.width <= width
        text = strips[button.y].text[button.x : button.x + button.width]
        action = next(action for action in ACTIONS if action.action == button.action)
        assert text.startswith(action.keys[0])


# -- rows -------------------------------------------------------------------------------------------------------------


class Poem(Rows):
    """Shows what it is given, and counts."""

    def __init__(self, lines: Sequence[str]) -> None:
        super().__init__(id="poem")
        self.lines = list(lines)
        self.sent: list[Region] = []

    def make_rows(self, width: int, height: int) -> Sequence[Strip]:
        return [Strip([Segment(line.ljust(width)[:width])], width) for line in self.lines][:height]

    def refresh(self, *regions: Region, **options: Any) -> Any:
        self.sent += regions
        return super().refresh(*regions, **options)


class PoemApp(App[None]):
    CSS = "#poem { width: 20; height: 3; }"

    def compose(self) -> ComposeResult:
        yield Poem(["one", "two", "three"])


async def test_only_rows_that_changed_are_sent() -> None:
    app = PoemApp()
    async with app.run_test() as pilot:
        poem = app.query_one(Poem)
        poem.redraw()
        await pilot.pause()
        assert poem.text() == "one\ntwo\nthree"
        poem.sent.clear()
        poem.redraw()
        assert poem.sent == []
        poem.lines[1] = "zwei"
        poem.redraw()
        assert poem.sent == [Region(0, 1, 20, 1)]
        await pilot.pause()
        assert poem.text() == "one\nzwei\nthree"
        assert [strip.text.rstrip() for strip in poem.render_lines(Region(0, 1, 3, 2))] == ["zwe", "thr"]


@pytest.mark.parametrize(("text", "plain"), [("σ 0.5 – 2 × 3…", "s 0.5 - 2 x 3~"), ("naïve", "naive"), ("日", "?")])
def test_any_text_has_an_ascii_form(text: str, plain: str) -> None:
    assert to_ascii(text) == plain
