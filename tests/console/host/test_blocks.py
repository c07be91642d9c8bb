from __future__ import annotations

from typing import Any

import pytest

from console.host.blocks import block_of, blocks_of, said_in
from console.host.messages import Answered, decoded_event, encoded
from console.host.shown import Block, Said
from scenarios.chain import MemoryJournal
from scenarios.drill import Drill
from scenarios.incident import Incident
from simulator.durations import HOUR_S
from tests.console.samples import snapshot

LINES = ("alerts", "nonsense", "registry promote v99", "note a thought", "pipelines pause train", "features parity", "logs --last 1h", "wait 61m")


@pytest.fixture
def drill(built: Incident) -> Drill:
    return Drill(built, MemoryJournal({"session": "s", "scenario": "the-quiet-store", "seed": 3}))


def test_a_fresh_reply_and_its_journal_row_give_the_same_block(drill: Drill) -> None:
    fresh = tuple(block_of(drill.submit(line)) for line in LINES)
    drill.tick(drill.now_s + 2 * HOUR_S)
    assert blocks_of(drill.journal.rows()) == fresh
    assert [block.kind for block in fresh] == ["look", "error", "refused", "word", "move", "look", "look", "word"]
    assert fresh[-1].messages[0].sender == "product manager"


def test_a_block_crosses_to_the_screen_as_it_is(drill: Drill) -> None:
    for line in LINES:
        event = Answered(block=block_of(drill.submit(line)), snapshot=snapshot())
        assert decoded_event(encoded(event)) == event


def test_a_block_says_why_a_line_was_not_done(drill: Drill) -> None:
    block = block_of(drill.submit("registry promote v99"))
    assert isinstance(block, Block)
    assert (block.op, block.took_s, block.observation) == ("registry promote", 60.0, None)
    assert "v99" in block.error


@pytest.mark.parametrize(
    "kept",
    [
        None,
        "hello",
        {"at_s": 1},
        [None],
        ["hello"],
        [{"at_s": "1", "from": "x", "text": "y"}],
        [{"at_s": True, "from": "x", "text": "y"}],
        [{"at_s": 10**400, "from": "x", "text": "y"}],
        [{"at_s": -1.0, "from": "x", "text": "y"}],
        [{"at_s": 1.0, "from": 7, "text": "y"}],
        [{"at_s": 1.0, "from": "x"}],
    ],
)
def test_what_is_no_message_is_left_out(kept: Any) -> None:
    assert said_in({"messages": kept}) == ()


def test_messages_among_others_are_kept() -> None:
    assert said_in({"messages": [7, {"at_s": 5, "from": "support", "text": "calls"}]}) == (Said(5.0, "support", "calls"),)
