"""The config file: what it may say, and what is said of it when it is wrong."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from nntui.tui.config import VARIABLE, Config, ConfigFaults, config_path, load_config


def write(folder: Path, text: str) -> Path:
    file = folder / "config.toml"
    file.write_text(text, encoding="utf-8")
    return file


def faults(folder: Path, text: str) -> list[str]:
    """What is wrong, a line each, without the file's name."""
    file = write(folder, text)
    with pytest.raises(ConfigFaults) as caught:
        load_config(file)
    return [str(fault).removeprefix(str(file)) for fault in caught.value.faults]


def test_everything_that_can_be_said(tmp_path: Path) -> None:
    config = load_config(
        write(
            tmp_path,
            """
            theme = "nord"
            glyphs = "ascii"
            frames_per_second = 30
            [keys]
            run.pause = "f5"
            "run.epoch" = ["j", "ctrl+down"]
            change.presets = []
            """,
        )
    )
    assert config == Config(
        keys={"run.pause": ("f5",), "run.epoch": ("j", "ctrl+down"), "change.presets": ()},
        theme="nord",
        glyphs="ascii",
        frames_per_second=30.0,
    )
    assert {action.id: action.keys for action in config.actions}["run.pause"] == ("f5",)


def test_an_empty_file_says_nothing(tmp_path: Path) -> None:
    assert load_config(write(tmp_path, "# nothing yet\n")) == Config()


def test_without_a_file_the_defaults_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platformdirs.user_config_path", lambda name: tmp_path / name)
    assert config_path({}) == tmp_path / "nntui" / "config.toml"
    assert load_config(environment={}) == Config()


def test_the_environment_names_a_file(tmp_path: Path) -> None:
    file = write(tmp_path, 'glyphs = "block"')
    assert load_config(environment={VARIABLE: str(file)}).glyphs == "block"


@pytest.mark.parametrize("named_by", ["argument", "environment"])
def test_a_file_asked_for_must_be_there(tmp_path: Path, named_by: str) -> None:
    file = tmp_path / "absent.toml"
    with pytest.raises(ConfigFaults, match=r"absent\.toml"):
        load_config(file if named_by == "argument" else None, {VARIABLE: str(file)})


def test_a_folder_is_no_config(tmp_path: Path) -> None:
    with pytest.raises(ConfigFaults, match="folder"):
        load_config(tmp_path)


def test_text_that_is_not_utf_8(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_bytes(b'theme = "nord"\nglyphs = "\xff"\n')
    with pytest.raises(ConfigFaults, match=r"config\.toml:2: .*UTF-8"):
        load_config(file)


@pytest.mark.parametrize(
    ("text", "line", "parts"),
    [
        ('tehme = "nord"', 1, ["tehme", "unknown key", 'did you mean "theme"?']),
        ('theme = "nrod"', 1, ["theme", "unknown theme", 'did you mean "nord"?']),
        ("theme = 3", 1, ["theme", "whole number"]),
        ('\nglyphs = "brail"', 2, ["glyphs", 'did you mean "braille"?']),
        ("frames_per_second = 0", 1, ["frames_per_second", "too small", "1"]),
        ("frames_per_second = 61.5", 1, ["frames_per_second", "too large", "60"]),
        ("frames_per_second = nan", 1, ["frames_per_second", "finite"]),
        ('frames_per_second = "30"', 1, ["frames_per_second", "text"]),
        ("keys = 3", 1, ["keys", "[keys]"]),
        ('[keys]\nrun.puase = "x"', 2, ["keys.run.puase", "unknown action", 'did you mean "run.pause"?']),
        ('[keys]\n"look.smoothign" = "x"', 2, ["keys.look.smoothign", 'did you mean "look.smoothing"?']),
        ('[keys]\nrun.pause = "spcae"', 2, ["keys.run.pause", "spcae", "not a key"]),
        ('[keys]\nrun.pause = "ctrl+i"', 2, ["keys.run.pause", "tab"]),
        ("[keys]\nrun.pause = 5", 2, ["keys.run.pause", "allowed is a key"]),
        ('[keys]\nrun.pause = ["x", 5]', 2, ["keys.run.pause", "allowed is a key"]),
        ('[keys]\nrun.pause = "x"\nrun.epoch = "x"', 3, ["keys.run.epoch", "already the key of run.pause"]),
        ('[keys]\nrun.pause = "x"\n"run.pause" = "y"', 3, ["keys.run.pause", "given twice"]),
        ('theme = "nord', 1, ["not TOML"]),
        ('theme = "nord"\ntheme = "dracula"', 2, ["twice"]),
    ],
)
def test_one_fault_with_its_line(tmp_path: Path, text: str, line: int, parts: list[str]) -> None:
    (found,) = faults(tmp_path, text)
    assert found.startswith(f":{line}: ")
    for part in parts:
        assert part in found


def test_all_faults_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    found = faults(
        tmp_path, 'glyphs = "x"\nframes_per_second = -1\ncolour = 1\n[keys]\nrun.pause = ""\nrun.jump = "j"\n'
    )
    assert [text.split(":")[1] for text in found] == ["1", "2", "3", "5", "6"]


def test_a_key_may_be_given_twice_to_one_action(tmp_path: Path) -> None:
    assert load_config(write(tmp_path, '[keys]\nrun.pause = ["x", "x"]')).keys == {"run.pause": ("x",)}


def test_reading_the_config_imports_neither_numpy_nor_textual() -> None:
    code = "import sys, nntui.tui.config; print(sorted({'numpy', 'textual', 'rich'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
