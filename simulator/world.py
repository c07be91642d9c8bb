"""A world: one system, one seed, its causes as timelines, and everything that follows from them.

The control plane lives in SimPy and is advanced; the data plane is settled when somebody reads. A world at a
quiet moment (no run under way) is a value, a Checkpoint, from which any number of worlds can go on.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np
import simpy

from simulator.catalogue import LEVERS
from simulator.dataplane.packed import Column
from simulator.dataplane.rows import Chunk, RowPlane
from simulator.dataplane.scorer import Scorer
from simulator.dataplane.service import ServicePlane
from simulator.durations import DAY_S, HOUR_S, MINUTE_S
from simulator.levers import Levers
from simulator.nature.population import FIRST_DAY, ROWS_PER_HOUR, Floats
from simulator.nature.traffic import Traffic
from simulator.platform.label_join import available_at
from simulator.platform.model_size import SIZES, STANDARD
from simulator.platform.orchestrator import Orchestrator
from simulator.platform.registry import Registry
from simulator.platform.runs import RunLog
from simulator.platform.tasks import Tasks, first_version, model_version
from simulator.platform.trained import trained
from simulator.platform.training import Candidate, Recipe
from simulator.platform.training_jobs import NODES_OF_TRAINING, TrainingJobs
from simulator.spec import SystemSpec
from simulator.timeline import Edit

if TYPE_CHECKING:
    from simulator.platform.registry import ModelVersion

WINDOW_S = 5 * MINUTE_S


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A world at a quiet moment, as a value. What it holds is shared with the worlds that go on from it, never changed."""

    spec: SystemSpec
    seed: int
    at_s: float
    levers: Levers
    chunks: tuple[Chunk, ...]
    service: ServicePlane
    log: RunLog
    registry: Registry
    charges: tuple[tuple[float, str, float], ...]
    memo: dict[object, object]


class World:
    """A live world. `advance` moves time; `settle` computes the data plane up to now."""

    def __init__(self, spec: SystemSpec, seed: int, edits: Iterable[Edit] = (), *, start: Checkpoint | None = None, exact_from_s: float = float("inf")) -> None:
        self.spec, self.seed = spec, seed
        self.levers = start.levers.copy() if start else Levers(LEVERS, _initial_edits())
        for edit in edits:
            self.levers.add(edit)
        self.traffic = Traffic(seed, spec.traffic, self.levers)
        self.env = simpy.Environment(start.at_s if start else 0.0)
        self.charges: list[tuple[float, str, float]] = list(start.charges) if start else []
        self.memo: dict[object, object] = dict(start.memo) if start else {}
        """Computed readings of the settled past, by key; forks take what lies before them."""
        if start:
            self.service = start.service.fork(start.at_s, self.levers, None if exact_from_s == float("inf") else exact_from_s)
        else:
            self.service = ServicePlane(seed, spec.service, self.levers, self.traffic, exact_from_s, spec.fleet, spec.callers)
        self.rows = RowPlane(
            seed,
            self.levers,
            self._scorer,
            self._weight,
            self._default_share,
            list(start.chunks) if start else [],
            start.at_s if start else FIRST_DAY * DAY_S,
        )
        self.log = start.log.copy() if start else RunLog()
        self.registry = start.registry.copy() if start else Registry([])
        self._tasks = Tasks(self)
        self.jobs = TrainingJobs(self.env, seed, self.levers, self.log, spec.fleet, spec.training, self._charge_training, self._serving_nodes)
        self.orchestrator = Orchestrator(self.env, seed, self.levers, self.log, self._tasks.effect, {"train.fit": self._tasks.fit})
        if start is None:
            self.rows.settle(0.0)
            self.registry.add(first_version(self))
        self.orchestrator.start()

    @property
    def now_s(self) -> float:
        return float(self.env.now)

    def advance(self, to_s: float) -> None:
        """Run the control plane up to and including `to_s`. Does nothing where that is not later than now."""
        if to_s > self.env.now:
            self.env.run(until=to_s)

    @property
    def settled_s(self) -> float:
        """Time up to which data can be read: the end of the last complete window."""
        return float(self.env.now // WINDOW_S * WINDOW_S)

    def settle(self) -> None:
        """Compute requests and rows up to the last complete window."""
        until = self.settled_s
        if until > self.rows.settled_s:
            self.service.settle(until)
            self.rows.settle(until)

    def pull(self, lever: str, value: float | str | bool | None, who: str, why: str) -> None:
        """Append an edit now. Raises Refused where the value does not fit the lever."""
        self.levers.add(Edit(self.now_s, lever, value, who, why))
        self.jobs.notice()

    def checkpoint(self) -> Checkpoint | None:
        """This world as a value, or None while a run is under way or a window is open."""
        if self.log.active or self.now_s != self.settled_s:
            return None
        self.settle()
        return Checkpoint(
            self.spec, self.seed, self.now_s, self.levers.copy(), tuple(self.rows.chunks), self.service, self.log.copy(), self.registry.copy(), tuple(self.charges), dict(self.memo)
        )

    def train(self, recipe: Recipe) -> Candidate | None:
        """Build the recipe's frame from what is known at its time and fit a candidate; None where the frame is too small."""
        self.settle()
        champion = self.levers["alias.champion"].text_at(self.now_s)
        filtered_share = self.levers["gate.filtered_share"].number_at(self.now_s)
        return trained(self.rows, self.levers, self.log, recipe, self.registry.get(champion).scorer, filtered_share)

    def register(self, run_id: str, recipe: Recipe, candidate: Candidate, passed: bool, who: str) -> ModelVersion:
        version = model_version(self, self.registry.next_number, run_id, recipe, candidate, passed, who)
        self.registry.add(version)
        for edit in SIZES[recipe.size].edits(self.now_s, version.name, who):
            self.levers.add(edit)
        return version

    def labels_known_at(self, arrival_s: Floats, mark: Floats) -> Floats:
        """When each chargeback became a label, from arrivals and join marks of shape [n]; inf where it has not."""
        return available_at(arrival_s, mark, self.log, self.levers)

    def commit_at(self, at_s: float) -> str:
        """Short hash of the training code and configuration in force, so that equal lineage means equal recipe."""
        recipe = [str(self.levers[key].at(at_s)) for key in ("training.join", "transform.training", "training.window_s", "training.label_age_s")]
        size = self.levers["training.size"].text_at(at_s)
        text = "|".join(recipe if size == STANDARD.name else [*recipe, size])
        return hashlib.sha256(text.encode()).hexdigest()[:8]

    def digest(self) -> str:
        """A hash of everything settled up to now: rows, service windows, runs, edits, versions. What training holds follows from the runs."""
        self.settle()
        state = hashlib.sha256()
        for chunk_columns in _joined(self.rows):
            state.update(np.ascontiguousarray(chunk_columns).tobytes())
        windows = self.service.windows(0.0, self.settled_s)
        for column in fields(windows):
            state.update(np.ascontiguousarray(getattr(windows, column.name)).tobytes())
        state.update(self.service.fleet_table(0.0, self.settled_s).tobytes())
        for task in self.log.tasks:
            state.update(repr((task.run_id, task.task, task.try_number, task.state, task.start_s, task.end_s, task.rows_in, sorted(task.detail.items()))).encode())
        for edit in self.levers.all_edits():
            if edit.at_s <= self.now_s and not edit.lever.startswith(NODES_OF_TRAINING):
                state.update(repr((edit.at_s, edit.lever, edit.value)).encode())
        for version in self.registry.versions:
            state.update(repr((version.name, version.scorer.digest(), sorted(version.metrics.items()))).encode())
        return state.hexdigest()

    def _charge_training(self, at_s: float, usd: float) -> None:
        self.charges.append((at_s, "training", usd))

    def _serving_nodes(self, pool: str) -> int:
        """Nodes of a pool that services hold or have asked for, as of the last complete window."""
        # The service alone: a queued job asks every few minutes, and rows that were cut as finely would be slow to read.
        self.service.settle(self.settled_s)
        fleet = self.service.fleet_now()
        return sum(node.pool == pool for node in fleet.nodes) if fleet else 0

    def _scorer(self, name: str) -> Scorer:
        return _NO_MODEL if name == "v0" else self.registry.get(name).scorer

    def _weight(self, at_s: Floats) -> Floats:
        """Real payments per sampled row: the hour's normal traffic over the rows drawn for it."""
        if not len(at_s):
            return at_s
        hours = np.arange(at_s[0] // HOUR_S, at_s[-1] // HOUR_S + 1)
        middles = hours * HOUR_S + HOUR_S / 2
        normal = self.traffic.rate_per_s(np.maximum(middles, 0.0)) / (1.0 + self.levers["nature.campaign"].numbers(middles))
        per_row = normal * HOUR_S / ROWS_PER_HOUR
        return np.asarray(per_row[(at_s // HOUR_S - hours[0]).astype(np.int64)])

    def _default_share(self, at_s: Floats) -> Floats:
        return self.service.default_fill_share(at_s) if len(at_s) and at_s[0] >= 0 else np.zeros(len(at_s))


def _initial_edits() -> list[Edit]:
    """Before the world starts no model serves and nothing is declined; from then on the first version does."""
    from simulator.dataplane.features import VIEWS

    start = FIRST_DAY * DAY_S
    edits = [Edit(start, "alias.champion", "v0", "fraud-ml", "rules only"), Edit(0.0, "alias.champion", "v1", "fraud-ml", "first model")]
    for view in VIEWS:
        edits.append(Edit(0.0, f"online.event_time_s/{view.name}", -view.cadence_s, "materialise job", "first load"))
        edits.append(Edit(0.0, f"online.job_end_s/{view.name}", 0.0, "materialise job", "first load"))
    return edits


def _joined(rows: RowPlane) -> list[Column]:
    names = sorted(rows.chunks[0].columns) if rows.chunks else []
    return [rows.column(name, float("-inf"), float("inf")) for name in names]


_NO_MODEL = Scorer(np.full(15, -np.inf), np.full(15, np.inf), np.zeros(15), np.ones(15), np.zeros(15), -30.0)
"""Scores every payment near zero: what serves before there is a model."""
