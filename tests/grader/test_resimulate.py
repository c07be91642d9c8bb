from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from grader.evidence import BenignEvidence, Evidence
from grader.fingerprint import LIBRARIES, fingerprint
from grader.resimulate import MOST_NAMED, differences, resimulate
from scenarios.chain import MemoryJournal, Row
from scenarios.incident import Incident
from tests.grader.scenes import reference

ROOT = Path(__file__).parents[2]
ROWS: Sequence[Row] = MemoryJournal({"session": "a", "scenario": "quiet-store", "seed": 7}).rows()
WORLD = cast(Incident, object())


def stored(**more: Any) -> Evidence:
    return reference().done(**{"fingerprint": fingerprint(), **more})[1]


def finding(monkeypatch: pytest.MonkeyPatch, evidence: Evidence) -> None:
    """Replays find this evidence, whatever was played."""
    monkeypatch.setattr("grader.resimulate.gather", lambda made, rows, progress, partner: evidence)


def test_the_same_evidence_here_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    finding(monkeypatch, stored())
    found = resimulate(stored(), ROWS, lambda: WORLD)
    assert (found.verdict, found.differs, found.recorded_in) == ("same", (), fingerprint())


def test_what_an_older_session_could_not_hold_is_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    finding(monkeypatch, stored(benign=()))
    assert resimulate(stored(), ROWS, lambda: WORLD).verdict == "same"
    assert resimulate(stored(benign=(BenignEvidence("campaign", "more payments", 60.0),)), ROWS, lambda: WORLD).verdict == "different"


def test_another_environment_is_not_comparable_and_no_world_is_built() -> None:
    def build() -> Incident:
        raise AssertionError("no world is needed")

    found = resimulate(stored(fingerprint="python 3.12.1, elsewhere"), ROWS, build)
    assert (found.verdict, found.recorded_in, found.here) == ("not comparable", "python 3.12.1, elsewhere", fingerprint())


def test_a_number_that_comes_out_otherwise_is_named_with_both_values(monkeypatch: pytest.MonkeyPatch) -> None:
    was = stored()
    finding(monkeypatch, replace(was, moves=(replace(was.moves[0], worth_usd=8_999.5),), cause_removed=False))
    found = resimulate(was, ROWS, lambda: WORLD)
    assert found.verdict == "different"
    assert found.differs == ("cause_removed: true stored, false now", "moves.0.worth_usd: 9000.0 stored, 8999.5 now")


def test_no_more_differences_are_named_than_a_reader_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    many = {f"objective-{i}": True for i in range(2 * MOST_NAMED)}
    finding(monkeypatch, stored(objectives=dict.fromkeys(many, False)))
    assert len(resimulate(stored(objectives=many), ROWS, lambda: WORLD).differs) == MOST_NAMED


def test_lists_of_another_length_differ_as_a_whole() -> None:
    assert list(differences({"a": [1, 2], "b": 1}, {"a": [1], "c": 1})) == ["a: [1, 2] stored, [1] now", "b: 1 stored, null now", "c: null stored, 1 now"]


def elsewhere(**variables: str) -> str:
    program = "from grader.fingerprint import fingerprint; print(fingerprint())"
    return subprocess.run([sys.executable, "-c", program], cwd=ROOT, env={**os.environ, **variables}, capture_output=True, text=True, check=True).stdout.strip()


def test_a_fingerprint_is_the_same_in_another_process_and_names_every_library() -> None:
    assert elsewhere(PYTHONHASHSEED="3") == fingerprint()
    assert all(f"{name} " in fingerprint() for name in (*LIBRARIES, "python", "simd", "blas"))


def test_other_cpu_features_and_other_blas_kernels_make_another_fingerprint() -> None:
    simd = fingerprint().split("simd ")[1].split(", ")[0].split()
    if len(simd) > 1:
        less = elsewhere(NPY_DISABLE_CPU_FEATURES=" ".join(simd[1:]))
        assert f"simd {simd[0]}, " in less
    if fingerprint().endswith("blas openblas Haswell"):
        assert elsewhere(OPENBLAS_CORETYPE="Prescott") not in ("", fingerprint())
