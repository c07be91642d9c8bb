from __future__ import annotations

from typing import Any

from textual.pilot import Pilot

from console.host.shown import MapNode, MapRow, NodeState
from console.widgets.platform_map import PlatformMap, node_text, summary
from tests.console.samples import MAP, NASTY, START_S, UNSAFE, snapshot
from tests.console.widgets.pane_stage import Scene, Stage, play, settled

TALL = tuple(MapRow(tuple(MapNode(f"{row}-{k}", f"part {row} {k}", ()) for k in range(3))) for row in range(6))


def play_map(scene: Scene, **kwargs: Any) -> Stage:
    return play(PlatformMap(classes="pane"), scene, **kwargs)


def test_the_map_shows_components_arrows_and_states() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        assert "payments ─▶ ingest ─▶ build" in stage.text
        assert "? none      + ok      ! failed" in stage.text
        assert "~ pending" in stage.text
        assert "! firing" in stage.text

    play_map(scene, size=(46, 14))


def test_before_anybody_chose_the_last_line_counts_the_states() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        stage.screen.set_focus(None)
        await settled(pilot)
        assert "! firing 1  ! failed 1  ~ pending 1  ? none 1  + ok 1" in summary(snapshot().nodes).plain

    play_map(scene)


def test_arrow_keys_walk_over_the_map_and_say_what_watches_a_component() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        stage.pane.focus()
        await settled(pilot)
        assert "decisions  ! firing: missed-fraud-high  watched by missed-fraud-high, decline-rate-high" in stage.text, "the worst is told first"
        await pilot.press("up", "left", "left")
        await settled(pilot)
        assert "payments  ? none  no monitor watches this" in stage.text
        await pilot.press("right", "right")
        await settled(pilot)
        assert "build  ! failed: features.build failed 12 min ago  watched by task features.build" in stage.text

    play_map(scene, size=(100, 14))


def test_a_refresh_keeps_the_chosen_component() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        stage.pane.focus()
        await pilot.press("up", "left", "left", "right")
        stage.take(snapshot(START_S + 3000, nodes=(NodeState("ingest", "late", "features.ingest 20 min late"),)))
        await settled(pilot)
        assert isinstance(stage.pane, PlatformMap)
        assert stage.pane.chosen == "ingest"
        assert "ingest  ! late: features.ingest 20 min late" in stage.text

    play_map(scene)


def test_a_click_chooses() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        await pilot.click(stage.pane, offset=(16, 2))
        await settled(pilot)
        assert isinstance(stage.pane, PlatformMap)
        assert stage.pane.chosen == "ingest"

    play_map(scene)


def test_states_move_behind_the_labels_where_lines_are_scarce_and_back() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        assert "part 0 0 ? none ─▶ part 0 1 ? none" in stage.text
        assert "part 5 2 ? none" in stage.text
        await pilot.resize_terminal(80, 24)
        await settled(pilot)
        assert "part 0 0 ─▶ part 0 1" in stage.text

    async def with_rows(stage: Stage, pilot: Pilot[None]) -> None:
        stage.rows = TALL
        await settled(pilot)
        await scene(stage, pilot)

    play_map(with_rows, size=(80, 10))


def test_the_chosen_component_is_scrolled_into_view() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        stage.rows = TALL
        stage.pane.focus()
        await settled(pilot)
        await pilot.press(*["down"] * 20)
        await settled(pilot)
        assert any(line.startswith(("│ part 5", "│ └▶ part 5")) for line in stage.lines)

    play_map(scene, size=(24, 8))


def test_a_map_whose_height_follows_its_content_takes_no_more() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        stage.screen.set_focus(None)
        stage.pane.styles.height = "auto"
        await settled(pilot)
        assert stage.pane.size.height == 5, "two rows of two lines and the line below"

    play_map(scene)


def test_a_component_without_a_state_is_watched_by_nothing() -> None:
    assert node_text(MAP[0].nodes[0], None).plain == "payments  ? none  no monitor watches this"


def test_a_nasty_map_is_only_text() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        stage.pane.focus()
        for text in NASTY:
            stage.rows = (MapRow((MapNode("a", text, (text,)), MapNode("b", "plain", ()))),)
            stage.take(snapshot(nodes=(NodeState("a", text, text), NodeState("b", "ok", ""))))
            await settled(pilot)
            assert not set(UNSAFE) & set(stage.text), repr(text)
            assert "plain" in stage.text, repr(text)

    play_map(scene)


def test_states_go_beneath_their_labels_again_once_there_are_lines_for_them() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        assert isinstance(stage.pane, PlatformMap)
        stage.pane._beneath = False  # as where the choice was made in a place that was still too small
        stage.pane.refresh(layout=True)
        stage.take(snapshot(START_S + 3000))
        await settled(pilot)
        assert "payments ─▶ ingest ─▶ build" in stage.text

    play_map(scene, size=(100, 16))
