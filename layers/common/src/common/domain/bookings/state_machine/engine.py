"""Offering and performing: both ask the same rows of the same table."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

from common.domain.bookings.booking import Actor, ActorKind, Booking, BookingChange, BookingStatus, ShownMedia
from common.domain.bookings.settings import BookingSettings
from common.domain.bookings.state_machine.context import SYSTEM, Context, Draft
from common.domain.bookings.state_machine.extras import words_of
from common.domain.bookings.state_machine.inputs import NewStart
from common.domain.bookings.state_machine.offers import AvailableAction, describe
from common.domain.bookings.state_machine.outcome import begin, finalize, next_due, to_change
from common.domain.bookings.state_machine.table import TABLE, TRANSITIONS
from common.domain.bookings.state_machine.transition import BookingTransition
from common.domain.bookings.state_machine.verdict import SlotVerdict
from common.domain.shared.errors import Forbidden, InvalidInput
from common.domain.shared.state_machine import ActionInput, AttemptLimit, find, parse_input, require_open

#: What somebody may ask for: a booking is made another way.
_PERFORMED = {name: transition for name, transition in TRANSITIONS.items() if transition.sources}


def get_available_booking_actions(
    booking: Booking, actor: Actor, now: datetime, settings: BookingSettings
) -> list[AvailableAction]:
    """What this actor may do with the booking now, in the table's order; empty for a stranger."""
    if not _is_party(booking, actor):
        return []
    context = Context(booking, actor, now, settings)
    wanted = _wanted(actor.kind, booking.status)
    return [describe(transition, context) for transition in wanted if transition.is_open_to(context)]


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
        slot_verdict: for an action that ``needs_slot``, whether the provider could take the new time.

    Raises:
        NotFound: no such action (``unknown_action``).
        Forbidden: the actor is no party of the booking, or the action is never for this part.
        ActionNotAvailable: not in this state or not now; ``extra`` has the booking's status and what is available.
        InvalidInput: the input is wrong; fields are named.
        SlotUnavailable: the proposed time cannot be had.
    """
    transition = find(_PERFORMED, action)
    context = Context(booking, actor, now, settings)
    if not _is_party(booking, actor):
        raise Forbidden("This action is not yours to perform.")
    require_open(transition, context, lambda: present_state(booking, actor, now, settings))
    context = Context(booking, actor, now, settings, parse_input(transition.input_for(context), input_))
    transition.run_checks(context)
    if slot_verdict is not None and transition.needs_slot:
        slot_verdict.require()
        return decide(context, transition).model_copy(update={"limits": list(slot_verdict.limits)})
    change = decide(context, transition)
    shown = _shown_media(actor, context.input)
    return change.model_copy(update={"shown_media": shown}) if shown else change


def requested_start(action: str, input_: Mapping[str, Any] | None) -> datetime | None:
    """The start that the slot rules have to be asked about before an action is performed.

    Returns:
        ``None`` where the action needs no slot, or its input names no start that can be read.
    """
    transition = TRANSITIONS.get(action)
    if transition is None or not transition.needs_slot:
        return None
    try:
        given = parse_input(transition.input, input_)
    except InvalidInput:
        return None
    return given.start_at if isinstance(given, NewStart) else None


def attempt_limit(action: str) -> AttemptLimit | None:
    """How often somebody may try an action; ``None`` without a limit."""
    transition = TRANSITIONS.get(action)
    return transition.attempt_limit if transition else None


def asks_stripe_first(action: str) -> bool:
    """Whether Stripe is asked before the system performs an action."""
    return TRANSITIONS[action].asks_stripe_first


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
    given = parse_input(transition.input_for(context), None)
    return decide(Context(booking, SYSTEM, now, settings, given), transition)


def decide(context: Context, transition: BookingTransition) -> BookingChange:
    """Apply a transition whose guards have passed."""
    before = context.booking
    draft = apply_transition(context, transition, begin(before, context.now))
    return to_change(before, draft, context.actor, transition.name, _audit_text(transition, context.input))


def apply_transition(context: Context, transition: BookingTransition, draft: Draft) -> Draft:
    """Lead a draft along a transition: its target, its effects, the money plan and timer, its notifications."""
    target = transition.target(context)
    draft = draft if target is None else draft.set(status=target)
    draft = finalize(transition.run_effects(context, draft), context.settings)
    told = words_of(draft.booking.extra or context.booking.extra)
    for rule in transition.notifications:
        if rule.applies(context, draft.booking.status):
            recipients = rule.recipients_of(context.actor.kind)
            draft = draft.notify(
                rule.notification, recipients, action=transition.name, by=context.actor.kind.value, **told
            )
    return draft


def present_state(booking: Booking, actor: Actor, now: datetime, settings: BookingSettings) -> dict[str, Any]:
    """What the one who loses a race is told of the booking: its status and version, and what this actor may do now."""
    offers = get_available_booking_actions(booking, actor, now, settings)
    return {
        "booking_status": booking.status.value,
        "version": booking.version,
        "available_actions": [offer.action_name for offer in offers],
    }


@cache
def _wanted(kind: ActorKind, status: BookingStatus) -> tuple[BookingTransition, ...]:
    """The rows that can be open to a part in a status, in the table's order: a few of its forty."""
    return tuple(transition for transition in TABLE if transition.is_for(kind, status))


def _is_party(booking: Booking, actor: Actor) -> bool:
    """Whether the actor is who they say on this booking; operators, the system and webhooks are checked outside."""
    if actor.kind is ActorKind.CUSTOMER:
        return actor.id == booking.customer_id
    return actor.kind is not ActorKind.PROVIDER or actor.id == booking.provider_user_id


def _shown_media(actor: Actor, given: ActionInput | Any) -> ShownMedia | None:
    """The photographs that come with an input, each once; they are the actor's own, or the change is refused."""
    media_ids = list(dict.fromkeys(getattr(given, "media_ids", ())))
    return ShownMedia(media_ids=media_ids, owner_id=actor.id) if media_ids else None


def _audit_text(transition: BookingTransition, given: ActionInput | Any) -> str:
    """The transition's text, what was said, and the ids of the media that were shown."""
    said = next((text for name in ("reason", "note", "text") if (text := getattr(given, name, ""))), "")
    media = ", ".join(getattr(given, "media_ids", ()))
    return " ".join(filter(None, (transition.note, said, f"({media})" if media else "")))
