"""The quickest argument that an incident held: the fewest virtual minutes of looks, taken as the drill begins, that close what looks can close.

Weighed are all looks that can be taken without naming anything, and those that the reference runbook cites.
Taking each of them in each world would take longer than the rest of a grade. So a look counts as closing everything until it
is tried, the cheapest choice is tried first, and what it turns out not to close sends the search on. The answer is the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from grader.cover import Cover, cheapest
from grader.differential import MOST_FACTS, Facts, contradicting
from grader.evidence import QuickestWay, QuickLook
from grader.model_runbook import model_runbook
from grader.noise import Noise, load_noise, standard_looks
from grader.variants import Variant, true_candidate, variants
from scenarios.draw import DrawnFault
from scenarios.incident import Incident, key_of
from scenarios.words import registry
from simulator.commands import Invocation, parse
from simulator.durations import HOUR_S
from simulator.errors import Refused
from simulator.world import World

LONGEST_WAY_S = 36 * HOUR_S
"""Where worlds have to be built from further back, because something ran all the time, the search would take longer than the rest of a grade."""
_FOUND = "quickest"


def quickest(incident: Incident) -> QuickestWay | None:
    """The quickest way through an incident's differential; found once and kept. None where its worlds take too long to build."""
    for _ in quickest_slices(incident):
        pass
    found: QuickestWay | None = incident.kept[_FOUND]
    return found


def quickest_slices(incident: Incident) -> Iterator[None]:
    """Find the quickest way and keep it; gives way whenever a world has been looked at."""
    if _FOUND in incident.kept:
        return
    possible, truth = variants(incident), true_candidate(incident)
    worlds = [key_of(faults) for faults in (incident.drawn.faults, *(faults for v in possible for faults in v.draws))]
    if any(incident.start_s - incident.eves[key].at_s > LONGEST_WAY_S for key in worlds if key in incident.eves):
        incident.kept[_FOUND] = None
        return
    search = _Search(incident, _calls(incident), [v for v in possible if v.candidate != truth], load_noise(incident.spec.name))
    yield from search.slices()
    incident.kept[_FOUND] = search.found()


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
    cover: Cover | None = None
    wanted: frozenset[str] = frozenset()
    _told: dict[tuple[int, str], tuple[str, ...]] = field(default_factory=dict)
    """By look and variant, the facts by which the first of its draws is excluded: no fewer than by all of them. What is missing was not tried."""
    _sure: set[tuple[int, str]] = field(default_factory=set)
    """Pairs whose facts are those of all draws."""
    _worlds: dict[str, World] = field(default_factory=dict)
    _own: dict[int, Facts] = field(default_factory=dict)

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
        band = [at for at, call in enumerate(self.calls) if call.command.takes_s == takes_s]
        for at in band:
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
        """What a look shows in a world, taken as the drill begins; nothing where it is refused."""
        end_s, key = self.incident.start_s + call.command.takes_s, key_of(faults)
        if key not in self._worlds or self._worlds[key].now_s > end_s:
            self._worlds[key] = self.incident.world(faults)
        world = self._worlds[key]
        world.advance(end_s)
        assert call.command.run is not None
        try:
            return call.command.run(world, call.args).facts
        except Refused:
            return {}
