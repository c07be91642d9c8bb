"""The SimPy model of the service bench does the same work: every try of its callers is ours, and so is what happens to the fleet."""

from __future__ import annotations

from dataclasses import replace

import pytest

from console.bench import service

QUICK = replace(
    service.AUTOSCALED,
    windows=3,
    levers=(
        *(pull for pull in service.AUTOSCALED.levers if pull[0] == 0.0),
        (0.0, "pool.provision_s/gpu", 20.0),
        (0.0, "pool.max/train-spot", 0.0),
        (60.0, "nature.campaign", 2.0),
    ),
)


@pytest.mark.parametrize(("case", "times"), [(service.STORM, 2.0), (QUICK, 1.0)], ids=["storm", "autoscaled"])
def test_simpy_gives_the_same_tries_and_the_same_replicas(case: service.Case, times: float) -> None:
    tries, largest_s = service.differs_by(case)
    assert tries > times * case.per_s * case.windows * 300.0
    assert largest_s < 1e-9


def test_replicas_come_while_requests_are_under_way() -> None:
    _, events = service.served(QUICK)
    assert [event.kind for event in events].count("pod-ready") > 2


def test_the_peer_is_told_apart_from_another_service() -> None:
    slower = replace(service.STORM, levers=(*service.STORM.levers, (1.0, "serving.slowdown/model-server", 3.3)))
    assert service.differs_by(slower)[1] > 0.1
