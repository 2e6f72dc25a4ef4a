"""The presets that come with the program: where they are, and finding one by its name."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from nntui.experiment.messages import did_you_mean, listed, shown
from nntui.experiment.preset import Fault, PresetError

DEFAULT_PRESET = "spirals"

TOPICS: Mapping[str, tuple[str, ...]] = {
    "start here": ("spirals", "one-neuron", "xor", "learning-rate"),
    "data": ("linear-regression", "waves", "digits", "what-a-neuron-learns"),
    "starting weights": (
        "zero-init", "zero-init-stuck", "constant-init", "he-or-xavier", "loss-at-start", "lucky-seed",
    ),
    "activations": ("linear-collapse", "linear-collapse-spirals", "saturated-tanh", "dying-relu",
                    "dying-relu-one-layer"),
    "gradients": ("chain-rule", "vanishing-gradient", "vanishing-despite-xavier", "exploding-gradient"),
    "loss": ("squared-or-cross-entropy", "maximise"),
    "learning rate": ("range-test", "divergence", "schedules", "step-decay", "cyclical", "adaptive-rates"),
    "overfitting": ("overfitting", "overfit-twenty"),
}  # fmt: skip
"""The presets that come with the program by what they are about: the order in which lists show them."""
_PLACES = {name: (topic, place) for place, (topic, name) in enumerate(
    (topic, name) for topic, names in TOPICS.items() for name in names
)}  # fmt: skip


def preset_folder() -> Path:
    """Where the presets lie: inside the installed package, or beside it (an editable install, a checkout)."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "presets"
    return inside if inside.is_dir() else package.parent / "presets"


def list_presets() -> list[tuple[str, Path]]:
    """(name, file) of every preset that comes with the program, by topic; those of none come last, by name."""
    found = sorted((file.stem, file) for file in preset_folder().glob("*.toml"))
    return sorted(found, key=lambda preset: _PLACES.get(preset[0], ("", len(_PLACES)))[1])


def topic_of(name: str) -> str:
    """What a preset that comes with the program is about, as one of ``TOPICS``; empty if it has none."""
    return _PLACES.get(name, ("", 0))[0]


def _may_exist(path: Path) -> bool:
    """Whether there is such a file, or none may know: then reading it says why."""
    try:
        os.stat(path)
    except PermissionError:
        return True
    except (OSError, ValueError):
        return False
    return True


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
    if (looks_like_path and _may_exist(path)) or os.path.isfile(path):
        return path
    name = path.name.removesuffix(".toml") if looks_like_path else word
    what = "no such file" if looks_like_path else "no such preset"
    message = f"{what}; the presets are {listed(sorted(presets))}{did_you_mean(name, presets)}"
    raise PresetError((Fault(shown(word)[1:-1] or '""', 0, "", message),))
