"""Reading a file takes time in proportion to its size, whatever it is made of, and a bounded number of faults."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from nntui.data.errors import DataError
from nntui.data.loading import load
from nntui.experiment import PresetError, read_preset
from nntui.experiment.toml_file import MOST_FAULTS
from nntui.teaching.pages import read_page
from nntui.tui.config import ConfigFaults, load_config

SIZES = (1000, 4000)
RATIO = 9.0  # of the CPU times of the large file and the small one: 4 if proportional, 16 if the square
FLOOR = 0.02  # seconds that both take anyway

TABLES: dict[str, Callable[[int], str]] = {
    "columns": lambda n: ",".join(f"c{i}" for i in range(n)) + ("\n" + ",".join(["1.5"] * n)) * 3,
    "columns without names": lambda n: "\n".join([",".join(["1.5"] * n)] * 3),
    "rows": lambda n: "a,b\n" + "1,2\n" * n,
    "classes": lambda n: "a,b\n" + "".join(f"1,c{i}\n" for i in range(n)),
    "bad cells": lambda n: "a,b\n1,2\n" + "".join(f"x{i},\n" for i in range(n)),
    "ragged rows": lambda n: "a,b\n" + "1,2,3\n" * n,
    "quotes": lambda n: "a,b\n" + '"1","2"\n' * n,
    "blank lines": lambda n: "a,b\n1,2\n3,4\n" + "\n" * n,
    "long cells": lambda n: "a,b\n1,x\n2," + "y" * n,
}
DOCUMENTS: dict[str, Callable[[int], str]] = {
    "keys": lambda n: "".join(f"k{i} = 1\n" for i in range(n)),
    "keys of a section": lambda n: '[data]\nname = "xor"\n' + "".join(f"k{i} = 1\n" for i in range(n)),
    "keys of the fix": lambda n: '[data]\nname = "xor"\n[mended]\n' + "".join(f"k{i} = 1\n" for i in range(n)),
    "sections": lambda n: "".join(f"[s{i}]\n" for i in range(n)),
    "repeated keys": lambda n: "a = 1\n" * n,
    "entries of an array": lambda n: "[[steps]]\n" * n,
    "inline tables": lambda n: "a = [" + "{b = 1}," * n + "]\n",
    "deep keys": lambda n: "a." * n + "b = 1\n",
    "deep keys inside": lambda n: "x = {" + "a." * n + "b = 1}\n",
    "deep sections": lambda n: "[" + "a." * n + "b]\n",
    "lists": lambda n: '[data]\nname = "xor"\n[network]\nhidden = [' + "4," * n + "]\n",
    "not TOML": lambda n: "x y\n" * n,
    "steps": lambda n: 'title = "T"\npreset = "xor"\n' + '[[steps]]\nx = 1\nuntil = "los > 1"\n' * n,
}


def seconds(work: Callable[[], object]) -> float:
    """CPU time, the least of three."""
    return min(_seconds(work) for _ in range(3))


def _seconds(work: Callable[[], object]) -> float:
    begun = time.process_time()
    faults = ""
    try:
        work()
    except (DataError, PresetError, ConfigFaults) as error:
        faults = str(error)
    assert len(faults.splitlines()) <= MOST_FAULTS + 1
    return time.process_time() - begun


def is_proportional(path: Path, content: Callable[[int], str], work: Callable[[], object]) -> bool:
    small, large = SIZES
    path.write_text(content(small), encoding="utf-8")
    before = seconds(work)
    path.write_text(content(large), encoding="utf-8")
    return seconds(work) <= RATIO * before + FLOOR


@pytest.mark.slow
@pytest.mark.parametrize("kind", TABLES)
def test_tables_take_time_in_proportion_to_their_size(tmp_path: Path, kind: str) -> None:
    file = tmp_path / "table.csv"

    def work() -> None:
        load("csv", np.random.default_rng(0), progress=lambda what, share: None, path=str(file))

    assert is_proportional(file, TABLES[kind], work)


@pytest.mark.slow
@pytest.mark.parametrize("kind", DOCUMENTS)
@pytest.mark.parametrize("read", [read_preset, read_page, load_config])
def test_documents_take_time_in_proportion_to_their_size(
    tmp_path: Path, kind: str, read: Callable[[Path], object]
) -> None:
    file = tmp_path / "file.toml"
    assert is_proportional(file, DOCUMENTS[kind], lambda: read(file))


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_a_document_with_thousands_of_faults_is_refused_soon(tmp_path: Path, kind: str) -> None:
    file = tmp_path / "file.toml"
    file.write_text(DOCUMENTS[kind](60_000), encoding="utf-8")
    begun = time.process_time()
    with pytest.raises(PresetError):
        read_preset(file)
    assert time.process_time() - begun < 5
