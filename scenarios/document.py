"""An author's file, checked against a model: every mistake at once, each with its line, column, key and a way out.

The model's own fields say what to write: a field's first `examples` entry is quoted in the message.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from scenarios.safe_yaml import NOWHERE, Path, Place, Tree, read_yaml
from simulator.errors import ContentError, HotseatError

Model = TypeVar("Model", bound=BaseModel)
MAX_TOLD = 200
"""Mistakes told of each sort (reading, shape, names): past that, a file is not being written but attacked."""
_MAX_MESSAGE, _MAX_KEY = 600, 120


class ContentErrors(HotseatError):
    """All mistakes of one or more files; as text, one line for each."""

    def __init__(self, errors: Sequence[ContentError]) -> None:
        self.errors = tuple(errors)
        super().__init__("\n".join(str(error) for error in self.errors))


@dataclass(frozen=True)
class Document:
    """A file as read. `value` may be looked at only where `tree.broken` is false."""

    file: str
    tree: Tree

    @property
    def value(self) -> Any:
        return self.tree.value

    def place(self, path: Path, *, at_key: bool = False) -> Place:
        """Where the value at `path` starts, or its key; of the nearest enclosing value where there is none."""
        for length in range(len(path), -1, -1):
            known = self.tree.keys if at_key and length == len(path) else self.tree.values
            if path[:length] in known:
                return known[path[:length]]
        return Place(1, 1)

    def error(self, path: Path, message: str, *, at_key: bool = False) -> ContentError:
        return self._error(self.place(path, at_key=at_key), path, message)

    @cached_property
    def reading_errors(self) -> tuple[ContentError, ...]:
        return tuple(self._error(m.place, m.path, m.message) for m in self.tree.mistakes[:MAX_TOLD])

    def _error(self, place: Place, path: Path, message: str) -> ContentError:
        # What an author wrote may be quoted in the message or the key, and be of any length and hold line ends.
        return ContentError(self.file, _one_line(message, _MAX_MESSAGE), line=place.line, column=place.column, key=_one_line(dotted(path), _MAX_KEY))


Check = Callable[[Document], Iterable[ContentError]]


def load(text: str, file: str, model: type[Model], check: Check | None = None) -> Model:
    """`text` as a `model`; `check` adds mistakes that no single field can see, and works on the raw values.

    Raises:
        ContentErrors: every mistake of the file, in order of place.
    """
    tree = read_yaml(text)
    document = Document(file, tree)
    if tree.broken:
        raise ContentErrors(_in_order(document.reading_errors))
    if not isinstance(tree.value, dict):
        raise ContentErrors([*document.reading_errors, document.error((), "the file holds no keys; write `key: value`, one to a line")])
    found: list[ContentError] = list(document.reading_errors)
    loaded = None
    try:
        loaded = model.model_validate(tree.value)
    except ValidationError as problem:
        found.extend(islice(_model_errors(document, model, problem), MAX_TOLD))
    if check is not None:
        found.extend(islice(check(document), MAX_TOLD))
    if found or loaded is None:
        raise ContentErrors(_in_order(found))
    return loaded


def dotted(path: Path) -> str:
    return ".".join(str(part) for part in path if part != NOWHERE)


def near(said: str, known: Collection[str], *, limit: int | None = 12) -> str:
    """How a message goes on after an unknown name: the names that were probably meant, or up to `limit` of what there is."""
    names = (list(known) if limit is None else sorted(known))[:500]
    close = difflib.get_close_matches(said, names, n=3, cutoff=0.6)
    if close:
        return f"did you mean {' or '.join(close)}?"
    if not names:
        return "there is none yet"
    return f"choose from {', '.join(names[:limit])}" + (" and more" if limit and len(names) > limit else "")


def _in_order(errors: Iterable[ContentError]) -> list[ContentError]:
    """`errors` by place, each told once."""
    distinct = {(error.line or 0, error.column or 0, error.key, error.message): error for error in errors}
    return [distinct[place] for place in sorted(distinct)]


def _model_errors(document: Document, model: type[BaseModel], problem: ValidationError) -> Iterable[ContentError]:
    wrong = {mistake.path for mistake in document.tree.mistakes if mistake.path}
    for details in problem.errors(include_url=False):
        path = _path(document, details)
        if path not in wrong:
            at_key = details["type"] == "extra_forbidden" or details["loc"][-1:] == ("[key]",)
            yield document.error(path, _message(model, path, details), at_key=at_key)


def _path(document: Document, details: ErrorDetails) -> Path:
    """The error's place in the file: steps that only the model has are left out, a missing key is kept at the end."""
    path: Path = ()
    inner = tuple((details.get("ctx") or {}).get("at", ()))
    loc = details["loc"] + inner
    for index, part in enumerate(loc):
        known = (*path, part) in document.tree.values
        if known or (details["type"] == "missing" and index == len(loc) - 1):
            path = (*path, part)
    return path


def _message(model: type[BaseModel], path: Path, details: ErrorDetails) -> str:
    kind, ctx = details["type"], details.get("ctx") or {}
    if kind == "missing":
        example = _example(model, path)
        return f"is missing; add {example}" if example else "is missing; add it"
    if kind == "extra_forbidden":
        holder = _model_at(model, path[:-1]) or model
        return f"is no key here; {near(str(path[-1]), _keys(holder), limit=None)}"
    if kind in _WORDS:
        expected = _WORDS[kind].format(**ctx)
    elif kind == "form":
        return str(ctx["message"])
    else:
        expected = f"is not as expected ({details['msg']})"
    example = "" if kind == "literal_error" else _example(model, path)
    return f"{expected}, not {_shown(details['input'])}" + (f"; write for example {example}" if example else "")


_WORDS = {
    "string_type": "expected a text (in quotes if it looks like a number)",
    "string_too_short": "expected some text",
    "string_too_long": "expected at most {max_length} characters",
    "string_pattern_mismatch": "expected a name in small letters",
    "int_type": "expected a whole number",
    "int_parsing": "expected a whole number",
    "int_from_float": "expected a whole number",
    "float_type": "expected a number",
    "float_parsing": "expected a number",
    "bool_type": "expected true or false",
    "bool_parsing": "expected true or false",
    "tuple_type": "expected a list",
    "list_type": "expected a list",
    "dict_type": "expected keys and values",
    "model_type": "expected keys and values",
    "literal_error": "expected {expected}",
    "greater_than": "expected more than {gt}",
    "less_than": "expected less than {lt}",
    "multiple_of": "expected a multiple of {multiple_of}",
    "greater_than_equal": "expected {ge} or more",
    "less_than_equal": "expected {le} or less",
    "too_short": "expected at least {min_length} entries",
    "too_long": "expected at most {max_length} entries",
}


def _shown(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "keys and values"
    if isinstance(value, (list, tuple)):
        return f"a list of {len(value)}"
    return f"`{_one_line(str(value), 60)}`"


def _one_line(text: str, limit: int) -> str:
    text = " ".join(text[: 4 * limit].split())
    return text if len(text) <= limit else text[: limit - 3] + "..."


def _keys(model: type[BaseModel]) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items()]


def _example(model: type[BaseModel], path: Path) -> str:
    """What to write for the field nearest to the end of `path`, or nothing where the model gives no example."""
    for length in range(len(path), 0, -1):
        holder, key = _model_at(model, path[: length - 1]), path[length - 1]
        for name, field in holder.model_fields.items() if holder else ():
            if (field.alias or name) == key and field.examples:
                return f"`{field.examples[0]}`"
    return ""


def _model_at(model: type[BaseModel], path: Path) -> type[BaseModel] | None:
    """The model that describes the value at `path`, going through lists and mappings; None where there is none."""
    here: Any = model
    for part in path:
        if isinstance(here, type) and issubclass(here, BaseModel):
            fields = {field.alias or name: field for name, field in here.model_fields.items()}
            if part not in fields:
                return None
            here = fields[str(part)].annotation
        else:
            here = next((arg for arg in get_args(here) if _holds_model(arg)), None)
        while here is not None and not isinstance(part, int) and type(None) in get_args(here):
            here = next((arg for arg in get_args(here) if arg is not type(None)), None)
    return here if isinstance(here, type) and issubclass(here, BaseModel) else None


def _holds_model(annotation: Any) -> bool:
    return (isinstance(annotation, type) and issubclass(annotation, BaseModel)) or any(_holds_model(arg) for arg in get_args(annotation))
