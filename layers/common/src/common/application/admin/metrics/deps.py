"""What counting figures and reading them needs."""

from dataclasses import dataclass

from common.application.ports.admin.metrics import Facts, Metrics, MetricsRuns, OpenCounts
from common.application.ports.admin.queues import Queues
from common.application.ports.shared.clock import Clock


@dataclass(frozen=True)
class MetricsDeps:
    """Ports of figures."""

    clock: Clock
    facts: Facts
    metrics: Metrics
    runs: MetricsRuns
    open_counts: OpenCounts
    queues: Queues
