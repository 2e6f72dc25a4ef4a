"""Copying a panel in a real tmux with its default settings."""

from __future__ import annotations

import os
import re
import shutil
import subprocess

import pytest

from tests.terminal.dashboard import Dashboard, command

pytestmark = [pytest.mark.slow, pytest.mark.skipif(shutil.which("tmux") is None, reason="needs tmux")]


def test_y_copies_in_tmux_with_its_default_settings() -> None:
    tmux = ["tmux", "-L", f"nntui-{os.getpid()}", "-f", "/dev/null"]
    program = [*tmux, "new-session", *command("xor", "--set", "training.epochs=1000000")]
    try:
        with Dashboard(program=program) as screen:
            screen.begun()
            screen.press("y")
            screen.wait_for("copied to tmux's buffer")
            held = subprocess.run([*tmux, "show-buffer"], capture_output=True, text=True, check=True).stdout
            assert held.startswith("Loss of XOR, epoch")
            assert "guessing" in held
            screen.until(lambda: re.search(rb"\x1b\]52;[^;]*;", b"".join(piece.data for piece in screen.pieces)))
    finally:
        subprocess.run([*tmux, "kill-server"], capture_output=True, check=False)
