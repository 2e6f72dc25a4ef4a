"""No text that others wrote reaches a terminal unfiltered: every command, and every line of the dashboard."""

from __future__ import annotations

import io
import json
import os
import sys
import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest
from textual.widgets import Static

from nntui.escaping import UNSAFE, EscapingStream, escaped, escaped_lines, write_raw
from nntui.experiment import Experiment
from nntui.runs.catalogue import list_runs
from nntui.runs.summary import read_summary
from tests.commandline.running import Nntui
from tests.tui.stage import stage

# What a terminal obeys, or does not show: in every field of every file below.
HOSTILE = "a\x1b[31mred\x07\x9b2J\r\u202eevil\u200b\u2028b\x7f"
INSIDE_TOML = json.dumps(HOSTILE)[1:-1].replace("\x7f", "\\u007f")
VISIBLE = {0x600, 0x601, 0x602, 0x603, 0x604, 0x605, 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD}


def is_harmless(text: str) -> bool:
    """Judged by what Unicode says of each character, not by the expression under test."""
    return not any(
        unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp") and ord(char) not in VISIBLE for char in text
    )


@pytest.fixture
def nntui(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Nntui:
    monkeypatch.setenv("NNTUI_RUNS", str(tmp_path / "runs"))
    return Nntui(capsys)


def table(folder: Path) -> Path:
    """A file of data whose columns and classes are hostile."""
    path = folder / "table.csv"
    head = f'"{HOSTILE}","x","kind"\n'
    path.write_text(head + "".join(f'{i},{i % 3},"{HOSTILE}{i % 2}"\n' for i in range(40)), "utf-8", newline="")
    return path


def preset(folder: Path) -> Path:
    table(folder)
    path = folder / "study.toml"
    lines = [f'name = "{INSIDE_TOML}"', "[data]", 'name = "csv"', 'path = "table.csv"', 'header = "yes"']
    path.write_text("\n".join([*lines, "[network]", "hidden = [4]", "[training]", "epochs = 3", ""]), "utf-8")
    return path


def test_every_character_that_controls_or_hides_is_escaped() -> None:
    for code in range(sys.maxunicode + 1):
        if not is_harmless(chr(code)) and not 0x13430 <= code <= 0x1343F:  # hieroglyphs joined: they are drawn
            assert UNSAFE.search(chr(code)), f"U+{code:04X}"
    for text in ("plain", "Grüße → 0.1 ²", "日本語", "naïve", "x\u0301"):
        assert escaped(text) == text
    assert escaped("a\nb\tc") == "a\\u000ab\\u0009c"
    assert escaped_lines("a\nb\tc\x1b") == "a\nb\tc\\u001b"


@pytest.mark.parametrize("text", [HOSTILE, "\U000e0041", "\U0001d173"])
def test_escapes_inside_json_stand_for_the_character(text: str) -> None:
    written = escaped_lines(json.dumps({"name": text}, ensure_ascii=False))
    assert is_harmless(written)
    assert json.loads(written) == {"name": text}


def test_a_stream_escapes_all_but_what_is_written_raw() -> None:
    out = io.StringIO()
    stream = EscapingStream(out)
    print("a\x1b", file=stream)
    stream.writelines(["b\x9b\n"])
    write_raw(stream, "\x1b[K")  # type: ignore[arg-type]
    write_raw(out, "\r")
    assert out.getvalue() == "a\\u001b\nb\\u009b\n\x1b[K\r"
    assert not stream.isatty()


def hostile_files(folder: Path) -> dict[str, str]:
    """Files in which every text is hostile, most with faults."""
    return {
        "keys.toml": f'"{INSIDE_TOML}" = 1\n[data]\nname = "{INSIDE_TOML}"\n["{INSIDE_TOML}"]\nx = "{INSIDE_TOML}"\n',
        "raw.toml": f"name = '{HOSTILE}'\n",
        "values.toml": f'[data]\nname = "xor"\n[optimizer]\nname = "{INSIDE_TOML}"\nlearning_rate = "{INSIDE_TOML}"\n',
        "path.toml": f'[data]\nname = "csv"\npath = "{INSIDE_TOML}.csv"\n',
        "target.toml": f'[data]\nname = "csv"\npath = "table.csv"\ntarget = "{INSIDE_TOML}"\n',
        "condition.toml": f'title = "T"\npreset = "xor"\n[[steps]]\ntext = "x"\nuntil = "{INSIDE_TOML} > 1"\n',
        "word.toml": f'title = "T"\npreset = "xor"\n[[steps]]\ntext = "x"\nuntil = "loss(\\"{INSIDE_TOML}\\") > 1"\n',
        "lesson.toml": f'title = "{INSIDE_TOML}"\npreset = "{INSIDE_TOML}"\nconcept = "{INSIDE_TOML}"\n'
        f'[[steps]]\ntext = "{INSIDE_TOML}"\nuntil = "{INSIDE_TOML}"\n[summary]\ntext = "{{{INSIDE_TOML}}}"\n',
        "challenge.toml": f'title = "{INSIDE_TOML}"\npreset = "{INSIDE_TOML}"\ngoal = "{INSIDE_TOML}"\n',
        "missing.toml": '[data]\nname = "csv"\npath = "missing.csv"\n',
        "ragged.toml": '[data]\nname = "csv"\npath = "ragged.csv"\n',
    }


def test_check_and_train_print_nothing_of_a_file_unfiltered(nntui: Nntui, tmp_path: Path) -> None:
    table(tmp_path)
    (tmp_path / "missing.csv").write_text(f'x,"{HOSTILE}"\n1,\n{HOSTILE},2\n3,4\n', "utf-8", newline="")
    (tmp_path / "ragged.csv").write_text(f'x,"{HOSTILE}"\n1\n"{HOSTILE}","2","{HOSTILE}"\n', "utf-8", newline="")
    for name, text in hostile_files(tmp_path).items():
        (tmp_path / name).write_text(text, "utf-8", newline="")
        for words in ("check", "train", "train --json", "learn", "train --seeds 2", "lr-range"):
            command, *options = words.split()
            said = nntui(command, tmp_path / name, *options)
            assert said.status == 2, (name, words, said)
            assert said.err
            assert is_harmless(said.out.replace("\n", "")), (name, words)
            assert is_harmless(said.err.replace("\n", "")), (name, words)


def test_arguments_are_echoed_escaped(nntui: Nntui) -> None:
    commands = ("check", "train", "learn", "lr-range", "replay", "resume", "export", "share", "compare", "open", "runs")
    for words in [[HOSTILE], *([command, HOSTILE] for command in commands)]:
        for more in ([], [f"--{HOSTILE}"], ["--set", f"{HOSTILE}={HOSTILE}"], ["--runs", HOSTILE]):
            said = nntui(*words, *more)
            assert said.status == 2, (words, more)
            assert is_harmless(said.out.replace("\n", "") + said.err.replace("\n", "")), (words, more)
            assert said.err.count("\n") == 1 or words == [HOSTILE], (words, more)


def test_runs_of_hostile_data_are_printed_escaped(nntui: Nntui, tmp_path: Path) -> None:
    file = preset(tmp_path)
    said = [nntui("train", file), nntui("train", file, "--json"), nntui("train", file, "--seeds", "2")]
    (first, *_) = [run.path for run in list_runs(tmp_path / "runs")]
    summary = json.loads((first / "summary.json").read_text())
    hostile = "a\u202eb"  # as another program may have written it
    for field in ("preset", "name", "created", "label", "group", "parent"):
        (first / "summary.json").write_text(json.dumps({**summary, field: hostile}))
        said += [nntui("runs"), nntui("runs", "--json"), nntui("compare", "last", first.name[:15])]
    (first / "summary.json").write_text(json.dumps(summary))
    assert replace(read_summary(first), label="")
    said += [nntui(*words, "last") for words in (["replay", "--verify"], ["export", "--to", "csv"], ["share"])]
    said += [nntui("export", "last", "--to", form, "--out", tmp_path / form) for form in ("npz", "safetensors", "onnx")]
    said += [nntui("export", "last", "--to", "preset"), nntui("resume", "last", "--headless", "--epochs", "4")]
    os.rename(first, first.parent / f"{first.name}\x1b[31m")
    said += [nntui("runs"), nntui("runs", "rm", first.name)]
    for one in said:
        assert is_harmless(one.out.replace("\n", "") + one.err.replace("\n", "")), one


async def test_the_dashboard_draws_nothing_that_controls_the_terminal() -> None:
    named = Experiment.from_dict({"data": {"name": "xor"}, "name": HOSTILE})
    async with stage(of=named) as on:
        await on.app.mount(Static(HOSTILE, markup=False), Static("\ud800" + HOSTILE * 20, markup=False))
        await on.pilot.pause()
        for key in ("1", "2", "3", "question_mark", "escape"):
            await on.press(key)
            drawn = [segment.text for line in on.app.screen._compositor.render_strips() for segment in line]
            assert is_harmless("".join(drawn))
            assert "red" in "".join(drawn) or key == "question_mark"


@pytest.mark.slow
@pytest.mark.parametrize("view", ["overview", "predictions"])
def test_a_picture_of_a_hostile_run_has_no_control_characters(nntui: Nntui, tmp_path: Path, view: str) -> None:
    assert nntui("train", preset(tmp_path)).status == 0
    picture = tmp_path / "picture.svg"
    assert nntui("export", "last", "--to", "svg", "--view", view, "--out", picture).status == 0
    assert is_harmless(picture.read_text(encoding="utf-8").replace("\n", ""))
