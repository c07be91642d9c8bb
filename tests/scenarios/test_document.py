from __future__ import annotations

from collections.abc import Iterator

import pytest
from pydantic import BaseModel, ConfigDict, Field

from scenarios.document import MAX_TOLD, ContentErrors, Document, dotted, load, near
from scenarios.safe_yaml import Place, read_yaml
from simulator.errors import ContentError, HotseatError


class Leaf(BaseModel):
    model_config = ConfigDict(extra="forbid")
    weight: float = Field(examples=["weight: 0.5"])
    note: str | None = None


class Tree(BaseModel):
    model_config = ConfigDict(extra="forbid")
    title: str = Field(examples=["title: A tree"])
    one: Leaf | None = None
    many: list[Leaf] = Field(default_factory=list)
    named: dict[str, Leaf] = Field(default_factory=dict)
    count: int = Field(default=1, multiple_of=2)


def mistakes(text: str) -> list[str]:
    with pytest.raises(ContentErrors) as caught:
        load(text, "t.yaml", Tree)
    return str(caught.value).split("\n")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("title: x\none: {}", "t.yaml:2:6: one.weight: is missing; add `weight: 0.5`"),
        ("title: x\none:\n  wieght: 1\n  weight: 2", "t.yaml:3:3: one.wieght: is no key here; did you mean weight?"),
        ("title: x\nmany:\n  - weight: 1\n  - weight: heavy", "t.yaml:4:13: many.1.weight: expected a number, not `heavy`; write for example `weight: 0.5`"),
        ("title: x\nnamed: {a: {weight: 1}, b: {weight: [1]}}", "t.yaml:2:37: named.b.weight: expected a number, not a list of 1; write for example `weight: 0.5`"),
        ("title: x\nnamed: {a: {weight: 1, colour: red}}", "t.yaml:2:24: named.a.colour: is no key here; choose from weight, note"),
        ("title: x\nmany: {a: 1}", "t.yaml:2:7: many: expected a list, not keys and values"),
        ("title: x\nmany: [x]", "t.yaml:2:8: many.0: expected keys and values, not `x`"),
        ("title: [1]", "t.yaml:1:8: title: expected a text (in quotes if it looks like a number), not a list of 1; write for example `title: A tree`"),
        ("title: x\ncount: 3", "t.yaml:2:8: count: expected a multiple of 2, not `3`"),
        ("title: x\nmany:\n - weight: " + "w" * 80, f"t.yaml:3:12: many.0.weight: expected a number, not `{'w' * 57}...`; write for example `weight: 0.5`"),
    ],
)
def test_a_mistake_anywhere_in_a_model_is_placed_and_explained(text: str, expected: str) -> None:
    assert mistakes(text) == [expected]


def test_an_own_check_adds_its_mistakes_in_order_of_place() -> None:
    def check(document: Document) -> Iterator[ContentError]:
        yield document.error(("title",), "is too plain; write a finer one", at_key=True)

    with pytest.raises(ContentErrors) as caught:
        load("many: 3\ntitle: x", "t.yaml", Tree, check)
    assert [(error.line, error.key) for error in caught.value.errors] == [(1, "many"), (2, "title")]
    assert isinstance(caught.value, HotseatError)


def test_the_check_of_a_good_file_can_refuse_it() -> None:
    with pytest.raises(ContentErrors, match=r"^t\.yaml:1:8: title: no$"):
        load("title: x", "t.yaml", Tree, lambda document: [document.error(("title",), "no")])


def test_a_value_that_was_already_found_wrong_is_not_complained_of_twice() -> None:
    assert mistakes("title: *x") == ["t.yaml:1:8: title: an alias (*) is not allowed; write the value out, or quote a text that starts with *"]


def test_a_mistake_is_one_short_line_whatever_the_author_wrote() -> None:
    (told,) = mistakes("title: x\ncount: |\n" + "  line\n" * 10_000)
    assert told == "t.yaml:2:8: count: expected a whole number, not `" + ("line " * 20)[:57] + "...`"
    (told,) = mistakes("title: x\n" + "k" * 900 + ": 1")
    assert len(told) < 900


def test_a_file_of_mistakes_without_end_is_told_up_to_a_limit() -> None:
    assert len(mistakes("title: x\nmany:\n" + " - {weight: w}\n" * 5_000)) == MAX_TOLD
    assert len(mistakes("title: x\nmany:\n" + " - *x\n" * 5_000)) == MAX_TOLD


def test_the_place_of_what_is_not_there_is_that_of_what_would_hold_it() -> None:
    document = Document("t.yaml", read_yaml("a:\n  b: [1]"))
    assert document.place(("a", "b", 0)) == Place(2, 7)
    assert document.place(("a", "b", 7)) == Place(2, 6)
    assert document.place(("a", "c")) == Place(2, 3)
    assert document.place(("a", "b"), at_key=True) == Place(2, 3)
    assert dotted(("a", "b", 7)) == "a.b.7"


def test_near_names_are_offered_and_otherwise_what_there_is() -> None:
    assert near("alpa", {"alpha", "beta"}) == "did you mean alpha?"
    assert near("zzz", {"beta", "alpha"}) == "choose from alpha, beta"
    assert near("zzz", [f"n{i:02}" for i in range(20)]) == f"choose from {', '.join(f'n{i:02}' for i in range(12))} and more"
    assert near("zzz", ()) == "there is none yet"
