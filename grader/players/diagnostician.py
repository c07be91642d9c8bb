"""A diagnostic policy that knows no scenario: it plays by typed lines, keeps a differential from the facts it sees, and acts on what is left of it."""

from __future__ import annotations

from collections.abc import Sequence

from grader.differential import tells_apart
from grader.players.prospects import LOOKS, facts_of, prospects
from grader.players.remedies import remedy_for
from grader.players.skill import Skill
from grader.players.suspects import Suspects, cause_at, common_place
from grader.variants import Variant
from scenarios.drill import Drill, Reply
from scenarios.faults.library import NOTHING
from scenarios.replay import replayed
from scenarios.steps import Step, steps_of
from scenarios.words import registry
from simulator.commands import parse
from simulator.durations import MINUTE_S
from simulator.streams import stream

ROUND = ("alerts", "pipelines list", "models list")
"""Looked at in every incident before anything is asked."""
TELLING = 4
"""Looks that speak against something which a declaration should have behind it."""
TOLD_BY_S = 40 * MINUTE_S
"""When stakeholders hear at the latest, whatever is known by then."""
REFLEX = "serving restart model-server"
"""What is tried first, before half of the remedy, by who does not know the whole of it."""
VERIFYING = 2
"""Looks after the remedy."""
PERFORMANCE = ("performance early", "labels", "decisions", "calibration", "performance mature")
"""Looks at what users and money feel."""
NOVICE_SHARE, NOVICE_LOOKS = 0.6, 7
COMPETENT_LOOKS = 14
TRAINEE_LEAST = 0.5
"""The least share of habits that a trainee keeps."""


def competent(drill: Drill) -> None:
    """The policy with every habit kept."""
    _play(drill, "competent", 1.0, COMPETENT_LOOKS)


def novice(drill: Drill) -> None:
    """The policy by somebody who keeps six habits of ten and makes up their mind early."""
    _play(drill, "novice", NOVICE_SHARE, NOVICE_LOOKS)


def trainee(drill: Drill) -> None:
    """The policy by another person on each seed, of any skill between less than the novice's and nearly all; the same in each scenario of that seed."""
    person = f"trainee {drill.incident.drawn.seed}"
    part = float(stream(drill.incident.drawn.seed, "player.trainee.skill").random())
    share = TRAINEE_LEAST + (1.0 - TRAINEE_LEAST) * part
    _play(drill, person, share, round(NOVICE_LOOKS + part * (COMPETENT_LOOKS - NOVICE_LOOKS)))


def _play(drill: Drill, name: str, share: float, most_looks: int) -> None:
    Diagnostician(drill, Skill(name, share, most_looks)).play()


class Diagnostician:
    def __init__(self, drill: Drill, skill: Skill) -> None:
        self.drill, self.skill = drill, skill
        self.suspects = Suspects(drill.incident)
        self.prospects = prospects(drill.incident, self.suspects.places)
        self.taken: list[str] = []
        self._reading = ""
        self._told = False

    def play(self) -> None:
        """The whole drill, from the first look to the close."""
        for look in ROUND:
            if self.skill.does("round", look):
                self._look(look)
        self._narrow()
        self._confirm(self._best_guess())
        candidate = self._best_guess()
        self._declare(candidate)
        left = tuple(v for v in self.suspects.open if v.candidate == candidate)
        if cause_at(left[0]) != NOTHING:
            self._mend(left)
        elif self.skill.does("update", "at the end"):
            self._update(f"0 USD lost; {self._reading}", "no-incident", "watch the same readings over the next days", "24h")
        self._say("resolve")

    def _narrow(self) -> None:
        """Take the look that is worth most per minute until what is left calls for one remedy, or nothing tells any more."""
        while self._undecided() and len(self.taken) < self.skill.most_looks:
            nth = str(len(self.taken))
            if not (self.skill.does("patience", nth) or self.skill.does("more patience", nth)):
                return
            others = [look for look in LOOKS if look not in self.taken]
            good = self.prospects.best(self.suspects.open, self.taken, self.skill.choice) if self.skill.does("look", nth) else others
            if not good:
                return
            self._look(self.skill.first("look", good))
            if self.drill.now_s - self.drill.incident.start_s > TOLD_BY_S and not self._told and self.skill.does("update", "meanwhile"):
                self._update(self._reading, "investigating", f"tell {' and '.join(self._expected())} apart", "30m")

    def _undecided(self) -> bool:
        """Whether several candidates are open, or places of one that are mended differently."""
        left = self.suspects.open
        return len(self.suspects.candidates) > 1 or len({remedy_for((place,), self.drill.now_s) for place in left}) > 1

    def _best_guess(self) -> str:
        """The candidate with the largest part of its places still open; among equals the first by name."""
        share = {c: sum(v.candidate == c for v in self.suspects.open) / sum(v.candidate == c for v in self.suspects.places) for c in self.suspects.candidates}
        return max(sorted(share), key=lambda c: share[c])

    def _confirm(self, candidate: str) -> None:
        """See the finding from other sides, so that it does not hang on one look; where nothing seems wrong, at performance itself."""
        place = next(v for v in self.suspects.open if v.candidate == candidate)
        if cause_at(place) == NOTHING and not any(look.startswith(PERFORMANCE) for look in self.taken) and self.skill.does("confirm"):
            self._look(self.prospects.confirming(place, self.suspects.places, self.taken, PERFORMANCE) or PERFORMANCE[0])
        while len(self.suspects.telling(candidate)) < TELLING and len(self.taken) < self.skill.most_looks and self.skill.does("confirm", str(len(self.taken))):
            look = self.prospects.confirming(place, self.suspects.places, self.taken)
            if look is None:
                return
            self._look(look)

    def _declare(self, candidate: str) -> None:
        causes = [cause_at(v) for v in self.suspects.open if v.candidate == candidate]
        cause = f"{common_place(c for c, _ in causes)} {causes[0][1]}"
        if self.skill.does("hypothesis"):
            self._say(f"hypothesis {cause}")
        steps = self.suspects.argument(candidate)
        cited = f" --because {' '.join(map(str, steps))}" if steps and self.skill.does("cite") else ""
        self._say(f"declare {cause}{cited}")

    def _mend(self, left: Sequence[Variant]) -> None:
        """Tell, act, see whether it worked, leave a guard, tell again."""
        remedy = remedy_for(left, self.drill.now_s)
        if self.skill.does("update", "before the remedy"):
            self._update(self._reading, "identified", "the remedy that the readings call for", "60m")
        for line in remedy.moves if self.skill.does("mend") else (REFLEX, *remedy.moves[:1]):
            self._say(line)
        self._say(f"wait {remedy.wait}")
        if self.skill.does("verify"):
            for look in self._verifying(left[0]):
                self._say(f'{look} --expect "what it shows where the remedy works"')
        if self.skill.does("guard"):
            for line in remedy.guards:
                self._say(line)
        if self.skill.does("update", "at the end"):
            self._update(f"{self._reading} at the page, falling since the remedy", "mitigated", "watch it through a day", "24h")

    def _verifying(self, place: Variant) -> list[str]:
        """Looks that show something else where the moves were made than where the last of them, or all, were not; quickest first."""
        steps = [s for s in steps_of(self.drill.journal.rows()) if s.kind == "move"]
        if not steps:
            return []
        incident, now_s = self.drill.incident, self.drill.now_s
        made = replayed(incident, steps, faults=place.draws[0], until_s=now_s, exact=True)
        found: list[str] = []
        for without in ({steps[-1].step}, {s.step for s in steps}):
            spared = replayed(incident, steps, faults=place.draws[0], without=without, until_s=now_s, exact=True)
            for look in sorted(LOOKS, key=lambda line: parse(line, registry()).command.takes_s):
                if len(found) == VERIFYING:
                    return found
                if look not in found and tells_apart(parse(look, registry()).command.name, facts_of(look, made), facts_of(look, spared)):
                    found.append(look)
        return found

    def _expected(self) -> tuple[str, ...]:
        """The mechanisms that the next look should tell apart; two of them where there are many."""
        return tuple(dict.fromkeys(cause_at(v)[1] for v in self.suspects.open))[:2]

    def _look(self, look: str) -> None:
        self.taken.append(look)
        left = self._expected()
        question = f"what tells {' and '.join(left)} apart" if len(left) > 1 else f"another sign of {left[0]}"
        reply = self._say(f'{look} --expect "{question}"' if self.skill.does("expect", look) else look)
        if reply.observation is not None:
            self._read(reply)
            if self.skill.does("see", str(len(self.taken))):
                self.suspects.see(self._last())

    def _read(self, reply: Reply) -> None:
        rule = self.drill.incident.page_rule
        values = [v for name, v in (reply.observation.facts if reply.observation else {}).items() if name.endswith(rule.name) and not isinstance(v, str)]
        if values and not self._reading:
            self._reading = f"{rule.summary}: {values[0]:.4g}, bound {rule.threshold:g}"

    def _update(self, impact: str, status: str, following: str, eta: str) -> None:
        self._told = True
        self._say(f'update --impact "{impact}" --status {status} --next "{following}" --eta {eta}')

    def _say(self, line: str) -> Reply:
        return self.drill.submit(line)

    def _last(self) -> Step:
        return steps_of(self.drill.journal.rows())[-1]
