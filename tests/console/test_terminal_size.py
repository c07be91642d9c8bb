"""How large a terminal is changes nothing that a grade reads: the same lines leave the same journal, wall times apart."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from textual.pilot import Pilot

from console.app import HotseatApp
from console.home import sessions
from console.plain.style import Style
from scenarios.incident import Incident
from tests.console.test_journey import BEGIN, in_the_room, play, typed

if TYPE_CHECKING:
    from conftest import Hotseat

LINES = ("alerts", 'features age --expect "old rows"', "declare feature-store/online/card_velocity stale-materialisation --because 2")
SIZES = ((80, 24), (200, 60))
READ = ("look", "move", "word", "error", "refused", "scorecard")
Told = list[tuple[float, str, str, dict[str, Any]]]


def told(home: Path) -> Told:
    """What grading reads of the one session in a home folder, and the scorecard where there is one."""
    (journal,) = (home / "sessions").glob("*.journal")
    return [(row.at_s, row.actor, row.kind, row.payload) for row in sessions().resolve(journal.stem).rows if row.kind in READ]


def test_the_app_keeps_the_same_in_every_size(world: Incident, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene(app: HotseatApp, pilot: Pilot[None]) -> None:
        room = await in_the_room(app, pilot)
        for steps, line in enumerate(LINES, start=1):
            await typed(pilot, room, line, steps=steps)

    kept = []
    for width, height in SIZES:
        monkeypatch.setenv("HOTSEAT_HOME", str(home / f"{width}"))
        play(scene, BEGIN, size=(width, height))
        kept.append(told(home / f"{width}"))
    assert [payload["line"] for _, _, _, payload in kept[0]] == list(LINES)
    assert kept[0] == kept[1]


def test_a_script_keeps_the_same_in_every_width(hotseat: Hotseat, world: Incident, replayed_at_once: object, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script, shown, kept = "\n".join((*LINES, "resolve")).encode(), [], []
    for width in (40, 80, 200):
        monkeypatch.setattr("console.plain.style.stdout_style", partial(Style, width))
        monkeypatch.setenv("HOTSEAT_HOME", str(home / f"{width}"))
        ran = hotseat("run", world.scenario.name, "--seed", str(world.drawn.seed), "--script", "-", stdin=script)
        assert ran.status == 0
        shown.append(ran.out)
        kept.append(told(home / f"{width}"))
    assert len(set(shown)) == 3, "each width shows it in its own way"
    assert kept[0][-1][2] == "scorecard"
    assert kept[0] == kept[1] == kept[2]
