from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations
from types import SimpleNamespace
from typing import Any, cast

import pytest

from grader import quickest as searched
from grader.evidence import QuickestWay
from grader.quickest import LONGEST_WAY_S, quickest
from grader.variants import Variant
from scenarios.draw import DrawnFault
from scenarios.incident import Incident, key_of
from scenarios.words import registry
from simulator.commands import Invocation

LINES = ("alerts", "changes", "serving latency", "models list", "features age", "drift report", "labels join", "performance early")
TAKES = {line: registry()[line].takes_s for line in LINES}
PLACES = {"unit-change": ("web", "app"), "concept-drift": ("slow", "fast"), "leaking-frame": ("whole",), "nothing": ("none",)}
OWN = DrawnFault("materialise-empty-source", 0.0, {})
DRAWS = 2


@dataclass(slots=True)
class Tables:
    """What each look shows in each world; the drill's own shows `own` everywhere."""

    shown: dict[tuple[str, str], str] = field(default_factory=dict)
    taken: set[tuple[str, str]] = field(default_factory=set)
    """What the search looked at."""

    def closes(self, line: str, variant: Variant) -> bool:
        return all(self.shown[line, key_of(faults)] != "own" for faults in variant.draws)


VARIANTS = [Variant(name, f"{name} ({place})", tuple((DrawnFault(name, float(n), {"place": place}),) for n in range(DRAWS)), True) for name in PLACES for place in PLACES[name]]


def incident(eve_s: float = 0.0) -> Incident:
    rule = SimpleNamespace(name="some-rule", signal="missed_fraud_per_10k")
    drawn = SimpleNamespace(faults=(OWN,), reference=())
    eves = {key_of((OWN,)): SimpleNamespace(at_s=eve_s)}
    return cast(Incident, SimpleNamespace(start_s=LONGEST_WAY_S, drawn=drawn, page_rule=rule, kept={}, eves=eves, spec=SimpleNamespace(name="card-fraud")))


def found(monkeypatch: pytest.MonkeyPatch, tables: Tables, made: Incident | None = None) -> QuickestWay | None:
    def shown(self: object, call: Invocation, faults: Sequence[DrawnFault]) -> dict[str, Any]:
        key = key_of(faults)
        tables.taken.add((call.line, key))
        return {"said": "own" if key == key_of((OWN,)) else tables.shown[call.line, key]}

    monkeypatch.setattr(searched._Search, "_shown", shown)
    monkeypatch.setattr(searched, "standard_looks", lambda: list(LINES))
    monkeypatch.setattr(searched, "variants", lambda incident: VARIANTS)
    monkeypatch.setattr(searched, "true_candidate", lambda incident: OWN.id)
    monkeypatch.setattr(searched, "load_noise", lambda system: {})
    return quickest(made or incident())


def tables_of(salt: int) -> Tables:
    worlds = [key_of(faults) for v in VARIANTS for faults in v.draws]
    return Tables({(line, key): "own" if (i * 5 + j * 3 + salt * (i + 2 * j)) % 7 < 3 else "other" for i, line in enumerate(LINES) for j, key in enumerate(worlds)})


def candidates_closed(tables: Tables, lines: Sequence[str]) -> set[str]:
    left = {v.candidate for v in VARIANTS if not any(tables.closes(line, v) for line in lines)}
    return set(PLACES) - left


@pytest.mark.parametrize("salt", range(12))
def test_no_choice_of_looks_closes_as_much_in_less_time(monkeypatch: pytest.MonkeyPatch, salt: int) -> None:
    tables = tables_of(salt)
    way = found(monkeypatch, tables)
    assert way is not None
    whole = candidates_closed(tables, LINES)
    lines = [look.line for look in way.looks]
    assert candidates_closed(tables, lines) == whole
    if whole:
        cheapest = min(sum(TAKES[line] for line in some) for size in range(1, len(LINES) + 1) for some in combinations(LINES, size) if candidates_closed(tables, some) == whole)
        assert sum(look.takes_s for look in way.looks) == cheapest
    assert (way.exact, way.tried) == (True, len(LINES))


@pytest.mark.parametrize("salt", range(12))
def test_each_chosen_look_tells_all_that_it_excludes(monkeypatch: pytest.MonkeyPatch, salt: int) -> None:
    tables = tables_of(salt)
    way = found(monkeypatch, tables)
    assert way is not None
    for look in way.looks:
        assert set(look.excludes) == {v.name for v in VARIANTS if tables.closes(look.line, v)}


def test_looks_that_take_longer_than_the_answer_are_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    worlds = [key_of(faults) for v in VARIANTS for faults in v.draws]
    tables = Tables({(line, key): "other" for line in LINES for key in worlds})
    way = found(monkeypatch, tables)
    assert way is not None
    assert [look.line for look in way.looks] == ["alerts"]
    assert {line for line, _ in tables.taken} == {"alerts"}


def test_where_no_look_closes_anything_there_is_no_way(monkeypatch: pytest.MonkeyPatch) -> None:
    worlds = [key_of(faults) for v in VARIANTS for faults in v.draws]
    way = found(monkeypatch, Tables({(line, key): "own" for line in LINES for key in worlds}))
    assert way == QuickestWay((), len(LINES), True)


def test_worlds_that_take_too_long_to_build_are_not_searched(monkeypatch: pytest.MonkeyPatch) -> None:
    tables = Tables()
    assert found(monkeypatch, tables, incident(eve_s=-1.0)) is None
    assert not tables.taken
