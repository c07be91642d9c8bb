"""What each source is documented to send: fields with units, keys, and how it arrives. Contents are measured elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.errors import Refused
from simulator.spec import SystemSpec
from simulator.timeline import Timeline, Value


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    type: str
    unit: str
    """As documented, empty where the field has none."""
    meaning: str
    numeric: bool = False
    """Profiled as a number; otherwise by shares of its values, or not at all where it is a key."""


@dataclass(frozen=True, slots=True)
class Source:
    name: str
    arrives: str
    fields: tuple[Field, ...]
    streamed: bool = True

    @property
    def numeric(self) -> tuple[str, ...]:
        return tuple(f.name for f in self.fields if f.numeric)


SOURCES: tuple[Source, ...] = (
    Source(
        "payments",
        "stream, one event per payment",
        (
            Field("payment_id", "text", "", "key of the payment"),
            Field("card", "text", "", "key of the card"),
            Field("merchant", "text", "", "key of the merchant"),
            Field("channel", "text", "", "web, app or marketplace"),
            Field("region", "text", "", "emea, amer or apac"),
            Field("amount", "number", "USD", "what the customer pays", numeric=True),
        ),
    ),
    Source(
        "devices",
        "stream, one event per payment",
        (
            Field("payment_id", "text", "", "key of the payment"),
            Field("session_seconds", "number", "s", "time from opening the shop to paying", numeric=True),
            Field("new_device", "flag", "", "the card has not been used on this device before", numeric=True),
            Field("country_mismatch", "flag", "", "the device's country is not the card's", numeric=True),
        ),
    ),
    Source(
        "chargebacks",
        "feed, joined to payments once a day",
        (
            Field("payment_id", "text", "", "the payment that is disputed"),
            Field("received_at", "time", "", "when the dispute reached us"),
        ),
        streamed=False,
    ),
)
SOURCE = {source.name: source for source in SOURCES}
SOURCE_FIELD = {field.name: source.name for source in SOURCES for field in source.fields if field.numeric}
"""Source of each streamed field."""


def streamed_source(name: str) -> Source:
    """Raises Refused where `name` is no source or is not streamed."""
    streams = ", ".join(s.name for s in SOURCES if s.streamed)
    if name in SOURCE and not SOURCE[name].streamed:
        raise Refused(f"{name} is a feed without streamed values; the streams are {streams}, and labels join shows the feed")
    if name not in SOURCE:
        raise Refused(f"no source {name}; the streams are {streams}")
    return SOURCE[name]


def owner_of(spec: SystemSpec, asset: str) -> str:
    """Name of the team that owns `asset`, empty where none does."""
    return next((owner.name for owner in spec.owners if asset in owner.owns), "")


def in_force_since(line: Timeline, at_s: float) -> tuple[Value, float | None]:
    """The value in force at `at_s` and since when it has been that value; None where it always was."""
    value, since = line.default, None
    for edit in line.edits_until(at_s):
        if edit.value != value:
            value, since = edit.value, edit.at_s
    return value, since
