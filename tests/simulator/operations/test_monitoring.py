from __future__ import annotations

from collections.abc import Callable

from simulator.durations import DAY_S
from simulator.observation import Observation
from simulator.operations import monitoring
from simulator.spec import AlertRule
from simulator.telemetry import alerts, drift_job
from simulator.world import World

Fork = Callable[..., World]
Do = Callable[[World, str], Observation]


def rule_of(world: World, name: str) -> AlertRule:
    return next(rule for rule in world.spec.alerts if rule.name == name)


def test_a_silenced_rule_is_evaluated_and_notifies_nobody(fork: Fork, do: Do) -> None:
    world = fork()
    do(world, "alerts silence feature-job-late")
    assert alerts.status(world, rule_of(world, "feature-job-late")).silenced
    assert not alerts.status(world, rule_of(world, "pipeline-failed")).silenced


def test_a_rule_fires_from_its_new_threshold_on_and_zero_puts_the_standard_back(fork: Fork, do: Do) -> None:
    world = fork()
    rule = rule_of(world, "feature-job-late")
    do(world, "alerts threshold feature-job-late 0.01")
    world.advance(61 * DAY_S - 5 * 3600)
    assert alerts.status(world, rule).state == "firing"
    do(world, "alerts threshold feature-job-late 0")
    world.advance(world.now_s + 900)
    status = alerts.status(world, rule)
    assert (status.state, status.threshold) == ("inactive", 3.0)


def test_the_drift_reference_is_four_weeks_from_the_age_given(fork: Fork, do: Do) -> None:
    world = fork()
    do(world, "drift reference --start 28d")
    assert drift_job.reference_span(world, world.now_s) == (world.settled_s - 28 * DAY_S, world.settled_s)
    assert monitoring.REFERENCE_SPAN_S == drift_job.REFERENCE_SPAN_S
