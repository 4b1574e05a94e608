"""An exhaustive walk over both state machines: every reachable state at every position of the clock.

A node of the request's walk is a request at a position of the clock; of the offer's, an offer with the request's mode.
From each the walk tries every action of every actor, and the next position of the clock.
"""

from __future__ import annotations

from collections import deque
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from common.domain.bookings.state_machine import SYSTEM
from common.domain.matching.changes import OfferChange, RequestChange
from common.domain.matching.offers import accept_binds, booking_id_of
from common.domain.matching.state_machine import (
    OFFER_TABLE,
    REQUEST_TABLE,
    Extension,
    Fallen,
    Matched,
    Nobody,
    Outcome,
    Quoted,
    Waiting,
    WaveSent,
    perform_on_offer,
    perform_on_request,
)
from common.domain.shared.actors import Actor, ActorKind
from common.domain.shared.errors import ActionNotAvailable, Forbidden

from tests.factories.matching import DEFAULTS, NOW, make_open_offer, make_quote, make_request, make_window

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from common.domain.matching.job_requests import JobRequest, Mode
    from common.domain.matching.offers import Offer
    from common.domain.shared.state_machine import ActionInput

CUSTOMER = Actor(kind=ActorKind.CUSTOMER, id="usr_customer")
PROVIDER = Actor(kind=ActorKind.PROVIDER, id="usr_provider_1")
OPERATOR = Actor(kind=ActorKind.OPERATOR, id="usr_operator")
EVERYBODY = (CUSTOMER, PROVIDER, OPERATOR, SYSTEM)
HOUR = timedelta(hours=1)
#: Before, on and behind what is due: the waves, their offers' end, the match's end and the window's.
CLOCK = (NOW, NOW + HOUR, NOW + 3 * HOUR, NOW + timedelta(days=5))
REQUEST_ACTIONS = tuple(each for each in REQUEST_TABLE if each.sources)
OFFER_ACTIONS = tuple(each for each in OFFER_TABLE if each.sources)


def request_inputs(action: str, request: JobRequest, now: datetime) -> list[ActionInput | dict[str, Any] | None]:
    """What an action of a request is tried with; two waves at most, so that the walk has an end."""
    ends_at, count = now + 2 * HOUR, request.extension_count
    wider = Extension(radius_km=min(100, request.radius_km + 25))
    last = request.wave >= 1
    samples: dict[str, list[ActionInput | dict[str, Any] | None]] = {
        "send_wave": [
            WaveSent(
                number=request.wave + 1,
                provider_ids=[f"prv_{count}_{request.wave}"],
                offers_end_at=ends_at,
                next_at=None if last else now + HOUR,
                exclusions={"too_far": 2},
                candidate_count=3,
            )
        ],
        "find_nobody": [Nobody(number=4, exclusions={"too_far": 2}, candidate_count=2)],
        "wait": [Waiting(until=now + HOUR, note="resting")],
        "note_quote": [Quoted(valid_until=now + HOUR)],
        "match": [Matched(offer_id="off_1", booking_id="bkg_1", until=now + 2 * HOUR)],
        "check_match": [Waiting(until=now + HOUR)],
        "reopen": [Fallen(provider_id="prv_0_0")],
        "extend": [wider, {"radius_km": wider.radius_km}],
        "cancel": [{"reason": "no need any more"}],
    }
    if request.wave >= 2 and action == "send_wave":
        return []
    return samples.get(action, [None])


def request_walk(check: Callable[[JobRequest, RequestChange], None]) -> dict[tuple[Any, ...], JobRequest]:
    """Every reachable request, by what makes two of them different; its key begins with the clock's position."""
    seen: dict[tuple[Any, ...], JobRequest] = {}
    queue = deque([(make_request(window=make_window(HOUR, timedelta(days=4))), 0)])
    while queue:
        request, position = queue.popleft()
        key = _request_key(request, position)
        if key in seen:
            continue
        seen[key] = request
        if position + 1 < len(CLOCK):
            queue.append((request, position + 1))
        for change in _request_changes(request, CLOCK[position]):
            check(request, change)
            queue.append((change.request, position))
    return seen


def _request_changes(request: JobRequest, now: datetime) -> Iterator[RequestChange]:
    for actor in EVERYBODY:
        for transition in REQUEST_ACTIONS:
            for given in request_inputs(transition.name, request, now):
                try:
                    yield perform_on_request(request, transition.name, actor, given, now, DEFAULTS)
                except (ActionNotAvailable, Forbidden):
                    continue


def _request_key(request: JobRequest, position: int) -> tuple[Any, ...]:
    """A time counts as none, passed, or to come: nothing else of it decides what may happen now."""
    times = (request.wave_due_at, request.offers_end_at, request.matched_until, request.expires_at)
    passed = (each if each is None else each <= CLOCK[position] for each in times)
    return position, request.status, request.wave, request.extension_count > 0, request.booking_id, *passed


def offer_walk(mode: Mode, check: Callable[[Offer, OfferChange], None]) -> dict[tuple[Any, ...], Offer]:
    """Every reachable offer of a request of this mode, without a known price."""
    request = make_request(mode=mode)
    seen: dict[tuple[Any, ...], Offer] = {}
    queue = deque([(make_open_offer(request, price=None), 0)])
    while queue:
        offer, position = queue.popleft()
        key = (position, offer.status, offer.quote is None, offer.counter is None, offer.is_countered, offer.expires_at)
        if key in seen:
            continue
        seen[key] = offer
        if position + 1 < len(CLOCK):
            queue.append((offer, position + 1))
        for change in _offer_changes(offer, request, CLOCK[position]):
            check(offer, change)
            queue.append((change.offer, position))
    return seen


def _offer_changes(offer: Offer, request: JobRequest, now: datetime) -> Iterable[OfferChange]:
    price = {"price": {"amount": 8_000, "currency": "nzd"}}
    for actor in EVERYBODY:
        for transition in OFFER_ACTIONS:
            is_answer = transition.name == "accept" and not offer.is_countered
            given = price if is_answer or transition.name == "counter" else None
            # The quote that the use case would have made, or the booking.
            quote = make_quote(8_000, now, is_counter=offer.is_countered, valid_until=NOW + 4 * HOUR)
            binds = transition.name == "choose" or accept_binds(offer, request)
            outcome = Outcome(booking_id=booking_id_of(offer.id)) if binds else Outcome(quote=quote, claim_id="clm_1")
            if transition.name == "counter":
                outcome = Outcome(quote=quote, claim_id="clm_2")
            try:
                yield perform_on_offer(offer, request, transition.name, actor, given, now, DEFAULTS, outcome=outcome)
            except (ActionNotAvailable, Forbidden):
                continue
