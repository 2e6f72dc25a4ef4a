"""Any bytes from the keyboard, while it trains: the dashboard lives, and leaves in order afterwards."""

from __future__ import annotations

import os
import random
import time

import pytest

from nntui.tui.drivers.keyboard import PATIENCE
from tests.harness.terminal import alive
from tests.terminal.dashboard import FLAT_OUT, Dashboard
from tests.tui.test_drivers import PIECES

LEAVES = b"q\x03\x11\x1a"  # q, ctrl+c, ctrl+q, ctrl+z
ROUNDS = 15


def garbage(chance: random.Random) -> bytes:
    """What a cat on the keyboard, a binary file or a broken terminal sends."""
    kind = chance.random()
    if kind < 0.4:
        data = chance.randbytes(chance.randrange(200))
    elif kind < 0.9:
        data = b"".join(chance.choice(PIECES) for _ in range(chance.randrange(20)))
    else:
        data = b"\x1b[200~" + chance.randbytes(chance.randrange(8000))
    return bytes(byte for byte in data if byte not in LEAVES)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_dashboard_outlives_any_bytes(seed: int) -> None:
    chance = random.Random(seed)
    with Dashboard(*FLAT_OUT) as dashboard:
        dashboard.begun()
        for _ in range(ROUNDS):
            os.write(dashboard._master, garbage(chance))
            time.sleep(0.02)
        quiet = time.monotonic() + 2 * PATIENCE
        dashboard.until(lambda: time.monotonic() > quiet)
        assert alive(dashboard.pid)
        dashboard.press("ctrl+c")
        assert dashboard.wait_exit(120) == 0
        assert dashboard.leftovers() == []
