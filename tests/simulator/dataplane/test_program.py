"""Functions that are compiled together."""

from __future__ import annotations

from types import FunctionType

from simulator.dataplane import by_event, event_kernel
from simulator.dataplane.program import Program

STEP = 3


def _twice(number: int) -> int:
    return 2 * number


def _stepped(number: int) -> int:
    return _twice(number) + STEP


def _with_step(step: int) -> FunctionType:
    return FunctionType(_stepped.__code__, {**globals(), "STEP": step}, "_stepped")


def test_a_program_gives_what_its_functions_give() -> None:
    assert Program(_stepped, _twice)(5) == _stepped(5) == 13


def test_code_is_kept_under_a_name_that_changes_with_the_constants_that_it_uses() -> None:
    one, same, other = (Program(_with_step(step), _twice) for step in (3, 3, 4))
    assert one.digest == same.digest
    assert one.digest != other.digest
    assert (one(5), other(5)) == (13, 14)


def test_code_is_kept_under_a_name_that_changes_with_the_functions_that_it_calls() -> None:
    def _twice(number: int) -> int:
        return number + number

    assert Program(_stepped, _twice).digest != Program(_stepped, globals()["_twice"]).digest


def test_the_loop_of_the_service_is_compiled_together_with_its_steps() -> None:
    assert event_kernel.by_event.python.__name__ == "_events"
    assert by_event.by_event is event_kernel.by_event
