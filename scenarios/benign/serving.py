"""Benign changes of serving: releases, images, time limits, queues and their callers."""

from __future__ import annotations

from scenarios.benign.change import HOURS, BenignChange
from scenarios.faults.fault import FaultParam, Params
from simulator.durations import HOUR_S
from simulator.observation import significant
from simulator.timeline import Edit

_IMAGE_GB = {"model-server": 6.5, "feature-server": 0.9}
"""What the services' images usually weigh."""
_FACTOR = FaultParam("factor", "how much slower", low=1.05, high=1.12)


def _release(at_s: float, params: Params) -> list[Edit]:
    return [
        Edit(at_s, "serving.release", "r42", "fraud-ml", "feature transform t3.1: one pass over the request instead of two"),
        Edit(at_s, "transform.serving", "t3.1", "fraud-ml", "release r42"),
        Edit(at_s, "serving.restart/model-server", "r42", "fraud-ml", "rolling restart for release r42"),
    ]


def _neighbour(at_s: float, params: Params) -> list[Edit]:
    return [
        Edit(at_s, "serving.slowdown/model-server", float(params["factor"]), "data-platform", "a batch job shares the nodes of the model server"),
        Edit(at_s + float(params["hours"]) * HOUR_S, "serving.slowdown/model-server", 1.0, "data-platform", "the batch job is done"),
    ]


def _client_release(at_s: float, params: Params) -> list[Edit]:
    return [Edit(at_s, "callers.backoff_ms", float(params["backoff_ms"]), "checkout", "client 5.1: tracing headers and another pause; still one try per payment")]


def _image_bump(at_s: float, params: Params) -> list[Edit]:
    service = str(params["service"])
    return [Edit(at_s, f"serving.image_gb/{service}", significant(_IMAGE_GB[service] * (1.0 + float(params["share"]))), "fraud-ml", "monthly base image with the security fixes")]


def _fetch_patience(at_s: float, params: Params) -> list[Edit]:
    return [Edit(at_s, "serving.fetch_timeout_ms", float(params["timeout_ms"]), "fraud-ml", "a little more patience with the store")]


def _request_deadline(at_s: float, params: Params) -> list[Edit]:
    return [Edit(at_s, "serving.request_timeout_ms", float(params["timeout_ms"]), "fraud-ml", "the new checkout page waits no longer than this for a score; agreed with its team")]


def _routing(at_s: float, params: Params) -> list[Edit]:
    return [Edit(at_s, "serving.routing/feature-server", "two-choices", "fraud-ml", "route to the shorter of two queues")]


def _small_batches(at_s: float, params: Params) -> list[Edit]:
    why = "batches of a few, with a few milliseconds of patience"
    return [
        Edit(at_s, "serving.batch_max/model-server", float(round(float(params["batch"]))), "fraud-ml", why),
        Edit(at_s, "serving.batch_delay_ms/model-server", float(params["delay_ms"]), "fraud-ml", why),
    ]


def _queue_limit(at_s: float, params: Params) -> list[Edit]:
    return [Edit(at_s, "serving.queue_limit/model-server", float(round(float(params["requests"]))), "fraud-ml", "turn requests away before they would wait for nothing")]


CHANGES = (
    BenignChange("serving-release", "a release of the serving code that computes the same", (), _release),
    BenignChange("noisy-neighbour", "another job shares the model server's nodes for some hours", (_FACTOR, HOURS), _neighbour),
    BenignChange(
        "client-release", "callers pause differently before a second try that they do not make", (FaultParam("backoff_ms", "the pause", low=220, high=400),), _client_release
    ),
    BenignChange(
        "image-bump",
        "a service's image is rebuilt, a little larger",
        (FaultParam("service", "which service", ("model-server", "feature-server")), FaultParam("share", "how much larger", low=0.02, high=0.08)),
        _image_bump,
    ),
    BenignChange("fetch-patience", "the fetch of features gets a little more time", (FaultParam("timeout_ms", "longest wait, in ms", low=950, high=1100),), _fetch_patience),
    BenignChange("request-deadline", "callers wait less long for an answer", (FaultParam("timeout_ms", "longest wait, in ms", low=750, high=1200),), _request_deadline),
    BenignChange("two-choices-routing", "requests go to the better of two feature servers", (), _routing),
    BenignChange(
        "small-batches",
        "the model server takes a few waiting requests at once",
        (FaultParam("batch", "requests in a batch at the most", low=2, high=4), FaultParam("delay_ms", "longest wait for others, in ms", low=2, high=8)),
        _small_batches,
    ),
    BenignChange("queue-limit", "the model server turns requests away from a long queue", (FaultParam("requests", "waiting per replica", low=150, high=300),), _queue_limit),
)
