"""What each look would tell, worked out before it is taken: in the candidates' worlds as the drill begins, once per incident and only as far as it is asked."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from grader.differential import Facts, contradicting
from grader.noise import load_noise
from grader.variants import Variant
from scenarios.incident import Incident
from scenarios.words import registry
from simulator.commands import parse
from simulator.durations import MINUTE_S
from simulator.errors import Refused
from simulator.world import World

LOOKS = (
    *("alerts", "pipelines list", "pipelines runs train", "changes --last 7d"),
    *("serving latency --last 3h", "serving latency --last 12h", "serving status", "traces", "callers --last 2h"),
    *("autoscaler --last 6h", "nodes --last 6h", "gpu", "cost"),
    *("features age", "features status", "features parity", "sources compare payments", "sources compare devices"),
    *("labels join", "train jobs --last 9d", "models list", "models show champion"),
    *("decisions", "drift report", "performance early", "performance mature", "calibration"),
)
"""What somebody who knows the system would think of; lines as typed."""
READING_S = MINUTE_S
"""What a look costs besides its own time."""


Speaks = Callable[[str, str, str], bool]
"""(look, place, other) -> whether the look would speak against the other place if the first one were the cause."""


@dataclass(frozen=True, slots=True)
class Prospects:
    speaks: Speaks
    looks: tuple[str, ...] = LOOKS

    def worth(self, look: str, places: Sequence[Variant]) -> float:
        """Candidates that `look` is expected to close per minute, each open candidate being as likely as another; of one candidate, its places."""
        field: dict[str, list[str]] = {}
        one = len({place.candidate for place in places}) == 1
        for place in places:
            field.setdefault(place.name if one else place.candidate, []).append(place.name)
        total = 0.0
        for candidate, names in field.items():
            for name in names:
                total += sum(sum(self.speaks(look, name, o) for o in other) / len(other) for rival, other in field.items() if rival != candidate) / len(names)
        return total / len(field) / minutes(look)

    def best(self, places: Sequence[Variant], but: Collection[str], least: float = 1.0) -> list[str]:
        """The looks that are worth most, or at least the share `least` of that, in the order in which they are thought of; none where none would tell anything."""
        worth = {look: self.worth(look, places) for look in self.looks if look not in but}
        most = max(worth.values(), default=0.0)
        return [look for look in worth if worth[look] >= least * most > 0]

    def confirming(self, place: Variant, places: Sequence[Variant], but: Collection[str], among: Sequence[str] = ()) -> str | None:
        """The quickest look that would speak against half of the other places if `place` is the cause; None where none would."""
        others = [v.name for v in places if v.candidate != place.candidate]
        for look in sorted((look for look in self.looks if look not in but and (not among or look.startswith(tuple(among)))), key=minutes):
            if 2 * sum(self.speaks(look, place.name, other) for other in others) >= len(others):
                return look
        return None


def minutes(look: str) -> float:
    return (parse(look, registry()).command.takes_s + READING_S) / MINUTE_S


def prospects(incident: Incident, places: Sequence[Variant]) -> Prospects:
    """What each look of `LOOKS` would tell in this incident; what is worked out is kept with it."""
    if "prospects" not in incident.kept:
        incident.kept["prospects"] = Prospects(_Showings(incident, places).speaks)
    found: Prospects = incident.kept["prospects"]
    return found


class _Showings:
    """What looks show in the candidates' worlds as the drill begins."""

    def __init__(self, incident: Incident, places: Sequence[Variant]) -> None:
        self._incident, self._noise = incident, load_noise(incident.spec.name)
        self._draws = {place.name: place.draws for place in places}
        self._worlds: dict[str, list[World]] = {}
        self._shown: dict[tuple[str, str], list[Facts]] = {}
        self._speaks: dict[tuple[str, str, str], bool] = {}

    def speaks(self, look: str, place: str, other: str) -> bool:
        key = look, place, other
        if key not in self._speaks:
            op = parse(look, registry()).command.name
            self._speaks[key] = bool(contradicting(self._incident, op, self._facts(look, place)[0], self._facts(look, other), self._noise))
        return self._speaks[key]

    def _facts(self, look: str, place: str) -> list[Facts]:
        if place not in self._worlds:
            self._worlds[place] = [self._incident.world(faults) for faults in self._draws[place]]
        if (look, place) not in self._shown:
            self._shown[look, place] = [facts_of(look, world) for world in self._worlds[place]]
        return self._shown[look, place]


def facts_of(look: str, world: World) -> Facts:
    """What `look` shows in `world` now; nothing where it is refused."""
    invocation = parse(look, registry())
    assert invocation.command.run is not None
    try:
        return invocation.command.run(world, invocation.args).facts
    except Refused:
        return {}
