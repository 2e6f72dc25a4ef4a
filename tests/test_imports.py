"""Who may import whom, and what stays out of memory until it is needed."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import nntui

PACKAGE = Path(nntui.__file__).parent

# What every room but the mathematics and the charts may import: reading files, and showing text that others wrote.
BASE = frozenset({"escaping", "files"})

# A room's arrows: itself, and what stands here. A dotted name allows that module alone.
ALLOWED: dict[str, frozenset[str]] = {
    "escaping": frozenset(),
    "files": frozenset(),
    "nn": frozenset(),
    "data": frozenset(),
    "charts": frozenset(),
    "experiment": frozenset({"nn", "data"}),
    "training": frozenset({"nn", "data", "experiment"}),
    "runs": frozenset({"training", "experiment", "nn", "data.features"}),  # exports write out layers and formulas
    "worker": frozenset({"training", "runs", "experiment"}),
    "teaching": frozenset({"experiment", "training.commands", "training.events", "training.diagnosis.catalogue"}),
    "tui": frozenset(
        {
            "charts", "experiment", "runs", "teaching",
            "worker.client",
            "training.diagnosis.catalogue", "training.events", "training.commands", "training.history",
            "training.scalars", "training.snapshot",
            "training.insights",
        }
    ),
    # The command line starts everything.
    "commandline": frozenset(
        {"nn", "data", "charts", "experiment", "training", "runs", "worker", "teaching", "tui", "cli"}
    ),
    "cli": frozenset({"commandline", "experiment"}),
    "__main__": frozenset({"cli"}),
    "__init__": frozenset(),
}  # fmt: skip

SCREEN = ("textual", "rich")
SCREEN_ROOMS = ("tui", "charts")


def rooms() -> list[str]:
    """Every package and module directly under nntui that has code."""
    folders = [path.parent.name for path in PACKAGE.glob("*/__init__.py")]
    return sorted([*folders, *(path.stem for path in PACKAGE.glob("*.py"))])


def files(room: str) -> list[Path]:
    folder = PACKAGE / room
    return sorted(folder.rglob("*.py")) if folder.is_dir() else [PACKAGE / f"{room}.py"]


def imports(file: Path) -> Iterator[tuple[int, str]]:
    """(line, dotted module) of every import in a file, wherever it stands, also behind ``TYPE_CHECKING``.

    ``from a import b`` counts as ``a.b``: b may be a module.
    """
    package = ("nntui", *file.relative_to(PACKAGE).parent.parts)
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            for name in node.names:
                yield node.lineno, name.name
        elif isinstance(node, ast.ImportFrom):
            base = list(package[: len(package) - node.level + 1]) if node.level else []
            for name in node.names:
                yield node.lineno, ".".join([*base, *([node.module] if node.module else []), name.name])


def allows(room: str, target: str) -> bool:
    """Whether ``room`` may import ``target``, a dotted name without ``nntui.``."""
    if target.split(".")[0] in (room, "__version__") or (target.split(".")[0] in BASE and room not in ("nn", "charts")):
        return True
    return any(target == arrow or target.startswith(arrow + ".") for arrow in ALLOWED[room])


def test_every_room_has_its_arrows_in_the_table() -> None:
    assert set(rooms()) <= set(ALLOWED)


@pytest.mark.parametrize("room", rooms())
def test_a_room_imports_only_the_rooms_it_may(room: str) -> None:
    wrong = [
        f"{file.relative_to(PACKAGE.parent)}:{line}: {name}"
        for file in files(room)
        for line, name in imports(file)
        if name.startswith("nntui.") and not allows(room, name.removeprefix("nntui."))
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("room", [room for room in rooms() if room not in SCREEN_ROOMS])
def test_only_the_screens_rooms_know_the_screen(room: str) -> None:
    wrong = [
        f"{file.relative_to(PACKAGE.parent)}:{line}: {name}"
        for file in files(room)
        for line, name in imports(file)
        if name.split(".")[0] in (*SCREEN, "plotext", "textual_plotext")
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("room", "name", "allowed"),
    [
        ("nn", "data.loading", False),
        ("charts", "tui.model", False),
        ("tui", "worker.client.Client", True),
        ("tui", "worker.loop", False),
        ("tui", "training.session", False),
        ("tui", "training.events.Event", True),
        ("training", "worker.frames", False),
        ("worker", "training.session.Session", True),
    ],
)
def test_the_table_is_read_as_meant(room: str, name: str, allowed: bool) -> None:
    assert allows(room, name) is allowed


def loaded(module: str) -> set[str]:
    """Top-level modules in memory after ``module`` was imported in an interpreter of its own."""
    code = f"import sys, {module}; print(*sorted({{name.split('.')[0] for name in sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PACKAGE.parent)
    return set(done.stdout.split())


def submodules(room: str) -> list[str]:
    """Importable names of a room: itself and every module in it."""
    names = []
    for file in files(room):
        parts = file.relative_to(PACKAGE.parent).with_suffix("").parts
        names.append(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    return [name for name in names if not name.endswith("__main__")]


@pytest.mark.parametrize("room", [room for room in rooms() if room not in (*SCREEN_ROOMS, "__main__", "__init__")])
def test_the_screen_stays_out_of_memory(room: str) -> None:
    modules = submodules(room)
    if room == "data":  # the reader of Parquet needs an extra
        modules = [name for name in modules if not name.endswith("parquet")]
    assert not loaded(", ".join(modules)) & set(SCREEN)


@pytest.mark.parametrize("module", ["nntui.cli", "nntui.experiment", "nntui.nn.registry", "nntui.worker.client"])
def test_numpy_stays_out_of_memory_until_there_are_numbers(module: str) -> None:
    assert "numpy" not in loaded(module)


@pytest.mark.parametrize("module", ["nntui.tui.app", "nntui.tui.launch"])
def test_the_dashboard_paints_before_it_loads_what_draws(module: str) -> None:
    assert not loaded(module) & {"numpy", "plotext"}
