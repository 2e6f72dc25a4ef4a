"""A dashboard with nothing behind it, for a test to press its keys and read its screen."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from textual.pilot import Pilot

from nntui.experiment import Experiment
from nntui.tui.app import NntuiApp
from nntui.tui.widgets.panel import Panel
from tests.tui.fakes import (
    FakeClient,
    make_app,
    screen_text,
    settled,
)  # fmt: skip

SIZE = (120, 40)


class Stage:
    """A dashboard, the process it talks to, and a person at the keys."""

    def __init__(self, app: NntuiApp, client: FakeClient, pilot: Pilot[Any]) -> None:
        self.app, self.client, self.pilot = app, client, pilot

    async def press(self, *keys: str) -> str:
        await self.pilot.press(*keys)
        await settled(self.pilot)
        return self.text

    async def feed(self, *batches: Any) -> str:
        self.client.feed(*batches)
        await settled(self.pilot)
        return self.text

    @property
    def text(self) -> str:
        return screen_text(self.app)

    def watched(self) -> tuple[str, ...]:
        return self.client.watched

    @property
    def said(self) -> str:
        """What the person was told in passing."""
        return "\n".join(notification.message for notification in self.app._notifications)

    @property
    def status(self) -> str:
        return self.text.split("\n")[2]

    def panel(self, name: str) -> Panel:
        return self.app.main.query_one(f"#{name}", Panel)


@asynccontextmanager
async def stage(*batches: Any, of: Experiment | None = None, size: tuple[int, int] = SIZE) -> AsyncIterator[Stage]:
    client = FakeClient()
    app = make_app(client, of)
    async with app.run_test(size=size) as pilot:
        client.feed(*batches)
        await settled(pilot)
        yield Stage(app, client, pilot)
