"""What an action would mean for the customer's money if it were performed now."""

from common.domain.bookings.booking import ActorKind, other_party
from common.domain.bookings.policies import Terms, absence_terms, cancellation_terms
from common.domain.bookings.state_machine.context import Context


def of_cancelling(context: Context) -> Terms:
    """Refund and fee where the actor cancels."""
    return cancellation_terms(context.booking, context.actor.kind, context.until_start, context.settings.minimum_charge)


def of_declining(context: Context) -> Terms:
    """Refund and fee where the provider declines, even where another says so: it is their fault."""
    return cancellation_terms(context.booking, ActorKind.PROVIDER, context.until_start, context.settings.minimum_charge)


def of_absence(context: Context) -> Terms:
    """Refund and fee of the other party's absence, if it is not contested."""
    return absence_terms(context.booking, other_party(context.actor.kind), context.settings.minimum_charge)
