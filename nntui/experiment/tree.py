"""From nested dictionaries (a preset, a message) to an experiment, with every fault found on the way."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from nntui.experiment.experiment import Experiment, not_taken
from nntui.experiment.fitting import misfits
from nntui.experiment.messages import described, did_you_mean, listed, nearest, shown
from nntui.experiment.parameter import InvalidValue, Parameter, Value
from nntui.experiment.settings import (
    DataSettings,
    LayerSettings,
    LossSettings,
    NetworkSettings,
    OptimizerSettings,
    RegularizationSettings,
    ScheduleSettings,
    TrainingSettings,
)
from nntui.experiment.table import LAYER_PARAMETERS, PARAMETERS, SECTIONS, parameter, suggest

Path = tuple[str | int, ...]

_WORDS = ("name", "about", "watch", "try", "question", "answer")
_MENDED = "mended"
_KINDS: Mapping[str, Any] = {
    "data": DataSettings,
    "network": NetworkSettings,
    "loss": LossSettings,
    "optimizer": OptimizerSettings,
    "schedule": ScheduleSettings,
    "regularization": RegularizationSettings,
    "training": TrainingSettings,
}
_MOST_LAYERS = 200
_MOST_PROBLEMS = 50
_MOST_KEYS = 4  # of a dotted name


@dataclass(frozen=True, slots=True)
class Problem:
    """A fault at a place in the tree: ``path`` has keys and list positions (from 0), ``name`` is for people."""

    path: Path
    name: str
    message: str


def read_tree(
    tree: Mapping[str, Any], name: str = "untitled", *, recorded: bool = False
) -> tuple[Experiment | None, list[Problem]]:
    """The experiment of a tree, or None and everything that is wrong with it.

    Args:
        tree: as TOML or JSON gives it.
        name: of the experiment where the tree does not say.
        recorded: written by nntui, perhaps an older one, rather than by a person.
    """
    if recorded:
        tree = _with_data_seed(tree)
    reader = _Reader()
    try:
        experiment = _read(reader, tree, name)
    except _EnoughError:
        return None, reader.problems
    return (None if reader.problems else experiment), reader.problems


def _read(reader: _Reader, tree: Mapping[str, Any], name: str) -> Experiment:
    words = {key: reader.word(key, tree[key]) for key in _WORDS if key in tree}
    sections = {section: reader.section(section, tree.get(section, {})) for section in SECTIONS}
    reader.unknown_sections(tree)
    if not isinstance(tree.get("data", {}), Mapping) or "name" not in tree.get("data", {}):
        reader.missing_data(tree)
    experiment = Experiment(
        name=words.get("name", _writable(name)),
        about=words.get("about", ""),
        watch=words.get("watch", ""),
        try_=words.get("try", ""),
        question=words.get("question", ""),
        answer=words.get("answer", ""),
        mended=reader.mended(tree.get(_MENDED, {})),
        **sections,
    )
    reader.strange_options(experiment)
    reader.misfits(experiment)
    return experiment


def _with_data_seed(tree: Mapping[str, Any]) -> Mapping[str, Any]:
    """The tree with a seed of its data: before ``data.seed`` existed, ``training.seed`` drew the data as well.

    What nntui writes has every field, so ``test_share`` without ``seed`` was written then.
    """
    data, training = tree.get("data"), tree.get("training")
    if not isinstance(data, Mapping) or not isinstance(training, Mapping):
        return tree
    if "seed" in data or "test_share" not in data or "seed" not in training:
        return tree
    return {**tree, "data": {**data, "seed": training["seed"]}}


def _writable(text: str) -> str:
    """Text that can be written as UTF-8: names of files may hold bytes, and JSON halves of characters, that cannot."""
    return text.encode("utf-8", "replace").decode()


def dotted(path: Path) -> str:
    """``network.layers.2.activation``: keys quoted where TOML would need it, positions from 1."""
    return ".".join(_key(part) if isinstance(part, str) else str(part + 1) for part in path)


def _key(part: str) -> str:
    return part if re.fullmatch(r"[A-Za-z0-9_-]{1,60}", part) else shown(part)


def _leaves(content: Mapping[str, Any], above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """(keys, value) of everything in nested dictionaries that is none itself."""
    for key, value in content.items():
        if isinstance(value, Mapping) and len(above) < _MOST_KEYS:
            yield from _leaves(value, (*above, key))
        else:
            yield (*above, key), value


class _EnoughError(Exception):
    """So much is wrong with a tree that more is not looked for: each fault takes a search for what was meant."""


class _Reader:
    """Collects problems while it reads one tree."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def fault(self, path: Path, message: str, name: str = "") -> None:
        self.problems.append(Problem(path, name or dotted(path), message))
        if len(self.problems) == _MOST_PROBLEMS:
            self.problems.append(Problem(path, "", "more faults may follow; fix these first"))
            raise _EnoughError

    def word(self, key: str, value: object) -> str:
        if isinstance(value, str):
            return _writable(value.strip())
        self.fault((key,), f"{described(value)}; allowed is text")
        return ""

    def unknown_sections(self, tree: Mapping[str, Any]) -> None:
        known = (*_WORDS, *SECTIONS, _MENDED)
        for key in tree:
            if key in known:
                continue
            meant = nearest(key, known) or suggest(key)
            hint = f"; did you mean {shown(meant)}?" if meant else ""
            section = isinstance(tree[key], Mapping)
            what, allowed = ("section", (*SECTIONS, _MENDED)) if section else ("key", _WORDS)
            self.fault((key,), f"unknown {what}; allowed are {listed(allowed)}{hint}")

    def missing_data(self, tree: Mapping[str, Any]) -> None:
        if isinstance(tree.get("data", {}), Mapping):
            self.fault(("data", "name"), f"missing; allowed are {PARAMETERS['data.name'].allowed}")

    def section(self, section: str, content: object) -> Any:
        """The settings of a section, as far as they can be read."""
        kind = _KINDS[section]
        if not isinstance(content, Mapping):
            self.fault((section,), f"{described(content)}; allowed is a section, [{section}]")
            return kind()
        given: dict[str, Any] = {}
        options: dict[str, Value] = {}
        for key, value in content.items():
            if section == "network" and key == "layers":
                given["layers"] = self.layers(value, "hidden" in content)
                continue
            row = PARAMETERS.get(f"{section}.{key}")
            if row is None:
                self.unknown_key(section, key, [each.label for each in PARAMETERS.values() if each.section == section])
                continue
            checked = self.value((section, key), row, value)
            if checked is not None:
                (options if row.used_by else given)[key] = checked
        if "hidden" in given:
            hidden = given.pop("hidden")
            given.setdefault("layers", tuple(map(LayerSettings, hidden)))
        if options:
            given["options"] = options
        return kind(**given)

    def unknown_key(self, section: str, key: str, known: list[str]) -> None:
        known = [*known, "layers"] if section == "network" else known
        meant = nearest(key, known) or suggest(f"{section}.{key}")
        meant = meant.removeprefix(f"{section}.") if meant else None
        hint = f"; did you mean {shown(meant)}?" if meant else ""
        always = [each.label for each in PARAMETERS.values() if each.section == section and not each.used_by]
        allowed = "" if hint else f"; allowed are {listed(always)} and the options of what is chosen"
        self.fault((section, key), f"unknown key{allowed}{hint}")

    def value(self, path: Path, row: Parameter, value: object) -> Value | None:
        """The value checked; None where it is not allowed (the faults of a list are found one by one)."""
        if isinstance(value, list | tuple) and row.kind in ("ints", "choices"):
            before = len(self.problems)
            for index, item in enumerate(value[:1000]):
                try:
                    row.check([item])
                except InvalidValue as error:
                    self.fault((*path, index), str(error), dotted(path))
            if len(self.problems) > before:
                return None
        try:
            return row.check(value)
        except InvalidValue as error:
            self.fault(path, str(error))
            return None

    def layers(self, content: object, also_hidden: bool) -> tuple[LayerSettings, ...]:
        path: Path = ("network", "layers")
        if also_hidden:
            self.fault(path, "the layers are given twice; allowed is either hidden or layers")
        if not isinstance(content, list | tuple):
            what = described(content)
            self.fault(path, f"{what}; allowed is a list of sections, [[network.layers]]")
            return ()
        if len(content) > _MOST_LAYERS:
            self.fault(path, f"{len(content)} layers are too many; allowed are up to {_MOST_LAYERS}")
            return ()
        return tuple(self.layer((*path, index), layer) for index, layer in enumerate(content))

    def layer(self, path: Path, content: object) -> LayerSettings:
        if not isinstance(content, Mapping):
            self.fault(path, f"{described(content)}; allowed is a section, [[network.layers]]")
            return LayerSettings(1)
        given: dict[str, Any] = {}
        options: dict[str, Value] = {}
        for key, value in content.items():
            row = LAYER_PARAMETERS.get(key)
            if row is None:
                hint = did_you_mean(key, LAYER_PARAMETERS)
                always = [label for label, each in LAYER_PARAMETERS.items() if not each.used_by]
                self.fault((*path, key), f"unknown key; allowed are {listed(always)}{hint}")
                continue
            checked = self.value((*path, key), row, value)
            if checked is not None:
                (options if row.used_by else given)[key] = checked
        if "size" not in content:
            self.fault((*path, "size"), f"missing; allowed is {LAYER_PARAMETERS['size'].allowed}")
        return LayerSettings(**{"size": 1, **given, "options": options})

    def mended(self, content: object) -> dict[str, Value]:
        """The changes that mend the experiment, by dotted names."""
        if not isinstance(content, Mapping):
            self.fault((_MENDED,), f"{described(content)}; allowed is a section, [{_MENDED}]")
            return {}
        before = len(self.problems)
        given: dict[str, Value] = {}
        for path, value in _leaves(content):
            name = ".".join(path)
            row = parameter(name)
            if row is None:
                meant = suggest(name)
                hint = f"; did you mean {shown(meant)}?" if meant else ""
                self.fault((_MENDED, *path), f"unknown hyperparameter{hint}")
                continue
            checked = self.value((_MENDED, *path), row, value)
            if checked is not None:
                given[name] = checked
        return given if len(self.problems) == before else {}

    def strange_options(self, experiment: Experiment) -> None:
        """Options that belong to something not chosen; not judged where the choice itself is at fault."""
        for section in SECTIONS:
            settings = getattr(experiment, section)
            if not hasattr(settings, "options") or self._faulty(f"{section}.name"):
                continue
            chosen = experiment.chosen(section)
            if section == "network" and self._faulty_network():
                continue
            if section == "loss" and not chosen:
                continue
            for label in settings.options:
                row = PARAMETERS[f"{section}.{label}"]
                if not any(name in row.used_by for name in chosen):
                    self.fault((section, label), not_taken(row, chosen))
        if not self._faulty_network():
            for index, layer in enumerate(experiment.network.layers):
                self._strange_layer_options(experiment, index, layer)

    def _strange_layer_options(self, experiment: Experiment, index: int, layer: LayerSettings) -> None:
        network = experiment.network
        chosen = (layer.activation or network.activation, layer.initializer or network.initializer)
        for label in layer.options:
            row = LAYER_PARAMETERS[label]
            if not any(name in row.used_by for name in chosen):
                message = f"{label} belongs to {listed(row.used_by)}; this layer has {' and '.join(chosen)}"
                self.fault(("network", "layers", index, label), message)

    def _faulty(self, name: str) -> bool:
        return any(problem.name == name for problem in self.problems)

    def _faulty_network(self) -> bool:
        ends = (".activation", ".initializer", ".output_initializer", "network.layers", "network")
        return any(problem.name.startswith("network") and problem.name.endswith(ends) for problem in self.problems)

    def misfits(self, experiment: Experiment) -> None:
        """What does not go together; only where none of the values it rests on has a fault of its own."""
        sections = {name for name in SECTIONS if self._faulty(name)}
        layers_faulty = any(problem.name.startswith("network.layers") for problem in self.problems)
        for misfit in misfits(experiment):
            rests_on = {*misfit.depends, misfit.name}
            if any(self._faulty(name) or name.split(".")[0] in sections for name in rests_on):
                continue
            if "network.hidden" in rests_on and layers_faulty:
                continue
            path = tuple(misfit.name.split("."))
            self.fault(path, misfit.message)
