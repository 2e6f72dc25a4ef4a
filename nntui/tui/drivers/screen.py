"""A screen on which nothing stays that is no longer there."""

from __future__ import annotations

from typing import Any

from textual._compositor import Compositor, CompositorMap
from textual.screen import Screen


class _Compositor(Compositor):
    """Paints what changed between two layouts, too.

    Whoever asks where a widget is may have Textual 8.2 make its map anew before the next layout, which then compares
    with the new map and finds nothing changed: a note that went in between would stand on a still screen for good.
    """

    @property
    def full_map(self) -> CompositorMap:
        before = self._full_map
        after = super().full_map
        if after is not before:
            changed = (at.clip.intersection(at.region) for _, at in after.items() ^ before.items())
            self._dirty_regions.update(region for region in changed if region)
        return after


class PaintedScreen(Screen[Any]):
    """A screen with that compositor.

    Beside another kind of screen it is the second base: Textual takes styles from the first bases alone.
    """

    def __init__(self, name: str | None = None, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(name, id, classes)
        self._compositor = _Compositor()
