"""How what runs by itself does."""

from dataclasses import dataclass
from functools import cached_property

from common.adapters.mongo.admin.lags import MongoLags
from common.adapters.mongo.identity.security_events import MongoSecurityLog
from common.adapters.mongo.payments.due_reconciliations import MongoDueReconciliations
from common.adapters.mongo.payments.reviews import MongoPaymentReviews
from common.application.admin.operations import OperationsDeps
from common.application.ports.payments.reconciliation import DueReconciliations, PaymentReviews
from common.application.ports.shared.clock import Clock
from common.runtime.container.metrics import MetricsContainer


@dataclass(frozen=True)
class _LagDeps:
    """What of reconciliation says how far behind it is; nothing of Stripe."""

    clock: Clock
    reviews: PaymentReviews
    due: DueReconciliations


class WatchingContainer(MetricsContainer):
    """How what runs by itself does."""

    @cached_property
    def operations(self) -> OperationsDeps:
        """What looking at operations needs."""
        return OperationsDeps(
            clock=self.clock,
            queues=self.queues,
            outbox=self.outbox,
            lags=MongoLags(self.mongo),
            reconciliation=_LagDeps(
                self.clock, MongoPaymentReviews(self.mongo.db), MongoDueReconciliations(self.mongo.db)
            ),
            open_counts=self.metrics.open_counts,
            metrics=self.metrics.metrics,
            log=MongoSecurityLog(self.mongo),
        )
