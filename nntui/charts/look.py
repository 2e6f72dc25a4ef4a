"""How a chart looks: which glyphs the terminal can show, and a style for each role a cell can play."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from rich.style import Style
from textual.strip import Strip

GlyphLevel = Literal["braille", "block", "ascii"]
GLYPH_LEVELS: tuple[GlyphLevel, ...] = ("braille", "block", "ascii")

ROLES = (
    "text",
    "muted",
    "axis",
    "train",
    "test",
    "past",
    "future",
    "now",
    "mark",
    "weights",
    "start",
    "activation",
    "saturated",
    "dead",
    "ok",
    "warning",
    "error",
    "border",
    "border_focus",
    "title",
)

# A cell's role is one byte: the role's index in ROLES and these bits.
QUIET = 0x20
REVERSE = 0x40
BOLD = 0x80
_INDEX = {role: index for index, role in enumerate(ROLES)}


def role_index(role: str, *, quiet: bool = False, reverse: bool = False, bold: bool = False) -> int:
    """The byte a canvas keeps for ``role``; an unknown role is a KeyError.

    Args:
        role: one of ROLES.
        quiet: drawn weaker, for what lies behind the main thing.
        reverse: foreground and background change places.
        bold: drawn stronger.
    """
    return _INDEX[role] | QUIET * quiet | REVERSE * reverse | BOLD * bold


@dataclass(frozen=True)
class Glyphs:
    """The single characters of one glyph level."""

    horizontal: str
    vertical: str
    corner: str
    tick_x: str
    tick_y: str
    mark: str
    baseline: str
    cursor: str
    nan: str
    above: str
    below: str
    point: str
    hollow: str
    best: str
    ellipsis: str
    shades: str
    bars: str  # a cell filled from the bottom, nothing to full
    line: str  # a share bar: done, half done, left


UNICODE = Glyphs("─", "│", "└", "┬", "┤", "┊", "┈", "┃", "×", "▴", "▾", "•", "◦", "◆", "…", "·░▒▓█", " ▁▂▃▄▅▆▇█", "━╸─")
ASCII = Glyphs("-", "|", "+", "+", "+", ":", "-", "!", "x", "^", "v", "*", "o", "@", "~", ".:-=+*%@", " .:#", "##-")


@dataclass(frozen=True, eq=False)
class Look:
    """A glyph level and a style for each role.

    Attributes:
        glyphs: the richest characters the terminal shows: ``braille``, ``block`` or ``ascii``.
        styles: role → style. A role without one is drawn unstyled. ``"<role>.quiet"`` may name the weaker form
            of a role; without it the role's own style is dimmed.
        colors: whether colors may be used where a chart chooses its own (heat maps).
        sixteen: whether the terminal has no more than 16 colors.
    """

    glyphs: GlyphLevel = "braille"
    styles: Mapping[str, Style] = field(default_factory=dict)
    colors: bool = True
    sixteen: bool = False

    @classmethod
    def plain(cls, glyphs: GlyphLevel = "braille") -> Look:
        """No colour at all: weight and reversal only. For NO_COLOR, for printing, for tests."""
        styles = {"title": Style(bold=True), "now": Style(bold=True), "border_focus": Style(bold=True)}
        return cls(glyphs, styles, colors=False)

    @property
    def characters(self) -> Glyphs:
        return ASCII if self.glyphs == "ascii" else UNICODE

    def style(self, role: str, *, quiet: bool = False) -> Style:
        """The style of ``role``; a null style where none was given."""
        style = self.styles.get(role, Style.null())
        if not quiet:
            return style
        return self.styles.get(f"{role}.quiet") or style + Style(dim=True)

    @cached_property
    def role_styles(self) -> tuple[Style, ...]:
        """The style of every possible role byte, (256,)."""
        return tuple(self._role_style(byte) for byte in range(256))

    def _role_style(self, byte: int) -> Style:
        index = byte & 0x1F
        if index >= len(ROLES):
            return Style.null()
        style = self.style(ROLES[index], quiet=bool(byte & QUIET))
        if byte & REVERSE:
            style += Style(reverse=True)
        if byte & BOLD:
            style += Style(bold=True)
        return style

    @cached_property
    def shows_on_blank(self) -> tuple[bool, ...]:
        """Of every role byte, whether its style shows on a blank cell (reversed, underlined, its own background)."""
        ground = self.style("text").bgcolor
        return tuple(
            bool(style.reverse or style.underline or style.strike or style.bgcolor != ground)
            for style in self.role_styles
        )

    @cached_property
    def strip_cache(self) -> dict[tuple[bytes, bytes], Strip]:
        """Rows drawn before, by their cells: a row that did not change is the same object again, rendering included."""
        return {}
