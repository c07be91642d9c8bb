"""Texts of a journal made safe to print: a journal may come from anywhere."""

from __future__ import annotations

from scenarios.safe_yaml import hidden_signs


def plain(text: str) -> str:
    """`text` on one line, without signs that steer a terminal or reorder what a reader sees."""
    shown = " ".join(text.split())
    found = [position for position, _ in hidden_signs(shown)]
    return "".join("\ufffd" if i in found else sign for i, sign in enumerate(shown)) if found else shown
