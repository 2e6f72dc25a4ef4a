"""``nntui [PRESET]``: the dashboard; and the dashboard for the commands that show something in it."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from nntui.cli import FAILED
from nntui.commandline import BadInputError
from nntui.commandline.arguments import BAD_INPUT
from nntui.files import reason_of
from nntui.training.commands import Pause
from nntui.worker.client import Client

if TYPE_CHECKING:
    from nntui.experiment import Experiment


def run(values: argparse.Namespace) -> int:
    """Train a preset and show it."""

    def prepare(client: Client) -> Experiment:
        from nntui.commandline.presets import read_experiment
        from nntui.experiment import DEFAULT_PRESET

        experiment = read_experiment(values, DEFAULT_PRESET)
        record_as_told(client, values)
        if values.paused:
            client.first_commands = (Pause(),)
        return experiment

    return show(values, prepare, "`nntui train` trains without one")


def at_terminal() -> bool:
    """Whether there is a screen to draw on, and keys to press; a driver of another kind has both elsewhere."""
    if os.environ.get("TEXTUAL_DRIVER"):
        return True
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout))


def show(values: argparse.Namespace, prepare: Callable[[Client], Experiment], otherwise: str) -> int:
    """The dashboard, until the person leaves. The training process starts first, and loads while all the rest does.

    Args:
        prepare: tells the client what to do, and gives the experiment that is shown until the process has begun.
        otherwise: what to do where there is no terminal.
    """
    if not at_terminal():
        print(f"nntui: the dashboard needs a terminal; {otherwise}", file=sys.stderr)
        return BAD_INPUT
    try:
        client = Client.launch(values.threads)
    except OSError as error:
        print(f"nntui: cannot start a process: {reason_of(error)}", file=sys.stderr)
        return FAILED
    try:
        from nntui.tui.config import ConfigFaults, load_config
        from nntui.tui.launch import run_dashboard

        experiment = prepare(client)
        try:
            config = load_config(getattr(values, "config", None))
        except ConfigFaults as faults:
            raise BadInputError(str(faults)) from None
        if getattr(values, "fps", None) is not None:
            config = replace(config, frames_per_second=values.fps)
    except BaseException:
        client.abandon()
        raise
    return run_dashboard(client, experiment, config, values)


def record_as_told(client: Client, values: argparse.Namespace) -> None:
    """Record the runs to come, unless the arguments say not to."""
    if not values.no_record:
        from nntui.commandline.recording import runs_of

        client.runs = str(runs_of(values))
