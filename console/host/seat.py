"""A drill and its stored session together: begun, gone on with, or rebuilt from what a journal's header says."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from console.home import sessions, wall_now
from simulator.errors import ContentError, Refused, UsageError

if TYPE_CHECKING:
    from scenarios.chain import Row
    from scenarios.channel import Message
    from scenarios.drill import Drill, Reply
    from scenarios.hint import Hint
    from scenarios.incident import Incident
    from scenarios.journal import Journal
    from scenarios.scenario import Scenario
    from scenarios.steps import Step

Heard = Callable[["Reply"], None]
Progress = Callable[[str, float | None], None]
"""Told what is being done, and the share of it that is done, 0 to 1; None where nobody can tell."""


BUILDING = "building the world…"
HINTING = "the hint: the candidates' worlds"
SEEDS, TRIES = 1_000_000, 5
"""A seed that nobody chose is drawn below this, and drawn anew this often where its alert does not fire."""


def untold(text: str, share: float | None) -> None:
    """For callers that show no progress."""


@dataclass(slots=True)
class Seat:
    session: str
    journal: Journal
    incident: Incident
    actor: str
    role: str
    level: str
    heard: Heard | None = None
    """Told of each reply once its row is durable."""
    drill: Drill = field(init=False)

    def __post_init__(self) -> None:
        self.restore()

    def restore(self) -> None:
        """The drill as its journal has it. To be called where a row could not be written: the world may have moved by then."""
        self.drill = _drill(self.incident, self.journal, self.actor, self.role, self.heard)

    @property
    def remark(self) -> str:
        """What makes this drill unsound, for whoever begins it; empty where nothing does."""
        if self.incident.paged:
            return ""
        drawn = self.incident.drawn
        return f"with seed {drawn.seed} the alert {drawn.page_alert} does not fire, whatever the pager says; another seed makes a sounder drill"

    @property
    def interview(self) -> bool:
        """Whether hints are refused."""
        return bool(self.journal.header.get("interview"))

    @property
    def closed(self) -> bool:
        """Whether the drill has ended: resolved, or closed by whoever ran it."""
        return self.drill.closed or any(row.kind == "closed" for row in self.journal.rows())


def begin(
    name: str, seed: int | None, *, actor: str, role: str | None = None, level: str | None = None, interview: bool = False, heard: Heard | None = None, progress: Progress = untold
) -> Seat:
    """A new session of the scenario `name`, a packaged one or a file, with a seed of its own where none is given.

    Nothing is stored before its world is built. In an `interview` no hints are given.

    Raises:
        HotseatError: no such scenario, a file with mistakes, an unknown role or level, or a state folder that cannot be written.
    """
    from scenarios.scenario import Level, Role

    if seed is not None and seed < 0:
        raise UsageError(f"a seed is a whole number from 0 on, not {seed}")
    scenario, text = _found(name)
    role = _chosen("role", role, scenario.roles, get_args(Role), "generalist")
    level = _chosen("level", level, scenario.levels, get_args(Level), "senior")
    progress(BUILDING, 0.0)
    made = _drawn(scenario, progress) if seed is None else _built(scenario, seed, progress)
    fields: dict[str, Any] = {"role": role, "level": level, "wall": wall_now(), "mode": "practice", "actor": actor, "scenario_sha256": _sha(text)}
    if interview:
        fields["interview"] = True
    if _is_file(name):
        # The file may be changed or gone when the session is gone on with: the header keeps what was played.
        fields["scenario_text"] = text
    session, journal = sessions().create(scenario.name, made.drawn.seed, fields)
    return Seat(session, journal, made, actor, role, level, heard)


def _built(scenario: Scenario, seed: int, progress: Progress) -> Incident:
    from scenarios.incident import incident

    return incident(scenario, seed, progress=lambda what, share: progress(f"building the world: {what}", share))


def _drawn(scenario: Scenario, progress: Progress) -> Incident:
    """An incident by a seed that nobody chose, whose page really fires: with some seeds the symptom stays under the alert's bound."""
    for _ in range(TRIES):
        made = _built(scenario, secrets.randbelow(SEEDS), progress)
        if made.paged:
            break
    return made


def go_on(session: str, *, heard: Heard | None = None, progress: Progress = untold) -> Seat:
    """A stored session that is not graded yet, where it stopped. Raises as `SessionStore.open`, `rebuilt` and `playable_steps` do, and Refused where it is graded."""
    journal = sessions().open(session)
    try:
        header = journal.header
        if any(row.kind == "scorecard" for row in journal.rows()):
            raise Refused(f"session {session} is closed and graded; hotseat debrief {session} tells how it went")
        progress(BUILDING, 0.0)
        made = rebuilt(header, str(journal.path), progress)
        playable_steps(journal.rows(), made, str(journal.path))
        role, level = told(header, str(journal.path))
        return Seat(session, journal, made, str(header.get("actor") or "you"), role, level, heard)
    except BaseException:
        journal.close()
        raise


def playable_steps(rows: Sequence[Row], made: Incident, file: str) -> list[Step]:
    """The steps of a journal that may come from anywhere, fit to be played again in `made`.

    Raises:
        ContentError: a step is not one that a drill of this incident could have written; names the step and the field.
    """
    from scenarios.checked_steps import checked_steps
    from scenarios.drill import LONGEST_DRILL_S

    return checked_steps(rows, file, latest_s=made.start_s + LONGEST_DRILL_S)


def rebuilt(header: Mapping[str, Any], file: str, progress: Progress = untold) -> Incident:
    """The incident of a session, from its header.

    Raises:
        Refused: the scenario has been changed since, so that this is no longer the world that was played.
        HotseatError: there is no such scenario, or its text has mistakes.
    """
    return _built(*scenario_and_seed(header, file), progress)


def scenario_and_seed(header: Mapping[str, Any], file: str) -> tuple[Scenario, int]:
    """Scenario and seed of a session; raises as `rebuilt` does."""
    from scenarios.scenario import parse_scenario
    from scenarios.vocabulary import packaged_vocabulary

    kept, name, seed = header.get("scenario_text"), str(header["scenario"]), header["seed"]
    if not isinstance(seed, int) or isinstance(seed, bool) or seed < 0:
        raise ContentError(file, "a seed is a whole number from 0 on", key="header.seed")
    if isinstance(kept, str):
        scenario, text = parse_scenario(kept, f"{file} (its scenario)", packaged_vocabulary()), kept
    else:
        packaged = name.removesuffix(".yaml")
        if _is_file(packaged):  # a journal from elsewhere does not choose which of this machine's files are read
            raise ContentError(file, "a packaged scenario is wanted here, or its text in the header", key="step 0 payload.scenario")
        scenario, text = _found(packaged)
    if header.get("scenario_sha256") not in (None, _sha(text)):
        raise Refused(f"the scenario {name} was changed after this session, so its world cannot be built again; hotseat grade still reads its grade")
    return scenario, seed


def reference_lines(header: Mapping[str, Any], file: str) -> tuple[str, ...]:
    """The reference runbook of a session as typed, without building a world. Raises as `rebuilt` does."""
    from scenarios.draw import draw
    from scenarios.incident import nominal_page_s

    scenario, seed = scenario_and_seed(header, file)
    return draw(scenario, seed, nominal_page_s=nominal_page_s(seed)).reference


def told(header: Mapping[str, Any], file: str) -> tuple[str, str]:
    """Role and level that a session was played in. Raises ContentError where the header names others than there are."""
    from scenarios.scenario import Level, Role

    role, level = header.get("role", "generalist"), header.get("level", "senior")
    for key, said, known in (("role", role, get_args(Role)), ("level", level, get_args(Level))):
        if said not in known:
            raise ContentError(file, f"one of {', '.join(known)} is wanted here", key=f"step 0 payload.{key}")
    return role, level


def scenario_named(name: str) -> Scenario:
    """A packaged scenario, or that of a file; raises as `begin` does."""
    return _found(name)[0]


def _found(name: str) -> tuple[Scenario, str]:
    """The scenario, and the text that it was read from."""
    import content
    from scenarios.library import find_scenario
    from scenarios.vocabulary import packaged_vocabulary

    scenario = find_scenario(name, packaged_vocabulary())
    return scenario, Path(name).read_text(encoding="utf-8") if _is_file(name) else content.read("scenarios", f"{name}.yaml")


def _is_file(name: str) -> bool:
    return name.endswith((".yaml", ".yml"))


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _chosen(what: str, said: str | None, offered: tuple[str, ...], known: tuple[str, ...], usual: str) -> str:
    if said is None:
        return usual if usual in offered else offered[0]
    if said not in known:
        raise UsageError(f"there is no {what} {said!r}; there are {', '.join(known)}")
    return said


def _drill(made: Incident, journal: Journal, actor: str, role: str, heard: Heard | None) -> Drill:
    """A drill that puts the wall clock on each row and tells `heard` of each reply once its row is durable."""
    from scenarios.drill import Drill

    class Told(Drill):
        def submit(self, line: str, *, wall: str = "") -> Reply:
            reply = super().submit(line, wall=wall or wall_now())
            if heard is not None:
                heard(reply)
            return reply

        def tick(self, to_s: float, *, wall: str = "") -> list[Message]:
            return super().tick(to_s, wall=wall or wall_now())

    return Told(made, journal, actor=actor, role=role, hinter=_hint)


def ready_for_hint(seat: Seat, progress: Progress = untold) -> None:
    """Find what every hint needs, and tell how far it is; a drill without hints needs nothing."""
    if seat.interview:
        return
    from grader.variants import variants

    variants(seat.incident, lambda share: progress(HINTING, share))


def asks_for_hint(line: str) -> bool:
    """Whether a typed line asks for a hint, which takes no arguments."""
    return line.split() == ["hint"]


def _hint(made: Incident, steps: Sequence[Step], now_s: float) -> Hint:
    """The grader's hint; it is loaded when somebody asks for one."""
    from grader.hints import hint

    return hint(made, steps, now_s)
