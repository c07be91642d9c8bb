from __future__ import annotations

from pathlib import Path

import pytest

import content
from scenarios.document import ContentErrors
from scenarios.library import all_scenarios, find_scenario, scenario_names
from scenarios.names import Vocabulary
from scenarios.template import new_scenario_text
from simulator.errors import UsageError


def text(name: str) -> str:
    return new_scenario_text(
        name,
        "A title",
        "card-fraud",
        "unit-change",
        alert="capture-low",
        component="source/payments",
        mechanism="unit-change",
        covers=["sys.feature-store"],
        objectives=["capture"],
    )


@pytest.fixture
def catalogue(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A catalogue of our own in place of the packaged one, as file name -> text."""
    files = {"the-slow-tap.yaml": text("the-slow-tap"), "the-quiet-store.yaml": text("the-quiet-store"), "README.md": "not a scenario"}
    monkeypatch.setattr(content, "names", lambda folder: tuple(sorted(files)) if folder == "scenarios" else ())
    monkeypatch.setattr(content, "read", lambda *parts: files[parts[-1]])
    return files


def test_the_packaged_names_are_those_of_the_files() -> None:
    assert list(scenario_names()) == sorted(name[:-5] for name in content.names("scenarios") if name.endswith(".yaml"))


def test_every_packaged_scenario_is_without_mistakes() -> None:
    assert tuple(scenario.name for scenario in all_scenarios()) == scenario_names()


def test_a_scenario_is_found_by_name(catalogue: dict[str, str]) -> None:
    assert scenario_names() == ("the-quiet-store", "the-slow-tap")
    assert find_scenario("the-slow-tap").name == "the-slow-tap"


def test_an_unknown_name_is_answered_with_the_near_ones(catalogue: dict[str, str]) -> None:
    with pytest.raises(UsageError, match=r"^there is no scenario 'the-slow-top'; did you mean the-slow-tap\?$"):
        find_scenario("the-slow-top")


@pytest.mark.parametrize("name", ["../../pyproject", "", "README.md", "the-slow-tap\0"])
def test_a_name_is_never_a_way_into_other_files(catalogue: dict[str, str], name: str) -> None:
    with pytest.raises(UsageError, match="there is no scenario"):
        find_scenario(name)


def test_a_packaged_file_bears_the_name_of_its_scenario(catalogue: dict[str, str]) -> None:
    catalogue["the-odd-one.yaml"] = text("another")
    with pytest.raises(ContentErrors, match=r"^scenarios/the-odd-one\.yaml:1: name: expected the file's own name; write name: the-odd-one$"):
        find_scenario("the-odd-one")


def test_the_mistakes_of_all_files_are_told_together(catalogue: dict[str, str]) -> None:
    for name in ("the-slow-tap.yaml", "the-quiet-store.yaml"):
        catalogue[name] = catalogue[name].replace("minutes: 30", "minutes: many")
    with pytest.raises(ContentErrors) as caught:
        all_scenarios(Vocabulary(systems=["card-fraud"]))
    assert [error.file for error in caught.value.errors] == ["scenarios/the-quiet-store.yaml", "scenarios/the-slow-tap.yaml"]
    assert len(str(caught.value).splitlines()) == 2


def test_anybodys_file_is_found_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(text("my-own"), encoding="utf-8")
    assert find_scenario(str(path)).name == "my-own"


def test_a_path_that_leads_nowhere_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"mine\.yaml cannot be read: no such file or directory$"):
        find_scenario(str(tmp_path / "mine.yaml"))


def test_a_folder_is_no_scenario(tmp_path: Path) -> None:
    (tmp_path / "folder.yaml").mkdir()
    with pytest.raises(UsageError, match=r"folder\.yaml cannot be read: is a directory$"):
        find_scenario(str(tmp_path / "folder.yaml"))


def test_a_file_in_another_encoding_is_the_authors_mistake(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_bytes(text("my-own").replace("A title", "Caf\u00e9").encode("latin-1"))
    with pytest.raises(ContentErrors, match=r"mine\.yaml:5: the file is no UTF-8 text; save it as UTF-8$"):
        find_scenario(str(path))


def test_a_huge_file_is_refused_without_reading_it_all(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_bytes(b"a: " + "é".encode() * 600_000)
    with pytest.raises(ContentErrors, match=r"mine\.yaml:1:1: the file is larger than 512 kB; split it$"):
        find_scenario(str(path))
