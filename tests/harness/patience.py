"""How tests wait: for a fact, as long as it takes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

PATIENCE = 120.0
"""Seconds, for every wait: it only ends what hangs, however busy the machine is."""


async def until(fact: Callable[[], object], pause: float = 0.005) -> None:
    """Wait for a fact while the event loop goes on."""
    async with asyncio.timeout(PATIENCE):
        while not fact():
            await asyncio.sleep(pause)
