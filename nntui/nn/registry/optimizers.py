"""Every optimizer by name."""

from nntui.nn.registry.entry import Entry

ENTRIES: tuple[Entry, ...] = ()
