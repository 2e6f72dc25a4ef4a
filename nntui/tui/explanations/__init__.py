"""What every panel shows, in plain words: what is drawn, its formula, how to read it, what to try.

A module a view, each with its panels' words in ``EXPLANATIONS``.
"""

from __future__ import annotations

from collections.abc import Mapping

from nntui.tui.explanations import gradients, layers, neurons, overview, predictions, runs
from nntui.tui.explanations.words import Explanation, with_keys

__all__ = ["EXPLANATIONS", "Explanation", "with_keys"]

EXPLANATIONS: Mapping[str, Explanation] = {
    **overview.EXPLANATIONS,
    **layers.EXPLANATIONS,
    **neurons.EXPLANATIONS,
    **predictions.EXPLANATIONS,
    **gradients.EXPLANATIONS,
    **runs.EXPLANATIONS,
}
