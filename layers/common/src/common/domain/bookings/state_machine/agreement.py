"""What a critical action costs is agreed to as it was shown, or refused with what it would cost now."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from common.domain.bookings.booking import Actor, ActorKind, Booking, BookingStatus
from common.domain.bookings.policies import Terms
from common.domain.bookings.settings import BookingSettings
from common.domain.bookings.state_machine.context import Context
from common.domain.bookings.state_machine.engine import present_state
from common.domain.bookings.state_machine.inputs import Agreement
from common.domain.bookings.state_machine.offers import consequences_now
from common.domain.bookings.state_machine.table import TRANSITIONS
from common.domain.bookings.state_machine.transition import BookingTransition
from common.domain.bookings.state_machine.transitions_agreement import CANCEL
from common.domain.shared.errors import FeeNotAccepted, InvalidInput
from common.domain.shared.money import Money
from common.domain.shared.state_machine import parse_input


def require_agreement(
    booking: Booking,
    action: str,
    actor: Actor,
    input_: Mapping[str, Any] | None,
    now: datetime,
    settings: BookingSettings,
    *,
    is_version_seen: bool = False,
    seen_fee: int | None = None,
) -> None:
    """Refuse an action whose consequences its actor has not named.

    They are named by ``accepted_fee`` in the input, or else by the version that was read: its fee is the one of the
    instant it was written, as the fee rises with time alone; a reader who came later has been told the fee with the
    version. What a customer pays for cancelling an accepted booking follows the provider's account as well, ahead of
    any version: there the version says nothing without the fee beside it. An action without consequences needs neither.

    Args:
        booking: the booking as stored; it is the version that was read where ``is_version_seen``.
        action: an action that this actor may perform now.
        actor: who acts.
        input_: the action's input as sent.
        now: the present instant.
        settings: windows and limits.
        is_version_seen: whether the caller has named the version.
        seen_fee: the fee of cancelling that the caller has named with the version, in minor units.

    Raises:
        FeeNotAccepted: nothing was named, or the fee is another one by now; ``extra`` has the present consequences.
        InvalidInput: the fee is named in another currency.
    """
    transition = TRANSITIONS[action]
    terms = consequences_now(transition, Context(booking, actor, now, settings)) if transition.is_critical else None
    if terms is None:
        return
    agreed = _named_fee(parse_input(transition.input, input_), terms.fee.currency)
    if agreed is None and is_version_seen:
        agreed = _seen(transition, Context(booking, actor, booking.updated_at, settings), seen_fee)
    if agreed == terms.fee.amount:
        return
    detail = "Send accepted_fee, the fee that you agree to." if agreed is None else "The fee is not what you agreed to."
    extra = {"consequences": _plain(terms), **present_state(booking, actor, now, settings)}
    raise FeeNotAccepted(detail, extra=extra)


def fee_since(booking: Booking, actor: Actor, now: datetime, settings: BookingSettings) -> int | None:
    """The fee of cancelling, in minor units, where the version alone does not say it.

    Time has changed it since the version was written, or it follows the provider's account too.
    """
    transition = CANCEL
    if not transition.is_open_to(Context(booking, actor, now, settings)):
        return None
    present = consequences_now(transition, Context(booking, actor, now, settings))
    written = consequences_now(transition, Context(booking, actor, booking.updated_at, settings))
    is_told = present != written or _follows_account(booking, actor)
    return present.fee.amount if present is not None and is_told else None


def _follows_account(booking: Booking, actor: Actor) -> bool:
    return actor.kind is ActorKind.CUSTOMER and booking.status is BookingStatus.ACCEPTED


def _seen(transition: BookingTransition, written: Context, seen_fee: int | None) -> int | None:
    """The fee that somebody who names the version has seen; the one beside it is that of cancelling."""
    is_cancelling = transition is CANCEL
    if is_cancelling and (seen_fee is not None or _follows_account(written.booking, written.actor)):
        return seen_fee
    shown = consequences_now(transition, written)
    return shown.fee.amount if shown else None


def _named_fee(given: object, currency: str) -> int | None:
    fee = given.accepted_fee if isinstance(given, Agreement) else None
    if isinstance(fee, Money):
        if fee.currency != currency:
            raise InvalidInput.of("accepted_fee", f"The fee is in {currency.upper()}.", "wrong_currency")
        return fee.amount
    return fee


def _plain(terms: Terms) -> dict[str, Any]:
    return terms.model_dump(mode="json")
