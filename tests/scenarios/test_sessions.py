"""A folder of sessions: ids, listing, export and import, and what is said when one of them is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scenarios.journal import Journal
from scenarios.sessions import SessionStore, SessionSummary
from simulator.errors import ContentError, HotseatError, Refused, UsageError


@pytest.fixture
def store(tmp_path: Path) -> SessionStore:
    return SessionStore(tmp_path / "home")


def played(store: SessionStore, scenario: str = "units", seed: int = 7, steps: int = 3, score: float | None = None) -> str:
    session, journal = store.create(scenario, seed, {"role": "generalist", "level": "mid", "wall": "2031-05-04T09:00:00+00:00"})
    with journal:
        for n in range(1, steps + 1):
            journal.append(at_s=60.0 * n, wall="", actor="me", role="on-call", kind="look", payload={"line": f"look {n}", "op": "features age"})
        if score is not None:
            journal.append(at_s=900.0, wall="", actor="hotseat", role="host", kind="closed", payload={})
            journal.append(at_s=900.0, wall="", actor="hotseat", role="host", kind="scorecard", payload={"scorecard": {"score": score}})
    return session


def test_ids_come_from_scenario_seed_and_a_counter(store: SessionStore) -> None:
    assert [played(store) for _ in range(11)] == [f"units-7-{n}" for n in range(1, 12)]
    assert played(store, seed=8) == "units-8-1"
    assert played(store, scenario="units-7", seed=7) == "units-7-7-1"
    assert played(store) == "units-7-12"
    store.path("units-7-3").unlink()
    assert played(store) == "units-7-13"


def test_the_header_names_the_session_and_what_the_caller_adds(store: SessionStore) -> None:
    rows, header = store.resolve(played(store))
    assert header == {"session": "units-7-1", "scenario": "units", "seed": 7, "role": "generalist", "level": "mid", "wall": "2031-05-04T09:00:00+00:00"}
    assert [row.step for row in rows] == [0, 1, 2, 3]


def test_nothing_is_created_by_looking(tmp_path: Path) -> None:
    store = SessionStore(tmp_path / "home")
    assert store.list() == []
    with pytest.raises(UsageError, match="units-7-1 is neither a session nor a file"):
        store.resolve("units-7-1")
    with pytest.raises(UsageError, match="there is no session units-7-1"):
        store.open("units-7-1")
    assert list(tmp_path.iterdir()) == []


def test_the_list_shows_state_score_and_steps_in_natural_order(store: SessionStore) -> None:
    for _ in range(10):
        played(store, steps=1)
    played(store, scenario="alpha", steps=2, score=81.5)
    listed = store.list()
    assert [one.session for one in listed] == ["alpha-7-1", *(f"units-7-{n}" for n in range(1, 11))]
    assert listed[0] == SessionSummary("alpha-7-1", "alpha", 7, "closed", 81.5, 4)
    assert listed[1].to_json() == {"session": "units-7-1", "scenario": "units", "seed": 7, "state": "open", "score": None, "steps": 1}


def test_a_session_that_is_graded_again_shows_its_last_score(store: SessionStore) -> None:
    session = played(store, score=40.0)
    with store.open(session) as journal:
        journal.append(at_s=900.0, wall="", actor="hotseat", role="host", kind="scorecard", payload={"scorecard": {"score": 55.0}})
        assert store.list()[0].score == 55.0
        with pytest.raises(Refused, match="is open elsewhere"):
            store.open(session)


def test_a_damaged_session_is_listed_and_hides_no_other(store: SessionStore) -> None:
    first, second = played(store), played(store)
    path = store.path(first)
    path.write_bytes(path.read_bytes()[:5_000])
    assert [(one.session, one.scenario, one.seed, one.state) for one in store.list()] == [(first, "units", 7, "damaged"), (second, "units", 7, "open")]
    for use in (store.resolve, store.verify, store.open):
        with pytest.raises(ContentError) as caught:
            use(first)
        assert str(caught.value).startswith(f"{path}: is damaged or no journal")
        assert "\n" not in str(caught.value)


def test_an_export_comes_back_under_the_same_id_in_another_home(store: SessionStore, tmp_path: Path) -> None:
    session, file = played(store, score=70.0), tmp_path / "out.jsonl"
    store.export(session, file)
    lines = file.read_text(encoding="utf-8").splitlines()
    assert json.loads(lines[0])["head"] == store.verify(session).hash
    assert json.loads(lines[2])["op"] == "features age"
    other = SessionStore(tmp_path / "other")
    assert other.import_file(file) == session
    assert other.resolve(session) == store.resolve(session) == store.resolve(str(file))
    assert other.list() == store.list()
    assert other.import_file(file) == session
    again = tmp_path / "again.jsonl"
    other.export(session, again)
    assert again.read_bytes() == file.read_bytes()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["again.jsonl", "home", "other", "out.jsonl"]


def test_a_journal_file_can_be_used_wherever_an_export_can(store: SessionStore, tmp_path: Path) -> None:
    path = store.path(played(store))
    other = SessionStore(tmp_path / "other")
    assert other.resolve(str(path)) == store.resolve("units-7-1")
    assert other.verify(str(path)).step == 3
    assert other.import_file(path) == "units-7-1"
    assert other.resolve("units-7-1") == store.resolve("units-7-1")


def test_an_import_never_touches_another_session_of_the_same_id(store: SessionStore, tmp_path: Path) -> None:
    file = tmp_path / "out.jsonl"
    store.export(played(store), file)
    other = SessionStore(tmp_path / "other")
    played(other, steps=2)
    before = other.resolve("units-7-1")
    with pytest.raises(Refused, match="is here already and differs"):
        other.import_file(file)
    assert other.resolve("units-7-1") == before


@pytest.mark.parametrize("wrong", ["", "hello\n", "[]\n", '{"format_version":9}\n', "cut", "flipped"])
def test_a_wrong_file_is_one_line_and_writes_nothing(store: SessionStore, tmp_path: Path, wrong: str) -> None:
    good, file = tmp_path / "good.jsonl", tmp_path / "wrong.jsonl"
    store.export(played(store), good)
    text = good.read_text(encoding="utf-8")
    file.write_text({"cut": text[:-30], "flipped": text.replace("look 2", "look 3")}.get(wrong, wrong), encoding="utf-8")
    other = SessionStore(tmp_path / "other")
    with pytest.raises(ContentError) as caught:
        other.import_file(file)
    assert str(caught.value).startswith(f"{file}:")
    assert caught.value.line is not None
    assert caught.value.key
    assert not (tmp_path / "other").exists()


@pytest.mark.parametrize("name", ["../../escape", "/tmp/escape", "", ".hidden", "a/b", "x" * 130, "a\nb"])
def test_an_id_is_never_a_way_out_of_the_folder(store: SessionStore, tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="no session id"):
        store.open(name)
    inside = tmp_path / "evil.journal"
    Journal.create(inside, {"session": name, "scenario": "units", "seed": 7}).close()
    with pytest.raises(ContentError, match="session: is no session id"):
        store.import_file(inside)
    assert [path.name for path in tmp_path.iterdir()] == ["evil.journal"]


def test_an_export_replaces_a_file_whole_but_never_a_journal(store: SessionStore, tmp_path: Path) -> None:
    session, file = played(store), tmp_path / "out.jsonl"
    file.write_text("older, and much longer " * 1_000, encoding="utf-8")
    store.export(session, file)
    assert store.resolve(str(file)) == store.resolve(session)
    with pytest.raises(Refused, match="is a journal itself"):
        store.export(session, store.path(session))
    assert store.verify(session).step == 3


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file", encoding="utf-8")
    store = SessionStore(tmp_path / "home")
    with pytest.raises(HotseatError, match="cannot be created"):
        store.create("units", 7)
    other = SessionStore(tmp_path / "other")
    with pytest.raises(HotseatError, match="cannot be written: No such file"):
        other.export(played(other), tmp_path / "none" / "out.jsonl")
    with pytest.raises(UsageError, match="there is no such file"):
        other.import_file(tmp_path / "none.jsonl")
