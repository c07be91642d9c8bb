from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from grader.noise import load_measurement
from scenarios.words import registry

if TYPE_CHECKING:
    from conftest import Hotseat


def test_the_noise_of_one_look_is_told_with_how_it_was_measured(hotseat: Hotseat) -> None:
    ran = hotseat("noise", "serving", "status")
    assert ran.status == 0
    told = " ".join(ran.out.split())
    assert "over 12 worlds of card-fraud in which nothing is wrong, seeds 201 to 212" in told
    assert "between 09:00 and 14:30" in told
    noise = load_measurement("card-fraud").numbers["serving status p99_ms.total"]
    (line,) = [line.split() for line in ran.out.splitlines() if "p99_ms.total" in line]
    assert [float(cell) for cell in line[2:4]] == [noise.standard_deviation, noise.worlds]
    assert "serving latency" not in ran.out


def test_a_first_word_names_all_its_looks_and_nothing_names_every_look(hotseat: Hotseat) -> None:
    found = json.loads(hotseat("noise", "serving", "--json").out)
    assert [one["look"] for one in found["looks"]] == ["serving latency", "serving status"]
    assert found["measured"]["seeds"][0] == 201
    every = json.loads(hotseat("noise", "--json").out)["looks"]
    assert [one["look"] for one in every] == [c.name for c in registry().values() if c.kind == "look"]
    facts = {fact["fact"]: fact for fact in next(one["facts"] for one in every if one["look"] == "serving status")}
    assert facts["timeout_ratio"]["noticeable"] == {"absolute": 0.004, "relative": 0.1}
    assert facts["transform"]["noticeable"] is None


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("noise", "serving", "statu"), "there is no look 'serving statu'; did you mean serving status"),
        (("noise", "train", "start"), "there is no look 'train start'"),
        (("noise", "--system", "ads"), "there is no system 'ads'; there are card-fraud"),
    ],
)
def test_what_does_not_exist_is_one_line_and_status_2(hotseat: Hotseat, arguments: tuple[str, ...], complaint: str) -> None:
    ran = hotseat(*arguments)
    assert (ran.status, ran.out, len(ran.err.splitlines())) == (2, "", 1)
    assert ran.err.startswith(f"hotseat: {complaint}")
