"""What the payment use cases need."""

from dataclasses import dataclass

from common.application.ports.bookings.repository import BookingRepository
from common.application.ports.identity.people import ProviderReader, UserReader
from common.application.ports.payments.customers import StripeCustomers
from common.application.ports.payments.gateway import Ledger, PaymentGateway, PaymentOperations
from common.application.ports.shared.clock import Clock
from common.application.ports.shared.outbox import Outbox, Publisher
from common.domain.bookings.settings import BookingSettings


@dataclass(frozen=True)
class PaymentDeps:
    """Ports of the payment use cases."""

    bookings: BookingRepository
    operations: PaymentOperations
    ledger: Ledger
    gateway: PaymentGateway
    users: UserReader
    providers: ProviderReader
    customers: StripeCustomers
    outbox: Outbox
    publisher: Publisher
    clock: Clock
    settings: BookingSettings
