"""What the keys do to the unit and the weight that are looked at."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from nntui.training.commands import Redraw, SetWeight, Silence
from nntui.tui.actions import KeyActions
from nntui.tui.drawings.chosen import at, insight, sizes

if TYPE_CHECKING:
    from nntui.training.insights.neuron import Neuron

NOTHING_YET = "There is no network to edit yet."


class NeuronActions(KeyActions):
    """Edits of weights by hand; each is a change like any other, and can be taken back."""

    def action_silence(self) -> None:
        """Set the chosen unit's weights and bias to 0."""
        if not self._can_edit():
            return
        layer, unit = at(self.model)
        if layer == len(sizes(self.model)) - 1:
            self.say("An output cannot be silenced; choose a unit of a hidden layer.")
            return
        self.helm.edit(Silence(layer, unit))

    def action_revive(self) -> None:
        """Draw the weights of the chosen layer's dead units anew, another draw each time."""
        if self._can_edit():
            layer, _ = at(self.model)
            self.helm.edit(Redraw(layer=layer, dead=True, seed=self.model.steps_done))

    def action_reinitialize(self) -> None:
        """Ask whose weights to draw again, and by which initializer."""
        from nntui.experiment import PARAMETERS
        from nntui.tui.screens.pick import Pick

        if not self._can_edit():
            return
        hidden = len(sizes(self.model)) - 1
        layers = ("all layers", *(f"hidden {index + 1}" for index in range(hidden)), "output")
        set_now = "as set in the form"

        def take_initializer(layer: str, initializer: str | None) -> None:
            if initializer is not None:
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
        """Ask for a new value of the chosen weight."""
        from nntui.training.insights.neuron import Neuron

        if not self._can_edit():
            return
        neuron = insight(self.model, "neuron", Neuron)
        layer, unit = at(self.model)
        if neuron is None or (neuron.index, neuron.unit) != (layer, unit):
            self.say("The unit is being measured; press the key again. It is shown in the view Neurons.")
            return
        self._ask_for_weight(neuron)

    def _ask_for_weight(self, neuron: Neuron) -> None:
        from nntui.tui.drawings.neurons_neuron import source_name
        from nntui.tui.screens.weight import WeightScreen

        source = self.model.chosen.source
        source = source if source < len(neuron.weights) else 0
        now = neuron.bias if source < 0 else float(neuron.weights[source])
        what = f"{neuron.layer}, unit {neuron.unit + 1}, {source_name(neuron, source)}"

        def take(value: float | None) -> None:
            if value is not None:
                self.helm.edit(SetWeight(neuron.index, neuron.unit, source, value))
            self.redraw()

        self.push_screen(WeightScreen(what, now), take)

    def _can_edit(self) -> bool:
        """Whether there is a network of now to be edited; says why not."""
        if not sizes(self.model) or self.model.state in ("loading", "failed"):
            self.say(NOTHING_YET)
            return False
        if self.model.cursor is not None:
            self.say("You look at an earlier epoch: go back there first (enter), or to now (escape).")
            return False
        return True
