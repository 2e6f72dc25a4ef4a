"""Lines of styled text, and numbers as a person reads them."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from nntui.tui.theme import Glyphs

Part = tuple[str, str]
"""Some text and its role."""


def line(parts: Iterable[Part], width: int, styles: Mapping[str, Style], glyphs: Glyphs) -> Strip:
    """One row of exactly ``width`` cells; what is too long ends in an ellipsis."""
    segments: list[Segment] = []
    left = width
    for text, role in parts:
        if left <= 0:
            break
        shown = clipped(to_ascii(text) if glyphs == "ascii" else text, left, "~" if glyphs == "ascii" else "…")
        if shown:
            segments.append(Segment(shown, styles.get(role)))
        left -= cell_len(shown)
    if left > 0:
        segments.append(Segment(" " * left, styles.get("text")))
    return Strip(segments, width)


_ASCII = str.maketrans({
    "…": "~", "–": "-", "—": "-", "·": "-", "×": "x", "÷": "/", "−": "-", "∞": "inf", "²": "2", "π": "pi", "•": "*",
    "≤": "<=", "≥": ">=", "‹": "<", "›": ">",
    "→": ">", "←": "<", "↑": "^", "↓": "v", "⎵": " ", "“": '"', "”": '"', "’": "'", "‘": "'",
    "σ": "s", "μ": "u", "β": "beta", "ε": "eps", "γ": "gamma", "δ": "delta",
    "φ": "phi", "Σ": "sum", "∂": "d", "′": "'", "▶": ">", "✔": "+", "★": "*", "☆": "-",
    "√": "sqrt ", "⌊": "floor(", "⌋": ")", "⇒": "=>", "η": "eta", "λ": "lambda", "ρ": "rho", "‖": "|", "α": "alpha",
})  # fmt: skip


def to_ascii(text: str) -> str:
    """The text for a terminal that has nothing but ASCII; what has no likeness becomes a question mark."""
    if text.isascii():
        return text
    plain = unicodedata.normalize("NFKD", text.translate(_ASCII))
    return "".join(letter if letter.isascii() else "?" for letter in plain if not unicodedata.combining(letter))


def empty_frame(title: str, width: int, height: int, styles: Mapping[str, Style], glyphs: Glyphs) -> list[Strip]:
    """A panel with nothing in it yet, for the moment before the charts are loaded."""
    corners, across, down = ("++++", "-", "|") if glyphs == "ascii" else ("╭╮╰╯", "─", "│")
    inside = max(width - 2, 0)
    name = clipped(f" {title} ", inside)
    top = [(corners[0], "border"), (name, "title"), (across * (inside - cell_len(name)) + corners[1], "border")]
    middle = line([(down + " " * inside + down, "border")], width, styles, glyphs)
    bottom = line([(corners[2] + across * inside + corners[3], "border")], width, styles, glyphs)
    return [line(top, width, styles, glyphs), *[middle] * max(height - 2, 0), bottom][:height]


def counted(amount: float, noun: str) -> str:
    """The amount and what it is of: "1 unit", "2 units", "0.5 units"."""
    return f"{whole(amount) if isinstance(amount, int) else f'{amount:g}'} {noun}{'' if amount == 1 else 's'}"


def sentence(text: str) -> str:
    """A clause as a sentence: with a capital letter and a period."""
    return f"{text[:1].upper()}{text[1:]}."


def listed(items: Sequence[str], conjunction: str) -> str:
    """The items as a sentence lists them: "a", "a or b", "a, b, or c"."""
    if len(items) < 3:
        return f" {conjunction} ".join(items)
    return f"{', '.join(items[:-1])}, {conjunction} {items[-1]}"


def length(parts: Iterable[Part]) -> int:
    """Cells that the parts take."""
    return sum(cell_len(text) for text, _ in parts)


def clipped(text: str, width: int, ellipsis: str = "…") -> str:
    """The text in at most ``width`` cells, padded to them where a wide character would not fit."""
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, width - 1) + ellipsis if width > 0 else ""


def wrapped(text: str, width: int) -> list[str]:
    """The text in lines of at most ``width`` cells, broken at spaces; longer words are cut."""
    lines: list[str] = []
    current = ""
    for word in text.split():
        if current and cell_len(current) + 1 + cell_len(word) <= width:
            current = f"{current} {word}"
        else:
            if current:
                lines.append(current)
            current = clipped(word, width)
    return [*lines, current] if current else lines


def joined(groups: Sequence[Sequence[Part]], gap: str = "  ") -> list[Part]:
    """The groups one after the other, with a gap between."""
    parts: list[Part] = []
    for group in groups:
        if parts:
            parts.append((gap, "text"))
        parts.extend(group)
    return parts


def compact(value: float) -> str:
    """A rate or a count in at most five characters: ``812``, ``5.8k``, ``58k``, ``1.2M``."""
    if not math.isfinite(value):
        return "-"
    for limit, suffix in ((1e3, ""), (1e6, "k"), (1e9, "M"), (1e12, "G")):
        if abs(value) < limit * 0.9995:
            scaled = value / (limit / 1e3)
            if suffix == "" and scaled == int(scaled):
                return str(int(scaled))
            return f"{scaled:.1f}{suffix}" if abs(scaled) < 9.95 else f"{scaled:.0f}{suffix}"
    return f"{value:.0e}"


def number(value: float, digits: int = 4) -> str:
    """A measured number in few characters: ``0.4137``, ``12.3``, ``3.2e-05``, ``not a number``."""
    if math.isnan(value):
        return "–"
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    return f"{value + 0.0:.{digits}g}"  # which makes -0 a 0


def whole(value: int) -> str:
    """A whole number with its thousands apart."""
    return f"{value:,}"


def clock(seconds: float) -> str:
    """``0:07``, ``12:34``, ``1:02:03``."""
    total = int(seconds) if math.isfinite(seconds) else 0
    hours, rest = divmod(total, 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"
