"""Names that hold what a terminal would obey, or bytes that are no text: told as question marks, and recorded."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from nntui.runs.catalogue import list_runs
from tests.commandline.running import Nntui, finish, start, write

posix = pytest.mark.skipif(sys.platform != "linux", reason="names of files are text there")
XOR = ["[data]", 'name = "xor"']
ODD = os.fsdecode(b"we ird\xff\x1b[31m")


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "runs"
    monkeypatch.setenv("NNTUI_RUNS", str(folder))
    return folder


def test_a_name_with_control_characters_is_recorded_and_listed(nntui: Nntui, runs: Path, tmp_path: Path) -> None:
    preset = write(tmp_path / "odd.toml", ['name = "a\\u0007b\\u001b[31m"', *XOR])
    for words in ((), ("--seeds", "2")):
        said = nntui("train", preset, "--epochs", "2", *words)
        assert said.status == 0
        assert "\x1b" not in said.out + said.err
    assert all(listed.summary is not None for listed in list_runs(runs))
    assert nntui("replay", "last", "--verify").status == 0


@pytest.mark.slow
@posix
def test_the_name_of_a_preset_may_be_any_bytes(runs: Path, tmp_path: Path) -> None:
    preset = write(tmp_path / f"{ODD}.toml", XOR)
    for words in ((), ("--seeds", "2")):
        said = finish(start("train", preset, "--epochs", "2", "--runs", str(runs / ODD), *words))
        assert said.status == 0, said.err
    assert len(list_runs(runs / ODD)) == 3
    assert all(listed.summary is not None for listed in list_runs(runs / ODD))
    said = finish(start("runs", "--runs", str(runs / ODD)))
    assert said.status == 0
    assert "\x1b" not in said.out
    said = finish(start("export", "last", "--runs", str(runs / ODD), "--to", "npz", "--out", tmp_path / f"{ODD}.npz"))
    assert said.status == 0
    assert (tmp_path / f"{ODD}.npz").exists()


@posix
def test_values_that_are_no_text_are_refused(nntui: Nntui) -> None:
    said = nntui("train", "xor", "--set", f"data.path={ODD}")
    assert said.status == 2
    assert len(said.faults) == 1


@posix
def test_folders_with_odd_names_list_in_one_line_each(nntui: Nntui, runs: Path) -> None:
    (runs / "a\nb\x1b[31m").mkdir(parents=True)
    (runs / ODD).mkdir()
    said = nntui("runs")
    assert said.status == 0
    assert len(said.out.splitlines()) == 3
    assert len(said.faults) == 2
    assert "\x1b" not in said.out + said.err
    said = nntui("compare", "a\x1b[31m", "b")
    assert said.status == 2
    assert "\x1b" not in said.err
