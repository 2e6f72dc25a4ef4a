"""Bytes from a terminal, whatever they are, as Textual's messages."""

from __future__ import annotations

import codecs
import re
import time
from collections.abc import Callable, Iterable, Iterator

from textual import events
from textual._xterm_parser import BRACKETED_PASTE_END, BRACKETED_PASTE_START, XTermParser
from textual.message import Message

PATIENCE = 1.0
"""Seconds without a byte after which a paste without an end has ended."""
LONGEST = 100_000
"""Characters of a paste that are passed on."""
FLOOD = 256
"""Characters that nobody types at one moment: without brackets, too, they are a paste."""
INTRODUCERS = r"[\]OP_^X"
"""Printable characters with which escape begins what a terminal says: a key's code, or an answer (ECMA-48, 5.5)."""
LARGEST = 2000
"""Columns or rows of the largest terminal that is believed: garbage may look like a report of its size."""


class Keyboard:
    """Decodes, splits off pastes, and survives what Textual's parser does not understand.

    Args:
        alt_keys: characters that do something with alt. Escape and any other, read together, are two keys: the one was
            pressed soon after the other, or both came late over a slow line. Textual 8.2 takes them for alt and a key.
    """

    def __init__(self, debug: bool = False, alt_keys: str = "") -> None:
        self._debug = debug
        self._escape_ends = re.compile(f"(?<=\x1b)(?=[ -~])(?![{re.escape(INTRODUCERS + alt_keys)}])")
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._parser = XTermParser(debug)
        self._recent = ""  # the last characters, in which a bracket may have begun
        self._paste: str | None = None  # the one under way
        self._heard_at = 0.0

    def feed(self, data: bytes) -> Iterator[Message]:
        """The messages that these bytes complete."""
        self._heard_at = time.monotonic()
        text = self._decode(data)
        if self._paste is None and len(text) >= FLOOD and "\x1b" not in text:
            yield from _paste(text)
            return
        while text:
            bracket = BRACKETED_PASTE_START if self._paste is None else BRACKETED_PASTE_END
            seen = self._recent + text
            found = seen.find(bracket)
            end = len(text) if found < 0 else found + len(bracket) - len(self._recent)
            part, text = text[:end], text[end:]
            before = self._recent[-1:]
            self._recent = seen[1 - len(bracket) :] if found < 0 else ""
            if self._paste is not None:
                self._paste = (self._paste + part)[: LONGEST + len(bracket)]
                if found >= 0:
                    yield from self._end_paste()
            elif found < 0:
                yield from self._keys(before, part)
            else:  # the parser sees an empty paste
                yield from self._keys(before, part + BRACKETED_PASTE_END)
                self._paste = ""

    def tick(self) -> Iterator[Message]:
        """The messages that are complete because nothing followed for a while."""
        if self._paste is not None and time.monotonic() - self._heard_at > PATIENCE:
            self._recent = ""
            yield from self._end_paste()
        yield from self._guarded(self._parser.tick)

    def _keys(self, before: str, text: str) -> Iterator[Message]:
        """The messages of what is no paste; ``before``: the character that was read before it."""
        first, *others = self._escape_ends.split(before + text)
        if first != before:
            yield from self._guarded(lambda: self._parser.feed(first.removeprefix(before)))
        for piece in others:
            if self._parser._timeout_time is not None:
                self._parser._timeout_time = 0.0  # nothing more belongs to this escape
                yield from self._guarded(self._parser.tick)
            yield from self._guarded(lambda piece=piece: self._parser.feed(piece))  # type: ignore[misc]

    def _end_paste(self) -> Iterator[Message]:
        text, self._paste = self._paste or "", None
        yield from _paste(text.removesuffix(BRACKETED_PASTE_END))

    def _guarded(self, parse: Callable[[], Iterable[Message]]) -> Iterator[Message]:
        """The credible messages. A parser that raised is of no use any more, and what it had read is lost."""
        try:
            for message in parse():
                if _is_credible(message):
                    yield message
        except Exception:
            before, self._parser = self._parser, XTermParser(self._debug)
            for name in ("mouse_pixels", "terminal_size", "terminal_pixel_size"):
                setattr(self._parser, name, getattr(before, name))


def _paste(text: str) -> Iterator[Message]:
    """A paste as it is passed on: not endless, and without characters that would steer the terminal."""
    shown = "".join(character for character in text[:LONGEST] if character.isprintable() or character in "\t\r\n")
    if shown:
        yield events.Paste(shown)


def _is_credible(message: Message) -> bool:
    match message:
        case events.Resize():
            return 0 < message.size.width <= LARGEST and 0 < message.size.height <= LARGEST
        case events.Key():
            return not any("\ud800" <= character <= "\udfff" for character in message.character or "")
        case events.Paste():
            return bool(message.text)
    return True
