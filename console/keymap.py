"""Which keys can be changed, and whether a new one may be taken. Knows bindings, and no screen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from textual.binding import Binding
from textual.dom import DOMNode

EVERYWHERE = "Everywhere"
NEEDED = frozenset(("enter", "escape", "tab", "shift+tab", "up", "down", "left", "right", "space", "backspace", "delete", "home", "end", "pageup", "pagedown", "ctrl+c"))
"""Keys that lists, forms and the command line cannot do without."""


class Rebindable(NamedTuple):
    """A binding that has an id."""

    id: str
    description: str
    keys: str
    """Default keys, parted by commas."""
    where: str = EVERYWHERE
    """The screen that it is for."""


def rebindable(places: Mapping[str, Iterable[type[DOMNode]]]) -> tuple[Rebindable, ...]:
    """The bindings with an id that these classes declare, by the screen that they are for; an id is listed once."""
    found: dict[str, Rebindable] = {}
    for where, owners in places.items():
        for owner in owners:
            for binding in owner.BINDINGS:
                if isinstance(binding, Binding) and binding.id and binding.id not in found:
                    found[binding.id] = Rebindable(binding.id, binding.description or binding.id, binding.key, where)
    return tuple(found.values())


def keys_of(binding: Rebindable, chosen: Mapping[str, str]) -> tuple[str, ...]:
    """The keys that a binding has now, by the names that Textual gives them."""
    keys = chosen.get(binding.id) or binding.keys
    return tuple(one.key for one in Binding.make_bindings([Binding(",".join(filter(None, map(str.strip, keys.split(",")))) or binding.keys, "")]))


def objection(key: str, wanted: Rebindable, bindings: Iterable[Rebindable], chosen: Mapping[str, str]) -> str:
    """Why `wanted` cannot have `key`, in one line; empty where it can."""
    if key in keys_of(wanted, {}):
        return ""
    if key in NEEDED:
        return f"{key} is needed in every list and form"
    if _is_typed(key) and not any(_is_typed(own) for own in keys_of(wanted, {})):
        return f"{key} would be typed into the command line; take a function key, or ctrl with a letter"
    other = taken_by(key, wanted, bindings, chosen)
    return f"{key} is taken by {other.description} ({other.where}); change that one first" if other else ""


def taken_by(key: str, wanted: Rebindable, bindings: Iterable[Rebindable], chosen: Mapping[str, str]) -> Rebindable | None:
    """Another binding that has `key` where `wanted` works too."""
    for other in bindings:
        if other.id != wanted.id and key in keys_of(other, chosen) and (other.where == wanted.where or EVERYWHERE in (other.where, wanted.where)):
            return other
    return None


def with_key(chosen: Mapping[str, str], wanted: Rebindable, key: str) -> dict[str, str]:
    """The chosen keys with `key` for one binding; its default is not kept as a choice."""
    rest = {name: keys for name, keys in chosen.items() if name != wanted.id}
    return rest if (key,) == keys_of(wanted, {}) else {**rest, wanted.id: key}


def _is_typed(key: str) -> bool:
    """Whether a key types a sign where there is something to type into."""
    *_, last = key.split("+")
    return "ctrl" not in key.split("+") and "alt" not in key.split("+") and not (last[:1] == "f" and last[1:].isdigit()) and last not in _SILENT


_SILENT = frozenset(("insert", "home", "end", "pageup", "pagedown", "up", "down", "left", "right", "escape", "enter", "tab", "backspace", "delete"))
