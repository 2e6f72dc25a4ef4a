"""Every key does what it says while the network trains as fast as the machine can."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.terminal.dashboard import FLAT_OUT, TITLES, Dashboard


@pytest.fixture
def dashboard() -> Iterator[Dashboard]:
    with Dashboard(*FLAT_OUT) as dashboard:
        yield dashboard.begun()


@pytest.mark.slow
def test_space_pauses_and_goes_on(dashboard: Dashboard) -> None:
    dashboard.press("space")
    dashboard.until(lambda: dashboard.state == "paused" and "Continue" in dashboard.text)
    epoch = dashboard.epoch
    dashboard.press("space")
    dashboard.until(lambda: dashboard.state == "running" and dashboard.epoch > epoch)


@pytest.mark.slow
def test_n_trains_to_the_end_of_the_epoch_and_b_on_one_batch(dashboard: Dashboard) -> None:
    dashboard.press("n")
    dashboard.until(lambda: dashboard.state == "paused" and dashboard.step == 0)
    epoch = dashboard.epoch
    dashboard.press("n")
    dashboard.until(lambda: (dashboard.state, dashboard.epoch, dashboard.step) == ("paused", epoch + 1, 0))
    for step in range(1, 4):
        dashboard.press("b")
        dashboard.wait_for(rf"step +{step}/")
    assert dashboard.epoch == epoch + 1
    assert dashboard.state == "paused"
    dashboard.press("n")
    dashboard.until(lambda: (dashboard.epoch, dashboard.step) == (epoch + 2, 0))


@pytest.mark.slow
def test_brackets_move_the_learning_rate_there_and_back(dashboard: Dashboard) -> None:
    dashboard.press("]")
    dashboard.until(lambda: dashboard.setting("rate scale") == "1.25" and dashboard.setting("rate in force") == "0.625")
    dashboard.press("]")
    dashboard.until(lambda: dashboard.setting("rate in force") == "0.8")
    dashboard.press("[", "[", "[")
    dashboard.until(lambda: dashboard.setting("rate scale") == "0.8" and dashboard.setting("rate in force") == "0.4")
    assert dashboard.state == "running"


@pytest.mark.slow
def test_braces_halve_and_double_the_batch(dashboard: Dashboard) -> None:
    dashboard.press("{")
    dashboard.until(lambda: dashboard.setting("batch size") == "16" and "/24 " in dashboard.text)
    dashboard.press("}", "}")
    dashboard.until(lambda: dashboard.setting("batch size") == "64" and "/6 " in dashboard.text)


@pytest.mark.slow
def test_angles_set_the_pace_and_let_it_go(dashboard: Dashboard) -> None:
    dashboard.press("<")
    dashboard.until(lambda: "pace 200/s" in dashboard.text)
    dashboard.press("<")
    dashboard.until(lambda: "pace 100/s" in dashboard.text)
    dashboard.press(">", ">")
    dashboard.until(lambda: "pace 100/s" not in dashboard.text and "pace 200/s" not in dashboard.text)


@pytest.mark.slow
def test_r_starts_again_with_what_was_changed(dashboard: Dashboard) -> None:
    dashboard.press("]", "space")
    dashboard.until(lambda: dashboard.state == "paused" and dashboard.setting("rate scale") == "1.25")
    epoch = dashboard.epoch
    dashboard.press("r")
    dashboard.until(lambda: dashboard.epoch < epoch and dashboard.setting("rate scale") == "1.25")
    dashboard.until(lambda: dashboard.setting("seed") == "0")


@pytest.mark.slow
def test_a_capital_r_takes_a_new_seed(dashboard: Dashboard) -> None:
    dashboard.press("R")
    dashboard.until(lambda: dashboard.setting("seed") == "1" and dashboard.epoch >= 1)


@pytest.mark.slow
def test_l_and_s_change_the_axis_and_the_curve(dashboard: Dashboard) -> None:
    dashboard.press("l")
    dashboard.until(lambda: "Loss · log" in dashboard.text)
    dashboard.press("l", "s")
    dashboard.until(lambda: "Loss · smoothed 0.6" in dashboard.text)
    for _ in range(4):
        dashboard.press("s")
    dashboard.until(lambda: "smoothed" not in dashboard.text)


def test_tab_goes_round_and_m_gives_the_whole_room(dashboard: Dashboard) -> None:
    def framed(text: str) -> list[str]:
        return [title for title in TITLES if f"┏━ {title}" in text]

    assert framed(dashboard.text) == ["Loss"]
    for title in (*TITLES[1:], TITLES[0]):
        dashboard.press("tab")
        dashboard.wait_for(lambda text, title=title: framed(text) == [title])  # type: ignore[misc]
    dashboard.press("m")
    dashboard.until(lambda: dashboard.titles() == {"Loss"} and max(map(len, dashboard.screen)) == 120)
    dashboard.press("tab")
    dashboard.until(lambda: dashboard.titles() == {"Accuracy"})
    dashboard.press("m")
    dashboard.until(lambda: dashboard.titles() == set(TITLES))


@pytest.mark.slow
def test_e_opens_a_form_that_checks_and_applies(dashboard: Dashboard) -> None:
    dashboard.press("space")  # so that what is written to the screen answers a key
    dashboard.until(lambda: dashboard.state == "paused" and "Continue" in dashboard.text)
    dashboard.press("e")
    dashboard.until(lambda: "Nothing changed." in dashboard.text)
    dashboard.press(*"learning_rate")
    dashboard.until(lambda: "momentum" not in dashboard.text)
    dashboard.strike("down")
    dashboard.press(*"-1")
    dashboard.until(lambda: "1 value cannot be taken: optimizer.learning_rate" in dashboard.text)
    dashboard.strike("backspace", "backspace", *"0.25")
    dashboard.until(lambda: "1 change: optimizer.learning_rate 0.25" in dashboard.text)
    dashboard.press("enter")
    dashboard.until(lambda: dashboard.setting("base rate") == "0.25" and dashboard.setting("rate in force") == "0.25")
    dashboard.press("space")
    dashboard.until(lambda: dashboard.state == "running")


@pytest.mark.slow
def test_escape_leaves_the_form_and_changes_nothing(dashboard: Dashboard) -> None:
    dashboard.press("e")
    dashboard.until(lambda: "Nothing changed." in dashboard.text)
    dashboard.press("escape", "space")
    dashboard.until(lambda: dashboard.state == "paused" and dashboard.titles() == set(TITLES))


@pytest.mark.slow
def test_p_lists_presets_and_loads_one(dashboard: Dashboard) -> None:
    dashboard.press("p")
    dashboard.until(lambda: "search by name or words" in dashboard.text)
    dashboard.press(*"step-decay")
    dashboard.until(lambda: "presets/step-decay.toml" in dashboard.text.replace("\n", ""))
    dashboard.press("enter")
    dashboard.until(lambda: dashboard.setting("schedule") == "step_decay" and dashboard.state == "running")


@pytest.mark.slow
def test_i_explains_the_focused_panel(dashboard: Dashboard) -> None:
    dashboard.press("tab", "tab")
    dashboard.until(lambda: "┏━ Learning rate" in dashboard.text)
    dashboard.press("i")
    dashboard.until(lambda: "What is drawn" in dashboard.text and "Formula" in dashboard.text)
    assert "Learning rate" in dashboard.text
    dashboard.press("escape")
    dashboard.until(lambda: dashboard.titles() == set(TITLES))


@pytest.mark.slow
def test_question_mark_shows_the_keys(dashboard: Dashboard) -> None:
    dashboard.press("?")
    dashboard.until(lambda: "Pause training, or let it go on." in dashboard.text)
    dashboard.press("escape")
    dashboard.until(lambda: dashboard.titles() == set(TITLES))


def test_the_palette_sets_a_value(dashboard: Dashboard) -> None:
    dashboard.press("ctrl+p")
    dashboard.until(lambda: "Commands" in dashboard.text or "Search" in dashboard.text)
    dashboard.press(*"set training.batch_size 8")
    dashboard.until(lambda: "From 32 to 8" in dashboard.text)
    dashboard.press("enter")
    dashboard.until(lambda: dashboard.setting("batch size") == "8")


@pytest.mark.slow
def test_a_click_on_a_key_of_the_footer_presses_it(dashboard: Dashboard) -> None:
    row = next(index for index, text in enumerate(dashboard.screen) if "space Pause" in text)
    dashboard.click(dashboard.screen[row].index("Pause"), row)
    dashboard.until(lambda: dashboard.state == "paused")


@pytest.mark.slow
def test_a_click_on_a_panel_focuses_it(dashboard: Dashboard) -> None:
    row = next(index for index, text in enumerate(dashboard.screen) if "─ Accuracy" in text)
    dashboard.click(10, row + 3)
    dashboard.until(lambda: "┏━ Accuracy" in dashboard.text)


@pytest.mark.slow
def test_what_is_typed_at_once_arrives_whole_in_the_form(dashboard: Dashboard) -> None:
    dashboard.press("space")  # so that what is written to the screen answers a key
    dashboard.until(lambda: dashboard.state == "paused" and "Continue" in dashboard.text)
    dashboard.press("e")
    dashboard.until(lambda: "Nothing changed." in dashboard.text)
    dashboard.press(*"learning_rate")
    dashboard.until(lambda: "momentum" not in dashboard.text)
    dashboard.strike("down")
    dashboard.press(*"0.123456789")
    dashboard.until(lambda: "optimizer.learning_rate 0.123456789" in dashboard.text)


def test_keys_of_one_burst_all_count(dashboard: Dashboard) -> None:
    dashboard.press(*"]]]]]]]]]]", *"[[[[[", "space")
    dashboard.until(lambda: dashboard.state == "paused" and dashboard.setting("rate scale") == "3.2")


@pytest.mark.parametrize("key", ["q", pytest.param("ctrl+c", marks=pytest.mark.slow)])
def test_q_and_ctrl_c_leave(dashboard: Dashboard, key: str) -> None:
    dashboard.press(key)
    assert dashboard.wait_exit() == 0
    assert dashboard.leftovers() == []
