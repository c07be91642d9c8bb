"""Values as a host would send them, for tests of widgets and screens that need no world."""

from __future__ import annotations

from math import sin

from console.host.shown import (
    Alert,
    Block,
    Briefing,
    Chart,
    ClockState,
    CommandCard,
    DrillCard,
    Harm,
    Hypothesis,
    MapNode,
    MapRow,
    Mark,
    NodeState,
    Person,
    Runbook,
    RunbookStep,
    Said,
    SessionCard,
    Snapshot,
)
from simulator.commands import EXPECT, Param
from simulator.durations import DAY_S, HOUR_S, MINUTE_S
from simulator.observation import Observation, Series, table

START_S = 92 * DAY_S + 9 * HOUR_S

DRILLS = (
    DrillCard(
        "the-quiet-store",
        "Fraud slips through, everything is green",
        "card-fraud",
        35,
        3,
        ("model", "platform", "generalist"),
        ("mid", "senior", "staff"),
        "You are on call for the fraud score.",
    ),
    DrillCard("the-busy-season", "Drift alert in the busy season", "card-fraud", 30, 2, ("model", "generalist"), ("mid", "senior"), "Marketing started something."),
)
SESSIONS = (
    SessionCard("the-quiet-store-5-1", "the-quiet-store", "Fraud slips through, everything is green", 5, "open", None, 6),
    SessionCard("the-busy-season-2-1", "the-busy-season", "Drift alert in the busy season", 2, "closed", 87.5, 21),
    SessionCard("the-quiet-store-9-1", "the-quiet-store", "Fraud slips through, everything is green", 9, "damaged", None, 0),
)
BRIEFING = Briefing(
    "Fraud slips through, everything is green",
    "Card fraud scoring for payments above the first filter",
    35,
    "missed-fraud-high is firing: network fraud warnings per 10,000 approved payments, last 48 h",
    "You are on call for the fraud score.\n\nEach hour of missed fraud costs real money.",
    ("A feature server reads the online store, a model server scores.",),
    (Person("product manager", "impact on customers and money", 3600.0),),
    ("fraud-capture: network fraud warnings stay at or under 130 per 10,000 approved payments",),
)
MAP = (
    MapRow((MapNode("payments", "payments", ()), MapNode("ingest", "ingest", ("task features.ingest",)), MapNode("build", "build", ("task features.build",)))),
    MapRow((MapNode("online", "online store", ("feature-job-late",)), MapNode("decisions", "decisions", ("missed-fraud-high", "decline-rate-high")))),
)
COMMANDS = (
    CommandCard("alerts", "look", "alerts", "Shows every alert rule's state now.", 60.0, (EXPECT,), True, "none"),
    CommandCard(
        "features age",
        "look",
        "features",
        "Age of each view in the online store.",
        300.0,
        (Param("view", "text", "which view", positional=True, names="view"), EXPECT),
        True,
        "none",
    ),
    CommandCard(
        "features parity",
        "look",
        "features",
        "Served against offline values.",
        600.0,
        (Param("view", "text", "which view", positional=True, names="view"), Param("last", "duration", "how far back", default=21600.0), EXPECT),
        True,
        "none",
    ),
    CommandCard("registry rollback", "move", "registry", "Points champion at the version before.", 300.0, (), True, "wide"),
    CommandCard("labels rejoin", "move", "labels", "Joins again.", 1200.0, (Param("days", "integer", "how many", default=14),), False, "narrow"),
    CommandCard(
        "declare",
        "word",
        "reasoning",
        "Name the cause and the steps that show it.",
        0.0,
        (
            Param("component", "text", "where", required=True, positional=True, names="component"),
            Param("mechanism", "text", "what", required=True, positional=True, names="mechanism"),
            Param("because", "steps", "journal steps that show it"),
        ),
        True,
        "none",
    ),
    CommandCard("wait", "word", "reasoning", "Let time pass.", 0.0, (Param("duration", "duration", "how long", required=True, positional=True),), True, "none"),
    CommandCard("note", "word", "reasoning", "Write something down.", 0.0, (Param("text", "rest", "what", required=True, positional=True),), True, "none"),
    CommandCard("resolve", "word", "reasoning", "Close the incident.", 0.0, (Param("summary", "text", "what it was"),), True, "none"),
)
NAMES = {
    "view": ("card_velocity", "card_profile", "merchant_risk"),
    "component": ("feature-store/online", "feature-store/online/merchant_risk", "registry"),
    "mechanism": ("stale-materialisation", "concept-drift"),
}


def look_block(step: int = 4, rows: int = 3) -> Block:
    """A look with a table, a curve and a sentence."""
    ages = table(
        "Online store",
        [("view", ""), ("newest event", "time"), ("age", "s"), ("rows", "rows")],
        [[f"view_{k}", START_S - k * HOUR_S, k * HOUR_S, 1000 * k] for k in range(1, rows + 1)],
    )
    curve = Series("age", "s", tuple(START_S - k * HOUR_S for k in range(24, 0, -1)), tuple(float(k) for k in range(24)))
    seen = Observation("Age of the online store", (ages,), (curve,), ("Two views are loaded every hour.",), {"age_s.view_1": 3600.0})
    return Block(
        step,
        'features age --expect "old rows"',
        "features age",
        "look",
        START_S + step * 300.0,
        300.0,
        seen,
        "",
        (Said(START_S + step * 300.0 + 60, "support", "Cardholders call."),),
    )


BLOCKS = (
    Block(
        1,
        "alerts",
        "alerts",
        "look",
        START_S,
        60.0,
        Observation("Alert rules", (table("", ["rule", "state"], [["missed-fraud-high", "firing"], ["latency-p99-high", "inactive"]]),)),
        "",
        (),
    ),
    Block(2, "hypothesis feature-store/online stale-materialisation", "hypothesis", "word", START_S + 60, 0.0, None, "", ()),
    Block(3, "features agee", "", "error", START_S + 60, 0.0, None, "unknown command 'features agee'; did you mean features age?", ()),
    look_block(),
    Block(5, "registry rollback", "registry rollback", "refused", START_S + 1800, 60.0, None, "there is no earlier version that passed its gate", ()),
)


def chart(name: str = "missed_fraud_per_10k", unit: str = "per 10k", points: int = 288, level: float = 95.0, threshold: float | None = 130.0) -> Chart:
    """A day at 5 minutes, rising at its end, with a gap in last week's values."""
    at = tuple(START_S - DAY_S + (k + 1) * 300.0 for k in range(points))
    now = tuple(level * (1 + 0.05 * sin(k / 20)) + (0.4 * level * (k - 200) / 88 if k > 200 else 0.0) for k in range(points))
    then = tuple(None if 50 < k < 60 else level * (1 + 0.05 * sin(k / 20 + 1)) for k in range(points))
    return Chart(name, unit, at, now, then, threshold)


def snapshot(now_s: float = START_S + 42 * MINUTE_S, **changed: object) -> Snapshot:
    """A war room in the middle of a drill; `changed` replaces whole fields."""
    fields: dict[str, object] = {
        "now_s": now_s,
        "phase": "investigating",
        "clock": ClockState(False, 60.0, False),
        "alerts": (
            Alert("missed-fraud-high", "page", "firing", 141.5, 130.0, ">", START_S - 300.0, "network fraud warnings per 10,000 approved payments, last 48 h"),
            Alert("feature-job-late", "ticket", "pending", 3.2, 3.0, ">", START_S + 600.0, "age of the last finished materialisation against its schedule, worst view"),
        ),
        "nodes": (
            NodeState("payments", "none", ""),
            NodeState("ingest", "ok", ""),
            NodeState("build", "failed", "features.build failed 12 min ago"),
            NodeState("online", "pending", "feature-job-late"),
            NodeState("decisions", "firing", "missed-fraud-high"),
        ),
        "charts": (
            chart(),
            chart("latency_p99_ms", "ms", level=640.0, threshold=1800.0),
            chart("score_mean", "", level=0.021, threshold=None),
            chart("decline_ratio", "ratio", level=0.012, threshold=None),
        ),
        "marks": (
            Mark(START_S - 6 * HOUR_S, "change", "serving release 2026.40"),
            Mark(START_S - 300.0, "alert", "missed-fraud-high"),
            Mark(START_S, "page", "page"),
            Mark(START_S + 1800, "move", "#5 registry rollback"),
        ),
        "harm": Harm(18_400.0, 410.0, "USD"),
        "channel": (
            Said(START_S, "pager", "missed-fraud-high is firing"),
            Said(START_S, "on-call before you", "There was a model run in the last few days."),
            Said(START_S + 2400, "product manager", "How many payments are affected? I need a number."),
        ),
        "runbook": Runbook(
            (
                RunbookStep(1, START_S, 60.0, "look", "alerts", "", ""),
                RunbookStep(2, START_S + 60, 0.0, "word", "hypothesis feature-store/online stale-materialisation", "H1", ""),
                RunbookStep(3, START_S + 60, 0.0, "error", "features agee", "", "unknown command"),
                RunbookStep(4, START_S + 60, 300.0, "look", 'features age --expect "old rows"', "H1", ""),
                RunbookStep(5, START_S + 1800, 60.0, "refused", "registry rollback", "H1", "there is no earlier version"),
            ),
            (
                Hypothesis("H1", "feature-store/online", "stale-materialisation", "open", (4,)),
                Hypothesis("H2", "population", "concept-drift", "ruled out", (3,)),
            ),
        ),
        "names": NAMES,
    }
    return Snapshot(**{**fields, **changed})  # type: ignore[arg-type]


NASTY = (
    "[/x]",
    "[@click=app.quit]click[/]",
    "[type=x, v={'a[0]'}]",
    "[/feature_store/a]",
    "[red]red",
    "\x1b[2J\x1b]0;title\x07",
    "\x1b]52;c;aGVsbG8=\x07",
    "\x9b31m",
    "\u202egnp.exe",
    "a\u2066b\u2069",
    "\u2028line",
    "x\r\ny\tz",
    "漢字 wide 👩‍👩‍👧 é",
    "`rm -rf` $HOME {{7*7}} %s",
    "A" * 500,
    "",
)
"""Texts that break screens which take text for markup or pass control signs on."""
UNSAFE = tuple("\x1b\x07\x9b\u202e\u2066\u2069\u2028\r")
"""Signs of the corpus that must never reach a terminal."""


def seated_commands() -> dict[str, object]:
    """The commands by name, as a war room keeps them."""
    return {card.name: card.command for card in COMMANDS}
