"""The names that the packaged product knows, for holding scenario files against."""

from __future__ import annotations

from functools import lru_cache

import content
from scenarios import decoys
from scenarios.faults import library
from scenarios.names import Vocabulary
from simulator.spec import load_system


@lru_cache(maxsize=1)
def packaged_vocabulary() -> Vocabulary:
    """Systems, faults and benign changes with their parameters, alert rules of every system, and competencies where their list is packaged."""
    systems = tuple(name.removesuffix(".yaml") for name in content.names("systems") if name.endswith(".yaml"))
    alerts = dict.fromkeys(rule.name for system in systems for rule in load_system(system).alerts)
    return Vocabulary(systems=systems, faults=library.PARAMS, decoys=decoys.PARAMS, alerts=tuple(alerts), competencies=_competencies())


def _competencies() -> tuple[str, ...] | None:
    """Ids in the packaged list, which has them by group; None where there is no list, which leaves them unchecked."""
    try:
        text = content.read("competencies.yaml")
    except FileNotFoundError:
        return None
    import yaml

    return tuple(str(one) for group in yaml.safe_load(text).values() if isinstance(group, dict) for one in group)
