"""A grade that two processes find is the one that a single process finds, whatever becomes of the second."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, cast

import pytest

from grader import partner as partners
from grader.division import divide
from grader.evidence import Evidence
from grader.gather import gather
from grader.partner import Partner, partnered
from grader.tasks import FindPlace, Found, Task
from grader.variants import Variant, band_found, kept_place, open_places
from scenarios.chain import MemoryJournal
from scenarios.drill import Drill
from scenarios.incident import Incident, incident, key_of
from scenarios.library import find_scenario
from scenarios.scenario import Scenario

SEED = 3
LINES = ("alerts", "features parity card_velocity", "rollout status", "declare registry concept-drift --because 2")


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    """A packaged scenario with two candidates of its differential only, of which one has two places: worlds enough, and few."""
    whole = find_scenario("the-quiet-store")
    few = tuple(possible for possible in whole.differential if possible.fault in ("materialise-empty-source", "dry-load"))
    return whole.model_copy(update={"differential": few})


def graded(scenario: Scenario, partner: Partner | None = None) -> tuple[Evidence, Incident]:
    made = incident(scenario, SEED)
    drill = Drill(made, MemoryJournal({"session": "x", "scenario": scenario.name, "seed": SEED}))
    for line in LINES:
        drill.submit(line)
    return gather(made, drill.journal.rows(), partner=partner), made


@pytest.fixture(scope="module")
def alone(scenario: Scenario) -> Evidence:
    return graded(scenario)[0]


@pytest.fixture
def partner(scenario: Scenario) -> Iterator[Partner]:
    helping = Partner(scenario, SEED)
    yield helping
    helping.close()


def until_free(helping: Partner, made: Incident) -> None:
    while not helping.free(made) and not helping.gone:
        helping.wait(60.0)


def test_two_processes_find_what_one_finds(scenario: Scenario, alone: Evidence, partner: Partner) -> None:
    until_free(partner, incident(scenario, SEED))
    evidence, made = graded(scenario, partner)
    assert evidence.to_json() == alone.to_json()
    assert list(evidence.to_json()) == list(alone.to_json())
    theirs = {name for name in partner.places if kept_place(made, name)}
    assert theirs, "the partner found no place, so nothing was compared"
    draws = [key_of(faults) for v in made.differential if v.name in theirs for faults in v.draws if faults != made.drawn.faults]
    assert not set(draws) & set(made.eves), "this process built worlds of the partner's places too"


def test_a_partner_that_dies_in_the_middle_leaves_its_task_to_this_process(scenario: Scenario, alone: Evidence, partner: Partner, monkeypatch: pytest.MonkeyPatch) -> None:
    until_free(partner, incident(scenario, SEED))
    ask = Partner.ask

    def asked_and_killed(self: Partner, task: Any) -> None:
        ask(self, task)
        self._process.kill()
        self._process.join()

    monkeypatch.setattr(Partner, "ask", asked_and_killed)
    evidence, _ = graded(scenario, partner)
    assert partner.gone
    assert evidence.to_json() == alone.to_json()


def test_a_partner_with_another_incident_is_sent_away(scenario: Scenario) -> None:
    with partnered(scenario, SEED + 1) as other:
        if other is None:
            pytest.skip("one core")
        made = incident(scenario, SEED)
        while not other.gone:
            assert not other.free(made)
            other.wait(60.0)
        places = open_places(made, of_truth=False)
        assert places
        divide(made, [FindPlace(name, band_found(made), ()) for name in places], other)
    assert not open_places(made, of_truth=False)


def test_where_there_is_one_core_there_is_no_partner(scenario: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(partners, "cores", lambda: 1)
    with partnered(scenario, SEED) as helping:
        assert helping is None


def test_a_process_ends_with_whoever_began_it(scenario: Scenario) -> None:
    helping = Partner(scenario, SEED)
    process = helping._process
    # All that a parent's death does to it: its end of the pipe is closed.
    helping._connection.close()
    process.join(120.0)
    assert process.exitcode == 0


class Scripted:
    """A partner that answers at once or dies when it is asked, without a process."""

    def __init__(self, *, dies_at: str = "") -> None:
        self.gone, self.places, self.asked, self.dies_at = False, set[str](), list[str](), dies_at
        self._answers: list[Found] = []

    def free(self, made: object) -> bool:
        return not self.gone and not self._answers

    def ask(self, task: Any) -> None:
        self.asked.append(task.place)
        if task.place == self.dies_at:
            self.gone = True
            return
        self.places.add(task.place)
        self._answers.append(Found(Variant(task.place, task.place, (), False)))

    def answer(self) -> Found | None:
        return self._answers.pop() if self._answers else None

    def wait(self, at_most_s: float) -> None:
        """Its answers are there at once."""


class Here:
    """A task that notes that it was done here."""

    def __init__(self, place: str, done: list[str], *, at_hand: bool = False) -> None:
        self.place, self._done, self._at_hand = place, done, at_hand

    def at_hand(self, made: object) -> bool:
        return self._at_hand

    def slices(self, made: object) -> Iterator[None]:
        yield
        self._done.append(self.place)


class Keeping:
    """Stands for an incident."""

    def __init__(self) -> None:
        self.kept: dict[str, Any] = {}


def tasks(names: str, done: list[str]) -> list[Task]:
    return [cast(Task, Here(name, done)) for name in names]


def share(made: Keeping, todo: list[Task], helping: Scripted, told: Callable[[float], None] = lambda share: None) -> None:
    divide(cast(Incident, made), todo, cast(Partner, helping), told=told)


@pytest.mark.parametrize("dies_at", ["", "a", "c"])
def test_each_task_is_done_once_by_one_of_the_two(dies_at: str) -> None:
    done: list[str] = []
    made, helping, shares = Keeping(), Scripted(dies_at=dies_at), list[float]()
    share(made, tasks("abcdef", done), helping, told=shares.append)
    theirs = [name.removeprefix("place ") for name in made.kept if name.startswith("place ")]
    assert sorted(done + theirs) == list("abcdef")
    assert helping.asked[0] == "a"
    assert shares == sorted(shares)
    assert dies_at not in theirs


def test_what_a_partner_has_the_worlds_of_is_left_to_it() -> None:
    done: list[str] = []
    made, helping = Keeping(), Scripted()
    helping.places = {"b", "d"}
    share(made, tasks("abcd", done), helping)
    assert not {"b", "d"} & set(done)


def test_what_this_process_has_the_worlds_of_is_not_asked_of_a_partner() -> None:
    done: list[str] = []
    made, helping = Keeping(), Scripted()
    helping.places = {"b"}
    share(made, [cast(Task, Here(name, done, at_hand=name != "b")) for name in "abc"], helping)
    assert (helping.asked, done) == (["b"], ["a", "c"])
