"""How a value may be written in a scenario: as it is, as one of several, as a range, or by the name of a draw."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal

from scenarios.safe_yaml import Path
from simulator.durations import parse_duration

Kind = Literal["number", "share", "duration", "text", "switch"]
"""`share` is a percentage, held as a fraction of one; a duration is held in seconds."""
Scalar = float | int | str | bool
MAX_OPTIONS = 100

_PERCENT = re.compile(r"-?\d+(?:\.\d+)?%", re.ASCII)
_NAME = re.compile(r"\$([a-z][a-z0-9_]*)", re.ASCII)
_KINDS = {"number": "numbers", "share": "percentages", "duration": "durations", "text": "texts", "switch": "true or false"}


class FormError(ValueError):
    """A value is written wrongly. `at` leads from the value to the part of it that is meant."""

    def __init__(self, message: str, at: Path = ()) -> None:
        self.message, self.at = message, at
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Fixed:
    value: Scalar
    kind: Kind


@dataclass(frozen=True, slots=True)
class Name:
    name: str
    """A key of the scenario's `draw`, written with a dollar sign."""


@dataclass(frozen=True, slots=True)
class OneOf:
    options: tuple[Scalar, ...]
    kind: Kind


@dataclass(frozen=True, slots=True)
class Between:
    low: float
    high: float
    """Both bounds can be drawn."""
    kind: Kind
    integer: bool = False
    before_page: bool = False
    """Whether the duration runs back from the page rather than on from the start of the world."""


@dataclass(frozen=True, slots=True)
class Anything:
    """`any`: whatever the fault can take, chosen by the fault itself."""


Drawable = OneOf | Between
Form = Fixed | Name | OneOf | Between | Anything


def parse_scalar(raw: Any) -> Fixed:
    """`raw` with its kind; `5%` becomes 0.05 and `30h` becomes 108000. Raises FormError."""
    if isinstance(raw, bool):
        return Fixed(raw, "switch")
    if isinstance(raw, (int, float)):
        return Fixed(raw, "number")
    if not isinstance(raw, str) or not raw:
        raise FormError("expected one value; write a name, a number, a percentage such as 5% or a duration such as 30h")
    if _PERCENT.fullmatch(raw):
        return Fixed(round(float(raw[:-1]) / 100, 12), "share")
    try:
        return Fixed(parse_duration(raw), "duration")
    except ValueError:
        return Fixed(raw, "text")


def parse_drawable(raw: Any) -> Drawable:
    """`{one_of: …}` or `{between: …}`. Raises FormError."""
    if isinstance(raw, dict) and "one_of" in raw:
        return _one_of(raw)
    if isinstance(raw, dict) and "between" in raw:
        return _between(raw)
    raise FormError("expected a draw; write {one_of: [a, b]} or {between: [30h, 60h], before: page}")


def parse_value(raw: Any) -> Form:
    """A parameter of a fault or decoy. Raises FormError."""
    if isinstance(raw, dict):
        return parse_drawable(raw)
    if isinstance(raw, str) and raw.startswith("$"):
        match = _NAME.fullmatch(raw)
        if not match:
            raise FormError("expected the name of a draw after $; write it in small letters, digits and _, as in $onset")
        return Name(match[1])
    if raw == "any":
        raise FormError("any is for the differential; write a value, a draw or a $name")
    return parse_scalar(raw)


def parse_candidate_value(raw: Any) -> Form:
    """A parameter in the differential, where `any` is allowed too. Raises FormError."""
    return Anything() if raw == "any" else parse_value(raw)


def parse_moment(raw: Any) -> Form:
    """When something begins: a duration in any form. Raises FormError."""
    form = parse_value(raw)
    if not isinstance(form, (Name, Anything)) and form.kind != "duration":
        raise FormError("expected a time; write {between: [30h, 60h], before: page}, a $name, or a duration since the start of the world such as 3d")
    return form


def kind_of(form: Form) -> Kind | None:
    """What a form gives when drawn; None where that is known only elsewhere."""
    return None if isinstance(form, (Name, Anything)) else form.kind


def _one_of(raw: dict[str, Any]) -> OneOf:
    _only(raw, ("one_of",))
    options = raw["one_of"]
    if not isinstance(options, list) or not 1 <= len(options) <= MAX_OPTIONS:
        raise FormError(f"expected a list of 1 to {MAX_OPTIONS} values; write {{one_of: [a, b]}}", ("one_of",))
    parsed = []
    for index, option in enumerate(options):
        if isinstance(option, str) and (option.startswith("$") or option == "any"):
            raise FormError("an option is a plain value; write it out", ("one_of", index))
        try:
            parsed.append(parse_scalar(option))
        except FormError as problem:
            raise FormError(problem.message, ("one_of", index)) from None
        if parsed[-1].kind != parsed[0].kind:
            raise FormError(f"expected {_KINDS[parsed[0].kind]} throughout, as the first option is; write all options alike", ("one_of", index))
        if parsed[-1] in parsed[:-1]:
            raise FormError("an option is there twice; leave one out", ("one_of", index))
    return OneOf(tuple(option.value for option in parsed), parsed[0].kind)


def _between(raw: dict[str, Any]) -> Between:
    _only(raw, ("between", "before", "integer"))
    bounds = raw["between"]
    if not isinstance(bounds, list) or len(bounds) != 2:
        raise FormError("expected the lowest and the highest value; write {between: [5%, 12%]}", ("between",))
    parsed = []
    for index, bound in enumerate(bounds):
        fixed = parse_scalar(bound) if isinstance(bound, (int, float, str)) and bound != "" else None
        if fixed is None or fixed.kind in ("text", "switch"):
            raise FormError("expected a number, a percentage such as 5% or a duration such as 30h", ("between", index))
        parsed.append(fixed)
    low, high = float(parsed[0].value), float(parsed[1].value)
    kind = parsed[0].kind
    if parsed[1].kind != kind:
        raise FormError(f"expected two {_KINDS[kind]}; write both bounds alike", ("between", 1))
    if low > high:
        raise FormError("the lowest value comes first; swap the two", ("between",))
    integer, before = raw.get("integer", False), raw.get("before")
    if not isinstance(integer, bool):
        raise FormError("expected true or false; write integer: true for whole numbers", ("integer",))
    if integer and not (kind == "number" and low.is_integer() and high.is_integer() and max(abs(low), abs(high)) <= 2**53):
        raise FormError("integer: true needs whole numbers as bounds; write for example {between: [2, 8], integer: true}", ("integer",))
    if "before" in raw and before != "page":
        raise FormError("a time can only be counted back from the page; write before: page or leave it out", ("before",))
    if before and kind != "duration":
        raise FormError("before: page needs durations as bounds; write for example {between: [30h, 60h], before: page}", ("before",))
    return Between(low, high, kind, integer, bool(before))


def _only(raw: dict[str, Any], allowed: tuple[str, ...]) -> None:
    for key in raw:
        if key not in allowed:
            raise FormError(f"is no key of this draw; {' and '.join(allowed)} may stand here", (key,))
