"""What an explanation consists of, and how it names keys."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from nntui.tui.bindings import ACTIONS, Action, shown


@dataclass(frozen=True, slots=True)
class Explanation:
    """The words about one panel.

    Attributes:
        title: the panel's name.
        drawn: what the picture consists of.
        formula: the computation behind it, a line each.
        reading: what to look for, a sentence or two each.
        trying: what to do and what it will show; ``{change.rate_up}`` stands for the keys of that action.
    """

    title: str
    drawn: str
    formula: tuple[str, ...]
    reading: tuple[str, ...]
    trying: tuple[str, ...]


def with_keys(text: str, actions: Iterable[Action] = ACTIONS) -> str:
    """The text with each ``{action id}`` replaced by the keys of that action."""
    keys = {action.id: shown(action.keys) for action in actions}
    return re.sub(r"\{([a-z_.]+)\}", lambda found: keys[found[1]], text)
