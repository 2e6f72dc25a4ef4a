"""A session of tests as a user starts it, in a home full of what would break it: nothing there is touched."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commandline.running import ROOT
from tests.harness.watching import watched

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the kernel tells of accesses on Linux")

TOUCHES = {
    "a read": "from pathlib import Path; Path.home().joinpath('.config/nntui/config.toml').read_text()",
    "a listing": "import os; os.listdir(os.path.expanduser('~/.config'))",
    "a new file": "from pathlib import Path; Path.home().joinpath('x').touch()",
    "the program": "from nntui.cli import main; main(['train', 'xor', '--epochs', '1'])",
}


@pytest.fixture
def user(tmp_path: Path) -> Path:
    """A home with files of nntui in every place, none of which can be read."""
    folder = tmp_path / "user"
    for place in (".config", ".local/state", ".local/share", ".cache", "xdg-config", "xdg-state", "runs"):
        nntui = folder / place / "nntui"
        nntui.mkdir(parents=True)
        for name in ("config.toml", "dashboard.toml", "progress.json", "runs"):
            (nntui / name).write_text("\0 no such thing = [")
    return folder


def environment(user: Path) -> dict[str, str]:
    nntui = user / "runs" / "nntui"
    return {
        **os.environ, "HOME": str(user), "XDG_CONFIG_HOME": str(user / "xdg-config"),
        "XDG_STATE_HOME": str(user / "xdg-state"), "NNTUI_CONFIG": str(nntui / "config.toml"),
        "NNTUI_STATE": str(nntui / "dashboard.toml"), "NNTUI_PROGRESS": str(nntui / "progress.json"),
        "NNTUI_RUNS": str(user / "runs"), "PYTHONPATH": str(ROOT),
    }  # fmt: skip


@pytest.mark.parametrize("touch", TOUCHES)
def test_whatever_touches_the_home_is_seen(touch: str, user: Path) -> None:
    with watched(user) as watch:
        subprocess.run([sys.executable, "-c", TOUCHES[touch]], env=environment(user), capture_output=True, check=False)
        assert watch.accesses() != []


def session(user: Path, *tests: str) -> None:
    """Run these tests; they succeed and touch nothing."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests]
    with watched(user) as watch:
        done = subprocess.run(command, cwd=ROOT, env=environment(user), capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
        assert watch.accesses() == []


def test_a_small_session_leaves_the_home_alone(user: Path) -> None:
    session(user, "tests/commandline/test_in_dashboard.py::test_a_recording_is_played_from_an_epoch_on")


@pytest.mark.slow
def test_a_session_of_every_kind_leaves_the_home_alone(user: Path) -> None:
    session(
        user, "tests/commandline", "tests/terminal/test_first_screen.py", "tests/terminal/test_learn.py",
        "tests/terminal/test_going_back.py", "tests/terminal/test_keys.py", "tests/tui/test_recordings.py",
        "tests/tui/test_screenshots.py", "tests/tui/test_learn.py", "tests/worker/test_recording.py",
        "tests/worker/test_client.py", "tests/runs/test_command_line.py", "tests/runs/test_recorder.py",
    )  # fmt: skip
