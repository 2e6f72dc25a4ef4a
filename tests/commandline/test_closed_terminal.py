"""A program that ignores SIGHUP, as under nohup, trains on when its terminal is closed; any other ends in order."""

from __future__ import annotations

import os
import pty
import signal
import sys

import pytest

from nntui.runs.catalogue import list_runs
from tests.commandline.running import end, start
from tests.harness.isolation import Home

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")

EPOCHS = 40


@pytest.mark.parametrize("ignored", [True, False])
@pytest.mark.parametrize("words", [(), ("--seeds", "2"), ("--json",)])
def test_run_outlives_its_terminal_only_if_hangups_are_ignored(
    home: Home, words: tuple[str, ...], ignored: bool
) -> None:
    def begin() -> None:
        os.setsid()
        signal.signal(signal.SIGHUP, signal.SIG_IGN if ignored else signal.SIG_DFL)

    ours, theirs = pty.openpty()
    terminal = {"stdin": theirs, "stdout": theirs, "stderr": theirs}
    process = start("train", "xor", "--epochs", str(EPOCHS), "--pace", "40", *words, **terminal, preexec_fn=begin)
    os.close(theirs)
    count, seen = 2 if "--seeds" in words else 1, b""
    while b"epoch" not in seen.lower() or len(list_runs(home.runs)) < count:
        seen += os.read(ours, 4096)
    os.close(ours)
    end(process)
    assert process.returncode == (0 if ignored else 1)
    summaries = [run.summary for run in list_runs(home.runs)]
    assert len(summaries) == count
    for summary in summaries:
        assert summary is not None
        assert summary.state == ("finished" if ignored else "stopped")
        assert (summary.epochs == EPOCHS) == ignored
