"""From the words on a command line to an experiment, or to a clear word on what is wrong with them."""

from __future__ import annotations

import argparse
from difflib import get_close_matches
from pathlib import Path

from nntui.commandline import BadInput
from nntui.experiment import Experiment, InvalidValue, PresetError, find_preset, parse_value, read_preset


def read_experiment(values: argparse.Namespace, default: str | None = None) -> Experiment:
    """The preset that the arguments name, changed as they say.

    Raises:
        BadInput: there is no such preset, it has faults, or a value is not allowed.
    """
    experiment = read(values.preset if values.preset is not None or default is None else default)
    changes = list(values.settings)
    for name in ("seed", "epochs", "pace"):
        value = getattr(values, name, None)
        if value is not None:
            changes.append((f"training.{name}", str(value)))
    wanted: dict[str, object] = {}
    for name, text in changes:
        try:
            wanted[name] = parse_value(name, text)
        except InvalidValue as fault:
            raise BadInput(f"nntui: {name}={text}: {fault}") from None
    try:
        return experiment.with_values(wanted)
    except InvalidValue as fault:
        raise BadInput("\n".join(f"nntui: {line}" for line in str(fault).splitlines())) from None


def read(name: str) -> Experiment:
    """The preset of that name or path.

    Raises:
        BadInput: there is no such preset, or it has faults.
    """
    try:
        return read_preset(find_preset(name))
    except PresetError as error:
        raise BadInput("\n".join(map(str, error.faults)) + _maybe_command(name)) from None


def _maybe_command(name: str) -> str:
    from nntui.cli import COMMANDS

    meant = get_close_matches(name, COMMANDS, n=1, cutoff=0.7)
    return f'\nnntui: or the command "nntui {meant[0]}"?' if meant and not Path(name).exists() else ""
