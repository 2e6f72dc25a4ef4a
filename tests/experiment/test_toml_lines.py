"""Every key of a document is found, in the line where it stands."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nntui.experiment.toml_lines import Path, locate

DOCUMENT = '''\
# a comment with [brackets] and "quotes
title = "TOML" # after
"quoted key" = 1
'literal.key' = 2
a.b.c = 3
a . "d e" = [ 1, [ 2, 3 ],
  "# no comment", # a comment ]
  { x = 1, y.z = [4,
    5] },
]
text = """
[not.a.table]
key = 1
\\""" still
quotes: "" ""
"""
raw = \'\'\'
[neither]
# x = 1 ''
\'\'\'
ends = """four quotes""""
date = 1979-05-27T07:32:00Z
day = 1979-05-27 07:32:00
number = +1_000.5e-3
hex = 0xDEAD
escaped = "a\\\\" # b = 1
empty = []
none = {}

[ table . "x.y" ]
k = 1
[table]
k = 2

[[items]]
n = 1
[items.sub]
m = 1
[[items.deep]]
q = 1
[[items.deep]]
q = 2

[[items]]
n = 2
[[items.deep]]
q = 3
'''


def leaves(value: Any, path: Path = ()) -> Iterator[Path]:
    """Paths of everything in a tree."""
    if path:
        yield path
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from leaves(item, (*path, index))


def test_every_key_has_its_line() -> None:
    found = locate(DOCUMENT).of
    assert set(leaves(tomllib.loads(DOCUMENT))) == set(found)
    lines = DOCUMENT.split("\n")
    for path, line in found.items():
        name = next(part for part in reversed(path) if isinstance(part, str))
        if name not in ("deep", "items") and not isinstance(path[-1], int):
            assert name in lines[line - 1], (path, line)
    assert found["a", "d e", 2] == 7
    assert found["a", "d e", 3, "y", "z", 1] == 9
    assert found["items", 1, "deep", 0, "q"] == len(lines) - 1


def test_windows_of_a_document_never_fail() -> None:
    for end in range(len(DOCUMENT)):
        locate(DOCUMENT[:end])
        locate(DOCUMENT[end:])


@given(st.text(st.sampled_from("ab.=[]{}\"'\\#,\n 1"), max_size=60))
@settings(max_examples=500, deadline=None, derandomize=True)
def test_any_text_is_survived_and_what_is_toml_is_located(text: str) -> None:
    found = locate(text).of
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    assert set(leaves(tree)) == set(found)


@pytest.mark.parametrize(
    ("text", "path", "line", "last", "first", "section"),
    [
        ("a = 1\nb = 2\na = [\n3]\n", ("a",), 3, 4, 1, False),
        ("[t]\nx = 1\n[u]\n[t]\ny = 1\n\n[v]\n", ("t",), 4, 6, 1, True),
        ("[t]\nx = 1\n'x' = '''\n'''\n", ("t", "x"), 3, 4, 2, False),
    ],
)
def test_duplicates(text: str, path: Path, line: int, last: int, first: int, section: bool) -> None:
    (found,) = locate(text).duplicates
    assert (found.path, found.line, found.last, found.first, found.section) == (path, line, last, first, section)
