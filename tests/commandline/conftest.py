"""Fixtures of the command line's tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.commandline.running import Nntui, end_started


@pytest.fixture(autouse=True)
def _nothing_goes_on() -> Iterator[None]:
    yield
    end_started()


@pytest.fixture
def nntui(capsys: pytest.CaptureFixture[str]) -> Nntui:
    return Nntui(capsys)
