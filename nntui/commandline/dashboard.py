"""``nntui [PRESET]``: the dashboard."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace

from nntui.commandline import BadInputError
from nntui.commandline.arguments import BAD_INPUT
from nntui.training.commands import Pause
from nntui.worker.client import Client


def run(values: argparse.Namespace) -> int:
    """Train a preset and show it. The training process starts first, and loads while all the rest does."""
    if not all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout)):
        print("nntui: the dashboard needs a terminal; `nntui train` trains without one", file=sys.stderr)
        return BAD_INPUT
    client = Client.launch(values.threads)
    try:
        from nntui.commandline.presets import read_experiment
        from nntui.experiment import DEFAULT_PRESET
        from nntui.tui.config import ConfigFaults, load_config
        from nntui.tui.launch import run_dashboard

        experiment = read_experiment(values, DEFAULT_PRESET)
        try:
            config = load_config(values.config)
        except ConfigFaults as faults:
            raise BadInputError(str(faults)) from None
        if values.fps is not None:
            config = replace(config, frames_per_second=values.fps)
    except BaseException:
        client.abandon()
        raise
    if not values.no_record:
        from nntui.runs.places import runs_folder

        client.runs = str(runs_folder(values.runs))
    if values.paused:
        client.first_commands = (Pause(),)
    return run_dashboard(client, experiment, config, values)
