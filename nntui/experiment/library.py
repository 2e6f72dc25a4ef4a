"""The presets that come with the program: where they are, and finding one by its name."""

from __future__ import annotations

import os
from pathlib import Path

from nntui.experiment.messages import did_you_mean, listed, shown
from nntui.experiment.preset import Fault, PresetError

DEFAULT_PRESET = "spirals"


def preset_folder() -> Path:
    """Where the presets lie: inside the installed package, or beside it (an editable install, a checkout)."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "presets"
    return inside if inside.is_dir() else package.parent / "presets"


def list_presets() -> list[tuple[str, Path]]:
    """(name, file) of every preset that comes with the program, by name."""
    return sorted((file.stem, file) for file in preset_folder().glob("*.toml"))


def find_preset(wanted: str | os.PathLike[str]) -> Path:
    """The file of a preset, given its name or a path.

    What looks like a path (it has a separator or ends in .toml) is one; a name is looked for among the presets first
    and then as a file.

    Raises:
        PresetError: there is none; with the names that come nearest.
    """
    word = os.fspath(wanted)
    presets = dict(list_presets())
    looks_like_path = word.endswith(".toml") or os.sep in word or bool(os.altsep and os.altsep in word)
    path = Path(os.path.expanduser(word))
    if word in presets:
        return presets[word]
    if os.path.exists(path) and (looks_like_path or os.path.isfile(path)):
        return path
    name = path.name.removesuffix(".toml") if looks_like_path else word
    what = "no such file" if looks_like_path else "no such preset"
    message = f"{what}; the presets are {listed(presets)}{did_you_mean(name, presets)}"
    raise PresetError((Fault(shown(word)[1:-1] or '""', 0, "", message),))
