"""An upstream team sends a field in another unit: serving sees it, the warehouse converts it, training never knows."""

from __future__ import annotations

from scenarios.faults.fault import Fault, FaultParam, Params
from simulator.timeline import Edit

FACTORS = {"payments.amount": 0.01, "devices.session_seconds": 60.0}
_WHY = {
    "payments.amount": "schema 8 carries {channel} amounts in hundreds of the currency, as the new ledger does; the warehouse model converts",
    "devices.session_seconds": "schema 8 counts {channel} session time in the new clock's ticks, sixty to the second; the warehouse model converts",
}


def _edits(at_s: float, params: Params) -> list[Edit]:
    field, channel = str(params["field"]), str(params["channel"])
    source = field.partition(".")[0]
    owner = {"payments": "payments-platform", "devices": "mobile-sdk"}[source]
    return [
        Edit(at_s, f"source.schema_version/{source}", "8", owner, f"{source} moved to schema 8"),
        Edit(at_s, f"source.unit_factor/{field}.{channel}", FACTORS[field], owner, _WHY[field].format(channel=channel)),
    ]


FAULT = Fault(
    id="unit-change",
    group="data",
    component="sources/{field}",
    mechanism="unit-change",
    help="a streamed field changes its unit in one channel; the warehouse keeps the old one",
    source="unit and schema changes upstream: Breck et al., Data Validation for Machine Learning; Rules of ML 10",
    systems=("card-fraud",),
    params=(FaultParam("field", "streamed field that changes", tuple(FACTORS)), FaultParam("channel", "channel in which it changes", ("web", "app"))),
    edits=_edits,
    onset=("60h", "84h"),
    covers=("sys.data-pipeline", "life.data-validation", "dist.skew-vs-staleness", "screen.skew-example"),
)
