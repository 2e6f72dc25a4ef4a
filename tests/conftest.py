"""One BLAS thread, as the program itself uses: two on a busy machine make small networks many times slower."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import settings

# The same examples at every run: what must hold is checked anew by whoever sets NNTUI_EXPLORE, not by chance.
settings.register_profile("nntui", derandomize=not os.environ.get("NNTUI_EXPLORE"), database=None)
settings.load_profile("nntui")

for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")


@pytest.fixture(scope="session", autouse=True)
def runs_of_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """What tests record lies in a folder of theirs, in child processes as well."""
    folder = tmp_path_factory.mktemp("runs")
    with _variable("NNTUI_RUNS", str(folder)):
        yield folder


@pytest.fixture(scope="session", autouse=True)
def progress_of_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """What tests learn is not written into the developer's own progress, in child processes neither."""
    file = tmp_path_factory.mktemp("progress") / "progress.json"
    with _variable("NNTUI_PROGRESS", str(file)):
        yield file


@contextmanager
def _variable(name: str, value: str) -> Iterator[None]:
    before = os.environ.get(name)
    os.environ[name] = value
    yield
    if before is None:
        del os.environ[name]
    else:
        os.environ[name] = before
