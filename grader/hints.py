"""Hints on request, from the differential in the drill's own world: what is still open, which two explanations to tell apart, which look does it.

They are worked out from what the learner's looks leave open and from nothing else. Which candidate is the true one has no part in it:
two are chosen by their names, so that a hint speaks of the truth no more often than of anything else that is open.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations, product

from grader.differential import Facts, consistent, given, look_evidence
from grader.noise import Noise, load_noise, noise_of, standard_looks
from grader.rubric import rubric
from grader.rules.hinted import RULE, price_of
from grader.variants import Variant, variants
from scenarios.draw import DrawnFault
from scenarios.faults.library import FAULTS, NOTHING
from scenarios.hint import LEVELS, Hint
from scenarios.incident import Incident
from scenarios.replay import play_moves
from scenarios.steps import Step
from scenarios.taxonomy import MECHANISMS
from scenarios.words import registry
from simulator.commands import Invocation, parse
from simulator.durations import format_duration
from simulator.errors import Refused

AREAS: Mapping[str, str] = {
    "data": "in the data before features are made of it",
    "features": "in how features are kept and read",
    "drift": "in the world that the model describes",
    "training": "in how the model is trained, or in the version that serves",
    "serving": "in the service that answers",
    "scaling": "in how much capacity the service is given",
    "callers": "in those who call the service",
    NOTHING[1]: "nowhere, because nothing is wrong",
}
"""Where a cause can lie, by group of the fault; the end of a sentence that begins with `it lies`."""
Excluded = Mapping[int, Mapping[str, tuple[str, ...]]]
MOST_WORLDS = 24
"""Worlds in which the third hint tries every look at the most: somebody waits for it."""
_SEEN = "what looks exclude so far"


def hint(incident: Incident, steps: Sequence[Step], now_s: float) -> Hint:
    """The next hint for a drill with these steps, at this virtual time.

    Each set of open explanations is a situation of its own, with three hints; a look that closes one begins anew.

    Raises:
        Refused: this situation's hints have all been given.
    """
    possible = variants(incident)
    excluded = _excluded(incident, steps)
    left = _open(possible, excluded, now_step=None)
    level = 1 + sum(_open(possible, excluded, now_step=s.step) == left for s in steps if s.hint)
    if level > (LEVELS[-1] if len(left) > 1 else LEVELS[0]):
        raise Refused("you have had every hint that there is for what your looks leave open; another look changes that")
    return Hint(level, price_of(rubric()[RULE], level), _text(incident, steps, now_s, possible, excluded, left, level))


def _excluded(incident: Incident, steps: Sequence[Step]) -> Excluded:
    """By look, the variants that it excludes. Words change nothing of it, so the next hint after them does not replay again."""
    seen = tuple((s.step, s.at_s, s.line) for s in steps if s.kind in ("look", "move"))
    if incident.kept.get(_SEEN, (None,))[0] != seen:
        incident.kept[_SEEN] = (seen, {look.step: look.excludes for look in look_evidence(incident, steps, load_noise(incident.spec.name))})
    found: Excluded = incident.kept[_SEEN][1]
    return found


def _open(possible: Sequence[Variant], excluded: Excluded, *, now_step: int | None) -> tuple[str, ...]:
    """Candidates that the looks before a step leave open, by name; all looks where it is None."""
    gone = {name for step, names in excluded.items() if now_step is None or step < now_step for name in names}
    return tuple(sorted({v.candidate for v in possible if v.name not in gone}))


def _text(incident: Incident, steps: Sequence[Step], now_s: float, possible: Sequence[Variant], excluded: Excluded, left: tuple[str, ...], level: int) -> str:
    if len(left) < 2:
        return "Your looks leave one explanation, and no further look is needed to know which. Say which one it is, and cite the steps that closed the others."
    one, other = pair_of(left)
    if level == 1:
        return f"{len(left)} explanations are still open after your looks. {question(one, other)}"
    same = _mechanism(one) == _mechanism(other)
    a, b = spoken(one, placed=same), spoken(other, placed=same)
    if level == 2:
        still = "Two of those still open" if len(left) > 2 else "The two still open"
        return f"{still} are {a} and {b}. Ask what the one would change and the other would leave as it was.{' It may be neither.' if len(left) > 2 else ''}"
    gone = {name for names in excluded.values() for name in names}
    mine, theirs = ([v for v in possible if v.candidate == name and v.name not in gone] for name in (one, other))
    line, share = telling_look(incident, steps, now_s, mine, theirs)
    if not line:
        return f"As things stand no ready-made look shows {a} and {b} differently. Compare figures of your own with sql, or close another explanation first."
    takes = format_duration(parse(line, registry()).command.takes_s)
    how = "shows the two differently" if share == 1 else "goes furthest in telling the two apart, and leaves some of their forms open"
    return f"Take {a} and {b}: `{line}` {how}. It takes {takes}."


def pair_of(left: Sequence[str]) -> tuple[str, str]:
    """Two open candidates to tell apart: the first two by name that lie in different areas, or else the first two."""
    pairs = list(combinations(sorted(left), 2))
    return next((pair for pair in pairs if _area(pair[0]) != _area(pair[1])), pairs[0])


def question(one: str, other: str) -> str:
    """What kind of question is open between two candidates, naming neither."""
    if NOTHING[1] in (_area(one), _area(other)):
        return "The first thing to settle is whether anything is wrong at all, or whether the readings moved for a benign reason."
    if _area(one) == _area(other):
        return f"Some of them lie in the same area: {AREAS[_area(one)]}. The question there is not where to look but what happened."
    return f"The first thing to settle is where to look: does it lie {AREAS[_area(one)]}, or {AREAS[_area(other)]}?"


def spoken(candidate: str, *, placed: bool = False) -> str:
    """A candidate in the words of `declare`, with what they mean; with its kind of place where the mechanism alone would not tell it from another."""
    mechanism = _mechanism(candidate)
    place = f" at {FAULTS[candidate].component.partition('{')[0].rstrip('/')}" if placed and candidate in FAULTS else ""
    return f"{mechanism}{place} ({MECHANISMS[mechanism]})"


def _mechanism(candidate: str) -> str:
    return FAULTS[candidate].mechanism if candidate in FAULTS else NOTHING[1]


def _area(candidate: str) -> str:
    return FAULTS[candidate].group if candidate in FAULTS else NOTHING[1]


def telling_look(incident: Incident, steps: Sequence[Step], now_s: float, one: Sequence[Variant], other: Sequence[Variant]) -> tuple[str, float]:
    """The look that tells most forms of two candidates apart, the quickest of equals, and the share that it does; no line where none does."""
    noise, calls = load_noise(incident.spec.name), [parse(line, registry()) for line in standard_looks()]
    calls.sort(key=lambda call: call.command.takes_s)
    each = max(1, MOST_WORLDS // len((*one, *other)))
    shown = {v.name: _showings(incident, v.draws[:each], steps, now_s, calls) for v in (*one, *other)}
    pairs = list(product(one, other))
    best, most = "", 0.0
    for at, call in enumerate(calls):
        share = sum(_apart(incident, call, shown[a.name][at], shown[b.name][at], noise) for a, b in pairs) / len(pairs)
        if share > most:
            best, most = call.line, share
    return best, most


def _showings(incident: Incident, draws: Sequence[Sequence[DrawnFault]], steps: Sequence[Step], now_s: float, calls: Sequence[Invocation]) -> list[list[Facts]]:
    """By call, what it would show next in each of a variant's draws; the calls are in order of the time that they take."""
    shown: list[list[Facts]] = [[] for _ in calls]
    for faults in draws:
        world = incident.world(faults)
        play_moves(world, steps, until_s=now_s)
        for at, call in enumerate(calls):
            world.advance(now_s + call.command.takes_s)
            assert call.command.run is not None
            try:
                shown[at].append(call.command.run(world, call.args).facts)
            except Refused:
                shown[at].append({})
    return shown


def _apart(incident: Incident, call: Invocation, one: Sequence[Facts], other: Sequence[Facts], noise: Noise) -> bool:
    """Whether some fact of a look, in every draw of either variant, is none that the other could show."""
    for fact in one[0]:
        mine, theirs = ([d[fact] for d in draws if fact in d] for draws in (one, other))
        if given(incident, fact) or len(mine) < len(one) or len(theirs) < len(other):
            continue
        sd, least = noise_of(noise, call.command.name, fact), call.command.noticeable_for(fact)
        if not any(consistent(value, theirs, sd, least) for value in mine) and not any(consistent(value, mine, sd, least) for value in theirs):
            return True
    return False
