from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from conftest import Hotseat

    from grader.evidence import Evidence

ID = "the-quiet-store-3-1"


def replayed(hotseat: Hotseat, *options: str) -> dict[str, Any]:
    ran = hotseat("replay", ID, "--json", *options)
    assert ran.status == 0
    document: dict[str, Any] = json.loads(ran.out)
    return document


def test_edits_left_out_change_the_world_and_what_was_lost(hotseat: Hotseat, replayed_at_once: Evidence) -> None:
    script = b"pipelines repoint card_velocity\npipelines backfill materialise --view card_velocity\nwait 1h\nresolve\n"
    hotseat("run", "the-quiet-store", "--seed", "3", "--script", "-", "--json", stdin=script)
    as_it_was = replayed(hotseat)
    assert replayed(hotseat) == as_it_was
    assert as_it_was["session"] == ID
    assert [o["name"] for o in as_it_was["objectives"]] == ["fraud-capture", "decline-rate", "latency-p99"]
    nothing_done, nothing_wrong = replayed(hotseat, "--without-actions"), replayed(hotseat, "--without-faults", "--without-actions")
    assert len({as_it_was["world_digest"], nothing_done["world_digest"], nothing_wrong["world_digest"]}) == 3
    assert nothing_done["impact"] > as_it_was["impact"] > nothing_wrong["impact"] == 0.0
    assert all(o["held"] for o in nothing_wrong["objectives"])
    assert not all(o["held"] for o in nothing_done["objectives"])


def test_the_world_of_a_replay_is_the_one_that_was_played(hotseat: Hotseat, replayed_at_once: Evidence) -> None:
    from console.host.seat import begin

    seat = begin("the-quiet-store", 3, actor="you")
    for line in ("alerts", "registry rollback", "wait 30m"):
        seat.drill.submit(line)
    played = seat.drill.world.digest()
    seat.journal.close()
    assert replayed(hotseat)["world_digest"] == played
