"""Textual's app, with what it lacks where keys and clicks come faster than it handles them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from textual.await_complete import AwaitComplete

from nntui.tui.drivers.app import TerminalApp

if TYPE_CHECKING:
    from textual.actions import ActionParseResult
    from textual.dom import DOMNode


class MendedApp(TerminalApp):
    """Two keys or clicks at once are no reason to end."""

    async def run_action(
        self,
        action: str | ActionParseResult,
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """As Textual does; but a list that was not laid out yet has no pages to turn, where Textual 8.2 raises."""
        try:
            return await super().run_action(action, default_namespace, namespaces)
        except KeyError:
            if "page" not in str(action):
                raise
            return True

    def pop_screen(self) -> AwaitComplete:
        """Close the dialog on top; where there is none any more (two clicks at once beside it), nothing."""
        return super().pop_screen() if len(self.screen_stack) > 1 else AwaitComplete()
