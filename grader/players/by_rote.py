"""Players that only talk: one answer to everything, and every word there is in every form. Neither looks at anything."""

from __future__ import annotations

from grader.players.player import submit_all
from scenarios.drill import Drill
from scenarios.guards import GUARDS
from scenarios.taxonomy import COMPONENTS, MECHANISMS
from scenarios.words import registry
from simulator.telemetry.signals import SIGNALS

ANSWER = "feature-store/online stale-materialisation"
"""What `constant` says in every drill: the most common silent fault of a feature platform, and now and then even right."""


def constant(drill: Drill) -> None:
    """The one answer, an update and a guard that go with it."""
    told = 'update --impact "payments are scored on old features, 100 in 10,000" --status identified --next "load the store again" --eta 60m'
    submit_all(drill, [f"hypothesis {ANSWER}", f"declare {ANSWER}", told, "action-item job-freshness", "resolve"])


def stuffer(drill: Drill) -> None:
    """Each cause as a hypothesis and as a declaration, each mechanism ruled out, every status told, every guard installed; all steps cited."""
    places = list(COMPONENTS)
    causes = [f"{places[i % len(places)]} {mechanism}" for i, mechanism in enumerate(MECHANISMS)]
    submit_all(drill, [f"hypothesis {cause}" for cause in causes])
    submit_all(drill, [f"rule-out {mechanism} --because {_every_step(drill)}" for mechanism in MECHANISMS])
    submit_all(drill, [f'update --impact "500 USD in 1 h" --status {status} --next "more of the same" --eta 30m' for status in _statuses()])
    submit_all(drill, [_guard(name) for name in GUARDS])
    submit_all(drill, ["note drift skew staleness leakage overload rollback retrain root cause mitigation verification prevention"])
    submit_all(drill, [f"declare {cause} --because {_every_step(drill)}" for cause in causes])
    submit_all(drill, ['resolve --summary "drift, skew, staleness, leakage and overload were found, mitigated, verified and prevented"'])


def _every_step(drill: Drill) -> str:
    return " ".join(str(step) for step in range(1, drill.journal.head.step + 1))


def _statuses() -> tuple[str, ...]:
    return next(p.choices for p in registry()["update"].params if p.name == "status")


def _guard(name: str) -> str:
    guard = GUARDS[name]
    return f"action-item {name} --on {SIGNALS[guard.signal].places[0]}" if guard.placed else f"action-item {name}"
