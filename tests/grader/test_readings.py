from __future__ import annotations

from dataclasses import replace

import pytest

from grader.readings import readings
from simulator.observation import Fact
from tests.grader.scenes import Scene


def said(name: str, value: Fact) -> str:
    scene = Scene()
    scene.type("alerts")
    return readings(replace(scene.steps[0], facts={name: value}), [name])


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("age_s.merchant_risk", 301_500.0, "age of merchant_risk (3.5d)"),
        ("psi.amount", 0.93817, "PSI of amount (0.938)"),
        ("p99_ms.queue", 240.0, "p99 of queue (240 ms)"),
        ("state.score-mean-shift", "firing", "state of score-mean-shift (firing)"),
        ("change.declined.all", 0.5438, "change against the week before of declined of all (0.544)"),
        ("offered_per_s", 61.5, "offered per s (61.5)"),
        ("fraud_usd", 12_300.0, "fraud (12,300 USD)"),
        ("rows.merchant_risk", 0.0, "rows of merchant_risk (0)"),
        ("took_s.fit", 0.4, "took of fit (0.4 s)"),
    ],
)
def test_a_fact_is_told_in_words_with_its_unit(name: str, value: Fact, words: str) -> None:
    assert said(name, value) == words


def test_a_fact_that_the_look_did_not_show_has_no_value() -> None:
    scene = Scene()
    scene.type("alerts")
    assert readings(scene.steps[0], ["psi.amount"]) == "PSI of amount"
    assert readings(scene.steps[0], []) == "what it showed"
