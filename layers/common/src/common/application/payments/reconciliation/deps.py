"""What the verification of payments needs."""

from dataclasses import dataclass

from common.application.payments.deps import PaymentDeps
from common.application.ports.payments.reconciliation import DueVerifications, PaymentReviews, StripeRecords
from common.application.ports.payments.webhooks import StripeEventQueue, WebhookEvents
from common.domain.payments.ownership import Owner


@dataclass(frozen=True)
class VerificationDeps:
    """Ports of the verification."""

    payments: PaymentDeps
    records: StripeRecords
    reviews: PaymentReviews
    due: DueVerifications
    owner: Owner
    events: WebhookEvents
    queue: StripeEventQueue
