"""Making, offering and performing for offers: all ask the same rows of the same table."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from common.domain.bookings.state_machine import SYSTEM
from common.domain.matching.candidates import Candidate
from common.domain.matching.changes import OfferChange
from common.domain.matching.job_requests import JobRequest
from common.domain.matching.offers import OFFER_PREFIX, Offer, Score
from common.domain.matching.settings import MatchingSettings
from common.domain.matching.state_machine.context import OfferContext, OfferDraft, OfferTransition, Outcome
from common.domain.matching.state_machine.offer_table import (
    MAKE,
    OFFER_TABLE,
    OFFER_TRANSITIONS,
    TIMED_OFFER_TRANSITIONS,
)
from common.domain.shared.actors import Actor, ActorKind
from common.domain.shared.errors import Forbidden
from common.domain.shared.ids import new_id
from common.domain.shared.state_machine import ActionInput, find, next_due, offer_of, parse_input, require_open
from common.domain.shared.state_machine import Offer as AvailableAction

#: What somebody may ask for: an offer is made another way.
_PERFORMED = {name: transition for name, transition in OFFER_TRANSITIONS.items() if transition.sources}


def make_offer(
    request: JobRequest,
    candidate: Candidate,
    score: Score,
    ends_at: datetime,
    now: datetime,
    settings: MatchingSettings,
) -> OfferChange:
    """The offer by which a provider is asked.

    Args:
        request: as it is once the wave is sent; its ``wave`` is the offer's.
        candidate: who is asked.
        score: why.
        ends_at: until when it may be answered (``Wave.offers_end_at``).
        now: the present instant.
        settings: for the texts of refusals.
    """
    offer = Offer(
        id=new_id(OFFER_PREFIX, now),
        request_id=request.id,
        customer_id=request.customer_id,
        provider_id=candidate.provider_id,
        provider_user_id=candidate.provider_user_id,
        service_id=candidate.service_id,
        service_title=candidate.service_title,
        provider_name=candidate.provider_name,
        status=MAKE.targets[0],
        minutes=candidate.minutes,
        wave=request.wave,
        expires_at=ends_at,
        score=score,
        distance_m=candidate.distance_m,
        soonest_start_at=candidate.soonest_start_at,
        price=candidate.price,
        resource_ids=list(candidate.resource_ids) or [candidate.provider_id],
        created_at=now,
        updated_at=now,
    )
    context = OfferContext(offer, request, SYSTEM, now, settings)
    return _to_change(None, context, MAKE, OfferDraft(offer, now))


def available_offer_actions(
    offer: Offer, request: JobRequest, actor: Actor, now: datetime, settings: MatchingSettings
) -> list[AvailableAction]:
    """What this actor may do with the offer now, in the table's order; empty for a stranger."""
    context = OfferContext(offer, request, actor, now, settings)
    if not _is_party(context):
        return []
    return [offer_of(each) for each in OFFER_TABLE if each.is_open_to(context)]


def check_offer_action(
    offer: Offer,
    request: JobRequest,
    action: str,
    actor: Actor,
    input_: Mapping[str, Any] | ActionInput | None,
    now: datetime,
    settings: MatchingSettings,
) -> ActionInput:
    """The input of an action that is open to the actor, read and checked; nothing is decided yet.

    Raises:
        NotFound: no such action (``unknown_action``).
        Forbidden: the actor is no party of the offer, or the action is never for this part.
        ActionNotAvailable: not in this state or not now; ``extra`` has the offer's state.
        InvalidInput: the input is wrong; fields are named.
    """
    transition = find(_PERFORMED, action)
    return _checked(OfferContext(offer, request, actor, now, settings), transition, input_)


def perform_on_offer(
    offer: Offer,
    request: JobRequest,
    action: str,
    actor: Actor,
    input_: Mapping[str, Any] | ActionInput | None,
    now: datetime,
    settings: MatchingSettings,
    *,
    outcome: Outcome | None = None,
) -> OfferChange:
    """Perform an action.

    Args:
        offer: as stored.
        request: the request it belongs to, as stored.
        action: a name of the table.
        actor: who acts; ``SYSTEM`` for what the product does by itself.
        input_: the action's input, as sent or already read.
        now: the present instant.
        settings: windows and limits.
        outcome: the quote or the booking that an answer makes.

    Raises:
        NotFound: no such action (``unknown_action``).
        Forbidden: the actor is no party of the offer, or the action is never for this part.
        ActionNotAvailable: not in this state or not now; ``extra`` has the offer's state.
        InvalidInput: the input is wrong; fields are named.
    """
    transition = find(_PERFORMED, action)
    given = _checked(OfferContext(offer, request, actor, now, settings), transition, input_)
    context = OfferContext(offer, request, actor, now, settings, given, outcome)
    begun = {"version": offer.version + 1, "updated_at": now}
    draft = OfferDraft(offer.model_copy(update=begun), now)
    target = transition.target(context)
    draft = draft if target is None else draft.set(status=target)
    return _to_change(offer, context, transition, transition.run_effects(context, draft))


def fire_on_offer(
    offer: Offer, request: JobRequest, action: str, now: datetime, settings: MatchingSettings
) -> OfferChange | None:
    """Perform a system action if it is open; a doubled, early, late or stale firing gives ``None``."""
    if not OFFER_TRANSITIONS[action].is_open_to(OfferContext(offer, request, SYSTEM, now, settings)):
        return None
    return perform_on_offer(offer, request, action, SYSTEM, None, now, settings)


def offer_state(
    offer: Offer, request: JobRequest, actor: Actor, now: datetime, settings: MatchingSettings
) -> dict[str, Any]:
    """What the one who loses a race is told of the offer: its status and version, and what this actor may do now."""
    actions = available_offer_actions(offer, request, actor, now, settings)
    return {
        "offer_status": offer.status.value,
        "version": offer.version,
        "available_actions": [each.action_name for each in actions],
    }


def _checked(
    context: OfferContext, transition: OfferTransition, input_: Mapping[str, Any] | ActionInput | None
) -> ActionInput:
    offer, request, actor, now, settings = (
        context.offer,
        context.request,
        context.actor,
        context.now,
        context.settings,
    )
    if not _is_party(context):
        raise Forbidden("This action is not yours to perform.")
    require_open(transition, context, lambda: offer_state(offer, request, actor, now, settings))
    given = input_ if isinstance(input_, ActionInput) else parse_input(transition.input, input_)
    transition.run_checks(OfferContext(offer, request, actor, now, settings, given))
    return given


def _to_change(
    before: Offer | None, context: OfferContext, transition: OfferTransition, draft: OfferDraft
) -> OfferChange:
    """The finished change: timer armed, parties notified."""
    armed = OfferContext(draft.offer, context.request, SYSTEM, context.now, context.settings)
    at, action = next_due(TIMED_OFFER_TRANSITIONS, armed) or (None, None)
    draft = draft.set(next_due_at=at, next_due_action=action)
    for rule in transition.notifications:
        if rule.applies(context, draft.offer.status):
            draft = draft.notify(rule.notification, context.actor.kind)
    return OfferChange(
        expected_version=before.version if before else None,
        offer=draft.offer,
        released_claim_id=draft.released_claim_id,
        events=list(draft.events),
    )


def _is_party(context: OfferContext) -> bool:
    """Whether the actor is who they say on this offer; operators and the system are checked outside."""
    kind, offer = context.actor.kind, context.offer
    if kind is ActorKind.CUSTOMER:
        return context.actor.id == offer.customer_id
    if kind is ActorKind.PROVIDER:
        return context.actor.id == offer.provider_user_id
    return kind in {ActorKind.OPERATOR, ActorKind.SYSTEM}
