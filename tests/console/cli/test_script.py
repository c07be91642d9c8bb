from __future__ import annotations

from pathlib import Path

import pytest

from console.cli.script import MAX_BYTES, script_lines, without_comment
from simulator.errors import ContentError, UsageError


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("# only a comment", ""),
        ("   ", ""),
        ("alerts  # what fires", "alerts"),
        ("declare labels/join label-loss --because #3 #4", "declare labels/join label-loss --because #3 #4"),
        ('update --impact "we lost # 3 of them"', 'update --impact "we lost # 3 of them"'),
        ("features age card#velocity", "features age card#velocity"),
        ("note ask them # today", "note ask them # today"),
        ("  wait 5m \r", "wait 5m"),
    ],
)
def test_a_comment_is_left_out_and_nothing_else(line: str, command: str) -> None:
    assert without_comment(line) == command


def test_a_file_gives_its_commands_in_order(tmp_path: Path) -> None:
    file = tmp_path / "script"
    file.write_bytes(b"\xef\xbb\xbfalerts\r\n\n# no\nresolve")
    assert list(script_lines(str(file))) == ["alerts", "resolve"]


def test_an_empty_script_has_no_commands(tmp_path: Path) -> None:
    file = tmp_path / "script"
    file.write_text("")
    assert list(script_lines(str(file))) == []


def test_a_file_that_is_no_text_names_the_line_and_the_column(tmp_path: Path) -> None:
    file = tmp_path / "script"
    file.write_bytes(b"alerts\nwait \xff5m\n")
    with pytest.raises(ContentError, match=r"script:2:6: is no text in UTF-8"):
        script_lines(str(file))


def test_a_zero_byte_is_told(tmp_path: Path) -> None:
    file = tmp_path / "script"
    file.write_bytes(b"alerts\n\0\n")
    with pytest.raises(ContentError, match=r":2: holds a zero byte"):
        script_lines(str(file))


def test_a_file_that_is_not_there_and_a_folder_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read: no such file"):
        script_lines(str(tmp_path / "nothing"))
    with pytest.raises(UsageError, match="cannot be read: is a directory"):
        script_lines(str(tmp_path))


def test_a_file_beyond_all_reason_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "script"
    file.write_bytes(b"a\n" * (MAX_BYTES // 2 + 1))
    with pytest.raises(ContentError, match="at most 5,000,000 bytes"):
        script_lines(str(file))
