"""What every panel shows, in plain words: what is drawn, its formula, how to read it, what to try.

A module a view, each with its panels' words in ``EXPLANATIONS``; all of them together are loaded when first asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

from nntui.tui.explanations.words import Explanation, with_keys

if TYPE_CHECKING:
    EXPLANATIONS: Mapping[str, Explanation]

__all__ = ["EXPLANATIONS", "Explanation", "with_keys"]

VIEWS = ("overview", "layers", "neurons", "predictions", "gradients", "runs")


def __getattr__(name: str) -> Any:
    if name != "EXPLANATIONS":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found: dict[str, Explanation] = {}
    for view in VIEWS:
        found |= import_module(f"{__name__}.{view}").EXPLANATIONS
    globals()[name] = found
    return found
