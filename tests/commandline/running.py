"""The command line, called in this process or started in one of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import pytest

from nntui.cli import main
from tests.harness.patience import PATIENCE

ROOT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-m", "nntui"]
_started: list[subprocess.Popen[str]] = []


@dataclass(frozen=True)
class Said:
    """How a command ended, and what it wrote."""

    status: int
    out: str
    err: str

    @property
    def events(self) -> list[dict[str, Any]]:
        return [strict_json(line) for line in self.out.splitlines()]

    @property
    def faults(self) -> list[str]:
        return self.err.splitlines()


class Nntui:
    """Calls a command in this process."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *words: str | Path) -> Said:
        self._capsys.readouterr()
        try:
            status = main([str(word) for word in words])
        except SystemExit as end:
            status = end.code if isinstance(end.code, int) else 0
        return Said(status, *self._capsys.readouterr())


def strict_json(text: str) -> Any:
    """The value of a JSON text, which has no NaN and no infinities."""

    def refuse(name: str) -> NoReturn:
        raise ValueError(f"{name} is no JSON")

    return json.loads(text, parse_constant=refuse)


def start(*words: str | Path, **options: Any) -> subprocess.Popen[str]:
    """Start a command in a process of its own, with pipes."""
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options
    command = [*COMMAND, *map(str, words)]
    process = subprocess.Popen(command, cwd=ROOT, text=True, encoding="utf-8", env=environment(), **pipes)
    _started.append(process)
    return process


def finish(process: subprocess.Popen[str]) -> Said:
    """Wait for the end. (`communicate` would lose what `readline` has read ahead.)"""
    hang = threading.Timer(PATIENCE, process.kill)
    hang.start()
    with ThreadPoolExecutor() as pool:
        out, err = pool.map(lambda pipe: pipe.read() if pipe else "", (process.stdout, process.stderr))
    hang.cancel()
    end(process)
    return Said(process.returncode, out, err)


def end(process: subprocess.Popen[str]) -> None:
    """Wait for the end of a process, and close its pipes."""
    process.wait()
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe is not None:
            pipe.close()


def end_started() -> None:
    """Leave nothing of what a test started: the garbage collector would blame some later test for it."""
    while _started:
        process = _started.pop()
        process.kill()
        end(process)


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONUNBUFFERED": "", "COLUMNS": "100"}


def write(path: Path, lines: Sequence[str]) -> Path:
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")
    return path
