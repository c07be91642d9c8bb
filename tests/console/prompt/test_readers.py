"""The line of a terminal, with what goes on beside it: ticks of a live clock, and work that is done while nothing is typed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from console.prompt import readers
from console.prompt.readers import TerminalReader
from console.prompt.suggest import Suggestion

if TYPE_CHECKING:
    from pathlib import Path

    from prompt_toolkit.input import PipeInput


@pytest.fixture
def keys(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PipeInput]:
    """What is typed; work beside it begins at once."""
    monkeypatch.setattr(readers, "REST_S", 0.0)
    monkeypatch.setattr(readers, "TICK_S", 0.0)
    with create_pipe_input() as typed, create_app_session(input=typed, output=DummyOutput()):
        yield typed


def nothing(text: str) -> list[Suggestion]:
    return []


def test_spare_work_is_done_while_the_line_is_empty_and_until_there_is_no_more(keys: PipeInput) -> None:
    left = [3, 2, 1]
    ticks: list[int] = []

    def tick() -> None:
        ticks.append(len(left))
        if ticks.count(0) == 3:
            keys.send_text("alerts\r")

    assert TerminalReader(nothing, str, tick, lambda: bool(left.pop() and left)).line() == "alerts"
    assert ticks == sorted(ticks, reverse=True)
    assert set(ticks) >= {2, 1, 0}


def test_a_slice_that_is_under_way_is_over_before_the_line_is_answered(keys: PipeInput) -> None:
    under_way: list[bool] = []

    def slice_of_work() -> bool:
        under_way.append(True)
        if len(under_way) == 1:
            keys.send_text("alerts\r")
        sum(range(3_000_000))
        under_way[-1] = False
        return True

    assert TerminalReader(nothing, str, None, slice_of_work).line() == "alerts"
    assert under_way
    assert not any(under_way)


def test_nothing_is_done_beside_a_line_that_somebody_types(keys: PipeInput) -> None:
    done: list[int] = []
    seen: list[int] = []

    def tick() -> None:
        if reader._session.default_buffer.text == "al":
            seen.append(len(done))
            if len(seen) == 20:
                keys.send_text("erts\r")

    def slice_of_work() -> bool:
        done.append(1)
        if len(done) == 1:
            keys.send_text("al")
        return True

    reader = TerminalReader(nothing, str, tick, slice_of_work)
    assert reader.line() == "alerts"
    assert done
    assert len(set(seen)) == 1
