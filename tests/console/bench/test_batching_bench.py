"""The peers of the batching bench do the same work: their waits are ours."""

from __future__ import annotations

import numpy as np
import pytest

from console.bench import batching
from simulator.streams import stream


@pytest.mark.parametrize("case", batching.CASES, ids=[case.name for case in batching.CASES])
@pytest.mark.parametrize("peer", ["_simpy_waits", "_waits_looking_ahead"])
def test_simpy_gives_the_same_waits(case: batching.Case, peer: str) -> None:
    brought = batching._bring(case, stream(1, "test.bench"), 3000)
    ours = batching._serve(brought).wait_s
    assert ours.mean() > 0.004
    assert np.abs(ours - getattr(batching, peer)(brought)).max() < 1e-9
