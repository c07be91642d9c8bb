"""The exported file: what it looks like, that it comes back equal, and that no change of it goes unnoticed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.chain import canonical, row_from
from scenarios.journal import MemoryJournal, Row, export, import_journal, verify
from scenarios.journal_lines import lines_of
from simulator.errors import ContentError

HEADER = {"session": "units-7-1", "scenario": "units", "seed": 7, "level": "mid"}


def drill() -> list[Row]:
    journal = MemoryJournal(HEADER)
    for n, (kind, op) in enumerate([("look", "features age"), ("move", "pipelines backfill"), ("event", None), ("word", "declare")], start=1):
        payload: dict[str, Any] = {"line": f"{op} été\u2028 {n}", "facts": {"age_s": n / 3}}
        if op:
            payload["op"] = op
        journal.append(at_s=60.0 * n, wall="2031-05-04T09:00:00+00:00", actor="me", role="on-call", kind=kind, payload=payload)
    return journal.rows()


ROWS = drill()
LINES = list(export(ROWS))
TEXT = "".join(LINES)


def read(text: str) -> list[Row]:
    return import_journal(lines_of(text.encode("utf-8", "surrogatepass"), "x.jsonl"), "x.jsonl")


def test_the_first_line_names_session_scenario_seed_steps_and_head() -> None:
    assert json.loads(LINES[0]) == {"format_version": 1, "session": "units-7-1", "scenario": "units", "seed": 7, "steps": 4, "head": ROWS[-1].hash}


def test_each_row_is_one_line_with_its_kind_and_op() -> None:
    rows = [json.loads(line) for line in LINES[1:]]
    assert [(row["step"], row["kind"], row.get("op")) for row in rows] == [
        (0, "header", None),
        (1, "look", "features age"),
        (2, "move", "pipelines backfill"),
        (3, "event", None),
        (4, "word", "declare"),
    ]
    assert all(line.endswith("}\n") and line.count("\n") == 1 and ", " not in line for line in LINES)
    assert set(rows[1]) == {"version", "step", "at_s", "wall", "actor", "role", "kind", "op", "payload", "prev", "hash"}


def test_what_was_exported_comes_back_equal() -> None:
    assert import_journal(LINES, "x.jsonl") == ROWS
    assert read(TEXT) == ROWS
    assert read(TEXT.removesuffix("\n")) == ROWS
    assert list(export(read(TEXT))) == LINES
    assert verify(ROWS, "x.jsonl") == ROWS[-1]


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=3),
    max_leaves=8,
)


@given(payload=st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), values, max_size=4), at_s=st.floats(allow_nan=False, allow_infinity=False))
def test_any_payload_and_time_come_back_equal(payload: dict[str, Any], at_s: float) -> None:
    journal = MemoryJournal(HEADER)
    row = journal.append(at_s=at_s, wall="", actor="", role="", kind="look", payload=payload)
    assert row.payload == payload
    assert read("".join(export(journal.rows()))) == journal.rows()


@given(place=st.integers(0, len(TEXT) - 1), sign=st.characters())
def test_any_single_changed_character_is_found(place: int, sign: str) -> None:
    changed = TEXT[:place] + sign + TEXT[place + 1 :]
    if changed != TEXT:
        with pytest.raises(ContentError) as caught:
            read(changed)
        assert str(caught.value).startswith("x.jsonl:")
        assert caught.value.line is not None
        assert caught.value.key


@given(place=st.integers(0, 8 * len(TEXT.encode()) - 1))
def test_any_single_flipped_bit_is_found(place: int) -> None:
    data = bytearray(TEXT.encode())
    data[place // 8] ^= 1 << place % 8
    with pytest.raises(ContentError):
        import_journal(lines_of(bytes(data), "x.jsonl"), "x.jsonl")


@given(length=st.integers(0, len(TEXT) - 2))
def test_any_truncation_is_found(length: int) -> None:
    with pytest.raises(ContentError):
        read(TEXT[:length])


@given(order=st.permutations(range(len(LINES))))
def test_any_other_order_of_lines_is_found(order: list[int]) -> None:
    shuffled = "".join(LINES[n] for n in order)
    if shuffled != TEXT:
        with pytest.raises(ContentError):
            read(shuffled)


def edited(number: int, change: Callable[[dict[str, Any]], object]) -> str:
    fields = json.loads(LINES[number])
    change(fields)
    lines = [*LINES]
    lines[number] = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n"
    return "".join(lines)


@pytest.mark.parametrize(
    ("text", "line", "key", "said"),
    [
        ("", 1, "format_version", "is empty"),
        ("\n", 1, "text", "no line of JSON"),
        ("hello\n", 1, "text", "no line of JSON"),
        ("[" * 100_000, 1, "text", "no line of JSON"),
        ("[1]\n", 1, "text", "a JSON object is wanted"),
        ("{}\n", 1, "format_version", "no exported journal"),
        (LINES[1], 1, "format_version", "no exported journal"),
        (edited(0, lambda top: top.update(format_version=2)), 1, "format_version", "reads format version 1, not '2'"),
        (edited(0, lambda top: top.update(format_version=True)), 1, "format_version", "reads format version 1"),
        (edited(0, lambda top: top.update(seed="7")), 1, "seed", "a whole number is wanted"),
        (edited(0, lambda top: top.pop("head")), 1, "head", "a text is wanted"),
        (edited(0, lambda top: top.update(seed=8)), 1, "seed", "says 8 and the rows say 7"),
        (edited(0, lambda top: top.update(session="units-7-2")), 1, "session", "'units-7-2'"),
        (edited(0, lambda top: top.update(head="0" * 64)), 1, "head", "the rows say"),
        (edited(0, lambda top: top.update(note="hi")), 1, "text", "not written as an export"),
        (edited(0, lambda top: top.update(steps=3)), 1, "steps", "says 3 and the rows say 4"),
        ("".join(LINES[:-1]), 6, "steps", "its end is missing"),
        (LINES[0], 2, "steps", "its end is missing"),
        (TEXT + "\n", 7, "text", "no line of JSON"),
        (TEXT + LINES[-1], 7, "step", "step 5 is expected here, not 4"),
        ("".join([*LINES[:2], *LINES[3:]]), 3, "step", "step 1 is expected here, not 2"),
        ("".join([LINES[0], *LINES[2:]]), 2, "step", "step 0 is expected here"),
        (TEXT.replace("\n", "\r\n"), 2, "text", "canonical JSON"),
        (edited(3, lambda row: row.update(version=2)), 4, "version", "reads version 1, not 2"),
        (edited(3, lambda row: row.update(step="2")), 4, "step", "a step number is wanted here, not '2'"),
        (edited(3, lambda row: row.update(at_s=120)), 4, "at_s", "a virtual time"),
        (edited(3, lambda row: row.update(payload=[])), 4, "payload", "an object is wanted"),
        (edited(3, lambda row: row.pop("hash")), 4, "hash", "is missing"),
        (edited(3, lambda row: row["payload"].update(line="other")), 4, "hash", "does not match its hash"),
        (edited(3, lambda row: row.update(kind="look")), 4, "hash", "does not match its hash"),
        (edited(3, lambda row: row.update(kind="header")), 4, "kind", "the header is step 0"),
        (edited(3, lambda row: row.update(prev="0" * 64)), 4, "prev", "hash chain"),
        (edited(3, lambda row: row.update(op="other")), 4, "text", "op does not match the payload"),
        (edited(4, lambda row: row.update(op="other")), 5, "text", "op does not belong here"),
        (edited(3, lambda row: row.update(note=1)), 4, "text", "note does not belong here"),
        (TEXT.replace('"at_s":120.0', '"at_s":1e999'), 4, "payload", "not finite"),
        (TEXT.replace('"at_s":120.0', '"at_s":NaN'), 4, "text", "no line of JSON"),
        (TEXT.replace('"at_s":120.0', '"at_s":1.2e2'), 4, "text", "canonical JSON"),
        (TEXT.replace('"step":2,', '"step":2,"step":2,'), 4, "text", "canonical JSON"),
    ],
    ids=map(str, range(39)),
)
def test_a_wrong_file_is_one_line_with_file_line_and_field(text: str, line: int, key: str, said: str) -> None:
    with pytest.raises(ContentError) as caught:
        read(text)
    assert (caught.value.file, caught.value.line, caught.value.key) == ("x.jsonl", line, key)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_bytes_that_are_no_text_are_one_line() -> None:
    with pytest.raises(ContentError, match=r"x\.jsonl:3: text: is no text in UTF-8"):
        lines_of(b"a\nb\nc\xff\nd\n", "x.jsonl")


def test_a_header_without_a_seed_is_refused_even_where_its_hash_is_right() -> None:
    fields = {"version": 1, "step": 0, "at_s": 0.0, "wall": "", "actor": "", "role": "", "kind": "header", "payload": {"session": "a", "scenario": "a"}, "prev": "0" * 64}
    digest = hashlib.sha256(canonical(fields).encode()).hexdigest()
    row = row_from({**fields, "hash": digest}, "x")
    with pytest.raises(ContentError, match=r"x: step 0 payload\.seed: the header has to name this"):
        verify([row], "x")


def test_rows_without_a_header_are_no_journal() -> None:
    with pytest.raises(ContentError, match="x: step 0 step: step 0 is expected here, not 1"):
        verify(ROWS[1:], "x")
    with pytest.raises(ContentError, match="x: is empty"):
        verify([], "x")
