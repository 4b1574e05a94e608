"""What follows the change of an account's mail address, by a worker that repeats it until it is done."""

from common.application.ports.identity.people import UserReader
from common.application.ports.payments.gateway import PaymentGateway
from common.domain.shared.events import Event


async def follow_email(users: UserReader, gateway: PaymentGateway, event: Event) -> None:
    """Give Stripe's customer the address that the account has now. Safe to repeat, in any order.

    An account without a remembered customer gets one with its first card, under the address of that time.

    Args:
        users: accounts.
        gateway: Stripe.
        event: ``account.email_changed`` with ``user_id``.

    Raises:
        Unavailable, GatewayUncertain: the event must be delivered again.
    """
    user = await users.get(str(event.payload["user_id"]))
    if user is not None and user.deleted_at is None and user.stripe_customer_id is not None:
        await gateway.rename_customer(user.stripe_customer_id, user.email)
