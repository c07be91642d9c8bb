from __future__ import annotations

from collections.abc import Callable

import pytest

from simulator.commands import looks_and_moves
from simulator.dataplane.features import NO_ROWS_S
from simulator.durations import DAY_S
from simulator.observation import Observation
from simulator.timeline import Value
from simulator.world import World

Fork = Callable[..., World]
Do = Callable[[World, str], Observation]

WEB, APP, MARKETPLACE = (f"transform.convert/payments.amount.{channel}" for channel in ("web", "app", "marketplace"))


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["pipelines trigger features"], {}),
        (["pipelines backfill materialise --view card_velocity"], {}),
        (["train start --window 14d"], {}),
        (["sources request-fix payments"], {}),
        (["pipelines pause features"], {"pipeline.paused/features": True}),
        (["pipelines pause features", "pipelines resume features"], {"pipeline.paused/features": False}),
        (["pipelines dry-run merchant_risk on"], {"pipeline.dry_run/merchant_risk": True}),
        (["pipelines dry-run merchant_risk on", "pipelines dry-run merchant_risk off"], {"pipeline.dry_run/merchant_risk": False}),
        (["features withhold card_profile"], {"online.withheld/card_profile": True}),
        (["features withhold card_profile", "features serve card_profile"], {"online.withheld/card_profile": False}),
        (["features purge card_profile"], {"online.event_time_s/card_profile": NO_ROWS_S}),
        (["sources convert payments.amount --factor 0.01"], {WEB: 0.01, APP: 0.01, MARKETPLACE: 0.01}),
        (["sources convert payments.amount --factor 0.01 --channel app"], {APP: 0.01}),
        (["sources convert payments.amount --factor 0.01 --channel app", "sources convert payments.amount --factor 1"], {APP: 1.0}),
        (["labels map-keys on"], {"labels.key_mapping": True}),
        (["labels rejoin"], {"labels.rejoin": "all"}),
        (["train frame --join latest --window 14d"], {"training.join": "latest", "training.window_s": 14 * DAY_S}),
        (["train frame --label-age 30d --window 28d"], {"training.label_age_s": 30 * DAY_S}),
        (["train transform t4"], {"transform.training": "t4"}),
        (["gate set --margin 0.3"], {"gate.margin": 0.3}),
        (["delivery auto-promote off"], {"delivery.auto_promote": False}),
        (["registry promote v3"], {"alias.champion": "v3"}),
        (["registry challenger v3 --share 10%"], {"alias.challenger": "v3", "traffic.challenger_share": 0.1}),
        (["registry challenger v3 --share 10%", "registry challenger off"], {"alias.challenger": None, "traffic.challenger_share": 0.0}),
        (["threshold set 0.3"], {"decision.threshold": 0.3}),
        (["serving scale model-server 6"], {"serving.replicas/model-server": 6.0}),
        (["serving scale model-server 3"], {"serving.replicas/model-server": 3.0}),
        (["serving scale model-server 6", "serving scale model-server --auto"], {"serving.replicas/model-server": 0.0}),
        (["serving shed model-server --queue 20"], {"serving.queue_limit/model-server": 20.0}),
        (["serving shed feature-server --queue 5", "serving shed feature-server --queue 0"], {"serving.queue_limit/feature-server": 0.0}),
        (["serving packing model-server --per-gpu 3"], {"serving.per_gpu/model-server": 3.0}),
        (["autoscaler set model-server --max 4"], {"autoscaler.max/model-server": 4.0}),
        (
            ["autoscaler set model-server --kind kpa --signal concurrency --target 2 --min 0 --max 6 --window 2m"],
            {
                "autoscaler.kind/model-server": "kpa",
                "autoscaler.signal/model-server": "concurrency",
                "autoscaler.target/model-server": 2.0,
                "autoscaler.min/model-server": 0.0,
                "autoscaler.max/model-server": 6.0,
                "autoscaler.window_s/model-server": 120.0,
            },
        ),
        (
            ["autoscaler set model-server --target 60%", "autoscaler set model-server --signal cpu"],
            {"autoscaler.target/model-server": 0.0, "autoscaler.signal/model-server": "cpu"},
        ),
        (["node pool gpu --min 3 --max 6"], {"pool.min/gpu": 3.0, "pool.max/gpu": 6.0}),
        (["node pool gpu --market spot", "node pool gpu --market on-demand"], {"pool.market/gpu": "on-demand"}),
        (["callers retries --attempts 2"], {}),
        (["serving restart feature-server"], {"serving.restart/feature-server": "rolling"}),
        (["serving timeout --fetch 1200"], {"serving.fetch_timeout_ms": 1200.0}),
        (["serving timeout --fetch 1200 --request 2500"], {"serving.fetch_timeout_ms": 1200.0, "serving.request_timeout_ms": 2500.0}),
        (["serving transform t4"], {"transform.serving": "t4"}),
        (["alerts silence latency-p99-high"], {"alert.silenced/latency-p99-high": True}),
        (["alerts silence latency-p99-high", "alerts unsilence latency-p99-high"], {"alert.silenced/latency-p99-high": False}),
        (["alerts threshold latency-p99-high 2500"], {"alert.threshold/latency-p99-high": 2500.0}),
    ],
)
def test_a_move_pulls_the_levers_that_it_names_and_no_other(fork: Fork, do: Do, pulled: Callable[[World], dict[str, Value]], lines: list[str], expected: dict[str, Value]) -> None:
    world = fork()
    for line in lines:
        do(world, line)
    assert pulled(world) == expected


def test_every_move_says_what_it_is_for_and_only_a_purge_cannot_be_undone() -> None:
    moves = [command for command in looks_and_moves().values() if command.kind == "move"]
    assert len(moves) >= 30
    assert [command.name for command in moves if not (command.help and command.covers and command.takes_s >= 60.0 and command.blast in ("narrow", "wide"))] == []
    assert [command.name for command in moves if not command.reversible] == ["features purge"]
