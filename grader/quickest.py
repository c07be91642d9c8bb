"""The quickest argument that an incident held: the fewest virtual minutes of looks, taken as the drill begins, that close what looks can close.

Weighed are all looks that can be taken without naming anything, and those that the reference runbook cites.
Taking each of them in each world would take longer than the rest of a grade. So a look counts as closing everything until it
is tried, the cheapest choice is tried first, and what it turns out not to close sends the search on. The answer is the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from grader.cover import Cover, cheapest
from grader.differential import MOST_FACTS, Facts, contradicting
from grader.division import divide
from grader.evidence import QuickestWay, QuickLook
from grader.glances import Glances, forget_glances
from grader.model_runbook import model_runbook
from grader.noise import Noise, load_noise, standard_looks
from grader.partner import Partner
from grader.presentation import presented_as
from grader.tasks import Glance
from grader.variants import Variant, true_candidate, variants
from scenarios.draw import DrawnFault
from scenarios.incident import Incident, key_of
from scenarios.words import registry
from simulator.commands import Invocation, parse
from simulator.durations import HOUR_S

LONGEST_WAY_S = 36 * HOUR_S
"""Where worlds have to be built from further back, because something ran all the time, the search would take longer than the rest of a grade."""
_FOUND = "quickest"


def quickest(incident: Incident, partner: Partner | None = None) -> QuickestWay | None:
    """The quickest way through an incident's differential; found once and kept. None where its worlds take too long to build. A partner takes some of the looks."""
    for _ in quickest_slices(incident, partner):
        pass
    found: QuickestWay | None = incident.kept[_FOUND]
    return found


def quickest_slices(incident: Incident, partner: Partner | None = None) -> Iterator[None]:
    """Find the quickest way and keep it; gives way whenever a world has been looked at."""
    if _FOUND in incident.kept:
        return
    possible, truth = variants(incident), true_candidate(incident)
    if any(incident.start_s - since_s > LONGEST_WAY_S for since_s in _eves(incident, [incident.drawn.faults, *(faults for v in possible for faults in v.draws)])):
        incident.kept[_FOUND] = None
        return
    search = _Search(incident, _calls(incident), [v for v in possible if v.candidate != truth], load_noise(incident.spec.name), partner)
    yield from search.slices()
    incident.kept[_FOUND] = search.found()
    forget_glances(incident)


def _eves(incident: Incident, worlds: Iterable[Sequence[DrawnFault]]) -> Iterator[float]:
    """The moments from which the worlds go on, of those that were built in any process."""
    for faults in worlds:
        eve, presented = incident.eves.get(key_of(faults)), incident.kept.get(presented_as(faults))
        if eve is not None:
            yield eve.at_s
        elif presented is not None:
            yield presented.since_s


def _calls(incident: Incident) -> list[Invocation]:
    """The looks that are weighed, the quickest first."""
    unnamed = [line for line in standard_looks() if line in registry()]
    lines = dict.fromkeys([*unnamed, *(look.line for look in model_runbook(incident.drawn.reference).cited)])
    return sorted((parse(line, registry()) for line in lines), key=lambda call: (call.command.takes_s, call.line))


@dataclass(slots=True)
class _Search:
    incident: Incident
    calls: Sequence[Invocation]
    others: Sequence[Variant]
    noise: Noise
    partner: Partner | None = None
    cover: Cover | None = None
    wanted: frozenset[str] = frozenset()
    _told: dict[tuple[int, str], tuple[str, ...]] = field(default_factory=dict)
    """By look and variant, the facts by which the first of its draws is excluded: no fewer than by all of them. What is missing was not tried."""
    _sure: set[tuple[int, str]] = field(default_factory=set)
    """Pairs whose facts are those of all draws."""
    _own: dict[int, Facts] = field(default_factory=dict)
    _glances: Glances = field(init=False)

    def __post_init__(self) -> None:
        self._glances = Glances(self.incident)

    def slices(self) -> Iterator[None]:
        """Find the cheapest cover; gives way whenever a world has been looked at."""
        self.wanted = frozenset(v.name for v in self.others)
        cost = {at: call.command.takes_s for at, call in enumerate(self.calls)}
        while self.wanted:
            covers = {at: frozenset(v for v in self.wanted if self._told.get((at, v), ("untried",))) for at in cost}
            hopeless = {v.candidate for v in self.others if v.name in self.wanted and not any(v.name in told for told in covers.values())}
            if hopeless:
                self.wanted -= {v.name for v in self.others if v.candidate in hopeless}
                continue
            self.cover = cheapest(covers, cost, self.wanted)
            untried, unsure = self._unproven(self.cover.chosen)
            if not untried and not unsure:
                return
            self._share(untried, unsure if not untried else ())
            for variant, takes_s in untried:
                self._look(variant, takes_s)
                yield
            for at, variant in unsure if not untried else ():
                self._make_sure(at, variant)
                yield
        self.cover = None

    def found(self) -> QuickestWay:
        if self.cover is None:
            return QuickestWay((), len(self.calls), True)
        self._share((), [(at, v) for at in self.cover.chosen for v in self.others if self._told.get((at, v.name), ("untried",)) and (at, v.name) not in self._sure])
        looks = [
            QuickLook(self.calls[at].line, self.calls[at].command.takes_s, {v.name: told[:MOST_FACTS] for v in self.others if (told := self._proven(at, v))})
            for at in self.cover.chosen
        ]
        return QuickestWay(tuple(looks), len(self.calls), self.cover.exact)

    def _proven(self, at: int, variant: Variant) -> tuple[str, ...]:
        """Facts of a chosen look that exclude a variant, whether or not another look does too."""
        if not self._told.get((at, variant.name), ("untried",)):
            return ()
        self._make_sure(at, variant)
        return self._told[at, variant.name]

    def _unproven(self, chosen: Sequence[int]) -> tuple[list[tuple[Variant, float]], list[tuple[int, Variant]]]:
        """What is still to be tried, and to be tried in all draws, before a choice is known to close everything that is wanted."""
        untried: dict[tuple[str, float], tuple[Variant, float]] = {}
        unsure: list[tuple[int, Variant]] = []
        for variant in self.others:
            pairs = [(at, variant.name) for at in chosen]
            if variant.name not in self.wanted or any(pair in self._sure and self._told[pair] for pair in pairs):
                continue
            tried = [at for at, name in pairs if self._told.get((at, name))]
            if tried:
                unsure.append((tried[0], variant))
            else:
                bands = {self.calls[at].command.takes_s for at, name in pairs if (at, name) not in self._told}
                untried.update({(variant.name, takes_s): (variant, takes_s) for takes_s in sorted(bands)})
        return list(untried.values()), unsure

    def _look(self, variant: Variant, takes_s: float) -> None:
        """Take all looks of one duration in the first draw of a variant."""
        for at in self._lasting(takes_s):
            self._told[at, variant.name] = self._telling(at, variant.draws[:1])

    def _make_sure(self, at: int, variant: Variant) -> None:
        if (at, variant.name) not in self._sure:
            self._told[at, variant.name] = self._telling(at, variant.draws)
            self._sure.add((at, variant.name))

    def _telling(self, at: int, draws: Sequence[Sequence[DrawnFault]]) -> tuple[str, ...]:
        call = self.calls[at]
        if at not in self._own:
            self._own[at] = self._shown(call, self.incident.drawn.faults)
        return tuple(contradicting(self.incident, call.command.name, self._own[at], [self._shown(call, faults) for faults in draws], self.noise))

    def _shown(self, call: Invocation, faults: Sequence[DrawnFault]) -> Facts:
        return self._glances.shown(call, faults)

    def _share(self, untried: Sequence[tuple[Variant, float]], unsure: Sequence[tuple[int, Variant]]) -> None:
        """Have the looks for these taken in two processes. None of this decides anything: what was not seen by then is looked at as it is asked for."""
        if self.partner is None or self.partner.gone:
            return
        own = sorted({at for at, _ in unsure} | {at for _, takes_s in untried for at in self._lasting(takes_s)} - self._own.keys())
        tasks = [Glance(variant.name, variant.draws[:1], self._lines(self._lasting(takes_s))) for variant, takes_s in untried]
        tasks += [Glance(variant.name, variant.draws, self._lines([at])) for at, variant in unsure]
        if own:
            tasks.append(Glance("own", (self.incident.drawn.faults,), self._lines(own)))
        divide(self.incident, tasks, self.partner)

    def _lasting(self, takes_s: float) -> list[int]:
        return [at for at, call in enumerate(self.calls) if call.command.takes_s == takes_s]

    def _lines(self, looks: Iterable[int]) -> tuple[str, ...]:
        return tuple(self.calls[at].line for at in looks)
