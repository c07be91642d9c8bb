from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Hotseat


def test_a_sound_place_is_told_with_its_versions(hotseat: Hotseat, home: Path) -> None:
    ran = hotseat("doctor", "--json")
    told = json.loads(ran.out)
    assert ran.status == 0
    assert told["versions"]["sqlite"] == sqlite3.sqlite_version
    assert [(check["name"], check["ok"]) for check in told["checks"]] == [("sessions can be kept", True), ("scenarios can be read", True), ("one numeric thread", True)]
    assert not home.exists()
    assert "+ ok" in hotseat("doctor").out


def test_what_does_not_hold_is_status_1(hotseat: Hotseat, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home.write_text("a file where the folder should be")
    monkeypatch.setenv("OMP_NUM_THREADS", "8")
    ran = hotseat("doctor")
    assert ran.status == 1
    assert ran.out.count("! failed") == 2
    assert "OMP_NUM_THREADS=8" in ran.out


def test_a_folder_that_takes_no_file_is_told_whatever_its_permissions_say(hotseat: Hotseat, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(**where: object) -> object:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tempfile.TemporaryFile", full)
    ran = hotseat("doctor", "--json")
    assert ran.status == 1
    assert json.loads(ran.out)["checks"][0] == {"name": "sessions can be kept", "ok": False, "detail": f"{home.parent} cannot be written: No space left on device"}
