"""Every activation function by name."""

from nntui.nn.registry.entry import Entry

ENTRIES: tuple[Entry, ...] = ()
