"""What a learner's statement may be: one SELECT that reads the company's tables and gives the same answer each time.

Checked on the tree that DuckDB's own parser makes of it, before anything runs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

QUERY_NODES = ("SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE", "CTE_NODE")
# An allow-list: the other table functions read files, settings, other statements or raw pointers.
TABLE_FUNCTIONS = ("range", "generate_series", "unnest", "repeat", "repeat_row", "histogram", "histogram_values", "json_each", "json_tree")
CLOCKS = (
    "now", "today", "ago", "get_current_time", "get_current_timestamp", "current_date", "current_time", "current_timestamp", "current_localtime", "current_localtimestamp",
    "localtime", "localtimestamp", "transaction_timestamp", "statement_timestamp", "clock_timestamp", "pg_conf_load_time", "pg_postmaster_start_time",
)  # fmt: skip
UNREPEATABLE = ("uuid", "uuidv4", "uuidv7", "gen_random_uuid", "current_query_id", "current_connection_id", "current_transaction_id", "txid_current")
FORBIDDEN = ("sleep_ms", "write_log", "current_setting", "current_query", "getvariable", "nextval", "currval", "setval", "setseed", "stats")


class Refusal(Exception):
    """The statement is not run; the text is one line for the learner. `broken` asks the parent for a new worker."""

    def __init__(self, line: str, *, broken: bool = False) -> None:
        self.line, self.broken = line, broken
        super().__init__(line)

    def to_json(self) -> dict[str, object]:
        return {"refused": self.line, "broken": self.broken}


def near(word: str, known: Sequence[str]) -> str:
    close = get_close_matches(word.lower(), list(dict.fromkeys(known)), n=3, cutoff=0.5)
    return f" Near: {', '.join(close)}." if close else f" There are: {', '.join(known[:12])}." if known else ""


def dicts(tree: object) -> Iterator[dict[str, Any]]:
    """Every JSON object in `tree`, in a fixed order, without recursion: the learner decides how deep it is."""
    left: list[object] = [tree]
    while left:
        node = left.pop()
        if isinstance(node, dict):
            yield node
            left.extend(reversed(node.values()))
        elif isinstance(node, list):
            left.extend(reversed(node))


def check(tree: object, tables: Sequence[str], names: Sequence[str]) -> bool:
    """Refuses a parsed SELECT that writes, leaves its tables, or cannot give the same answer twice.

    `tables` may be read; `names` are all tables there are, for the hint. Returns whether the statement draws random numbers.
    """
    nodes = list(dicts(tree))
    local = [entry["key"].lower() for node in nodes if isinstance(node.get("cte_map"), dict) for entry in node["cte_map"]["map"]]
    draws = False
    for node in nodes:
        kind = str(node.get("type", ""))
        if kind.endswith("_NODE") and kind not in QUERY_NODES:
            raise Refusal(f"Only SELECT can be run, and this has {kind.partition('_')[0]} inside.")
        if kind == "TABLE_FUNCTION":
            name = str(node["function"].get("function_name", "")).lower()
            if name not in TABLE_FUNCTIONS:
                raise Refusal(f"The table function {name} is not available. Read the company's tables by their names.")
        elif kind == "BASE_TABLE":
            name = str(node["table_name"])
            if node["schema_name"] or node["catalog_name"]:
                raise Refusal(f"Write the table's name alone: {name}.")
            if name.lower() not in tables and name.lower() not in local:
                raise Refusal(f'There is no table "{name}".{near(name, names)}')
        elif kind == "SHOW_REF" and node.get("query") is None:
            raise Refusal("SHOW is not available." + (f" The tables are: {', '.join(names)}." if names else " DESCRIBE and the name of a table shows its columns."))
        if isinstance(node.get("sample"), dict):
            draws = True
            if node["sample"].get("is_percentage") and node["sample"].get("seed") in (None, -1):
                raise Refusal("A sample by percentage needs a seed to be repeatable: TABLESAMPLE 10% (bernoulli, 1), or take a number of rows.")
        draws |= _check_function(node)
    return draws


def _check_function(node: Mapping[str, Any]) -> bool:
    name = str(node.get("function_name", "")).lower()
    if node.get("class") == "COLUMN_REF" and len(node["column_names"]) == 1 and node["column_names"][0].lower().startswith(("current_", "local")):
        name = node["column_names"][0].lower()
    if name in CLOCKS or (name == "age" and len(node.get("arguments", node.get("children", ()))) == 1):
        raise Refusal(f"{name} reads the real clock. Times here are seconds of virtual time: compare with a number, or with max() of the column.")
    if name in UNREPEATABLE:
        raise Refusal(f"{name} gives another answer each time, so it is not available.")
    if name in FORBIDDEN:
        raise Refusal(f"The function {name} is not available.")
    return name == "random"
