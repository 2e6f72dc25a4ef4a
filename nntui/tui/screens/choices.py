"""A list of options that may be made anew at any moment, as Textual's own may not."""

from __future__ import annotations

from textual import events
from textual.widgets import OptionList


class Choices(OptionList):
    """Where a click meant an option that is gone, it does nothing; Textual 8.2 raises an IndexError."""

    async def _on_click(self, event: events.Click) -> None:
        leave_gone_option(self, event)


def leave_gone_option(options: OptionList, event: events.Click) -> None:
    """Keep Textual from handling the click on an option that is not there any more."""
    clicked: int | None = event.style.meta.get("option")
    if clicked is not None and clicked >= options.option_count:
        event.prevent_default()
