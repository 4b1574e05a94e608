"""Making, offering and performing for requests: all ask the same rows of the same table."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from common.domain.bookings.booking import Place
from common.domain.bookings.state_machine import SYSTEM
from common.domain.catalogue.place_kinds import PlaceKind
from common.domain.matching.changes import RequestChange
from common.domain.matching.job_requests import JOB_REQUEST_PREFIX, HistoryEntry, JobRequest, Mode, Window
from common.domain.matching.settings import MatchingSettings
from common.domain.matching.state_machine import inputs
from common.domain.matching.state_machine.context import RequestContext, RequestDraft, RequestTransition
from common.domain.matching.state_machine.request_table import (
    CREATE,
    REQUEST_TABLE,
    REQUEST_TRANSITIONS,
    TIMED_REQUEST_TRANSITIONS,
)
from common.domain.matching.windows import last_start, require_budget, require_window
from common.domain.shared.actors import Actor, ActorKind
from common.domain.shared.errors import Forbidden, InvalidInput
from common.domain.shared.ids import new_id
from common.domain.shared.money import Money
from common.domain.shared.state_machine import ActionInput, find, next_due, offer_of, parse_input, require_open
from common.domain.shared.state_machine import Offer as AvailableAction

#: What somebody may ask for: a request is made another way.
_PERFORMED = {name: transition for name, transition in REQUEST_TRANSITIONS.items() if transition.sources}


@dataclass(frozen=True, kw_only=True)
class NewRequest:
    """What a customer asks for; the fields are a ``JobRequest``'s."""

    customer_id: str
    category: str
    title: str
    place: Place
    window: Window
    radius_km: int
    service_id: str | None = None
    description: str = ""
    access_notes: str = ""
    place_kind: PlaceKind = PlaceKind.CUSTOMER
    duration_minutes: int | None = None
    budget: Money | None = None
    mode: Mode = Mode.FIRST
    media_ids: tuple[str, ...] = ()
    payment_method_id: str | None = None
    report_id: str | None = None
    idempotency_key: str | None = None


def create_request(new: NewRequest, now: datetime, settings: MatchingSettings) -> RequestChange:
    """A new request, whose first wave is due at once.

    Raises:
        InvalidInput: window, budget, radius or the number of photographs break a rule; the field is named.
    """
    require_window(new.window, new.duration_minutes, now, settings)
    if new.budget is not None:
        require_budget(new.budget)
    if not 1 <= new.radius_km <= settings.most_radius_km:
        raise InvalidInput.of("radius_km", f"Give 1 to {settings.most_radius_km}.", "out_of_range")
    if len(new.media_ids) > settings.photo_limit:
        raise InvalidInput.of("media_ids", f"At most {settings.photo_limit} photographs.", "too_many")
    fields = {name: getattr(new, name) for name in new.__dataclass_fields__}
    request = JobRequest(
        **{**fields, "media_ids": list(dict.fromkeys(new.media_ids))},
        id=new_id(JOB_REQUEST_PREFIX, now),
        status=CREATE.targets[0],
        wave_due_at=now,
        expires_at=last_start(new.window, new.duration_minutes),
        created_at=now,
        updated_at=now,
    )
    actor = Actor(kind=ActorKind.CUSTOMER, id=new.customer_id)
    context = RequestContext(request, actor, now, settings)
    return _to_change(None, context, CREATE, RequestDraft(request, now))


def available_request_actions(
    request: JobRequest, actor: Actor, now: datetime, settings: MatchingSettings
) -> list[AvailableAction]:
    """What this actor may do with the request now, in the table's order; empty for a stranger."""
    context = RequestContext(request, actor, now, settings)
    if not _is_party(context):
        return []
    return [offer_of(each) for each in REQUEST_TABLE if each.is_open_to(context)]


def perform_on_request(
    request: JobRequest,
    action: str,
    actor: Actor,
    input_: Mapping[str, Any] | ActionInput | None,
    now: datetime,
    settings: MatchingSettings,
) -> RequestChange:
    """Perform an action.

    Args:
        request: as stored.
        action: a name of the table.
        actor: who acts; ``SYSTEM`` for what the product does by itself.
        input_: the action's input, as sent or already read.
        now: the present instant.
        settings: windows and limits.

    Raises:
        NotFound: no such action (``unknown_action``).
        Forbidden: the actor is no party of the request, or the action is never for this part.
        ActionNotAvailable: not in this state or not now; ``extra`` has the request's state.
        InvalidInput: the input is wrong; fields are named.
    """
    transition = find(_PERFORMED, action)
    context = RequestContext(request, actor, now, settings)
    if not _is_party(context):
        raise Forbidden("This action is not yours to perform.")
    require_open(transition, context, lambda: request_state(request, actor, now, settings))
    given = input_ if isinstance(input_, ActionInput) else parse_input(transition.input, input_)
    context = RequestContext(request, actor, now, settings, given)
    transition.run_checks(context)
    return _decide(context, transition)


def fire_on_request(
    request: JobRequest, action: str, input_: ActionInput | None, now: datetime, settings: MatchingSettings
) -> RequestChange | None:
    """Perform a system action if it is open; a doubled, early, late or stale firing gives ``None``.

    Args:
        request: as stored now, not as it was when the timer was armed.
        action: a name of the table.
        input_: what it needs to know; ``None`` where it needs nothing.
        now: the present instant.
        settings: windows and limits.
    """
    transition = REQUEST_TRANSITIONS[action]
    if not transition.is_open_to(RequestContext(request, SYSTEM, now, settings)):
        return None
    return perform_on_request(request, action, SYSTEM, input_, now, settings)


def due_request_action(request: JobRequest, now: datetime, settings: MatchingSettings) -> str | None:
    """The name of the system action that is due now; the window's end goes before what would go on in it."""
    context = RequestContext(request, SYSTEM, now, settings)
    return next((each.name for each in TIMED_REQUEST_TRANSITIONS if each.is_open_to(context)), None)


def request_state(request: JobRequest, actor: Actor, now: datetime, settings: MatchingSettings) -> dict[str, Any]:
    """What the one who loses a race is told of the request: its status and version, and what this actor may do now."""
    actions = available_request_actions(request, actor, now, settings)
    return {
        "request_status": request.status.value,
        "version": request.version,
        "available_actions": [each.action_name for each in actions],
    }


def _decide(context: RequestContext, transition: RequestTransition) -> RequestChange:
    """Apply a transition whose guards have passed."""
    before = context.request
    begun = {"version": before.version + 1, "updated_at": context.now}
    draft = RequestDraft(before.model_copy(update=begun), context.now)
    target = transition.target(context)
    draft = draft if target is None else draft.set(status=target)
    return _to_change(before, context, transition, transition.run_effects(context, draft))


def _to_change(
    before: JobRequest | None, context: RequestContext, transition: RequestTransition, draft: RequestDraft
) -> RequestChange:
    """The finished change: history written, timer armed, parties notified."""
    draft = draft.record(_entry(before, draft.request, context, transition))
    due = next_due(TIMED_REQUEST_TRANSITIONS, RequestContext(draft.request, SYSTEM, context.now, context.settings))
    at, action = due or (None, None)
    draft = draft.set(next_due_at=at, next_due_action=action)
    for rule in transition.notifications:
        if rule.applies(context, draft.request.status):
            draft = draft.notify(rule.notification, context.actor.kind)
    expected = before.version if before else None
    return RequestChange(expected_version=expected, request=draft.request, events=list(draft.events))


def _entry(
    before: JobRequest | None, after: JobRequest, context: RequestContext, transition: RequestTransition
) -> HistoryEntry:
    given = context.input
    said = next((text for name in ("reason", "note") if (text := getattr(given, name, ""))), "")
    return HistoryEntry(
        action=transition.name,
        actor=context.actor,
        from_status=before.status if before else None,
        to_status=after.status,
        note=" ".join(filter(None, (transition.note, said))),
        offer_id=getattr(given, "offer_id", None),
        count=len(given.provider_ids) if isinstance(given, inputs.WaveSent) else None,
        at=context.now,
    )


def _is_party(context: RequestContext) -> bool:
    """Whether the actor is who they say on this request; operators and the system are checked outside."""
    kind = context.actor.kind
    if kind is ActorKind.CUSTOMER:
        return context.actor.id == context.request.customer_id
    return kind in {ActorKind.OPERATOR, ActorKind.SYSTEM}
