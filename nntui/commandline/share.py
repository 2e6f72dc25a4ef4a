"""``nntui share RUN``: an experiment as one line."""

from __future__ import annotations

import argparse

from nntui.cli import DONE
from nntui.commandline import BadInputError
from nntui.commandline.recording import run_of
from nntui.runs.errors import RunError


def run(values: argparse.Namespace) -> int:
    """Print it."""
    from nntui.runs.run import open_run
    from nntui.runs.sharing import line_of

    try:
        print(line_of(open_run(run_of(values))))
    except RunError as fault:
        raise BadInputError(f"nntui: {fault}") from None
    return DONE
