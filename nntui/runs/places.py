"""Where recordings lie, and what they are called."""

from __future__ import annotations

import contextlib
import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

VARIABLE = "NNTUI_RUNS"  # an environment variable that names the folder
_SECOND, _NEXT = "%Y%m%d-%H%M%S", timedelta(seconds=1)
_ID = re.compile(r"\d{8}-\d{6}-[a-z0-9-]+")


def is_identifier(text: str) -> bool:
    """Whether a run may be called so; then it is a name and no path."""
    return _ID.fullmatch(text) is not None


def runs_folder(given: str | os.PathLike[str] | None = None) -> Path:
    """The folder of all runs: the one given, that of the environment, or the platform's for the state of programs."""
    wanted = given or os.environ.get(VARIABLE)
    if wanted:
        return Path(os.path.expanduser(wanted)).absolute()
    from platformdirs import user_state_path

    return user_state_path("nntui", appauthor=False) / "runs"


def new_id(preset: str, runs: Path | None = None) -> str:
    """A name for a run: when it began (UTC), what it trains, the thousandth of the second and three random digits.

    Later ones sort behind. Where they would not, since another preset began in the same second or the clock was set
    back, the name says the second after the newest run's.

    Args:
        runs: the folder of all runs.
    """
    now = datetime.now(UTC)
    name = _named(now, preset)
    newest = "" if runs is None else _newest(runs)
    if name > newest:
        return name
    with contextlib.suppress(ValueError, OverflowError):  # no moment that there is, or the last one
        return _named(datetime.strptime(newest[:15], _SECOND).replace(microsecond=now.microsecond) + _NEXT, preset)
    return name


def _named(moment: datetime, preset: str) -> str:
    return f"{moment:{_SECOND}}-{slug(preset)}-{moment.microsecond // 1000:03x}{os.urandom(2).hex()[:3]}"


def _newest(runs: Path) -> str:
    """The name of the run that sorts last; empty where there is none."""
    with contextlib.suppress(OSError):
        return max((entry.name for entry in os.scandir(runs) if is_identifier(entry.name)), default="")
    return ""


def slug(text: str) -> str:
    """Small letters, digits and dashes, at most 24."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:24].strip("-") or "untitled"
