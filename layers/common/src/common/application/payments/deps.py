"""What the payment use cases need."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from common.application.ports.accounts import StripeCustomers
    from common.application.ports.bookings import BookingRepository
    from common.application.ports.clock import Clock
    from common.application.ports.outbox import Outbox, Publisher
    from common.application.ports.payments import Ledger, PaymentGateway, PaymentOperations
    from common.application.ports.people import ProviderReader, UserReader
    from common.domain.booking_settings import BookingSettings


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
