"""What a person set for the screens of this machine: theme, keys, clock. One JSON file in the state folder.

A file that cannot be read never stops the app: the defaults are used and one line says why. What another version of Hotseat wrote
into the file is kept.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from console.home import home
from console.untrusted import untrusted_line

THEMES = ("hotseat-dark", "hotseat-light", "hotseat-contrast")
SLOWEST, FASTEST = 1.0, 3600.0
"""Bounds of a live clock's speed, in virtual seconds per second."""
FORMAT_VERSION = 1
_MOST_BYTES = 256 * 1024
_MOST_KEYS = 500
_LONGEST_KEY = 60


@dataclass(frozen=True, slots=True)
class Settings:
    theme: str = THEMES[0]
    keys: Mapping[str, str] = field(default_factory=dict)
    """Keys that differ from their default, by id of the binding."""
    speed: float | None = None
    """Speed of the live clock that a new drill is offered; None for a clock by action."""
    others: Mapping[str, Any] = field(default_factory=dict)
    """Entries of the file that this version does not know."""


def settings_file() -> Path:
    return home() / "settings.json"


def load_settings() -> tuple[Settings, str]:
    """The settings, and one line on what in their file could not be used; empty where all was well."""
    file = settings_file()
    try:
        read = _entries(file)
    except OSError as problem:
        return Settings(), f"{file}: {_reason(problem)}; the defaults are used"
    except (ValueError, RecursionError) as problem:
        return Settings(), f"{file}: {_reason(problem)}; the defaults are used, and the file is set aside when a setting changes"
    settings, faults = _settings(read)
    return settings, f"{file}: {'; '.join(faults)}" if faults else ""


def save_settings(settings: Settings) -> str:
    """Write the file, whole or not at all. The text says in one line why it could not be done; empty where it was.

    Note:
        Creates the state folder, and sets a file that cannot be read aside as `settings.json.unread`.
    """
    file = Path(os.path.realpath(settings_file()))  # a link into a folder of dotfiles stays a link
    kept = {"format_version": FORMAT_VERSION, "theme": settings.theme, "keys": dict(settings.keys), "speed": settings.speed}
    part = ""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=file.parent, prefix="settings.", suffix=".part", delete=False) as out:
            part = out.name
            json.dump({**settings.others, **kept}, out, indent=2)
            out.write("\n")
            out.flush()
            os.fsync(out.fileno())
        _set_aside(file)
        os.replace(part, file)
    except OSError as problem:
        if part:
            with suppress(OSError):
                os.unlink(part)
        return f"{file}: settings cannot be kept: {_reason(problem)}"
    return ""


def _entries(file: Path) -> dict[str, Any]:
    """The file's entries, none where there is no file. Raises OSError, ValueError or RecursionError."""
    if not file.exists():
        return {"format_version": FORMAT_VERSION}
    if not file.is_file():
        raise ValueError("is no file")
    with file.open("rb") as source:
        data = source.read(_MOST_BYTES + 1)
    if len(data) > _MOST_BYTES:
        raise ValueError(f"is larger than {_MOST_BYTES // 1024} kB")
    read = json.loads(data)
    if not isinstance(read, dict):
        raise ValueError("holds no settings")
    version = read.get("format_version")
    if version != FORMAT_VERSION or isinstance(version, bool):
        raise ValueError(f"has format_version {str(version)[:20]}, and this Hotseat reads {FORMAT_VERSION}")
    return read


def _settings(read: dict[str, Any]) -> tuple[Settings, list[str]]:
    """What can be used of the entries, and what cannot be."""
    faults = []
    theme, keys, speed = read.get("theme", THEMES[0]), read.get("keys", {}), read.get("speed")
    if theme not in THEMES:
        faults.append(f"there is no theme {str(theme)[:40]!r}, so {THEMES[0]} is used")
        theme = THEMES[0]
    good = {name: key for name, key in keys.items() if _is_key(key)} if isinstance(keys, dict) and len(keys) <= _MOST_KEYS else {}
    if not isinstance(keys, dict) or len(good) < len(keys):
        faults.append("keys that cannot be read have their default")
    if speed is not None and not is_speed(speed):
        faults.append(f"speed is not a number from {SLOWEST:g} to {FASTEST:g}, so the clock goes by action")
        speed = None
    others = {name: value for name, value in read.items() if name not in ("format_version", "theme", "keys", "speed")}
    return Settings(theme, good, None if speed is None else float(speed), others), faults


def is_speed(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and SLOWEST <= value <= FASTEST


def _is_key(key: object) -> bool:
    return isinstance(key, str) and 0 < len(key) <= _LONGEST_KEY and key.isprintable() and not any(sign.isspace() for sign in key)


def _set_aside(file: Path) -> None:
    """Keep a file that this version cannot read: a person may have written it, or a newer Hotseat."""
    try:
        _entries(file)
    except (ValueError, RecursionError):
        os.replace(file, file.with_name(file.name + ".unread"))


def _reason(problem: Exception) -> str:
    if isinstance(problem, OSError):
        return problem.strerror or "cannot be read"
    if isinstance(problem, json.JSONDecodeError):
        return f"is no JSON at line {problem.lineno}: {untrusted_line(problem.msg)}"
    if isinstance(problem, UnicodeDecodeError):
        return "is no text"
    return "is nested too deep" if isinstance(problem, RecursionError) else untrusted_line(str(problem))
