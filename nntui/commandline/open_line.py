"""``nntui open LINE``: train what `nntui share` printed, its changes at the steps at which they were made."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from nntui.cli import DONE
from nntui.commandline import BadInputError
from nntui.commandline.interruption import interruption
from nntui.commandline.threads import use_threads

if TYPE_CHECKING:
    from nntui.runs.sharing import Shared


def run(values: argparse.Namespace) -> int:
    """Show or train it."""
    with interruption() as interrupted:
        use_threads(values.threads)
        from nntui.runs.errors import RunError
        from nntui.runs.sharing import read_line

        try:
            shared = read_line(values.line)
        except RunError as fault:
            raise BadInputError(f"nntui: {fault}") from None
        if values.show:
            return _show(shared)
        from nntui.commandline.train import make_report, prepare, train_recorded

        report = make_report(values.json)
        session = prepare(shared.experiment, report, interrupted)
        if session is None:
            raise BadInputError("nntui: the line: its data or network cannot be made")
        return train_recorded(values, session, 0.0, report, interrupted, "", shared.changes)


def _show(shared: Shared) -> int:
    from nntui.experiment import emit
    from nntui.training.commands import Set

    print(emit(shared.experiment), end="")
    for step, command in shared.changes:
        name, value = (command.name, command.value) if isinstance(command, Set) else ("pace", command.epochs_per_second)
        print(f"# step {step:,}: {name} = {value}")
    return DONE
