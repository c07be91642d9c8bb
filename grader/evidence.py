"""What replay found out about a finished drill, as plain data: journaled at closing, so that a grade is a pure function of the journal.

Numbers are rounded to 6 significant digits when they are made, and only compared, added with math.fsum or divided afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class LookEvidence:
    """What one look told apart."""

    step: int
    excludes: Mapping[str, tuple[str, ...]]
    """Variants (a candidate at one place) that the look excludes, each with the facts that did it (at most four)."""


@dataclass(frozen=True, slots=True)
class MoveEvidence:
    """What one move was worth, by leaving it out."""

    step: int
    worth_usd: float
    """Impact without the move minus impact with it: positive where it saved money, negative where it did harm."""
    reversible: bool
    blast: str
    verified_by: tuple[int, ...]
    """Later looks with a fact that would have been different had the move not been made."""


@dataclass(frozen=True, slots=True)
class GuardEvidence:
    """What one action item would have done, had it been there."""

    step: int
    name: str
    describes: str
    caught_s: float | None
    """When it would have fired in this incident, None if never."""
    before_page_s: float | None
    """How long before the page that is; negative where it is after."""
    false_alarms_30d: float
    """How often it fires in 30 days of the world in which nothing is wrong."""


@dataclass(frozen=True, slots=True)
class Impact:
    """Money lost against the world in which nothing went wrong and nothing was done, from the onset to the horizon."""

    actual_usd: float
    do_nothing_usd: float
    reference_usd: float
    hour_s: tuple[float, ...]
    """Starts of the spans of the three curves below, which are cumulative."""
    actual_curve: tuple[float, ...]
    do_nothing_curve: tuple[float, ...]
    reference_curve: tuple[float, ...]
    currency: str = "USD"


@dataclass(frozen=True, slots=True)
class Gamble:
    """Trainings started before any cause was declared, which won or lost no more than another model does by chance."""

    steps: tuple[int, ...]
    won_usd: float
    """What they saved together, by leaving them out; negative where they lost."""
    judged_usd: float
    """What would have been lost without them; the drill is judged by this."""


@dataclass(frozen=True, slots=True)
class PageEvidence:
    """What everybody was told: the alert that fired, with its reading as the drill began."""

    alert: str
    says: str
    value: float
    bound: float
    fired: bool
    """Whether the alert really fired; with some seeds it does not."""


@dataclass(frozen=True, slots=True)
class BenignEvidence:
    """Something that also changed before the page, and did no harm."""

    change: str
    says: str
    before_page_s: float


@dataclass(frozen=True, slots=True)
class QuickLook:
    """A look that could have been taken as the drill began, and what it would have told apart."""

    line: str
    takes_s: float
    excludes: Mapping[str, tuple[str, ...]]
    """As in `LookEvidence`."""


@dataclass(frozen=True, slots=True)
class QuickestWay:
    """The fewest virtual minutes of looks, of all that could have been taken as the drill began, that close what looks can close."""

    looks: tuple[QuickLook, ...]
    """In the order of the time that they take; empty where no look closes a candidate."""
    tried: int
    """Of how many looks they were chosen."""
    exact: bool
    """Whether no quicker choice of these exists; otherwise none was found."""


ADDED = ("page", "benign", "quickest", "gamble")
"""Fields that the evidence of older sessions does not have, and that are written only where they are there."""


@dataclass(frozen=True, slots=True)
class Evidence:
    scenario: str
    seed: int
    system: str
    control: bool
    """Whether nothing was wrong."""
    component: str
    mechanism: str
    candidates: tuple[str, ...]
    """The differential by name: fault ids, and `nothing`."""
    variants: Mapping[str, tuple[str, ...]]
    """By candidate, the places at which it could be. A candidate is excluded when all its variants are."""
    candidate_mechanisms: Mapping[str, str]
    """Mechanism of each candidate, as `rule-out` names it."""
    true_candidate: str
    onset_s: float
    start_s: float
    closed_s: float
    resolved: bool
    looks: tuple[LookEvidence, ...]
    moves: tuple[MoveEvidence, ...]
    guards: tuple[GuardEvidence, ...]
    impact: Impact
    objectives: Mapping[str, bool]
    """Whether each objective holds at the end of the horizon, in the world as the drill left it."""
    hurting_at_close: bool
    """Whether users were still losing money, faster than a tenth of the rate at the page, in the day after closing."""
    cause_removed: bool
    """Whether the cause no longer acts at the end: leaving the fault out from closing on would change little."""
    silenced: tuple[str, ...]
    """Alert rules that were silenced, or their thresholds moved away, while their reading was still beyond the standard bound."""
    recover_s: float | None
    """When losses had fallen to a tenth of their rate at the page for good, None if never."""
    fingerprint: str
    """Environment in which the replays ran."""
    page: PageEvidence | None = None
    benign: tuple[BenignEvidence, ...] | None = None
    quickest: QuickestWay | None = None
    """None also where it would have taken too long to find."""
    gamble: Gamble | None = None

    def to_json(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if value is not None or name not in ADDED}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Evidence:
        impact: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in data["impact"].items()}
        return cls(
            **{
                **data,
                "candidates": tuple(data["candidates"]),
                "variants": {c: tuple(v) for c, v in data["variants"].items()},
                "silenced": tuple(data["silenced"]),
                "looks": tuple(LookEvidence(look["step"], {v: tuple(f) for v, f in look["excludes"].items()}) for look in data["looks"]),
                "moves": tuple(MoveEvidence(**{**move, "verified_by": tuple(move["verified_by"])}) for move in data["moves"]),
                "guards": tuple(GuardEvidence(**guard) for guard in data["guards"]),
                "impact": Impact(**impact),
                "page": None if data.get("page") is None else PageEvidence(**data["page"]),
                "benign": None if data.get("benign") is None else tuple(BenignEvidence(**change) for change in data["benign"]),
                "gamble": None if data.get("gamble") is None else Gamble(**{**data["gamble"], "steps": tuple(data["gamble"]["steps"])}),
                "quickest": None if data.get("quickest") is None else _quickest_from(data["quickest"]),
            }
        )


def _quickest_from(data: Mapping[str, Any]) -> QuickestWay:
    looks = tuple(QuickLook(look["line"], look["takes_s"], {v: tuple(f) for v, f in look["excludes"].items()}) for look in data["looks"])
    return QuickestWay(looks, data["tried"], data["exact"])
