"""The picture of the war room is what the app shows today. Its words are compared, not its bytes: fonts and colours may move."""

from __future__ import annotations

import re
from io import StringIO

import pytest
from rich.console import Console

from scripts.war_room_picture import PICTURE, TEXT, played, text_of

pytestmark = pytest.mark.xdist_group("picture")  # the drill is played once
RENEW = "the war room looks different from its picture in docs/pictures; `make picture` renews it"


@pytest.fixture(scope="module")
def today() -> str:
    """The picture as it would be made now."""
    return played()


def test_the_picture_shows_what_its_text_says() -> None:
    assert text_of(PICTURE.read_text(encoding="utf-8")) == TEXT.read_text(encoding="utf-8"), RENEW


def test_the_war_room_still_looks_like_its_picture(today: str) -> None:
    assert text_of(today) == TEXT.read_text(encoding="utf-8"), RENEW


def test_the_picture_asks_nothing_of_other_machines(today: str) -> None:
    for svg in (today, PICTURE.read_text(encoding="utf-8")):
        assert re.findall(r"(?:url\(\"|href=|src:)", svg) == []


def test_the_text_of_a_picture_stands_where_it_is_painted() -> None:
    console = Console(width=30, height=3, file=StringIO(), record=True, force_terminal=True, color_system="truecolor")
    console.print("[red]one[/] & <two>\n\n    [bold]three[/]  [on blue]four[/]")
    assert text_of(console.export_svg()) == "one & <two>\n\n    three  four\n"
