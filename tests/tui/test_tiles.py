"""Every part of the screen has its place, at every size."""

from itertools import combinations

import pytest
from textual.geometry import Region

from nntui.tui.tiles import PANELS, SMALLEST, fits, places

SIZES = [(80, 24), (81, 25), (100, 30), (120, 40), (159, 33), (160, 50), (200, 60), (317, 97), (80, 200), (400, 24)]


@pytest.mark.parametrize("notice", [0, 1, 2, 3])
@pytest.mark.parametrize("size", SIZES)
def test_all_panels_tile_the_screen(size: tuple[int, int], notice: int) -> None:
    regions = places(*size, notice=notice)
    assert set(PANELS) <= set(regions)
    screen = Region(0, 0, *size)
    assert all(screen.contains_region(region) and region.area for region in regions.values())
    for one, other in combinations(regions.values(), 2):
        assert not one.overlaps(other)
    assert sum(region.area for region in regions.values()) == screen.area


@pytest.mark.parametrize("size", SIZES)
def test_no_panel_is_too_small_to_read(size: tuple[int, int]) -> None:
    regions = places(*size)
    for name in PANELS:
        assert regions[name].width >= 40
        assert regions[name].height >= 6


@pytest.mark.parametrize("name", PANELS)
@pytest.mark.parametrize("size", SIZES)
def test_a_maximised_panel_has_all_the_room_there_is(size: tuple[int, int], name: str) -> None:
    regions = places(*size, maximised=name)
    assert set(PANELS) & set(regions) == {name}
    assert sum(region.area for region in regions.values()) == size[0] * size[1]


@pytest.mark.parametrize("size", [(79, 24), (80, 23), (20, 5), (1, 1), (400, 10)])
def test_below_the_smallest_size_there_is_one_message_only(size: tuple[int, int]) -> None:
    assert not fits(*size)
    assert places(*size) == {"too-small": Region(0, 0, *size)}


def test_the_smallest_size_is_that_of_a_plain_terminal() -> None:
    assert SMALLEST == (80, 24)
    assert fits(80, 24)
