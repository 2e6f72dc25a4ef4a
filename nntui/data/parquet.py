"""The user's own Parquet file, through pyarrow, which the extra ``nntui[parquet]`` installs."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np

from nntui.data.columns import CELL_BYTES, Column, Source, dataset_of
from nntui.data.dataset import Dataset, Progress
from nntui.data.errors import DataError
from nntui.files import TABLE, Unreadable, fits_memory, open_file, reason_of


def parquet(
    rng: np.random.Generator, progress: Progress | None = None, *, path: str, target: str, task: str
) -> Dataset:
    """Read a table from a Parquet file; options as in the registry. Rows count from 1 where a cell is reported.

    Raises:
        DataError: pyarrow is not installed, the file cannot be read, or has cells that cannot be used.
    """
    try:
        import pyarrow.parquet as reader
    except ImportError:
        needs = "reading Parquet needs pyarrow; install it with: pip install 'nntui[parquet]'"
        raise DataError(f"{path}: {needs}") from None
    file = Path(os.path.expanduser(path))
    if progress:
        progress(f"reading {file.name}", None)
    try:
        with open_file(file, TABLE) as content:
            parts = reader.ParquetFile(content)
            cells = parts.metadata.num_rows * parts.metadata.num_columns
            if not fits_memory(cells * CELL_BYTES):
                raise Unreadable(f"has {cells:,} cells, which do not fit into memory")
            table = parts.read()
    except Exception as error:  # pyarrow raises many kinds
        raise DataError(f"{file}: {reason_of(error)}") from None
    if table.num_rows < 2:
        raise DataError(f"{file}: {table.num_rows} rows of data; at least 2 are needed")
    rows = range(1, table.num_rows + 1)
    columns = [
        Column(name, [_cell(value) for value in table.column(name).to_pylist()], rows) for name in table.column_names
    ]
    return dataset_of(Source(str(file)), columns, target, task, progress)


def _cell(value: Any) -> str:
    """A value as the text that a CSV file would have for it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(int(value))
    return repr(value) if isinstance(value, float) else str(value)
