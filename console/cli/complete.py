"""What the shell offers after a tab. Looks at names of files only, so that a tab costs no world."""

from __future__ import annotations


def scenarios(incomplete: str) -> list[str]:
    import content

    return [name for name in (file.removesuffix(".yaml") for file in content.names("scenarios")) if name.startswith(incomplete)]


def sessions(incomplete: str) -> list[str]:
    from console.home import home

    return sorted(name for name in (path.name.removesuffix(".journal") for path in (home() / "sessions").glob("*.journal")) if name.startswith(incomplete))


def players(incomplete: str) -> list[str]:
    from grader.players.library import PLAYERS

    return [name for name in PLAYERS if name.startswith(incomplete)]


def benches(incomplete: str) -> list[str]:
    from console.cli.bench import names

    return [name for name in names() if name.startswith(incomplete)]


def looks(incomplete: str) -> list[str]:
    from scenarios.words import registry

    return list(dict.fromkeys(word for command in registry().values() if command.kind == "look" for word in command.name.split() if word.startswith(incomplete)))
