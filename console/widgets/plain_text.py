"""Text on a screen that is text and nothing else: no markup, no links, no control signs, whoever wrote it.

Every text goes to a widget through here. Textual's own Static and Label read square brackets as markup, which crashes on some texts
and runs actions on others, so they are not used elsewhere.
"""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

from console.plain.style import Style
from console.untrusted import untrusted

STATE_STYLES = {"red": "$text-error", "yellow": "$text-warning", "green": "$text-success", "": ""}
_SIGNS = Style()


def content(text: str, style: str = "") -> Content:
    """`text` as it is, in one style; theme variables such as `$text-muted` are styles too."""
    safe = untrusted(text).expandtabs(4)
    return Content.styled(safe, style) if style else Content(safe)


def joined(*parts: Content | str | tuple[str, str]) -> Content:
    """Parts in a row: contents, plain texts, or texts with their style."""
    return Content("").join([part if isinstance(part, Content) else content(*part) if isinstance(part, tuple) else content(part) for part in parts])


def state_content(word: str, shown: str | None = None) -> Content:
    """A state as sign, word and colour; `shown` is said in place of the word. A word that is no state is plain text."""
    text = _SIGNS.state_sign(word) + (word if shown is None else shown)
    return content(text, STATE_STYLES[_SIGNS.state_colour(word)])


class PlainText(Static):
    """A Static that shows text as it is."""

    def __init__(self, text: Content | str = "", *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(text if isinstance(text, Content) else content(text), id=id, classes=classes, markup=False)

    def show(self, text: Content | str) -> None:
        """Show something else."""
        self.update(text if isinstance(text, Content) else content(text))
