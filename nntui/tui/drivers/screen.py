"""A screen on which nothing stays that is no longer there."""

from __future__ import annotations

from typing import Any

from textual._compositor import Compositor, CompositorMap
from textual.screen import Screen


class _Compositor(Compositor):
    """Also paints what changed between two layouts.

    A question for a widget's place may make Textual 8.2 rebuild its map before the next layout, which then compares
    with the new map and finds no change: a note removed in between would stay on a still screen.
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
