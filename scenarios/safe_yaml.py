"""An author's YAML as plain values, with the line and column of each; nothing in it can hang, crash or surprise.

One pass over the parser's events builds the values, so aliases, tags and deep nesting are met before anything
is built from them. Scalars follow YAML 1.2 in spirit: `no`, `010`, `12:30`, `5%` and `30h` are texts.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import yaml

MAX_BYTES, MAX_DEPTH, MAX_EVENTS = 512_000, 30, 50_000
MAX_REPORTED = 20
"""Invisible characters reported one by one; a file with more of them is not a text that somebody typed."""

Path = tuple[str | int, ...]
"""Keys and list positions from the top of the file down to one value."""
NOWHERE = ""
"""Step to a value whose key is a mistake; no real key is empty."""

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?", re.ASCII)
_BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_DROPPED = object()
"""Stands for a key whose value is read and thrown away, because the key itself is a mistake."""


@dataclass(frozen=True, slots=True)
class Place:
    line: int
    column: int
    """Both counted from 1, as editors do."""


@dataclass(frozen=True, slots=True)
class Mistake:
    place: Place
    path: Path
    message: str


@dataclass(slots=True)
class Tree:
    """A file as read. Only ever filled while reading; readers treat it as a value."""

    value: Any = None
    """dict, list, str, int, float, bool or None, nested."""
    values: dict[Path, Place] = field(default_factory=dict)
    """Where each value starts."""
    keys: dict[Path, Place] = field(default_factory=dict)
    """Where the key of each value of a mapping starts."""
    mistakes: list[Mistake] = field(default_factory=list)
    broken: bool = False
    """Whether reading stopped before the end, so that `value` is not to be looked at."""


def read_yaml(text: str) -> Tree:
    """`text` as a tree; every mistake that reading can go on after is collected, the first that it cannot ends it."""
    composer = _Composer()
    tree = composer.tree
    if len(text.encode("utf-8", "replace")) > MAX_BYTES:
        composer.stop(Place(1, 1), f"the file is larger than {MAX_BYTES // 1000} kB; split it")
        return tree
    try:
        for count, event in enumerate(yaml.parse(_without_hidden_signs(text, tree), Loader=_LOADER)):
            if count >= MAX_EVENTS:
                composer.stop(_place(event.start_mark), f"the file holds more than {MAX_EVENTS:,} keys and values; split it")
            else:
                composer.take(event)
            if tree.broken:
                break
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        composer.stop(_place(mark) if mark else Place(1, 1), _syntax_message(problem.problem or ""))
    return tree


def hidden_signs(text: str) -> Iterator[tuple[int, str]]:
    """Position and character of everything in `text` that steers a terminal or reorders what a reader sees."""
    for position, sign in enumerate(text):
        if sign in "\n\t" or (sign.isprintable() and sign not in _BIDI):
            continue
        category = unicodedata.category(sign)
        code = ord(sign)
        if category in ("Cc", "Cs", "Zl", "Zp") or sign in _BIDI or sign == "\ufeff" or code & 0xFFFE == 0xFFFE or 0xE0000 <= code <= 0xE007F:
            yield position, sign


def _without_hidden_signs(text: str, tree: Tree) -> str:
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    found = list(islice(hidden_signs(text), MAX_REPORTED))
    for position, sign in found:
        start = text.rfind("\n", 0, position) + 1
        place = Place(text.count("\n", 0, position) + 1, position - start + 1)
        tree.mistakes.append(Mistake(place, (), f"holds the invisible character U+{ord(sign):04X}; delete it"))
    return text.translate({ord(sign): "\ufffd" for _, sign in hidden_signs(text)}) if found else text


def _place(mark: Any) -> Place:
    return Place(mark.line + 1, mark.column + 1)


def _syntax_message(problem: str) -> str:
    if "mapping values" in problem:
        return "a colon followed by a space starts a key here; put the whole text in quotes"
    if "cannot start any token" in problem:
        return "a text cannot start with this sign and a line cannot be indented with tabs; use quotes, and spaces"
    if "escape" in problem:
        return "a backslash in double quotes starts an escape that YAML does not know; use single quotes"
    return "the YAML cannot be read here; close every quote and bracket, and indent the keys of one mapping alike"


def scalar_value(text: str) -> Any:
    """The value of an unquoted scalar: null, true, false, a JSON number, and otherwise the text itself.

    Raises:
        ValueError: a number that no float holds.
    """
    if text in ("", "~", "null", "Null", "NULL"):
        return None
    if text in ("true", "True", "TRUE"):
        return True
    if text in ("false", "False", "FALSE"):
        return False
    match = _NUMBER.fullmatch(text)
    if not match:
        return text
    number = float(text)
    if len(text) > 40 or number in (float("inf"), float("-inf")):
        raise ValueError("the number is too large or too long; write it shorter, or in quotes if it is a text")
    return number if match[1] or match[2] else int(text)


@dataclass(slots=True)
class _Frame:
    container: dict[str, Any] | list[Any]
    path: Path
    key: Any = None
    """The key read and not yet given its value; None where a key comes next."""


class _Composer:
    """Builds the tree from events, with a stack of its own rather than recursion."""

    def __init__(self) -> None:
        self.tree = Tree()
        self._stack: list[_Frame] = []
        self._documents = 0

    def stop(self, place: Place, message: str, path: Path = ()) -> None:
        self._mistake(place, path, message)
        self.tree.broken = True

    def take(self, event: Any) -> None:
        if isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                self.stop(_place(event.start_mark), "a second document starts here; a file holds one, so leave out the line ---")
            elif event.version or event.tags:
                self._mistake(_place(event.start_mark), (), "the file starts with a % directive; leave it out")
        elif isinstance(event, yaml.NodeEvent):
            self._node(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._close()

    def _node(self, event: Any) -> None:
        place = _place(event.start_mark)
        parent = self._stack[-1] if self._stack else None
        if parent is not None and isinstance(parent.container, dict) and parent.key is None:
            self._key(event, place, parent)
            return
        path = self._next_path(parent)
        if isinstance(event, yaml.ScalarEvent) and not event.value and event.implicit[0]:
            # Where an empty value "starts" is a matter of taste; its key is where an author looks.
            place = self.tree.keys.get(path, place)
        self.tree.values.setdefault(path, place)
        self._forbid(event, place, path)
        if isinstance(event, yaml.CollectionStartEvent):
            self._open(event, place, path)
        else:
            self._put(None if isinstance(event, yaml.AliasEvent) else self._scalar(event, place, path))

    def _key(self, event: Any, place: Place, parent: _Frame) -> None:
        parent.key = _DROPPED
        if isinstance(event, yaml.CollectionStartEvent):
            self._mistake(place, parent.path, "a list or mapping stands where a key belongs; quote a text that starts with { or [")
            parent.key = None
            self._open(event, place, (*parent.path, NOWHERE), as_key=True)
            return
        self._forbid(event, place, parent.path)
        if isinstance(event, yaml.AliasEvent):
            return
        key = str(event.value)
        path = (*parent.path, key)
        if not key or "\n" in key or any(hidden_signs(key)):
            self._mistake(place, parent.path, "a key is empty or holds a line end or an invisible character; write a name before the colon")
        elif key == "<<" and event.implicit[0]:
            self._mistake(place, parent.path, "merging with << is not allowed; write the keys out")
        elif path in self.tree.keys:
            first = self.tree.keys[path]
            self._mistake(place, path, f"is written twice, first in line {first.line}; keep one of them")
        else:
            self.tree.keys[path] = place
            parent.key = key

    def _next_path(self, parent: _Frame | None) -> Path:
        if parent is None:
            return ()
        if isinstance(parent.container, list):
            return (*parent.path, len(parent.container))
        return (*parent.path, NOWHERE if parent.key is _DROPPED else parent.key)

    def _forbid(self, event: Any, place: Place, path: Path) -> None:
        if isinstance(event, yaml.AliasEvent):
            self._mistake(place, path, "an alias (*) is not allowed; write the value out, or quote a text that starts with *")
            return
        if event.anchor is not None:
            self._mistake(place, path, "an anchor (&) is not allowed; leave it out, or quote a text that starts with &")
        if event.tag is not None:
            self._mistake(place, path, "a tag (!) is not allowed; leave it out, or quote a text that starts with !")

    def _scalar(self, event: Any, place: Place, path: Path) -> Any:
        text = str(event.value)
        for _, sign in hidden_signs(text):
            self._mistake(place, path, f"holds the invisible character U+{ord(sign):04X}; delete it")
            return None
        if not event.implicit[0]:
            return text
        try:
            return scalar_value(text)
        except ValueError as problem:
            self._mistake(place, path, str(problem))
            return None

    def _open(self, event: Any, place: Place, path: Path, *, as_key: bool = False) -> None:
        if len(self._stack) >= MAX_DEPTH:
            self.stop(place, f"lists and mappings are nested more than {MAX_DEPTH} deep; nothing needs that")
            return
        container: dict[str, Any] | list[Any] = {} if isinstance(event, yaml.MappingStartEvent) else []
        if not as_key:
            self._put(container, keep_key=True)
        self._stack.append(_Frame(container, path))

    def _close(self) -> None:
        self._stack.pop()
        if self._stack:
            parent = self._stack[-1]
            if isinstance(parent.container, dict):
                # A container that was itself a key leaves its parent waiting for the value of a key that is dropped.
                parent.key = _DROPPED if parent.key is None else None

    def _put(self, value: Any, *, keep_key: bool = False) -> None:
        if not self._stack:
            self.tree.value = value
            return
        parent = self._stack[-1]
        if isinstance(parent.container, list):
            parent.container.append(value)
            return
        if parent.key is not _DROPPED:
            parent.container[parent.key] = value
        if not keep_key:
            parent.key = None

    def _mistake(self, place: Place, path: Path, message: str) -> None:
        self.tree.mistakes.append(Mistake(place, path, message))
