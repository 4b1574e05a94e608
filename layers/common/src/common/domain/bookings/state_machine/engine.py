"""Offering and performing: both ask the same rows of the same table."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from common.domain.bookings.booking import Actor, ActorKind, Booking, BookingChange
from common.domain.bookings.settings import BookingSettings
from common.domain.bookings.state_machine.context import Context, Draft
from common.domain.bookings.state_machine.inputs import ActionInput, NewStart, parse_input
from common.domain.bookings.state_machine.offers import AvailableAction, describe
from common.domain.bookings.state_machine.outcome import begin, finalize, next_due, to_change
from common.domain.bookings.state_machine.table import TABLE, TRANSITIONS
from common.domain.bookings.state_machine.transition import Transition
from common.domain.bookings.state_machine.verdict import SlotVerdict
from common.domain.shared.errors import ActionNotAvailable, Forbidden, NotFound

SYSTEM = Actor(kind=ActorKind.SYSTEM, id="system")


def get_available_booking_actions(
    booking: Booking, actor: Actor, now: datetime, settings: BookingSettings
) -> list[AvailableAction]:
    """What this actor may do with the booking now, in the table's order; empty for a stranger."""
    if not _is_party(booking, actor):
        return []
    context = Context(booking, actor, now, settings)
    return [describe(transition, context) for transition in TABLE if transition.is_open_to(context)]


def perform(
    booking: Booking,
    action: str,
    actor: Actor,
    input_: Mapping[str, Any] | None,
    now: datetime,
    settings: BookingSettings,
    *,
    slot_verdict: SlotVerdict | None = None,
) -> BookingChange:
    """Perform an action.

    Args:
        booking: the booking as stored.
        action: a name of the table.
        actor: who acts.
        input_: the action's input as sent.
        now: the present instant.
        settings: windows and limits.
        slot_verdict: for ``propose_reschedule``, whether the provider could take the new time.

    Raises:
        NotFound: no such action (``unknown_action``).
        Forbidden: the actor is no party of the booking, or the action is never for this part.
        ActionNotAvailable: not in this state or not now; ``extra`` has the booking's status and what is available.
        InvalidInput: the input is wrong; fields are named.
        SlotUnavailable: the proposed time cannot be had.
    """
    transition = TRANSITIONS.get(action)
    if transition is None or not transition.sources:
        raise NotFound("There is no such action.", code="unknown_action")
    context = Context(booking, actor, now, settings)
    if not _is_party(booking, actor) or actor.kind not in transition.actors:
        raise Forbidden("This action is not yours to perform.")
    refusal = transition.refusal(context)
    if refusal is not None:
        raise not_available(context, refusal)
    context = Context(booking, actor, now, settings, parse_input(transition.input, input_))
    for check in transition.checks:
        check(context)
    if slot_verdict is not None and isinstance(context.input, NewStart):
        slot_verdict.require()
        return decide(context, transition).model_copy(update={"limits": list(slot_verdict.limits)})
    return decide(context, transition)


def due_action(booking: Booking, now: datetime, settings: BookingSettings) -> str | None:
    """The name of the system action that is due now, the longest overdue one first."""
    due = next_due(booking, settings)
    return due[1] if due and due[0] <= now else None


def fire(booking: Booking, action: str, now: datetime, settings: BookingSettings) -> BookingChange | None:
    """Perform a system action if it is due; a doubled, early, late or stale firing gives ``None``.

    Args:
        booking: the booking as stored now, not as it was when the timer was armed.
        action: the action that the timer carried.
        now: the present instant.
        settings: windows and limits.
    """
    transition = TRANSITIONS.get(action)
    context = Context(booking, SYSTEM, now, settings)
    if transition is None or transition.timer is None or not transition.is_open_to(context):
        return None
    return decide(Context(booking, SYSTEM, now, settings, parse_input(transition.input, None)), transition)


def decide(context: Context, transition: Transition) -> BookingChange:
    """Apply a transition whose guards have passed."""
    before = context.booking
    draft = apply_transition(context, transition, begin(before, context.now))
    return to_change(before, draft, context.actor, transition.name, _audit_text(transition, context.input))


def apply_transition(context: Context, transition: Transition, draft: Draft) -> Draft:
    """Lead a draft along a transition: its target, its effects, the money plan and timer, its notifications."""
    draft = draft.set(status=transition.target(context))
    for effect in transition.effects:
        draft = effect(context, draft)
    draft = finalize(draft, context.settings)
    for rule in transition.notifications:
        if rule.applies(draft.booking, context.now):
            recipients = rule.recipients_of(context.actor.kind)
            draft = draft.notify(rule.type, *recipients, action=transition.name, by=context.actor.kind.value)
    return draft


def not_available(context: Context, reason: str) -> ActionNotAvailable:
    """The refusal with the current state and the actions that are available instead."""
    state = present_state(context.booking, context.actor, context.now, context.settings)
    return ActionNotAvailable(f"This action is not available now. {reason}", extra=state)


def present_state(booking: Booking, actor: Actor, now: datetime, settings: BookingSettings) -> dict[str, Any]:
    """What whoever loses a race is told of the booking: its status and version, and what this actor may do now."""
    offers = get_available_booking_actions(booking, actor, now, settings)
    return {
        "booking_status": booking.status.value,
        "version": booking.version,
        "available_actions": [offer.action_name for offer in offers],
    }


def _is_party(booking: Booking, actor: Actor) -> bool:
    """Whether the actor is who they say on this booking; operators, the system and webhooks are checked outside."""
    if actor.kind is ActorKind.CUSTOMER:
        return actor.id == booking.customer_id
    return actor.kind is not ActorKind.PROVIDER or actor.id == booking.provider_user_id


def _audit_text(transition: Transition, given: ActionInput | Any) -> str:
    """The transition's text, what was said, and the ids of the media that were shown."""
    said = next((text for name in ("reason", "note", "text") if (text := getattr(given, name, ""))), "")
    media = ", ".join(getattr(given, "media_ids", ()))
    return " ".join(filter(None, (transition.note, said, f"({media})" if media else "")))
