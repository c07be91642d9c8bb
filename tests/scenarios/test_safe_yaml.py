from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from scenarios import safe_yaml
from scenarios.safe_yaml import MAX_DEPTH, Place, read_yaml


def said(text: str) -> list[tuple[int, int, str]]:
    return [(m.place.line, m.place.column, m.message) for m in read_yaml(text).mistakes]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("no", "no"),
        ("yes", "yes"),
        ("off", "off"),
        ("12:30:45", "12:30:45"),
        ("2026-01-01", "2026-01-01"),
        ("010", "010"),
        ("0x1f", "0x1f"),
        ("1_000", "1_000"),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("+5", "+5"),
        ("5%", "5%"),
        ("30h", "30h"),
        ("true", True),
        ("False", False),
        ("~", None),
        ("", None),
        ("null", None),
        ("0", 0),
        ("-7", -7),
        ("1.10", 1.1),
        ("2e3", 2000.0),
        ("'7'", "7"),
        ('"true"', "true"),
        ("$onset", "$onset"),
    ],
)
def test_scalars_are_what_they_look_like(written: str, value: Any) -> None:
    tree = read_yaml(f"a: {written}")
    assert tree.mistakes == []
    assert tree.value == {"a": value}
    assert type(tree.value["a"]) is type(value)


def test_keys_are_texts_whatever_they_look_like() -> None:
    assert read_yaml("true: a\n1: b\nno: c").value == {"true": "a", "1": "b", "no": "c"}


def test_every_value_and_key_has_its_place() -> None:
    tree = read_yaml("name: x\nlist:\n  - {fault: skew, at: 3h}\n  - text: |\n      two\n      lines\n")
    assert tree.value == {"name": "x", "list": [{"fault": "skew", "at": "3h"}, {"text": "two\nlines\n"}]}
    assert tree.values[("name",)] == Place(1, 7)
    assert tree.values[("list", 0, "at")] == Place(3, 23)
    assert tree.keys[("list", 0, "at")] == Place(3, 19)
    assert tree.keys[("list", 1, "text")] == Place(4, 5)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: &x 1", (1, 4, "an anchor (&) is not allowed; leave it out, or quote a text that starts with &")),
        ("a: [*x]", (1, 5, "an alias (*) is not allowed; write the value out, or quote a text that starts with *")),
        ("a: !!python/object/apply:os.system [ls]", (1, 4, "a tag (!) is not allowed; leave it out, or quote a text that starts with !")),
        ("a: !!str 5", (1, 4, "a tag (!) is not allowed; leave it out, or quote a text that starts with !")),
        ("a: !x {b: 1}", (1, 4, "a tag (!) is not allowed; leave it out, or quote a text that starts with !")),
        ("<<: {a: 1}", (1, 1, "merging with << is not allowed; write the keys out")),
        ("a: 1\nb: 2\na: 3", (3, 1, "is written twice, first in line 1; keep one of them")),
        ("? [x]\n: 1", (1, 3, "a list or mapping stands where a key belongs; quote a text that starts with { or [")),
        ('"": 1', (1, 1, "a key is empty or holds a line end or an invisible character; write a name before the colon")),
        ('"a\\nb": 1', (1, 1, "a key is empty or holds a line end or an invisible character; write a name before the colon")),
        ('"a\\eb": 1', (1, 1, "a key is empty or holds a line end or an invisible character; write a name before the colon")),
        ('a: "\\e]52;c;aGk=\\a"', (1, 4, "holds the invisible character U+001B; delete it")),
        ('a: "\\u202e"', (1, 4, "holds the invisible character U+202E; delete it")),
        ('a: "\\x9b2J"', (1, 4, "holds the invisible character U+009B; delete it")),
        ("a: x\x1b[2J", (1, 5, "holds the invisible character U+001B; delete it")),
        ("b: 1\na: ab\u202ecd", (2, 6, "holds the invisible character U+202E; delete it")),
        ("a: x\u2028y", (1, 5, "holds the invisible character U+2028; delete it")),
        ("a: x\U000e0041", (1, 5, "holds the invisible character U+E0041; delete it")),
        ("a: x\0", (1, 5, "holds the invisible character U+0000; delete it")),
        ("%YAML 1.1\n---\na: 1", (1, 1, "the file starts with a % directive; leave it out")),
        ("a: 1e999", (1, 4, "the number is too large or too long; write it shorter, or in quotes if it is a text")),
        ("a: " + "9" * 5000, (1, 4, "the number is too large or too long; write it shorter, or in quotes if it is a text")),
    ],
)
def test_what_yaml_has_and_a_scenario_must_not_is_a_mistake_with_a_way_out(text: str, expected: tuple[int, int, str]) -> None:
    tree = read_yaml(text)
    assert said(text) == [expected]
    assert not tree.broken


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: b: c", (1, 5, "a colon followed by a space starts a key here; put the whole text in quotes")),
        ("a:\n\t- b", (2, 1, "a text cannot start with this sign and a line cannot be indented with tabs; use quotes, and spaces")),
        ("a: @b", (1, 4, "a text cannot start with this sign and a line cannot be indented with tabs; use quotes, and spaces")),
        ('a: "\\q"', (1, 5, "a backslash in double quotes starts an escape that YAML does not know; use single quotes")),
        ("a: 1\n---\nb: 2", (2, 1, "a second document starts here; a file holds one, so leave out the line ---")),
        ("a:\n - b\n  - c\n- d", (4, 1, "the YAML cannot be read here; close every quote and bracket, and indent the keys of one mapping alike")),
    ],
)
def test_reading_ends_where_the_text_is_no_yaml(text: str, expected: tuple[int, int, str]) -> None:
    tree = read_yaml(text)
    assert tree.broken
    assert said(text) == [expected]


def test_a_bomb_of_aliases_is_a_list_of_mistakes_and_not_a_large_value() -> None:
    bomb = "a0: &a0 [x]\n" + "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 9))
    tree = read_yaml(bomb)
    assert len(tree.mistakes) == 9 + 8 * 9
    assert tree.value["a8"] == [None] * 9


def test_a_bomb_of_merge_keys_merges_nothing() -> None:
    bomb = "a0: &a0 {x: 1}\n" + "".join(f"a{i}: &a{i} {{<<: [{', '.join([f'*a{i - 1}'] * 9)}]}}\n" for i in range(1, 9))
    tree = read_yaml(bomb)
    assert tree.value["a8"] == {}
    assert sum("merging" in m.message for m in tree.mistakes) == 8


@pytest.mark.parametrize("text", ["[" * 100_000, "- " * 100_000, "{a: " * 100_000, "? " * 100_000, "[{" * 50_000])
def test_nesting_ends_at_the_limit(text: str) -> None:
    tree = read_yaml(text)
    assert tree.broken
    assert tree.mistakes[-1].message == f"lists and mappings are nested more than {MAX_DEPTH} deep; nothing needs that"


def test_nesting_up_to_the_limit_is_read() -> None:
    assert not read_yaml("[" * MAX_DEPTH + "]" * MAX_DEPTH).mistakes


def test_a_file_that_is_too_large_is_not_parsed() -> None:
    assert said("a: " + "x" * 512_000) == [(1, 1, "the file is larger than 512 kB; split it")]


def test_size_is_counted_in_bytes() -> None:
    assert said("a: " + "é" * 300_000) == [(1, 1, "the file is larger than 512 kB; split it")]


def test_too_many_values_end_the_reading() -> None:
    tree = read_yaml("[" + "1," * 60_000 + "]")
    assert tree.broken
    assert tree.mistakes[-1].message == "the file holds more than 50,000 keys and values; split it"


def test_a_file_full_of_control_characters_is_reported_in_a_few_lines() -> None:
    tree = read_yaml("a: " + "\x1b" * 100_000)
    assert len([m for m in tree.mistakes if m.path == ()]) == safe_yaml.MAX_REPORTED
    assert "\x1b" not in tree.value["a"]


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm() -> None:
    tree = read_yaml("\ufeffa: 1\r\nb: |\r\n  x\r\n  y\r\n")
    assert tree.mistakes == []
    assert tree.value == {"a": 1, "b": "x\ny\n"}


def test_the_value_of_a_key_that_is_a_mistake_is_read_past() -> None:
    tree = read_yaml("a: {b: 1}\na: {b: [2, {c: 3}]}\n? {k: 1}\n: {v: 2}\nd: 4")
    assert tree.value == {"a": {"b": 1}, "d": 4}
    assert [m.place.line for m in tree.mistakes] == [2, 3]


PIECES = st.sampled_from(["a", "b: ", "- ", "\n", "  ", "[", "]", "{", "}", ", ", "'", '"', "1", "no", ": ", "#", "|\n", "? ", "é", "~", "5%", "$x", "\\", "---\n", "x: y\n"])


@given(st.lists(PIECES, max_size=25).map("".join))
def test_both_parsers_read_the_same(text: str) -> None:
    if not hasattr(yaml, "CSafeLoader"):
        pytest.skip("PyYAML was built without its C parser")
    trees = []
    usual = safe_yaml._LOADER
    try:
        for loader in (yaml.SafeLoader, yaml.CSafeLoader):
            safe_yaml._LOADER = loader
            trees.append(read_yaml(text))
    finally:
        safe_yaml._LOADER = usual
    slow, fast = trees
    if not slow.broken and not fast.broken:
        assert slow.value == fast.value
        # The two place an empty value differently where it has no key.
        assert {path: place for path, place in slow.values.items() if path in slow.keys} == {path: place for path, place in fast.values.items() if path in fast.keys}
        assert [m.message for m in slow.mistakes] == [m.message for m in fast.mistakes]


@given(st.text(max_size=60))
def test_any_text_at_all_is_read_or_explained(text: str) -> None:
    tree = read_yaml(text)
    assert not tree.broken or tree.mistakes
