"""What the README and the help texts say of the commands is so."""

from __future__ import annotations

import re
import shlex

import pytest

from nntui.cli import COMMANDS, _dashboard_parser
from nntui.commandline.run_arguments import FORMATS
from tests.commandline.running import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
EPILOGS = [make().epilog or "" for make, _ in COMMANDS.values()] + [_dashboard_parser().epilog or ""]


def examples() -> list[str]:
    """Every command line that stands by itself on an indented line of the README, or in a help's examples."""
    lines = re.findall(r"^    (?:\.venv/bin/)?(nntui .+)$", README, re.MULTILINE)
    for text in EPILOGS:
        part = text.partition("examples:\n")[2].partition("\n\n")[0]
        lines += [line.strip().split("   ")[0] for line in part.splitlines()]
    return sorted({line.partition(" | ")[0].partition(" > ")[0].strip() for line in lines if "$(" not in line})


@pytest.mark.parametrize("line", examples())
def test_an_example_is_understood(line: str) -> None:
    program, *words = shlex.split(line)
    assert program == "nntui"
    parser = COMMANDS[words.pop(0)][0]() if words and words[0] in COMMANDS else _dashboard_parser()
    parser.parse(words)


def test_the_table_of_commands_is_whole() -> None:
    table = README.partition("## Command line")[2].partition("\n## ")[0]
    assert [name for name in COMMANDS if f"`nntui {name}" not in table] == []


def test_the_table_of_exports_is_whole() -> None:
    table = README.partition("| `nntui export RUN --to` |")[2].partition("\n\n")[0]
    assert tuple(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == FORMATS
