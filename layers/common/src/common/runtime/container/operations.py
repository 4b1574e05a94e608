"""What is to be done at Stripe, as it is recorded; nothing that calls it."""

from functools import cached_property

from common.adapters.mongo.payments.operations import MongoPaymentOperations
from common.application.payments.operations.leases import AbandonedDeps
from common.runtime.container.core import CoreContainer


class OperationContainer(CoreContainer):
    """Recorded payment operations."""

    @cached_property
    def payment_operations(self) -> MongoPaymentOperations:
        """What is to be done at Stripe, and what came of it."""
        return MongoPaymentOperations(self.mongo.db)

    @cached_property
    def abandoned_operations(self) -> AbandonedDeps:
        """What handing over the operations of dead processes needs; nothing of Stripe."""
        return AbandonedDeps(self.clock, self.outbox, self.publisher, self.payment_operations)
