"""A look at log lines."""

from __future__ import annotations

from collections import Counter

from simulator.commands import Args, Noticeable, Param, look
from simulator.durations import HOUR_S, format_duration
from simulator.observation import Observation, rounded_facts, table
from simulator.telemetry.logs import LEVELS, log_lines
from simulator.world import World

_MOST_LINES = 200


@look(
    "logs",
    group="logs",
    takes="4m",
    params=(
        Param("last", "duration", "how far back", 6 * HOUR_S, unit="s"),
        Param("level", "text", "lowest level shown", "info", choices=LEVELS),
        Param("grep", "text", "only lines that hold this text, in any case"),
    ),
    noticeable={"level.": Noticeable(absolute=1.5, relative=0.2), "logger.": Noticeable(absolute=1.5, relative=0.2), "lines": Noticeable(absolute=1.5, relative=0.2)},
    covers=("sys.metrics",),
)
def logs(world: World, args: Args) -> Observation:
    """Shows log lines of tasks, services and the audit log, newest last; at most the last 200 that match. Counts are of all that match."""
    world.settle()
    wanted = LEVELS[LEVELS.index(args["level"]) :]
    text = (args["grep"] or "").lower()
    lines = [line for line in log_lines(world, world.now_s - args["last"], world.now_s) if line.level in wanted and (text in line.text.lower() or text in line.logger)]
    levels, loggers = Counter(line.level for line in lines), Counter(line.logger for line in lines)
    values: dict[str, object] = {"lines": len(lines)}
    values |= {f"level.{level}": levels[level] for level in wanted}
    values |= {f"logger.{name}": loggers[name] for name in sorted(loggers)}
    counts = [*((f"level {level}", levels[level]) for level in wanted), *((f"logger {name}", loggers[name]) for name in sorted(loggers))]
    shown = [(round(line.at_s), line.level, line.logger, line.text) for line in lines[-_MOST_LINES:]]
    return Observation(
        f"Logs of the last {format_duration(args['last'])}, {args['level']} and above",
        tables=(table("Counts", ("of", "lines"), counts), table(f"{len(shown)} of {len(lines)} lines", (("at", "time"), "level", "logger", "line"), shown)),
        text=() if lines else ("No line matches.",),
        facts=rounded_facts(values),
    )
