"""What goes wrong with recordings."""

from __future__ import annotations

from nntui.escaping import escaped
from nntui.files import reason_of

__all__ = ["RunError", "reason_of"]


class RunError(Exception):
    """A recording, or a file of one, cannot be used. The message is one line and begins with the name of the file."""

    def __init__(self, message: str) -> None:
        super().__init__(escaped(message))
