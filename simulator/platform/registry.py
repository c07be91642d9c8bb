"""Model versions with their lineage. Aliases are levers, so promotion and rollback have an author and a reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from simulator.dataplane.scorer import Scorer
from simulator.errors import Refused


@dataclass(frozen=True, slots=True)
class ModelVersion:
    number: int
    created_s: float
    run_id: str
    scorer: Scorer
    frame_since_s: float
    frame_until_s: float
    rows: int
    positives: int
    join: str
    label_age_s: float
    transform: str
    commit: str
    image: str
    train_seed: int
    trained_by: str
    metrics: Mapping[str, float]
    """Measured on the holdout that the pipeline had: auc, champion_auc, log_loss, positive_rate, mean_score."""
    passed_gate: bool
    size: str = "standard"

    @property
    def name(self) -> str:
        return f"v{self.number}"


class Registry:
    def __init__(self, versions: list[ModelVersion]) -> None:
        self.versions = versions

    def copy(self) -> Registry:
        return Registry(list(self.versions))

    def add(self, version: ModelVersion) -> None:
        self.versions.append(version)

    @property
    def next_number(self) -> int:
        return max((v.number for v in self.versions), default=0) + 1

    def get(self, name: str) -> ModelVersion:
        """The version called `name`; `latest` is the newest. Raises Refused for one that does not exist."""
        if name == "latest" and self.versions:
            return self.versions[-1]
        for version in self.versions:
            if version.name == name:
                return version
        raise Refused(f"no model version {name}; the registry has {', '.join(v.name for v in self.versions[-6:])}")
