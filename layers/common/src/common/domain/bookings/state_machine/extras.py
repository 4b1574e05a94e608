"""Extras that are agreed on during the work: each is a line of the price and a charge of its own, or nothing at all."""

from typing import Any

from common.domain.bookings import notifications
from common.domain.bookings.booking import Booking, BookingStatus, ExtraProposal
from common.domain.bookings.charges import Charge, ChargePurpose, PaymentState
from common.domain.bookings.price_lines import LineKind, PriceLine, line_id
from common.domain.bookings.state_machine.charge_parts import may_be_due
from common.domain.bookings.state_machine.context import Context, Draft, is_open
from common.domain.bookings.state_machine.inputs import Extra
from common.domain.payments.operations import PaymentMode, Purpose
from common.domain.shared.money import Money

_UNDER_WAY = frozenset({BookingStatus.ACCEPTED, BookingStatus.IN_PROGRESS})


def propose_extra(context: Context, draft: Draft) -> Draft:
    """The provider names what more there is to do and what it costs; the customer answers."""
    given, booking = context.given(Extra), context.booking
    amount = Money(amount=given.amount, currency=booking.price.currency)
    proposal = ExtraProposal(label=given.label, amount=amount, proposed_at=context.now)
    return draft.set(extra=proposal, extra_count=booking.extra_count + 1)


def accept_extra(context: Context, draft: Draft) -> Draft:
    """The extra joins the price, and its money is reserved by a charge of its own while the customer is there."""
    booking, proposal = context.booking, context.booking.extra
    if proposal is None:
        return draft
    lapsed = sum(each.has_lapsed for each in booking.charges)
    line = PriceLine(
        id=line_id(len(booking.price.lines) + lapsed + 1),
        kind=LineKind.EXTRA,
        label=proposal.label,
        unit_amount=proposal.amount,
        taxes=booking.price.lines[0].taxes,
    )
    charge = Charge(
        id=f"chg_{len(booking.charges) + 1}",
        purpose=ChargePurpose.EXTRA,
        mode=PaymentMode.AUTHORIZE_NOW,
        amount=proposal.amount.amount,
        line_ids=[line.id],
    )
    price = booking.price.model_copy(update={"lines": [*booking.price.lines, line]})
    draft = draft.set(price=price, extra=None).with_charges([*booking.charges, charge])
    return draft.request(Purpose.AUTHORIZE, charge.amount, charge.id)


def drop_proposal_of_extra(_: Context, draft: Draft) -> Draft:
    """The proposal is off the table."""
    return draft.set(extra=None)


def drop_extras(draft: Draft) -> Draft:
    """What was not agreed when the work is over lapses, and so does an extra that is not secured or was refused."""
    if draft.booking.status not in _UNDER_WAY:
        draft = draft.set(extra=None)
    for charge in draft.booking.charges:
        draft = _lapse(draft, charge) if _has_failed(draft.booking, charge) else draft
    return draft


def _has_failed(booking: Booking, charge: Charge) -> bool:
    """Whether nothing will come of an extra: refused, given up, or still waiting for the customer after the work.

    One of which nothing is due has not failed: what was reserved for it was let go with the rest, as both know.
    """
    if charge.purpose is not ChargePurpose.EXTRA or charge.has_lapsed or charge.captured_amount:
        return False
    if charge.state is PaymentState.ACTION_REQUIRED:
        return booking.status not in _UNDER_WAY
    is_idle = charge.state is PaymentState.NONE and not is_open(booking, charge.id)
    is_given_up = is_idle and may_be_due(booking, charge)
    return charge.state is PaymentState.FAILED or is_given_up


def _lapse(draft: Draft, charge: Charge) -> Draft:
    """The extra leaves the price, and what is due of it leaves what is due; both are told."""
    booking, due = draft.booking, draft.booking.payment_details.due_amount
    (line,) = booking.lines_of(charge.id)
    left = [each for each in booking.price.lines if each.id != line.id]
    price = booking.price.model_copy(update={"lines": left})
    if due is not None:
        parts = zip(booking.price.lines, booking.price.spread(due), strict=True)
        draft = draft.with_payment(due_amount=sum(part for each, part in parts if each.id != line.id))
    draft = draft.set(price=price).with_charge(charge.id, line_ids=[], state=PaymentState.FAILED)
    proposal = ExtraProposal(label=line.label, amount=line.amount, proposed_at=draft.now)
    return draft.notify(notifications.EXTRA_LAPSED, **words_of(proposal))


def words_of(proposal: ExtraProposal | None) -> dict[str, Any]:
    """What a notification tells of an extra; nothing where there is none."""
    if proposal is None:
        return {}
    return {"extra_label": proposal.label, "extra_amount": proposal.amount.amount}
