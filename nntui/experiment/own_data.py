"""A first experiment with a table of the user's own."""

from __future__ import annotations

import os
from pathlib import Path

from nntui.data.errors import DataError
from nntui.experiment import Experiment, InvalidValue
from nntui.experiment.build import prepare

KINDS = {".csv": "csv", ".tsv": "csv", ".txt": "csv", ".parquet": "parquet"}
EPOCHS = 100
PACE = 10.0  # epochs a second, so that a small table is not learned before anybody has seen it


def experiment_of(path: str, target: str = "") -> Experiment:
    """A first experiment with this table; the loss follows from the column that is predicted.

    Raises:
        InvalidValue: the file cannot be used, in one line.
    """
    file = Path(os.path.expanduser(path.strip())).absolute()
    kind = KINDS.get(file.suffix.lower())
    if not path.strip():
        raise InvalidValue("Name a file: a CSV or Parquet table.")
    if kind is None:
        raise InvalidValue(f"{file.name}: unknown kind of file; expected .csv, .tsv, .txt or .parquet")
    wanted = Experiment(file.stem[:60]).with_values({"data.name": kind, "data.path": str(file)})
    if target.strip():
        wanted = wanted.with_value("data.target", target.strip())
    wanted = wanted.with_values({"training.epochs": EPOCHS, "training.pace": PACE})
    try:
        prepare(wanted)
    except DataError as error:
        first = " ".join(error.faults[0].split()).replace(str(file), file.name, 1)
        more = f" (and {error.total - 1:,} more like it)" if error.total > 1 else ""
        raise InvalidValue(first + more) from None
    return wanted
