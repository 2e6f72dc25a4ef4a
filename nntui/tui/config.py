"""The config file: keys, theme, glyphs, frame rate. Checked as a preset is: every fault at once, each with its line.

::

    theme = "nord"
    glyphs = "block"
    frames_per_second = 30
    runs = "~/runs"

    [keys]
    run.pause = "f5"
    look.log_axis = ["l", "y"]
    run.new_seed = []          # no key

Neither NumPy nor Textual is imported by this module itself.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from nntui.experiment import InvalidValue, Parameter
from nntui.experiment.messages import did_you_mean, kind_of, listed, shown
from nntui.experiment.toml_file import Fault, PresetError, first_faults, parse_toml, read_text
from nntui.tui.bindings import ACTIONS, Action, key_fault, rebound

VARIABLE = "NNTUI_CONFIG"
GLYPHS = ("auto", "braille", "block", "ascii")
_ACTION_IDS = tuple(action.id for action in ACTIONS)
_ROWS = {
    "theme": Parameter("config.theme", "", "The colors.", "choice"),
    "glyphs": Parameter("config.glyphs", "auto", "The characters to draw with.", "choice", choices=GLYPHS),
    "frames_per_second": Parameter("config.frames_per_second", 20.0, "How often to draw.", low=1.0, high=60.0),
    "runs": Parameter("config.runs", "", "The folder of recorded runs.", "text"),
}
_Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Config:
    """What a person set for all runs.

    Attributes:
        keys: action id → its keys, for the actions that the file names.
        theme: one of Textual's, or empty for its default.
        glyphs: one of ``GLYPHS``.
        frames_per_second: None where the program decides.
        runs: the folder of recorded runs, an absolute path; empty where the program decides.
    """

    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    theme: str = ""
    glyphs: str = "auto"
    frames_per_second: float | None = None
    runs: str = ""

    @property
    def actions(self) -> tuple[Action, ...]:
        """The table of keys with those of the file."""
        return rebound(self.keys)


class ConfigFaults(Exception):  # noqa: N818 - it is all of a file's faults, not one error
    """The config file cannot be used; ``faults`` has all that is wrong with it, in the order of the file."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        self.faults = first_faults(faults)
        super().__init__("\n".join(map(str, self.faults)))


def config_path(environment: Mapping[str, str] | None = None) -> Path:
    """Where the config file is looked for: ``$NNTUI_CONFIG``, else the platform's config directory."""
    environment = os.environ if environment is None else environment
    if environment.get(VARIABLE):
        return Path(os.path.expanduser(environment[VARIABLE]))
    from platformdirs import user_config_path

    return user_config_path("nntui") / "config.toml"


def load_config(path: str | os.PathLike[str] | None = None, environment: Mapping[str, str] | None = None) -> Config:
    """The config of a file; the defaults where none was asked for and there is none.

    Args:
        path: as given on the command line, or None for `config_path`.

    Raises:
        ConfigFaults: with every fault.
    """
    read = _read(path, environment)
    if read is None:
        return Config()
    check, tree = read
    config = check.config(tree)
    check.done()
    return config


def load_runs(path: str | os.PathLike[str] | None = None, environment: Mapping[str, str] | None = None) -> str:
    """``runs`` of a config, whatever else is in it; arguments and result are those of `load_config`.

    Raises:
        ConfigFaults: the file, or that value, cannot be read.
    """
    read = _read(path, environment)
    if read is None:
        return ""
    check, tree = read
    runs = check.runs(tree)
    check.done()
    return runs


def _read(
    path: str | os.PathLike[str] | None, environment: Mapping[str, str] | None
) -> tuple[_Check, Mapping[str, object]] | None:
    """The file's content, and what collects its faults; None where none was asked for and there is none."""
    environment = os.environ if environment is None else environment
    file = Path(os.path.expanduser(path)) if path is not None else config_path(environment)
    if path is None and VARIABLE not in environment and not os.path.lexists(file):
        return None
    try:
        text = read_text(file)
    except PresetError as error:
        raise ConfigFaults(error.faults) from None
    tree, lines, broken = parse_toml(file, text)
    return _Check(str(file), lines, list(broken)), tree or {}


class _Check:
    """Collects the faults of one file."""

    def __init__(self, file: str, lines: Mapping[_Place, int], faults: list[Fault]) -> None:
        self.faults = faults
        self._file = file
        self._lines = lines

    def fault(self, place: _Place, message: str) -> None:
        line = next((self._lines[place[:end]] for end in range(len(place), 0, -1) if place[:end] in self._lines), 1)
        self.faults.append(Fault(self._file, line, ".".join(map(str, place)), message))

    def done(self) -> None:
        """All is checked.

        Raises:
            ConfigFaults: there are faults.
        """
        if self.faults:
            raise ConfigFaults(tuple(sorted(self.faults, key=lambda fault: fault.line)))

    def runs(self, tree: Mapping[str, object]) -> str:
        """The folder of recorded runs; a relative one is beside the file."""
        given = str(self._value(tree, "runs", lambda row: row) or "")
        return str((Path(self._file).absolute().parent / os.path.expanduser(given)).absolute()) if given else ""

    def config(self, tree: Mapping[str, object]) -> Config:
        known = (*_ROWS, "keys")
        for name in tree:
            if name not in known:
                self.fault((name,), f"unknown key; allowed are {listed(known)}{did_you_mean(name, known)}")
        rate = self._value(tree, "frames_per_second", lambda row: row)
        return Config(
            keys=self._keys(tree.get("keys", {})),
            theme=str(self._value(tree, "theme", _with_themes) or ""),
            glyphs=str(self._value(tree, "glyphs", lambda row: row) or "auto"),
            frames_per_second=rate if isinstance(rate, float) else None,
            runs=self.runs(tree),
        )

    def _value(self, tree: Mapping[str, object], name: str, complete: Callable[[Parameter], Parameter]) -> object:
        if name not in tree:
            return None
        try:
            return complete(_ROWS[name]).check(tree[name])
        except InvalidValue as error:
            self.fault((name,), str(error))
            return None

    def _keys(self, table: object) -> dict[str, tuple[str, ...]]:
        if not isinstance(table, Mapping):
            self.fault(("keys",), f"{shown(table)} is {kind_of(table)}; allowed is a section, [keys]")
            return {}
        result: dict[str, tuple[str, ...]] = {}
        holders: dict[str, str] = {}
        for place, id, value in _flat(table):
            if id not in _ACTION_IDS:
                hint = did_you_mean(id, _ACTION_IDS) or f"; allowed are {listed(_ACTION_IDS)}"
                self.fault(place, f"unknown action{hint}")
            elif id in result:
                self.fault(place, "action given twice")
            else:
                result[id] = self._keys_of(place, id, value, holders)
        return result

    def _keys_of(self, place: _Place, id: str, value: object, holders: dict[str, str]) -> tuple[str, ...]:
        keys = [value] if isinstance(value, str) else value
        if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
            self.fault(place, f"{shown(value)} is {kind_of(value)}; allowed is a key, or a list of keys")
            return ()
        for key in keys:
            holder = holders.setdefault(key, id)
            if problem := key_fault(key):
                self.fault(place, problem)
            elif holder != id:
                self.fault(place, f'"{key}" is already the key of {holder}')
        return tuple(dict.fromkeys(keys))


def _flat(table: Mapping[str, object]) -> Iterator[tuple[_Place, str, object]]:
    """Each entry of ``[keys]`` with its place and action id, written ``run.pause`` or ``"run.pause"``."""
    for name, value in table.items():
        if isinstance(value, Mapping):
            for place, id, inner in _flat(value):
                yield ("keys", name, *place[1:]), f"{name}.{id}", inner
        else:
            yield ("keys", name), name, value


def _with_themes(row: Parameter) -> Parameter:
    from dataclasses import replace

    from textual.theme import BUILTIN_THEMES

    from nntui.tui.theme import OWN_THEMES

    return replace(row, choices=tuple(sorted((*BUILTIN_THEMES, *OWN_THEMES))))
