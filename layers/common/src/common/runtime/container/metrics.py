"""Figures by day, and how what runs by itself does."""

from functools import cached_property

from common.adapters.aws.sqs_queues import SqsQueues
from common.adapters.mongo.admin.facts import MongoFacts
from common.adapters.mongo.admin.metrics import MongoMetrics, MongoMetricsRuns
from common.adapters.mongo.admin.open_counts import MongoOpenCounts
from common.application.admin.metrics.deps import MetricsDeps
from common.runtime.container.core import CoreContainer
from common.runtime.container.settings import EventSettings, StripeEventSettings, WatchedQueueSettings


class MetricsContainer(CoreContainer):
    """Counting figures, and reading them."""

    @cached_property
    def queues(self) -> SqsQueues:
        """The queues with their dead letters."""
        events = self.settings.of(EventSettings)
        addresses = {
            **events.addresses(),
            "stripe_events": self.settings.of(StripeEventSettings).stripe_events_queue_url,
        }
        return SqsQueues(self.sqs, self.settings.of(WatchedQueueSettings).watched(addresses))

    @cached_property
    def metrics(self) -> MetricsDeps:
        """What counting and reading figures needs."""
        return MetricsDeps(
            clock=self.clock,
            facts=MongoFacts(self.mongo),
            metrics=MongoMetrics(self.mongo),
            runs=MongoMetricsRuns(self.mongo),
            open_counts=MongoOpenCounts(self.mongo),
            queues=self.queues,
        )
