from __future__ import annotations

from collections.abc import Callable

import pytest

from simulator.catalogue import LEVERS
from simulator.commands import looks_and_moves, parse
from simulator.errors import Refused
from simulator.world import Checkpoint, World

Fork = Callable[..., World]

STANDARD = {lever.name: lever.default for lever in LEVERS}
MARGIN, THRESHOLD = STANDARD["gate.margin"], STANDARD["decision.threshold"]
REFUSED = [
    ("pipelines trigger nightly", "no DAG nightly; there are features, labels, drift, train"),
    ("pipelines pause nightly", "no DAG nightly"),
    ("pipelines resume features", "features is not paused"),
    ("pipelines backfill materialise --view cards", "no feature view cards; there are card_velocity, card_profile, merchant_risk"),
    ("pipelines repoint card_velocity", "already reads card_velocity from the newest"),
    ("pipelines repoint cards", "no feature view cards"),
    ("features withhold cards", "no feature view cards"),
    ("features serve card_profile", "card_profile is not withheld"),
    ("features purge cards", "no feature view cards"),
    ("sources convert amount --factor 2", "no streamed field amount; there are payments.amount, devices.session_seconds"),
    ("sources convert payments.amount --factor 0", "takes a number from 1e-06 to 1e+06"),
    ("sources convert payments.amount --factor 1e9", "takes a number from"),
    ("sources convert payments.amount --factor 1", "multiplied by 1 already"),
    ("sources request-fix orders", "no source orders; there are payments, devices, chargebacks, warehouse, online-store"),
    ("labels map-keys off", "off already"),
    ("train start --window 200d", "training.window_s takes"),
    ("train start --label-age 1m", "training.label_age_s takes"),
    ("train frame", "give --window, --label-age or --join"),
    ("train frame --join latest --window 200d", "training.window_s takes"),
    ("train frame --join point-in-time", "built that way already"),
    ("train transform t9", "no transform version t9; there are t3, t3.1, t4"),
    ("train transform t3", "uses t3 already"),
    ("gate set --margin 2", "gate.margin takes"),
    (f"gate set --margin {MARGIN:g}", "already"),
    ("delivery auto-promote on", "on already"),
    ("registry promote v99", "no model version v99"),
    ("registry promote v0", "no model version v0"),
    ("registry promote v8", "v8 is the champion already"),
    ("registry rollback --to v8", "v8 is the champion already"),
    ("registry rollback --to v99", "no model version v99"),
    ("registry challenger v99 --share 10%", "no model version v99"),
    ("registry challenger v8 --share 10%", "v8 is the champion"),
    ("registry challenger v3 --share 10", "write 10% or 0.1"),
    ("registry challenger v3 --share 0", "write 10% or 0.1"),
    ("registry challenger off", "no version is challenger"),
    ("threshold set 1.5", "decision.threshold takes"),
    (f"threshold set {THRESHOLD:g}", "already"),
    ("serving scale database 3", "no service database; there are feature-server, model-server"),
    ("serving scale model-server 0", "1 to 64 replicas"),
    ("serving scale model-server 65", "1 to 64 replicas"),
    ("serving scale model-server", "either a number of replicas or --auto"),
    ("serving scale model-server 4 --auto", "either a number of replicas or --auto"),
    ("serving scale model-server --auto", "left to its autoscaler already"),
    ("serving shed database --queue 3", "no service database"),
    ("serving shed model-server --queue 0", "lets any number of requests wait already"),
    ("serving shed model-server --queue -1", "serving.queue_limit takes"),
    ("serving packing model-server --per-gpu 0", "1 to 16 replicas can share a card"),
    ("serving packing model-server --per-gpu 2", "2 replicas of model-server share a card already"),
    ("serving packing feature-server --per-gpu 2", "feature-server runs without GPU"),
    ("autoscaler set database --max 3", "no service database"),
    ("autoscaler set model-server", "nothing to change; give --kind"),
    ("autoscaler set model-server --kind hpa", "set that way already"),
    ("autoscaler set model-server --kind kpa", "a kpa counts requests; give --signal concurrency or rate, not gpu"),
    ("autoscaler set model-server --target 0", "the target is above 0"),
    ("autoscaler set model-server --target 70", "a share of one replica, from 0 to 1, not 70"),
    ("autoscaler set model-server --min 0", "only a kpa scales to zero"),
    ("autoscaler set model-server --min 7 --max 5", "the fewest replicas, 7, are more than the most, 5"),
    ("autoscaler set model-server --max 2", "the fewest replicas, 3, are more than the most, 2"),
    ("autoscaler set model-server --max 0", "at least 1 replica"),
    ("autoscaler set model-server --max 65", "autoscaler.max takes"),
    ("node pool tpu --max 3", "no node pool tpu; there are cpu, gpu, train-spot"),
    ("node pool gpu", "nothing to change; give --min, --max or --market"),
    ("node pool gpu --max 1", "the nodes that gpu keeps, 2, are more than its quota, 1"),
    ("node pool gpu --min -1", "no fewer than 0 nodes"),
    ("node pool gpu --market on-demand", "set that way already"),
    ("callers retries", "nothing to change; give --attempts"),
    ("callers retries --attempts 0", "at least 1 attempt"),
    ("callers retries --attempts 21", "callers.attempts takes"),
    ("callers retries --budget -1", "not below 0"),
    ("callers retries --backoff 2m", "callers.backoff_ms takes"),
    ("serving restart database", "no service database"),
    ("serving timeout", "give --fetch or --request"),
    ("serving timeout --request 0", "at least 1 ms"),
    ("serving timeout --fetch 1000 --request 90000", "request_timeout_ms takes"),
    ("serving timeout --fetch 900", "fetch 900 ms already"),
    ("serving transform t9", "no transform version t9"),
    ("alerts silence no-such-rule", "no alert rule no-such-rule; there are missed-fraud-high"),
    ("alerts unsilence latency-p99-high", "is not silenced"),
    ("alerts threshold latency-p99-high 1800", "1800 already"),
    ("alerts threshold latency-p99-high 0", "1800 already"),
    ("drift reference --start 7d", "four weeks long and must be over"),
    ("drift reference --start 90d", "payments are kept since"),
]


@pytest.fixture(scope="module")
def world(quiet: Checkpoint) -> World:
    return World(quiet.spec, quiet.seed, start=quiet, exact_from_s=quiet.at_s)


def refusal(world: World, line: str) -> str:
    typed = parse(line, looks_and_moves())
    assert typed.command.run is not None
    with pytest.raises(Refused) as raised:
        typed.command.run(world, typed.args)
    return str(raised.value)


@pytest.mark.parametrize(("line", "reason"), REFUSED)
def test_a_refused_move_says_why_in_one_line_and_pulls_nothing(world: World, line: str, reason: str) -> None:
    before = list(world.levers.all_edits()), dict(world.log.runs)
    said = refusal(world, line)
    assert reason in said
    assert "\n" not in said
    assert (list(world.levers.all_edits()), dict(world.log.runs)) == before


def test_a_world_in_which_every_move_was_refused_goes_on_as_if_none_had_been_tried(fork: Fork) -> None:
    refused, untouched = fork(), fork()
    for line, _ in REFUSED:
        refusal(refused, line)
    for world in (refused, untouched):
        world.advance(world.now_s + 3600.0)
    assert refused.digest() == untouched.digest()
