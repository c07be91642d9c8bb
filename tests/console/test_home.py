from __future__ import annotations

from pathlib import Path

import platformdirs
import pytest

from console.home import home, wall_now


def test_the_variable_names_the_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOTSEAT_HOME", str(tmp_path / "elsewhere"))
    assert home() == tmp_path / "elsewhere"


def test_without_it_the_platform_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOTSEAT_HOME")
    assert str(home()) == platformdirs.user_data_dir("hotseat", appauthor=False)


def test_an_empty_variable_is_no_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTSEAT_HOME", "")
    assert home().name == "hotseat"


def test_asking_creates_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOTSEAT_HOME", str(tmp_path / "new"))
    home()
    assert not (tmp_path / "new").exists()


def test_wall_time_says_its_zone() -> None:
    assert wall_now().endswith("+00:00")
