from __future__ import annotations

import re
from typing import Any

import pytest
from textual.pilot import Pilot

from console.host.shown import Hypothesis, Runbook, RunbookStep, Snapshot
from console.widgets.runbook_pane import RunbookPane, StepList, hypothesis_text
from tests.console.samples import NASTY, START_S, UNSAFE, snapshot
from tests.console.widgets.pane_stage import Scene, Stage, play, settled

NOW_S = START_S + 2520.0


def steps(count: int) -> tuple[RunbookStep, ...]:
    return tuple(RunbookStep(k, START_S + 60 * k, 60.0, "look", f"look at thing {k}", "", "") for k in range(1, count + 1))


def book(count: int, *hypotheses: Hypothesis) -> Snapshot:
    return snapshot(NOW_S, runbook=Runbook(steps(count), hypotheses))


def play_runbook(scene: Scene, **kwargs: Any) -> Stage:
    return play(RunbookPane(classes="pane"), scene, **kwargs)


def asked(stage: Stage) -> list[tuple[str, int]]:
    """Each message once: it is heard again by every widget that it bubbles to."""
    once = {id(message): message for message in stage.messages if isinstance(message, RunbookPane.Cite | RunbookPane.Show)}
    return [(type(message).__name__, message.step) for message in once.values()]


def in_view(stage: Stage) -> list[str]:
    return re.findall(r"thing \d+", stage.text)


def test_steps_have_number_line_cost_and_hypothesis_and_failures_are_said() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        shown = [" ".join(line.strip("│ ").split()) for line in stage.lines]
        assert "1 alerts 1m" in shown
        assert "3 ! not understood features agee" in shown
        assert '4 features age --expect "old rows" 5m H1' in shown
        assert "5 ~ refused registry rollback 1m H1" in shown
        assert "H1 ~ open stale-materialisation at feature-store/online evidence 4" in shown
        assert "H2 x ruled out concept-drift at population by 3" in shown

    play_runbook(scene, size=(78, 14))


@pytest.mark.parametrize(("standing", "shown"), [("open", "~ open"), ("ruled out", "x ruled out"), ("declared", "= declared"), ("odd", "odd")])
def test_a_standing_is_a_sign_and_a_word(standing: str, shown: str) -> None:
    assert hypothesis_text(Hypothesis("H1", "a", "b", standing, ())).plain == f"H1 {shown}  b at a"


def test_the_newest_step_is_in_view() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        assert "thing 30" in stage.text
        stage.take(book(31))
        await settled(pilot)
        assert "thing 31" in stage.text

    play_runbook(scene, size=(60, 12), first=book(30))


def test_nothing_jumps_once_somebody_scrolled_away() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        stage.pane.focus()
        await pilot.press("home", "down", "down")
        await settled(pilot)
        before = in_view(stage)
        stage.take(book(33))
        await settled(pilot)
        assert in_view(stage) == before
        assert stage.screen.query_one(StepList).chosen_step == 3
        await pilot.press("end")
        stage.take(book(34))
        await settled(pilot)
        assert "thing 34" in stage.text, "at the end it follows again"

    play_runbook(scene, size=(60, 12), first=book(30))


def test_a_step_is_put_right_in_its_place() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        first, *others = steps(4)
        stage.take(snapshot(NOW_S, runbook=Runbook((RunbookStep(1, START_S, 60.0, "look", "look at thing 1", "H7", ""), *others), ())))
        await settled(pilot)
        assert first.hypothesis == ""
        assert sum("H7" in line for line in stage.lines) == 1
        assert stage.screen.query_one(StepList).option_count == 4

    play_runbook(scene, size=(60, 12), first=book(4))


def test_i_cites_and_enter_shows_the_chosen_step() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        stage.pane.focus()
        await pilot.press("i", "up", "up", "i", "enter")
        await settled(pilot)

    stage = play_runbook(scene, size=(60, 12), first=book(5))
    assert asked(stage) == [("Cite", 5), ("Cite", 3), ("Show", 3)]


def test_an_empty_runbook_says_what_comes_here_and_asks_for_nothing() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        stage.pane.focus()
        await pilot.press("up", "i", "enter")
        await settled(pilot)
        assert "Each line you type becomes a step here." in stage.text
        stage.take(book(1))
        await settled(pilot)
        assert "Each line you type" not in stage.text
        assert "thing 1" in stage.text

    assert asked(play_runbook(scene, size=(60, 12), first=book(0))) == []


def test_a_click_chooses_and_asks_for_nothing() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        await pilot.click(StepList, offset=(5, 1))
        await settled(pilot)
        assert stage.screen.query_one(StepList).chosen_step == 2
        assert stage.pane.has_focus

    assert asked(play_runbook(scene, size=(60, 12), first=book(5))) == []


def test_a_shorter_runbook_of_another_drill_replaces_the_steps() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        stage.take(book(2))
        await settled(pilot)
        assert stage.screen.query_one(StepList).option_count == 2
        assert "thing 3" not in stage.text

    play_runbook(scene, size=(60, 12), first=book(5))


@pytest.mark.parametrize("size", [(46, 14), (78, 12), (200, 60), (20, 6), (8, 4)])
def test_every_size_can_be_shown(size: tuple[int, int]) -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        await pilot.resize_terminal(*size)
        await settled(pilot)
        assert len(stage.lines) == size[1]

    play_runbook(scene)


def test_nasty_lines_are_only_text() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        for text in NASTY:
            step = RunbookStep(1, START_S, 60.0, text, text, text, text)
            stage.take(snapshot(NOW_S, runbook=Runbook((step,), (Hypothesis(text, text, text, text, (1,)),))))
            await settled(pilot)
            assert not set(UNSAFE) & set(stage.text), repr(text)

    play_runbook(scene)
