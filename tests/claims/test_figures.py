"""No figure in a text for learners is bound to nothing, and each keeps to what is measured."""

from __future__ import annotations

import pytest

from nntui.experiment import InvalidValue, find_preset, parse_value, read_preset
from tests.benchmarks.claims import holds, line, measured
from tests.claims import MEASURES
from tests.claims.figures import Text, figures, logarithms, settings, texts, uncovered
from tests.claims.said import Said

TEXTS = texts()
SOURCES = sorted({text.source for text in TEXTS})
SEED = 0
SEEDS = range(20)


def said_of(source: str, seed: int = SEED) -> list[Said]:
    return list(MEASURES[source](seed)) if source in MEASURES else []


@pytest.mark.parametrize("source", SOURCES)
def test_every_figure_is_bound_and_holds_with_one_seed(source: str) -> None:
    said = said_of(source)
    own = [text for text in TEXTS if text.source == source]
    assert [str(figure) for text in own for figure in uncovered(text, [each.quote for each in said])] == []
    assert [line([each]) for each in said if not (each.depends_on_luck or each.holds)] == []


def test_every_measured_source_is_a_text() -> None:
    assert set(MEASURES) <= set(SOURCES)


@pytest.mark.slow
@pytest.mark.parametrize("source", sorted(MEASURES))
def test_claims_hold_with_twenty_seeds(source: str) -> None:
    assert [line(said) for said in measured(source, SEEDS) if said[0].value is not None and not holds(said)] == []


@pytest.mark.parametrize(
    "text", [text for text in TEXTS if logarithms(text)], ids=lambda text: f"{text.source}-{text.where}"
)
def test_stated_logarithms_are_right(text: Text) -> None:
    for exact, stated, decimals in logarithms(text):
        assert stated == round(exact, decimals)


@pytest.mark.parametrize(
    "text", [text for text in TEXTS if settings(text)], ids=lambda text: f"{text.source}-{text.where}"
)
def test_settings_to_try_are_accepted(text: Text) -> None:
    experiment = read_preset(find_preset(text.preset))
    for line_of_text in text.words.splitlines():
        stated = settings(Text(text.source, text.where, line_of_text))
        try:
            experiment.with_values(
                {name: parse_value(name, value.strip('"').strip("[]").replace('"', "")) for name, value in stated}
            )
        except InvalidValue as error:
            pytest.fail(f"{line_of_text}: {error}")


@pytest.mark.parametrize(
    "words", ["It takes seven epochs.", "A loss of 0.1234.", "Half of them.", "97% right", "1,000 times"]
)
def test_new_figures_are_found(words: str) -> None:
    assert len(list(figures(Text("somewhere", "text", words)))) == 1


@pytest.mark.parametrize(
    "words", ["unit of layers", "e, optimizer.learning_rate = 0.3", "ln 3 = 1.10", "see section 4.2"]
)
def test_what_something_vouches_for_is_no_figure(words: str) -> None:
    assert list(figures(Text("somewhere", "text", words))) == []
