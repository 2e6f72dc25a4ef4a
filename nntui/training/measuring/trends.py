"""How each layer went over the whole run."""

from __future__ import annotations

from nntui.training.insights import trends as insights
from nntui.training.measuring import Context
from nntui.training.trends import log_of


def measure(context: Context) -> insights.Trends:
    """The log, with a tick of now at its end."""
    log = log_of(context)
    log.tick()
    return log.record()
