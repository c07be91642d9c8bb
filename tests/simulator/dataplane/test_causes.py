"""What is in force is found once for as long as it lasts, and is what it would be if it were found anew."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator.dataplane.causes import Causes
from simulator.dataplane.exact import Stretch
from simulator.dataplane.settings import InForce
from simulator.dataplane.specs import ServiceSpec, StationSpec
from simulator.levers import Levers
from simulator.nature.traffic import Traffic
from simulator.timeline import Edit

SPEC = ServiceSpec(StationSpec(1, 40.0), StationSpec(3, 60.0, restart_s=30.0), 250.0, 2000.0, store_read_share=0.75)
PULLS = (("online.slowdown", 5.0), ("serving.replicas/model-server", 5.0), ("serving.restart/model-server", "r1"), ("serving.fetch_timeout_ms", 500.0))
MOMENTS = st.integers(0, 40).map(lambda tens: 10.0 * tens)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(MOMENTS, st.sampled_from(PULLS)), max_size=5), st.lists(MOMENTS, min_size=1, max_size=12), MOMENTS, st.sampled_from(PULLS))
def test_what_is_held_is_what_is_in_force(
    levers: Callable[..., Levers], pulls: list[tuple[float, tuple[str, float | str]]], asked: list[float], later_s: float, later: tuple[str, float | str]
) -> None:
    pulled = levers(*((at_s, *pull) for at_s, pull in sorted(pulls, key=lambda pull: pull[0])))
    held = Causes(InForce(SPEC, pulled), cast(Traffic, None))

    def as_found_anew() -> None:
        for at_s in asked:
            anew = InForce(SPEC, pulled)
            assert held.stretch_at(at_s) == Stretch(0.0, anew.at(at_s), anew.away(at_s), None)
            assert held.stretch_at(at_s, 7.0).since_s == 7.0
            until_s = held.lasts_until(at_s)
            assert until_s == min(anew.changes(at_s, 1e9), default=float("inf"))

    as_found_anew()
    pulled.add(Edit(later_s, *later, "somebody", "a test"))
    as_found_anew()
