"""How much each fact varies between worlds in which nothing is wrong: measured once per system, kept as data.

The file `content/noise/<system>.yaml` says how it was measured; `measure` makes it anew.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import content
from scenarios.incident import history, nominal_page_s
from scenarios.words import registry
from simulator.calendar import hour_of_day
from simulator.commands import parse
from simulator.durations import DAY_S, HOUR_S
from simulator.errors import Refused
from simulator.observation import Fact, significant
from simulator.spec import SystemSpec
from simulator.telemetry.alerts import status
from simulator.world import World

SIGMAS = 3.0
TINY = 1e-12
"""What rounding alone leaves of a fact that does not vary."""
NOISE_SEEDS = range(201, 213)
_VERSION = re.compile(r"\.v\d+$")
LEAST_WORLDS = 3
"""In fewer than these nothing can be said about how much a fact varies."""
Noise = Mapping[str, float]
"""Standard deviation by `look fact`, and by fact alone for looks that were not measured."""


@dataclass(frozen=True, slots=True)
class Varied:
    """How a number of a look varied over the worlds."""

    mean: float
    """Over the worlds, and over the lines that show the fact where there are several."""
    standard_deviation: float
    """0 where it did not vary."""
    worlds: int
    """How many showed it."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """A noise file: what was measured, and how."""

    seeds: tuple[int, ...]
    """One world for each, in which nothing is wrong."""
    days: tuple[int, int]
    """First and last day of the worlds on which the looks were taken; all are working days."""
    hours: tuple[float, float]
    """Earliest and latest hour of the day at which they were taken."""
    numbers: Mapping[str, Varied]
    """By `look fact`."""
    texts: tuple[str, ...]
    """Facts that are texts, as `look fact`. They have no noise: another text is another text."""


NOT_MEASURED = Measurement((), (0, 0), (0.0, 0.0), {}, ())


@lru_cache(maxsize=4)
def load_measurement(system: str) -> Measurement:
    """The packaged measurement of a system; NOT_MEASURED where there is none."""
    import yaml

    name = f"{system}.yaml"
    if name not in content.names("noise"):
        return NOT_MEASURED
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # a sixth of the time; grades wait for it
    found = yaml.load(content.read("noise", name), Loader=loader)
    numbers = {str(key): Varied(float(v["mean"]), float(v["sd"]), int(v["worlds"])) for key, v in found["numbers"].items()}
    first_day, last_day = found["days"]
    earliest, latest = found["hours"]
    return Measurement(tuple(found["seeds"]), (first_day, last_day), (earliest, latest), numbers, tuple(found["texts"]))


@lru_cache(maxsize=4)
def load_noise(system: str) -> Noise:
    """The packaged noise of a system, of facts that vary; empty where none was measured."""
    return {key: varied.standard_deviation for key, varied in load_measurement(system).numbers.items() if varied.standard_deviation}


def noise_of(noise: Noise, look: str, fact: str) -> float:
    # A version that no measured world came to varies as the one that served there.
    usual = _VERSION.sub(".champion", fact)
    return noise.get(f"{look} {fact}", noise.get(fact, noise.get(f"{look} {usual}", 0.0)))


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


def measure(spec: SystemSpec, seeds: range, progress: Callable[[str], None] = lambda text: None) -> Measurement:
    """How each fact of the standard looks varies over control worlds, one per seed, on a working day."""
    seen: dict[str, dict[str, list[float]]] = {}
    texts: dict[str, None] = {}
    pages = [nominal_page_s(seed) for seed in seeds]
    for seed, page in zip(seeds, pages, strict=True):
        start = [m for m in history(spec, seed) if m.at_s < page - 5 * HOUR_S][-1]
        world = World(spec, seed, start=start, exact_from_s=page - 4 * HOUR_S)
        world.advance(page)
        for line, key, value in _shown(world):
            if isinstance(value, str):
                texts[key] = None
            else:
                seen.setdefault(key, {}).setdefault(line, []).append(value)
        progress(f"seed {seed}")
    days, hours = [int(page // DAY_S) for page in pages], [hour_of_day(page) for page in pages]
    numbers = {key: varied for key, by_line in sorted(seen.items()) if (varied := _varied(by_line)).worlds >= LEAST_WORLDS}
    return Measurement(tuple(seeds), (min(days), max(days)), (min(hours), max(hours)), numbers, tuple(sorted(texts)))


def _shown(world: World) -> Iterator[tuple[str, str, Fact]]:
    """Line, `look fact` and value of all that the standard looks show in a world; and the values of alerts, also of the inactive ones, which `alerts` keeps back."""
    commands = registry()
    for line in standard_looks():
        invocation = parse(line, commands)
        assert invocation.command.run is not None
        try:
            found = invocation.command.run(world, invocation.args).facts
        except Refused:
            continue
        for fact, value in found.items():
            if not (invocation.command.name == "alerts" and fact.startswith("value.")):
                yield line, f"{invocation.command.name} {fact}", value
    for rule in world.spec.alerts:
        reading = status(world, rule).value
        if reading is not None:
            yield "alerts", f"alerts value.{rule.name}", reading


def _varied(by_line: Mapping[str, Sequence[float]]) -> Varied:
    """How a fact varies between worlds. How lines differ that show a fact of the same name, as of two DAGs, is no noise: the line where it varies most counts."""
    values = [value for of_line in by_line.values() for value in of_line]
    return Varied(significant(math.fsum(values) / len(values)), max(map(_standard_deviation, by_line.values())), max(map(len, by_line.values())))


def _standard_deviation(values: Sequence[float]) -> float:
    """Of a sample, to 3 significant digits; 0 of a single value, and of what rounding alone leaves."""
    if len(values) < 2:
        return 0.0
    mean = math.fsum(values) / len(values)
    found = significant(math.sqrt(math.fsum((v - mean) ** 2 for v in values) / (len(values) - 1)), 3)
    return found if found > TINY else 0.0


def noise_file(measured: Measurement) -> str:
    """The text of a noise file, as `load_measurement` reads it."""
    head = [
        "# How much each fact of a look varies between worlds in which nothing is wrong.",
        "# Made by `hotseat calibrate --noise`, read by `hotseat noise`: one control world for each seed, looked at once, on a working day.",
        "# numbers: mean, standard deviation (sd) and how many worlds showed the fact. texts: facts that are no numbers.",
        "format_version: 2",
        f"seeds: [{', '.join(map(str, measured.seeds))}]",
        f"days: [{measured.days[0]}, {measured.days[1]}]",
        f"hours: [{measured.hours[0]:g}, {measured.hours[1]:g}]",
        "numbers:",
    ]
    numbers = [f'  "{key}": {{mean: {v.mean:g}, sd: {v.standard_deviation:g}, worlds: {v.worlds}}}' for key, v in measured.numbers.items()]
    return "\n".join([*head, *numbers, "texts:", *(f'  - "{key}"' for key in measured.texts)]) + "\n"
