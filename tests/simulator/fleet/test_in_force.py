"""Levers over the spec: what stands where nobody pulled, what a pull changes, and what it means for the rest."""

from __future__ import annotations

import pytest

from simulator.catalogue import LEVERS
from simulator.fleet.in_force import lever_keys, resolve_pool
from simulator.fleet.spec import AutoscalerSpec
from simulator.levers import Levers
from simulator.timeline import Edit, Value
from tests.simulator.fleet.fleets import FETCH, FLEET, MODEL, STANDARD, setting


def test_without_a_pull_all_is_as_the_system_has_it() -> None:
    for pool, spec in zip(STANDARD.pools, FLEET.pools, strict=True):
        assert (pool.name, pool.machine, pool.market, pool.min_nodes, pool.max_nodes) == (spec.name, spec.machine, spec.market, spec.min_nodes, spec.max_nodes)
        assert (pool.training, pool.lost, pool.provision_s, pool.reclaims_per_hour) == (0, 0, spec.provision_s, spec.reclaims_per_hour)
    for deployment, declared in zip(STANDARD.deployments, FLEET.deployments, strict=True):
        assert (deployment.pinned, deployment.template, deployment.autoscaler) == (0, (declared.image_gb, declared.per_gpu), declared.autoscaler)
        assert (deployment.model_gb, deployment.gpu_memory_gb) == (declared.model_gb, declared.gpu_memory_gb)


@pytest.mark.parametrize(
    ("lever", "value", "field", "found"),
    [
        ("pool.min/gpu", 0.0, "min_nodes", 0),
        ("pool.max/gpu", 0.0, "max_nodes", 0),
        ("pool.market/gpu", "spot", "market", "spot"),
        ("pool.training/gpu", 3.0, "room", 1),
        ("pool.training/gpu", 9.0, "room", 0),
        ("pool.provision_s/gpu", 400.0, "provision_s", 400.0),
        ("pool.reclaims_per_hour/gpu", 0.5, "reclaims_per_hour", 0.5),
        ("pool.lost/gpu", 2.0, "lost", 2),
    ],
)
def test_levers_of_a_pool_are_in_force_at_their_pool_only(lever: str, value: float | str, field: str, found: object) -> None:
    pulled = setting({lever: value})
    assert getattr(pulled.pool("gpu"), field) == found
    assert (pulled.pool("cpu"), pulled.deployments) == (STANDARD.pool("cpu"), STANDARD.deployments)


def test_the_most_nodes_win_over_the_fewest() -> None:
    assert setting({"pool.max/gpu": 1.0}).pool("gpu").min_nodes == 1


@pytest.mark.parametrize(
    ("pulled", "scaler"),
    [
        ({"autoscaler.target/model-server": 0.5}, AutoscalerSpec("hpa", "gpu", 0.5, 3, 8, 300.0)),
        ({"autoscaler.signal/model-server": "cpu"}, AutoscalerSpec("hpa", "cpu", 0.8, 3, 8, 300.0)),
        ({"autoscaler.signal/model-server": "rate", "autoscaler.target/model-server": 5.0}, AutoscalerSpec("hpa", "rate", 5.0, 3, 8, 300.0)),
        ({"autoscaler.kind/model-server": "kpa"}, AutoscalerSpec("kpa", "concurrency", 100.0, 3, 8, 60.0)),
        ({"autoscaler.kind/model-server": "kpa", "autoscaler.min/model-server": 0.0}, AutoscalerSpec("kpa", "concurrency", 100.0, 0, 8, 60.0)),
        ({"autoscaler.min/model-server": 0.0}, AutoscalerSpec("hpa", "gpu", 0.75, 1, 8, 300.0)),
        ({"autoscaler.max/model-server": 1.0}, AutoscalerSpec("hpa", "gpu", 0.75, 1, 1, 300.0)),
        ({"autoscaler.window_s/model-server": 0.0}, AutoscalerSpec("hpa", "gpu", 0.75, 3, 8, 0.0)),
        ({"autoscaler.kind/model-server": "off"}, AutoscalerSpec("off", "gpu", 0.75, 3, 8, 0.0)),
    ],
)
def test_an_autoscaler_takes_the_usual_target_and_window_of_what_it_was_turned_into(pulled: dict[str, float | str], scaler: AutoscalerSpec) -> None:
    found = setting(pulled)
    assert found.deployment(MODEL).autoscaler == scaler
    assert found.deployment(FETCH) == STANDARD.deployment(FETCH)


def test_the_size_of_a_model_is_what_a_person_set_then_the_champions_then_the_standard() -> None:
    champion = {"model.size_gb/v1": 3.0, "model.size_gb/v2": 9.0}
    assert setting(champion).deployment(MODEL).model_gb == 3.0
    assert setting({**champion, "alias.champion": "v2"}).deployment(MODEL).model_gb == 9.0
    assert setting({**champion, "alias.champion": "v3"}).deployment(MODEL).model_gb == 1.5
    assert setting({**champion, "serving.model_gb/model-server": 5.0}).deployment(MODEL).model_gb == 5.0
    assert setting(champion).deployment(FETCH).model_gb == 0.0


def test_an_unknown_market_or_signal_is_an_error() -> None:
    for pulled in ({"pool.market/gpu": "barter"}, {"autoscaler.signal/model-server": "hope"}):
        with pytest.raises(ValueError, match="is one of"):
            setting(pulled)


def test_all_levers_that_a_setting_depends_on_are_known() -> None:
    texts = {"autoscaler.kind": "kpa", "autoscaler.signal": "rate", "pool.market": "spot"}
    same = ("serving.batch_max/feature-server",)
    """Batches take memory of a card, and it has none."""
    keys = lever_keys(FLEET)
    assert {key.partition("/")[0] for key in keys} <= {lever.name for lever in LEVERS}
    for key in keys:
        value = texts.get(key.partition("/")[0], 7.0) if key != "pool.market/train-spot" else "on-demand"
        assert (setting({key: value}) == STANDARD) == (key in same), key


def test_a_pool_resolved_alone_is_the_one_among_all() -> None:
    pulled: dict[str, Value] = {"pool.max/gpu": 2.0, "pool.market/gpu": "spot", "pool.lost/gpu": 1.0, "pool.reclaims_per_hour/train-spot": 9.0}
    levers = Levers(LEVERS, [Edit(0.0, key, value, "test", "") for key, value in pulled.items()])
    for spec in FLEET.pools:
        assert resolve_pool(FLEET, spec.name, lambda key: levers[key].at(0.0)) == setting(pulled).pool(spec.name)
