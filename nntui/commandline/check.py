"""``nntui check``: the faults of presets and, if asked for, of the gradients of their networks."""

from __future__ import annotations

import argparse
import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from nntui.cli import DONE, FAILED
from nntui.commandline import BadInputError
from nntui.commandline.arguments import BAD_INPUT
from nntui.commandline.learn import checked_page
from nntui.commandline.presets import read
from nntui.commandline.threads import use_threads
from nntui.escaping import escaped
from nntui.teaching.pages import is_page

if TYPE_CHECKING:
    from nntui.experiment import Experiment
    from nntui.nn.gradcheck import LayerCheck

TOLERANCE = 1e-5  # relative error: a right gradient stays well below in float64, a wrong one is far above
SAMPLES = 16  # that a gradient is checked with
PER_LAYER = 100  # parameters compared in a layer


def run(values: argparse.Namespace) -> int:
    """Check every preset, whatever the others are like."""
    use_threads(1)
    statuses = {_check(name, gradients=values.gradients) for name in values.presets}
    return BAD_INPUT if BAD_INPUT in statuses else max(statuses)


def _check(name: str, *, gradients: bool) -> int:
    """Say what is wrong with one preset on standard error, what is right on standard output."""
    if name.endswith(".toml") and is_page(Path(name)):
        return _check_page(Path(name))
    try:
        experiment = read(name)
        checks = _check_gradients(name, experiment) if gradients else []
        if not gradients and "path" in experiment.data.options:
            _prepare(name, experiment)
    except BadInputError as faults:
        sys.stdout.flush()
        print(faults, file=sys.stderr, flush=True)
        return BAD_INPUT
    wrong = [check for check in checks if not _is_right(check)]
    print(f"{escaped(name)}: {'a gradient is wrong' if wrong else 'ok'}")
    if checks:
        print(_table(checks))
    return FAILED if wrong else DONE


def _check_page(path: Path) -> int:
    """The same of a lesson or a challenge."""
    try:
        checked_page(path)
    except BadInputError as error:
        sys.stdout.flush()
        print(error, file=sys.stderr, flush=True)
        return BAD_INPUT
    print(f"{escaped(str(path))}: ok")
    return DONE


def _prepare(name: str, experiment: Experiment) -> object:
    """The data.

    Raises:
        BadInputError: they cannot be used.
    """
    from nntui.data.errors import DataError
    from nntui.experiment import InvalidValue
    from nntui.experiment.build import prepare

    try:
        return prepare(experiment)
    except DataError as error:
        raise BadInputError(str(error)) from None
    except InvalidValue as error:
        raise BadInputError(f"{_file(name)}: {error}") from None
    except OSError as error:
        raise BadInputError(f"{_file(name)}: {error.filename}: {error.strerror}") from None


def _file(name: str) -> Path:
    from nntui.experiment import find_preset

    return find_preset(name)


def _check_gradients(name: str, experiment: Experiment) -> list[LayerCheck]:
    from nntui.experiment.build import Prepared, build_loss, build_network, build_regularization, streams
    from nntui.nn.gradcheck import check_gradients

    exact = experiment.with_value("training.precision", "float64")
    data = _prepare(name, exact)
    assert isinstance(data, Prepared)
    network = build_network(exact, data)
    network.initialize(streams(exact.training.seed).init)
    return check_gradients(
        network, build_loss(exact, data), data.train_x[:SAMPLES], data.train_y[:SAMPLES], build_regularization(exact),
        per_layer=PER_LAYER,
    )  # fmt: skip


def _is_right(check: LayerCheck) -> bool:
    """Also where nothing could be compared, because every parameter lies at a kink."""
    return check.worst <= TOLERANCE or check.checked == 0


def _table(checks: list[LayerCheck]) -> str:
    column = max(len("layer"), *(len(check.layer) for check in checks))
    lines = [f"  {'layer':<{column}}  worst relative error  compared"]
    for check in checks:
        worst = "-" if math.isnan(check.worst) else f"{check.worst:.1e}"
        compared = f"{check.checked:,} of {check.parameters:,}"
        if check.skipped:
            compared += f", {check.skipped:,} at a kink left out"
        lines.append(f"  {check.layer:<{column}}  {worst:<20}  {compared}{_wrong(check)}")
    return "\n".join(lines)


def _wrong(check: LayerCheck) -> str:
    if _is_right(check) or check.where is None:
        return ""
    row, unit = check.where
    return f"; at ({row}, {unit}) the gradient says {check.gradient:.6g}, the loss {check.difference:.6g}"
