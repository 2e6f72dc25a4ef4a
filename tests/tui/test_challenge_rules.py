"""In a challenge the fix is advice to read: no key, command or detour wins it by itself, however good the advice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from nntui.experiment import Experiment, find_preset, read_preset
from nntui.teaching.attempt import Attempt, Outcome
from nntui.teaching.challenge import Challenge, list_challenges, read_challenge
from nntui.teaching.progress import VARIABLE
from nntui.teaching.witness import Witness
from nntui.training.commands import (
    Command,
    Jump,
    RangeTest,
    Redo,
    Redraw,
    Restart,
    Rewind,
    Set,
    SetWeight,
    Silence,
    Undo,
    to_json,
)
from nntui.training.events import Changed, Diagnosed, Edited, RangeTested, Refused, Rewound
from nntui.tui.bindings import ACTIONS
from nntui.tui.widgets.keybar import KeyBar
from tests.teaching.test_challenges import Run
from tests.tui.fakes import batch, begun, run_started
from tests.tui.stage import Stage, stage

CHALLENGES = [pytest.param(path, id=path.stem) for path in list_challenges()]
SOME = [
    pytest.param(path, id=path.stem, marks=() if path.stem == "flat" else pytest.mark.slow)
    for path in list_challenges()
]
ADVICE = ("a", "A", "f", "o", "u", "U", "r", "R", "enter", "t", "c")
"""Keys that do something for the learner instead of letting the learner choose."""
THEN = ("1", "a", "m", "enter")
"""What may be pressed in the dialogs that these keys open."""
STEERS = (Set, SetWeight, Silence, Redraw, Restart, Rewind, Undo, Redo, Jump)


@pytest.fixture(autouse=True)
def progress(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "progress.json"))


async def take_up(on: Stage, path: Path) -> Challenge:
    """Begin the challenge, under a diagnosis whose advice is the challenge's own solution."""
    challenge = read_challenge(path)
    on.app.begin_page(path)
    on.client.commands.clear()
    await on.feed(begun(5, of=Experiment.from_dict(on.client.started[-1])))
    await on.press("escape")
    solution = [command for _, command in challenge.solution]
    on.client.started.clear()
    await on.feed(batch(5, [diagnosed(solution)], state="paused"))
    return challenge


def diagnosed(solution: list[Command]) -> Diagnosed:
    commands = tuple(to_json(command) for command in solution)
    return Diagnosed("dead_units", True, 5, 1, "hidden 1", "It is broken.", "Because.", "Do that.", commands)


def range_tested(solution: list[Command]) -> RangeTested:
    settings = {"schedule.name": "constant", "optimizer.learning_rate": 0.5}
    settings |= {command.name: command.value for command in solution if isinstance(command, Set)}
    suggestion = {"rule": "a rule", "settings": settings, "caution": "none"}
    return RangeTested((0.1, 0.2, 0.3), (1.0, 0.9, 0.8), (1.0, 0.9, 0.8), None, (suggestion,))


@pytest.mark.slow
@pytest.mark.parametrize("path", SOME)
async def test_keys_that_apply_advice_change_nothing(path: Path) -> None:
    async with stage(begun()) as on:
        challenge = await take_up(on, path)
        solution = [command for _, command in challenge.solution]
        for key in ADVICE:
            await on.press(key)
            if any(isinstance(command, RangeTest) for command in on.client.commands):
                await on.feed(batch(5, [range_tested(solution)], state="paused"))
                on.client.commands.clear()
            await on.press(*THEN)
            while on.app.screen is not on.app.main:
                await on.press("escape")
            assert [command for command in on.client.told if isinstance(command, STEERS)] == [], key
        own = challenge.own_run(read_preset(find_preset(challenge.preset))).to_dict()
        assert all(started == own for started in on.client.started)  # r, and nothing else


async def test_the_advice_is_there_to_read() -> None:
    async with stage(begun()) as on:
        await take_up(on, next(path for path in list_challenges() if path.stem == "flat"))
        assert "a does it" not in on.text
        assert "fix is yours" in await on.press("a") + on.said
        text = await on.press("A")
        assert "Do that." in text
        assert "apply" not in text
        assert "mended" not in text


WHAT_KEYS_SEND: dict[str, Command] = {
    "rate_up": Set("schedule.scale", 2.0), "rate_down": Set("schedule.scale", 0.5),
    "batch_halve": Set("training.batch_size", 5), "batch_double": Set("training.batch_size", 20),
    "undo": Undo(), "redo": Redo(), "best": Rewind(1),
    "set_weight": SetWeight(0, 0, 0, 1.0), "silence": Silence(0, 0), "revive": Redraw(0, dead=True),
    "reinitialize": Redraw(),
}  # fmt: skip
NEVER = {"new_seed", "remedy"}


@pytest.mark.parametrize("view", ["1", "3"])
@pytest.mark.parametrize("path", SOME)
async def test_footer_offers_only_what_the_rules_allow(path: Path, view: str) -> None:
    async with stage(begun(), size=(300, 60)) as on:
        challenge = await take_up(on, path)
        await on.press(view)
        offered = {button.action for button in on.app.main.query_one(KeyBar).buttons}
        assert "toggle_pause" in offered
        names = {action.action: action.id.partition(".")[2] for action in ACTIONS}
        for action in offered:
            assert names[action] not in NEVER
            command = WHAT_KEYS_SEND.get(names[action])
            assert command is None or not challenge.forbids(command), action
        free = {action for action, name in names.items() if name in WHAT_KEYS_SEND and name.startswith("rate")}
        assert bool(free & offered) == (not challenge.forbids(Set("schedule.scale", 2.0)))


async def test_form_says_and_refuses_what_the_rules_forbid_while_typing() -> None:
    async with stage(begun()) as on:
        await take_up(on, next(path for path in list_challenges() if path.stem == "crawl"))
        text = await on.press("e")
        assert "In this challenge you may change only the learning rate: here schedule.scale" in text
        assert "locked" in text
        on.app.pop_screen()
        on.app.edit("training.batch_size")
        text = await on.press("7", "enter")
        assert "1 value cannot be taken: training.batch_size" in text
        assert on.app.screen is not on.app.main  # not applied
        assert [command for command in on.client.told if isinstance(command, STEERS)] == []
        on.app.pop_screen()
        on.app.edit("schedule.scale")
        await on.press("2", "enter")
        assert on.client.told[-1] == Set("schedule.scale", 2.0)


@pytest.mark.parametrize("path", SOME[:1])
async def test_another_preset_leaves_the_challenge(path: Path) -> None:
    async with stage(begun()) as on:
        await take_up(on, path)
        on.app.load_preset(str(find_preset("spirals")))
        await on.feed(begun(of=read_preset(find_preset("spirals"))))
        assert on.app.desk.attempt is None


@pytest.mark.parametrize("path", CHALLENGES)
def test_a_run_with_other_settings_counts_them_or_is_not_judged(path: Path) -> None:
    challenge = read_challenge(path)
    own = read_preset(find_preset(challenge.preset))
    attempt = Attempt(challenge, Witness(Run(challenge.preset), lambda: 0.0), own)
    attempt.note(run_started(own))
    assert standing(attempt) == (Outcome.OPEN, 0)
    for name, value in {"training.seed": 99, "network.hidden": (99,), "data.test_share": 0.41}.items():
        attempt.note(run_started(own.with_value(name, value)))
        assert standing(attempt)[0] is Outcome.LEFT, name
        assert not attempt.look()
    attempt.note(run_started(own.mend() if own.mended else own.with_value("loss.maximise", True)))
    assert standing(attempt) != (Outcome.OPEN, 0)
    settings = [command for _, command in challenge.solution if isinstance(command, Set)]
    attempt.note(run_started(own.with_values({command.name: command.value for command in settings})))
    assert standing(attempt)[0] is Outcome.OPEN
    assert attempt.changes >= len({command.name for command in settings})
    attempt.note(Rewound(0, 0, "other", own.to_dict()))
    assert standing(attempt)[0] is Outcome.LEFT


def standing(attempt: Attempt) -> tuple[Outcome, int]:
    return attempt.outcome, attempt.changes


@pytest.mark.slow
@pytest.mark.parametrize("path", CHALLENGES)
async def test_no_single_key_wins(path: Path) -> None:
    """Every action, with enter in whatever dialog it opens: what it sends is done to a real run, to the last epoch."""
    sent: list[list[Command]] = []
    async with stage(begun()) as on:
        challenge = await take_up(on, path)
        for action in ACTIONS:
            if action.action in ("quit", "take_screenshot", "save_preset", "command_palette"):
                continue
            on.client.commands.clear()
            await on.press("3") if action.id.startswith("neuron.") else None
            await on.app.run_action(action.action)
            await on.press("enter", "enter")
            while on.app.screen is not on.app.main:
                await on.press("escape")
            sent.append([command for command in on.client.told if isinstance(command, STEERS)])
            if on.client.started:
                await on.feed(begun(5, of=Experiment.from_dict(on.client.started.pop())))
    moves = [list(each) for each in dict.fromkeys(map(tuple, sent))]
    assert len(moves) > 1
    for commands in moves:
        assert not reached(challenge, commands), commands


def reached(challenge: Challenge, commands: list[Command]) -> bool:
    run: Any = Run(challenge.preset)
    witness = Witness(run, lambda: 0.0)
    for epoch in range(1, challenge.epochs + 1):
        run.train_epoch()
        if challenge.goal.holds(witness):
            return True
        if epoch == 5:
            for command in commands:
                events = run.session.apply(command)
                for event in events:
                    assert isinstance(event, Changed | Edited | Refused)
                    witness.note(event)
    return False
