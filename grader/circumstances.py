"""What surrounded an incident: the page that everybody got, and what else had changed by then and did no harm."""

from __future__ import annotations

from grader.evidence import BenignEvidence, PageEvidence
from scenarios.decoys import BENIGN
from scenarios.incident import Incident
from simulator.observation import significant
from simulator.telemetry.alerts import status


def page_evidence(incident: Incident) -> PageEvidence | None:
    """The page's alert with its reading as the drill begins, at the rule's last evaluation, as `alerts` shows it; None where there was nothing to measure."""
    world, rule = incident.world(), incident.page_rule
    world.settle()
    found = status(world, rule)
    if found.value is None:
        return None
    return PageEvidence(rule.name, rule.summary, significant(found.value), significant(found.threshold), incident.paged)


def benign_evidence(incident: Incident) -> tuple[BenignEvidence, ...]:
    """Benign changes in the order of their beginning."""
    changes = sorted(incident.drawn.decoys, key=lambda change: (change.at_s, change.id))
    return tuple(BenignEvidence(change.id, BENIGN[change.id].help, significant(incident.start_s - change.at_s)) for change in changes)
