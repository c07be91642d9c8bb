"""How much each fact varies between worlds in which nothing is wrong: measured once per system, kept as data.

The file `content/noise/<system>.yaml` says how it was measured; `measure` makes it anew.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import lru_cache

import content
from scenarios.incident import history, nominal_page_s
from scenarios.words import registry
from simulator.commands import parse
from simulator.durations import HOUR_S
from simulator.errors import Refused
from simulator.observation import significant
from simulator.spec import SystemSpec
from simulator.world import World

SIGMAS = 3.0
TINY = 1e-12
"""What rounding alone leaves of a fact that does not vary."""
NOISE_SEEDS = range(201, 213)
Noise = Mapping[str, float]
"""Standard deviation by `look fact`, and by fact alone for looks that were not measured."""


@lru_cache(maxsize=4)
def load_noise(system: str) -> Noise:
    """The packaged noise of a system; empty where none was measured."""
    import yaml

    name = f"{system}.yaml"
    if name not in content.names("noise"):
        return {}
    return {str(k): float(v) for k, v in yaml.safe_load(content.read("noise", name))["standard_deviation"].items()}


def noise_of(noise: Noise, look: str, fact: str) -> float:
    return noise.get(f"{look} {fact}", noise.get(fact, 0.0))


def standard_looks() -> list[str]:
    """One line per look that can be taken without naming anything that only one world has."""
    lines = []
    for command in registry().values():
        if command.kind != "look" or command.name == "sql":
            continue
        required = [p for p in command.params if p.required]
        if not required:
            lines.append(command.name)
        elif len(required) == 1 and required[0].names in _NAMED:
            lines.extend(f"{command.name} {name}" for name in _names(required[0].names))
    return lines


_NAMED = ("feature", "view", "dag", "source", "metric")


def _names(what: str) -> list[str]:
    from simulator.dataplane.features import FEATURES, VIEWS
    from simulator.platform.dags import DAGS
    from simulator.telemetry.signals import signal_names

    return {
        "feature": list(FEATURES),
        "view": [v.name for v in VIEWS],
        "dag": [d.name for d in DAGS],
        "source": ["payments", "devices"],
        "metric": signal_names(),
    }[what]


def measure(spec: SystemSpec, seeds: range, progress: Callable[[str], None] = lambda text: None) -> dict[str, float]:
    """Standard deviation of each numeric fact of the standard looks over control worlds, one per seed, on a working day at noon."""
    seen: dict[str, list[float]] = {}
    commands = registry()
    for seed in seeds:
        page = nominal_page_s(seed)
        start = [m for m in history(spec, seed) if m.at_s < page - 5 * HOUR_S][-1]
        world = World(spec, seed, start=start, exact_from_s=page - 4 * HOUR_S)
        world.advance(page)
        for line in standard_looks():
            invocation = parse(line, commands)
            assert invocation.command.run is not None
            try:
                found = invocation.command.run(world, invocation.args).facts
            except Refused:
                continue
            for fact, value in found.items():
                if not isinstance(value, str):
                    seen.setdefault(f"{invocation.command.name} {fact}", []).append(value)
        progress(f"seed {seed}")
    out: dict[str, float] = {}
    for key, values in sorted(seen.items()):
        if len(values) > 2:
            mean = math.fsum(values) / len(values)
            out[key] = significant(math.sqrt(math.fsum((v - mean) ** 2 for v in values) / (len(values) - 1)), 3)
    return {key: sd for key, sd in out.items() if sd > TINY}


def noise_file(measured: Noise, seeds: range) -> str:
    """The text of a noise file."""
    head = [
        "# How much each fact of a look varies between worlds in which nothing is wrong: standard deviation by look and fact.",
        "# Made by `hotseat calibrate --noise`: control worlds of these seeds, on a working day between 09:00 and 15:00.",
        "format_version: 1",
        f"seeds: [{', '.join(map(str, seeds))}]",
        "standard_deviation:",
    ]
    return "\n".join([*head, *(f'  "{key}": {sd:g}' for key, sd in measured.items())]) + "\n"
