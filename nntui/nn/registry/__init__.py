"""What there is to choose from, by name: the only list of each kind.

Importing this package does not import NumPy: an entry names its implementation, and ``load`` fetches it. So a preset is
checked, a list printed and a form filled without the numeric code.
"""

from types import MappingProxyType

from nntui.nn.registry import (
    activations,
    batches,
    initializers,
    losses,
    optimizers,
    range_rules,
    regularizers,
    schedules,
)
from nntui.nn.registry.entry import Entry, Option, by_name

ACTIVATIONS = by_name(activations.ENTRIES)
BATCHES = by_name(batches.ENTRIES)
INITIALIZERS = by_name(initializers.ENTRIES)
LOSSES = by_name(losses.ENTRIES)
OPTIMIZERS = by_name(optimizers.ENTRIES)
RANGE_RULES = by_name(range_rules.ENTRIES)
REGULARIZERS = by_name(regularizers.ENTRIES)
SCHEDULES = by_name(schedules.ENTRIES)

# Names that the field uses too, each with the name it has here.
ALSO_CALLED = MappingProxyType(
    {
        other: entry.name
        for table in (ACTIVATIONS, INITIALIZERS, LOSSES, OPTIMIZERS, REGULARIZERS, SCHEDULES)
        for entry in table.values()
        for other in entry.traits.get("also", ())
    }
)

__all__ = [
    "ACTIVATIONS",
    "ALSO_CALLED",
    "BATCHES",
    "INITIALIZERS",
    "LOSSES",
    "OPTIMIZERS",
    "RANGE_RULES",
    "REGULARIZERS",
    "SCHEDULES",
    "Entry",
    "Option",
]
