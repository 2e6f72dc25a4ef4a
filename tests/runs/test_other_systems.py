"""What other systems refuse: syncing folders, replacing a file that is open, calls that only POSIX has."""

from __future__ import annotations

import errno
import os
import stat
import sys
import types
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest

from nntui.cli import main
from nntui.runs import durable, lock
from nntui.runs.appended import AppendedFile
from nntui.runs.catalogue import list_runs
from nntui.runs.durable import replace_file

POSIX_ONLY = ("O_NONBLOCK", "O_NOFOLLOW", "O_CLOEXEC", "O_NOCTTY", "pread", "geteuid", "getuid", "sched_getaffinity")


def test_file_system_that_cannot_sync_folders_is_no_trouble(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    real = os.fsync

    def fsync(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    assert main(["train", "xor", "--epochs", "3", "--runs", str(tmp_path)]) == 0
    captured = capsys.readouterr()
    assert "not recorded" not in captured.out + captured.err
    [run] = list_runs(tmp_path)
    assert run.summary is not None
    assert run.summary.epochs == 3


def test_disk_that_fails_to_sync_a_folder_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fsync(descriptor: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(OSError, match="Input/output"):
        durable.sync_folder(tmp_path)


@pytest.mark.parametrize(("refusals", "is_replaced"), [(0, True), (3, True), (10**9, False)])
def test_file_being_read_on_windows_is_replaced_a_moment_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refusals: int, is_replaced: bool
) -> None:
    real, left = os.replace, refusals

    def replace(old: Path, new: Path) -> None:
        nonlocal left
        if left:
            left -= 1
            raise PermissionError(errno.EACCES, "Access is denied")
        real(old, new)

    file = tmp_path / "summary.json"
    file.write_text("old")
    monkeypatch.setattr(os, "replace", replace)
    monkeypatch.setattr(durable, "sync_folder", lambda folder: None)
    monkeypatch.setattr(durable, "BETWEEN", 0.0)
    monkeypatch.setattr(durable, "WINDOWS", True)
    if is_replaced:
        replace_file(file, b"new")
    else:
        with pytest.raises(PermissionError):
            replace_file(file, b"new")
    assert file.read_text() == ("new" if is_replaced else "old")


def test_file_is_written_again_without_pread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "pread", raising=False)
    file = AppendedFile(tmp_path / "scalars.bin")
    content = bytes(range(256)) * 9000
    file.add(content)
    file.flush()
    (tmp_path / "scalars.bin").unlink()
    assert not file.is_there
    file.write_again()
    file.add(b"more")
    file.flush(sync=True)
    file.close()
    assert (tmp_path / "scalars.bin").read_bytes() == content + b"more"


def test_lock_of_windows_is_held_by_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held: set[tuple[int, int]] = set()
    of: dict[int, tuple[int, int]] = {}
    real = os.close

    def locking(descriptor: int, mode: int, count: int) -> None:
        status = os.fstat(descriptor)
        file = (status.st_dev, status.st_ino)
        if file in held:
            raise PermissionError(errno.EACCES, "Permission denied")
        held.add(file)
        of[descriptor] = file

    def close(descriptor: int) -> None:
        held.discard(of.pop(descriptor, (0, 0)))
        real(descriptor)

    fake: Any = types.ModuleType("msvcrt")
    fake.LK_NBLCK, fake.locking = 2, locking
    monkeypatch.setitem(sys.modules, "msvcrt", fake)
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(os, "close", close)
    spec = spec_from_file_location("lock_of_windows", lock.__file__)
    assert spec is not None
    assert spec.loader is not None
    windows = module_from_spec(spec)
    spec.loader.exec_module(windows)
    one, other = windows.Lock(tmp_path), windows.Lock(tmp_path)
    assert not windows.is_locked(tmp_path)
    assert one.take()
    assert not other.take()
    assert windows.is_locked(tmp_path)
    one.release()
    assert not windows.is_locked(tmp_path)
    assert other.take()
    other.release()


@pytest.mark.slow
def test_commands_need_nothing_that_only_posix_has(tmp_path: Path) -> None:
    import subprocess

    program = f"""
import os, signal, sys
import asyncio, contextlib, faulthandler, numpy, platformdirs, select, shutil, subprocess, tempfile  # as they are here
for name in {POSIX_ONLY!r}:
    if hasattr(os, name):
        delattr(os, name)
for name in ("SIGHUP", "SIGTSTP", "SIGCONT", "SIGWINCH"):
    delattr(signal, name)
sys.modules["resource"] = None
from nntui.__main__ import main
sys.exit(main())
"""
    runs = str(tmp_path / "runs")
    for words in (
        ["list", "--all"], ["train", "xor", "--epochs", "20", "--runs", runs], ["runs", "--runs", runs],
        ["export", "last", "--to", "npz", "--runs", runs, "--out", str(tmp_path / "w.npz")],
        ["resume", "last", "--headless", "--epochs", "30", "--runs", runs],
        ["replay", "last", "--verify", "--runs", runs],
        ["check", "xor"], ["lr-range", "xor", "--steps", "30"], ["share", "last", "--runs", runs],
        ["train", "xor", "--epochs", "20", "--seeds", "2", "--runs", runs], ["learn", "--list"],
    ):  # fmt: skip
        done = subprocess.run([sys.executable, "-c", program, *words], capture_output=True, text=True, timeout=300)
        assert (done.returncode, done.stderr.count("Traceback")) == (0, 0), (words, done.stdout, done.stderr)
