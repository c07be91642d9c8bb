"""A drill: a world, a drawn scenario, a journal and the phase. The only thing that screens, scripts and players talk to.

A typed line goes in, one journal row is made durable, a reply comes out. Everything else is derived by replay.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from scenarios.chain import JournalLike, Row
from scenarios.channel import Message, between, opening
from scenarios.guards import guard_of
from scenarios.hint import SENDER, Hint, Hinter
from scenarios.incident import Incident
from scenarios.phases import Phase, next_phase
from scenarios.steps import steps_of
from scenarios.taxonomy import known_component, known_mechanism
from scenarios.words import registry
from simulator.commands import Invocation, parse
from simulator.durations import DAY_S, MINUTE_S, format_duration
from simulator.errors import Refused, UsageError
from simulator.observation import Observation

REFUSED_TAKES_S = MINUTE_S
"""What a refused command costs at least: reading the answer."""
LONGEST_DRILL_S = 35 * DAY_S


@dataclass(frozen=True, slots=True)
class Reply:
    """What one line led to. `observation` for looks and moves; `error` where it was refused or not understood."""

    step: int
    line: str
    op: str
    args: Mapping[str, Any]
    at_s: float
    took_s: float
    kind: str
    phase: Phase
    observation: Observation | None = None
    error: str = ""
    messages: tuple[Message, ...] = ()
    """What people said while the command ran."""
    hint: Hint | None = None
    """What `hint` gave; its text is among the messages."""

    def to_json(self) -> dict[str, Any]:
        if self.error:
            return {"line": self.line, "error": self.error, "step": self.step, "at": self.at_s, "took": self.took_s}
        told = {} if self.hint is None else {"hint": self.hint.to_json()}
        return {
            **told,
            "line": self.line,
            "op": self.op,
            "args": dict(self.args),
            "at": self.at_s,
            "took": self.took_s,
            "kind": self.kind,
            "step": self.step,
            "phase": self.phase,
            "observation": self.observation.to_json() if self.observation else None,
            "messages": [{"at": m.at_s, "from": m.sender, "text": m.text} for m in self.messages],
        }


class Drill:
    """Plays one incident. A drill over a journal that already has rows goes on where they end."""

    def __init__(self, incident: Incident, journal: JournalLike, *, actor: str = "you", role: str = "generalist", hinter: Hinter | None = None) -> None:
        """`hinter` works out what `hint` gives; without one there are no hints."""
        self._hinter = hinter
        self.incident, self.journal, self.actor, self.role = incident, journal, actor, role
        self.world = incident.world()
        self.phase: Phase = "briefing"
        self._updated_s: float | None = None
        self._registry = registry()
        for row in journal.rows()[1:]:
            self._restore(row)

    @property
    def now_s(self) -> float:
        return self.world.now_s

    @property
    def closed(self) -> bool:
        return self.phase == "closed"

    def opening(self) -> list[Message]:
        return opening(self.incident)

    def submit(self, line: str, *, wall: str = "") -> Reply:
        """Do what `line` says; its journal row is durable when this returns. A line that cannot be done is answered, not raised."""
        if self.closed:
            raise Refused("this drill is closed; start another, or read its debrief")
        at_s, step = self.now_s, self.journal.head.step + 1
        try:
            invocation = parse(line, self._registry)
            self._check_word(invocation, step)
        except UsageError as problem:
            return self._answer(Reply(step, line.strip(), "", {}, at_s, 0.0, "error", self.phase, error=str(problem)), wall)
        command = invocation.command
        try:
            hint = self._hint() if command.name == "hint" else None
            observation = self._run(invocation)
        except Refused as problem:
            # A look is refused when its time is over, a move before its time begins.
            self.world.advance(at_s + REFUSED_TAKES_S)
            return self._answer(Reply(step, invocation.line, command.name, invocation.args, at_s, self.now_s - at_s, "refused", self.phase, error=str(problem)), wall)
        took = self.now_s - at_s
        self.phase = next_phase(self.phase, "resolve" if command.name == "resolve" else command.kind)
        said = between(self.incident, self.world, at_s, self.now_s, self._updated_s)
        if hint is not None:
            said.append(Message(self.now_s, SENDER, f"{hint.text} (This costs {hint.price:g} points.)"))
        if command.name == "update":
            self._updated_s = self.now_s
        return self._answer(Reply(step, invocation.line, command.name, invocation.args, at_s, took, command.kind, self.phase, observation, "", tuple(said), hint), wall)

    def tick(self, to_s: float, *, wall: str = "") -> list[Message]:
        """Let a live clock reach `to_s`; the tick is journaled so that a replay waits as long, with what people said meanwhile."""
        since = self.now_s
        self.world.advance(to_s)
        said = between(self.incident, self.world, since, self.now_s, self._updated_s)
        payload: dict[str, Any] = {"to_s": self.now_s}
        if said:
            payload["messages"] = _kept(said)
        self.journal.append(at_s=since, wall=wall, actor="clock", role="", kind="clock", payload=payload)
        return said

    def _run(self, invocation: Invocation) -> Observation | None:
        command, world = invocation.command, self.world
        if command.kind == "word":
            world.advance(world.now_s + (invocation.args["duration"] if command.name == "wait" else command.takes_s))
            return None
        assert command.run is not None
        if command.kind == "look":
            world.advance(world.now_s + command.takes_s)
            return command.run(world, invocation.args)
        observation = command.run(world, invocation.args)
        world.advance(world.now_s + command.takes_s)
        return observation

    def _hint(self) -> Hint:
        """Raises Refused where none is given."""
        if self.journal.header.get("interview"):
            raise Refused("there are no hints in an interview")
        if self._hinter is None:
            raise Refused("nobody is here to give a hint")
        return self._hinter(self.incident, steps_of(self.journal.rows()), self.now_s)

    def _check_word(self, invocation: Invocation, step: int) -> None:
        """Raises UsageError where a word's arguments name what does not exist."""
        name, args = invocation.command.name, invocation.args
        if name in ("hypothesis", "declare"):
            known_component(args["component"])
            known_mechanism(args["mechanism"])
        if name == "action-item":
            guard_of(args)
        if name == "wait":
            left = self.incident.start_s + LONGEST_DRILL_S - self.now_s
            if not 0 < args["duration"] <= left:
                raise UsageError(f"wait takes more than nothing and at most {format_duration(left)} here")
        for cited in args.get("because") or ():
            if not 0 < cited < step:
                there = f"the journal has steps 1 to {step - 1}" if step > 1 else "nothing has been done yet"
                raise UsageError(f"step {cited} does not exist; {there}")

    def _answer(self, reply: Reply, wall: str) -> Reply:
        observation = reply.observation.to_json() if reply.observation else None
        payload = {
            "line": reply.line,
            "op": reply.op,
            "args": dict(reply.args),
            "took_s": reply.took_s,
            "phase": reply.phase,
            "observation": observation,
            "facts": observation["facts"] if observation else {},
            "error": reply.error or None,
            "messages": _kept(reply.messages),
        }
        if reply.hint is not None:
            payload["hint"] = reply.hint.to_json()
        self.journal.append(at_s=reply.at_s, wall=wall, actor=self.actor, role=self.role, kind=reply.kind, payload=payload)
        return reply

    def _restore(self, row: Row) -> None:
        """Bring the world to where a journaled step left it: moves are made again, looks only take their time."""
        if row.kind == "clock":
            self.world.advance(row.payload["to_s"])
            return
        if row.kind not in ("look", "move", "word", "refused", "error"):
            return
        if row.kind == "move":
            command = self._registry[row.payload["op"]]
            assert command.run is not None
            command.run(self.world, row.payload["args"])
        self.world.advance(row.at_s + row.payload["took_s"])
        self.phase = row.payload["phase"]
        if row.payload["op"] == "update":
            self._updated_s = self.now_s


def _kept(said: Iterable[Message]) -> list[dict[str, Any]]:
    return [{"at_s": m.at_s, "from": m.sender, "text": m.text} for m in said]
