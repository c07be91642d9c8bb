from __future__ import annotations

import json
from typing import TYPE_CHECKING

from grader.first_page import LEAST_OPEN, OVERVIEWS
from grader.presentation import ALIKE

if TYPE_CHECKING:
    from conftest import Hotseat


def test_an_author_sees_sizes_within_the_true_causes_and_what_first_looks_leave_open(hotseat: Hotseat) -> None:
    ran = hotseat("scenarios", "first-page", "the-slow-middle", "--seeds", "1", "--json")
    assert ran.status == 0
    (found,) = json.loads(ran.out)["seeds"]
    assert (found["seed"], found["alert"], found["cause"]) == (1, "latency-p50-shift", "batching-delay")
    sizes = {entry["place"]: entry["sizes"] for entry in found["candidates"] if entry["alike"]}
    true = sizes.pop("batching-delay")
    assert len(sizes) >= 4
    assert all((1 - ALIKE) * min(true) <= size <= (1 + ALIKE) * max(true) for drawn in sizes.values() for size in drawn)
    assert list(found["left_open"]) == list(OVERVIEWS)
    assert all("batching-delay" in names for names in found["left_open"].values())
    assert len(found["left_open"]["alerts"]) >= LEAST_OPEN
