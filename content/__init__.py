"""Everything an author writes, as packaged data; this module is the one door to those files."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable

__all__ = ["names", "path", "read"]


def path(*parts: str) -> Traversable:
    """The packaged file or folder at `parts`, one name each, as in `path("scenarios", "the-quiet-store.yaml")`.

    Raises:
        ValueError: a part is empty, hidden or holds a separator, and so could lead out of the content.
        FileNotFoundError: there is no such file or folder.
    """
    place: Traversable = files(__name__)
    for part in parts:
        if not part or part.startswith(".") or any(sign in part for sign in "/\\:\0"):
            raise ValueError(f"{part!r} is no name of a packaged file")
        place = place / part
    if not (place.is_file() or place.is_dir()):
        raise FileNotFoundError(f"no packaged content at {'/'.join(parts)}")
    return place


def read(*parts: str) -> str:
    """The text of the packaged file at `parts`, read as UTF-8. Raises as `path` does."""
    return path(*parts).read_text(encoding="utf-8")


def names(folder: str) -> tuple[str, ...]:
    """File names in `folder`, with their endings and in order; empty where nobody has written any yet."""
    try:
        place = path(folder)
    except FileNotFoundError:
        return ()
    return tuple(sorted(entry.name for entry in place.iterdir() if entry.is_file() and not entry.name.startswith((".", "__"))))
