"""What a screen shows of a drill, as plain frozen values: the catalogue, a briefing, a snapshot of the war room, a debrief.

Nothing here loads NumPy, and nothing true that the company cannot see has a place in it.
"""

from __future__ import annotations

from msgspec import Struct

from grader.report_rows import Report
from simulator.commands import Command, Noticeable, Param
from simulator.observation import Observation


class DrillCard(Struct, frozen=True):
    """One scenario of the catalogue, as Home lists it. Nothing in it tells the cause."""

    name: str
    title: str
    system: str
    minutes: int
    difficulty: int
    roles: tuple[str, ...]
    levels: tuple[str, ...]
    briefing: str
    """Its first sentences, before a seed has filled anything in."""


class SessionCard(Struct, frozen=True):
    """One stored session."""

    session: str
    scenario: str
    title: str
    seed: int
    state: str
    """`open`, `closed` or `damaged`."""
    score: float | None
    steps: int


class Person(Struct, frozen=True):
    role: str
    asks_for: str
    """What they want to hear, empty where they only listen."""
    every_s: float | None


class Briefing(Struct, frozen=True):
    """What a person is told before the drill begins."""

    title: str
    system: str
    minutes: int
    page: str
    """The alert that paged, with its summary."""
    text: str
    """Paragraphs parted by an empty line."""
    context: tuple[str, ...]
    people: tuple[Person, ...]
    objectives: tuple[str, ...]
    """One sentence each."""


class MapNode(Struct, frozen=True):
    """One component on the platform map."""

    id: str
    label: str
    monitors: tuple[str, ...]
    """Alert rules, tasks and jobs by name that watch it; empty where nothing does."""


class MapRow(Struct, frozen=True):
    """Components in the order in which data passes them."""

    nodes: tuple[MapNode, ...]


class NodeState(Struct, frozen=True):
    """What the monitors of one component say now."""

    id: str
    state: str
    """`ok`, `firing`, `pending`, `failed`, `late`, `running`, `silenced`, or `none` where no monitor watches it."""
    why: str
    """The monitor that says so and what it reads, in a few words; empty for `ok` and `none`."""


class Alert(Struct, frozen=True):
    """An alert rule that fires, is pending or is silenced."""

    rule: str
    severity: str
    state: str
    value: float | None
    threshold: float
    op: str
    since_s: float | None
    summary: str


class Chart(Struct, frozen=True):
    """One metric over the last hours, with the same time a week before, at the same times."""

    name: str
    unit: str
    at_s: tuple[float, ...]
    values: tuple[float | None, ...]
    week_before: tuple[float | None, ...]
    threshold: float | None
    """Bound of the alert rule on this metric, None where there is none."""


class Mark(Struct, frozen=True):
    """Something that happened, to be marked on charts: a change in the audit log, an alert that began to fire, a move of one's own."""

    at_s: float
    kind: str
    """`change`, `alert`, `move` or `page`."""
    label: str


class Harm(Struct, frozen=True):
    """What the incident is known to have cost since the page, above the same hours of the weeks before."""

    usd: float
    per_min_usd: float
    currency: str


class Said(Struct, frozen=True):
    """A line of the channel."""

    at_s: float
    sender: str
    text: str


class RunbookStep(Struct, frozen=True):
    """A step as the runbook lists it."""

    step: int
    at_s: float
    took_s: float
    kind: str
    line: str
    hypothesis: str
    """Label of the hypothesis that it was made under, such as H1; empty for none."""
    error: str


class Hypothesis(Struct, frozen=True):
    """A cause that was stated, and where it stands."""

    label: str
    component: str
    mechanism: str
    standing: str
    """`open`, `ruled out` or `declared`."""
    evidence: tuple[int, ...]
    """Steps cited for it or, once it is ruled out, against it."""


class Runbook(Struct, frozen=True):
    steps: tuple[RunbookStep, ...]
    hypotheses: tuple[Hypothesis, ...]


class ClockState(Struct, frozen=True):
    """How virtual time passes."""

    live: bool
    """False: only commands take time."""
    speed: float
    """Virtual seconds per second of the wall clock, while it runs."""
    paused: bool


class Snapshot(Struct, frozen=True):
    """All that the war room shows at one moment. Nothing true that the company cannot see is in it."""

    now_s: float
    phase: str
    clock: ClockState
    alerts: tuple[Alert, ...]
    nodes: tuple[NodeState, ...]
    charts: tuple[Chart, ...]
    marks: tuple[Mark, ...]
    harm: Harm
    channel: tuple[Said, ...]
    runbook: Runbook
    names: dict[str, tuple[str, ...]]
    """Names that exist in the world now, by kind, for completion and forms."""


class Block(Struct, frozen=True):
    """One line typed and what came back, as the output pane keeps it."""

    step: int
    line: str
    op: str
    kind: str
    """`look`, `move`, `word`, `refused` or `error`."""
    at_s: float
    took_s: float
    observation: Observation | None
    error: str
    messages: tuple[Said, ...]
    """What people said while it ran."""


class CommandCard(Struct, frozen=True):
    """A command of the registry as plain data; `command` makes it what completion, forms and parsing take."""

    name: str
    kind: str
    group: str
    help: str
    takes_s: float
    params: tuple[Param, ...]
    reversible: bool
    blast: str

    @property
    def command(self) -> Command:
        return Command(self.name, self.kind, self.group, self.help, self.takes_s, self.params, None, dict[str, Noticeable](), self.reversible, self.blast)  # type: ignore[arg-type]


class CurveOfHarm(Struct, frozen=True):
    """Money lost since the page in one course of events, cumulative."""

    name: str
    at_s: tuple[float, ...]
    usd: tuple[float, ...]


class StepMark(Struct, frozen=True):
    """A step on the timeline of harm."""

    step: int
    at_s: float
    kind: str
    line: str


class Debrief(Struct, frozen=True):
    """A graded session as the debrief screen shows it."""

    session: str
    title: str
    score: float
    passed: bool
    report: Report
    start_s: float
    curves: tuple[CurveOfHarm, ...]
    """As it was left, had nobody done anything, with the reference runbook; empty where nothing was lost."""
    marks: tuple[StepMark, ...]
    currency: str
