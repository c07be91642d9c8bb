"""An observation as plain text: tables, curves and sentences. Its facts are for grading and are not shown."""

from __future__ import annotations

import textwrap

from console.plain.sparkline import series_text
from console.plain.style import Style
from console.plain.tables import table_text
from console.untrusted import untrusted, untrusted_line
from simulator.observation import Observation


def observation_text(seen: Observation, style: Style) -> str:
    """Title, then each table under its own title, each curve, each sentence."""
    parts = [style.paint(untrusted_line(seen.title), "bold")]
    for table in seen.tables:
        title = untrusted_line(table.title)
        parts.append((f"  {title}\n" if title and title != seen.title else "") + table_text(table.columns, table.rows, style))
    parts += [series_text(series, style) for series in seen.series]
    if seen.text:
        parts.append("\n".join(paragraph(line, style) for line in seen.text))
    return "\n".join(parts)


def prose(text: str, style: Style) -> str:
    """An author's text: lines that follow each other are one paragraph, whatever width they were written for."""
    return "\n\n".join(paragraph(" ".join(part.split()), style) for part in untrusted(text).split("\n\n") if part.strip())


def paragraph(text: str, style: Style, *, indent: str = "  ", hanging: str | None = None) -> str:
    """Text of the world or an author, wrapped to the width; its own lines are kept."""
    deep = indent if hanging is None else hanging
    lines = []
    for number, line in enumerate(untrusted(text).expandtabs(4).splitlines() or [""]):
        lead = indent if number == 0 else deep
        filled = textwrap.fill(line, style.width, initial_indent=lead, subsequent_indent=deep, break_on_hyphens=False)
        lines.append(filled if line.strip() else "")
    return "\n".join(lines)
