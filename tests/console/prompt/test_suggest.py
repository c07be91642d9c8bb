from __future__ import annotations

import pytest

from console.host.names import names_in, recent_steps
from console.prompt.suggest import suggestions
from scenarios.chain import MemoryJournal
from scenarios.drill import Drill
from scenarios.incident import Incident
from scenarios.words import registry


@pytest.fixture
def drill(built: Incident) -> Drill:
    return Drill(built, MemoryJournal({"session": "a", "scenario": "the-quiet-store", "seed": 3}))


def offered(drill: Drill, line: str) -> list[str]:
    return [s.text for s in suggestions(line, registry(), lambda kind: names_in(drill, kind), lambda: recent_steps(drill), {"help": "explains"})]


def test_nothing_typed_offers_every_command(drill: Drill) -> None:
    assert offered(drill, "") == ["help", *registry()]


def test_the_beginning_of_a_command_offers_its_rest(drill: Drill) -> None:
    assert offered(drill, "features a") == ["features age"]
    assert "help" in offered(drill, "he")


def test_after_a_command_come_its_places_and_its_options(drill: Drill) -> None:
    assert offered(drill, "features age ") == ["card_velocity", "card_profile", "merchant_risk", "--expect"]
    assert offered(drill, "features age card_v") == ["card_velocity"]
    assert offered(drill, "features age card_velocity ") == ["--expect"]


def test_an_option_offers_its_values_and_is_not_offered_twice(drill: Drill) -> None:
    assert offered(drill, "update --status mi") == ["mitigated"]
    assert offered(drill, "update --status=mi") == ["mitigated"]
    assert "--status" not in offered(drill, "update --status mitigated ")
    assert offered(drill, "pipelines backfill materialise --view ") == ["card_velocity", "card_profile", "merchant_risk"]


def test_places_are_counted_past_options(drill: Drill) -> None:
    assert "unit-change" in offered(drill, "declare --because 1 labels/join ") or "unit-change" in offered(drill, "declare labels/join ")
    assert "labels/join" in offered(drill, "declare lab")
    assert "label-loss" in offered(drill, "declare labels/join label-l")


def test_looks_so_far_can_be_cited(drill: Drill) -> None:
    for line in ("alerts", "note nothing yet", "features age"):
        drill.submit(line)
    assert offered(drill, "declare labels/join label-loss --because ")[:2] == ["3", "1"]
    assert offered(drill, "declare labels/join label-loss --because 3 1") == ["1"]


def test_the_spoken_words_help_and_show_offer_what_they_take(drill: Drill) -> None:
    drill.submit("alerts")
    spoken = {"help": "", "show": ""}

    def after(line: str) -> list[str]:
        return [s.text for s in suggestions(line, registry(), lambda kind: names_in(drill, kind), lambda: recent_steps(drill), spoken)]

    assert after("help features a") == ["features age"]
    assert after("show ") == ["1"]
    assert suggestions("help features a", registry(), list, list) == []


def test_an_open_quote_is_a_value_and_no_place(drill: Drill) -> None:
    assert offered(drill, "features age --expect 'old ca") == []
    assert offered(drill, "features age --expect 'old rows' card_v") == ["card_velocity"]


def test_what_takes_the_rest_of_the_line_offers_nothing(drill: Drill) -> None:
    assert offered(drill, "note ca") == []


def test_every_kind_of_name_that_a_command_asks_for_is_known(drill: Drill) -> None:
    kinds = {p.names for command in registry().values() for p in command.params if p.names}
    assert [kind for kind in sorted(kinds) if not names_in(drill, kind)] == []
    assert names_in(drill, "planet") == []


def test_models_of_the_world_are_offered_newest_first(drill: Drill) -> None:
    names = names_in(drill, "model")
    assert names[:2] == ["champion", "challenger"]
    assert names[2] == drill.world.registry.versions[-1].name


def test_a_suggestion_says_how_much_of_the_line_it_replaces(drill: Drill) -> None:
    (found,) = suggestions("features age card_v", registry(), lambda kind: names_in(drill, kind), list)
    assert (found.text, found.replaces) == ("card_velocity", len("card_v"))
