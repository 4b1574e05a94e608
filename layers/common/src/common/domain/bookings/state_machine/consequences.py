"""What an action would mean for the customer's money if it were performed now."""

from common.domain.bookings.booking import ActorKind, other_party
from common.domain.bookings.policies import Terms, absence_terms, cancellation_terms
from common.domain.bookings.state_machine.context import Context
from common.domain.shared.money import Money


def of_cancelling(context: Context) -> Terms:
    """Refund and fee where the actor cancels."""
    return cancellation_terms(context.booking, context.actor.kind, context.until_start, context.settings.minimum_charge)


def of_declining(context: Context) -> Terms:
    """Refund and fee where the provider declines, even where another says so: it is their fault."""
    return cancellation_terms(context.booking, ActorKind.PROVIDER, context.until_start, context.settings.minimum_charge)


def of_extra(context: Context) -> Terms | None:
    """What the customer pays more where they accept the extra; nothing comes back."""
    proposal = context.booking.extra
    if proposal is None:
        return None
    return Terms(refund=Money(amount=0, currency=proposal.amount.currency), fee=proposal.amount)


def of_absence(context: Context) -> Terms:
    """Refund and fee of the other party's absence, if it is not contested."""
    return absence_terms(context.booking, other_party(context.actor.kind), context.settings.minimum_charge)
