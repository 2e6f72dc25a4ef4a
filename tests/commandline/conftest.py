"""Fixtures of the command line's tests."""

from __future__ import annotations

import pytest

from tests.commandline.running import Nntui


@pytest.fixture
def nntui(capsys: pytest.CaptureFixture[str]) -> Nntui:
    return Nntui(capsys)
