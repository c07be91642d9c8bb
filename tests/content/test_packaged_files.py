from __future__ import annotations

import pytest

import content


def test_names_are_in_order_and_each_leads_to_a_file_that_can_be_read() -> None:
    for folder in ("scenarios", "systems"):
        names = content.names(folder)
        assert list(names) == sorted(names)
        for name in names:
            assert content.path(folder, name).is_file()
            assert content.read(folder, name).strip()


def test_a_folder_that_nobody_has_written_in_is_empty() -> None:
    assert content.names("no-such-folder") == ()


@pytest.mark.parametrize("part", ["..", "", ".hidden", "../pyproject.toml", "scenarios/../__init__.py", "a\\b", "c:x", "a\0b"])
def test_a_name_cannot_lead_out_of_the_content(part: str) -> None:
    with pytest.raises(ValueError, match="is no name of a packaged file"):
        content.path("scenarios", part)


def test_a_missing_file_is_named() -> None:
    with pytest.raises(FileNotFoundError, match=r"no packaged content at scenarios/no-such\.yaml"):
        content.read("scenarios", "no-such.yaml")


def test_the_package_itself_holds_its_door_as_a_file() -> None:
    assert "def names" in content.read("__init__.py")
