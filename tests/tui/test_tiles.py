"""Every part of the screen has its place, at every size."""

from itertools import combinations

import pytest
from textual.geometry import Region

from nntui.tui.model import Model
from nntui.tui.panels import BY_ID, SPECS
from nntui.tui.tiles import SMALLEST, fits, places
from nntui.tui.views import Tab, Tiling, filled, without
from tests.tui.fakes import batch, experiment, run_started

SIZES = [(80, 24), (81, 25), (100, 30), (120, 40), (159, 33), (160, 50), (200, 60), (317, 97), (80, 200), (400, 24)]


RUNS = {
    task: run_started(task=task, layer_sizes=(2, 16, 8, outputs))
    for task, outputs in (("classification", 2), ("regression", 1))
}
CASES = [pytest.param(size, tab, id=f"{tab.id}-{size[0]}x{size[1]}") for tab in filled() for size in SIZES]


def names(tiling: Tiling) -> set[str]:
    return {name for _, column in tiling for name, _ in column}


@pytest.mark.parametrize("notice", [0, 1, 2, 3])
@pytest.mark.parametrize(("size", "tab"), CASES)
def test_all_panels_tile_the_screen(size: tuple[int, int], tab: Tab, notice: int) -> None:
    tiling = tab.tiling(*size)
    regions = places(*size, tiling, said={"notice": notice})
    assert names(tiling) <= set(regions)
    screen = Region(0, 0, *size)
    assert all(screen.contains_region(region) and region.area for region in regions.values())
    for one, other in combinations(regions.values(), 2):
        assert not one.overlaps(other)
    assert sum(region.area for region in regions.values()) == screen.area


@pytest.mark.parametrize("task", RUNS)
@pytest.mark.parametrize(("size", "tab"), CASES)
def test_no_panel_is_too_small_to_read(size: tuple[int, int], tab: Tab, task: str) -> None:
    model = Model(experiment())
    model.take(batch(0, [RUNS[task]]))
    tiling = without(tab.tiling(*size), {name for name in tab.panels if not BY_ID[name].applies(model)})
    regions = places(*size, tiling)
    for name in names(tiling):
        assert regions[name].width >= 26
        assert regions[name].height >= 6


@pytest.mark.parametrize(("size", "tab"), CASES)
def test_a_maximised_panel_has_all_the_room_there_is(size: tuple[int, int], tab: Tab) -> None:
    for name in tab.panels:
        regions = places(*size, tab.tiling(*size), maximised=name)
        assert set(tab.panels) & set(regions) == {name}
        assert sum(region.area for region in regions.values()) == size[0] * size[1]


@pytest.mark.parametrize("size", [(79, 24), (80, 23), (20, 5), (1, 1), (400, 10)])
def test_below_the_smallest_size_there_is_one_message_only(size: tuple[int, int]) -> None:
    assert not fits(*size)
    assert places(*size, filled()[0].narrow) == {"too-small": Region(0, 0, *size)}


def test_the_smallest_size_is_that_of_a_plain_terminal() -> None:
    assert SMALLEST == (80, 24)
    assert fits(80, 24)


def test_every_panel_has_a_view_and_every_view_knows_its_panels() -> None:
    held = [name for tab in filled() for name in tab.panels]
    assert sorted(held) == sorted(BY_ID)
    assert len(BY_ID) == len(SPECS)


def test_an_absent_panel_leaves_its_room_to_its_neighbors() -> None:
    tiling: Tiling = ((1.0, (("a", 1), ("b", 2))), (2.0, (("c", 1),)))
    assert without(tiling, {"a"}) == ((1.0, (("b", 2),)), (2.0, (("c", 1),)))
    assert without(tiling, {"a", "b"}) == ((2.0, (("c", 1),)),)
    assert places(90, 30, without(tiling, {"a", "b"}))["c"].width == 90
