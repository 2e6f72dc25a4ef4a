"""The commands that show something in the dashboard, in a real terminal."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import pytest

from nntui.runs.catalogue import list_runs
from nntui.runs.run import open_run
from nntui.runs.sharing import line_of
from nntui.training.commands import Set
from tests.commandline.running import COMMAND, ROOT, Nntui, finish, start
from tests.harness.terminal import Terminal
from tests.runs.recordings import recorded
from tests.training.runs import experiment

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "runs"
    monkeypatch.setenv("NNTUI_RUNS", str(folder))
    return folder


def in_terminal(*words: str) -> Terminal:
    return Terminal([*COMMAND, *words], columns=120, rows=40, cwd=ROOT)


def test_a_recording_is_played_from_an_epoch_on(runs: Path) -> None:
    folder = recorded(runs, experiment(training__epochs=200), [(70, Set("schedule.scale", 0.25))])
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    with in_terminal("replay", "last", "--at", "60", "--pace", "0.5") as terminal:
        terminal.wait_for(r"running .* epoch +(6\d|7\d|8\d)/200")
        terminal.wait_for("read-only")
        terminal.press("q")
        assert terminal.wait_exit() == 0
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    assert len(list_runs(runs)) == 1


def test_an_epoch_that_there_is_not_is_told(runs: Path) -> None:
    recorded(runs, experiment(training__epochs=3))
    with in_terminal("replay", "last", "--at", "4") as terminal:
        terminal.wait_for("epoch 4 is not in the recording; it has 3")
        assert terminal.wait_exit() == 2
        assert terminal.family() == []


def test_without_a_terminal_a_recording_can_only_be_verified(nntui: Nntui, runs: Path) -> None:
    recorded(runs, experiment(training__epochs=3))
    for words, hint in (((), "--verify"), (("--verify", "--pace", "3"), "--pace is for the dashboard")):
        said = finish(start("replay", "last", *words))
        assert said.status == 2
        assert len(said.faults) == 1
        assert hint in said.err


@pytest.mark.slow
def test_a_line_is_gone_on_with_on_the_screen(runs: Path) -> None:
    folder = recorded(runs, experiment(training__epochs=9, training__pace=5.0), [(12, Set("schedule.scale", 0.25))])
    with in_terminal("open", line_of(open_run(folder))) as terminal:
        terminal.wait_for(r"(running|finished) .* epoch +\d/9")
        terminal.press("q")
        assert terminal.wait_exit() == 0
    (opened,) = [listed.path for listed in list_runs(runs) if listed.path != folder]
    assert open_run(opened).tuned().value("schedule.scale") == 0.25


@pytest.mark.slow
def test_a_run_that_another_program_trains_is_shown_read_only(runs: Path) -> None:
    process = start("train", "xor", "--json", "--pace", "20", "--epochs", "100000")
    assert process.stdout is not None
    while '"epoch_ended"' not in process.stdout.readline():
        pass
    with in_terminal("resume", "last") as terminal:
        terminal.wait_for("another program trains this run")
        terminal.press("q")
        assert terminal.wait_exit() == 0
    assert process.poll() is None
    process.send_signal(signal.SIGINT)
    assert finish(process).status == 130
