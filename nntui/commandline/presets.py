"""From the words on a command line to an experiment, or to a clear word on what is wrong with them."""

from __future__ import annotations

import argparse
import os

from nntui.commandline import BadInputError
from nntui.commandline.arguments import nearest, shown
from nntui.experiment import Experiment, InvalidValue, PresetError, Value, find_preset, parse_value, read_preset


def read_experiment(values: argparse.Namespace, default: str | None = None) -> Experiment:
    """The preset that the arguments name, changed as they say.

    Raises:
        BadInputError: there is no such preset, it has faults, or values are not allowed; all of them, one a line.
    """
    experiment = read(values.preset if values.preset is not None or default is None else default)
    changes = list(values.settings)
    for name in ("seed", "epochs", "pace"):
        value = getattr(values, name, None)
        if value is not None:
            changes.append((f"training.{name}", str(value)))
    wanted, faults = parsed(changes)
    changed, more = _changed(experiment, wanted)
    if faults or more:
        raise BadInputError("\n".join(f"nntui: {shown(line, 600)}" for line in [*faults, *more]))
    return changed


def parsed(changes: list[tuple[str, str]]) -> tuple[dict[str, Value], list[str]]:
    """The values that can be read; and what is wrong with the others.

    Options of a choice that cannot be read (``optimizer.name``) are left out: nobody knows whether they belong to it.
    """
    wanted: dict[str, Value] = {}
    faults: list[str] = []
    unsettled: set[str] = set()
    for name, text in changes:
        try:
            wanted[name] = parse_value(name, text)
        except InvalidValue as fault:
            faults.append(f"{shown(name)}={shown(text)}: {fault}")
            if name.endswith(".name"):
                unsettled.add(name.removesuffix("name"))
    return {name: value for name, value in wanted.items() if not name.startswith(tuple(unsettled))}, faults


def _changed(experiment: Experiment, wanted: dict[str, Value]) -> tuple[Experiment, list[str]]:
    """The experiment with the values that it takes; and what is wrong with the others."""
    faults: list[str] = []
    while True:
        try:
            return experiment.with_values(wanted), faults
        except InvalidValue as fault:
            message = str(fault)
        name = next(iter(wanted)) if len(wanted) == 1 else message.partition(":")[0]
        faults += message.splitlines() if message.startswith(f"{name}:") else [f"{name}: {message}"]
        if name not in wanted:  # the whole does not fit together
            return experiment, faults
        wanted = {other: value for other, value in wanted.items() if other != name}


def read(name: str) -> Experiment:
    """The preset of that name or path.

    Raises:
        BadInputError: there is no such preset, or it has faults.
    """
    try:
        return read_preset(find_preset(name))
    except PresetError as error:
        raise BadInputError("\n".join(map(str, error.faults)) + _maybe_command(name)) from None


def _maybe_command(name: str) -> str:
    from nntui.cli import COMMANDS

    meant = nearest(name, COMMANDS)
    return f'; or the command "nntui {meant}"?' if meant and not os.path.exists(name) else ""
