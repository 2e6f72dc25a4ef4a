"""The first moments of the program."""

from __future__ import annotations

import subprocess
import sys

import pytest

EARLY = """
import os, signal, sys
import nntui.__main__ as program, nntui.cli
nntui.cli.main = lambda: os.kill(os.getpid(), signal.{name}) or 0
sys.exit(program.main())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize(("name", "status"), [("SIGTERM", 143), ("SIGHUP", 129), ("SIGINT", 130)])
def test_told_to_end_before_anything_has_begun_it_ends_in_order(name: str, status: int) -> None:
    done = subprocess.run([sys.executable, "-c", EARLY.format(name=name)], capture_output=True, text=True, check=False)
    assert done.returncode == status
    assert done.stderr == ""
