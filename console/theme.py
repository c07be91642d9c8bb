"""The three themes, and what becomes of them without colours.

Errors are orange to crimson, successes blue-green, warnings yellow: hues that people who confuse red and green tell apart.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from textual.app import App
from textual.theme import Theme

from console.settings import THEMES as NAMES

_MARKS = {
    "block-cursor-text-style": "bold reverse underline",
    "block-cursor-blurred-text-style": "underline",
    "button-focus-text-style": "bold reverse",
}
"""Reverse alone is not enough: some of Textual's widgets leave it out of the row under the cursor."""

_DARK = Theme(
    NAMES[0],
    primary="#6bb5ff",
    secondary="#9fc3e6",
    warning="#ffd75e",
    error="#ff8a5c",
    success="#5cc8d7",
    accent="#cbb4ff",
    foreground="#e1e8f0",
    background="#10151c",
    surface="#161d26",
    panel="#202a36",
    dark=True,
    variables={
        "text-muted": "#a3b1c2",
        "text-disabled": "#76859a",
        "text-primary": "#6bb5ff",
        "text-secondary": "#9fc3e6",
        "text-warning": "#ffd75e",
        "text-error": "#ff8a5c",
        "text-success": "#5cc8d7",
        "text-accent": "#cbb4ff",
        "foreground-muted": "#a3b1c2",
        "foreground-disabled": "#76859a",
        "panel-lighten-2": "#56677c",
        "border-blurred": "#56677c",
        # Dark enough that every colour of text keeps its contrast in the row under the cursor.
        "block-cursor-foreground": "#ffffff",
        "block-cursor-background": "#1a3f69",
        "block-cursor-blurred-foreground": "#e1e8f0",
        "block-cursor-blurred-background": "#243040",
        "input-selection-background": "#1a3f69",
        "input-selection-foreground": "#ffffff",
    },
)
_LIGHT = Theme(
    NAMES[1],
    primary="#0a55a8",
    secondary="#3c5878",
    warning="#806000",
    error="#a1003c",
    success="#005f78",
    accent="#6a2fa8",
    foreground="#18202a",
    background="#f3f5f8",
    surface="#ffffff",
    panel="#e6ebf1",
    dark=False,
    variables={
        "text-muted": "#4a5666",
        "text-disabled": "#6d7988",
        "text-primary": "#0a55a8",
        "text-secondary": "#3c5878",
        "text-warning": "#806000",
        "text-error": "#a1003c",
        "text-success": "#005f78",
        "text-accent": "#6a2fa8",
        "foreground-muted": "#4a5666",
        "foreground-disabled": "#6d7988",
        # A lighter panel would vanish on a light ground, and frames are drawn in it.
        "panel-lighten-1": "#e6ebf1",
        "panel-lighten-2": "#8592a3",
        "border-blurred": "#8592a3",
        "block-cursor-foreground": "#000000",
        "block-cursor-background": "#d4e6fa",
        "block-cursor-blurred-foreground": "#18202a",
        "block-cursor-blurred-background": "#e9eef4",
        "input-selection-background": "#d4e6fa",
        "input-selection-foreground": "#000000",
    },
)
_CONTRAST = Theme(
    NAMES[2],
    primary="#7cc4ff",
    secondary="#c4dcf5",
    warning="#ffe14d",
    error="#ff9d70",
    success="#6fdcf0",
    accent="#dcc8ff",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#15181c",
    dark=True,
    variables={
        "text": "auto 100%",
        "text-muted": "#d0d6dd",
        "text-disabled": "#9aa4b0",
        "text-primary": "#7cc4ff",
        "text-secondary": "#c4dcf5",
        "text-warning": "#ffe14d",
        "text-error": "#ff9d70",
        "text-success": "#6fdcf0",
        "text-accent": "#dcc8ff",
        "foreground-muted": "#d0d6dd",
        "foreground-disabled": "#9aa4b0",
        "panel-lighten-2": "#b4bec9",
        "border-blurred": "#b4bec9",
        "block-cursor-foreground": "#ffffff",
        "block-cursor-background": "#002a52",
        "block-cursor-blurred-foreground": "#ffffff",
        "block-cursor-blurred-background": "#101820",
        "input-selection-background": "#ffffff",
        "input-selection-foreground": "#000000",
    },
)


def _marked(made: Theme) -> Theme:
    """The theme with text styles that show what is chosen where colours do not, or not to everybody."""
    return replace(made, variables={**made.variables, **_MARKS})


def register(app: App[Any]) -> None:
    """Make the themes known to `app`. Where NO_COLOR is set, what is chosen or focused is shown by reverse, bold and underline."""
    for made in (_DARK, _LIGHT):
        app.register_theme(_marked(made) if app.no_color else made)
    app.register_theme(_marked(_CONTRAST))
