"""What the keys do to the selected unit and weight."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from nntui.training.commands import Redraw, SetWeight, Silence
from nntui.tui.actions import KeyActions
from nntui.tui.drawings.chosen import at, insight, sizes
from nntui.tui.model import Model


class NeuronActions(KeyActions):
    """Edits of weights by hand; each is a change like any other, and can be taken back."""

    def action_silence(self) -> None:
        """Set the selected unit's incoming weights and bias to 0."""
        layer, unit = at(self.model)
        if layer == len(sizes(self.model)) - 1:
            self.say("An output cannot be silenced; choose a unit of a hidden layer.")
            return
        self.helm.edit(Silence(layer, unit))

    def action_revive(self) -> None:
        """Draw new weights for the dead units of the selected unit's layer, others each time."""
        layer, _ = at(self.model)
        self.helm.edit(Redraw(layer=layer, dead=True, seed=self.model.steps_done))

    def action_reinitialize(self) -> None:
        """Ask whose weights to draw again, and by which initializer."""
        from nntui.experiment import PARAMETERS
        from nntui.tui.screens.pick import Pick

        hidden = len(sizes(self.model)) - 1
        layers = ("all layers", *(f"hidden {index + 1}" for index in range(hidden)), "output")
        set_now = "as set in the form"
        run = self.model.serial

        def take_initializer(layer: str, initializer: str | None) -> None:
            if initializer is not None and self.model.serial != run:
                self.say(f"Another run has begun; {layer} was not reinitialized.")
            elif initializer is not None:
                index = None if layer == layers[0] else layers.index(layer) - 1
                name = "" if initializer == set_now else initializer
                self.helm.edit(Redraw(layer=index, initializer=name, seed=self.model.steps_done))
            self.redraw()

        def take_layer(layer: str | None) -> None:
            if layer is not None:
                names = (set_now, *PARAMETERS["network.initializer"].choices)
                self.push_screen(Pick(f"Reinitialize {layer} by", names, set_now), partial(take_initializer, layer))

        self.push_screen(Pick("Reinitialize the weights of", layers, layers[0]), take_layer)

    def action_set_weight(self) -> None:
        """Ask for a new value of the selected weight."""
        weight = selected_weight(self.model)
        if weight is None:
            self.say("The selected weight is being measured; press the key again.")
        else:
            self._ask_for_weight(weight)

    def _ask_for_weight(self, weight: Weight) -> None:
        from nntui.tui.screens.weight import WeightScreen

        run = self.model.serial

        def take(value: float | None) -> None:
            if value is not None and self.model.serial != run:
                self.say(f"Another run has begun; {weight.what} was not set.")
            elif value is not None:
                self.helm.edit(SetWeight(weight.layer, weight.unit, weight.source, value))
            self.redraw()

        self.push_screen(WeightScreen(weight.what, weight.now), take)


@dataclass(frozen=True, slots=True)
class Weight:
    """The weight that a panel shows: where it is, in numbers and in words, and its value."""

    layer: int
    unit: int
    source: int
    what: str
    now: float


def selected_weight(model: Model) -> Weight | None:
    """The selected weight as it was measured last; None where that was another one, or nothing."""
    from nntui.training.insights.chain import Chain
    from nntui.training.insights.neuron import Neuron
    from nntui.tui.drawings.neurons_neuron import source_name

    neuron, chain = insight(model, "neuron", Neuron), insight(model, "chain", Chain)
    if neuron is not None and (neuron.index, neuron.unit) == at(model):
        source = model.chosen.source_among(len(neuron.weights))
        now = neuron.bias if source < 0 else float(neuron.weights[source])
        what = f"{neuron.layer}, unit {neuron.unit + 1}, {source_name(neuron, source)}"
        return Weight(neuron.index, neuron.unit, source, what, now)
    if chain is not None and (chain.layer, chain.unit) == at(model):
        what = f"{chain.layers[chain.layer].layer}, unit {chain.unit + 1}, {chain.source_name}"
        return Weight(chain.layer, chain.unit, chain.source, what, chain.weight)
    return None
