"""What the two stations of the service are (specs) and what is in force at them at a moment (`Setting`, resolved from levers)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from simulator.dataplane.batching import Batching
from simulator.dataplane.callers import NO_RETRIES, Callers
from simulator.dataplane.hashing import replica_of_caller
from simulator.dataplane.kernels import Floats
from simulator.dataplane.queues import MOST_REPLICAS, ROUTINGS, Routing, on_ticks

FEATURE_SERVER, MODEL_SERVER = "feature-server", "model-server"


@dataclass(frozen=True, slots=True)
class StationSpec:
    replicas: int
    service_ms: float
    """Mean time that a request keeps a replica busy."""
    service_cv: float = 0.5
    """Standard deviation over mean of that time: 0 constant, 1 exponential, up to 3. The distribution is Weibull's."""
    routing: Routing = "random"
    cost_per_replica_hour: float = 0.0
    restart_s: float = 30.0
    """Time without one replica, for each replica of a rolling restart."""
    batch_share: float = 0.25
    """Part of a request's work that is its own in a batch; the rest is done once for all of the batch."""

    def __post_init__(self) -> None:
        if not 1 <= self.replicas <= MOST_REPLICAS or self.service_ms <= 0 or not 0 <= self.service_cv <= 3 or self.routing not in ROUTINGS:
            raise ValueError(f"1 to {MOST_REPLICAS} replicas, service_ms above 0, service_cv from 0 to 3 and a routing of {', '.join(ROUTINGS)}")
        if not 0 <= self.batch_share <= 1:
            raise ValueError("batch_share goes from 0 to 1")


@dataclass(frozen=True, slots=True)
class ServiceSpec:
    feature_server: StationSpec
    model_server: StationSpec
    fetch_timeout_ms: float
    """Longest wait for features, queue and fetch, before the model scores on defaults."""
    request_timeout_ms: float
    """Longest wait of the caller for an answer, both stations together."""
    store_read_share: float = 0.7
    """Part of the fetch that is the online store's read; the rest is the feature server's own."""

    def __post_init__(self) -> None:
        if self.fetch_timeout_ms <= 0 or self.request_timeout_ms <= 0 or not 0 <= self.store_read_share <= 1:
            raise ValueError("timeouts must be positive and store_read_share from 0 to 1")


@dataclass(frozen=True, slots=True)
class Station:
    """One station as it is in force for a stretch of time."""

    replicas: int
    """Serving now, without the one that is being restarted. With none, requests wait until they give up or a replica comes."""
    paid_replicas: int
    service_s: float
    shape: float
    """Weibull exponent on a standard exponential mark, see `weibull_exponent`."""
    routing: Routing
    cost_per_replica_hour: float
    batching: Batching | None = None
    """None where each request is served alone. Else all replicas take from one queue, so that the routing is `shared`."""
    batch_share: float = 1.0
    queue_limit: int = 0
    """Requests that may wait per replica, a station without replicas counted as one; 0 for any number.

    A request is turned away as it arrives where `queue_limit` x `replicas` others already wait at the station, at whichever
    replica; those in service do not count, nor does it matter whether a replica is idle. The model server turns the caller
    away, the feature server the fetch alone, which goes on at once with defaults.
    """

    def work_s(self, mark: Floats) -> Floats:
        """Seconds of work from standard exponential marks: mark^shape scaled to the mean, on ticks."""
        scale = self.service_s / math.gamma(1.0 + self.shape)
        if self.shape == 0.0:
            return on_ticks(np.full(mark.size, scale))
        return on_ticks((mark if self.shape == 1.0 else np.power(mark, self.shape)) * scale)

    def item_s(self, mark: Floats) -> Floats:
        """Seconds that each request adds to its batch, on ticks."""
        return on_ticks(self.work_s(mark) * self.batch_share)

    def replica(self, route: Floats, caller: Floats | None = None) -> NDArray[np.uint8] | None:
        """Index of the replica per request where its own marks name one; `caller` marks are needed for hashed routing."""
        if self.routing == "hashed" and caller is not None:
            return replica_of_caller(caller, self.replicas)
        return (route * self.replicas).astype(np.uint8) if self.routing == "random" else None

    def choice(self, route: Floats) -> Floats | None:
        return route if self.routing == "two-choices" else None


@dataclass(frozen=True, slots=True)
class Setting:
    """All that a stretch of time depends on beside the requests. A value: equal settings give equal results."""

    fetch: Station
    model: Station
    fetch_timeout_s: float
    request_timeout_s: float
    callers: Callers = NO_RETRIES


@lru_cache(maxsize=256)
def weibull_exponent(cv: float) -> float:
    """k such that E^k has coefficient of variation `cv` for a standard exponential E: cv^2 = G(1+2k)/G(1+k)^2 - 1."""
    if cv in (0.0, 1.0):
        return cv
    low, high = 0.0, 8.0
    for _ in range(80):
        k = 0.5 * (low + high)
        if math.exp(math.lgamma(1.0 + 2.0 * k) - 2.0 * math.lgamma(1.0 + k)) - 1.0 < cv * cv:
            low = k
        else:
            high = k
    return 0.5 * (low + high)
