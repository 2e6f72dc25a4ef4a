"""What is called the best of a run is of one epoch, and of the set that decides."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Literal

import numpy as np
import pytest

from nntui.experiment import find_preset, read_preset
from nntui.runs.comparing import open_compared, result_of
from nntui.runs.run import open_run
from nntui.runs.seeds import Course
from nntui.runs.summary import NAME, Summary, read_summary, write_summary
from nntui.training.commands import Set
from nntui.training.scalars import COLUMNS, INDEX, Rows
from tests.commandline.running import Nntui, strict_json
from tests.runs.recordings import recorded

Column = Literal["validation", "test"]


def rows_of(dice: np.random.Generator, epochs: int, *, validation: bool) -> Rows:
    """Rows whose losses and scores know nothing of one another."""
    rows = dice.random((epochs, len(COLUMNS)))
    rows[:, INDEX["epoch"]] = np.arange(1, epochs + 1)
    rows[:, INDEX["step"]] = 10 * np.arange(1, epochs + 1)
    if not validation:
        rows[:, [INDEX["validation_loss"], INDEX["validation_score"]]] = math.nan
    return rows


def blank(name: str = "20260101-000000-xor-aaaa") -> Summary:
    return Summary(name, "xor", "XOR", "2026-01-01T00:00:00Z")


@pytest.mark.parametrize("validation", [False, True])
@pytest.mark.parametrize("seed", range(5))
def test_loss_and_score_of_the_best_are_those_of_its_epoch(tmp_path: Path, seed: int, validation: bool) -> None:
    dice = np.random.default_rng(seed)
    rows = rows_of(dice, 40, validation=validation)
    decides: Column = "validation" if validation else "test"
    losses, scores = rows[:, INDEX[f"{decides}_loss"]], rows[:, INDEX[f"{decides}_score"]]
    losses[dice.integers(0, 40, 5)] = math.nan
    best = int(np.nanargmin(losses))
    assert scores[best] != scores.max(), "the case must be able to tell"
    expected = (best + 1, losses[best], scores[best])

    summary = blank()
    for cut in np.split(rows, [1, 7, 8, 30]):
        summary = summary.after(cut)
    assert (summary.best_epoch, summary.best_loss, summary.best_score) == expected
    assert summary.decided_by == decides
    write_summary(tmp_path, summary)
    assert read_summary(tmp_path).best_epoch == best + 1
    course = Course()
    for row in rows.tolist():
        course.add(tuple(row))
    for result in (result_of(rows), result_of(course.rows())):
        assert (result.best_epoch, result.best_loss, result.best_score) == expected


def test_score_of_an_unknown_epoch_in_an_older_summary_is_not_shown(tmp_path: Path) -> None:
    write_summary(tmp_path, blank().after(rows_of(np.random.default_rng(0), 9, validation=False)))
    record = json.loads((tmp_path / NAME).read_text())
    del record["best_epoch"]
    (tmp_path / NAME).write_text(json.dumps(record))
    older = read_summary(tmp_path)
    assert (older.best_loss, older.best_score, older.best_epoch) == (record["best_loss"], None, 0)
    rows = rows_of(np.random.default_rng(0), 9, validation=False)
    assert older.after(rows).best_score == rows[rows[:, INDEX["test_loss"]].argmin(), INDEX["test_score"]]


@pytest.mark.parametrize(("validation", "word"), [(False, "loss"), (True, "validation loss")])
def test_list_of_runs_names_the_best_epoch(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, validation: bool, word: str
) -> None:
    nntui = Nntui(capsys)
    monkeypatch.setenv("NNTUI_RUNS", str(tmp_path))
    folder = tmp_path / "20260101-000000-xor-aaaa"
    folder.mkdir()
    rows = rows_of(np.random.default_rng(3), 30, validation=validation)
    write_summary(folder, blank().after(rows))
    which = word.replace("loss", "").strip() or "test"
    best = int(rows[:, INDEX[f"{which}_loss"]].argmin())
    loss, score = rows[best, INDEX[f"{which}_loss"]], rows[best, INDEX[f"{which}_score"]]
    said = nntui("runs")
    assert said.status == 0
    assert f"  {word} {loss:.4g}, {score:.1%}, epoch {best + 1}  " in said.out
    (record,) = map(strict_json, nntui("runs", "--json").out.splitlines())
    assert (record["best_epoch"], record[f"best_{which}_accuracy"]) == (best + 1, score)


def test_best_epoch_has_the_loss_that_was_in_force_last(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NNTUI_RUNS", str(tmp_path))
    of = read_preset(find_preset("xor")).with_values({"training.epochs": 20, "loss.name": "mean_squared_error"})
    script = [(144, Set("loss.name", "mean_absolute_error")), (144, Set("schedule.scale", 1e-6))]
    folder = recorded(tmp_path, of, script)
    rows = open_run(folder).scalars().rows
    epochs, losses = rows[:, INDEX["epoch"]], rows[:, INDEX["test_loss"]]
    later = epochs > 12
    assert losses[later].min() > losses.min(), "the case must be able to tell"
    best = int(epochs[later][losses[later].argmin()])
    assert read_summary(folder).best_epoch == best
    assert open_compared(folder).result().best_epoch == best
    said = Nntui(capsys)("export", "last", "--to", "npz", "--epoch", "best", "--out", str(tmp_path / "best.npz"))
    assert said.status == 0
    assert f"epoch {best} has the lowest test loss" in said.err
