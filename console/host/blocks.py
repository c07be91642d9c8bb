"""Steps of a drill as the output pane keeps them, from a fresh reply or from journal rows, and what was said while they ran."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from console.host.shown import Block, Said
from scenarios.checked_steps import LATEST_S
from scenarios.steps import STEP_KINDS
from simulator.observation import Observation

if TYPE_CHECKING:
    from scenarios.chain import Row
    from scenarios.channel import Message
    from scenarios.drill import Reply


def block_of(reply: Reply) -> Block:
    return Block(reply.step, reply.line, reply.op, reply.kind, reply.at_s, reply.took_s, reply.observation, reply.error, said(reply.messages))


def blocks_of(rows: Iterable[Row]) -> tuple[Block, ...]:
    """The steps among rows that `playable_steps` has found fit."""
    return tuple(_block(row, row.payload) for row in rows if row.kind in STEP_KINDS)


def said(messages: Iterable[Message]) -> tuple[Said, ...]:
    return tuple(Said(message.at_s, message.sender, message.text) for message in messages)


def said_in(payload: Mapping[str, Any]) -> tuple[Said, ...]:
    """The messages that a journal row keeps. What people said has no part in a replay, so a journal from elsewhere may hold anything here: what is no message is left out."""
    kept = payload.get("messages")
    if not isinstance(kept, list):
        return ()
    return tuple(Said(float(one["at_s"]), one["from"], one["text"]) for one in kept if _is_message(one))


def _is_message(one: Any) -> bool:
    if not isinstance(one, dict) or not isinstance(one.get("from"), str) or not isinstance(one.get("text"), str):
        return False
    at_s = one.get("at_s")
    return isinstance(at_s, (int, float)) and not isinstance(at_s, bool) and 0 <= at_s <= LATEST_S


def _block(row: Row, payload: Mapping[str, Any]) -> Block:
    shown = payload.get("observation")
    return Block(
        step=row.step,
        line=payload["line"],
        op=payload["op"],
        kind=row.kind,
        at_s=row.at_s,
        took_s=payload["took_s"],
        observation=Observation.from_json(shown) if shown else None,
        error=payload.get("error") or "",
        messages=said_in(payload),
    )
