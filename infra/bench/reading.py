"""A warm request of every HTTP function, beside the fewest commands that find the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.bench import costs
from infra.bench.results import Section
from infra.bench.targets import Target

if TYPE_CHECKING:
    from infra.bench.setting import Setting

_RUNS, _WARMUP = 200, 30
#: The baseline of each function's request.
BASELINES = {
    "auth": "reads.me",
    "admin": "reads.list_providers",
    "providers": "reads.service",
    "search": "reads.services_near",
    "bookings": "reads.list_bookings",
    "payments": "reads.payment",
    "webhooks": "webhook.handler",
    "matching": "reads.job_requests",
    "messaging": "reads.conversations",
    "media": "reads.photographs",
    "notifications": "reads.notifications",
    "reports": "reads.reports",
    "system": "reads.health",
}
_TEXT = (
    "One request in a warm environment, with production's settings (secrets by name, `INFO`, spans as X-Ray samples "
    "them). Beside it a bare handler sends, written by hand, the fewest commands that find the same: whether the "
    "account may act, and what is asked for; where a route limits its rate, the write that a limit needs. It verifies "
    "no token, decides nothing about who may see what, and answers documents by `json.dumps`. A webhook's baseline "
    "verifies the signature, stores the event and queues its id."
)


async def warm(setting: Setting) -> Section:
    """Each function's request beside its baseline."""
    section = Section("Warm request", _TEXT)
    for area, subject in setting.http.items():
        baseline = setting.baseline(BASELINES[area], subject.event, status=200, fresh=subject.fresh)
        request = subject.event["requestContext"]["http"]
        pair = baseline.named(f"{area}: baseline"), subject.named(f"{area}: {request['method']} {request['path']}")
        runs = setting.runs(_RUNS)
        section.rows.extend(await costs.compared(setting, *pair, Target.WARM_READ, of=area, runs=runs, warmup=_WARMUP))
    return section
