"""Cancellation policies as data, and what cancelling costs under them."""

from datetime import timedelta

from common.domain.bookings.booking import ActorKind, Booking, BookingStatus, PolicySnapshot
from common.domain.catalogue.services import CancellationPolicyName
from common.domain.payments.currencies import charge_step, minimum_charge
from common.domain.shared.model import Model
from common.domain.shared.money import Money, rounded_share

#: (hours of notice, refunded basis points), longest notice first; with less notice than the last step, nothing.
POLICIES: dict[CancellationPolicyName, PolicySnapshot] = {
    CancellationPolicyName.FLEXIBLE: PolicySnapshot(name="flexible", steps=[(24, 10_000), (0, 5_000)]),
    CancellationPolicyName.MODERATE: PolicySnapshot(name="moderate", steps=[(72, 10_000), (24, 5_000)]),
    CancellationPolicyName.STRICT: PolicySnapshot(name="strict", steps=[(168, 10_000), (72, 5_000)]),
}


class Terms(Model):
    """What an action means for the customer now: what comes back, and what they pay.

    Where it ends the booking ``refund`` and ``fee`` sum to the price.
    """

    refund: Money
    fee: Money


def refunded_basis_points(policy: PolicySnapshot, notice: timedelta) -> int:
    """The share of the price that comes back with this much notice before the start."""
    for hours, basis_points in policy.steps:
        if notice >= timedelta(hours=hours):
            return basis_points
    return 0


def terms_with_notice(booking: Booking, notice: timedelta, smallest_fee: int) -> Terms:
    """Refund and fee under the booking's snapshotted policy.

    A fee below what can be charged at all is waived.

    Args:
        booking: the booking with its price and policy.
        notice: time left until the start; negative once it has passed, which refunds nothing.
        smallest_fee: fees below it are waived, as are those below what a card can be charged; in minor units.
    """
    total = booking.price.total
    step, least = charge_step(total.currency), max(minimum_charge(total.currency), smallest_fee)
    refund = rounded_share(total.amount, refunded_basis_points(booking.policy, notice), step)
    if total.amount - refund < least:
        return _everything_back(total)
    return Terms(
        refund=Money(amount=refund, currency=total.currency),
        fee=Money(amount=total.amount - refund, currency=total.currency),
    )


def cancellation_terms(booking: Booking, by: ActorKind, notice: timedelta, smallest_fee: int) -> Terms:
    """Refund and fee of cancelling now.

    The policy binds a customer once the provider has accepted; before that, and whenever the provider, an operator
    or the system ends the booking, the whole price comes back. So it does after an operator has moved the booking,
    and while the provider's account is suspended or closed, as they cannot come.
    A customer who has moved it keeps the notice of then: another time is no way around the fee.
    """
    is_bound = by is ActorKind.CUSTOMER and booking.status is BookingStatus.ACCEPTED
    if not is_bound or booking.is_free_to_cancel or booking.provider_away_since is not None:
        return _everything_back(booking.price.total)
    return terms_with_notice(booking, counted_notice(booking, notice), smallest_fee)


def counted_notice(booking: Booking, notice: timedelta) -> timedelta:
    """The notice that a cancellation counts for: what is left, and no more than when the customer moved the booking."""
    if booking.notice_limit_minutes is None:
        return notice
    return min(notice, timedelta(minutes=booking.notice_limit_minutes))


def absence_terms(booking: Booking, absent: ActorKind, smallest_fee: int) -> Terms:
    """Refund and fee where a party did not come: an absent provider earns nothing, an absent customer had no notice.

    Nobody has to wait for a provider who could not come because their account was suspended or closed before the start.
    """
    away = booking.provider_away_since
    if absent is ActorKind.PROVIDER or (away is not None and away <= booking.slot.start_at):
        return _everything_back(booking.price.total)
    return terms_with_notice(booking, timedelta(seconds=-1), smallest_fee)


def _everything_back(total: Money) -> Terms:
    return Terms(refund=total, fee=Money(amount=0, currency=total.currency))
