"""Requests through the two stations with replicas that come and go and settings that change, for the laws about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from hypothesis import strategies as st

from simulator.dataplane.batching import Batching
from simulator.dataplane.kernels import Floats
from simulator.dataplane.passing import ANSWERED, AT, CLOCKS, END, FETCH_COMPUTE, FETCH_QUEUE, FILLED, MODEL_COMPUTE, MODEL_MARK, MODEL_QUEUE, Passing
from simulator.dataplane.queues import ROUTINGS, on_ticks, tick_at
from simulator.dataplane.replicas import with_replica, without_replica
from simulator.dataplane.specs import Setting, Station
from simulator.dataplane.stations import NO_RETRIES, Callers, pass_through
from simulator.nature.traffic import Requests
from simulator.streams import stream
from tests.laws.service_oracle import Change, Oracle

REQUESTS = 120
BATCHINGS = (None, Batching(3, tick_at(0.05), tick_at(0.1)), Batching(5, tick_at(0.2), tick_at(0.1), 2))


def drawn(seed: int, n: int, rate: float) -> Requests:
    draw = stream(seed, "law.replicas")
    return Requests(on_ticks(np.cumsum(draw.standard_exponential(n)) / rate), *draw.standard_exponential((2, n)), *draw.random((3, n)))


@dataclass(frozen=True, slots=True)
class Scene:
    """Requests, the setting that they meet, changes of replicas and moments at which time is cut."""

    setting: Setting
    requests: Requests
    changes: list[Change]
    cuts: list[float]
    switches: Mapping[float, Setting] = field(default_factory=dict)
    """Settings that hold from a moment on."""

    @property
    def end_s(self) -> float:
        return float(self.requests.at_s[-1])


class Run:
    """Requests through the stations under changes of replicas, in stretches that end at changes and at cuts."""

    def __init__(
        self,
        requests: Requests,
        setting: Setting,
        changes: list[Change],
        cuts: list[float],
        until_s: float,
        switches: Mapping[float, Setting] | None = None,
    ) -> None:
        cuts = [*cuts, *(switches or {})]
        self.passing, self.setting = Passing.nothing(setting), setting
        self.retries = self.rejected = self.lost = self.unserved = 0
        self.busy_s = np.zeros(2)
        tables, since_s = [], 0.0
        moments = [*((c.at_s, c) for c in changes), *((cut, None) for cut in cuts), (until_s, None)]
        for moment, change in sorted((m for m in moments if m[0] <= until_s), key=lambda pair: pair[0]):
            if moment > since_s:
                part = requests.picked((requests.at_s >= since_s) & (requests.at_s < moment)).on_clock(since_s)
                tables.append(self._pass(part, moment - since_s, since_s))
                since_s = moment
            if switches and moment in switches:
                self.setting = switches[moment]
            if change is not None:
                self._change(change)
        self.table: Floats = np.concatenate(tables, axis=1)

    def _pass(self, part: Requests, length_s: float, since_s: float) -> Floats:
        passed = pass_through(part, self.passing, self.setting, length_s)
        self.passing = passed.passing
        self.retries, self.rejected = self.retries + passed.retries, self.rejected + passed.rejected
        self.lost, self.unserved = self.lost + passed.lost, self.unserved + passed.unserved
        self.busy_s += (passed.fetch_busy_s, passed.model_busy_s)
        table = passed.ended.copy()
        for row in CLOCKS:
            table[row] += since_s
        return table

    def _change(self, change: Change) -> None:
        at_fetch = change.station == "feature-server"
        station = self.setting.fetch if at_fetch else self.setting.model
        name: Any = change.station
        fate: Any = change.fate
        self.passing = with_replica(self.passing, self.setting, name) if fate is None else without_replica(self.passing, self.setting, name, change.index, fate)
        changed = replace(station, replicas=station.replicas + (1 if fate is None else -1))
        self.setting = replace(self.setting, fetch=changed) if at_fetch else replace(self.setting, model=changed)
        assert len((self.passing.fetch if at_fetch else self.passing.model).free_s) == changed.replicas

    @property
    def sorted(self) -> Floats:
        """All that ended, in order of request and then of try."""
        table = self.table[:, np.lexsort((self.table[AT], self.table[MODEL_MARK]))]
        return table[[MODEL_MARK, AT, END, ANSWERED, FILLED, FETCH_QUEUE, FETCH_COMPUTE, MODEL_QUEUE, MODEL_COMPUTE]]


def agrees_with_the_oracle(requests: Requests, setting: Setting, changes: list[Change], cuts: list[float]) -> Run:
    """Every try within 1e-6 s, and every count."""
    until_s = float(requests.at_s[-1]) + 60.0
    oracle = Oracle(requests, setting, changes)
    oracle.run(until_s)
    run = Run(requests, setting, changes, cuts, until_s)
    expected = np.array([(t.mark, t.at_s, t.end_s, t.answered, t.filled, *t.stages_s) for t in oracle.tries]).T
    expected = expected[:, np.lexsort((expected[1], expected[0]))]
    assert run.sorted.shape == expected.shape
    furthest = float(np.abs(run.sorted - expected).max())
    assert furthest < 1e-6
    counted = (run.retries, run.rejected, run.lost, run.unserved)
    assert counted == (oracle.retries, oracle.fates["turned away"], oracle.fates["lost"], oracle.unserved)
    return run


@st.composite
def scenes(draw: st.DrawFn, most_changes: int = 6) -> Scene:
    batching = draw(st.sampled_from(BATCHINGS))
    least = 0 if most_changes else 1
    replicas = [draw(st.integers(least, 3)), draw(st.integers(least, 3))]
    limits = [draw(st.sampled_from((0, 0, 1, 3))) for _ in range(2)]
    routing = [draw(st.sampled_from(ROUTINGS)), "shared" if batching else draw(st.sampled_from(ROUTINGS))]
    fetch = Station(replicas[0], 1, 0.15, draw(st.sampled_from((0.5, 1.0))), routing[0], 1.0, queue_limit=limits[0])
    model = Station(replicas[1], 1, 0.25, 0.8, routing[1], 1.0, batching, 0.6 if batching else 1.0, queue_limit=limits[1])
    callers = Callers(draw(st.sampled_from((1, 1, 2, 4))), draw(st.sampled_from((0.02, 0.05, 0.5))), draw(st.sampled_from((0.0, 0.1, 1.0))))
    rate = draw(st.floats(0.3, 1.6)) * 8.0
    end_s = REQUESTS / rate
    changes, counts = [], {"feature-server": replicas[0], "model-server": replicas[1]}
    for at_s in sorted(draw(st.lists(st.floats(0.01, 1.1), max_size=most_changes, unique=True))):
        name = draw(st.sampled_from(sorted(counts)))
        fate = draw(st.sampled_from((None, "drains", "lost", "rerouted"))) if counts[name] else None
        index = draw(st.integers(0, counts[name] - 1)) if fate else 0
        counts[name] += -1 if fate else 1
        changes.append(Change(tick_at(at_s * end_s), name, index, fate))
    cuts = [tick_at(cut * end_s) for cut in draw(st.lists(st.floats(0.0, 1.2), max_size=4))]
    setting = Setting(fetch, model, 0.5, draw(st.sampled_from((1.0, 2.0))), callers)
    return Scene(setting, drawn(draw(st.integers(0, 2**32)), REQUESTS, rate), changes, cuts)


@st.composite
def switched_scenes(draw: st.DrawFn) -> Scene:
    """As `scenes`, with other routings, other batching and callers that try once at some moments."""
    scene = draw(scenes())
    switches = {}
    for share in draw(st.lists(st.floats(0.05, 1.0), max_size=4, unique=True)):
        moment, counts = tick_at(share * scene.end_s), {"feature-server": scene.setting.fetch.replicas, "model-server": scene.setting.model.replicas}
        for change in scene.changes:
            if change.at_s < moment:
                counts[change.station] += -1 if change.fate else 1
        batching = draw(st.sampled_from(BATCHINGS))
        fetch = replace(scene.setting.fetch, routing=draw(st.sampled_from(ROUTINGS)), replicas=counts["feature-server"])
        routing = "shared" if batching else draw(st.sampled_from(ROUTINGS))
        model = replace(scene.setting.model, routing=routing, replicas=counts["model-server"], batching=batching, batch_share=0.6 if batching else 1.0)
        switches[moment] = Setting(fetch, model, 0.5, 1.5, draw(st.sampled_from((scene.setting.callers, NO_RETRIES))))
    return replace(scene, switches=switches)
