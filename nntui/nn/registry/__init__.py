"""What there is to choose from, by name: the only list of each kind.

Importing this package does not import NumPy: an entry names its implementation, and ``load`` fetches it. So a preset is
checked, a list printed and a form filled without the numeric code.
"""

from nntui.nn.registry.entry import Entry, Option, by_name
from nntui.nn.registry import activations, initializers, losses, optimizers, schedules

ACTIVATIONS = by_name(activations.ENTRIES)
INITIALIZERS = by_name(initializers.ENTRIES)
LOSSES = by_name(losses.ENTRIES)
OPTIMIZERS = by_name(optimizers.ENTRIES)
SCHEDULES = by_name(schedules.ENTRIES)

__all__ = ["ACTIVATIONS", "INITIALIZERS", "LOSSES", "OPTIMIZERS", "SCHEDULES", "Entry", "Option"]
