"""Links and pipes in a run's folder: what they lead to is neither read nor written, and nothing waits for them."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from nntui.cli import main
from nntui.runs.catalogue import list_runs, set_pinned
from nntui.runs.durable import TEMPORARY
from nntui.runs.errors import RunError
from nntui.runs.resume import resume
from tests.runs.recordings import recorded
from tests.training.runs import experiment

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there")
FILES = ("experiment.toml", "journal.jsonl", "scalars.bin", "summary.json", "checkpoints/000001.npz", "lock", TEMPORARY)


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return recorded(tmp_path / "runs", experiment(training__epochs=12), until=50)


def everything(run: Path, out: Path) -> None:
    """What reads or writes a run; each ends with an error of one line, or well."""
    for words in (
        ("runs",), ("compare", run.name, run.name), ("replay", run.name, "--verify"), ("share", run.name),
        ("resume", run.name, "--headless", "--epochs", "14"), ("export", run.name, "--to", "csv"),
        ("export", run.name, "--to", "npz", "--out", str(out / "x.npz")), ("runs", "pin", run.name),
    ):  # fmt: skip
        assert main([*words, "--runs", str(run.parent)]) in (0, 1, 2)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("there", [True, False])
def test_a_link_is_not_followed(run: Path, tmp_path: Path, name: str, there: bool) -> None:
    outside = tmp_path / "outside"
    if there and (run / name).exists():
        shutil.copy(run / name, outside)
    elif there:
        outside.write_text("precious")
    before = outside.read_bytes() if there else None
    (run / name).unlink(missing_ok=True)
    (run / name).symlink_to(outside)
    everything(run, tmp_path)
    assert (outside.read_bytes() if outside.exists() else None) == before


def test_a_folder_of_checkpoints_elsewhere_is_not_touched(run: Path, tmp_path: Path) -> None:
    shutil.move(run / "checkpoints", tmp_path / "elsewhere")
    (run / "checkpoints").symlink_to(tmp_path / "elsewhere")
    before = {path.name: path.read_bytes() for path in (tmp_path / "elsewhere").iterdir()}
    with pytest.raises(RunError, match="a link"):
        resume(run)
    everything(run, tmp_path)
    assert {path.name: path.read_bytes() for path in (tmp_path / "elsewhere").iterdir()} == before


@pytest.mark.parametrize("name", FILES)
def test_nothing_waits_for_a_pipe(run: Path, tmp_path: Path, name: str) -> None:
    (run / name).unlink(missing_ok=True)
    os.mkfifo(run / name)
    everything(run, tmp_path)
    assert [listed.path for listed in list_runs(run.parent)] == [run]


def test_a_pin_makes_no_file_elsewhere(run: Path, tmp_path: Path) -> None:
    (run / "pinned").symlink_to(tmp_path / "made")
    with pytest.raises(RunError):
        set_pinned(run, True)
    assert not (tmp_path / "made").exists()
