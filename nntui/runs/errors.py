"""What goes wrong with recordings."""

from __future__ import annotations


class RunError(Exception):
    """A recording, or a file of one, cannot be used. The message is one line and begins with the name of the file."""


def reason_of(error: BaseException) -> str:
    """Why the system refused, in its own words and without the file's name."""
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return " ".join(text.split()) or type(error).__name__
