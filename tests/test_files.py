"""The gate: what is no regular file of a sensible size is refused soon, and nothing reads files around it."""

from __future__ import annotations

import ast
import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import nntui
from nntui import files
from nntui.files import Unreadable, read_file, read_json
from tests.commandline.running import Nntui

PACKAGE = Path(nntui.__file__).parent
LIMIT = 1 << 16

# Modules that open a file themselves, and why.
OPENS = {
    "files.py": "the gate itself",
    "cli.py": "the null device, written to",
    "worker/__main__.py": "the null device",
    "runs/lock.py": "a file that is locked, never read",
    "runs/durable.py": "a folder that is synchronized; files that are written",
    "runs/appended.py": "a file that is written",
    "runs/removed.py": "a file that is written",
    "runs/catalogue.py": "a file that is written",
}
OF_CONTENT = {"runs/archive.py": {"zipfile.ZipFile"}, "data/bundled.py": {"np.load"}}  # given what the gate returned
READERS = {"read_text", "read_bytes", "loadtxt", "genfromtxt", "fromfile", "memmap", "read_table"}
OF_PATHS = {"numpy.load", "np.load", "json.load", "tomllib.load", "ZipFile", "zipfile.ZipFile"}


@pytest.fixture
def nntui_command(capsys: pytest.CaptureFixture[str]) -> Nntui:
    return Nntui(capsys)


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _socket(path: Path) -> None:
    here = os.getcwd()
    os.chdir(path.parent)  # the name of a socket is short
    try:
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(path.name)
    finally:
        os.chdir(here)


def _sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(1 << 42)


HOSTILE: dict[str, tuple[Callable[[Path], object], str]] = {
    "folder": (lambda path: path.mkdir(), "is a folder"),
    "pipe": (_pipe, "is a pipe"),
    "socket": (_socket, "is a socket"),
    "endless device": (lambda path: path.symlink_to("/dev/zero"), "is a device"),
    "terminal": (lambda path: path.symlink_to("/dev/tty"), "is a device"),
    "circle of links": (lambda path: path.symlink_to(path.name), "is a link that leads to itself"),
    "link to nothing": (lambda path: path.symlink_to("nowhere"), "no such file"),
    "huge": (_sparse, "is larger than"),
    "missing": (lambda path: path, "no such file"),
}
if Path("/proc/self/pagemap").exists():
    HOSTILE["claims to be empty"] = (lambda path: path.symlink_to("/proc/self/pagemap"), "is larger than")


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_paths_are_refused(tmp_path: Path, kind: str) -> None:
    make, reason = HOSTILE[kind]
    make(tmp_path / "file")
    with pytest.raises(Unreadable, match=reason):
        read_file(tmp_path / "file", LIMIT)


@pytest.mark.parametrize("name", ["x" * 300, "x/" * 3000, "a\0b", "\udcff", ""])
def test_impossible_names_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(Unreadable):
        read_file(f"{tmp_path}/none/{name}", LIMIT)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("secret")
    (tmp_path / "file").chmod(0)
    with pytest.raises(Unreadable, match="permission denied"):
        read_file(tmp_path / "file", LIMIT)


def test_a_file_that_grows_while_it_is_read_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "_GROWTH", 1 << 20)
    path = tmp_path / "file"
    path.write_bytes(bytes(1000))
    read = os.fstat

    def grow(descriptor: int) -> os.stat_result:
        found = read(descriptor)
        with path.open("ab") as file:
            file.write(bytes(2 << 20))
        return found

    monkeypatch.setattr(os, "fstat", grow)
    with pytest.raises(Unreadable, match="grows while it is read"):
        read_file(path, 1 << 30)


def test_a_file_larger_than_memory_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_bytes(bytes(4 << 20))
    assert len(read_file(tmp_path / "file", 1 << 30)) == 4 << 20
    monkeypatch.setattr(files, "_free_on_machine", lambda: 3.0 * 2**20)
    with pytest.raises(Unreadable, match="does not fit into memory"):
        read_file(tmp_path / "file", 1 << 30)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the limit of the address space")
def test_the_limit_of_the_process_counts_as_memory() -> None:
    code = (
        "import resource; from nntui.files import fits_memory, free_memory\n"
        "resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))\n"
        "print(free_memory() < 1 << 30, fits_memory(1 << 20), fits_memory(1 << 30))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PACKAGE.parent)
    assert done.stdout.split() == ["True", "True", "False"]


@pytest.mark.parametrize(
    "content", [b"", b"{", b"\xff", b"[" * 100_000, b"[" * 100 + b"]" * 100, b"[" + b"1," * 10**6 + b"1]", b"9" * 5000]
)
def test_json_that_is_none_or_too_large_is_refused(content: bytes) -> None:
    with pytest.raises(Unreadable):
        read_json(content)


def test_json_as_the_program_writes_it_is_read() -> None:
    value = {"a": [[1, 2.5], {"b": None}], "c": "[[[" * 1000}
    assert read_json(json.dumps(value).encode()) == value


# ---- nothing goes around it


def reads(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """(line, call) of everything in a module that opens a file for reading, or may."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = ast.unparse(node.func)
        last = name.rpartition(".")[2]
        mode = next((word.value for word in keywords_of(node) if isinstance(word, ast.Constant)), None)
        opens = last == "open" and name != "os.open" and not (isinstance(mode, str) and set(mode) & set("wax"))
        if opens or (last in READERS and last != name) or name in OF_PATHS or name in ("os.open", "os.fdopen"):
            yield node.lineno, name


def keywords_of(call: ast.Call) -> list[ast.expr]:
    """What may be the mode that a file is opened with: ``open(path, mode)``, ``path.open(mode)``."""
    modes = [word.value for word in call.keywords if word.arg == "mode"]
    return [*modes, *call.args[1 if isinstance(call.func, ast.Name) else 0 :][:1]]


def test_files_are_read_through_the_gate() -> None:
    around = [
        f"{module}:{line}: {call}"
        for path in PACKAGE.rglob("*.py")
        if (module := path.relative_to(PACKAGE).as_posix()) not in OPENS
        for line, call in reads(ast.parse(path.read_text(encoding="utf-8")))
        if call not in OF_CONTENT.get(module, set())
    ]
    assert around == []


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("open(path)", True),
        ("path.open()", True),
        ("path.open('rb')", True),
        ("open(path, mode='r')", True),
        ("path.read_text()", True),
        ("np.load(path)", True),
        ("os.open(path, os.O_RDONLY)", True),
        ("path.open('wb')", False),
        ("open(path, 'w')", False),
        ("read_file(path, 10)", False),
    ],
)
def test_the_search_finds_what_reads(code: str, found: bool) -> None:
    assert bool(list(reads(ast.parse(code)))) is found


# ---- the commands, given hostile paths


def _preset(path: Path, folder: Path) -> list[str | Path]:
    (folder / "my.toml").write_text(f'[data]\nname = "csv"\npath = "{path}"\n')
    return ["check", folder / "my.toml"]


def _lesson(path: Path, folder: Path) -> list[str | Path]:
    lines = f'title = "T"\npreset = "{path}"\n[[steps]]\ntext = "Read."\n[summary]\ntext = "Done."\n'
    (folder / "lesson.toml").write_text(lines)
    return ["check", folder / "lesson.toml"]


COMMANDS: dict[str, Callable[[Path, Path], list[str | Path]]] = {
    "check": lambda path, folder: ["check", path],
    "train": lambda path, folder: ["train", path, "--no-record"],
    "data of a preset": _preset,
    "preset of a lesson": _lesson,
    "lesson": lambda path, folder: ["learn", path],
    "config": lambda path, folder: ["resume", "last", "--config", path],
    "run": lambda path, folder: ["replay", path, "--verify"],
    "runs": lambda path, folder: ["runs", "--runs", path / "below"],
}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("kind", [*HOSTILE, "long", "other text"])
def test_commands_refuse_hostile_paths_in_one_line(
    tmp_path: Path, nntui_command: Nntui, monkeypatch: pytest.MonkeyPatch, command: str, kind: str
) -> None:
    monkeypatch.delenv("NNTUI_RUNS")
    path = tmp_path / ("x" * 300 if kind == "long" else "file.toml")
    if kind == "other text":
        path.write_text("root:x:0:0:root:/root:/bin/bash\n")
    elif kind != "long":
        HOSTILE[kind][0](path)
    said = nntui_command(*COMMANDS[command](path, tmp_path))
    if command == "runs" and said.status == 0:
        assert said.out.startswith("no runs in")
        return
    assert said.status == 2
    assert said.out == ""
    assert len(said.faults) == 1
    assert "Traceback" not in said.err
