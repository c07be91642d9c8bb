"""What a scenario file says, as frozen models: the one description of the format that authors write in.

`cause` is never written, only derived from `faults`; a control scenario has none of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, Strict, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from scenarios.document import load
from scenarios.forms import Drawable, Form, FormError, parse_candidate_value, parse_drawable, parse_moment, parse_value
from scenarios.names import Vocabulary, name_mistakes
from simulator.durations import parse_duration

Role = Literal["platform", "model", "generalist"]
Level = Literal["mid", "senior", "staff"]
NOTHING = "nothing"
"""The candidate that holds that nothing is wrong."""


def _formed(parse: Callable[[Any], Any]) -> PlainValidator:
    def validate(raw: Any) -> Any:
        try:
            return parse(raw)
        except FormError as problem:
            raise _custom(problem.message, problem.at) from None

    return PlainValidator(validate)


def _custom(message: str, at: tuple[str | int, ...] = ()) -> PydanticCustomError:
    return PydanticCustomError("form", "{message}", {"message": message, "at": at})


def _unique(values: tuple[Any, ...]) -> tuple[Any, ...]:
    for index, value in enumerate(values):
        if value in values[:index]:
            raise _custom(f"{value} is there twice; leave one out", (index,))
    return values


def _seconds(raw: Any) -> float:
    try:
        return parse_duration(raw if isinstance(raw, str) else "")
    except ValueError:
        raise FormError("expected a duration; write for example 14d, 36h or 90m") from None


def _saying(raw: Any) -> str | tuple[str, ...]:
    if isinstance(raw, str) and raw:
        return raw
    if isinstance(raw, list) and raw and all(isinstance(item, str) and item for item in raw):
        return tuple(raw)
    raise FormError("expected a text or a list of texts; put a text that looks like a number in quotes")


def _person(saying: dict[str, str | tuple[str, ...]]) -> dict[str, str | tuple[str, ...]]:
    for key in ("every", "after"):
        if key in saying:
            try:
                _seconds(saying[key])
            except FormError as problem:
                raise _custom(problem.message, (key,)) from None
    return saying


def _version(raw: Any) -> Any:
    # true equals 1 in Python, and in no author's mind.
    return str(raw).lower() if isinstance(raw, (bool, float)) else raw


def _listed(raw: Any) -> Any:
    # pydantic would also make a tuple of a mapping's or a set's parts; a file means a list.
    if not isinstance(raw, list):
        raise PydanticCustomError("list_type", "a list")
    return raw


Text = Annotated[str, StringConstraints(min_length=1)]
Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+([-_][a-z0-9]+)*$")]
Place = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+([-_./][a-z0-9]+)*$")]
DrawName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Value = Annotated[Form, _formed(parse_value)]
CandidateValue = Annotated[Form, _formed(parse_candidate_value)]
Moment = Annotated[Form, _formed(parse_moment)]
Draw = Annotated[Drawable, _formed(parse_drawable)]
Seconds = Annotated[float, _formed(_seconds)]
Saying = Annotated[str | tuple[str, ...], _formed(_saying)]
Person = Annotated[dict[str, Saying], AfterValidator(_person)]
Whole = Annotated[int, Strict()]
List = BeforeValidator(_listed)
Unique = AfterValidator(_unique)


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _parted(raw: Any, head: str) -> Any:
    """The keys besides `head` and `at` are parameters: gathered under `params`, where the model expects them."""
    if not isinstance(raw, dict):
        return raw
    own = {key: raw[key] for key in (head, "at") if key in raw}
    return {**own, "params": {key: value for key, value in raw.items() if key not in own}}


class Injected(_Part):
    """One fault of the scenario: which, when it begins, and what the author says about its parameters."""

    fault: Identifier = Field(examples=["fault: unit-change"])
    at: Moment = Field(examples=["at: $onset"])
    params: dict[DrawName, Value]

    @model_validator(mode="before")
    @classmethod
    def _split(cls, raw: Any) -> Any:
        return _parted(raw, "fault")


class Decoy(_Part):
    """One benign change, placed where attention goes; every candidate's world has it too."""

    change: Identifier = Field(examples=["change: model-promotion"])
    at: Moment = Field(examples=["at: {between: [4h, 20h], before: page}"])
    params: dict[DrawName, Value]

    @model_validator(mode="before")
    @classmethod
    def _split(cls, raw: Any) -> Any:
        return _parted(raw, "change")


class Possible(_Part):
    """One entry of the differential: a fault that would present much the same, or that nothing is wrong."""

    fault: Identifier | None = Field(examples=["fault: concept-drift"])
    """None for `nothing`."""
    at: Moment | None = None
    """None draws from the range of the scenario's own first fault."""
    params: dict[DrawName, CandidateValue]

    @property
    def name(self) -> str:
        return self.fault or NOTHING

    @model_validator(mode="before")
    @classmethod
    def _split(cls, raw: Any) -> Any:
        if raw == NOTHING:
            return {"fault": None, "params": {}}
        if not isinstance(raw, dict):
            raise _custom("expected the word nothing, or a fault as in {fault: concept-drift}")
        if "fault" in raw and raw["fault"] is None:
            raise _custom("expected a fault's name; write for example {fault: concept-drift}, or the word nothing", ("fault",))
        if "at" in raw and raw["at"] is None:
            raise _custom("expected a time; write {between: [30h, 60h], before: page}, or leave the key out", ("at",))
        return _parted(raw, "fault")


class Page(_Part):
    """The alert that opens the drill, and whom it wakes."""

    alert: Identifier = Field(examples=["alert: fraud-capture-low"])
    to: Text = Field(examples=["to: on-call"])


class Handoff(_Part):
    """What the colleague before said: one thing that holds and one that misleads."""

    true: Text | None = Field(default=None, examples=["true: the nightly job ran late on Monday"])
    misleading: Text | None = Field(default=None, examples=["misleading: the new model went out just before it began"])


class Scenario(_Part):
    """One scenario as its author wrote it. The same scenario with two seeds is two incidents of the same difficulty."""

    format_version: Annotated[Literal[1], BeforeValidator(_version)] = Field(examples=["format_version: 1"])
    name: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")] = Field(examples=["name: the-quiet-store"])
    title: Text = Field(examples=["title: Fraud slips through, everything is green"])
    system: Identifier = Field(examples=["system: card-fraud"])
    minutes: Annotated[Whole, Field(ge=5, le=480)] = Field(examples=["minutes: 35"])
    difficulty: Annotated[Whole, Field(ge=1, le=5)] = Field(default=3, examples=["difficulty: 3"])
    roles: Annotated[tuple[Role, ...], List, Field(min_length=1, max_length=3), Unique] = Field(examples=["roles: [platform, model, generalist]"])
    levels: Annotated[tuple[Level, ...], List, Field(min_length=1, max_length=3), Unique] = Field(examples=["levels: [mid, senior]"])
    covers: Annotated[tuple[Place, ...], List, Field(min_length=1, max_length=40), Unique] = Field(examples=["covers: [sys.feature-store]"])
    based_on: Annotated[tuple[Text, ...], List, Field(max_length=20)] = Field(default=(), examples=['based_on: ["Feast issue 6821: expired values returned as present"]'])
    draw: dict[DrawName, Draw] = Field(default_factory=dict, examples=["draw: {onset: {between: [30h, 60h], before: page}}"])
    faults: Annotated[tuple[Injected, ...], List, Field(max_length=8)] = Field(examples=["faults: [{fault: unit-change, at: $onset}], or faults: [] where nothing is wrong"])
    decoys: Annotated[tuple[Decoy, ...], List, Field(max_length=40)] = Field(default=(), examples=["decoys: [{change: model-promotion, at: {between: [4h, 20h], before: page}}]"])
    page: Page = Field(examples=["page: {alert: fraud-capture-low, to: on-call}"])
    differential: Annotated[tuple[Possible, ...], List, Field(min_length=2, max_length=20)] = Field(
        examples=["differential: [{fault: unit-change}, {fault: concept-drift}, nothing]"]
    )
    briefing: Text = Field(examples=["briefing: The alert has just fired."])
    context: Annotated[tuple[Text, ...], List, Field(max_length=40)] = Field(default=(), examples=["context: [The team owns three services.]"])
    people: dict[Identifier, Person] = Field(default_factory=dict, examples=["people: {product-manager: {asks_for: impact, every: 30m}}"])
    handoff: Handoff | None = Field(default=None, examples=["handoff: {true: the nightly job ran late, misleading: it began with the new model}"])
    objectives: Annotated[tuple[Identifier, ...], List, Field(min_length=1, max_length=20), Unique] = Field(examples=["objectives: [fraud-capture, latency-p99]"])
    reference: Annotated[tuple[Text, ...], List, Field(min_length=1, max_length=200)] = Field(examples=["reference: [resolve]"])
    mirror: Annotated[tuple[Text, ...], List, Field(max_length=200)] = Field(default=(), examples=["mirror: [registry rollback fraud, resolve]"])
    horizon_s: Seconds = Field(default=14 * 86_400.0, alias="horizon", examples=["horizon: 14d"])
    """How far the worlds are compared after the page, so that slow truth can arrive."""

    @property
    def is_control(self) -> bool:
        """Whether nothing is wrong, so that the right move is none."""
        return not self.faults

    @property
    def fault_ids(self) -> tuple[str, ...]:
        return tuple(injected.fault for injected in self.faults)


def parse_scenario(text: str, file: str, vocabulary: Vocabulary | None = None) -> Scenario:
    """The scenario that `text` describes; names are held against `vocabulary` where one is given.

    Raises:
        ContentErrors: every mistake of the file, in order of place.
    """
    return load(text, file, Scenario, lambda document: name_mistakes(document, vocabulary or Vocabulary()))


People = Mapping[str, Mapping[str, str | tuple[str, ...]]]
