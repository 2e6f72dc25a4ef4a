"""The language of a lesson's conditions: ``dead_share("hidden 1") < 0.1 and changed("optimizer")``.

::

    condition  = conjunct {"or" conjunct}
    conjunct   = denial {"and" denial}
    denial     = "not" denial | comparison
    comparison = sum [("<" | "<=" | ">" | ">=" | "==" | "!=") sum]
    sum        = product {("+" | "-") product}
    product    = factor {("*" | "/") factor}
    factor     = "-" factor | number | text | name ["(" [argument {"," argument}] ")"] | "(" condition ")"
    argument   = number | text

Every part is a number, a text or a yes-or-no; that they fit together is checked when the condition is read. Nothing in
a condition can run code, read files or take long.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from nntui.experiment.messages import did_you_mean, listed

Kind = Literal["number", "text", "yes-or-no"]
Value = float | str | bool

LONGEST = 500  # characters of a condition
DEEPEST = 40  # brackets within brackets

_TOKEN = re.compile(
    r"""\s*(?:(\d+(?:\.\d*)?(?:[eE][+-]?\d+)?%?|\.\d+)|("[^"]*"|'[^']*')|([A-Za-z_]\w*)|(<=|>=|==|!=|.))"""
)  # number, text, name, sign
_COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


class ConditionError(ValueError):
    """A condition that cannot be read; ``column`` (1-based) is where."""

    def __init__(self, message: str, column: int) -> None:
        self.column = column
        super().__init__(f"{message} (in column {column})")


@dataclass(frozen=True, slots=True)
class Word:
    """A name that conditions may use.

    Attributes:
        kind: what it gives.
        arguments: what it takes in brackets, in order; empty for a plain name.
        meaning: one line.
        optional: how many of the arguments, from the last, may be left out.
        among: what a text in brackets may be; empty: anything.
    """

    kind: Kind
    meaning: str
    arguments: tuple[Kind, ...] = ()
    optional: int = 0
    among: tuple[str, ...] = ()


class Seen(Protocol):
    """Whoever knows what the words mean now."""

    def value(self, name: str, arguments: tuple[Value, ...]) -> Value:
        """Of a word; not-a-number where there is none yet."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition that was read.

    Attributes:
        text: as written.
        kind: what it gives; a step's condition is a yes-or-no.
        uses: the words in it, with their arguments.
    """

    text: str
    kind: Kind
    uses: tuple[tuple[str, tuple[Value, ...]], ...]
    _evaluate: Callable[[Seen], Value]

    def of(self, seen: Seen) -> Value:
        """Its value now. Not-a-number compares false with everything, and divisions by zero give it."""
        return self._evaluate(seen)

    def holds(self, seen: Seen) -> bool:
        """Whether a yes-or-no is a yes."""
        return self._evaluate(seen) is True


def read_condition(text: str, words: Mapping[str, Word]) -> Condition:
    """The condition of a text, whatever it gives.

    Raises:
        ConditionError: it is none, or its parts do not fit together.
    """
    if len(text) > LONGEST:
        raise ConditionError(f"a condition has at most {LONGEST} characters", LONGEST)
    reader = _Reader(text, words)
    kind, evaluate = reader.condition()
    reader.expect_end()
    return Condition(text, kind, tuple(reader.uses), evaluate)


_Part = tuple[Kind, Callable[[Seen], Value]]


class _Reader:
    def __init__(self, text: str, words: Mapping[str, Word]) -> None:
        self._words = words
        self._tokens: list[tuple[str, str, int]] = []  # kind, text, column
        self.uses: list[tuple[str, tuple[Value, ...]]] = []
        self._at = self._depth = 0
        for found in _TOKEN.finditer(text.rstrip()):
            number, quoted, name, sign = found.groups()
            kind = "number" if number else "text" if quoted else "name" if name else "sign"
            self._tokens.append((kind, number or quoted or name or sign, found.end() - len(found[0].lstrip()) + 1))
        self._end = len(text.rstrip()) + 1

    # ---- the grammar, a method a rule

    def condition(self) -> _Part:
        return self._joined(self._conjunct, "or", any)

    def _conjunct(self) -> _Part:
        return self._joined(self._denial, "and", all)

    def _joined(self, rule: Callable[[], _Part], word: str, together: Callable[[list[bool]], bool]) -> _Part:
        first = rule()
        if not self._is(word):
            return first
        parts = [self._yes_or_no(first)]
        while self._take(word):
            parts.append(self._yes_or_no(rule()))
        return "yes-or-no", lambda seen: together([part(seen) is True for part in parts])

    def _denial(self) -> _Part:
        if not self._take("not"):
            return self._comparison()
        with_depth = self._nested(self._denial)
        part = self._yes_or_no(with_depth)
        return "yes-or-no", lambda seen: part(seen) is not True

    def _comparison(self) -> _Part:
        left = self._sum()
        sign, column = self._peek(), self._column
        if sign not in (*_COMPARISONS, "==", "!="):
            if sign == "=":
                raise ConditionError('"=" does not compare; did you mean "=="?', column)
            return left
        self._at += 1
        right = self._sum()
        if left[0] != right[0]:
            raise ConditionError(f"{_a(left[0])} cannot be compared with {_a(right[0])}", column)
        if self._peek() in (*_COMPARISONS, "==", "!="):
            raise ConditionError('compare two things at a time, and join with "and"', self._column)
        if sign in ("==", "!="):
            wanted = sign == "=="
            return "yes-or-no", lambda seen: (left[1](seen) == right[1](seen)) is wanted
        low, high = self._number(left, column), self._number(right, column)
        compare = _COMPARISONS[sign]
        return "yes-or-no", lambda seen: compare(low(seen), high(seen))

    def _sum(self) -> _Part:
        return self._computed(self._product, {"+": operator.add, "-": operator.sub})

    def _product(self) -> _Part:
        return self._computed(self._factor, {"*": operator.mul, "/": _ratio})

    def _computed(self, rule: Callable[[], _Part], signs: Mapping[str, Callable[[float, float], float]]) -> _Part:
        part = rule()
        while self._peek() in signs:
            compute, column = signs[self._peek()], self._column
            self._at += 1
            part = _both(compute, self._number(part, column), self._number(rule(), column))
        return part

    def _factor(self) -> _Part:
        column = self._column
        if self._take("-"):
            negated = self._number(self._nested(self._factor), column)
            return "number", lambda seen: -negated(seen)
        if self._take("("):
            inner = self._nested(self.condition)
            self._expect(")")
            return inner
        kind = self._tokens[self._at][0] if self._at < len(self._tokens) else ""
        if kind in ("number", "text"):
            return self._literal()
        if kind == "name":
            return self._word()
        found = f'"{self._peek()}"' if self._at < len(self._tokens) else "the end"
        raise ConditionError(f"a number, a text or a name is missing before {found}", column)

    def _literal(self) -> _Part:
        kind, text, column = self._tokens[self._at]
        self._at += 1
        if kind == "text":
            words = text[1:-1]
            return "text", lambda seen: words
        number = float(text.rstrip("%")) / (100.0 if text.endswith("%") else 1.0)
        if not math.isfinite(number):
            raise ConditionError(f"{text} is too large a number", column)
        return "number", lambda seen: number

    def _word(self) -> _Part:
        _, name, column = self._tokens[self._at]
        self._at += 1
        word = self._words.get(name)
        if word is None:
            hint = did_you_mean(name, self._words) or f"; the words are {listed(self._words)}"
            raise ConditionError(f"{name}: unknown word{hint}", column)
        arguments = self._arguments(name, word, column)
        self.uses.append((name, arguments))
        return word.kind, lambda seen: seen.value(name, arguments)

    def _arguments(self, name: str, word: Word, column: int) -> tuple[Value, ...]:
        given: list[Value] = []
        if self._take("("):
            while self._peek() != ")":
                if given:
                    self._expect(",")
                kind, text, _ = self._tokens[self._at] if self._at < len(self._tokens) else ("", "", 0)
                wanted = word.arguments[len(given)] if len(given) < len(word.arguments) else None
                if kind not in ("number", "text") or wanted is None or kind != wanted:
                    raise ConditionError(f"{_usage(name, word)}", self._column)
                if kind == "text" and word.among and text[1:-1] not in word.among:
                    hint = did_you_mean(text[1:-1], word.among) or f"; there are {listed(word.among)}"
                    raise ConditionError(f"{name} knows no {text}{hint}", self._column)
                self._at += 1
                given.append(text[1:-1] if kind == "text" else float(text.rstrip("%")))
            self._expect(")")
        if not len(word.arguments) - word.optional <= len(given) <= len(word.arguments):
            raise ConditionError(_usage(name, word), column)
        return tuple(given)

    # ---- steps through the tokens

    def _peek(self) -> str:
        return self._tokens[self._at][1] if self._at < len(self._tokens) else ""

    @property
    def _column(self) -> int:
        return self._tokens[self._at][2] if self._at < len(self._tokens) else self._end

    def _is(self, word: str) -> bool:
        return self._at < len(self._tokens) and self._tokens[self._at][0] != "text" and self._peek() == word

    def _take(self, word: str) -> bool:
        taken = self._is(word)
        self._at += taken
        return taken

    def _expect(self, sign: str) -> None:
        if not self._take(sign):
            raise ConditionError(f'"{sign}" is missing', self._column)

    def expect_end(self) -> None:
        if self._at < len(self._tokens):
            raise ConditionError(f'"{self._peek()}" does not belong here', self._column)

    def _nested(self, rule: Callable[[], _Part]) -> _Part:
        self._depth += 1
        if self._depth > DEEPEST:
            raise ConditionError(f"more than {DEEPEST} brackets within brackets", self._column)
        part = rule()
        self._depth -= 1
        return part

    def _yes_or_no(self, part: _Part) -> Callable[[Seen], Value]:
        if part[0] != "yes-or-no":
            message = f"a yes-or-no is needed here, not {_a(part[0])}; compare it with something"
            raise ConditionError(message, self._column)
        return part[1]

    @staticmethod
    def _number(part: _Part, column: int) -> Callable[[Seen], float]:
        if part[0] != "number":
            raise ConditionError(f"a number is needed here, not {_a(part[0])}", column)
        evaluate = part[1]
        return lambda seen: float(evaluate(seen))


_Number = Callable[["Seen"], float]


def _both(compute: Callable[[float, float], float], left: _Number, right: _Number) -> _Part:
    return "number", lambda seen: compute(left(seen), right(seen))


def _ratio(above: float, below: float) -> float:
    return above / below if below else math.nan


def _a(kind: Kind) -> str:
    return f"a {kind}"


def _usage(name: str, word: Word) -> str:
    if not word.arguments:
        return f"{name} takes nothing in brackets"
    return f"{name} is written {usage(name, word.arguments, word.optional)}"


def usage(name: str, arguments: Sequence[Kind], optional: int = 0) -> str:
    """``lowest("text")``: how a word is written."""
    if not arguments:
        return name
    examples = ['"…"' if kind == "text" else "0" for kind in arguments]
    needed = len(examples) - optional
    more = (f"[, {each}]" if needed else f"[{each}]" for each in examples[needed:])
    return f"{name}({', '.join(examples[:needed])}{''.join(more)})"
