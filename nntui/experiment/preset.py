"""Reading a preset: an experiment, or every fault of the file, each with its line."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from nntui.experiment.experiment import Experiment
from nntui.experiment.toml_file import Fault, PresetError, error_at, parse_toml, read_text
from nntui.experiment.tree import Problem, read_tree
from nntui.files import TABLE, Unreadable, open_file

__all__ = ["Fault", "PresetError", "read_preset"]


def read_preset(path: str | os.PathLike[str], *, recorded: bool = False) -> Experiment:
    """The experiment of a preset file. A relative ``data.path`` is taken from the file's folder.

    Args:
        recorded: the file is a recording's, perhaps of an older nntui.

    Raises:
        PresetError: with every fault.
    """
    path = Path(path)
    text = read_text(path)
    tree, lines, broken = parse_toml(path, text)
    if not broken and not tree:
        raise error_at(path, 1 if text else 0, "the file is empty; a preset needs at least [data] with a name")
    experiment, problems = (None, []) if tree is None else read_tree(tree, path.stem, recorded=recorded)
    if broken:
        problems = [problem for problem in problems if not problem.message.startswith("missing")]
    found = [*broken, *(_fault(path, problem, lines) for problem in problems)]
    if not found and experiment is not None:
        experiment, found = _with_file(path, experiment, lines)
    if found or experiment is None:
        raise PresetError(tuple(sorted(found, key=lambda fault: fault.line)))
    return experiment


def _fault(path: Path, problem: Problem, lines: Mapping[tuple[str | int, ...], int]) -> Fault:
    return Fault(str(path), _line(problem.path, lines), problem.name, problem.message)


def _line(path: tuple[str | int, ...], lines: Mapping[tuple[str | int, ...], int]) -> int:
    """Line of the key, or of the nearest section above that is there."""
    while path:
        if path in lines:
            return lines[path]
        path = path[:-1]
    return 1


def _with_file(path: Path, experiment: Experiment, lines: Mapping[Any, int]) -> tuple[Experiment, list[Fault]]:
    """The experiment with the path of its data made whole, if it has one."""
    given = experiment.data.options.get("path")
    if not given:
        return experiment, []
    file = (path.parent / os.path.expanduser(str(given))).absolute()
    try:
        open_file(file, TABLE).close()
        str(file).encode()
    except (Unreadable, UnicodeEncodeError) as error:
        reason = error if isinstance(error, Unreadable) else "its path is not UTF-8, which recordings need"
        problem = Problem(("data", "path"), "data.path", f"{reason}: {file}")
        return experiment, [_fault(path, problem, lines)]
    options = {**experiment.data.options, "path": str(file)}
    return replace(experiment, data=replace(experiment.data, options=options)), []
