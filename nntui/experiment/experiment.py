"""One immutable description of everything that decides a run, and a few words about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import PurePath
from typing import Any, cast

from nntui.experiment.fitting import PairingError, misfits, pairing, sizes_known
from nntui.experiment.messages import listed, shown
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
from nntui.experiment.table import LAYER_PARAMETERS, PARAMETERS, layer_name, parameter, suggest

UNTITLED = "untitled"


@dataclass(frozen=True, slots=True)
class Experiment:
    """A run before it happens. Every value has one dotted name; `nntui.experiment.table` says what each may be.

    Attributes:
        name: of the study.
        about: what it shows.
        watch: what to look for.
        try_: keys worth pressing (``try`` in a preset).
        question: to think about before trying.
        answer: to it, with its reason.
        mended: what to change, by dotted names, so that what is shown as broken works; it takes a restart.
    """

    name: str = UNTITLED
    about: str = ""
    watch: str = ""
    try_: str = ""
    question: str = ""
    answer: str = ""
    mended: Mapping[str, Value] = field(default_factory=dict, hash=False)
    data: DataSettings = field(default_factory=DataSettings)
    network: NetworkSettings = field(default_factory=NetworkSettings)
    loss: LossSettings = field(default_factory=LossSettings)
    optimizer: OptimizerSettings = field(default_factory=OptimizerSettings)
    schedule: ScheduleSettings = field(default_factory=ScheduleSettings)
    regularization: RegularizationSettings = field(default_factory=RegularizationSettings)
    training: TrainingSettings = field(default_factory=TrainingSettings)

    def value(self, name: str) -> Value:
        """The value in force: given, or else the default of the choice it belongs to.

        Raises:
            InvalidValue: there is no such hyperparameter, or it does not belong to what is chosen.
        """
        row = self._row(name)
        layer = layer_name(name)
        if layer:
            return self._layer_value(*layer)
        if name == "network.hidden":
            return self.network.hidden
        section = getattr(self, row.section)
        if not row.used_by:
            return cast(Value, getattr(section, row.label))
        self._belongs(row)
        given = section.options.get(row.label)
        return self._default(row) if given is None else cast(Value, given)

    def with_value(self, name: str, value: object, *, live: bool = False) -> Experiment:
        """The experiment with one value changed.

        Args:
            name: dotted.
            value: as `Parameter.check` takes it.
            live: refuse what may not change while training.

        Raises:
            InvalidValue: with what is wrong, what is allowed and what may have been meant.
        """
        return self.with_values({name: value}, live=live)

    def with_values(self, changes: Mapping[str, object], *, live: bool = False) -> Experiment:
        """The experiment with several values changed at once; what does not go together is judged after all of them.

        Raises:
            InvalidValue: of the first value that is not allowed; its name comes first where several were to change.
        """
        changed = self
        for name in sorted(changes, key=_choices_first):
            try:
                changed = changed._set(name, changes[name], live)
            except InvalidValue as error:
                raise InvalidValue(f"{name}: {error}" if len(changes) > 1 else str(error)) from None
        before = {misfit.message for misfit in misfits(self)}
        for misfit in misfits(changed):
            if misfit.message not in before:
                about = "" if [misfit.name] == list(changes) else f"{misfit.name}: "
                raise InvalidValue(about + misfit.message)
        return changed._without_texts_about(self.data)

    def _without_texts_about(self, before: DataSettings) -> Experiment:
        """With other data than ``before``, a preset's title and texts are about something else: without them."""
        path = self.data.options.get("path", "")
        if self.name == UNTITLED or (self.data.name, path) == (before.name, before.options.get("path", "")):
            return self
        title = PurePath(str(path)).stem or self.data.name
        return replace(self, name=title, about="", watch="", try_="", question="", answer="", mended={})

    def mend(self) -> Experiment:
        """The experiment as its ``mended`` values make it.

        Raises:
            InvalidValue: they do not fit what was changed since.
        """
        return replace(self.with_values(self.mended), mended={})

    def parameters(self) -> list[Parameter]:
        """The hyperparameters that apply to what is chosen now, in the order of the table; each layer's own activation
        (and whatever else a layer has for itself) after those of the network."""
        rows: list[Parameter] = []
        for row in PARAMETERS.values():
            if not row.used_by or self._in_use(row):
                rows.append(row)
            if row.name == "network.output_bias":
                rows.extend(self._layer_rows())
        return rows

    @property
    def decided_by_loss(self) -> tuple[str, ...]:
        """What the validation loss decides while training (the test loss, if there is no validation set)."""
        stopping = ("stopping",) if self.training.patience else ()
        return (*stopping, "rate") if self.schedule.name == "reduce_on_plateau" else stopping

    def to_dict(self) -> dict[str, Any]:
        """The experiment as a preset has it: words, numbers, lists and dictionaries only."""
        result: dict[str, Any] = {"name": self.name, "about": self.about, "watch": self.watch, "try": self.try_}
        result |= {"question": self.question, "answer": self.answer, "mended": dict(self.mended)}
        for section in ("data", "network", "loss", "optimizer", "schedule", "regularization", "training"):
            result[section] = _section_dict(getattr(self, section))
        return result

    @classmethod
    def from_dict(cls, tree: Mapping[str, Any]) -> Experiment:
        """The experiment of a dictionary such as `to_dict` gives, or gave in an older nntui.

        Raises:
            InvalidValue: with every fault, one a line.
        """
        from nntui.experiment.tree import read_tree

        experiment, problems = read_tree(tree, recorded=True)
        if problems or experiment is None:
            raise InvalidValue("\n".join(f"{problem.name}: {problem.message}" for problem in problems))
        return experiment

    def _row(self, name: str) -> Parameter:
        row = parameter(name)
        layer = layer_name(name)
        if row is None:
            meant = suggest(name)
            hint = f"; did you mean {shown(meant)}?" if meant else ""
            raise InvalidValue(f"unknown hyperparameter {shown(name)}{hint}")
        if layer and layer[0] >= len(self.network.layers):
            count = len(self.network.layers)
            raise InvalidValue(f"there is no hidden layer {layer[0] + 1}; the network has {count}")
        return row

    def chosen(self, section: str) -> tuple[str, ...]:
        """The names chosen in a section that can take numbers of their own."""
        if section == "network":
            network = self.network
            activations = [layer.activation or network.activation for layer in network.layers]
            initializers = [layer.initializer or network.initializer for layer in network.layers]
            return tuple(dict.fromkeys((*activations, *initializers, network.output_initializer)))
        if section == "loss" and self.loss.name == "auto":
            return self._automatic_loss()
        return (getattr(self, section).name,)

    def _automatic_loss(self) -> tuple[str, ...]:
        _, classes = sizes_known(self)
        if classes is None:
            return ()
        try:
            pair = pairing("classification" if classes else "regression", classes, self.network.output, "auto")
            return (pair.loss,)
        except PairingError:
            return ()

    def _in_use(self, row: Parameter) -> bool:
        return any(name in row.used_by for name in self.chosen(row.section))

    def _default(self, row: Parameter) -> Value:
        return next((row.defaults[name] for name in self.chosen(row.section) if name in row.defaults), row.default)

    def _belongs(self, row: Parameter) -> None:
        if not self._in_use(row):
            raise InvalidValue(not_taken(row, self.chosen(row.section)))

    def _layer_value(self, index: int, label: str) -> Value:
        layer = self.network.layers[index]
        row = LAYER_PARAMETERS[label]
        if not row.used_by:
            own = getattr(layer, label)
            return cast(Value, own if own is not None else getattr(self.network, label))
        own = layer.options.get(label, self.network.options.get(label))
        chosen = (layer.activation or self.network.activation, layer.initializer or self.network.initializer)
        taker = next((name for name in chosen if name in row.used_by), None)
        if taker is None:
            raise InvalidValue(not_taken(row, chosen))
        return row.defaults[taker] if own is None else own

    def _layer_rows(self) -> list[Parameter]:
        rows = []
        for index, layer in enumerate(self.network.layers):
            own = [item.name for item in fields(layer) if item.name not in ("size", "options", "activation")]
            labels = ["activation", *(label for label in own if getattr(layer, label) not in (None, False))]
            for label in (*labels, *layer.options):
                name = f"network.layers.{index + 1}.{label}"
                default = getattr(self.network, label, LAYER_PARAMETERS[label].default)
                rows.append(replace(LAYER_PARAMETERS[label], name=name, default=default, used_by=()))
        return rows

    def _set(self, name: str, value: object, live: bool) -> Experiment:
        row = self._row(name)
        checked = row.check(value)
        if live and not row.live:
            if not _is_option_out_of_use(self, row) and self.value(name) == checked:
                return self
            raise InvalidValue(f"{name} cannot change while training: {row.fixed_because}")
        layer = layer_name(name)
        if layer:
            return self._set_layer(*layer, checked)
        if name == "network.hidden":
            return replace(self, network=_resized(self.network, cast(tuple[int, ...], checked)))
        section = getattr(self, row.section)
        if row.used_by:
            self._belongs(row)
            section = replace(section, options={**section.options, row.label: checked})
        else:
            section = replace(section, **{row.label: checked})
        if name in ("network.activation", "network.initializer"):
            section = replace(section, layers=tuple(replace(each, **{row.label: None}) for each in section.layers))
        changed = replace(self, **{row.section: section})
        return changed._without_strangers(row.section)._without_strangers("loss")  # which may follow the data

    def _set_layer(self, index: int, label: str, value: Value) -> Experiment:
        layers = list(self.network.layers)
        if LAYER_PARAMETERS[label].used_by:
            self._layer_value(index, label)
            layers[index] = replace(layers[index], options={**layers[index].options, label: value})
        else:
            change: dict[str, Any] = {label: value}
            layers[index] = replace(layers[index], **change)
        changed = replace(self, network=replace(self.network, layers=tuple(layers)))
        return changed._without_strangers("network")

    def _without_strangers(self, section: str) -> Experiment:
        """Without options that belong to something no longer chosen."""
        settings = getattr(self, section)
        if not hasattr(settings, "options") or not self.chosen(section):
            return self
        kept = {label: value for label, value in settings.options.items() if self._in_use(_option(section, label))}
        settings = replace(settings, options=kept)
        if section == "network":
            settings = replace(settings, layers=tuple(map(self._own_options, settings.layers)))
        return replace(self, **{section: settings})

    def _own_options(self, layer: LayerSettings) -> LayerSettings:
        chosen = (layer.activation or self.network.activation, layer.initializer or self.network.initializer)
        kept = {
            label: value
            for label, value in layer.options.items()
            if any(name in LAYER_PARAMETERS[label].used_by for name in chosen)
        }
        return replace(layer, options=kept)


def not_taken(row: Parameter, chosen: tuple[str, ...]) -> str:
    """What to say of an option that belongs to something that is not chosen."""
    belongs = f"{row.label.rsplit('.', 1)[-1]} belongs to {listed(row.used_by)}"
    if row.section == "network":
        return f"{belongs}, which no layer here uses"
    choice = chosen[0] if chosen else "auto"
    takes = [each.label for each in PARAMETERS.values() if each.section == row.section and choice in each.used_by]
    return f"{belongs}, not to {choice}; {choice} takes {listed(takes) or 'no options'}"


def _option(section: str, label: str) -> Parameter:
    return PARAMETERS[f"{section}.{label}"]


def _is_option_out_of_use(experiment: Experiment, row: Parameter) -> bool:
    return bool(row.used_by) and layer_name(row.name) is None and not experiment._in_use(row)


def _choices_first(name: str) -> tuple[int, str]:
    """Order in which changes are made: shapes, then choices, then the numbers that belong to them."""
    if name == "network.hidden":
        return 0, name
    if layer_name(name):
        return (3 if parameter(name) and cast(Parameter, parameter(name)).used_by else 2), name
    row = PARAMETERS.get(name)
    return (1, name) if row and row.kind == "choice" and not row.used_by else (3, name)


def _resized(network: NetworkSettings, sizes: tuple[int, ...]) -> NetworkSettings:
    """Layers of these sizes; those that were there keep what they have for themselves."""
    old = network.layers
    layers = (replace(old[i], size=size) if i < len(old) else LayerSettings(size) for i, size in enumerate(sizes))
    return replace(network, layers=tuple(layers))


def _section_dict(section: Any) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for item in fields(section):
        value = getattr(section, item.name)
        if item.name == "layers":
            result.update(_layers_dict(value))
        elif item.name == "options":
            result.update({label: _plain(option) for label, option in value.items()})
        elif value is not None:
            result[item.name] = _plain(value)
    return result


def _layers_dict(layers: tuple[LayerSettings, ...]) -> dict[str, Any]:
    """The short form where no layer has anything for itself."""
    if all(layer == LayerSettings(layer.size) for layer in layers):
        return {"hidden": [layer.size for layer in layers]}
    return {"layers": [_section_dict(layer) for layer in layers]}


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
