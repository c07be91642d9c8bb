"""The look at autoscalers: what each follows, what it reads now, how many replicas it asks for, and what it decided of late."""

from __future__ import annotations

from simulator.commands import Args, Noticeable, Param, look
from simulator.dataplane.windows import WINDOW_S
from simulator.durations import HOUR_S
from simulator.instruments.served import trailing
from simulator.observation import Cell, Observation, Series, rounded_facts, significant, table
from simulator.telemetry.fleet import desired, fleet_in_force, fleet_now, reading_now, scalings
from simulator.world import World

_NOTICEABLE = {
    "reading.": Noticeable(relative=0.12),
    "target.": Noticeable(relative=0.01),
    **{name: Noticeable(absolute=0.5, relative=0.0) for name in ("desired.", "ready.", "min.", "max.", "changes_1h.")},
}
_DECIDED = ("scaled-up", "scaled-down", "panic-entered", "panic-left")
_MOST_EVENTS = 40
_MOST_POINTS = 288


@look(
    "autoscaler",
    group="capacity",
    takes="2m",
    params=(Param("last", "duration", "how far back decisions go", 6 * HOUR_S, unit="s"),),
    noticeable=_NOTICEABLE,
    covers=("sys.autoscaling", "sys.kubernetes", "life.deployment"),
)
def autoscaler(world: World, args: Args) -> Observation:
    """Shows per service what its autoscaler follows, its target and what it reads per ready replica in the last 5 min, replicas desired and ready,
    the bounds, and how often it changed its mind in the last hour. Then its decisions with their reasons.
    """
    span = trailing(world, args, "last")
    setting, state = fleet_in_force(world), fleet_now(world)
    now_s = span.until_s
    fleet, windows = world.service.fleet_windows(now_s - WINDOW_S, now_s), world.service.windows(now_s - WINDOW_S, now_s)
    last_hour = world.service.fleet_events(now_s - HOUR_S, now_s)
    rows: list[tuple[Cell, ...]] = []
    values: dict[str, object] = {}
    for deployment in setting.deployments:
        service, scaler = deployment.service, deployment.autoscaler
        wanted, ready, changed = desired(state, deployment), len(state.ready(service)), len(scalings(last_hour, service))
        reading = reading_now(windows, fleet, deployment)
        pinned = deployment.pinned or None
        rows.append((service, scaler.kind, scaler.signal, scaler.target, reading, wanted, ready, scaler.min, scaler.max, scaler.window_s, pinned, changed))
        values |= {f"kind.{service}": "pinned" if pinned else scaler.kind, f"signal.{service}": scaler.signal, f"target.{service}": scaler.target}
        values |= {f"reading.{service}": reading, f"desired.{service}": wanted, f"ready.{service}": ready}
        values |= {f"min.{service}": scaler.min, f"max.{service}": scaler.max, f"changes_1h.{service}": changed}
    decided = [event for event in world.service.fleet_events(span.since_s, now_s) if event.kind in _DECIDED]
    heads = ("service", "kind", "signal", "target", "reading", "desired", "ready", "min", "max", ("window", "s"), "pinned", "changes in 1 h")
    return Observation(
        "Autoscalers",
        tables=(
            table("By service", heads, rows),
            table(
                f"Decisions of the last {span.length}",
                (("at", "time"), "service", "what", "why"),
                [(round(event.at_s), event.place, event.kind, event.text) for event in reversed(decided)][:_MOST_EVENTS],
            ),
        ),
        series=_counts(world, span.since_s, now_s),
        text=() if decided else (f"No autoscaler decided anything in the last {span.length}.",),
        facts=rounded_facts(values),
    )


def _counts(world: World, since_s: float, until_s: float) -> tuple[Series, ...]:
    """Replicas desired and ready of each service by window, thinned to what a chart can show."""
    fleet = world.service.fleet_windows(since_s, until_s)
    step = -(-len(fleet.start_s) // _MOST_POINTS) or 1
    at_s = tuple(float(at) + WINDOW_S for at in fleet.start_s[::step])
    return tuple(
        Series(f"{name}.{service}", "replicas", at_s, tuple(significant(float(value)) for value in getattr(found, name)[::step]))
        for service, found in fleet.services.items()
        for name in ("desired", "ready")
    )
