"""One BLAS thread, as the program itself uses: two on a busy machine make small networks many times slower."""

import os
from collections.abc import Iterator
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
    before = os.environ.get("NNTUI_RUNS")
    os.environ["NNTUI_RUNS"] = str(folder)
    yield folder
    if before is None:
        del os.environ["NNTUI_RUNS"]
    else:
        os.environ["NNTUI_RUNS"] = before
