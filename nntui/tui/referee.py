"""Stands between the keys and the training process while a challenge is on, and lets pass what its rules allow."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from nntui.training.commands import Command, Set, Watch
from nntui.tui.helm import RunClient, Say
from nntui.tui.model import Model
from nntui.tui.widgets.text import sentence

if TYPE_CHECKING:
    from nntui.worker.client import Batch, Failure


class Referee:
    """A client that keeps back commands against the rules, and says so.

    Args:
        forbids: why a command must not be sent; empty where it may.
    """

    def __init__(self, client: RunClient, model: Model, forbids: Callable[[Command], str], say: Say) -> None:
        self._client = client
        self._model = model
        self._forbids = forbids
        self._say = say

    @property
    def failure(self) -> Failure | None:
        return self._client.failure

    def attach(self, loop: asyncio.AbstractEventLoop, wake: Callable[[], None]) -> None:
        self._client.attach(loop, wake)

    def start(self, experiment: dict[str, Any], *first: Command) -> None:
        self._client.start(experiment, *first)

    def send(self, command: Command) -> None:
        """Pass it on, or say why not."""
        reason = self._forbids(command)
        if not reason:
            self._client.send(command)
            return
        if isinstance(command, Set):
            self._model.forget(command.name)
        self._say(sentence(reason))

    def look(self, epoch: int | None, watch: Watch) -> None:
        self._client.look(epoch, watch)

    def take(self) -> Batch | None:
        return self._client.take()

    def take_up(self) -> bool:
        return self._client.take_up()

    def relaunch(self) -> None:
        self._client.relaunch()
