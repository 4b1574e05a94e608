"""Guards, checks, timers and effects of a request's transitions."""

from datetime import datetime

from common.domain.matching.job_requests import JobRequest, JobRequestStatus
from common.domain.matching.state_machine import inputs
from common.domain.matching.state_machine.context import RequestContext, RequestDraft, RequestGuard, RequestTimer
from common.domain.matching.windows import last_start, require_budget, require_window
from common.domain.shared.errors import FieldError, InvalidInput

WAVE_DUE = RequestGuard(
    "the next wave is due",
    lambda context: context.request.wave_due_at is not None and context.request.wave_due_at <= context.now,
)
MAY_EXTEND = RequestGuard(
    "it was widened less often than {extension_limit} times",
    lambda context: context.request.extension_count < context.settings.extension_limit,
)
OF_A_BOOKING = RequestGuard("a booking came of it", lambda context: context.request.booking_id is not None)


def _exhaust_at(context: RequestContext) -> datetime | None:
    request = context.request
    return request.offers_end_at if request.wave_due_at is None else None


WAVE_TIMER = RequestTimer(
    "at once, and {gap} after each wave, {urgent_gap} where the window starts within {urgent_within}",
    lambda context: context.request.wave_due_at,
)
EXHAUST_TIMER = RequestTimer("when the last offer of the last wave has ended", _exhaust_at)
EXPIRE_TIMER = RequestTimer("when nothing can begin in the window any more", lambda context: context.request.expires_at)
MATCH_TIMER = RequestTimer("{matched_hold} after the match", lambda context: context.request.matched_until)


def found_nobody_target(context: RequestContext) -> JobRequestStatus:
    """Exhausted, unless somebody may still answer."""
    return JobRequestStatus.OFFERING if _has_open_offers(context) else JobRequestStatus.EXHAUSTED


def reopened_target(context: RequestContext) -> JobRequestStatus:
    """Offering again while something can begin in the window."""
    is_over = context.request.expires_at <= context.now
    return JobRequestStatus.EXPIRED if is_over else JobRequestStatus.OFFERING


def extension_widens(context: RequestContext) -> None:
    """At least one of radius, window and budget is wider, and none narrower.

    Raises:
        InvalidInput: not so; the field is named.
    """
    given, request, settings = context.given(inputs.Extension), context.request, context.settings
    if given.radius_km is None and given.window is None and given.budget is None:
        fields = [FieldError(name, "Widen at least one.", "missing") for name in inputs.Extension.model_fields]
        raise InvalidInput("Say what shall be wider: the radius, the window or the budget.", errors=fields)
    if given.radius_km is not None and not request.radius_km < given.radius_km <= settings.most_radius_km:
        least, most = request.radius_km, settings.most_radius_km
        raise InvalidInput.of("radius_km", f"Give more than {least} and at most {most}.", "not_wider")
    if given.window is not None:
        _check_window(given.window, request, context)
    if given.budget is not None:
        known = request.budget
        if known is None:
            raise InvalidInput.of("budget", "The request has no budget, which nothing is above.", "not_wider")
        require_budget(given.budget)
        if given.budget.currency != known.currency or given.budget.amount <= known.amount:
            raise InvalidInput.of("budget", f"Give more than {known.amount} {known.currency}.", "not_wider")


def _check_window(given: inputs.NewWindow, request: JobRequest, context: RequestContext) -> None:
    window = request.window.model_copy(update={"start_at": given.start_at, "end_at": given.end_at})
    require_window(window, request.duration_minutes, context.now, context.settings)
    # A start that has passed meanwhile need not be held: nothing can begin there.
    holds_start = given.start_at <= max(request.window.start_at, context.now)
    if not holds_start or given.end_at < request.window.end_at or given == _as_input(request):
        raise InvalidInput.of("window", "Give a longer window that holds the present one.", "not_wider")


def _as_input(request: JobRequest) -> inputs.NewWindow:
    return inputs.NewWindow(start_at=request.window.start_at, end_at=request.window.end_at)


def record_wave(context: RequestContext, draft: RequestDraft) -> RequestDraft:
    """Keep who was asked and when the next wave is due."""
    given, request = context.given(inputs.WaveSent), draft.request
    return draft.set(
        wave=given.number,
        asked_provider_ids=list(dict.fromkeys([*request.asked_provider_ids, *given.provider_ids])),
        wave_due_at=given.next_at,
        offers_end_at=_later(request.offers_end_at, given.offers_end_at),
        exclusions=given.exclusions,
        candidate_count=given.candidate_count,
    )


def record_nobody(context: RequestContext, draft: RequestDraft) -> RequestDraft:
    """Keep why nobody was found; no wave follows."""
    given = context.given(inputs.Nobody)
    exclusions, count = given.exclusions, given.candidate_count
    return draft.set(wave=given.number, wave_due_at=None, exclusions=exclusions, candidate_count=count)


def record_quote(context: RequestContext, draft: RequestDraft) -> RequestDraft:
    """A quote that stands keeps the request from being exhausted."""
    return draft.set(offers_end_at=_later(draft.request.offers_end_at, context.given(inputs.Quoted).valid_until))


def postpone(context: RequestContext, draft: RequestDraft) -> RequestDraft:
    """Try the wave again later."""
    return draft.set(wave_due_at=context.given(inputs.Waiting).until)


def hurry(context: RequestContext, draft: RequestDraft) -> RequestDraft:
    """Nobody is left to answer: the next wave is due now, or there is none and the request is exhausted now."""
    if draft.request.wave_due_at is not None:
        return draft.set(wave_due_at=min(draft.request.wave_due_at, context.now))
    return draft.set(offers_end_at=context.now)


def record_match(context: RequestContext, draft: RequestDraft) -> RequestDraft:
    """Keep what was taken; nobody else is asked."""
    given = context.given(inputs.Matched)
    return draft.set(
        matched_offer_id=given.offer_id,
        booking_id=given.booking_id,
        matched_until=given.until,
        wave_due_at=None,
        offers_end_at=None,
    )


def look_later(context: RequestContext, draft: RequestDraft) -> RequestDraft:
    """Look at the booking again later."""
    return draft.set(matched_until=context.given(inputs.Waiting).until)


def rest(_: RequestContext, draft: RequestDraft) -> RequestDraft:
    """Nothing is due any more."""
    return draft.set(wave_due_at=None, offers_end_at=None, matched_until=None)


def look_on(context: RequestContext, draft: RequestDraft) -> RequestDraft:
    """Forget the match; the next wave is due now, and that provider is not asked again."""
    given, request = context.given(inputs.Fallen), draft.request
    return draft.set(
        matched_offer_id=None,
        booking_id=None,
        matched_until=None,
        declined_provider_ids=list(dict.fromkeys([*request.declined_provider_ids, given.provider_id])),
        wave_due_at=context.now if request.status is JobRequestStatus.OFFERING else None,
        offers_end_at=None,
    )


def widen(context: RequestContext, draft: RequestDraft) -> RequestDraft:
    """Take the wider radius, window and budget; waves begin anew, now."""
    given, request = context.given(inputs.Extension), draft.request
    window = request.window
    if given.window is not None:
        window = window.model_copy(update={"start_at": given.window.start_at, "end_at": given.window.end_at})
    return draft.set(
        radius_km=given.radius_km or request.radius_km,
        window=window,
        budget=given.budget.as_money() if given.budget else request.budget,
        expires_at=last_start(window, request.duration_minutes),
        extension_count=request.extension_count + 1,
        wave=0,
        wave_due_at=context.now,
        offers_end_at=None,
        exclusions={},
        candidate_count=0,
    )


def _has_open_offers(context: RequestContext) -> bool:
    ends_at = context.request.offers_end_at
    return ends_at is not None and ends_at > context.now


def _later(one: datetime | None, other: datetime) -> datetime:
    return other if one is None else max(one, other)
