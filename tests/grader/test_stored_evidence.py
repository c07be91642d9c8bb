from __future__ import annotations

import json
from typing import Any

import pytest

from grader.evidence import BenignEvidence, Evidence, PageEvidence, QuickestWay, QuickLook
from grader.stored_evidence import as_stored, evidence_from
from scenarios.chain import MemoryJournal, Row
from scenarios.journal_lines import export, import_journal
from simulator.errors import ContentError
from tests.grader.scenes import reference


def stored(evidence: object) -> Row:
    journal = MemoryJournal({"session": "a", "scenario": "quiet-store", "seed": 7})
    return journal.append(at_s=0.0, wall="", actor="grader", role="", kind="grading", payload={"evidence": evidence})


def written() -> dict[str, Any]:
    return reference().done()[1].to_json()


def test_evidence_comes_back_as_it_was_written() -> None:
    assert evidence_from(stored(written()), "out.jsonl") == reference().done()[1]


def test_what_was_added_later_comes_back_too_and_may_be_missing() -> None:
    way = QuickestWay((QuickLook("alerts", 60.0, {"nothing": ("f",)}),), 41, True)
    found = reference().done(page=PageEvidence("a", "says", 1.5, 1.0, True), benign=(BenignEvidence("campaign", "more payments", 60.0),), quickest=way)[1]
    assert evidence_from(stored(found.to_json()), "out.jsonl") == Evidence.from_json(json.loads(json.dumps(found.to_json()))) == found
    assert not {"page", "benign", "quickest"} & written().keys()


@pytest.mark.parametrize("number", [1.1e15, -1e308, 5e-324, 10**400])
def test_a_number_that_no_sum_could_hold_is_told_with_its_place(number: float) -> None:
    with pytest.raises(ContentError, match=r"^out.jsonl: step 1 payload.evidence.moves.0.worth_usd: this is not what a closing writes: no closing writes a number"):
        evidence_from(stored({**written(), "moves": [{**written()["moves"][0], "worth_usd": number}]}), "out.jsonl")


def test_lists_nested_beyond_reason_are_told() -> None:
    nested: list[Any] = []
    for _ in range(300):
        nested = [nested]
    with pytest.raises(ContentError, match="nested beyond reason"):
        evidence_from(stored({**written(), "looks": nested}), "out.jsonl")


def test_evidence_is_graded_at_once_as_it_will_be_read_back() -> None:
    """Names of a journal come back in their order, and whole numbers as amounts: both could be seen in a scorecard."""
    found = reference().done(objectives={"second": False, "first": False}, onset_s=7_000_000)[1]
    journal = MemoryJournal({"session": "a", "scenario": "quiet-store", "seed": 7})
    journal.append(at_s=0.0, wall="", actor="grader", role="", kind="grading", payload={"evidence": found.to_json()})
    now, later = as_stored(found), evidence_from(import_journal(export(journal.rows()), "out.jsonl")[1], "out.jsonl")
    assert list(now.objectives) == ["first", "second"]
    assert json.dumps(now.to_json()) == json.dumps(later.to_json()) != json.dumps(found.to_json())
    assert now == found


def test_a_whole_number_stands_for_money_and_a_text_does_not() -> None:
    assert evidence_from(stored({**written(), "onset_s": 7_000_000}), "out.jsonl").onset_s == 7_000_000.0
    with pytest.raises(ContentError, match=r"payload.evidence.onset_s"):
        evidence_from(stored({**written(), "onset_s": "7000000"}), "out.jsonl")
