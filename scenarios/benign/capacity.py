"""Benign changes of capacity: replicas, autoscalers, pools of nodes, and what they may cost."""

from __future__ import annotations

from scenarios.benign.change import HOURS, BenignChange
from scenarios.faults.fault import FaultParam, Params
from scenarios.forms import Scalar
from simulator.durations import DAY_S, HOUR_S
from simulator.timeline import Edit


def _scale(at_s: float, params: Params) -> list[Edit]:
    return [Edit(at_s, "serving.replicas/model-server", 4.0, "fraud-ml", "one replica more for the campaign")]


def _autoscaler_window(at_s: float, params: Params) -> list[Edit]:
    return [Edit(at_s, "autoscaler.window_s/feature-server", float(params["seconds"]), "ml-platform", "scale the feature server down more patiently after the audit of last month")]


def _close_following(at_s: float, params: Params) -> list[Edit]:
    why = "the feature server starts within seconds, so let it follow its load closely"
    return [
        Edit(at_s, "autoscaler.kind/feature-server", "kpa", "ml-platform", why),
        Edit(at_s, "autoscaler.target/feature-server", float(params["target"]), "ml-platform", why),
        Edit(at_s, "autoscaler.window_s/feature-server", float(params["seconds"]), "ml-platform", why),
    ]


def _autoscaler_ceiling(at_s: float, params: Params) -> list[Edit]:
    return [
        Edit(
            at_s,
            "autoscaler.max/model-server",
            float(round(float(params["replicas"]))),
            "ml-platform",
            "most replicas of each service reviewed; above what any day of the year needed",
        )
    ]


def _campaign_capacity(at_s: float, params: Params) -> list[Edit]:
    return [Edit(at_s, "serving.replicas/feature-server", float(round(float(params["replicas"]))), "data-platform", "feature servers for the campaign, as in the load test")]


def _pool_upgrade(at_s: float, params: Params) -> list[Edit]:
    pool = str(params["pool"])
    return [
        Edit(at_s, f"pool.min/{pool}", float(round(float(params["nodes"]))), "ml-platform", f"spare nodes in {pool} while its nodes get the new image, a few at a time"),
        Edit(at_s + float(params["hours"]) * HOUR_S, f"pool.min/{pool}", -1.0, "ml-platform", f"the nodes of {pool} are upgraded"),
    ]


def _spot_market(at_s: float, params: Params) -> list[Edit]:
    return [Edit(at_s, "pool.reclaims_per_hour/train-spot", float(params["reclaims_per_hour"]), "the cloud", "demand for the machine type")]


def _budget(at_s: float, params: Params) -> list[Edit]:
    return [Edit(at_s, f"budget.daily_usd/{params['team']}", float(params["usd"]), "finance", "budget of the quarter, after the new prices of the cloud")]


def _autoscaler_as_code(at_s: float, params: Params) -> list[Edit]:
    settings: tuple[tuple[str, Scalar], ...] = (("kind", "hpa"), ("signal", "cpu"), ("target", 0.75), ("min", 2.0), ("max", 6.0))
    why = "the autoscaler's settings are written into the repository as they are"
    return [Edit(at_s, f"autoscaler.{name}/feature-server", value, "ml-platform", why) for name, value in settings]


def _pool_quota(at_s: float, params: Params) -> list[Edit]:
    return [Edit(at_s, "pool.max/cpu", float(round(float(params["nodes"]))), "ml-platform", "yearly review of quotas: room for one more service in cpu")]


def _kept_machine(at_s: float, params: Params) -> list[Edit]:
    end_s = at_s + float(params["hours"]) * HOUR_S
    return [
        Edit(at_s, "pool.min/train-spot", 1.0, "fraud-ml", "one machine of train-spot is kept for the demo at the conference"),
        Edit(at_s, "budget.daily_usd/fraud-ml", float(params["usd"]), "finance", "room for the demo at the conference, until its day is billed"),
        Edit(end_s, "pool.min/train-spot", -1.0, "fraud-ml", "the demo is over"),
        Edit(end_s + 2 * DAY_S, "budget.daily_usd/fraud-ml", 0.0, "finance", "the day of the demo is billed"),
    ]


CHANGES = (
    BenignChange("extra-replica", "one model server replica more", (), _scale),
    BenignChange("autoscaler-window", "the feature server is scaled down more patiently", (FaultParam("seconds", "stabilisation", low=360, high=600),), _autoscaler_window),
    BenignChange(
        "close-following",
        "the feature server, which starts within seconds, is scaled up and down all the time",
        (
            FaultParam("target", "requests under way that a replica is meant to hold", low=0.6, high=0.9),
            FaultParam("seconds", "seconds of load that it goes by", low=60, high=90),
        ),
        _close_following,
    ),
    BenignChange(
        "autoscaler-ceiling",
        "the most replicas of the model server are set anew, above what it needs",
        (FaultParam("replicas", "the most", low=5, high=7),),
        _autoscaler_ceiling,
    ),
    BenignChange("campaign-capacity", "the feature server is held at more replicas, for a campaign", (FaultParam("replicas", "how many", low=4, high=5),), _campaign_capacity),
    BenignChange(
        "node-pool-upgrade",
        "a pool has spare nodes while its nodes are upgraded",
        (FaultParam("pool", "which pool", ("cpu", "gpu")), FaultParam("nodes", "fewest nodes meanwhile", low=3, high=3), HOURS),
        _pool_upgrade,
    ),
    BenignChange(
        "spot-market",
        "spot machines for training are in a little more demand",
        (FaultParam("reclaims_per_hour", "reclaims per node and hour", low=0.02, high=0.06),),
        _spot_market,
    ),
    BenignChange(
        "budget-review",
        "a team gets another daily budget",
        (FaultParam("team", "which team", ("data-platform", "fraud-ml")), FaultParam("usd", "US dollars a day", low=16, high=20)),
        _budget,
    ),
    BenignChange("autoscaler-as-code", "the settings of the feature server's autoscaler are written out as they are", (), _autoscaler_as_code),
    BenignChange("pool-quota", "the pool of the feature server may have more nodes than it ever needed", (FaultParam("nodes", "the most", low=10, high=12),), _pool_quota),
    BenignChange(
        "kept-machine",
        "a training machine is kept for a demo for some hours, with a budget for it",
        (FaultParam("hours", "how long", low=20, high=30), FaultParam("usd", "US dollars a day meanwhile", low=2200, high=2600)),
        _kept_machine,
    ),
)
