"""Laws of the differential, whatever the scenario: of its two primitives over drawn facts, and of looks in one real incident."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.counterfactual import played
from grader.differential import consistent, look_evidence, tells_apart, tolerance
from grader.evidence import LookEvidence
from grader.noise import SIGMAS, load_noise
from scenarios.incident import Incident, incident
from scenarios.library import find_scenario
from scenarios.steps import Step
from scenarios.words import registry
from simulator.commands import Noticeable
from simulator.observation import Fact, significant

pytestmark = pytest.mark.xdist_group("laws")  # the incident is built once

numbers = st.floats(-1e6, 1e6).map(significant)
texts = st.sampled_from(("v12", "v13", "yes", "no", "firing", "inactive"))
draws = st.lists(numbers, min_size=1, max_size=6) | st.lists(texts, min_size=1, max_size=6)
sizes = st.floats(0, 100)
shares = st.floats(0, 1)
noticeables = st.builds(Noticeable, absolute=sizes, relative=shares)


@given(draws, st.integers(0, 5), sizes, noticeables)
def test_what_one_of_the_draws_shows_is_consistent_with_them(drawn: Sequence[Fact], which: int, noise: float, noticeable: Noticeable) -> None:
    """So the true cause, whose draws include the drill's own, is never excluded."""
    assert consistent(drawn[which % len(drawn)], drawn, noise, noticeable)


@given(numbers, st.lists(numbers, min_size=1, max_size=6), sizes, noticeables, sizes, sizes, shares)
def test_more_noise_or_a_larger_noticeable_difference_never_excludes_more(
    value: float, drawn: list[float], noise: float, noticeable: Noticeable, noisier: float, absolute: float, relative: float
) -> None:
    larger = replace(noticeable, absolute=noticeable.absolute + absolute, relative=max(noticeable.relative, relative))
    if consistent(value, drawn, noise, noticeable):
        assert consistent(value, drawn, noise + noisier, noticeable)
        assert consistent(value, drawn, noise, larger)


@st.composite
def one_more(draw: st.DrawFn) -> tuple[Fact, list[Fact], Fact | None]:
    """A value, the draws of a candidate, and another draw of the same kind or one in which nothing was shown."""
    kind: st.SearchStrategy[Fact] = draw(st.sampled_from((numbers, texts)))
    return draw(kind), draw(st.lists(kind, min_size=1, max_size=5)), draw(st.none() | kind)


@given(one_more(), sizes, noticeables)
def test_another_draw_never_excludes_more(facts: tuple[Fact, list[Fact], Fact | None], noise: float, noticeable: Noticeable) -> None:
    value, drawn, more = facts
    if consistent(value, drawn, noise, noticeable):
        assert consistent(value, [*drawn, more], noise, noticeable)


@given(numbers, st.floats(1, 1e6), st.floats(-0.49, 1.49), st.floats(0.51, 10))
def test_a_range_is_wider_by_half_of_itself_on_each_side_and_no_more(low: float, spread: float, within: float, beyond: float) -> None:
    """A few draws seldom show the ends of what a cause can do."""
    exact = Noticeable(relative=0.0)
    drawn = [low, low + spread]
    assert consistent(low + within * spread, drawn, 0.0, exact)
    assert not consistent(low - beyond * spread, drawn, 0.0, exact)
    assert not consistent(low + (1 + beyond) * spread, drawn, 0.0, exact)


@given(numbers | texts, st.integers(1, 6), sizes, noticeables)
def test_what_is_the_same_in_every_world_excludes_nothing(value: Fact, worlds: int, noise: float, noticeable: Noticeable) -> None:
    assert consistent(value, [value] * worlds, noise, noticeable)


@given(texts, st.lists(texts, min_size=1, max_size=4), st.lists(texts, min_size=1, max_size=3))
def test_a_text_that_tells_nothing_by_itself_excludes_nothing(value: str, drawn: list[str], telling: list[str]) -> None:
    assert consistent(value, drawn, 0.0, Noticeable(telling=tuple(telling))) == (value in drawn or value not in telling)


@given(numbers, draws.flatmap(lambda drawn: st.tuples(st.just(drawn), st.permutations(drawn))), sizes, noticeables)
def test_the_order_of_the_draws_does_not_matter(value: float, orders: tuple[Sequence[Fact], Sequence[Fact]], noise: float, noticeable: Noticeable) -> None:
    one, other = orders
    assert consistent(value, one, noise, noticeable) == consistent(value, other, noise, noticeable)


near = st.just(0.0) | st.floats(-0.2, 0.2)


def nearly(value: Fact, share: float) -> Fact:
    return value if isinstance(value, str) else significant(value * (1 + share))


@st.composite
def showings(draw: st.DrawFn) -> tuple[str, dict[str, Fact], dict[str, Fact]]:
    """A look with its own noticeable differences, and what it shows in two worlds."""
    command = draw(st.sampled_from([c for c in registry().values() if c.kind == "look"]))
    named = [f"{prefix}x" for prefix in command.noticeable] + ["of.no.declaration"]
    shown = st.dictionaries(st.sampled_from(named), numbers | texts, max_size=4)
    one, other = draw(shown), draw(shown)
    return command.name, one, {**other, **{fact: nearly(value, draw(near)) for fact, value in one.items() if draw(st.booleans())}}


@given(numbers, numbers, sizes, noticeables)
def test_two_numbers_are_as_far_apart_as_the_other_way_round(one: float, other: float, noise: float, noticeable: Noticeable) -> None:
    assert tolerance(one, other, noise, noticeable) == tolerance(other, one, noise, noticeable) >= SIGMAS * noise


@settings(max_examples=300)
@given(showings())
def test_telling_two_worlds_apart_is_symmetric_and_never_of_equal_showings(shown: tuple[str, Mapping[str, Fact], Mapping[str, Fact]]) -> None:
    look, one, other = shown
    assert tells_apart(look, one, other) == tells_apart(look, other, one)
    assert not tells_apart(look, one, dict(one))


@given(texts, texts, st.lists(texts, min_size=1, max_size=4), st.lists(texts, max_size=4))
def test_a_vague_text_speaks_against_nothing_and_nothing_against_it(one: str, other: str, drawn: list[str], vague: list[str]) -> None:
    least = Noticeable(vague=tuple(vague))
    assert least.same(one, other) == least.same(other, one) == (one == other or not {one, other}.isdisjoint(vague))
    assert consistent(one, drawn, 0.0, least) == (one in drawn or not {one, *drawn}.isdisjoint(vague))


@given(showings(), st.sampled_from(("of.no.declaration", "another")), numbers | texts)
def test_a_fact_that_only_one_world_shows_tells_nothing_apart(shown: tuple[str, dict[str, Fact], dict[str, Fact]], fact: str, value: Fact) -> None:
    look, one, other = shown
    without = {name: seen for name, seen in other.items() if name != fact}
    assert tells_apart(look, {**one, fact: value}, without) == tells_apart(look, {name: seen for name, seen in one.items() if name != fact}, without)


QUICK = ("serving status", "alerts", "traces")
"""Looks that are over within the five minutes of one window, so that their order changes none of their facts."""
EVERYWHERE_THE_SAME = ("features list", "alerts rules", "metrics list")


@dataclass(frozen=True, slots=True)
class Looked:
    steps: list[Step]
    evidence: list[LookEvidence]

    def of(self, line: str) -> tuple[dict[str, Fact], Mapping[str, tuple[str, ...]]]:
        """What the look showed, and what it excluded by which facts."""
        at = next(i for i, step in enumerate(self.steps) if step.line == line)
        return self.steps[at].facts, self.evidence[at].excludes


@pytest.fixture(scope="module")
def made() -> Incident:
    return incident(find_scenario("the-slow-middle"), 1)


def looked(made: Incident, lines: Sequence[str]) -> Looked:
    steps = played(made, lines)
    return Looked(steps, look_evidence(made, steps, load_noise(made.spec.name)))


def excluded(evidence: Sequence[LookEvidence]) -> set[str]:
    return {place for look in evidence for place in look.excludes}


def test_the_order_of_looks_that_show_the_same_in_either_does_not_matter(made: Incident) -> None:
    one, two = looked(made, QUICK), looked(made, QUICK[::-1])
    assert all(one.of(line) == two.of(line) for line in QUICK)
    assert excluded(one.evidence) == excluded(two.evidence) != set()


def test_one_more_look_leaves_what_earlier_ones_excluded_and_so_opens_nothing_again(made: Incident) -> None:
    lines = (*QUICK, "serving latency --last 2h", "pipelines list")
    whole = looked(made, lines).evidence
    for count in range(1, len(lines)):
        assert looked(made, lines[:count]).evidence == whole[:count]


def test_a_look_that_shows_the_same_in_every_world_excludes_nothing(made: Incident) -> None:
    found = looked(made, EVERYWHERE_THE_SAME)
    assert [dict(look.excludes) for look in found.evidence] == [{}] * len(EVERYWHERE_THE_SAME)
    assert all(step.facts for step in found.steps)


def test_more_noise_excludes_no_more(made: Incident) -> None:
    steps, noise = played(made, QUICK), load_noise(made.spec.name)
    found = [look_evidence(made, steps, {fact: factor * sd for fact, sd in noise.items()}) for factor in (0.0, 1.0, 30.0, 1000.0)]
    for less, more in pairwise(found):
        assert all(set(noisier.excludes) <= set(quieter.excludes) for quieter, noisier in zip(less, more, strict=True))
    assert sum(len(look.excludes) for look in found[-1]) < sum(len(look.excludes) for look in found[0])
