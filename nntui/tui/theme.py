"""From a Textual theme to the colors and characters the charts draw with."""

from __future__ import annotations

import locale
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

from rich.style import Style
from textual.color import Color, ColorParseError

if TYPE_CHECKING:
    from textual.theme import Theme

    from nntui.charts.look import Look

Glyphs = Literal["braille", "block", "ascii"]
GLYPHS: Mapping[str, Glyphs] = {"braille": "braille", "block": "block", "ascii": "ascii"}


def detect_glyphs(asked: str = "auto", environment: Mapping[str, str] | None = None) -> Glyphs:
    """The characters to draw with: what was asked for, else what the terminal can be expected to have.

    The Linux console has no braille; a locale other than UTF-8 carries ASCII only.
    """
    if asked in GLYPHS:
        return GLYPHS[asked]
    environment = os.environ if environment is None else environment
    if environment.get("TERM") in ("linux", "dumb") or not _is_utf8(environment):
        return "ascii"
    return "braille"


def _is_utf8(environment: Mapping[str, str]) -> bool:
    for name in ("LC_ALL", "LC_CTYPE", "LANG"):
        if value := environment.get(name):
            return "utf" in value.lower() or (value in ("C", "POSIX") and _encoding_is_utf8())
    return _encoding_is_utf8()


def _encoding_is_utf8() -> bool:
    return locale.getpreferredencoding(False).lower().replace("-", "") == "utf8"


# Found by a search for colors that stay apart for the three kinds of color blindness (see the test of this module).
OWN_THEMES: Mapping[str, tuple[bool, dict[str, str]]] = {
    "color-blind-dark": (True, {
        "background": "#101418", "surface": "#1a2026", "panel": "#242c34", "foreground": "#e6e9ec",
        "primary": "#3d8bff", "warning": "#fe7101", "success": "#95fe88", "error": "#ae775a", "accent": "#95fe88",
    }),
    "color-blind-light": (False, {
        "background": "#fafafa", "surface": "#f0f0f0", "panel": "#e4e4e4", "foreground": "#202428",
        "primary": "#0b5fd0", "warning": "#be5320", "success": "#57056f", "error": "#641d00", "accent": "#57056f",
    }),
}  # fmt: skip
"""Themes beside Textual's, for color-blind viewers: whether dark, and the colors by their names."""


def own_themes() -> list[Theme]:
    """The themes of `OWN_THEMES`, to register with an app."""
    from textual.theme import Theme

    return [
        Theme(
            name, dark=dark, primary=colors["primary"], secondary=colors["primary"], warning=colors["warning"],
            success=colors["success"], error=colors["error"], accent=colors["accent"], surface=colors["surface"],
            panel=colors["panel"], background=colors["background"], foreground=colors["foreground"],
            variables={f"text-{kind}": colors[kind] for kind in ("primary", "warning", "success", "error", "accent")},
        )
        for name, (dark, colors) in OWN_THEMES.items()
    ]  # fmt: skip


def _mixed(background: Color, color: Color, share: float) -> Color:
    return background.blend(color, share)


def styles(variables: Mapping[str, str], *, sixteen: bool = False) -> dict[str, Style]:
    """A style for every role of `nntui.charts.look.ROLES`, with the screen's background under it.

    Args:
        variables: a theme's, as Textual generates them: ``background``, ``foreground``, ``primary`` and so on.
        sixteen: whether the terminal has no more than 16 colors.
    """

    def color(name: str, instead: str = "foreground") -> Color:
        try:
            return Color.parse(variables[name])
        except (KeyError, ColorParseError):
            return Color.parse(variables[instead])

    background, foreground = color("background"), color("foreground")
    blue, orange = color("text-primary", "primary"), color("text-warning", "warning")
    green, red = color("text-success", "success"), color("text-error", "error")
    quiet = _mixed(background, foreground, 0.68)

    def style(of: Color, *, bold: bool = False) -> Style:
        return Style(color=of.rich_color, bgcolor=background.rich_color, bold=bold)

    result = {
        "text": style(foreground),
        "muted": style(quiet),
        "axis": style(_mixed(background, foreground, 0.48)),
        "train": style(blue),
        "test": style(orange),
        "past": style(blue),
        "future": style(_mixed(background, blue, 0.7)),
        "now": style(foreground, bold=True),
        "mark": style(_mixed(background, foreground, 0.75)),
        "weights": style(blue),
        "start": style(quiet),
        "activation": style(green),
        "saturated": style(orange),
        "dead": style(red, bold=True),
        "ok": style(green),
        "warning": style(orange),
        "error": style(red, bold=True),
        "border": style(_mixed(background, foreground, 0.3)),
        "border_focus": style(color("accent" if background.brightness < 0.5 else "text-accent", "accent"), bold=True),
        "title": style(foreground, bold=True),
    }
    for role in ("ok", "warning", "error", "muted"):
        result[f"{role}.state"] = result[role] + Style(bold=True, reverse=True)
    for role in result.keys() - {"ok.state", "warning.state", "error.state", "muted.state"}:
        loud = result[role]
        if loud.color is not None:
            result[f"{role}.quiet"] = style(_mixed(background, Color.from_rich_color(loud.color), 0.5))
    return _in_sixteen(result) if sixteen else result


_HUES = {
    "train": "blue", "past": "blue", "future": "cyan", "weights": "blue", "test": "yellow", "saturated": "yellow",
    "warning": "yellow", "activation": "green", "ok": "green", "dead": "red", "error": "red", "border_focus": "yellow",
}  # fmt: skip


def _in_sixteen(made: Mapping[str, Style]) -> dict[str, Style]:
    """A hue of the 16 for each role, where the nearest color would often be white."""
    ground = made["text"].bgcolor
    dark = ground is None or Color.from_rich_color(ground).brightness < 0.5
    result = dict(made)
    for role, style in made.items():
        base, _, form = role.partition(".")
        hue = _HUES.get(base)
        if hue is None:
            continue
        if hue == "yellow" and not dark:
            hue = "magenta"
        quiet = form == "quiet"
        result[role] = style + Style(color=f"bright_{hue}" if dark and not quiet else hue, dim=quiet)
    return result


def make_look(variables: Mapping[str, str], glyphs: Glyphs, *, colors: bool = True, sixteen: bool = False) -> Look:
    """What the charts draw with; without ``colors``, shades of one color only; ``sixteen`` as of `styles`."""
    from nntui.charts.look import Look

    return Look(glyphs=glyphs, styles=styles(variables, sixteen=sixteen), colors=colors, sixteen=sixteen)
