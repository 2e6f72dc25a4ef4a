"""Ctrl+Z, fg, and signals that stop the program, from a real shell with job control."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from shutil import which
from tempfile import mkdtemp

import pytest

from tests.harness.terminal import alive
from tests.terminal.dashboard import FLAT_OUT, Dashboard, command
from tests.terminal.test_failures import gone

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(which("bash") is None or sys.platform != "linux", reason="needs bash and /proc"),
]
PROMPT = "what next>"


class Shell(Dashboard):
    """The dashboard as a job of a shell."""

    def __init__(self) -> None:
        super().__init__(
            program=["bash", "--norc", "--noprofile", "-i"],
            environment={"PS1": PROMPT, "NNTUI_RUNS": mkdtemp(), "INPUTRC": os.devnull},
        )
        self.wait_for(PROMPT)
        self.type(" ".join(command(*FLAT_OUT)))
        self.begun()
        self.job = next(pid for pid in self.family() if b"-m\0nntui\0" in _words(pid))

    def type(self, line: str) -> None:
        self.press(*line, "enter")


def _words(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()


def _is_stopped(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"


@pytest.fixture
def shell() -> Iterator[Shell]:
    with Shell() as opened:
        yield opened


@pytest.mark.parametrize("way", ["ctrl+z", "SIGTSTP"])
def test_suspended_dashboard_gives_the_terminal_back_and_training_waits(shell: Shell, way: str) -> None:
    child = shell.trainer()
    if way == "ctrl+z":
        shell.press(way)
    else:
        os.kill(shell.job, signal.SIGTSTP)
    shell.wait_for("Stopped")
    assert _is_stopped(shell.job)
    spent = _ticks(child)
    shell.type("clear; stty -a | grep -o '.icanon'; echo seen")  # the emulator has but one screen
    shell.wait_for(r"(?m)^ icanon\s+seen")
    for number in range(3):
        shell.type(f"echo $(({number} + 40))")
        shell.wait_for(rf"(?m)^{number + 40}$")
    assert _ticks(child) - spent < 5  # hundredths of a second: it only answers
    shell.type("fg")
    shell.until(lambda: shell.state == "running" and "Loss" in shell.titles())
    epoch = shell.epoch
    shell.until(lambda: shell.epoch > epoch)
    assert alive(child)
    shell.press("q")
    shell.wait_for(PROMPT)
    shell.type("clear; stty -a | grep -o '.icanon'; echo left")
    shell.wait_for(r"(?m)^ icanon\s+left")
    assert gone(child)


def _ticks(pid: int) -> int:
    words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(words[11]) + int(words[12])


def test_stopped_and_continued_dashboard_hears_each_key_once_and_restores_the_terminal() -> None:
    with Dashboard(*FLAT_OUT) as dashboard:
        dashboard.begun().press("space")
        dashboard.until(lambda: dashboard.state == "paused" and "Continue" in dashboard.text)
        epoch = dashboard.epoch  # now: while all is painted again there may be none on the screen
        dashboard.send_signal(signal.SIGSTOP)
        dashboard.until(lambda: _is_stopped(dashboard.pid))
        entered = _entries(dashboard)
        dashboard.send_signal(signal.SIGCONT)
        dashboard.until(lambda: _entries(dashboard) > entered)  # what is typed until then is discarded
        dashboard.until(lambda: (dashboard.state, dashboard.epoch) == ("paused", epoch))
        dashboard.press("n", "n", "n")
        dashboard.until(lambda: dashboard.epoch == epoch + 3)
        dashboard.press("q")
        assert dashboard.wait_exit() == 0
        assert dashboard.leftovers() == []


def _entries(dashboard: Dashboard) -> int:
    """How often the program has taken the terminal for itself."""
    return b"".join(piece.data for piece in dashboard.pieces).count(b"\x1b[?1049h")
