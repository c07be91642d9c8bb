"""The quota of the training pool was cut below what one job needs: jobs wait in the queue for nodes that may not exist."""

from __future__ import annotations

from scenarios.faults.fault import Fault, Params
from simulator.timeline import Edit


def _edits(at_s: float, params: Params) -> list[Edit]:
    return [Edit(at_s, "pool.max/train-spot", 1.0, "ml-platform", "quota of train-spot as it was used on average last month")]


FAULT = Fault(
    id="training-quota",
    group="training",
    component="pools/train-spot",
    mechanism="under-provisioning",
    help="the training pool may have fewer nodes than a job's gang needs, so that jobs stay queued",
    source="gang-scheduled jobs that never start under a quota; failed to provision resources in How ML Breaks (OpML 2020)",
    systems=("card-fraud",),
    params=(),
    edits=_edits,
    onset=("96h", "130h"),
    covers=("sys.training", "sys.gpu-cost", "sys.kubernetes", "sys.distributed-training"),
)
