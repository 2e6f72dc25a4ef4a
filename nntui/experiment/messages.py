"""Words for faults: values shown safely, and the nearest name that exists."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from nntui.escaping import escaped

_LONGEST = 40


def shown(value: object) -> str:
    """A value as a person would write it, on one line, cut short where it is long."""
    if isinstance(value, str):
        return f'"{escaped(value[:_LONGEST])}…"' if len(value) > _LONGEST else f'"{escaped(value)}"'
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value) if value.bit_length() <= 80 else f"a whole number of {value.bit_length()} bits"
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, list | tuple):
        inner = ", ".join(shown(item) for item in value[:6])
        return f"[{inner}{', …' if len(value) > 6 else ''}]"
    if isinstance(value, dict):
        return "a table"
    return shown(str(value))


def kind_of(value: object) -> str:
    """What a value is, as TOML calls it in plain words."""
    if isinstance(value, bool):
        return "a yes-or-no value"
    names: tuple[tuple[type | tuple[type, ...], str], ...] = (
        (int, "a whole number"),
        (float, "a number"),
        (str, "text"),
        ((list, tuple), "a list"),
        (dict, "a section"),
    )
    return next((name for kind, name in names if isinstance(value, kind)), "a date or time")


def described(value: object) -> str:
    """``"abc" is text``"""
    return "this is a section" if isinstance(value, dict) else f"{shown(value)} is {kind_of(value)}"


def nearest(name: str, names: Iterable[str], cutoff: float = 0.66) -> str | None:
    """The name meant, if one is close enough to be worth asking."""
    folded = {known.casefold(): known for known in reversed(list(names))}
    wanted = name.strip().casefold().replace("-", "_").replace(" ", "_")
    close = [wanted] if wanted in folded else get_close_matches(wanted, folded, n=1, cutoff=cutoff)
    if not close:
        begun = [known for known in folded if len(wanted) >= 2 and known.startswith(wanted)]
        close = begun if len(begun) == 1 else []
    return folded[close[0]] if close and folded[close[0]] != name else None


def did_you_mean(name: str, names: Iterable[str]) -> str:
    """``; did you mean "…"?``, or nothing."""
    meant = nearest(name, names)
    return f"; did you mean {shown(meant)}?" if meant is not None else ""


def listed(names: Iterable[str]) -> str:
    """a, b, c"""
    return ", ".join(names)
