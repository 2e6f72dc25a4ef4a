"""Values as the dialogs print them."""

from __future__ import annotations

from nntui.experiment import Value


def show_value(value: Value) -> str:
    """A value as it would be typed: ``true``, ``0.05``, ``64, 32``."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        short = f"{value:g}"
        return short if float(short) == value else repr(value)
    if isinstance(value, tuple):
        return ", ".join(str(item) for item in value)
    return str(value)
