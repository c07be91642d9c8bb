"""A drill as it is read from top to bottom: its opening, then each reply with what people said meanwhile."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from console.plain.observations import observation_text, paragraph, prose
from console.plain.style import Style
from console.untrusted import untrusted_line
from simulator.calendar import clock
from simulator.durations import format_duration

if TYPE_CHECKING:
    from scenarios.channel import Message
    from scenarios.drill import Drill, Reply


def opening_text(drill: Drill, style: Style) -> str:
    """Title, briefing, what else is known, and what has been said so far."""
    drawn, scenario = drill.incident.drawn, drill.incident.scenario
    head = f"{untrusted_line(scenario.title)} · {untrusted_line(drill.incident.spec.title)} · about {scenario.minutes} min"
    parts = [style.paint(paragraph(head, style, indent=""), "bold"), prose(drawn.briefing, style)]
    parts += [prose(text, style) for text in drawn.context]
    parts.append(messages_text(drill.opening(), style))
    return "\n\n".join(part for part in parts if part)


def messages_text(messages: Iterable[Message], style: Style) -> str:
    return "\n".join(_message(message, style) for message in messages)


def _message(message: Message, style: Style) -> str:
    who = f"{clock(message.at_s)}  {untrusted_line(message.sender)}: "
    return paragraph(who + untrusted_line(message.text), style, indent="» " if style.unicode else "> ", hanging="  ")


def reply_text(reply: Reply, style: Style, *, echo: bool = False) -> str:
    """The reply to one line; with `echo` the line itself comes first."""
    took = f" · {format_duration(reply.took_s)}" if reply.took_s else ""
    head = f"#{reply.step} · {clock(reply.at_s)}{took}"
    parts = [style.paint(f"{head} · {untrusted_line(reply.line)}" if echo else head, "dim")]
    if reply.error:
        word = "refused" if reply.kind == "refused" else "not understood"
        parts.append(paragraph(f"! {word}: {untrusted_line(reply.error)}", style))
    if reply.observation is not None:
        parts.append(observation_text(reply.observation, style))
    if reply.messages:
        parts.append(messages_text(reply.messages, style))
    return "\n".join(parts)
