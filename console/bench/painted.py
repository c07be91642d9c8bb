"""The cells of a terminal as a full-screen program paints them: as much of a terminal as it takes to say what a person sees."""

from __future__ import annotations

import codecs
import re

from rich.cells import cell_len

_TOKEN = re.compile(
    r"\x1b\[(?P<numbers>[0-?]*)[ -/]*(?P<final>[@-~])"
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"  # window title, clipboard
    r"|\x1b[PX^_][^\x1b]*\x1b\\"
    r"|\x1b[ -/]*[0-OQ-WYZ\\`-~]"
    r"|(?P<control>[\x00-\x1a\x1c-\x1f\x7f])"
    r"|(?P<text>[^\x00-\x1f\x7f]+)"
)


class Painted:
    """Feed it what the program writes; `text` is then what the screen shows."""

    def __init__(self, columns: int, rows: int) -> None:
        self.columns, self.rows = columns, rows
        self.x = self.y = 0
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._begun = ""
        """An escape sequence whose end has not come yet."""
        self._cells: list[list[str]] = []
        self._clear()

    @property
    def text(self) -> str:
        """The lines without the blanks at their ends."""
        return "\n".join("".join(line).rstrip() for line in self._cells)

    @property
    def before_cursor(self) -> str:
        """The cursor's line up to the cursor."""
        return "".join(self._cells[self.y][: self.x])

    def feed(self, data: bytes) -> None:
        written = self._begun + self._decoder.decode(data)
        place = 0
        while place < len(written):
            token = _TOKEN.match(written, place)
            if token is None:
                break
            place = token.end()
            if token["text"]:
                self._put(token["text"])
            elif token["final"]:
                self._obey(token["final"], token["numbers"])
            elif token["control"]:
                self._move_by(token["control"])
        self._begun = written[place:]

    def _clear(self) -> None:
        self._cells = [[" "] * self.columns for _ in range(self.rows)]

    def _put(self, text: str) -> None:
        for sign in text:
            width = cell_len(sign)
            if width == 0:
                continue
            if self.x + width <= self.columns:
                self._cells[self.y][self.x : self.x + width] = [sign, *[""] * (width - 1)]
            # At the right edge the cursor stays: full-screen programs switch wrapping off.
            self.x = min(self.x + width, self.columns)

    def _move_by(self, control: str) -> None:
        if control == "\r":
            self.x = 0
        elif control == "\n":
            self.y = min(self.y + 1, self.rows - 1)
        elif control == "\b":
            self.x = max(self.x - 1, 0)

    def _obey(self, final: str, numbers: str) -> None:
        if final in ("h", "l") and numbers == "?1049":
            self._clear()
            return
        if not re.fullmatch(r"[0-9;]*", numbers):
            return
        first, second = ([int(number or 0) for number in numbers.split(";")] + [0, 0])[:2]
        if final in ("H", "f"):
            self.y, self.x = min(max(first, 1), self.rows) - 1, min(max(second, 1), self.columns) - 1
        elif final == "J" and first == 2:
            self._clear()
        elif final == "K" and first == 0:
            self._cells[self.y][self.x :] = [" "] * (self.columns - self.x)
        elif final == "A":
            self.y = max(self.y - max(first, 1), 0)
        elif final == "B":
            self.y = min(self.y + max(first, 1), self.rows - 1)
        elif final == "C":
            self.x = min(self.x + max(first, 1), self.columns - 1)
        elif final == "D":
            self.x = max(self.x - max(first, 1), 0)
