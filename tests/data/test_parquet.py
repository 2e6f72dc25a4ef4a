"""Parquet files need an extra; without it the reason is said."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

from nntui.data.errors import DataError
from nntui.data.loading import load

RNG = np.random.default_rng(0)


def test_without_pyarrow_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(DataError, match=r"pip install 'nntui\[parquet\]'"):
        load("parquet", RNG, path=str(tmp_path / "x.parquet"))


@pytest.mark.reference
def test_table_is_read_like_a_csv_file(tmp_path: Path) -> None:
    if importlib.util.find_spec("pyarrow") is None:
        pytest.skip("pyarrow is not installed")
    import pyarrow
    import pyarrow.parquet

    file = tmp_path / "flowers.parquet"
    columns: dict[str, list[float | str | None]] = {"length": [1.5, 2.5, None, 4.5], "kind": ["a", "b", "a", "b"]}
    pyarrow.parquet.write_table(pyarrow.table(columns), file)
    with pytest.raises(DataError, match=r":3:1: missing value"):
        load("parquet", RNG, path=str(file))
    columns["length"][2] = 3.5
    pyarrow.parquet.write_table(pyarrow.table(columns), file)
    data = load("parquet", RNG, path=str(file))
    assert data.class_names == ("a", "b")
    assert data.inputs[:, 0].tolist() == [1.5, 2.5, 3.5, 4.5]
