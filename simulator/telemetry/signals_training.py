"""Signals of training: how old the last finished run is, how often jobs lost a node, and how much of the paid node time went into work that was lost."""

from __future__ import annotations

import numpy as np

from simulator.durations import DAY_S, WEEK_S
from simulator.nature.population import Floats
from simulator.platform.dags import DAG
from simulator.telemetry.readings import ratio, trailing_sum
from simulator.telemetry.signals_declared import signal
from simulator.world import World

LOST_SPAN_S = WEEK_S + DAY_S
"""Training runs once a week: a shorter span holds no training most of the time, and there is nothing to measure."""


@signal("training_age_ratio", "ratio", "time since the last successful training run ended, over its schedule", shown_as=("age_ratio.training",))
def _age(world: World, at_s: Floats, place: str) -> Floats:
    ends = np.array(sorted(r.end_s for r in world.log.runs.values() if r.dag == "train" and r.run_type != "backfill" and r.state == "success" and r.end_s is not None))
    before = np.searchsorted(ends, at_s, side="right")
    return np.where(before > 0, (at_s - ends[np.maximum(before - 1, 0)]) / DAG["train"].every_s, np.nan) if len(ends) else np.full(at_s.shape, np.nan)


@signal("training_interruptions_24h", "interruptions", "times that a training job lost a node and had to start again from its last checkpoint, trailing 24 h")
def _interruptions(world: World, at_s: Floats, place: str) -> Floats:
    """0 on days on which nothing trained."""
    times = np.array([event.at_s for event in world.log.job_events if event.kind in ("reclaimed", "cut-off")])
    return trailing_sum(times, np.ones(len(times)), at_s, DAY_S)


@signal("training_lost_ratio", "ratio", "node time spent on training work that was lost, over all node time of training, trailing 8 d", shown_as=("lost_share",))
def _lost(world: World, at_s: Floats, place: str) -> Floats:
    events = world.log.job_events
    times = np.array([event.at_s for event in events])
    lost, held = np.array([event.lost_s * event.nodes for event in events]), np.array([event.node_s for event in events])
    return ratio(trailing_sum(times, lost, at_s, LOST_SPAN_S), trailing_sum(times, held, at_s, LOST_SPAN_S))
