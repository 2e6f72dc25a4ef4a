"""The names of files that are written: presets, pictures."""

from __future__ import annotations

import os
import re
from pathlib import Path


def slug(name: str) -> str:
    """A name as part of a file's: ``two-spirals``."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "network"


def preset_file(name: str) -> Path:
    """The file of a preset called this, in the present folder where no other is given."""
    path = Path(os.path.expanduser(name))
    return path if path.suffix == ".toml" else path.with_name(f"{path.name}.toml")


def unused(folder: Path, name: str, endings: tuple[str, ...]) -> tuple[Path, ...]:
    """Paths of this name and these endings, none of which exists."""
    for number in range(1, 10_000):
        numbered = name if number == 1 else f"{name}-{number}"
        paths = tuple(folder / f"{numbered}{ending}" for ending in endings)
        if not any(os.path.lexists(path) for path in paths):
            return paths
    raise OSError("too many pictures")
