"""Where recordings lie, and what they are called."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime
from pathlib import Path

VARIABLE = "NNTUI_RUNS"  # an environment variable that names the folder


def runs_folder(given: str | os.PathLike[str] | None = None) -> Path:
    """The folder of all runs: the one given, that of the environment, or the platform's for the state of programs."""
    wanted = given or os.environ.get(VARIABLE)
    if wanted:
        return Path(os.path.expanduser(wanted)).absolute()
    from platformdirs import user_state_path

    return user_state_path("nntui", appauthor=False) / "runs"


def new_id(preset: str) -> str:
    """A name for a run: when it began (UTC), what it trains, the thousandth of the second and three random digits.

    Later ones sort behind; of the same second, those of the same preset.
    """
    now = datetime.now(UTC)
    return f"{now:%Y%m%d-%H%M%S}-{slug(preset)}-{now.microsecond // 1000:03x}{os.urandom(2).hex()[:3]}"


def slug(text: str) -> str:
    """Small letters, digits and dashes, at most 24."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:24].strip("-") or "untitled"
