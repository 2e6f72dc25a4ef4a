"""The tests themselves: they read and write nothing of the user's, and start programs as a shell does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from nntui.worker.spawn import spawn
from tests.commandline.running import environment
from tests.harness.isolation import Guard, Home
from tests.harness.terminal import Terminal
from tests.terminal.dashboard import surroundings

posix = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX")

Start = Callable[[str, Path], None]


def by_subprocess(code: str, answer: Path) -> None:
    subprocess.run([sys.executable, "-c", code, answer], check=True)


def by_command_line(code: str, answer: Path) -> None:
    subprocess.run([sys.executable, "-c", code, answer], env=environment(), check=True)


def by_dashboard(code: str, answer: Path) -> None:
    subprocess.run([sys.executable, "-c", code, answer], env=surroundings(), check=True)


def by_terminal(code: str, answer: Path) -> None:
    with Terminal([sys.executable, "-c", code, answer]) as terminal:
        assert terminal.wait_exit() == 0


def by_program(code: str, answer: Path) -> None:
    with spawn([sys.executable, "-c", code, str(answer)]) as process:
        process.communicate()


STARTS = [by_subprocess, by_command_line, by_dashboard, by_program, pytest.param(by_terminal, marks=posix)]

PLACES = """
import json, sys, platformdirs
from pathlib import Path
from nntui.runs.places import runs_folder
from nntui.teaching.progress import progress_path
from nntui.tui.config import config_path
from nntui.tui.memory import memory_path
found = [runs_folder(), progress_path(), config_path(), memory_path(), Path.home()]
if sys.platform != "win32":  # there platformdirs asks Windows
    kinds = ("config", "state", "data", "cache", "log")
    found += [getattr(platformdirs, f"user_{kind}_path")("nntui") for kind in kinds]
Path(sys.argv[1]).write_text(json.dumps([str(path) for path in found]))
"""


@pytest.mark.parametrize("start", STARTS)
def test_every_place_of_a_user_is_in_the_home_of_the_test(start: Start, home: Home, tmp_path: Path) -> None:
    start(PLACES, tmp_path / "answer")
    places = [Path(place) for place in json.loads((tmp_path / "answer").read_text())]
    assert len(places) >= 5
    assert [place for place in places if not place.is_relative_to(home.folder)] == []


SIGNALS = """
import signal, sys
from pathlib import Path
ours = {signal.SIGPIPE, signal.SIGXFSZ}  # Python ignores them for itself
ignored = [n for n in signal.valid_signals() - ours if signal.getsignal(n) == signal.SIG_IGN]
Path(sys.argv[1]).write_text(repr([*ignored, *signal.pthread_sigmask(signal.SIG_BLOCK, ())]))
"""


@posix
@pytest.mark.parametrize("start", STARTS)
def test_children_neither_ignore_nor_block_signals(start: Start, tmp_path: Path) -> None:
    start(SIGNALS, tmp_path / "answer")
    assert (tmp_path / "answer").read_text() == "[]"


UNUSUAL = """
import os, signal, subprocess, sys
from tests.harness.isolation import usual_process
for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM, signal.SIGQUIT, signal.SIGTSTP, signal.SIGCHLD):
    signal.signal(number, signal.SIG_IGN)
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
os.close(0)
usual_process()
signal.raise_signal(signal.SIGHUP)  # whoever ignored it, as nohup does, still does
os.fstat(0)
subprocess.run([sys.executable, "-c", sys.argv[1], sys.argv[2]], check=True)
"""


@posix
def test_signals_that_were_ignored_or_blocked_outside_are_usual_in_children(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", UNUSUAL, SIGNALS, tmp_path / "answer"], check=True)
    assert (tmp_path / "answer").read_text() == "[]"


def test_variables_of_the_user_do_not_reach_the_tests(tmp_path: Path) -> None:
    hostile = {
        "NO_COLOR": "1", "SSH_CONNECTION": "a b c d", "TMUX": "x", "COLUMNS": "7", "LINES": "3", "TERM": "dumb",
        "LC_ALL": "POSIX", "PYTHONWARNINGS": "error", "PYTHONOPTIMIZE": "2", "TEXTUAL_FPS": "1", "FORCE_COLOR": "1",
        "TEXTUAL_DRIVER": "x:y", "NNTUI_RUNS": "/dev/null", "XDG_CONFIG_HOME": "/dev/null", "TMPDIR": ".",
    }  # fmt: skip
    clean = Home(tmp_path / "a").environment({"PATH": os.environ["PATH"]})
    assert Home(tmp_path / "a").environment({"PATH": os.environ["PATH"], **hostile}) == clean


def test_each_test_has_its_own_home(home: Home) -> None:
    assert os.environ["HOME"] == str(home.folder)
    assert sorted(path.name for path in home.folder.iterdir()) == [home.config.name, home.state.name]


ACCESSES: dict[str, Callable[[Path], object]] = {
    "read": lambda path: (path / "nntui" / "dashboard.toml").read_text(),
    "write": lambda path: (path / "nntui" / "dashboard.toml").write_text("x"),
    "list": lambda path: list(path.iterdir()),
    "scan": lambda path: os.listdir(path / "nntui"),
    "make": lambda path: (path / "nntui").mkdir(parents=True),
    "remove": lambda path: (path / "nntui" / "x").unlink(),
    "move in": lambda path: Path("x").rename(path / "nntui" / "x"),
    "bytes": lambda path: open(os.fsencode(path / "x"), "rb"),  # noqa: SIM115
}


@pytest.mark.parametrize("access", ACCESSES)
def test_an_access_to_what_is_the_users_is_refused_and_noted(
    access: str, guard: Guard, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    theirs = tmp_path / "theirs"
    monkeypatch.setattr(guard, "_home", str(theirs))
    with pytest.raises(AssertionError, match="nothing of the user's"):
        ACCESSES[access](theirs)
    assert len(guard.trespasses) == 1
    guard.trespasses.clear()


def test_the_users_home_holds_what_is_theirs_and_perhaps_the_checkout(
    home: Home, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    theirs = tmp_path / "theirs"
    monkeypatch.setenv("HOME", str(theirs))
    monkeypatch.setenv("USERPROFILE", str(theirs))
    guard = Guard({"NNTUI_RUNS": str(tmp_path / "runs")}, [theirs / "src" / "nntui", theirs, "/usr"])
    owned = [
        theirs,
        theirs / "x",
        theirs / "src" / "nntui2",
        theirs / "src" / "nntui" / ".." / "x",
        tmp_path / "runs" / "a",
    ]
    assert [path for path in owned if not guard.owns(str(path))] == []
    free = [theirs / "src" / "nntui" / "x", tmp_path / "x", Path("/usr/x"), tmp_path / "theirs2", tmp_path / "runs2"]
    assert [path for path in free if guard.owns(str(path))] == []
