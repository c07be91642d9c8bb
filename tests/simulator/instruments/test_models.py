from __future__ import annotations

from collections.abc import Callable

import pytest

from simulator.dataplane.transform import INPUTS
from simulator.durations import DAY_S, HOUR_S
from simulator.errors import Refused
from simulator.observation import Observation, significant
from simulator.timeline import Edit
from simulator.world import World

Seen = Callable[[World, str], Observation]


@pytest.fixture(scope="module")
def rolled_back(later: Callable[..., World]) -> World:
    """Half an hour after version 6 was made champion and version 8 got 40 % of the payments."""
    edits = [
        Edit(60 * DAY_S, "alias.champion", "v6", "you", "roll back"),
        Edit(60 * DAY_S, "alias.challenger", "v8", "you", "compare"),
        Edit(60 * DAY_S, "traffic.challenger_share", 0.4, "you", "compare"),
    ]
    return later(edits, HOUR_S)


def test_the_list_is_the_registry_newest_first(base_world: World, seen: Seen) -> None:
    shown = seen(base_world, "models list")
    assert [row[0] for row in shown.tables[0].rows] == [v.name for v in reversed(base_world.registry.versions)]
    assert [row[0] for row in shown.tables[0].rows if row[1] == "champion"] == [base_world.levers["alias.champion"].at(base_world.now_s)]
    newest = base_world.registry.versions[-1]
    assert shown.facts[f"auc.{newest.name}"] == newest.metrics["auc"]
    assert shown.facts[f"positive_rate.{newest.name}"] == newest.metrics["positive_rate"]


def test_a_version_shows_its_frame_recipe_and_weights(base_world: World, seen: Seen) -> None:
    version = base_world.registry.get("v3")
    shown = seen(base_world, "models show v3")
    lineage = dict(shown.tables[0].rows)
    assert lineage["frame span"] == "28d"
    assert lineage["youngest payment at training"] == "21d"
    assert (lineage["join"], lineage["transform"], lineage["commit"]) == (version.join, version.transform, version.commit)
    weights = {str(row[0]): float(row[1] or 0.0) for row in shown.tables[2].rows}
    assert set(weights) == set(INPUTS)
    assert weights["log_disputes"] == significant(float(version.scorer.coefficients[INPUTS.index("log_disputes")]))
    assert shown.facts["top_input"] == max(weights, key=lambda name: abs(weights[name]))
    assert shown.facts["gate_lead"] == significant(version.metrics["auc"] - version.metrics["champion_auc"])


def test_an_alias_stands_for_its_version(rolled_back: World, seen: Seen) -> None:
    assert seen(rolled_back, "models show champion").title == "Model v6"
    assert seen(rolled_back, "models show challenger").title == "Model v8"
    assert seen(rolled_back, "models show latest").title == f"Model {rolled_back.registry.versions[-1].name}"


def test_served_versions_are_those_that_scored(rolled_back: World, seen: Seen) -> None:
    shown = seen(rolled_back, "models served")
    assert shown.facts["champion"] == "v6"
    assert shown.facts["share.v6"] == pytest.approx(0.6, abs=0.1)
    assert float(shown.facts["share.v6"]) + float(shown.facts["share.v8"]) == pytest.approx(1.0, abs=1e-5)
    assert shown.facts["share_on_alias"] == shown.facts["share.v6"]
    same = {row[0]: row[5] for row in shown.tables[0].rows}
    assert same == {"v6": True, "v8": False}


@pytest.mark.parametrize("line", ["models show v99", "models show challenger", "models compare v1 newest"])
def test_a_version_that_does_not_exist_is_refused(base_world: World, seen: Seen, line: str) -> None:
    with pytest.raises(Refused, match=r"no (model version|version has the alias) .*v8"):
        seen(base_world, line)
