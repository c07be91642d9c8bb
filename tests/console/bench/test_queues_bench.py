"""The peers of the queues bench do the same work: their waits are ours."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from console.bench import queues
from simulator.errors import HotseatError
from simulator.streams import stream


@pytest.mark.parametrize("case", queues.CASES, ids=[case.name for case in queues.CASES])
def test_simpy_gives_the_same_waits(case: queues.Case) -> None:
    brought = queues._bring(case, stream(1, "test.bench"), 600)
    ours = queues._serve(case, brought)
    assert ours.mean() > 0.1
    assert np.abs(ours - queues._simpy_waits(case, brought)).max() < 1e-9


@pytest.mark.parametrize("case", [queues.CASES[0], queues.CASES[5]], ids=["random", "shared"])
def test_ciw_gives_the_same_waits(case: queues.Case) -> None:
    pytest.importorskip("ciw")
    brought = queues._bring(case, stream(1, "test.bench"), 300)
    assert np.sort(queues._ciw_waits(case, brought)) == pytest.approx(np.sort(queues._serve(case, brought)), abs=1e-9)


def test_a_missing_ciw_is_one_line_that_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ciw", None)
    with pytest.raises(HotseatError, match="install the bench extra"):
        queues.run()


def test_closed_forms_at_known_points() -> None:
    assert queues._closed_form_wait(queues.Case("random", 4, 0.8, 1.0)) == pytest.approx(4.0)
    assert queues._closed_form_wait(queues.Case("shared", 4, 0.8, 1.0)) == pytest.approx(0.7455, abs=1e-4)
    assert queues._closed_form_wait(queues.Case("round-robin", 4, 0.8, 1.0)) == pytest.approx(2.2674, abs=1e-4)
