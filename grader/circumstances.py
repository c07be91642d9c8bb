"""What surrounded an incident: the page that everybody got, and what else had changed by then and did no harm."""

from __future__ import annotations

import numpy as np

from grader.evidence import BenignEvidence, PageEvidence
from scenarios.decoys import BENIGN
from scenarios.incident import Incident
from simulator.observation import significant
from simulator.telemetry.alerts import threshold_of
from simulator.telemetry.signals import read_signal


def page_evidence(incident: Incident) -> PageEvidence:
    """The page's alert with its reading as the drill begins."""
    world, rule = incident.world(), incident.page_rule
    world.settle()
    at = np.array([world.settled_s])
    value, bound = float(read_signal(world, rule.signal, at)[0]), float(threshold_of(world, rule, at)[0])
    return PageEvidence(rule.name, rule.summary, significant(value), significant(bound), incident.paged)


def benign_evidence(incident: Incident) -> tuple[BenignEvidence, ...]:
    """Benign changes in the order of their beginning."""
    changes = sorted(incident.drawn.decoys, key=lambda change: (change.at_s, change.id))
    return tuple(BenignEvidence(change.id, BENIGN[change.id].help, significant(incident.start_s - change.at_s)) for change in changes)
