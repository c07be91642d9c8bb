"""Braces in a scenario's texts: `{view}` stands for a drawn value, and a brace itself is written twice."""

from __future__ import annotations

import re
from collections.abc import Mapping

_PIECE = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")


def named(text: str) -> list[str]:
    """The names in braces, in order; a lone brace gives the brace itself, which no drawn value is called."""
    return [match[0] if match[1] is None else match[1] for match in _PIECE.finditer(text) if match[0] not in ("{{", "}}")]


def fill(text: str, values: Mapping[str, str]) -> str:
    """`text` with each `{name}` replaced. Raises KeyError for a name without a value."""

    def value(match: re.Match[str]) -> str:
        if match[0] in ("{{", "}}"):
            return match[0][0]
        return values[match[0] if match[1] is None else match[1]]

    return _PIECE.sub(value, text)
