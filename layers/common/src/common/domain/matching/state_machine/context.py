"""What guards and effects see, and the drafts that effects build up: of requests, and of offers."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from common.domain.matching.job_requests import HISTORY_LIMIT, HistoryEntry, JobRequest, JobRequestStatus
from common.domain.matching.notifications import matching_event
from common.domain.matching.offers import Offer, OfferStatus, Quote
from common.domain.matching.settings import MatchingSettings
from common.domain.shared.actors import Actor, ActorKind
from common.domain.shared.events import Event
from common.domain.shared.state_machine import (
    ActionContext,
    ActionInput,
    Guard,
    Notification,
    NotificationRule,
    Timer,
    Transition,
)

#: The action that says nothing new each time it is done again.
_WAIT = "wait"


@dataclass(frozen=True)
class RequestContext(ActionContext[ActorKind]):
    """One question or attempt: the request as it is, who acts, when, under which settings, with which input.

    It is the ``TransitionContext`` of job requests.
    """

    request: JobRequest
    actor: Actor
    now: datetime
    settings: MatchingSettings
    input: ActionInput | None = None

    @property
    def subject_name(self) -> str:
        """What people call it."""
        return "request"

    @property
    def status(self) -> JobRequestStatus:
        """The request's present status."""
        return self.request.status


@dataclass(frozen=True)
class OfferContext(ActionContext[ActorKind]):
    """The same of an offer, with the request it belongs to.

    ``outcome`` is what was decided beside it: the quote that its time was held for, or the booking that it becomes.
    """

    offer: Offer
    request: JobRequest
    actor: Actor
    now: datetime
    settings: MatchingSettings
    input: ActionInput | None = None
    outcome: "Outcome | None" = None

    @property
    def subject_name(self) -> str:
        """What people call it."""
        return "offer"

    @property
    def status(self) -> OfferStatus:
        """The offer's present status."""
        return self.offer.status


@dataclass(frozen=True)
class Outcome:
    """What an answer makes beside the offer's new state.

    Args:
        quote: the quote, complete with lines and their taxes, where the answer is one.
        claim_id: the name of the claims that hold the quote's time.
        booking_id: the booking, where the answer is the deal.
    """

    quote: Quote | None = None
    claim_id: str | None = None
    booking_id: str | None = None


@dataclass(frozen=True)
class RequestDraft:
    """A change of a request in the making; every method returns a new draft."""

    request: JobRequest
    now: datetime
    events: tuple[Event, ...] = ()

    def set(self, **fields: Any) -> "RequestDraft":
        """Replace fields of the request."""
        return replace(self, request=self.request.model_copy(update=fields))

    def notify(self, notification: Notification[ActorKind], by: ActorKind) -> "RequestDraft":
        """Add the event of a fact."""
        request = self.request
        event = matching_event(
            notification,
            self.now,
            request_id=request.id,
            offer_id=request.matched_offer_id,
            version=request.version,
            by=by,
        )
        return replace(self, events=(*self.events, event))

    def record(self, entry: HistoryEntry) -> "RequestDraft":
        """Add a line to the history; a repeated wait replaces the one before it, and the oldest lines go."""
        history = self.request.history
        is_repeated = history and entry.action == _WAIT and history[-1].action == _WAIT
        kept = history[:-1] if is_repeated else history
        return self.set(history=[*kept, entry][-HISTORY_LIMIT:])


@dataclass(frozen=True)
class OfferDraft:
    """A change of an offer in the making; every method returns a new draft."""

    offer: Offer
    now: datetime
    released_claim_id: str | None = None
    events: tuple[Event, ...] = ()

    def set(self, **fields: Any) -> "OfferDraft":
        """Replace fields of the offer."""
        return replace(self, offer=self.offer.model_copy(update=fields))

    def release(self) -> "OfferDraft":
        """Hold the quote's time no longer."""
        return replace(self.set(claim_id=None), released_claim_id=self.offer.claim_id or self.released_claim_id)

    def notify(self, notification: Notification[ActorKind], by: ActorKind) -> "OfferDraft":
        """Add the event of a fact."""
        offer = self.offer
        event = matching_event(
            notification, self.now, request_id=offer.request_id, offer_id=offer.id, version=offer.version, by=by
        )
        return replace(self, events=(*self.events, event))


RequestTransition = Transition[RequestContext, RequestDraft, JobRequestStatus, ActorKind]
RequestGuard = Guard[RequestContext]
RequestTimer = Timer[RequestContext]
RequestRule = NotificationRule[RequestContext, JobRequestStatus, ActorKind]
OfferTransition = Transition[OfferContext, OfferDraft, OfferStatus, ActorKind]
OfferGuard = Guard[OfferContext]
OfferTimer = Timer[OfferContext]
OfferRule = NotificationRule[OfferContext, OfferStatus, ActorKind]
