"""What reconciliation of payments needs."""

from dataclasses import dataclass

from common.application.payments.deps import PaymentDeps
from common.application.ports.payments.reconciliation import DueReconciliations, PaymentReviews, ProviderRecords
from common.application.ports.payments.webhooks import StripeEventQueue, WebhookEvents
from common.domain.payments.ownership import Owner


@dataclass(frozen=True)
class ReconciliationDeps(PaymentDeps):
    """Ports of reconciliation; ``reads_per_second`` is what it may ask of Stripe, over all workers."""

    records: ProviderRecords
    reviews: PaymentReviews
    due: DueReconciliations
    owner: Owner
    events: WebhookEvents
    queue: StripeEventQueue
    reads_per_second: int
