"""Works on the payment checks queue: executes operations at Stripe and re-reads payments; no FastAPI."""

from common.application.bookings.provider_unavailable import apply_to_open_bookings
from common.application.bookings.sweep import fire_due
from common.application.identity.email_change import EMAIL_CHANGED
from common.application.identity.email_changed import follow_email
from common.application.identity.erasure import ACCOUNT_DELETED, erase_person
from common.application.identity.onboarding.billing import sync_billing
from common.application.payments.gone_accounts import ACCOUNT_CHECK_REQUESTED
from common.application.payments.operations.checks import CHECK_REQUESTED, CheckPostponed, check_payment
from common.application.payments.reconciliation.run import reconcile_requested
from common.domain.catalogue.providers import PROVIDER_SWITCHED
from common.domain.payments.operations import RECONCILIATION_REQUESTED
from common.domain.shared.errors import Unavailable
from common.domain.shared.events import Event
from common.runtime.container.identity import IdentityContainer
from common.runtime.needs import EVENTS, STRIPE
from common.runtime.observability import metrics
from common.runtime.observability.logging import get_logger
from common.runtime.sqs import create_event_handler


async def process(container: IdentityContainer, event: Event) -> None:
    """Do what one event of the topic ``payments`` asks for; a check lets the booking's time go on with its answer."""
    if event.type == PROVIDER_SWITCHED:
        await apply_to_open_bookings(container.bookings, str(event.payload["provider_id"]))
        return
    if event.type == ACCOUNT_DELETED:
        await erase_person(container.erasure, event)
        return
    if event.type == ACCOUNT_CHECK_REQUESTED:
        await sync_billing(container.onboarding, str(event.payload["account_id"]))
        return
    if event.type == RECONCILIATION_REQUESTED:
        await _reconcile(container, event)
        return
    if event.type == EMAIL_CHANGED:
        await follow_email(container.users, container.payments.gateway, event)
        return
    try:
        booking = await check_payment(container.payments, event)
    except CheckPostponed:
        get_logger().warning("Payment not checked: Stripe gave no answer")
        return
    if booking is not None:
        axes = {"status": booking.status, "payment": booking.payment, "payout": booking.payout}
        fields = {"operation_id": event.payload.get("operation_id"), "version": booking.version, **axes}
        get_logger().info("Payment worked on", extra=fields)
    if event.type == CHECK_REQUESTED and event.booking_id:
        await fire_due(container.bookings, event.booking_id)


async def _reconcile(container: IdentityContainer, event: Event) -> None:
    """Compare a few bookings with Stripe; those that Stripe gave no answer about wait for a later run."""
    try:
        compared = await reconcile_requested(container.reconciliation, event)
    except Unavailable:
        get_logger().warning("Bookings not reconciled: Stripe gave no answer")
        return
    metrics.count("Discrepancies", compared.differences)
    metrics.count("BookingsReconciled", compared.bookings)


handler = create_event_handler(
    process, service="payment-checks-queue", needs=(EVENTS, STRIPE), container=IdentityContainer
)
