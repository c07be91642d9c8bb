"""What each task does when it ends: load the online store, join labels, fit a candidate, judge it, register, promote."""

from __future__ import annotations

import math
from collections.abc import Generator
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import simpy

from simulator.dataplane.features import VIEWS, View
from simulator.durations import DAY_S, HOUR_S
from simulator.nature.traffic import TrafficSpec, cell_rates
from simulator.observation import significant
from simulator.platform.job_records import TrainingJob
from simulator.platform.model_size import SIZES
from simulator.platform.orchestrator import RunContext, TaskResult
from simulator.platform.registry import ModelVersion
from simulator.platform.training import Candidate, Recipe, build_frame, train
from simulator.streams import stream
from simulator.timeline import Edit

if TYPE_CHECKING:
    from simulator.world import World

ENTITIES_PER_PAYMENT = {"card": 0.62, "merchant": 0.07}


@lru_cache(maxsize=8192)
def _payments_in_hour(seed: int, spec: TrafficSpec, hour: int, campaign: float) -> int:
    """Payments that an hourly ingest finds, with the noise of counting; the same for every world with the same campaign."""
    if hour < 0:
        return 0
    expected: float = float(np.add.reduce(cell_rates(seed, spec, hour // 24)[hour % 24 * 12 : hour % 24 * 12 + 12]) / 12 * HOUR_S * (1.0 + campaign))
    return round(expected + math.sqrt(expected) * float(stream(seed, "ingest.rows", hour).standard_normal()))


class Tasks:
    """The effects of tasks on one world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._candidates: dict[str, tuple[Recipe, Candidate | None]] = {}
        self._counted: dict[tuple[int, float], int] = {}
        """Payments by hour and campaign: asking here first spares hashing the traffic's spec."""

    def effect(self, run: RunContext, task: str, now_s: float) -> TaskResult:
        if run.dag.name == "features":
            return self._feature_task(run, task, now_s)
        if run.dag.name == "train":
            return self._training_task(run, task, now_s)
        return TaskResult()

    def _feature_task(self, run: RunContext, task: str, now_s: float) -> TaskResult:
        if task != "materialise":
            late_s = self._world.levers["source.lateness_s/payments"].number_at(now_s)
            rows = self._payments_between(run.logical_s - late_s - HOUR_S, run.logical_s - late_s)
            return TaskResult(rows_in=rows, rows_out=rows)
        only = run.params.get("view")
        read, written = 0, dict[str, int | float | str]()
        for view in VIEWS:
            due = view.name == only if only else run.logical_s % view.cadence_s == 0
            if due:
                rows, written[view.name] = self._materialise(view, run.logical_s, now_s)
                read += rows
        return TaskResult(rows_in=read, rows_out=int(sum(int(n) for n in written.values())), detail=written)

    def _materialise(self, view: View, logical_s: float, now_s: float) -> tuple[int, int]:
        """Load a view's newest rows; gives how many were read, and how many written."""
        levers = self._world.levers
        who = "materialise job"
        self._world.levers.add(Edit(now_s, f"online.job_end_s/{view.name}", now_s, who, "run finished"))
        if levers[f"materialise.read_path/{view.name}"].at(now_s) != "current":
            return 0, 0
        arrived_s = logical_s - levers["source.lateness_s/payments"].number_at(now_s)
        newest = arrived_s // view.cadence_s * view.cadence_s
        rows = int(self._payments_between(newest - view.cadence_s, newest) * ENTITIES_PER_PAYMENT[view.entity] / (1 + 0.25 * (view.cadence_s > HOUR_S)))
        if levers[f"pipeline.dry_run/{view.name}"].at(now_s):
            return rows, 0
        if newest > levers[f"online.event_time_s/{view.name}"].number_at(now_s):
            levers.add(Edit(now_s, f"online.event_time_s/{view.name}", newest, who, "rows loaded"))
        return rows, rows

    def _payments_between(self, since_s: float, until_s: float) -> int:
        world, total = self._world, 0
        campaign, twice = world.levers["nature.campaign"], world.levers["source.duplicates/payments"]
        for hour in range(int(since_s // HOUR_S), int(until_s // HOUR_S)):
            middle_s = (hour + 0.5) * HOUR_S
            key = hour, campaign.number_at(middle_s)
            count = self._counted.get(key)
            if count is None:
                count = self._counted[key] = _payments_in_hour(world.seed, world.spec.traffic, *key)
            total += round(count * (1.0 + twice.number_at(middle_s)))
        return total

    def fit(self, run: RunContext, attempt: int, length_s: float, asked_s: float) -> Generator[simpy.Event, Any, bool]:
        """The job that fits a run's candidate; a larger model takes a multiple of the usual length."""
        recipe, _ = self._candidates[run.run_id]
        return self._world.jobs.running(run.run_id, attempt, length_s * SIZES[recipe.size].fit_factor, asked_s)

    def _training_task(self, run: RunContext, task: str, now_s: float) -> TaskResult:
        world = self._world
        if task == "build_frame":
            line = world.levers
            recipe = Recipe(
                as_of_s=now_s,
                window_s=float(run.params.get("window_s") or line["training.window_s"].number_at(now_s)),
                label_age_s=float(run.params.get("label_age_s") or line["training.label_age_s"].number_at(now_s)),
                join=str(run.params.get("join") or line["training.join"].at(now_s)),
                transform=line["transform.training"].text_at(now_s),
                size=line["training.size"].text_at(now_s),
                snapshot_s=line["training.snapshot_s"].number_at(now_s),
            )
            candidate = world.train(recipe)
            self._candidates[run.run_id] = (recipe, candidate)
            if candidate is None:
                return TaskResult(0, 0, {"reason": "not enough rows with mature labels"}, failed=True)
            return TaskResult(candidate.rows, candidate.rows, {"positives": candidate.positives, "join": recipe.join})
        if task == "fit":
            return TaskResult(detail=_disturbances(next(job for job in reversed(world.log.jobs.values()) if job.run_id == run.run_id)))
        recipe, candidate = self._candidates[run.run_id]
        assert candidate is not None
        if task == "evaluate":
            return TaskResult(detail=dict(candidate.metrics))
        passed = candidate.metrics["auc"] >= candidate.metrics.get("champion_auc", 0.0) - world.levers["gate.margin"].number_at(now_s)
        if task == "gate":
            return TaskResult(detail={"passed": "yes" if passed else "no", "auc": candidate.metrics["auc"], "champion_auc": candidate.metrics.get("champion_auc", 0.0)})
        if task == "register":
            version = world.register(run.run_id, recipe, candidate, passed, str(run.params.get("who") or "train DAG"))
            return TaskResult(detail={"version": version.name})
        version = next(v for v in reversed(world.registry.versions) if v.run_id == run.run_id)
        promoted = passed and bool(world.levers["delivery.auto_promote"].at(now_s)) and run.params.get("promote", True)
        if promoted:
            world.levers.add(Edit(now_s, "alias.champion", version.name, "train DAG", f"{version.name} passed the gate"))
        return TaskResult(detail={"promoted": "yes" if promoted else "no", "version": version.name})


def _disturbances(job: TrainingJob) -> dict[str, int | float | str]:
    """What the trainer reports of reclaims and of waiting for room; nothing where it ran through."""
    found = {"reclaims": job.reclaims, "lost_s": significant(job.lost_s), "waited_s": significant(job.waited_s)}
    return {name: value for name, value in found.items() if value}


def first_version(world: World) -> ModelVersion:
    """The model that serves from the start, fitted on an archive of payments whose outcome is settled."""
    recipe = Recipe(0.0, 14 * DAY_S, 0.0, "point-in-time", "t3", settled_truth=True)
    frame = build_frame(world.rows, world.levers, recipe, lambda arrival, mark: arrival)
    candidate = train(frame, None)
    assert candidate is not None
    return model_version(world, 1, "import__train__archive", recipe, candidate, True, "fraud-ml")


def model_version(world: World, number: int, run_id: str, recipe: Recipe, candidate: Candidate, passed: bool, who: str) -> ModelVersion:
    return ModelVersion(
        number=number,
        created_s=world.env.now,
        run_id=run_id,
        scorer=candidate.scorer,
        frame_since_s=recipe.since_s,
        frame_until_s=recipe.until_s,
        rows=candidate.rows,
        positives=candidate.positives,
        join=recipe.join,
        label_age_s=recipe.label_age_s,
        transform=recipe.transform,
        commit=world.commit_at(recipe.as_of_s),
        image="fraud-train:2026.06",
        train_seed=17,
        trained_by=who,
        metrics={k: significant(v) for k, v in candidate.metrics.items()},
        passed_gate=passed,
        size=recipe.size,
    )
