"""Keys take effect in the order in which they were pressed, however fast they follow each other."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from textual import events
from textual.app import App
from textual.dom import DOMNode
from textual.message_pump import MessagePump
from textual.screen import Screen

PATIENCE = 1.0
"""Seconds after which the next key is delivered even if what the previous one caused is not done."""

Typed = events.Key | events.Paste


class TypeAhead:
    """Delivers keys and pastes one by one: each after what the previous one caused is done.

    Textual 8.2 passes a key through the queues of the focused widget and of everything around it before it looks for a
    binding. What was typed next meanwhile goes to the widget that had the focus before, or to a dialog that closes.

    Args:
        app: whose keys they are.
        take: handles a key itself and returns True, or returns False.
    """

    def __init__(self, app: App[Any], take: Callable[[events.Key], Awaitable[bool]]) -> None:
        self._app = app
        self._take = take
        self._waiting: deque[Typed] = deque()
        self._rest: asyncio.Task[None] | None = None

    async def add(self, event: Typed) -> None:
        """Deliver this event, now or when those before it have had their effect."""
        self._waiting.append(event)
        if self._rest is None:
            await self._deliver()

    async def _deliver(self) -> None:
        """Deliver the first event, and wait for its effects before the next."""
        self._rest = None
        if not self._waiting or not self._app._screen_stack:
            return
        screen, event, around = self._app.screen, self._waiting.popleft(), list[DOMNode]()
        if not (isinstance(event, events.Key) and await self._take(event)):
            around = self._around()
            await self._dispatch(event, around)
        if around or self._waiting:
            self._rest = asyncio.create_task(self._settle(screen, around))

    async def _settle(self, screen: Screen[Any], around: list[DOMNode]) -> None:
        """Wait until the messages that a key caused are handled; then go on, in the app's own turn."""
        try:
            async with asyncio.timeout(PATIENCE):
                for node in around:
                    await _handled(node, screen)
                while self._is_next("enter") and self._searches(screen):  # it chooses from what is found
                    await asyncio.sleep(0.01)
        except TimeoutError:
            pass
        finally:
            self._app.call_later(self._deliver)

    def _around(self) -> list[DOMNode]:
        """The focused widget and everything around it, up to its screen."""
        return [node for node in (self._app.focused or self._app.screen).ancestors_with_self if node is not self._app]

    async def _dispatch(self, event: Typed, around: list[DOMNode]) -> None:
        """Offer it to the focused widget, to those around it, and to the bindings."""
        app = self._app
        app.app_focus = True
        key = event.key if isinstance(event, events.Key) else ""
        if await app._check_bindings(key, priority=True):
            return
        event._set_forwarded()
        event.bubble = False  # type: ignore[misc]  # the loop below does it
        for node in around:
            await self._offer(event, node)
            if event._stop_propagation:
                return
        await app._check_bindings(key)

    async def _offer(self, event: Typed, node: DOMNode) -> None:
        with node._context():
            try:
                if node.check_message_enabled(event):
                    await node._dispatch_message(event)
            except Exception as error:
                self._app._handle_exception(error)

    def _is_next(self, key: str) -> bool:
        first = self._waiting[0] if self._waiting else None
        return isinstance(first, events.Key) and first.key == key

    def _searches(self, screen: Screen[Any]) -> bool:
        """Whether this screen is still at work, as the palette is while it looks for commands."""
        return any(worker.node is screen and not worker.is_finished for worker in self._app.workers)


async def _handled(node: MessagePump, screen: Screen[Any]) -> None:
    """Wait until this node has handled the messages sent to it so far, or its screen is closed or covered."""
    done = asyncio.Event()
    if screen.is_active and node.call_later(done.set):
        while not done.is_set() and screen.is_active:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(done.wait(), 0.02)
