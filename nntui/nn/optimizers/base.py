"""What all optimizers share: options, vectors of state, the recorded step, checkpoints."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from nntui.nn.arrays import Array
from nntui.nn.program import Call, Program
from nntui.nn.registry import OPTIMIZERS

_FLUSH_EVERY = 1024  # steps; a power of two


class Optimizer(ABC):
    """One rule that turns a gradient into a step of the parameters.

    In the formulas w are the parameters, g the gradient, r the learning rate, t the step counted from 1; the
    operations are element by element. The vectors of state start at 0 unless the formula says otherwise.

    Attributes:
        options: every number the rule takes, by its name in the registry.
        steps: how many updates were made.
        calls: the recorded step; another list when the vectors or the options have changed.
    """

    name: ClassVar[str]
    slots: ClassVar[tuple[str, ...]] = ()
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
        self.calls: list[Call] = []

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
        self.begin_step(learning_rate)
        for call in self.calls:
            call()

    def begin_step(self, learning_rate: float) -> None:
        """Count a step and set what is its own: after that, ``calls`` make it. Writes to no vector but the state's."""
        if self.steps & _FLUSH_EVERY - 1 == 0:
            self._flush()
        self.steps += 1
        self._prepare(learning_rate)

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
        """Write down the calls of a step for the vectors bound and the options as they are."""
        assert self._bound is not None
        w, g = self._bound
        do = Program()
        self._rate = np.zeros((), w.dtype)
        decay = self.options.get("weight_decay", 0.0)
        if decay and self.decoupled:  # w = w (1 - r decay), filled in by _prepare
            self._shrink = np.ones((), w.dtype)
            do.multiply(w, self._shrink, out=w)
        elif decay:  # g = g + decay w
            pull = np.empty_like(w)
            do.multiply(w, decay, out=pull)
            do.add(g, pull, out=g)
        self._formula(do, w, g)
        self.calls = do.calls

    @abstractmethod
    def _formula(self, do: Program, w: Array, g: Array) -> None:
        """Record the step."""

    def _start(self) -> None:  # noqa: B027
        """Set the state before the first step, where it is not all 0."""

    def _reconfigure(self, before: Mapping[str, Any]) -> None:  # noqa: B027
        """Adapt the state to changed options, where its meaning depends on them."""

    def _prepare(self, learning_rate: float) -> None:
        """Set the scalars that differ from step to step."""
        self._rate.fill(learning_rate)
        if self.decoupled and self.options["weight_decay"]:
            self._shrink.fill(1.0 - learning_rate * self.options["weight_decay"])

    def _flush(self) -> None:
        """Set state that has faded to next to nothing to 0.

        What a dead unit leaves behind sinks into denormal numbers and stays there, and each operation on those is many
        times slower.
        """
        for vector in self._vectors:
            np.abs(vector, out=self._size)
            np.less(self._size, self._next_to_nothing, out=self._faded)
            np.copyto(vector, 0.0, where=self._faded)
