from __future__ import annotations

import pytest

from console.host.shown import MapNode, MapRow
from console.widgets.map_layout import laid_out, state_words
from tests.console.samples import MAP

STATES = {"payments": "none", "ingest": "ok", "build": "failed", "online": "pending", "decisions": "firing"}


def test_a_state_is_a_sign_and_a_word() -> None:
    assert [state_words(state) for state in ("ok", "firing", "none", "running", "odd")] == ["+ ok", "! firing", "? none", "~ running", "odd"]


def test_rows_stand_under_each_other_with_room_for_arrows() -> None:
    layout = laid_out(MAP, STATES, 60, beneath=True)
    assert [(place.id, place.x, place.y, place.wrapped) for place in layout.places] == [
        ("payments", 0, 0, False),
        ("ingest", 12, 0, False),
        ("build", 22, 0, False),
        ("online", 0, 2, False),
        ("decisions", 16, 2, False),
    ]
    assert layout.height == 4


def test_a_row_that_is_too_long_goes_on_below() -> None:
    layout = laid_out(MAP, STATES, 24, beneath=True)
    assert [(place.id, place.y) for place in layout.places if place.wrapped] == [("build", 2), ("decisions", 6)]


@pytest.mark.parametrize("beneath", [True, False])
@pytest.mark.parametrize("width", [14, 20, 33, 46, 90])
def test_no_component_overlaps_another_or_leaves_the_map(width: int, beneath: bool) -> None:
    layout = laid_out(MAP, STATES, width, beneath=beneath)
    assert [place.id for place in layout.places] == [node.id for row in MAP for node in row.nodes]
    covered = [(x, y) for place in layout.places for x in range(place.x, place.x + place.width) for y in range(place.y, place.y + place.height)]
    assert len(covered) == len(set(covered))
    assert max(x for x, _ in covered) < width
    assert max(y for _, y in covered) < layout.height


def test_a_component_is_found_by_the_cell_it_covers() -> None:
    layout = laid_out(MAP, STATES, 60, beneath=True)
    found = layout.at(23, 1)
    assert found is not None
    assert found.id == "build"
    assert layout.at(59, 0) is None


def test_walking_follows_the_data_and_climbing_the_picture() -> None:
    layout = laid_out(MAP, STATES, 60, beneath=True)
    assert [layout.beside(id, step).id for id, step in (("payments", 1), ("build", 1), ("payments", -1), ("decisions", 1))] == ["ingest", "online", "payments", "decisions"]
    assert [layout.above_or_below(id, way).id for id, way in (("build", 1), ("online", -1), ("payments", -1), ("online", 1))] == ["decisions", "payments", "payments", "online"]


def test_a_label_longer_than_the_map_is_cut() -> None:
    layout = laid_out((MapRow((MapNode("a", "x" * 80, ()),)),), {}, 20, beneath=True)
    assert layout.places[0].label.endswith("…")
    assert len(layout.places[0].label) <= 20


def test_an_empty_map_has_no_lines() -> None:
    assert laid_out((), {}, 40, beneath=True).height == 0
