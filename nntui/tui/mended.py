"""Textual's app, with what it lacks where keys and clicks come faster than it handles them."""

from __future__ import annotations

from textual.await_complete import AwaitComplete

from nntui.tui.drivers.app import TerminalApp


class MendedApp(TerminalApp):
    """Two keys or clicks at once are no reason to end."""

    def pop_screen(self) -> AwaitComplete:
        """Close the dialog on top; where there is none any more (two clicks at once beside it), nothing."""
        return super().pop_screen() if len(self.screen_stack) > 1 else AwaitComplete()
