"""Where a cause can lie and what it can be: the words of `declare`, the same in every drill."""

from __future__ import annotations

from scenarios.faults.library import FAULTS, NOTHING
from simulator.commands import clipped
from simulator.dataplane.features import SOURCE_OF, VIEWS
from simulator.dataplane.stations import FEATURE_SERVER, MODEL_SERVER
from simulator.errors import UsageError

COMPONENTS: dict[str, str] = {
    "none": "nothing is wrong with the system",
    "world/fraud-behaviour": "what fraudsters do",
    "world/customers": "what customers do",
    **{f"sources/{field}": f"the streamed field {field}" for field in sorted(SOURCE_OF.values())},
    "pipelines/features": "the feature DAG",
    "pipelines/train": "the training DAG",
    "labels/join": "joining chargebacks to payments",
    **{f"feature-store/online/{view.name}": f"stored rows of {view.name}" for view in VIEWS},
    "feature-store/online-store": "the online store as a service that is read",
    "feature-store/offline": "history of features",
    "training/frame": "how the training frame is built",
    "training/recipe": "what training fits, and how large",
    "training/jobs": "how training jobs run: on which machines, and how often they save their work",
    "training/gate": "how a candidate is judged",
    "registry/alias": "which version the alias names",
    "serving/feature-server": "fetching features for a request",
    "serving/model-server": "scoring a request",
    "serving/transform": "turning features into model inputs",
    **{f"autoscaler/{service}": f"how many replicas the {service.replace('-', ' ')} gets" for service in (FEATURE_SERVER, MODEL_SERVER)},
    **{f"pools/{pool}": f"machines of the pool {pool}" for pool in ("cpu", "gpu", "train-spot")},
    "callers/retries": "how the services that ask for a score try again",
    "decision/threshold": "the score from which a payment is declined",
}

MECHANISMS: dict[str, str] = {
    "nothing-wrong": "the readings moved for a benign reason",
    "stale-materialisation": "stored values no longer follow what they describe",
    "skipped-writes": "a job does all its work but for writing the result, and succeeds",
    "unit-change": "a field changed its unit or scale",
    "concept-drift": "what the inputs mean has changed",
    "data-drift": "the inputs come from another population",
    "label-leakage": "training sees what will not be known when it predicts",
    "label-loss": "labels go missing and count as negative",
    "default-fill": "defaults stand in for values that came too late",
    "model-staleness": "the model is older than what it predicts",
    "training-serving-skew": "the two paths compute the same feature differently",
    "wrong-version": "another version serves than was meant",
    "overload": "more work than capacity",
    "batch-wait": "requests wait for a batch that seldom fills",
    "slow-dependency": "something that the service calls answers more slowly",
    "heavier-model": "a version takes more work per request than the one before",
    "retry-storm": "tries again keep up the load that causes them",
    "cold-start": "replicas take longer to start than the load gives them",
    "wrong-signal": "replicas follow a figure that does not show their load",
    "under-provisioning": "capacity is set for the mean and falls short of the peak",
    "out-of-memory": "more memory is asked for than there is",
    "quota-contention": "two kinds of work need the same quota at the same hour",
    "paused-schedule": "a schedule that was switched off starts nothing and fails nothing",
    "preemption": "machines are taken back before the work on them is saved",
}

assert all(f.mechanism in MECHANISMS for f in FAULTS.values()) and NOTHING[1] in MECHANISMS


def known_component(word: str) -> str:
    """`word` as a component, also where only the start of a place is given. Raises UsageError with the near names."""
    if word in COMPONENTS or any(name.startswith(word + "/") for name in COMPONENTS):
        return word
    raise UsageError(f"{clipped(word)!r} is no component; `help causes` lists them: {', '.join(_near(word, COMPONENTS))}")


def known_mechanism(word: str) -> str:
    if word in MECHANISMS:
        return word
    raise UsageError(f"{clipped(word)!r} is no mechanism; `help causes` lists them: {', '.join(_near(word, MECHANISMS))}")


def _near(word: str, names: dict[str, str]) -> list[str]:
    import difflib

    return difflib.get_close_matches(word, names, n=4, cutoff=0.2) or list(names)[:4]


NEIGHBOURS: frozenset[frozenset[str]] = frozenset(
    frozenset(pair)
    for pair in (
        ("unit-change", "training-serving-skew"),
        ("concept-drift", "model-staleness"),
        ("default-fill", "overload"),
        ("label-leakage", "wrong-version"),
        ("stale-materialisation", "training-serving-skew"),
        ("stale-materialisation", "skipped-writes"),
        ("label-loss", "model-staleness"),
        ("slow-dependency", "default-fill"),
        ("slow-dependency", "overload"),
        ("batch-wait", "heavier-model"),
        ("heavier-model", "overload"),
        ("retry-storm", "overload"),
        ("under-provisioning", "overload"),
        ("under-provisioning", "wrong-signal"),
        ("under-provisioning", "quota-contention"),
        ("cold-start", "wrong-signal"),
        ("cold-start", "out-of-memory"),
        ("preemption", "quota-contention"),
        ("preemption", "model-staleness"),
        ("preemption", "under-provisioning"),
        ("paused-schedule", "model-staleness"),
    )
)
"""Mechanisms one step apart in the causal chain, worth part of the credit."""


def credit(declared: tuple[str, str] | None, actual: tuple[str, str]) -> float:
    """How right a declared (component, mechanism) is, 0 to 1, by distance: mechanism and place each have a share."""
    if declared is None:
        return 0.0
    if declared == actual:
        return 1.0
    place = _place_credit(declared[0], actual[0])
    if declared[1] == actual[1]:
        return round(0.6 + 0.4 * place, 3)
    if frozenset((declared[1], actual[1])) in NEIGHBOURS:
        return round(0.2 + 0.2 * place, 3)
    return round(0.25 * place, 3)


def _place_credit(declared: str, actual: str) -> float:
    """Share of the actual place's path that the declared one names."""
    mine, true = declared.split("/"), actual.split("/")
    same = 0
    for a, b in zip(mine, true, strict=False):
        if a != b:
            break
        same += 1
    return same / max(len(mine), len(true))
