"""The independent reference: PyTorch, in float64 on one thread."""

from __future__ import annotations

import os
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import pytest


@pytest.fixture(scope="session")
def torch() -> Any:
    """PyTorch; where it is missing the test skips, or fails if NNTUI_REQUIRE_REFERENCE=1 demands it."""
    if find_spec("torch") is None:
        reason = "PyTorch is not installed: pip install 'nntui[reference]'"
        if os.environ.get("NNTUI_REQUIRE_REFERENCE") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    module = import_module("torch")
    module.set_num_threads(1)
    module.set_default_dtype(module.float64)
    return module
