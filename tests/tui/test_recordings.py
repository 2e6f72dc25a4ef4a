"""The view of runs, the tree of branches and the comparison: every key, with recordings that are really there."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len
from textual.events import MouseScrollDown

from nntui.charts import Look
from nntui.experiment import Experiment
from nntui.runs import scalars
from nntui.runs.comparing import Compared
from nntui.runs.summary import read_summary, write_summary
from nntui.training.commands import Jump, Pause, Set
from nntui.training.events import Refused, Rewound
from nntui.training.scalars import INDEX
from nntui.tui.app import NntuiApp
from nntui.tui.config import Config
from nntui.tui.drawings.branches import drawn_stems
from nntui.tui.drawings.comparison import rows_of_table, sides
from nntui.tui.panels import BY_ID
from nntui.tui.recordings import Recordings, last_interrupted, read
from nntui.tui.widgets.panel import Request
from tests.harness.patience import until
from tests.runs.recordings import recorded
from tests.tui.fakes import STEPS, FakeClient, batch, begun, experiment, rows, run_started
from tests.tui.stage import Stage, stage

EPOCHS = 8


def small(seed: int = 0) -> Experiment:
    of = Experiment("spirals")
    values: dict[str, Any] = {"data.samples": 60, "training.epochs": EPOCHS, "training.seed": seed}
    for name, value in {**values, "network.hidden": (4,)}.items():
        of = of.with_value(name, value)
    return of


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run, a branch of it, a branch of the branch, and three seeds of one experiment."""
    runs = tmp_path_factory.mktemp("runs")
    first = recorded(runs, small())
    second = recorded(runs, small(), [(9, Set("schedule.scale", 0.5))])
    third = recorded(runs, small(), [(9, Set("schedule.scale", 0.5)), (20, Set("training.batch_size", 16))])
    label(second, parent=first.name, parent_epoch=4, parent_step=9, label="lr 0.01 → 0.005 at 4")
    label(third, parent=second.name, parent_epoch=6, parent_step=20, label="batch 32 → 16 at 6")
    for seed in range(3):
        label(recorded(runs, small(seed)), group="several", created=f"2026-01-0{seed + 1}T00:00:00Z")
    return runs


@pytest.fixture
def runs(made: Path, tmp_path: Path) -> Path:
    """A copy of them, to be changed."""
    return Path(shutil.copytree(made, tmp_path / "runs"))


def label(folder: Path, **fields: Any) -> None:
    write_summary(folder, replace(read_summary(folder), **fields))


def ids(runs: Path) -> dict[str, str]:
    """Of the run, its branch, and the branch of that."""
    known = [read_summary(folder) for folder in runs.iterdir()]
    by_label = {summary.label: summary.id for summary in known if not summary.group}
    return {"first": by_label[""], "second": by_label["lr 0.01 → 0.005 at 4"], "third": by_label["batch 32 → 16 at 6"]}


async def was_read(on: Stage) -> str:
    """Until what there is to read has been read and drawn."""
    await on.press()
    while on.app._reading:
        await until(lambda: not on.app._reading)
        await on.press()
    return await on.press()


Open = Callable[..., AbstractAsyncContextManager[Stage]]


async def shown(on: Stage, runs: Path, *keys: str) -> str:
    on.client.runs = str(runs)
    await on.press(*keys)
    return await was_read(on)


# -- the view ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_the_view_lists_the_runs_and_draws_their_tree(runs: Path, size: tuple[int, int]) -> None:
    known = ids(runs)
    async with stage(begun(20, run=known["first"]), size=size) as on:
        text = await shown(on, runs, "6")
        assert "Runs" in text
        assert "Branches" in text
        assert "2 beside the first" in text
        assert "└─" in text
        assert "Comparison" in text
        assert "lr 0.01" in text
        assert on.app.model.recordings.selected == known["first"]


@pytest.mark.slow
async def test_arrows_select_enter_goes_on_and_space_marks(runs: Path) -> None:
    known = ids(runs)
    async with stage(begun(20, run=known["first"])) as on:
        await shown(on, runs, "6", "home")
        await on.press("enter")
        assert on.client.told == []
        assert "run on the screen" in on.said
        every = on.app.model.recordings.ids
        while on.app.model.recordings.selected != every[0]:
            await on.press("up")
        await on.press("up")
        await was_read(on)
        assert on.app.model.recordings.selected == every[0]
        await on.press("down")
        assert on.app.model.recordings.selected == every[1]
        await on.press("space")
        text = await was_read(on)
        assert on.app.model.recordings.marked == (every[1],)
        assert "1 marked" in text
        await on.press("down", "space")
        text = await was_read(on)
        assert "2 compared" in text
        assert "best test loss" in text
        await on.press("space")
        assert on.app.model.recordings.marked == (every[1],)
        assert on.client.told == []
        await on.press("up", "enter")
        chosen = on.app.model.recordings.selected
        assert on.client.told == ([Jump(chosen)] if chosen != known["first"] else [])


def test_the_list_names_the_keys_as_they_are_bound(runs: Path) -> None:
    app = NntuiApp(FakeClient(), experiment(), Config(keys={"run.pause": ("f5",), "time.return": ("f6",)}))
    app.model.recordings.take(read(runs, "", (), None))
    drawing = BY_ID["run-list"].module.draw(Request(app.model, (70, 12), Look.plain(), app.view))
    assert drawing.subtitle.startswith("f5 marks · f6 goes on")


def test_list_of_runs_never_cuts_its_subtitle(runs: Path) -> None:
    app = NntuiApp(FakeClient(), experiment(), Config())
    app.model.recordings.take(read(runs, "", (), None))
    drawn = set()
    for width in range(36, 110):
        for height in (3, 12):
            drawing = BY_ID["run-list"].module.draw(Request(app.model, (width, height), Look.plain(), app.view))
            assert cell_len(drawing.title) + cell_len(drawing.subtitle) + 7 <= width or not drawing.subtitle
            drawn.add(drawing.subtitle)
    assert {"space marks", "space marks · enter goes on"} < drawn


def test_last_figures_of_restored_weights_name_their_epoch() -> None:
    other = Compared("a", "a", "finished", "", experiment(), experiment(), rows(1, 30), "classification")
    stopped = replace(other, id="b", label="b", restored_epoch=12)
    table = dict(rows_of_table([other, stopped]))
    assert table["  of epoch"] == ("30", "12")
    assert table["last test loss"] == tuple(f"{other.rows[row, INDEX['test_loss']]:.3g}" for row in (29, 11))
    assert "  of epoch" not in dict(rows_of_table([other]))


async def test_space_pauses_where_no_list_has_the_focus(runs: Path) -> None:
    async with stage(begun(20, run=ids(runs)["first"])) as on:
        await shown(on, runs, "6")
        on.app.main.set_focus(on.panel("comparison"))
        await on.press("space")
        assert on.client.told == [Pause()]


async def test_going_on_with_another_run_shows_that_run(runs: Path) -> None:
    known = ids(runs)
    other = experiment(network__hidden=(4,))
    async with stage(begun(20, run=known["first"])) as on:
        await shown(on, runs, "6")
        on.app.jump(known["third"])
        assert on.client.told == [Jump(known["third"])]
        went = Rewound(30 * STEPS, 30, known["third"], other.to_dict())
        await on.feed(batch(30, [run_started(other), went], rows(1, 30), run=known["third"]))
        assert "On with batch 32 → 16 at 6" in on.said
        assert on.app.model.preset == other
        assert on.app.model.run == known["third"]
        await was_read(on)
        on.app.jump(known["second"])
        await on.feed(batch(30, [Refused("jump", known["second"], "Another program trains it.")], run=known["third"]))
        assert "Another program trains it." in on.said


async def test_the_wheel_and_the_mouse_select_too(runs: Path) -> None:
    async with stage(begun(20, run=ids(runs)["first"])) as on:
        await shown(on, runs, "6")
        every = on.app.model.recordings.ids
        await on.pilot.click("#run-list", offset=(10, 3))
        await was_read(on)
        assert on.app.model.recordings.selected == every[1]
        nodes = on.app.model.recordings.nodes
        await on.pilot.click("#branches", offset=(10, 4))
        await was_read(on)
        assert on.app.model.recordings.selected == nodes[2].id


async def test_pages_and_the_wheel_go_through_a_long_list(runs: Path) -> None:
    async with stage(begun(20, run=ids(runs)["first"]), size=(80, 24)) as on:
        await shown(on, runs, "6")
        every = on.app.model.recordings.ids
        await on.press("pagedown")
        await was_read(on)
        assert on.app.model.recordings.selected == every[-1]
        await on.press("pageup")
        await was_read(on)
        assert on.app.model.recordings.selected == every[0]
        panel = on.panel("run-list")
        panel.post_message(MouseScrollDown(panel, 5, 3, 0, 1, 0, False, False, False))
        await was_read(on)
        assert on.app.model.recordings.selected == every[1]


async def test_delete_asks_and_removes(runs: Path) -> None:
    known = ids(runs)
    async with stage(begun(20, run=known["first"])) as on:
        await shown(on, runs)
        await on.press("delete")
        assert "list of runs" in on.said
        await shown(on, runs, "6")
        await on.press("delete")
        assert "cannot be removed" in on.said
        on.app.model.recordings.selected = known["third"]
        text = await on.press("delete")
        assert "Remove this run?" in text
        await on.press("escape")
        assert (runs / known["third"]).is_dir()
        await on.press("delete", "enter")
        await until(lambda: not (runs / known["third"]).exists())
        text = await was_read(on)
        assert "1 beside the first" in text


async def test_what_cannot_be_read_is_said_in_its_line(runs: Path) -> None:
    known = ids(runs)
    (runs / known["third"] / "summary.json").write_text("{")
    async with stage(begun(20, run=known["first"])) as on:
        text = await shown(on, runs, "6")
        assert f"{known['third']}:" in text
        await on.press("escape")
    (runs / "file").write_text("")
    async with stage(begun(20)) as on:
        assert "cannot be read" in await shown(on, runs / "file", "6") or on.app.model.recordings.found is not None


async def test_without_a_folder_of_runs_the_panels_say_so() -> None:
    async with stage(begun(20)) as on:
        await on.press("6")
        text = await was_read(on)
        assert "runs are not recorded" in text
        assert "not recorded" in text


# -- the tree ---------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_t_shows_the_tree_and_enter_jumps(runs: Path, size: tuple[int, int]) -> None:
    known = ids(runs)
    async with stage(begun(20, run=known["second"]), size=size) as on:
        text = await shown(on, runs, "t")
        assert "└─▶ lr 0.01 → 0.005 at 4" in text
        assert "  └─  batch 32 → 16 at 6" in text
        assert "goes on there" in text
        await on.press("escape")
        assert on.client.told == []
        await shown(on, runs, "t")
        await on.press("down", "enter")
        assert on.client.told == [Jump(known["third"])]
        await shown(on, runs, "t")
        await on.press("enter")
        assert "run on the screen" in on.said


async def test_a_click_on_a_branch_jumps(runs: Path) -> None:
    known = ids(runs)
    async with stage(begun(20, run=known["second"])) as on:
        text = (await shown(on, runs, "t")).split("\n")
        row = next(index for index, line in enumerate(text) if "batch 32" in line)
        assert await on.pilot.click(offset=(text[row].index("batch"), row))
        await on.press()
        assert on.client.told == [Jump(known["third"])]


async def test_a_run_that_is_not_recorded_has_no_tree(runs: Path) -> None:
    async with stage(begun(20)) as on:
        assert "has no branches" in await shown(on, runs, "t")


def test_the_lines_of_a_tree_lead_from_parent_to_branch(runs: Path) -> None:
    known = ids(runs)
    found = read(runs, known["first"], (), None)
    assert found.tree is not None
    assert drawn_stems(found.tree.nodes, False) == ["", "└─", "  └─"]
    [one, two, three] = found.tree.nodes
    assert drawn_stems([one, two, three, replace(two, id="x")], False) == ["", "├─", "│ └─", "└─"]
    assert drawn_stems([one, two, three, replace(two, id="x")], True) == ["", "|-", "| `-", "`-"]


# -- the comparison ---------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_c_compares_what_is_marked(runs: Path, size: tuple[int, int]) -> None:
    known = ids(runs)
    async with stage(begun(20, run=known["first"]), size=size) as on:
        await shown(on, runs, "c")
        on.app.model.recordings.mark(known["first"])
        on.app.model.recordings.mark(known["third"])
        on.app.read_recordings()
        text = await was_read(on)
        assert "Comparison · test loss by epoch" in text
        assert " A " in text
        assert " B " in text
        await on.press(*["pagedown"] * 5)
        text = on.text
        assert "scale" in text
        assert "1 → 0.5" in text
        for title in ("test loss by step", "test loss by time", "test accuracy by epoch"):
            assert title in await on.press("g")
        await on.press("escape")
        assert on.app.screen is on.app.main


async def test_space_in_the_comparison_marks_and_unmarks(runs: Path) -> None:
    async with stage(begun(20, run=ids(runs)["first"])) as on:
        await shown(on, runs, "c")
        await on.press("home", "space")
        await was_read(on)
        first = on.app.model.recordings.ids[0]
        assert list(on.app.model.recordings.marked) == [first]
        await on.press("enter")
        assert not on.app.model.recordings.marked


def test_seeds_of_one_experiment_are_one_band(runs: Path) -> None:
    every = tuple(folder.name for folder in runs.iterdir())
    known = ids(runs)
    found = read(runs, known["first"], every, None)
    parts = sides([found.compared[run] for run in every])
    assert sorted(len(side.runs) for side in parts) == [1, 1, 1, 3]
    assert [side.letter for side in parts] == ["A", "B", "C", "D"]
    assert any("3 seeds" in side.label for side in parts)


def test_a_run_that_has_not_changed_is_not_read_again(runs: Path) -> None:
    known = ids(runs)
    before = read(runs, known["first"], (known["first"], known["second"]), None)
    label(runs / known["second"], label="another")
    after = read(runs, known["first"], (known["first"], known["second"]), before)
    assert after.compared[known["first"]] is before.compared[known["first"]]
    assert after.compared[known["second"]].label == "another"


def test_what_is_gone_is_neither_selected_nor_marked(runs: Path) -> None:
    known = ids(runs)
    recordings = Recordings()
    recordings.take(read(runs, "", (), None))
    recordings.selected = known["third"]
    assert recordings.mark(known["third"])
    shutil.rmtree(runs / known["third"])
    recordings.take(read(runs, "", (), recordings.found))
    assert recordings.marked == ()
    assert recordings.selected in recordings.ids


# -- what was interrupted ---------------------------------------------------------------------------------------------


def test_only_the_newest_other_run_is_offered(runs: Path) -> None:
    newest = sorted(folder.name for folder in runs.iterdir())[-1]
    here = ids(runs)["first"]
    assert last_interrupted(runs, here) is None
    label(runs / newest, state="running")
    offered = last_interrupted(runs, here)
    assert offered is not None
    assert offered.id == newest
    assert last_interrupted(runs, newest) is None
    label(runs / newest, epochs=0)
    (runs / newest / scalars.NAME).write_bytes(scalars.MAGIC)
    assert last_interrupted(runs, here) is None


async def test_o_goes_on_with_what_was_interrupted_and_escape_declines(runs: Path) -> None:
    newest = sorted(folder.name for folder in runs.iterdir())[-1]
    label(runs / newest, state="running")
    for key in ("o", "escape"):
        async with stage() as on:
            on.client.runs = str(runs)
            on.app.offers_interrupted = True
            await on.feed(begun(20, run=ids(runs)["first"]))
            await until(lambda: on.app.model.offered is not None)
            text = await on.press()
            assert f"was interrupted after epoch {EPOCHS}: o goes on with it, escape declines." in " ".join(
                text.split()
            )
            text = await on.press(key)
            assert "was interrupted" not in text
            assert on.client.told == ([Jump(newest)] if key == "o" else [])
            if key == "escape":
                await on.press("o")
                assert "No interrupted run is offered" in on.said


# -- a replay ---------------------------------------------------------------------------------------------------------


async def test_a_replay_is_sought_through_to_its_end(runs: Path) -> None:
    known = ids(runs)
    fields: dict[str, Any] = {"run": known["first"], "recording": "replaying, read-only"}
    async with stage() as on:
        on.client.runs = str(runs)
        await on.feed(begun(3, **fields))
        await was_read(on)
        assert "Replaying, read-only." in on.text
        text = await on.press("end")
        assert on.app.model.cursor == EPOCHS
        assert "enter goes there" in text
        went = Rewound(2 * STEPS, 2, known["first"], experiment().to_dict())
        await on.feed(batch(2, [went], rows(1, 2), state="paused", **fields))
        assert on.app.model.ghosts.all == ()
