"""What follows from each action, as small pure functions from draft to draft.

Money effects only decide what is due; ``money_plan`` turns that into operations.
"""

from dataclasses import replace
from datetime import timedelta

from common.domain.bookings.booking import (
    ActorKind,
    BookingStatus,
    Dispute,
    Evidence,
    NoShow,
    RescheduleProposal,
    ReviewState,
    Slot,
    other_party,
)
from common.domain.bookings.charges import PaymentState, net_paid
from common.domain.bookings.payment_plan import outlives
from common.domain.bookings.policies import absence_terms, cancellation_terms, counted_notice
from common.domain.bookings.state_machine.charge_parts import payable, reversal_source
from common.domain.bookings.state_machine.charge_states import first_to_lapse, to_authorize
from common.domain.bookings.state_machine.claims import moved, slot_claims
from common.domain.bookings.state_machine.context import Context, Draft, waiting_operation
from common.domain.bookings.state_machine.inputs import (
    DisputeInput,
    EvidenceInput,
    Move,
    NewStart,
    OnlineLink,
    PaymentMethod,
    Reason,
    RefundInput,
    Resolution,
)
from common.domain.bookings.state_machine.timers import reminder_times
from common.domain.payments.operations import Purpose

#: No commit takes longer.
_COMMIT_GRACE = timedelta(minutes=1)


def owe_nothing(_: Context, draft: Draft) -> Draft:
    """The customer owes nothing: whatever was reserved or taken goes back."""
    return draft.with_payment(due_amount=0)


def owe_price(_: Context, draft: Draft) -> Draft:
    """The customer owes the whole price."""
    return draft.with_payment(due_amount=draft.booking.price.total.amount)


def owe_cancellation_fee(context: Context, draft: Draft) -> Draft:
    """The customer owes what the snapshotted policy keeps, or nothing where another party cancels."""
    terms = cancellation_terms(
        context.booking, context.actor.kind, context.until_start, context.settings.minimum_charge
    )
    return draft.with_payment(due_amount=terms.fee.amount)


def record_cancellation(context: Context, draft: Draft) -> Draft:
    """Who cancelled, when and why."""
    reason = context.input.reason if isinstance(context.input, Reason) else ""
    return draft.set(cancelled_at=context.now, cancelled_by=context.actor.kind, cancel_reason=reason)


def arm_accept_deadline(context: Context, draft: Draft) -> Draft:
    """The provider has to answer in time; the payment's hold is over."""
    settings, start = context.settings, context.booking.slot.start_at
    deadline = min(context.now + settings.accept_window, start - settings.accept_before_start)
    return draft.set(accept_by=deadline if deadline > context.now else start, hold_expires_at=None)


def arm_for_status(context: Context, draft: Draft) -> Draft:
    """After the payment: the provider's deadline, or the acceptance that the service gives automatically."""
    step = record_acceptance if draft.booking.status is BookingStatus.ACCEPTED else arm_accept_deadline
    return step(context, draft)


def record_acceptance(context: Context, draft: Draft) -> Draft:
    """From now on contacts are shared and reminders armed."""
    return draft.set(accepted_at=context.now, accept_by=None, hold_expires_at=None)


def authorize_card(context: Context, draft: Draft) -> Draft:
    """Reserve what a charge was agreed for on the saved card, as another attempt where one has failed.

    An intent that still waits for the payer is voided first; the timer then authorizes the card given here.
    """
    charge = to_authorize(context.booking)
    if charge is None:
        return draft
    if isinstance(context.input, PaymentMethod) and context.input.payment_method_id:
        draft = draft.with_payment(payment_method_id=context.input.payment_method_id)
    draft = draft.with_charge(charge.id, attempt=charge.attempt + (charge.state is not PaymentState.CARD_SAVED))
    waiting = waiting_operation(context.booking, charge.id)
    if waiting is not None:
        return draft.request(Purpose.VOID, waiting.amount, charge.id)
    return draft.request(Purpose.AUTHORIZE, charge.amount, charge.id)


def release_authorization(context: Context, draft: Draft) -> Draft:
    """Give up an authorization that ends too early; the saved card is authorized again near the start."""
    charge = first_to_lapse(context.booking)
    return draft if charge is None else draft.request(Purpose.VOID, charge.authorized_amount, charge.id)


def capture_early(context: Context, draft: Draft) -> Draft:
    """Take the money before the authorization lapses; it is held until the booking is decided."""
    charge = first_to_lapse(context.booking)
    return draft if charge is None else draft.request(Purpose.CAPTURE, charge.authorized_amount, charge.id)


def hold_proposed_slot(context: Context, draft: Draft) -> Draft:
    """Hold a second interval for the proposed time, until it is answered or the hold ends.

    Where the two overlap only the new part is claimed, because the booking's own claim already has the rest. The hold
    outlasts the proposal by longer than a commit may take: what is accepted in the last moment still has its time.
    """
    booking, settings = context.booking, context.settings
    start = context.given(NewStart).start_at
    slot = moved(booking.slot, start)
    cutoff = min(booking.slot.start_at, start)
    expires_at = min(context.now + settings.reschedule_hold, cutoff)
    held = slot_claims(booking, slot, context.now, purpose="reschedule", expires_at=expires_at + _COMMIT_GRACE)
    own = set(slot_claims(booking, booking.slot, context.now)[0].cells)
    cells = [cell for cell in held[0].cells if cell not in own]
    held = tuple(claim.model_copy(update={"cells": cells}) for claim in held)
    proposal = RescheduleProposal(proposed_by=context.actor.kind, slot=slot, claim_id=held[0].id, expires_at=expires_at)
    return draft.claim(held).set(reschedule=proposal, reschedule_count=booking.reschedule_count + 1)


def swap_slot(context: Context, draft: Draft) -> Draft:
    """The held interval becomes the booking's own and the old one is freed, in one write.

    An authorization that does not outlive the new time is given up; the card is authorized again near it. Where the
    customer proposed it, the notice of now still counts when they cancel; a provider's proposal starts it anew.
    """
    proposal = context.booking.reschedule
    if proposal is None:
        return draft
    limit = _notice_now(context) if proposal.proposed_by is ActorKind.CUSTOMER else None
    return _take_slot(context, draft, proposal.slot).set(notice_limit_minutes=limit, is_free_to_cancel=False)


def _notice_now(context: Context) -> int | None:
    """The whole minutes of notice that count now; ``None`` where cancelling is free anyhow."""
    if context.booking.is_free_to_cancel:
        return None
    return int(counted_notice(context.booking, context.until_start).total_seconds() // 60)


def move_slot(context: Context, draft: Draft) -> Draft:
    """An operator's new time takes the place of the old one, and of a proposal, in one write.

    A request waits for its provider anew, as the deadline depends on the start. The customer may cancel free of charge
    from now on, because the time is not their choice.
    """
    slot = moved(context.booking.slot, context.given(Move).start_at)
    draft = _take_slot(context, draft, slot).set(is_free_to_cancel=True, notice_limit_minutes=None)
    if draft.booking.status is BookingStatus.REQUESTED:
        return arm_accept_deadline(replace(context, booking=draft.booking), draft)
    return draft


def drop_proposal(context: Context, draft: Draft) -> Draft:
    """Free the interval that was held for a proposal."""
    proposal = context.booking.reschedule
    return draft if proposal is None else draft.release(proposal.claim_id).set(reschedule=None)


def mark_reminded(context: Context, draft: Draft) -> Draft:
    """Remember every reminder whose time has come; one message stands for all of them."""
    due = [name for name, at in reminder_times(context.booking, context.settings) if at <= context.now]
    return draft.set(reminders_sent=sorted({*context.booking.reminders_sent, *due}))


def set_online_link(context: Context, draft: Draft) -> Draft:
    """The parties meet at another address of the web."""
    link = context.given(OnlineLink).online_link
    return draft.set(place=draft.booking.place.model_copy(update={"online_link": link}))


def record_start(context: Context, draft: Draft) -> Draft:
    """The work has begun."""
    return draft.set(started_at=context.now)


def record_completion(context: Context, draft: Draft) -> Draft:
    """The work is done; both sides may rate."""
    return draft.set(completed_at=context.now, review=ReviewState.OPEN)


def record_absence(context: Context, draft: Draft) -> Draft:
    """The other party did not come; it may contest that for a while."""
    by = context.actor.kind
    until = context.now + context.settings.no_show_contest
    return draft.set(no_show=NoShow(absent=other_party(by), reported_by=by, contest_until=until))


def decide_absence(context: Context, draft: Draft) -> Draft:
    """An absent customer owes what the policy keeps without notice; an absent provider earns nothing."""
    return draft.with_payment(due_amount=_absence_fee(context))


def open_case(context: Context, draft: Draft) -> Draft:
    """A person has to decide; until then nothing is due and nothing is paid out."""
    given = context.input if isinstance(context.input, DisputeInput) else None
    shown = [_evidence(context, "", given.media_ids)] if given and given.media_ids else []
    dispute = Dispute(
        opened_by=context.actor.kind,
        reason=given.reason if given else "The work was never started.",
        evidence=shown,
        opened_at=context.now,
        from_status=context.booking.status,
    )
    return draft.set(dispute=dispute).with_payment(due_amount=None)


def add_evidence(context: Context, draft: Draft) -> Draft:
    """A party adds to what is known of the disagreement."""
    given, dispute = context.given(EvidenceInput), context.booking.dispute
    if dispute is None:
        return draft
    evidence = [*dispute.evidence, _evidence(context, given.text, given.media_ids)]
    return draft.set(dispute=dispute.model_copy(update={"evidence": evidence}))


def decide_case(context: Context, draft: Draft) -> Draft:
    """Apply an operator's decision, or keep it as the first of two where the price is above the threshold."""
    booking, decision = context.booking, context.given(Resolution)
    dispute = booking.dispute
    if dispute is None:
        return draft
    resolution = decision.model_dump()
    if is_first_approval(context):
        first = dispute.model_copy(update={"resolution": resolution, "first_approval_by": context.actor.id})
        return draft.set(dispute=first)
    closed = dispute.model_copy(update={"resolution": resolution, "resolved_at": context.now})
    due = booking.price.total.amount - decision.refund_amount
    return _settled(context, draft.set(dispute=closed).with_payment(due_amount=due))


def is_first_approval(context: Context) -> bool:
    """Whether this decision still needs a second operator: above the threshold, and nobody has decided the same."""
    booking, dispute = context.booking, context.booking.dispute
    if dispute is None or booking.price.total.amount <= context.settings.two_people_above:
        return False
    agreed = (dispute.resolution or {}).get("refund_amount") == context.given(Resolution).refund_amount
    return dispute.first_approval_by is None or not agreed


def decide_by_default(context: Context, draft: Draft) -> Draft:
    """Nobody decided in time: what had happened stands. Work that never started is refunded."""
    booking = context.booking
    dispute = booking.dispute
    if dispute is None:
        return draft
    if dispute.from_status is BookingStatus.NO_SHOW:
        due = _absence_fee(context)
    else:
        due = booking.price.total.amount if booking.started_at else 0
    due = min(due, payable(booking))
    resolution = {"refund_amount": booking.price.total.amount - due, "reason": "Not decided in time."}
    closed = dispute.model_copy(update={"resolution": resolution, "resolved_at": context.now})
    return _settled(context, draft.set(dispute=closed).with_payment(due_amount=due))


def release_payout(_: Context, draft: Draft) -> Draft:
    """The provider's share may be transferred."""
    return draft.with_payment(is_payout_released=True)


def settle_payout(context: Context, draft: Draft) -> Draft:
    """The booking is over; the provider's share may be transferred."""
    return _settled(context, draft)


def refund_part(context: Context, draft: Draft) -> Draft:
    """Give a part of what is kept back to the customer; commission and payout follow.

    What failed before is tried again after it: a payout that waits must not keep the customer's money back.
    """
    details = context.booking.payment_details
    before = min(details.due_amount or 0, net_paid(context.booking))
    due = max(before - context.given(RefundInput).amount, 0)
    given = before - due
    return draft.with_payment(
        due_amount=due,
        given_back_amount=details.given_back_amount + given,
        giving_back_amount=details.giving_back_amount + given,
        needs_attention=False,
        retry_at=None,
    )


def collect_debt(context: Context, draft: Draft) -> Draft:
    """Ask once more for the transfer that could not be taken back; what comes of it pays the debt."""
    source = reversal_source(context.booking, context.booking.payment_details.debt_amount)
    if source is None:
        return draft
    charge_id, amount = source
    return draft.request(Purpose.REVERSE, amount, charge_id).with_payment(debt_retry_at=None)


def retry_money(context: Context, draft: Draft) -> Draft:
    """Try again what an operation refused; ``money_plan`` finds it by the amounts."""
    by_hand = context.actor.kind is ActorKind.OPERATOR
    for charge in context.booking.charges:
        is_failed = False if by_hand else charge.is_charge_failed
        draft = draft.with_charge(charge.id, is_charge_failed=is_failed, attempt=charge.attempt + 1)
    return draft.with_payment(needs_attention=False, retry_at=None)


def close_ratings(_: Context, draft: Draft) -> Draft:
    """The window is over; what was written is published."""
    return draft.set(review=ReviewState.CLOSED)


def publish_ratings(_: Context, draft: Draft) -> Draft:
    """Both sides have rated."""
    return draft.set(review=ReviewState.PUBLISHED)


def _take_slot(context: Context, draft: Draft, slot: Slot) -> Draft:
    booking, settings = context.booking, context.settings
    claims = slot_claims(booking, slot, context.now)
    draft = drop_proposal(context, draft.release(booking.claim_id)).claim(claims).set(slot=slot, claim_id=claims[0].id)
    past = [name for name, at in reminder_times(draft.booking, settings) if at <= context.now]
    draft = draft.set(reminders_sent=past)
    lapsing = first_to_lapse(booking)
    if lapsing is None or booking.payment_details.open_operations or outlives(lapsing.capture_before, slot, settings):
        return draft
    return release_authorization(context, draft)


def _evidence(context: Context, text: str, media_ids: list[str]) -> Evidence:
    return Evidence(by=context.actor.kind, at=context.now, text=text, media_ids=media_ids)


def _absence_fee(context: Context) -> int:
    booking = context.booking
    if booking.no_show is None:
        return 0
    return absence_terms(booking, booking.no_show.absent, context.settings.minimum_charge).fee.amount


def _settled(context: Context, draft: Draft) -> Draft:
    return draft.set(settled_at=context.now).with_payment(is_payout_released=True)
