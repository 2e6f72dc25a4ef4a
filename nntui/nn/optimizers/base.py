"""What all optimizers share: options, vectors of state, the recorded step, checkpoints."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, ClassVar

import numpy as np

from nntui.nn.arrays import Array
from nntui.nn.program import PLACES, Call, Program, Scratch
from nntui.nn.registry import OPTIMIZERS

STRETCH = 256  # steps: those begun together lie between two multiples of it
_FLUSH_EVERY = 4 * STRETCH


class Optimizer(ABC):
    """One rule that turns a gradient into a step of the parameters.

    In the formulas w are the parameters, g the gradient, r the learning rate, t the step counted from 1; the
    operations are element by element. The vectors of state start at 0 unless the formula says otherwise.

    Attributes:
        options: every number the rule takes, by its name in the registry.
        steps: how many updates were made.
        calls: the recorded step, by its place among those begun together; another function when the vectors or the
            options have changed.
    """

    name: ClassVar[str]
    slots: ClassVar[tuple[str, ...]] = ()
    scalars: ClassVar[tuple[str, ...]] = ("rate", "shrink")  # what differs from step to step
    decoupled: ClassVar[bool] = False  # weight decay shrinks the parameters instead of joining the gradient

    def __init__(self, **options: float) -> None:
        defaults = OPTIMIZERS[self.name].defaults()
        unknown = sorted(options.keys() - defaults.keys())
        if unknown:
            raise TypeError(f"{self.name} has no option {', '.join(unknown)}")
        self.options: dict[str, Any] = {**defaults, **options}
        self.steps = 0
        self._vectors: Array = np.empty((0, 0))  # the state, a row each
        self._state: dict[str, Array] = {}  # the rows by name
        self._bound: tuple[Array, Array] | None = None
        self._own: dict[str, Array] = {}  # by name the scalars of steps begun together, (PLACES,)
        self.calls: Callable[[int], list[Call]] = lambda place: []

    def bind(self, parameters: Array, gradient: Array) -> None:
        """Choose the vectors to work on, both (P,), of one dtype. State that fits them is kept, other starts anew."""
        if parameters.shape != gradient.shape or parameters.dtype != gradient.dtype:
            raise ValueError("parameters and gradient must have one shape and dtype")
        kept = self._bound is not None and (self._bound[0].shape, self._bound[0].dtype) == (
            parameters.shape,
            parameters.dtype,
        )
        if not kept:
            self.steps = 0
            self._vectors = np.zeros((len(self.slots), len(parameters)), parameters.dtype)
            self._state = dict(zip(self.slots, self._vectors, strict=True))
            self._size = np.empty_like(parameters)
            self._faded = np.empty(parameters.shape, np.bool_)
            self._next_to_nothing = np.finfo(parameters.dtype).tiny * 1e8
            self._start()
        self._bound = parameters, gradient
        self._record()

    def update(self, learning_rate: float) -> None:
        """Make one step, in place. The gradient may be used as scratch: it must be written anew for the next step."""
        self.begin_steps([learning_rate])
        for call in self.calls(0):
            call()

    def begin_steps(self, learning_rates: Sequence[float] | Array, place: int = 0) -> int:
        """Count the next steps and set what is their own: ``calls`` of this place and the following then make them.

        Which steps are begun together makes no difference. Writes to no vector but the state's.

        Returns:
            of how many of the rates the steps were begun; at least one.
        """
        if self.steps % _FLUSH_EVERY == 0:
            self._flush()
        count = min(len(learning_rates), STRETCH - self.steps % STRETCH, PLACES - place)
        own = {name: row[place : place + count] for name, row in self._own.items()}
        self._prepare(own, np.asarray(learning_rates[:count], np.float64))
        self.steps += count
        return count

    def configure(self, **options: float) -> None:
        """Change options between two steps; the state is kept."""
        unknown = sorted(options.keys() - self.options.keys())
        if unknown:
            raise TypeError(f"{self.name} has no option {', '.join(unknown)}")
        before = dict(self.options)
        self.options.update(options)
        if self._bound is not None:
            self._reconfigure(before)
            self._record()

    def state(self) -> dict[str, Array | int | float]:
        """A copy of all that the next step depends on, besides the options, parameters and gradient."""
        return {"steps": self.steps, **{slot: vector.copy() for slot, vector in self._state.items()}}

    def restore(self, state: Mapping[str, Array | int | float]) -> None:
        """Take over what ``state`` of the same optimizer, bound to as many parameters, returned."""
        self.steps = int(state["steps"])
        for slot, vector in self._state.items():
            vector[:] = state[slot]

    def _record(self) -> None:
        """Write down steps anew, for the vectors bound and the options as they are."""
        assert self._bound is not None
        w, g = self._bound
        self._own = dict(zip(self.scalars, np.zeros((len(self.scalars), PLACES), w.dtype), strict=True))
        scratch = Scratch()
        self.calls = cache(lambda place: self._recorded(Program(scratch), w, g, place))

    def _recorded(self, do: Program, w: Array, g: Array, place: int) -> list[Call]:
        own = {name: row[place, ...] for name, row in self._own.items()}
        decay = self.options.get("weight_decay", 0.0)
        if decay and self.decoupled:  # w = w (1 - r decay)
            do.multiply(w, own["shrink"], out=w)
        elif decay:  # g = g + decay w
            pull = do.empty_like(w)
            do.multiply(w, decay, out=pull)
            do.add(g, pull, out=g)
        self._formula(do, w, g, own)
        return do.calls

    @abstractmethod
    def _formula(self, do: Program, w: Array, g: Array, own: Mapping[str, Array]) -> None:
        """Record the step; own: its scalars, by name."""

    def _start(self) -> None:  # noqa: B027
        """Set the state before the first step, where it is not all 0."""

    def _reconfigure(self, before: Mapping[str, Any]) -> None:  # noqa: B027
        """Adapt the state to changed options, where its meaning depends on them."""

    def _prepare(self, own: Mapping[str, Array], rates: Array) -> None:
        """Set the scalars of the next steps, each (n,); rates: (n,), in double precision. ``steps`` is still before."""
        own["rate"][:] = rates
        if self.decoupled:
            own["shrink"][:] = 1.0 - rates * self.options["weight_decay"]

    def _flush(self) -> None:
        """Set state that has faded to next to nothing to 0.

        What a dead unit leaves behind sinks into denormal numbers and stays there, and each operation on those is many
        times slower.
        """
        for vector in self._vectors:
            np.abs(vector, out=self._size)
            np.less(self._size, self._next_to_nothing, out=self._faded)
            np.copyto(vector, 0.0, where=self._faded)
