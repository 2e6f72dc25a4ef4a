"""What can be wrong with data."""

from __future__ import annotations

from nntui.escaping import escaped

SHOWN = 20


class DataError(Exception):
    """The data cannot be used. ``faults`` has one line each, ``file:line:column: …`` where a place is to blame.

    ``total`` is how many there are; ``faults`` may have only the first of them, and a last line that says so.
    """

    def __init__(self, *faults: str, total: int | None = None) -> None:
        """``total``: how many were found, where only the first are given."""
        total = len(faults) if total is None else total
        self.total = total
        left_out = total - len(faults)
        lines = tuple(map(escaped, faults))
        self.faults = (*lines, f"… and {left_out:,} more of the kind") if left_out > 0 else lines
        super().__init__("\n".join(self.faults))
