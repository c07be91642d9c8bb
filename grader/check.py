"""Whether a scenario is sound, proved by simulation: what it claims happens, it can be solved, and it does not give itself away."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.closing import close
from grader.counterfactual import horizon_of, kept_course, reference_steps
from grader.evidence import Evidence
from grader.first_page import LEAST_OPEN, facts_of, left_open, speaks_against
from grader.noise import load_noise, standard_looks
from grader.presentation import presented
from grader.rules.trace import listed
from grader.scorecard import Scorecard
from grader.variants import true_candidate, variants
from scenarios.chain import MemoryJournal
from scenarios.channel import opening
from scenarios.drill import Drill
from scenarios.incident import DRAWS, Incident, incident
from scenarios.scenario import Scenario
from scenarios.taxonomy import MECHANISMS
from simulator.durations import DAY_S, HOUR_S
from simulator.telemetry.alerts import breaches
from simulator.telemetry.signals import read_signal, signal_names

SEEDS = range(1, 6)


@dataclass(frozen=True, slots=True)
class Check:
    name: str
    ok: bool
    detail: str


def check_scenario(scenario: Scenario, seeds: Sequence[int] = SEEDS, *, progress: Callable[[str], None] = lambda text: None) -> dict[str, Any]:
    """All checks of a scenario over its seeds, in the shape of `hotseat scenarios check --json`."""
    checks: list[dict[str, Any]] = []
    for seed in seeds:
        progress(f"{scenario.name}, seed {seed}")
        checks += [{"name": c.name, "ok": c.ok, "detail": c.detail, "seed": seed} for c in check_incident(incident(scenario, seed))]
    return {"name": scenario.name, "seeds": list(seeds), "checks": checks, "ok": all(c["ok"] for c in checks)}


def check_incident(made: Incident) -> list[Check]:
    """The checks of one seed."""
    evidence, reference = _graded(made, made.drawn.reference)
    mirror = _graded(made, made.drawn.mirror)[1] if made.drawn.mirror else None
    found = [
        _page_fires(made),
        _control_keeps_objectives(made),
        _reference_is_understood(made),
        Check("the reference passes", reference.passed, f"scores {reference.score:g}"),
        Check("the mirror fails", mirror is not None and not mirror.passed, "there is none: write a plausible and wrong runbook" if mirror is None else f"scores {mirror.score:g}"),
        _candidates_present(made),
        _left_open(made),
        _told_apart(made, evidence),
        _no_text_tells(made),
    ]
    if made.drawn.faults:
        found += [_visible(made), _not_by_waiting(made), _reference_mends(made)]
    return found


def _graded(made: Incident, lines: Sequence[str]) -> tuple[Evidence, Scorecard]:
    name = made.scenario.name
    drill = Drill(made, MemoryJournal({"session": f"check-{name}", "scenario": name, "seed": made.drawn.seed}))
    for line in lines:
        if not drill.closed:
            drill.submit(line)
    return close(drill, session=f"check-{name}", role=made.scenario.roles[0], level="senior")


def _page_fires(made: Incident) -> Check:
    """The alert fires around its nominal time, and its condition still holds in the exact world as the drill begins."""
    fires = made.paged and presented(made, made.drawn.faults).fires
    return Check("the page fires", fires, f"{made.drawn.page_alert} {'fires' if fires else 'does not fire'} {'as the drill begins' if made.paged else 'around the nominal time'}")


def _control_keeps_objectives(made: Incident) -> Check:
    """In the world with the benign changes and no fault, every objective holds around the drill and to the horizon."""
    world = kept_course(made, "control").world
    at = np.arange(made.start_s - 3 * DAY_S, horizon_of(made), 6 * HOUR_S)
    broken = []
    for name in made.drawn.objectives:
        rule = made.spec.objectives[name]
        share = 1.0 - float(breaches(rule, read_signal(world, rule.signal, at), rule.threshold).mean())
        if share > 0.05:
            broken.append(f"{name} broken {share:.0%} of the time")
    return Check("control keeps its objectives", not broken, "; ".join(broken) or "held but for at most 5 % of readings")


def _reference_is_understood(made: Incident) -> Check:
    bad = [f"line {s.step}: {s.error}" for s in reference_steps(made) if s.kind in ("error", "refused")]
    return Check("the reference is understood", not bad, "; ".join(bad) or "every line was carried out")


def _candidates_present(made: Incident) -> Check:
    """Each candidate fires the page at some place, at a size that the true cause could have; those that cannot are left out as long as enough are left."""
    weighed = {v.candidate for v in variants(made)}
    missing = sorted(weighed - {v.candidate for v in variants(made) if v.candidate == "nothing" or v.fits})
    left_out = sorted({candidate.name for candidate in made.candidates(DRAWS)} - weighed)
    if missing:
        return Check("every candidate can present so", False, f"never with this page at such a size, and too few without: {', '.join(missing)}")
    return Check("every candidate can present so", True, f"each fires the page at some place, at such a size{f'; left out of this drill: {listed(left_out)}' if left_out else ''}")


def _told_apart(made: Incident, evidence: Evidence) -> Check:
    """Each other candidate is excluded, at each of its places, by at least one look that exists, in the drill's own world."""
    noise, truth = load_noise(made.spec.name), true_candidate(made)
    by_reference = {name for look in evidence.looks for name in look.excludes}
    doubtful = [v for v in variants(made) if v.candidate != truth and v.name not in by_reference]
    looks = standard_looks() if doubtful else []
    own = facts_of(made.world(), looks)
    open_still = []
    for variant in doubtful:
        drawn = [facts_of(made.world(faults), looks) for faults in variant.draws]
        if not any(speaks_against(made, line, facts, drawn, noise) for line, facts in own.items()):
            open_still.append(variant.name)
    return Check("the differential can be told apart", not open_still, f"no look excludes {', '.join(open_still)}" if open_still else "each other cause is excluded by a look")


def _left_open(made: Incident) -> Check:
    """A glance at the alerts, which everybody takes, does not settle the case."""
    left = left_open(made, ("alerts",))["alerts"]
    return Check("the first page leaves the case open", len(left) >= LEAST_OPEN, f"`alerts` alone leaves {', '.join(left)}")


def _visible(made: Incident) -> Check:
    """At least two signals of different names stand further from the control world than they wander there in two weeks."""
    faulty, control = made.world(), made.world(())
    for world in (faulty, control):
        world.settle()
    at = np.arange(made.start_s - 14 * DAY_S, made.start_s, 6 * HOUR_S)
    at = np.append(at, control.settled_s)
    seen = []
    for name in signal_names():
        usual, now = read_signal(control, name, at), read_signal(faulty, name, at[-1:])[0]
        spread = float(np.nanstd(usual)) if np.isfinite(usual).any() else 0.0
        if np.isfinite(now) and np.isfinite(usual[-1]) and abs(now - usual[-1]) > max(4 * spread, 0.1 * abs(usual[-1]), 1e-9):
            seen.append(name)
    kinds = sorted({name.partition("/")[0] for name in seen})
    return Check("visible in two independent signals", len(kinds) >= 2, ", ".join(kinds) or "in none")


def _not_by_waiting(made: Incident) -> Check:
    """Doing nothing leaves losses running: over the horizon at least a quarter of the rate around the page."""
    nothing, control = kept_course(made, "do-nothing"), kept_course(made, "control")
    end, start = horizon_of(made), made.start_s

    def rate(since: float, until: float) -> float:
        return (nothing.between(since, until) - control.between(since, until)) / (until - since)

    early, late = rate(start, start + 2 * DAY_S), rate(end - 7 * DAY_S, end)
    return Check("not solved by waiting", early > 0 and late > 0.25 * early, f"losses run at {late * HOUR_S:,.0f} USD per hour at the end, {early * HOUR_S:,.0f} at the page")


def _reference_mends(made: Incident) -> Check:
    """Of what is lost from the page on, which is all that anybody could save, the reference saves the greater part."""
    span = made.start_s, horizon_of(made)
    nothing, control, reference = (kept_course(made, which).between(*span) for which in ("do-nothing", "control", "reference"))
    saved = (nothing - reference) / (nothing - control) if nothing != control else 0.0
    return Check("the reference mends it", saved > 0.5, f"saves {saved:.0%} of the losses from the page on")


def _no_text_tells(made: Incident) -> Check:
    """No text that a learner sees without asking, and no title or text of the reference's looks, names the mechanism."""
    scenario, drawn = made.scenario, made.drawn
    component, mechanism = made.cause
    words = [w for w in (mechanism, *(f.id for f in drawn.faults)) if w != "nothing-wrong"]
    texts = [scenario.title, drawn.briefing, *drawn.context, *(m.text for m in opening(made)), *(str(v) for person in drawn.people.values() for v in person.values())]
    drill = Drill(made, MemoryJournal({"session": "texts", "scenario": scenario.name, "seed": drawn.seed}))
    for line in drawn.reference:
        reply = drill.submit(line)
        texts += [m.text for m in reply.messages]
        if reply.observation is not None and reply.kind == "look":
            texts += [reply.observation.title, *reply.observation.text, *(t.title for t in reply.observation.tables)]
        if drill.closed:
            break
    patterns = [re.compile(r"\b" + re.escape(w).replace(r"\-", r"[\s-]") + r"\b", re.IGNORECASE) for w in words]
    told = [text[:80] for text in texts for pattern in patterns if pattern.search(text)]
    assert component and MECHANISMS
    return Check("no text names the cause", not told, "; ".join(told[:3]) or f"{len(texts)} texts read")
