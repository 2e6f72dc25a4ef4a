"""Conditions mean what they say, and what cannot be meant is refused with its place."""

from __future__ import annotations

import math
import operator
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nntui.teaching.conditions import ConditionError, Value, Word, read_condition
from nntui.teaching.words import WORDS as KNOWN_WORDS

WORDS = {
    "epoch": Word("number", "epochs ended"),
    "test_accuracy": Word("number", "share right"),
    "state": Word("text", "what the run does"),
    "dead_share": Word("number", "of a layer", ("text",)),
    "changed": Word("yes-or-no", "whether a setting was changed", ("text",), 1),
    "lowest": Word("number", "of a curve", ("text", "number"), 1),
}


class Now:
    def __init__(self, **values: Value) -> None:
        self.values = values

    def value(self, name: str, arguments: tuple[Value, ...]) -> Value:
        return self.values["_".join([name, *(str(each).replace(" ", "") for each in arguments)])]


def holds(text: str, **values: Value) -> bool:
    return read_condition(text, WORDS).holds(Now(**values))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("epoch > 3", True),
        ("epoch >= 5 and test_accuracy < 90%", True),
        ("epoch < 5 or state == 'running'", True),
        ("not changed('optimizer')", False),
        ("changed('optimizer') and not (epoch > 9)", True),
        ("dead_share(\"hidden 1\") * 2 + 0.1 - 1 >= 0.0999", True),
        ("epoch / 2 == 2.5", True),
        ("epoch / 0 > 0", False),
        ("-epoch < - 4.5", True),
        ("state != 'paused'", True),
        ("1 + 2 * 3 == 7", True),
        ("(1 + 2) * 3 == 9", True),
        ("8 - 3 - 2 == 3", True),
        ("1e3 > 999 and .5 < 1", True),
        ("epoch > 3 or epoch > 3 and epoch > 99", True),
    ],
)  # fmt: skip
def test_conditions_say_what_holds(text: str, expected: bool) -> None:
    now: dict[str, Value] = {
        "epoch": 5, "test_accuracy": 0.8, "state": "running", "dead_share_hidden1": 0.5, "changed_optimizer": True,
    }  # fmt: skip
    assert holds(text, **now) is expected


@pytest.mark.parametrize("sign", ["<", "<=", ">", ">=", "=="])
def test_what_is_not_known_yet_makes_no_comparison_true(sign: str) -> None:
    assert not holds(f"epoch {sign} epoch", epoch=math.nan)


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), st.sampled_from(["<", "<=", ">", ">=", "==", "!="]))
def test_numbers_compare_as_numbers(one: float, other: float, sign: str) -> None:
    by_sign = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "==": operator.eq,
               "!=": operator.ne}  # fmt: skip
    assert holds(f"epoch {sign} test_accuracy", epoch=one, test_accuracy=other) is by_sign[sign](one, other)


@pytest.mark.parametrize(
    ("text", "says", "column"),
    [
        ("", "missing before the end", 1),
        ("epoch >", "missing before the end", 8),
        ("epcoh > 3", 'did you mean "epoch"', 1),
        ("epoch > 'three'", "a number cannot be compared with a text", 7),
        ("epoch = 3", 'did you mean "=="', 7),
        ("epoch > 3 and 4", "a yes-or-no is needed here, not a number", 16),
        ("1 < epoch < 3", 'join with "and"', 11),
        ("dead_share < 1", 'dead_share("…")', 1),
        ("dead_share(1) < 1", 'dead_share("…")', 12),
        ("dead_share('a', 'b') < 1", 'dead_share("…")', 17),
        ("epoch() > 1 or epoch(2) > 1", "takes nothing in brackets", 22),
        ("(epoch > 1", '")" is missing', 11),
        ("epoch > 1)", '")" does not belong here', 10),
        ("epoch > 1 epoch", '"epoch" does not belong here', 11),
        ("state + 1 > 2", "a number is needed here, not a text", 7),
        ("state < 'x'", "a number is needed here, not a text", 7),
        ("__import__('os')", "unknown word", 1),
        ("epoch ; 3", '";" does not belong here', 7),
        ("epoch > 1e999", "too large a number", 9),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_place(text: str, says: str, column: int) -> None:
    with pytest.raises(ConditionError) as refused:
        read_condition(text, WORDS)
    assert says in str(refused.value)
    assert refused.value.column == column


@pytest.mark.parametrize("text", ["(" * 5000, "not " * 100 + "changed('a')", "-" * 450 + "1", "1" * 501])
def test_neither_depth_nor_length_does_harm(text: str) -> None:
    with pytest.raises(ConditionError):
        read_condition(text, WORDS)


def column_of_refusal(text: str) -> int | None:
    try:
        read_condition(text, WORDS)
    except ConditionError as refused:
        return refused.column
    return None


@given(st.text(alphabet="epoch()<>=!andornt 0123.\"'%+-*/_,;", max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    column = column_of_refusal(text)
    assert column is None or 1 <= column <= len(text) + 1


def test_a_condition_tells_what_it_uses() -> None:
    condition = read_condition("lowest('test_loss', 5) < 0.1 and changed()", WORDS)
    assert condition.uses == (("lowest", ("test_loss", 5.0)), ("changed", ()))


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("noticed('dead_unit')", 'did you mean "dead_units"?'),
        ("changed('optimizer.learning')", 'did you mean "optimizer.learning_rate"?'),
        ("seen('layer')", 'did you mean "layers"?'),
        ("edited('burnt') and epoch > 2", "there are silenced, revived, redrawn, set"),
        ("lowest('loss') < 1", "knows no 'loss'"),
    ],
)
def test_a_name_in_brackets_that_there_is_not_is_a_fault(text: str, fault: str) -> None:
    with pytest.raises(ConditionError, match=re.escape(fault)):
        read_condition(text, KNOWN_WORDS)
