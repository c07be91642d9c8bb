"""What a look gives back: raw evidence as plain data, and the facts an attentive engineer would read off it.

Nothing here is NumPy, so an observation crosses processes, journals and JSON unchanged.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Cell = str | float | int | bool | None
Fact = float | str


def significant(value: float, digits: int = 6) -> float:
    """`value` rounded to `digits` significant digits, the precision at which telemetry and facts are kept."""
    return float(f"{value:.{digits}g}")


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    unit: str = ""
    """Unit as shown in the head, empty for text and counts. `time` marks virtual seconds shown as a date."""


@dataclass(frozen=True, slots=True)
class Table:
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Series:
    name: str
    unit: str
    at_s: tuple[float, ...]
    values: tuple[float | None, ...]
    """One value per time; None where there was nothing to measure."""


@dataclass(frozen=True, slots=True)
class Observation:
    """Raw evidence. `facts` are rounded to 6 significant digits; they are what grading works on."""

    title: str
    tables: tuple[Table, ...] = ()
    series: tuple[Series, ...] = ()
    text: tuple[str, ...] = ()
    facts: Mapping[str, Fact] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        return {
            "title": self.title,
            "tables": [{"title": t.title, "columns": [{"name": c.name, "unit": c.unit} for c in t.columns], "rows": [list(r) for r in t.rows]} for t in self.tables],
            "series": [{"name": s.name, "unit": s.unit, "at_s": list(s.at_s), "values": list(s.values)} for s in self.series],
            "text": list(self.text),
            "facts": dict(self.facts),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Observation:
        return cls(
            title=data["title"],
            tables=tuple(Table(t["title"], tuple(Column(c["name"], c["unit"]) for c in t["columns"]), tuple(tuple(r) for r in t["rows"])) for t in data["tables"]),
            series=tuple(Series(s["name"], s["unit"], tuple(s["at_s"]), tuple(s["values"])) for s in data["series"]),
            text=tuple(data["text"]),
            facts=dict(data["facts"]),
        )


def table(title: str, columns: Sequence[str | tuple[str, str]], rows: Sequence[Sequence[Cell]]) -> Table:
    """A table from column names, or (name, unit) pairs, and rows; floats are rounded to 6 significant digits, times to the second."""
    heads = tuple(Column(c) if isinstance(c, str) else Column(*c) for c in columns)
    return Table(title, heads, tuple(tuple(_plain(cell, head.unit == "time") for cell, head in zip(row, heads, strict=True)) for row in rows))


def facts(**_: Fact) -> dict[str, Fact]:
    """Facts given as keywords, rounded."""
    return rounded_facts(_)


def rounded_facts(values: Mapping[str, Any]) -> dict[str, Fact]:
    """`values` as facts: numbers as floats of 6 significant digits, booleans as yes and no, None left out."""
    out: dict[str, Fact] = {}
    for name, value in values.items():
        if value is None:
            continue
        if isinstance(value, str):
            out[name] = value
        elif isinstance(value, bool):
            out[name] = "yes" if value else "no"
        else:
            number = float(value)
            if number == number and abs(number) != float("inf"):
                out[name] = significant(number)
    return out


def _plain(cell: Any, is_time: bool) -> Cell:
    if cell is None or isinstance(cell, (str, bool)):
        return cell
    if isinstance(cell, int):
        return cell
    number = float(cell)
    if number != number or abs(number) == float("inf"):
        return None
    if is_time:
        return round(number)
    return int(number) if hasattr(cell, "dtype") and cell.dtype.kind in "iu" else significant(number)
