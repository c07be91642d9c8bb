"""The words of reasoning: what a person says in a drill, as commands in the same registry as looks and moves."""

from __future__ import annotations

from functools import lru_cache

from scenarios.guards import GUARDS
from scenarios.taxonomy import MECHANISMS
from simulator.commands import Command, Param, looks_and_moves
from simulator.durations import MINUTE_S

_BECAUSE = Param("because", "steps", "journal steps that show it")
_COMPONENT = Param("component", "text", "where; `help causes` lists the places", required=True, positional=True, names="component")
_MECHANISM = Param("mechanism", "text", "what; `help causes` lists them", required=True, positional=True, names="mechanism")


def _word(name: str, text: str, params: tuple[Param, ...] = (), takes_s: float = 0.0, covers: tuple[str, ...] = ()) -> Command:
    return Command(name, "word", "reasoning", text, takes_s, params, covers=covers)


WORDS: tuple[Command, ...] = (
    _word("hypothesis", "State a possible cause. Looks made while one is open count as looks with a question.", (_COMPONENT, _MECHANISM, _BECAUSE)),
    _word(
        "rule-out",
        "Say that a mechanism cannot be the cause, and which steps show it.",
        (Param("mechanism", "text", "which", required=True, positional=True, choices=tuple(MECHANISMS)), _BECAUSE),
    ),
    _word("declare", "Name the cause and the steps that show it. May be said again; the last one counts.", (_COMPONENT, _MECHANISM, _BECAUSE)),
    _word(
        "update",
        "Tell the stakeholders: impact, status, next step, time of the next update.",
        (
            Param("impact", "text", "what it does to users and money, with a number where you have one"),
            Param("status", "text", "where the incident stands", choices=("investigating", "identified", "mitigated", "monitoring", "resolved", "no-incident")),
            Param("next", "text", "what happens next"),
            Param("eta", "duration", "when they hear again"),
        ),
        2 * MINUTE_S,
        ("mat.collaboration",),
    ),
    _word(
        "action-item",
        "Install a guard against the next time. It is replayed on this incident when the drill is graded.",
        (
            Param("guard", "text", "; ".join(f"{g.name}: {g.help}" for g in GUARDS.values()), required=True, positional=True, choices=tuple(GUARDS)),
            Param("on", "text", "view or field that it watches", names="place"),
            Param("limit", "number", "its bound; the default is a sensible one"),
            Param("for", "duration", "how long the bound must be crossed"),
        ),
        1 * MINUTE_S,
        ("life.continuous-improvement",),
    ),
    _word(
        "hint",
        "Ask for the next of three hints: what kind of question is open, which two explanations to tell apart, which look does it. Each costs points of the score.",
        takes_s=2 * MINUTE_S,
    ),
    _word("note", "Write something down.", (Param("text", "rest", "what", required=True, positional=True),)),
    _word("wait", "Let time pass.", (Param("duration", "duration", "how long", required=True, positional=True),)),
    _word("resolve", "Close the incident. The drill ends and is graded.", (Param("summary", "text", "what it was, in a sentence"),)),
)


@lru_cache(maxsize=1)
def registry() -> dict[str, Command]:
    """Every command of a drill by name: looks, moves and words."""
    return {**looks_and_moves(), **{word.name: word for word in WORDS}}
