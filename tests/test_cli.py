"""The words of the command line: what is understood, what is refused and how, and how soon."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

from nntui import __version__
from nntui.cli import COMMANDS
from tests.commandline.running import COMMAND, ROOT, Nntui, finish, start
from tests.harness.patience import PATIENCE


@pytest.fixture
def nntui(capsys: pytest.CaptureFixture[str]) -> Nntui:
    return Nntui(capsys)


@pytest.mark.parametrize("words", [(), *((name,) for name in COMMANDS)])
@pytest.mark.parametrize("option", ["--help", "-h"])
def test_help_has_examples(nntui: Nntui, words: tuple[str, ...], option: str) -> None:
    said = nntui(*words, option)
    assert said.status == 0
    assert "examples:" in said.out
    assert f"  nntui {' '.join(words)}".rstrip() in said.out


def test_help_names_every_command_and_status(nntui: Nntui) -> None:
    out = nntui("--help").out
    for word in (
        *COMMANDS,
        "--set",
        "--seed",
        "--threads",
        "--glyphs",
        "--fps",
        "--paused",
        "--config",
        "--pace",
        "130",
    ):
        assert word in out


def test_version(nntui: Nntui) -> None:
    assert nntui("--version").out == f"nntui {__version__}\n"


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["train", "--help"], ["list", "--help"], ["trian", "x"]])
def test_help_imports_nothing_that_takes_time(words: list[str]) -> None:
    code = (
        "import atexit, sys; atexit.register(lambda: sys.stderr.write('|' + ' '.join(sys.modules)));"
        f"from nntui.cli import main; sys.exit(main({words!r}))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    loaded = {name.split(".")[0] for name in done.stderr.split("|")[-1].split()}
    assert "argparse" in loaded
    assert not loaded & {"numpy", "textual", "rich", "plotext", "tomllib", "asyncio", "json", "dataclasses", "inspect"}


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("trian", "xor"), 'did you mean "nntui train xor"?'),
        (("lrrange", "xor"), 'did you mean "nntui lr-range xor"?'),
        (("--sed", "3"), 'did you mean "--seed"?'),
        (("train", "xor", "--jsn"), 'did you mean "--json"?'),
        (("xor", "--json"), "nntui train"),
        (("train", "xor", "--paused"), '"--paused" is an option of "nntui"'),
        (("train", "xor", "digits"), '"digits"'),
        (("--glyphs", "brail"), 'did you mean "braille"?'),
        (("--fps", "0"), "from 1 to 60"),
        (("--fps", "nan"), "from 1 to 60"),
        (("--pace", "-1"), '"-1"'),
        (("train", "xor", "--pace", "nan"), "epochs a second"),
        (("train", "xor", "--pace", "fast"), "epochs a second"),
        (("train", "xor", "--seed", "-1"), "a seed"),
        (("train", "xor", "--seed", "1.5"), "a seed"),
        (("train", "xor", "--seed", "9" * 5000), "a seed"),
        (("train", "xor", "--epochs", "0"), "a number of epochs"),
        (("train", "xor", "--threads", "none"), "a number of threads"),
        (("train",), "PRESET"),
        (("check",), "PRESET"),
        (("train", "xor", "--set"), "--set"),
        (("list", "--everything"), "--everything"),
    ],
)
def test_what_is_wrong_is_one_line_with_a_hint(nntui: Nntui, words: tuple[str, ...], hint: str) -> None:
    said = nntui(*words)
    assert said.status == 2
    assert said.out == ""
    assert len(said.faults) == 1
    assert hint in said.err


def test_the_dashboard_needs_a_terminal() -> None:
    for words in ((), ("digits",), ("nosuch",)):
        said = finish(start(*words))
        assert said.status == 2
        assert len(said.faults) == 1
        assert "terminal" in said.err


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("spirls",), 'did you mean "spirals"?'),
        (("trian",), 'the command "nntui train"'),
        (("xor", "--set", "optimizer.nmae=adam"), 'did you mean "optimizer.name"?'),
        (("xor", "--config", "/nowhere/config.toml"), "/nowhere/config.toml"),
    ],
)
def test_in_a_terminal_bad_input_is_told_and_leaves_no_child(words: tuple[str, ...], hint: str) -> None:
    from tests.harness.terminal import Terminal

    with Terminal([*COMMAND, *words], columns=200, rows=10, cwd=ROOT) as terminal:
        terminal.wait_for(lambda text: hint in text.replace("\n", ""))
        assert terminal.wait_exit() == 2
        assert "Traceback" not in terminal.text
        assert terminal.family() == []


@pytest.mark.skipif(importlib.util.find_spec("argcomplete") is None, reason="the extra completion is not installed")
@pytest.mark.skipif(sys.platform == "win32", reason="needs a shell's file descriptors")
@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("nntui dig", {"digits"}),
        ("nntui train dig", {"digits"}),
        ("nntui tr", {"train"}),
        ("nntui com", {"compare"}),
        ("nntui export last --to on", {"onnx"}),
        ("nntui compare last --by s", {"step", "seconds"}),
        ("nntui resume 2026", {"20260101-000000-xor-0001"}),
        ("nntui compare last 2026", {"20260101-000000-xor-0001"}),
        ("nntui runs r", {"rm"}),
        ("nntui runs rm 2026", {"20260101-000000-xor-0001"}),
        ("nntui replay --runs /nowhere 2026", set()),
    ],
)
def test_the_shell_is_answered(line: str, expected: set[str], tmp_path: Path) -> None:
    (tmp_path / "20260101-000000-xor-0001").mkdir()
    read, write = os.pipe()
    environment = {
        **os.environ, "_ARGCOMPLETE": "1", "COMP_LINE": line, "COMP_POINT": str(len(line)), "_ARGCOMPLETE_IFS": "\n",
        "_ARGCOMPLETE_STDOUT_FILENAME": f"/dev/fd/{write}", "NNTUI_RUNS": str(tmp_path),
    }  # fmt: skip
    subprocess.run([*COMMAND], env=environment, pass_fds=(write,), cwd=ROOT, check=False, timeout=PATIENCE)
    os.close(write)
    with os.fdopen(read) as answer:
        assert {word.strip() for word in answer.read().split("\n") if word.strip()} == expected
