"""A grid of cells, each a character and a role, turned into Textual strips by runs of equal style."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from rich.cells import cell_len
from rich.segment import Segment
from textual.strip import Strip

from nntui.charts.look import Look, role_index

Codes = npt.NDArray[np.uint32]
Roles = npt.NDArray[np.uint8]
Size = tuple[int, int]

BLANK = 0x20
CONTINUED = 0  # the right half of a character two cells wide
_CACHED_ROWS = 512
_PLAIN = {
    "·": "-", "…": "~", "–": "-", "—": "-", "−": "-", "×": "x", "→": ">", "←": "<", "↑": "^", "↓": "v", "█": "#",
    "─": "-", "│": "|", "σ": "s", "μ": "u", "η": "n", "±": "~", "≤": "<", "≥": ">", "•": "*", "“": '"', "”": '"',
    "‘": "'", "’": "'", "▲": "^", "▼": "v", "⏸": "=", "▶": ">", "■": "#", "●": "*", "◆": "@", "○": "o",
    "∂": "d", "Σ": "S", "÷": "/", "′": "'", "φ": "f", "‖": "|", "√": "v", "✔": "+", "★": "*", "☆": "-",
    "α": "a", "β": "b", "γ": "g", "δ": "d", "ε": "e", "λ": "l", "π": "p", "ρ": "r",
}  # fmt: skip


@lru_cache(maxsize=4096)
def to_cells(text: str) -> Codes:
    """One code point a cell; control characters become ``?``, zero-width ones vanish, wide ones take two cells."""
    if text.isascii() and text.isprintable():
        return np.frombuffer(text.encode("utf-32-le"), dtype="<u4").astype(np.uint32)
    codes: list[int] = []
    for character in text:
        if unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp"):
            codes.append(ord("?"))
            continue
        width = cell_len(character)
        if width:
            codes.append(ord(character))
            codes.extend([CONTINUED] * (width - 1))
    return np.array(codes, dtype=np.uint32)


def clip_text(text: str, width: int, look: Look) -> str:
    """``text`` in at most ``width`` cells, its end replaced by an ellipsis where it does not fit."""
    if len(to_cells(text)) <= width:
        return text
    if width <= 0:
        return ""
    kept = ""
    for character in text:
        if len(to_cells(kept + character)) > width - 1:
            break
        kept += character
    return kept + look.characters.ellipsis


@lru_cache(maxsize=1024)
def _ascii_code(code: int) -> int:
    character = chr(code)
    if character in _PLAIN:
        return ord(_PLAIN[character])
    first = unicodedata.normalize("NFKD", character)[:1]
    return ord(first) if first.isascii() and first.isprintable() and first else ord("?")


def _to_ascii(codes: Codes) -> Codes:
    foreign = codes > 126
    wide = codes == CONTINUED
    if not (foreign.any() or wide.any()):
        return codes
    plain = codes.copy()
    for code in np.unique(codes[foreign]).tolist():
        plain[codes == code] = _ascii_code(code)
    plain[wide] = BLANK
    return plain


class Canvas:
    """Cells of ``size`` = (width, height); a negative side counts as 0.

    Attributes:
        codes: (height, width) Unicode code points.
        roles: (height, width) role bytes (see ``look.role_index``).
    """

    def __init__(self, size: Size, role: str = "text") -> None:
        self.width, self.height = max(0, size[0]), max(0, size[1])
        self.codes: Codes = np.full((self.height, self.width), BLANK, dtype=np.uint32)
        self.roles: Roles = np.full((self.height, self.width), role_index(role), dtype=np.uint8)

    def copy(self) -> Canvas:
        """The same cells, free to be drawn over."""
        other = Canvas((0, 0))
        other.width, other.height = self.width, self.height
        other.codes, other.roles = self.codes.copy(), self.roles.copy()
        return other

    def put(self, x: int, y: int, text: str, role: int) -> int:
        """Write ``text`` from cell (x, y) on, cut at the edges; returns the x after it."""
        cells = to_cells(text)
        end = x + len(cells)
        first, last = max(0, x), min(self.width, end)
        if 0 <= y < self.height and first < last:
            self.codes[y, first:last] = cells[first - x : last - x]
            self.roles[y, first:last] = role
            if first > x and self.codes[y, first] == CONTINUED:
                self.codes[y, first] = BLANK
            if last < end and cells[last - x] == CONTINUED:
                self.codes[y, last - 1] = BLANK
        return end

    def is_blank(self, x: int, y: int, width: int) -> bool:
        """Whether ``width`` cells from (x, y) on lie on the canvas and are empty."""
        if y < 0 or y >= self.height or x < 0 or x + width > self.width:
            return False
        return bool((self.codes[y, x : x + width] == BLANK).all())

    def strips(self, look: Look) -> list[Strip]:
        """The rows as strips of exactly the canvas's width."""
        if not self.width:
            return [Strip([], 0) for _ in range(self.height)]
        codes = _to_ascii(self.codes) if look.glyphs == "ascii" else self.codes
        roles = _quiet_blanks(codes, self.roles, look)
        cache = look.strip_cache
        if len(cache) > _CACHED_ROWS:
            cache.clear()
        strips = []
        for codes_row, roles_row in zip(codes, roles, strict=True):
            key = codes_row.tobytes(), roles_row.tobytes()
            strip = cache.get(key)
            if strip is None:
                strip = cache[key] = _strip(key[0], roles_row, look)
            strips.append(strip)
        return strips


def _quiet_blanks(codes: Codes, roles: Roles, look: Look) -> Roles:
    """Give each blank cell its left neighbour's role where that cannot be seen: fewer runs, fewer bytes."""
    seen = np.array(look.shows_on_blank)[roles]
    anchors = (codes != BLANK) | seen
    positions = np.where(anchors, np.arange(codes.shape[1]), 0)
    positions[:, 0] = 0
    positions = np.maximum.accumulate(positions, axis=1)
    carried = np.take_along_axis(roles, positions, axis=1)
    visible = np.take_along_axis(seen, positions, axis=1)
    return np.where(anchors | visible, roles, carried)


def _strip(codes: bytes, roles: Roles, look: Look) -> Strip:
    text = codes.decode("utf-32-le")
    width = len(text)
    starts = [0, *(np.flatnonzero(roles[1:] != roles[:-1]) + 1).tolist(), width]
    styles = look.role_styles
    row_roles = roles[starts[:-1]].tolist()
    segments = [
        Segment(text[start:stop], styles[role])
        for start, stop, role in zip(starts[:-1], starts[1:], row_roles, strict=True)
    ]
    if "\0" in text:
        segments = [Segment(segment.text.replace("\0", ""), segment.style) for segment in segments]
    return Strip(segments, width)
