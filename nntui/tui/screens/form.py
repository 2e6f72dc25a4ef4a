"""The fields of the edit form, drawn as one widget: forty of them as widgets would take a second to open."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from textwrap import wrap
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from nntui.tui.screens.fields import Field
from nntui.tui.widgets.text import to_ascii

NAME, FIELD = 26, 22  # columns


@dataclass(frozen=True)
class _Line:
    field: int  # -1: none
    strip: Strip


class Form(ScrollView, can_focus=True):
    """A column of fields with a cursor. Typing goes into the field under it."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "form--heading", "form--name", "form--changed", "form--cursor", "form--field", "form--muted", "form--fault",
    }  # fmt: skip
    DEFAULT_CSS = """
    Form {
        height: 1fr;
        scrollbar-size-vertical: 1;
        & > .form--heading { color: $text-accent; text-style: bold; }
        & > .form--name { color: $foreground; }
        & > .form--changed { color: $text-accent; text-style: bold; }
        & > .form--cursor { text-style: reverse; }
        & > .form--field { color: $foreground; background: $foreground 12%; }
        & > .form--muted { color: $text-muted; }
        & > .form--fault { color: $text-error; text-style: bold; }
    }
    """
    class Typed(Message):
        """The field of ``name`` holds ``text``."""

        def __init__(self, name: str, text: str) -> None:
            super().__init__()
            self.name = name
            self.text = text

    class WantsList(Message):
        """The words of a choice shall be shown to choose from."""

        def __init__(self, field: Field) -> None:
            super().__init__()
            self.field = field

    class LeftAbove(Message):
        """The cursor was moved up from the first field."""

    def __init__(self, *, ascii_only: bool = False, id: str | None = None) -> None:
        super().__init__(id=id)
        self.fields: list[Field] = []
        self.cursor = 0
        self._ascii = ascii_only
        self._lines: list[_Line] = []

    @property
    def current(self) -> Field | None:
        """The field under the cursor."""
        return self.fields[self.cursor] if self.fields else None

    def show(self, fields: Sequence[Field]) -> None:
        """Show these fields; the cursor stays with its parameter where that is still there."""
        name = self.current.parameter.name if self.current else ""
        self.fields = list(fields)
        names = [field.parameter.name for field in self.fields]
        if name in names:
            self.cursor = names.index(name)
        else:
            self.cursor = min(self.cursor, max(len(names) - 1, 0))
            self._enter()
        self._redraw()

    def go_to(self, name: str) -> None:
        """Put the cursor into the field of this parameter."""
        self.cursor = next(i for i, field in enumerate(self.fields) if field.parameter.name == name)
        self._enter()
        self._redraw()

    # -- drawing --------------------------------------------------------------------------------------------------

    def _redraw(self) -> None:
        width = max(self.scrollable_content_region.width, NAME + FIELD + 8)
        self._lines = []
        section = ""
        for index, field in enumerate(self.fields):
            heading = field.heading or field.parameter.section
            if heading != section:
                section = heading
                if self._lines:
                    self._add(-1, width)
                self._add(-1, width, (section, "form--heading"))
            self._add_field(index, field, width)
        self.virtual_size = Size(width, len(self._lines))
        self._reveal()
        self.refresh()

    def _add(self, field: int, width: int, *parts: tuple[str, str]) -> None:
        base = self.rich_style
        segments = [Segment(text, base + self._style(name)) for text, name in parts]
        self._lines.append(_Line(field, Strip(segments).adjust_cell_length(width, base)))

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(name) if name else Style()

    def _add_field(self, index: int, field: Field, width: int) -> None:
        here = index == self.cursor and self.has_focus
        name = "form--fault" if field.fault else "form--changed" if field.changed else "form--name"
        label = set_cell_size(field.label, NAME - 1)
        plain = to_ascii if self._ascii else str  # before it is wrapped: it may become longer
        beside = _wrapped(plain(field.beside), width - NAME - FIELD - 2)
        first = [(label, "form--cursor" if here else name), (" ", "")]
        editor = self._editor(field, here)
        self._add(index, width, *first, *editor, (f"  {beside[0]}", "form--muted"))
        for text in beside[1:]:
            self._add(index, width, (" " * (NAME + FIELD + 2) + text, "form--muted"))
        for text in _wrapped(plain(field.parameter.meaning), width - 4):
            self._add(index, width, ("  " + text, "form--muted"))
        for text in _wrapped(plain(field.fault), width - 4) if field.fault else ():
            self._add(index, width, ("  " + text, "form--fault"))

    def _editor(self, field: Field, here: bool) -> list[tuple[str, str]]:
        """``FIELD`` cells: the text, with the cursor where it is."""
        if field.words:
            left, right = ("<", ">") if self._ascii else ("‹", "›")
            return [(f"{left} {set_cell_size(field.text, FIELD - 4)} {right}", "form--field")]
        if not here:
            return [(set_cell_size(field.text, FIELD), "form--field")]
        if field.fresh:
            text = field.text[-FIELD:]
            return [(text or " ", "form--cursor"), (" " * (FIELD - max(cell_len(text), 1)), "form--field")]
        start = max(field.position - FIELD + 1, 0)
        text = field.text[start:] + " "
        at = field.position - start
        rest = set_cell_size(text[at + 1 :], max(FIELD - cell_len(text[: at + 1]), 0))
        return [(text[:at], "form--field"), (text[at], "form--cursor"), (rest, "form--field")]

    def render_line(self, y: int) -> Strip:
        """One row of what is scrolled into view."""
        index = y + self.scroll_offset.y
        width = self.size.width
        if index >= len(self._lines):
            return Strip.blank(width, self.rich_style)
        return self._lines[index].strip.adjust_cell_length(width, self.rich_style)

    def _reveal(self) -> None:
        rows = [y for y, line in enumerate(self._lines) if line.field == self.cursor]
        if rows:
            top = 0 if self.cursor == 0 else rows[0]
            self.scroll_to_region(
                Region(0, top, 1, rows[-1] - top + 1), animate=False, force=True, x_axis=False, immediate=True
            )

    def on_resize(self) -> None:
        """Wrap anew."""
        self._redraw()

    def on_focus(self) -> None:
        """The cursor shows."""
        self._enter()
        self._redraw()

    def on_blur(self) -> None:
        """The cursor hides."""
        self._redraw()

    # -- keys -----------------------------------------------------------------------------------------------------

    def _enter(self) -> None:
        if self.current:
            self.current.enter()

    def _tell(self) -> None:
        if self.current:
            self.post_message(self.Typed(self.current.parameter.name, self.current.text))
        self._redraw()

    def on_key(self, event: events.Key) -> None:
        """A character goes into the field; in a choice, ``space`` opens the list and a letter finds a word."""
        field = self.current
        if (own := _KEYS.get(event.key)) is not None:
            event.stop()
            event.prevent_default()
            action, amount = own
            action(self, amount)
            return
        if field is None or not event.is_printable or event.character is None:
            return
        event.stop()
        event.prevent_default()
        if not field.words:
            field.insert(event.character)
        elif event.character == " ":
            self.post_message(self.WantsList(field))
            return
        elif not field.jump(event.character):
            return
        self._tell()

    def on_paste(self, event: events.Paste) -> None:
        """The first line pasted goes into the field."""
        event.stop()
        if self.current and not self.current.words and event.text.strip():
            self.current.insert(event.text.strip().splitlines()[0])
            self._tell()

    def action_move(self, by: int) -> None:
        """The field ``by`` places further."""
        if by == -1 and self.cursor == 0:
            self.post_message(self.LeftAbove())
        elif self.fields:
            self.cursor = min(max(self.cursor + by, 0), len(self.fields) - 1)
            self._enter()
            self._redraw()

    def action_sideways(self, by: int) -> None:
        """The next word of a choice, or the next character of a text."""
        if (field := self.current) is None:
            return
        if field.words:
            field.cycle(by)
            self._tell()
        else:
            field.move(0 if field.fresh and by < 0 else field.position + by)
            self._redraw()

    def action_end(self, side: int) -> None:
        """Either end of the text."""
        if self.current:
            self.current.move(0 if side < 0 else len(self.current.text))
            self._redraw()

    def action_delete(self, offset: int) -> None:
        """Take a character away."""
        if self.current and not self.current.words:
            self.current.delete(offset)
            self._tell()

    def action_step(self, direction: int) -> None:
        """The value one step up or down."""
        if self.current:
            self.current.step(direction)
            self._tell()

    def on_click(self, event: events.Click) -> None:
        """The cursor goes where the mouse is; the ends of a choice take the next word, its middle opens the list."""
        index = event.y + self.scroll_offset.y
        if index >= len(self._lines) or self._lines[index].field < 0:
            return
        first = index == 0 or self._lines[index - 1].field != self._lines[index].field
        self.cursor = self._lines[index].field
        field, column = self.fields[self.cursor], event.x - NAME
        field.enter()
        if first and 0 <= column < FIELD:
            if not field.words:
                field.move(column)
            elif column < 2 or column >= FIELD - 2:
                field.cycle(-1 if column < 2 else 1)
                self._tell()
            else:
                self.post_message(self.WantsList(field))
        self._redraw()


_KEYS: Mapping[str, tuple[Callable[[Form, int], None], int]] = {
    "down": (Form.action_move, 1),
    "up": (Form.action_move, -1),
    "pagedown": (Form.action_move, 6),
    "pageup": (Form.action_move, -6),
    "left": (Form.action_sideways, -1),
    "right": (Form.action_sideways, 1),
    "home": (Form.action_end, -1),
    "end": (Form.action_end, 1),
    "backspace": (Form.action_delete, -1),
    "delete": (Form.action_delete, 0),
    "shift+up": (Form.action_step, 1),
    "shift+down": (Form.action_step, -1),
}


@lru_cache(4096)
def _wrapped(text: str, width: int) -> tuple[str, ...]:
    return tuple(wrap(text, max(width, 10))) or ("",)
