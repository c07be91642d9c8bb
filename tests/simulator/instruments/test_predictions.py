from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from simulator.dataplane.features import FEATURES
from simulator.durations import DAY_S
from simulator.errors import Refused
from simulator.observation import Observation
from simulator.world import World

Seen = Callable[[World, str], Observation]


def _rows(shown: Observation) -> list[dict[str, object]]:
    names = [column.name for column in shown.tables[0].columns]
    return [dict(zip(names, row, strict=True)) for row in shown.tables[0].rows]


def test_rows_hold_the_features_as_they_were_served(base_world: World, seen: Seen) -> None:
    shown = seen(base_world, "predictions --last 2h --n 7")
    rows = _rows(shown)
    assert len(rows) == 7
    times = base_world.rows.numbers("at_s", 60 * DAY_S - 7200.0, 60 * DAY_S)
    assert rows[0]["at"] == round(times[0])
    assert rows[-1]["at"] == round(times[-1])
    for name in FEATURES:
        served = base_world.rows.numbers(f"served.{name}", 60 * DAY_S - 7200.0, 60 * DAY_S)
        assert rows[0][name] == pytest.approx(served[0], rel=1e-5)
        assert shown.facts[f"median.{name}"] == pytest.approx(float(np.median(served)), rel=1e-5)


@pytest.mark.parametrize(
    ("where", "column", "value"),
    [
        ("channel=marketplace", "channel", "marketplace"),
        ("region=apac", "region", "apac"),
        ("decision=declined", "decision", "declined"),
        ("decision=explored", "decision", "explored"),
    ],
)
def test_only_what_matches_is_shown(base_world: World, seen: Seen, where: str, column: str, value: str) -> None:
    shown = seen(base_world, f"predictions --last 24h --where {where} --n 100")
    assert {row[column] for row in _rows(shown)} == {value}
    assert 0.0 < float(shown.facts["share"]) < 1.0


def test_every_served_version_can_be_asked_for(base_world: World, seen: Seen) -> None:
    version = base_world.levers["alias.champion"].at(base_world.now_s)
    assert seen(base_world, f"predictions --where version={version}").facts["share"] == 1.0


def test_declined_payments_have_no_known_outcome_and_some_old_approved_ones_do(base_world: World, seen: Seen) -> None:
    assert {row["known"] for row in _rows(seen(base_world, "predictions --last 30d --where decision=declined --n 100"))} == {None}
    known = {row["known"] for row in _rows(seen(base_world, "predictions --last 50d --where decision=explored --n 100"))}
    assert "chargeback" in known


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("predictions --where city=oslo", "channel=…"),
        ("predictions --where channel=phone", "web, app, marketplace"),
        ("predictions --where defaults=yes", "no payment"),
        ("predictions --n 0", "from 1 to 100"),
    ],
)
def test_a_condition_that_makes_no_sense_is_refused(base_world: World, seen: Seen, line: str, said: str) -> None:
    with pytest.raises(Refused, match=said):
        seen(base_world, line)
