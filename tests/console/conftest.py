"""One world for all tests of the console, built once; sessions in a folder of their own; evidence that costs nothing to gather."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from grader.evidence import Evidence, GuardEvidence, Impact, LookEvidence, MoveEvidence
from scenarios.incident import Incident, incident
from scenarios.library import find_scenario
from scenarios.scenario import Scenario
from scenarios.vocabulary import packaged_vocabulary

SCENARIO, SEED = "the-quiet-store", 3


@dataclass(frozen=True, slots=True)
class Ran:
    status: int
    out: str
    err: str


Hotseat = Callable[..., Ran]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "home"
    monkeypatch.setenv("HOTSEAT_HOME", str(folder))
    return folder


@pytest.fixture
def hotseat(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Hotseat:
    """Runs the program in this process, with `stdin` piped to it."""
    from console.cli.edge import guarded
    from console.cli.main import app

    # Hardly any of these tests grades in earnest: a second process would build its incident for nothing.
    monkeypatch.setattr("grader.partner.cores", lambda: 1)

    def run(*arguments: str, stdin: bytes = b"") -> Ran:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
        capsys.readouterr()
        status = guarded(app, list(arguments))
        shown = capsys.readouterr()
        return Ran(status, shown.out, shown.err)

    return run


@pytest.fixture(scope="session")
def built() -> Incident:
    """The one incident that is really built."""
    return incident(find_scenario(SCENARIO, packaged_vocabulary()), SEED)


@pytest.fixture
def world(built: Incident, monkeypatch: pytest.MonkeyPatch) -> Incident:
    """Gives the built incident to whoever builds that one; any other is a mistake of the test."""

    def found(scenario: Scenario, seed: int, progress: object = None) -> Incident:
        assert (scenario.system, seed) == ("card-fraud", SEED), "this test would build another world"
        return built

    monkeypatch.setattr("scenarios.incident.incident", found)
    return built


@pytest.fixture
def evidence() -> Evidence:
    """Evidence as a closing makes it, for a drill of two looks and a declaration."""
    return Evidence(
        scenario=SCENARIO,
        seed=SEED,
        system="card-fraud",
        control=False,
        component="feature-store/online/card_velocity",
        mechanism="stale-materialisation",
        candidates=("materialise-empty-source", "concept-drift", "nothing"),
        variants={
            "materialise-empty-source": ("materialise-empty-source@card_velocity", "materialise-empty-source@merchant_risk"),
            "concept-drift": ("concept-drift",),
            "nothing": ("nothing",),
        },
        candidate_mechanisms={"materialise-empty-source": "stale-materialisation", "concept-drift": "concept-drift", "nothing": "nothing-wrong"},
        true_candidate="materialise-empty-source",
        onset_s=7_690_000.0,
        start_s=7_870_800.0,
        closed_s=7_873_000.0,
        resolved=True,
        looks=(LookEvidence(1, {"concept-drift": ("value.score-mean-shift",)}), LookEvidence(2, {"nothing": ("age_s.card_velocity",)})),
        moves=(MoveEvidence(4, 1200.0, True, "narrow", (5,)),),
        guards=(GuardEvidence(6, "data-age/card_velocity", "alert: age", 7_700_000.0, 170_800.0, 0.0),),
        impact=Impact(5000.0, 9000.0, 4000.0, (7_690_000.0, 7_711_600.0), (2500.0, 5000.0), (4500.0, 9000.0), (2000.0, 4000.0)),
        objectives={"fraud-capture": True, "decline-rate": True, "latency-p99": True},
        hurting_at_close=False,
        cause_removed=True,
        silenced=(),
        recover_s=7_880_000.0,
        fingerprint="python 3.11, numpy 2.4.6, Linux x86_64",
    )


@pytest.fixture
def replayed_at_once(world: Incident, evidence: Evidence, monkeypatch: pytest.MonkeyPatch) -> Evidence:
    """Gathers this evidence for every drill, instead of a minute of replays."""
    monkeypatch.setattr("grader.closing.gather", lambda incident, rows, **more: evidence)
    return evidence
