"""Where runs are recorded: what the command line says goes before the environment, and that before the config file."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commandline.running import Nntui, write


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("NNTUI_RUNS", raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    file = tmp_path / "config" / "config.toml"
    file.parent.mkdir()
    monkeypatch.setenv("NNTUI_CONFIG", str(file))
    return write(file, ['runs = "recorded"'])


def ids(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} if folder.exists() else set()


def test_each_has_its_turn(nntui: Nntui, config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    train = ("train", "xor", "--epochs", "2")
    assert nntui(*train).status == 0
    assert len(ids(config.parent / "recorded")) == 1
    monkeypatch.setenv("NNTUI_RUNS", str(tmp_path / "environment"))
    assert nntui(*train, "--seeds", "2").status == 0
    assert len(ids(tmp_path / "environment")) == 2
    assert nntui(*train, "--runs", tmp_path / "given").status == 0
    assert len(ids(tmp_path / "given")) == 1
    assert len(ids(config.parent / "recorded")) == 1
    assert not (tmp_path / "state").exists()


def test_every_command_on_runs_reads_it(nntui: Nntui, config: Path, tmp_path: Path) -> None:
    assert nntui("train", "xor", "--epochs", "2").status == 0
    (run,) = ids(config.parent / "recorded")
    assert run in nntui("runs").out
    line = nntui("share", "last").out.strip()
    for words in (
        ("replay", run, "--verify"), ("resume", run, "--headless"), ("compare", run, run), ("open", line, "--headless"),
        ("export", run, "--to", "csv"), ("export", run, "--to", "npz", "--out", tmp_path / "x.npz"),
        ("runs", "rm", run),
    ):  # fmt: skip
        assert nntui(*words).status == 0, words
        assert nntui(*words, "--runs", tmp_path / "nothing").status == (0 if words[0] == "open" else 2), words


def test_what_else_is_wrong_with_the_file_does_not_matter(nntui: Nntui, config: Path) -> None:
    write(config, ['runs = "recorded"', 'theme = "nosuch"', "[keys]", 'run.nosuch = "x"'])
    assert nntui("train", "xor", "--epochs", "2").status == 0
    assert len(ids(config.parent / "recorded")) == 1


@pytest.mark.parametrize("line", ["runs = 3", "runs = [", 'runs = "a\\u0000b"'])
def test_what_is_wrong_with_it_is_one_line(nntui: Nntui, config: Path, line: str) -> None:
    write(config, [line])
    said = nntui("runs")
    assert said.status == 2
    assert len(said.faults) == 1
    assert str(config) in said.err


def test_a_folder_without_a_name_is_refused(nntui: Nntui) -> None:
    said = nntui("runs", "--runs", "")
    assert said.status == 2
    assert len(said.faults) == 1


def test_home_is_written_as_a_tilde(
    nntui: Nntui, config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    write(config, ['runs = "~/runs"'])
    assert nntui("train", "xor", "--epochs", "2").status == 0
    assert len(ids(tmp_path / "home" / "runs")) == 1
