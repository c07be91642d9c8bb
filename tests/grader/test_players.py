"""The parts that reference players are made of: what they type exists, and what they draw by chance is keyed."""

from __future__ import annotations

from itertools import product

import pytest

from grader.players import by_rote
from grader.players.by_runbook import cited_later
from grader.players.in_other_words import in_other_words, in_reverse
from grader.players.library import PLAYERS
from grader.players.prospects import LOOKS, Prospects, minutes
from grader.players.remedies import REMEDIES, remedy_for
from grader.players.skill import Skill
from grader.players.suspects import common_place
from grader.variants import Variant
from scenarios.draw import DrawnFault
from scenarios.faults.library import FAULTS
from scenarios.guards import guard_of
from scenarios.words import registry
from simulator.commands import parse
from simulator.durations import DAY_S, HOUR_S


def places() -> list[Variant]:
    """Every fault at each of its places, begun two days before the hundredth."""
    found = []
    for fault in FAULTS.values():
        worded = [p for p in fault.params if p.choices]
        for values in product(*(p.choices for p in worded)):
            params = dict(zip((p.name for p in worded), values, strict=True))
            found.append(Variant(fault.id, " ".join((fault.id, *values)), ((DrawnFault(fault.id, 98 * DAY_S, params),),), True))
    return found


def test_every_fault_has_a_remedy() -> None:
    assert set(REMEDIES) == set(FAULTS)


@pytest.mark.parametrize("place", places(), ids=lambda place: place.name)
def test_a_remedy_is_made_of_lines_that_exist(place: Variant) -> None:
    remedy = remedy_for((place,), 100 * DAY_S)
    kinds = [parse(line, registry()).command.kind for line in remedy.moves]
    assert "move" in kinds
    assert set(kinds) <= {"move", "word"}
    assert parse(f"wait {remedy.wait}", registry()).args["duration"] > 0
    assert remedy.guards
    assert all(guard_of(parse(line, registry()).args).signal for line in remedy.guards)


def test_a_remedy_fills_in_what_the_place_says() -> None:
    unit = next(v for v in places() if v.name == "unit-change payments.amount app")
    assert remedy_for((unit,), 100 * DAY_S).moves == ("sources convert payments.amount --channel app --factor 100",)
    leak = next(v for v in places() if v.candidate == "leaking-frame")
    assert remedy_for((leak,), 98 * DAY_S + 30 * HOUR_S).moves[1] == "registry rollback --before 32h"


def test_where_nothing_is_wrong_nothing_is_done() -> None:
    assert remedy_for((Variant("nothing", "nothing", ((),), False),), 0.0).moves == ()


def test_the_looks_that_a_player_thinks_of_exist() -> None:
    assert [line for line in LOOKS if parse(line, registry()).command.kind != "look"] == []
    assert len(set(LOOKS)) == len(LOOKS)


def test_citations_move_on_with_the_steps_and_nothing_else_does() -> None:
    assert cited_later("declare a/b c --because 3 9 15", 1) == "declare a/b c --because 4 10 16"
    assert cited_later("action-item gate-lead --limit 5", 1) == "action-item gate-lead --limit 5"


def test_the_look_worth_most_per_minute_comes_first() -> None:
    a, b, c = (Variant(name, name, ((),), True) for name in "abc")
    quick, slow = "serving status", "performance mature"
    some = {(quick, "a", "b"), (quick, "b", "a")}
    apart = some | {(slow, one, other) for one in "abc" for other in "abc" if one != other}

    def knows(true: set[tuple[str, str, str]]) -> Prospects:
        return Prospects(lambda look, place, other: (look, place, other) in true, (quick, slow))

    assert knows(apart).best((a, b), ()) == [quick]
    assert knows(apart).best((a, c), ()) == [slow]
    assert knows(apart).best((a, b), (quick,)) == [slow]
    assert knows(set()).best((a, b, c), ()) == []
    assert knows(apart).best((a, b), (), 0.1) == [quick, slow]
    assert knows(apart).best((a, Variant("a", "d", ((),), True)), ()) == []
    assert knows(some).worth(quick, (a, b, c)) == pytest.approx(2 / 3 / minutes(quick))
    assert knows(apart).confirming(a, (a, b, c), ()) == quick
    assert knows(apart).confirming(c, (a, b, c), ()) == slow
    assert knows(apart).confirming(a, (a, b, c), (), ("performance",)) == slow


def test_components_are_named_as_far_as_they_agree() -> None:
    assert common_place(["feature-store/online/card_velocity", "feature-store/online/merchant_risk"]) == "feature-store/online"
    assert common_place(["pools/gpu"]) == "pools/gpu"
    assert common_place(["pools/gpu", "labels/join"]) == "pools/gpu"


def test_a_person_keeps_the_same_habits_whatever_else_was_asked() -> None:
    one, other = Skill("novice", 0.5, 6), Skill("novice", 0.5, 6)
    sees = [one.does("see", str(n)) for n in range(40)]
    assert sees == [(other.does("look", str(n)), other.does("see", str(n)))[1] for n in range(40)]
    assert 10 < sum(sees) < 30
    assert all(Skill("x", 1.0, 6).does(str(n)) for n in range(50))
    assert not any(Skill("x", 0.0, 6).does(str(n)) for n in range(50))


def test_what_comes_to_mind_first_is_a_persons_own() -> None:
    things = [str(n) for n in range(20)]
    assert Skill("x", 1.0, 6).first("look", things) == "0"
    firsts = {name: Skill(name, 0.5, 6).first("look", things) for name in "abcdef"}
    assert len(set(firsts.values())) > 1
    assert all(Skill(name, 0.5, 6).first("look", [*things[:9], first]) == first for name, first in firsts.items())


def test_the_stuffer_says_every_word_that_reasons() -> None:
    class Typed:
        closed = False

        def __init__(self) -> None:
            self.lines: list[str] = []
            self.journal = self.head = self

        @property
        def step(self) -> int:
            return len(self.lines)

        def submit(self, line: str) -> None:
            self.lines.append(line)

    typed = Typed()
    by_rote.stuffer(typed)  # type: ignore[arg-type]  # it only types
    said = [parse(line, registry()) for line in typed.lines]
    assert {i.command.name for i in said} == {"hypothesis", "rule-out", "declare", "update", "action-item", "note", "resolve"}
    assert [guard_of(i.args).name for i in said if i.command.name == "action-item"]
    assert all(max(i.args["because"]) < n for n, i in enumerate(said, start=1) if i.args.get("because"))


def test_the_runbook_in_other_words_has_the_same_steps_in_another_order() -> None:
    lines = (
        *("alerts", 'changes --last 2d --expect "who changed what"', "serving status", "hypothesis serving/model-server batch-wait"),
        *("models list", "declare serving/model-server batch-wait --because 1 3 5", "action-item unserved", "action-item timeouts", "wait 1h"),
        *("alerts", "resolve"),
    )
    told = list(in_reverse(lines))
    assert told == [
        *("serving status", 'changes --last 2d --expect "who changed what"', "alerts", "hypothesis serving/model-server batch-wait"),
        *("models list", "declare serving/model-server batch-wait --because 3 1 5", "action-item timeouts", "action-item unserved", "wait 1h"),
        *("alerts", "resolve"),
    ]
    assert list(in_reverse(told)) == list(lines)


@pytest.mark.parametrize(
    ("line", "other"),
    [
        ('update --impact "over 130 warnings per 10,000" --status identified --next "mend it"', 'update --impact "as seen 130 10 000" --status identified --next "as seen"'),
        ("serving status", "serving status"),
    ],
)
def test_another_text_keeps_its_figures(line: str, other: str) -> None:
    assert in_other_words(line) == other


def test_only_players_with_skill_are_graded_ones() -> None:
    assert [name for name, player in PLAYERS.items() if player.graded] == ["reference", "reworded", "competent", "novice", "trainee", "retrain-then-right"]
