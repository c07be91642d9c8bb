"""The rules by which autoscalers decide: Kubernetes' HPA and Knative's KPA with their defaults. Numbers in, numbers out.

HPA after its replica calculator and its documentation (kubernetes.io, Horizontal Pod Autoscaling); KPA after Knative's autoscaler
(knative.dev, autoscaling concepts, and the `Scale` step of its source).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

HPA_TOLERANCE = 0.1
HPA_UP_FACTOR, HPA_UP_PODS = 2, 4
"""In one period of 15 s an HPA at most doubles, or adds this many, whichever is more. It may remove any number."""
KPA_UTILISATION = 0.7
"""Part of the target concurrency at which a KPA aims."""
KPA_PANIC_THRESHOLD = 2.0
KPA_UP_RATE, KPA_DOWN_RATE = 1000.0, 2.0
KPA_GRACE_S = 30.0
"""From the first look without a request in the stable window to scaling to zero."""


def hpa_desired(current: int, reading: float, target: float, ready: int, unready: int = 0, missing: int = 0) -> int:
    """What an HPA recommends, before bounds, limits of rate and stabilisation.

    `reading` is the mean over the `ready` pods. `unready` pods have not started yet: they count as 0 on the way up and not at all on the
    way down. Pods with `missing` metrics count as 0 on the way up and as on target on the way down. Where that turns
    the direction round, or brings the ratio within the tolerance, nothing changes.
    """
    if ready <= 0:
        return current
    ratio = reading / target
    counted = ready
    if ratio > 1.0:
        counted += unready + missing
        share = ratio * ready / counted
    elif missing and ratio < 1.0:
        counted += missing
        share = (ratio * ready + missing) / counted
    else:
        share = ratio
    if abs(share - 1.0) <= HPA_TOLERANCE + 1e-12 or (ratio > 1.0) != (share > 1.0):
        return current
    wanted = _ceil(share * counted)
    return max(wanted, current) if share > 1.0 else min(wanted, current)


def hpa_stabilised(recommended: int, recent: Sequence[int]) -> int:
    """The largest of what was recommended in the stabilisation window, this time included."""
    return max([recommended, *recent])


def hpa_limited(current: int, wanted: int, fewest: int, most: int) -> int:
    """`wanted` within the bounds, and on the way up within what one period allows."""
    return min(max(min(wanted, max(HPA_UP_FACTOR * current, current + HPA_UP_PODS)), fewest), most)


def kpa_desired(ready: int, total: float, target: float) -> int:
    """Replicas that a KPA wants for `total` requests under way (or per second), at `target` per replica before utilisation:
    at most 1000 times and at least half of those ready."""
    pods = max(ready, 1)
    wanted = _ceil(total / (target * KPA_UTILISATION))
    return min(max(wanted, math.floor(pods / KPA_DOWN_RATE)), math.ceil(KPA_UP_RATE * pods))


def kpa_panics(ready: int, total: float, target: float) -> bool:
    """Whether `total` of the panic window needs twice as many replicas as are ready, or more."""
    return _ceil(total / (target * KPA_UTILISATION)) / max(ready, 1) >= KPA_PANIC_THRESHOLD


def _ceil(value: float) -> int:
    """Rounded up, where a rounding error of the division does not add a replica."""
    return math.ceil(value - 1e-9)
