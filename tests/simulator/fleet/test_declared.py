"""What authors write about a fleet and about prices is read as written, and a mistake is said in one line that names its place."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import yaml

import content
from simulator.dataplane.stations import FEATURE_SERVER, MODEL_SERVER
from simulator.errors import ContentError
from simulator.fleet.declared import declared
from simulator.fleet.prices import load_prices, prices_of
from simulator.fleet.spec import CallersSpec, TrainingSpec
from simulator.spec import load_system

SERVICES = (FEATURE_SERVER, MODEL_SERVER)
SYSTEM: dict[str, Any] = yaml.safe_load(content.read("systems", "card-fraud.yaml"))
PRICES: dict[str, Any] = yaml.safe_load(content.read("prices", "2026-11.yaml"))


def changed(data: dict[str, Any], place: str, value: object) -> dict[str, Any]:
    """A copy with `value` at the dotted `place`; None takes away what is there."""
    twin = copy.deepcopy(data)
    *way, last = place.split("/")
    inner = twin
    for name in way:
        inner = inner[name]
    if value is None:
        del inner[last]
    else:
        inner[last] = value
    return twin


def test_the_packaged_system_declares_what_its_services_run_on() -> None:
    spec = load_system("card-fraud")
    assert [(pool.name, pool.machine.name, pool.market, pool.min_nodes, pool.max_nodes) for pool in spec.fleet.pools[:2]] == [
        ("cpu", "m6i.xlarge", "on-demand", 2, 8),
        ("gpu", "g6.xlarge", "on-demand", 2, 4),
    ]
    assert spec.callers == CallersSpec(1, 200.0, 0.0)
    assert spec.fleet.pool(spec.training.pool).market == "spot"
    assert spec.training == TrainingSpec(**SYSTEM["training"])
    assert set(spec.budgets) == {pool.team for pool in spec.fleet.pools} | {deployment.team for deployment in spec.fleet.deployments}


def test_the_fewest_replicas_are_those_with_which_the_services_were_sized() -> None:
    spec = load_system("card-fraud")
    fewest = {deployment.service: deployment.autoscaler.min for deployment in spec.fleet.deployments}
    assert fewest == {FEATURE_SERVER: spec.service.feature_server.replicas, MODEL_SERVER: spec.service.model_server.replicas}


def test_a_price_list_has_a_date_and_a_source_for_each_machine() -> None:
    prices = load_prices("2026-11")
    assert (prices.name, prices.as_of, prices.currency) == ("2026-11", "2026-11-09", "USD")
    assert [prices.machine("g6.xlarge").price(market) for market in ("on-demand", "spot")] == [0.805, 0.322]
    assert {prices.machine(name).gpu for name in ("g4dn.xlarge", "g6.xlarge", "g5.xlarge", "p4de.24xlarge", "p5.48xlarge")} == {"T4", "L4", "A10G", "A100 80 GB", "H100 80 GB"}
    assert prices.sources.keys() == prices.machines.keys()


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        ("pools", None, "pools: this section is missing or empty"),
        ("pools/gpu/machine", "cray-1", "pools.gpu.machine: prices/2026-11.yaml has no machine 'cray-1'"),
        ("pools/gpu/machine", None, "pools.gpu.machine: a pool names its machine"),
        ("pools/gpu/market", "barter", "pools.gpu: pool gpu: market is one of on-demand, spot"),
        ("pools/gpu/max_nodes", 1, "pools.gpu: pool gpu: 0 <= min_nodes <= max_nodes"),
        ("pools/gpu/max_nodes", "many", "pools.gpu.max_nodes: a whole number is expected, not 'many'"),
        ("pools/gpu/nodes", 3, "pools.gpu.nodes: no such field; there are"),
        ("pools/gpu/team", None, "pools.gpu.team: is missing"),
        ("deployments/model-server", None, "deployments: one deployment for each service, feature-server and model-server"),
        ("deployments/model-server/pool", "moon", "deployments: deployment model-server: there is no pool 'moon'"),
        ("deployments/model-server/cpus", 40, "deployments: deployment model-server: no replica fits on a g6.xlarge"),
        ("deployments/model-server/cpus", True, "deployments.model-server.cpus: a number is expected, not True"),
        ("deployments/model-server/on_loss", "shrug", "deployments.model-server: deployment model-server: cpu_share goes"),
        ("deployments/model-server/autoscaler", 3, "deployments.model-server.autoscaler: fields are expected here"),
        ("deployments/model-server/autoscaler/min", 0, "deployments.model-server.autoscaler: only a kpa scales to zero"),
        ("deployments/model-server/autoscaler/kind", "kpa", "deployments.model-server.autoscaler: a kpa follows concurrency or rate, not gpu"),
        ("pools/gpu/notice_s", -1, "pools.gpu: pool gpu: provision_s, pull_gb_per_s"),
        ("callers/attempts", 0, "callers: callers make at least 1 attempt"),
        ("training/pool", "moon", "training.pool: there is no pool 'moon'"),
        ("training/nodes", 0, "training: training needs at least 1 node"),
        ("budgets/fraud-ml", 0, "budgets.fraud-ml: US dollars per day, above 0, not 0"),
        ("budgets", [3], "budgets: a section of names is expected"),
    ],
)
def test_a_mistake_in_a_system_is_one_line_that_names_its_place(place: str, value: object, said: str) -> None:
    with pytest.raises(ContentError) as problem:
        declared("systems/x.yaml", changed(SYSTEM, place, value), load_prices("2026-11"), SERVICES)
    assert str(problem.value).startswith(f"systems/x.yaml: {said}")
    assert "\n" not in str(problem.value)


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        ("format_version", 2, "format_version: format_version is 1"),
        ("as_of", None, "as_of: is missing"),
        ("currency", "EUR", "currency: all money is in USD, not 'EUR'"),
        ("machines/g6.xlarge/source", None, "machines.g6.xlarge: a price without its source"),
        ("machines/g6.xlarge/cpus", None, "machines.g6.xlarge.cpus: is missing"),
        ("machines/g6.xlarge/spot_usd_per_hour", 3.0, "machines.g6.xlarge: machine g6.xlarge needs prices above 0, spot at most on demand"),
        ("machines/g6.xlarge/gpus", 0, "machines.g6.xlarge: machine g6.xlarge needs cpus"),
        ("egress_usd_per_gb", "free", "egress_usd_per_gb: a price in USD, not 'free'"),
    ],
)
def test_a_mistake_in_a_price_list_is_one_line_that_names_its_place(place: str, value: object, said: str) -> None:
    with pytest.raises(ContentError) as problem:
        prices_of("x", changed(PRICES, place, value))
    assert str(problem.value).startswith(f"prices/x.yaml: {said}")


def test_a_price_list_that_nobody_wrote_is_said_with_those_that_there_are() -> None:
    with pytest.raises(ContentError, match=r"^prices/1999-01\.yaml: no such price list; there are 2026-11$"):
        load_prices("1999-01")


def test_a_bare_off_is_a_kind_of_autoscaler() -> None:
    body = {"kind": False, "min": 3, "max": 3}
    found = declared("systems/x.yaml", changed(SYSTEM, "deployments/model-server/autoscaler", body), load_prices("2026-11"), SERVICES)
    assert found.fleet.deployment(MODEL_SERVER).autoscaler.kind == "off"
