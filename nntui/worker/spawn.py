"""Starts a Python process of this package, with a pipe to each of its three streams."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

_PACKAGES = Path(__file__).resolve().parents[2]  # the folder in which the package nntui lies


def spawn(
    command: Sequence[str], variables: Mapping[str, str] | None = None, *, yields: bool = False
) -> subprocess.Popen[bytes]:
    """In a process group of its own, so that Ctrl+C in the terminal reaches only the one that started it.

    Args:
        variables: of the environment, besides those of this process.
        yields: on Windows, whether it lets other programs go first.
    """
    environment = {**os.environ, **(variables or {})}
    if _PACKAGES.name not in ("site-packages", "dist-packages"):  # a checkout: found from any working directory
        known = environment.get("PYTHONPATH")
        environment["PYTHONPATH"] = os.pathsep.join([str(_PACKAGES), *([known] if known else [])])
    flags = 0
    if sys.platform == "win32":
        flags = subprocess.CREATE_NEW_PROCESS_GROUP | (subprocess.BELOW_NORMAL_PRIORITY_CLASS if yields else 0)
    return subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
        creationflags=flags,
        start_new_session=sys.platform != "win32",
    )
