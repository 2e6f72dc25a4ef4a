"""What the system refuses, a file or a process, is one line."""

from __future__ import annotations

import errno
import os
import subprocess
from pathlib import Path
from typing import Any, NoReturn

import pytest

from nntui.cli import main
from nntui.commandline import dashboard


def test_file_in_a_folder_that_may_not_be_entered_is_called_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    hidden, real_stat, real_open = tmp_path / "hidden", os.stat, os.open

    def refusing(real: Any) -> Any:
        def call(path: Any, *arguments: Any, **options: Any) -> Any:
            if isinstance(path, str | Path) and str(path).startswith(str(hidden)):
                raise PermissionError(errno.EACCES, "Permission denied", str(path))
            return real(path, *arguments, **options)

        return call

    monkeypatch.setattr(os, "stat", refusing(real_stat))
    monkeypatch.setattr(os, "open", refusing(real_open))
    for command in ("check", "train"):
        assert main([command, str(hidden / "mine.toml")]) == 2
        error = capsys.readouterr().err
        assert error.count("\n") == 1
        assert "permission denied" in error


@pytest.mark.parametrize("words", [["xor"], ["export", "last", "--to", "svg"]])
def test_process_that_cannot_be_started_is_one_line(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refused(*_: Any, **__: Any) -> NoReturn:
        raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")

    runs = ["--runs", str(tmp_path)]
    assert main(["train", "xor", "--epochs", "1", *runs]) == 0
    capsys.readouterr()
    monkeypatch.setattr(dashboard, "at_terminal", lambda: True)
    monkeypatch.setattr(subprocess, "Popen", refused)
    assert main([*words, *runs]) in (1, 2)
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "cannot start a process: Resource temporarily unavailable" in error
