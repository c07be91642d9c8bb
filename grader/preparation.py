"""What a grade needs and no journal tells: found in slices while the drill is played, so that its end is not waited for so long.

All of it is kept with the incident, under the same keys and by the same steps as at the end of a drill that nobody
prepared. So what is found here, and how much of it, changes how long grading takes and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator

from grader.counterfactual import KEPT_COURSES, kept_slices
from grader.noise import load_noise
from grader.quickest import quickest_slices
from grader.variants import variants_slices
from scenarios.incident import Incident


def preparation(incident: Incident) -> Iterator[None]:
    """Gives way after each slice: some hours of a candidate's world, looks taken in it, a line of the reference runbook, a day on the way to the horizon."""
    load_noise(incident.spec.name)
    yield
    for _ in variants_slices(incident):
        yield
    yield from quickest_slices(incident)
    for which in KEPT_COURSES:
        yield from kept_slices(incident, which)
