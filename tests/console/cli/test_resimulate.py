from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Hotseat

    from grader.evidence import Evidence

ID = "the-quiet-store-3-1"


@pytest.fixture
def played(hotseat: Hotseat, replayed_at_once: Evidence) -> Evidence:
    """A graded session, and the evidence that its replays found."""
    assert hotseat("run", "the-quiet-store", "--seed", "3", "--script", "-", "--json", stdin=b"alerts\nfeatures age\nresolve\n").status in (0, 1)
    return replayed_at_once


def test_a_session_from_another_environment_is_not_comparable(hotseat: Hotseat, played: Evidence) -> None:
    ran = hotseat("grade", ID, "--resimulate", "--json")
    found = json.loads(ran.out)
    assert ran.status == 1
    assert (found["session"], found["verdict"], found["recorded_in"], found["differs"]) == (ID, "not comparable", played.fingerprint, [])
    assert found["here"] != found["recorded_in"]
    assert hotseat("grade", ID, "--resimulate").out.startswith("Not comparable")


def test_in_the_same_environment_it_is_played_again(hotseat: Hotseat, played: Evidence, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.resimulate.fingerprint", lambda: played.fingerprint)
    monkeypatch.setattr("grader.resimulate.gather", lambda made, rows, progress, partner: played)
    ran = hotseat("grade", ID, "--resimulate")
    assert (ran.status, ran.out) == (0, f"The same: every figure came out as it was stored, in {played.fingerprint}.\n")
