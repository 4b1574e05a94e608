"""Who could do a job, and why others could not."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from common.domain.catalogue.place_kinds import PlaceKind
from common.domain.matching.answering import Answering
from common.domain.matching.job_requests import JobRequest
from common.domain.matching.settings import MatchingSettings
from common.domain.shared.money import Money


class Exclusion(StrEnum):
    """Why a candidate is not asked, in the order in which the reasons are looked for."""

    OWN_ACCOUNT = "own_account"
    DECLINED = "declined"
    ALREADY_ASKED = "already_asked"
    NOT_AVAILABLE = "not_available"
    NOT_BILLABLE = "not_billable"
    NOT_DONE_THERE = "not_done_there"
    TOO_FAR = "too_far"
    OTHER_CURRENCY = "other_currency"
    ABOVE_BUDGET = "above_budget"
    TOO_MANY_OFFERS = "too_many_offers"
    NO_FREE_TIME = "no_free_time"


#: Reasons as people read them behind a number: ``12 too far, 4 booked``.
EXCLUSION_WORDS = {
    Exclusion.OWN_ACCOUNT: "your own",
    Exclusion.ALREADY_ASKED: "asked already",
    Exclusion.DECLINED: "declined",
    Exclusion.NOT_AVAILABLE: "not taking jobs",
    Exclusion.NOT_BILLABLE: "not able to be paid",
    Exclusion.NOT_DONE_THERE: "not working at such a place",
    Exclusion.TOO_FAR: "too far",
    Exclusion.OTHER_CURRENCY: "paid in another currency",
    Exclusion.ABOVE_BUDGET: "above the budget",
    Exclusion.TOO_MANY_OFFERS: "with enough offers to answer",
    Exclusion.NO_FREE_TIME: "booked",
}


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """One provider's nearest fitting service, and what is known of the provider when it is looked for.

    Args:
        minutes: how long the work takes.
        price: what it costs, ``None`` where the provider names the price.
        distance_m: metres to the point that is shown in the place's stead, so that no score tells where that place is;
            ``None`` online.
        reach_m: how far away the work may be: as far as the provider comes, or the customer would go.
        exact_distance_m: metres to the place itself, which decide whether that is within reach; never shown.
        rating_count: published ratings, with ``rating_total`` stars together.
        answering: how the provider answers offers.
        recent_offers: offers of the last days (``fairness_window``).
        open_offers: offers that wait for the provider's answer.
        day_open_minutes: working minutes of the day on which the work could begin first.
        day_taken_minutes: what of them is taken.
        soonest_start_at: the first free time in the window, ``None`` without any.
        has_booked_before: whether this customer has had work done by the provider.
        jobs_done: the provider's completed jobs, counted up to ``newcomer_jobs``.
        is_listed: approved, active and shown.
        is_billable: whether the provider can be paid.
        rests_until: the end of the quiet hours in which the provider is now.
        is_sibling: whether the service is of a category beside the one that is asked for.
    """

    provider_id: str
    provider_user_id: str
    service_id: str
    service_title: str = ""
    provider_name: str = ""
    resource_ids: tuple[str, ...] = ()
    place_kinds: tuple[PlaceKind, ...] = (PlaceKind.CUSTOMER,)
    minutes: int = 60
    price: Money | None = None
    distance_m: int | None = None
    exact_distance_m: int | None = None
    reach_m: int = 0
    rating_count: int = 0
    rating_total: int = 0
    answering: Answering = field(default_factory=Answering)
    recent_offers: int = 0
    open_offers: int = 0
    day_open_minutes: int = 0
    day_taken_minutes: int = 0
    soonest_start_at: datetime | None = None
    has_booked_before: bool = False
    jobs_done: int = 0
    is_listed: bool = True
    is_billable: bool = True
    rests_until: datetime | None = None
    is_sibling: bool = False


def exclusion(candidate: Candidate, request: JobRequest, settings: MatchingSettings) -> Exclusion | None:
    """Why a candidate is not asked; ``None`` where they may be.

    Args:
        candidate: as far as it is known; one without a free time is left out by that alone.
        request: what is asked for.
        settings: limits.
    """
    return next((reason for reason, holds in _TESTS if holds(candidate, request, settings)), None)


def by_provider(
    candidates: Iterable[Candidate], request: JobRequest, settings: MatchingSettings
) -> tuple[dict[str, list[Candidate]], dict[str, int]]:
    """Those who may be asked, by provider, and how many providers may not be, by reason.

    A provider with several services counts among the others only where all of them are left out, by the reason of the
    first.

    Args:
        candidates: in the order in which they are preferred where a provider has several, which they keep.
        request: what is asked for.
        settings: limits.
    """
    kept: dict[str, list[Candidate]] = {}
    reasons: dict[str, Exclusion] = {}
    for each in candidates:
        reason = exclusion(each, request, settings)
        if reason is None:
            kept.setdefault(each.provider_id, []).append(each)
        else:
            reasons.setdefault(each.provider_id, reason)
    counts = Counter(reason.value for provider_id, reason in reasons.items() if provider_id not in kept)
    return kept, dict(counts)


def sift(
    candidates: Iterable[Candidate], request: JobRequest, settings: MatchingSettings
) -> tuple[list[Candidate], dict[str, int]]:
    """Those who may be asked, each once: by the first of their services that may be asked for (see ``by_provider``)."""
    kept, counts = by_provider(candidates, request, settings)
    return [first for first, *_ in kept.values()], counts


def exclusions_text(counts: dict[str, int]) -> str:
    """Why nobody else was asked, the commonest reason first: ``12 too far, 4 booked``; empty without a reason."""
    order = {reason.value: place for place, reason in enumerate(Exclusion)}
    known = [(count, name) for name, count in counts.items() if name in order and count > 0]
    known.sort(key=lambda each: (-each[0], order[each[1]]))
    return ", ".join(f"{count} {EXCLUSION_WORDS[Exclusion(name)]}" for count, name in known)


def _is_too_far(candidate: Candidate, request: JobRequest) -> bool:
    if request.place_kind is PlaceKind.ONLINE or candidate.exact_distance_m is None:
        return False
    return candidate.exact_distance_m > min(candidate.reach_m, request.radius_km * 1_000)


def _has_other_currency(candidate: Candidate, request: JobRequest) -> bool:
    price, budget = candidate.price, request.budget
    return price is not None and budget is not None and price.currency != budget.currency


def _is_above_budget(candidate: Candidate, request: JobRequest) -> bool:
    price, budget = candidate.price, request.budget
    return price is not None and budget is not None and price.amount > budget.amount


_Test = Callable[[Candidate, JobRequest, MatchingSettings], bool]
#: In the order of the reasons; each is asked where no one before it holds.
_TESTS: tuple[tuple[Exclusion, _Test], ...] = (
    (Exclusion.OWN_ACCOUNT, lambda candidate, request, _: candidate.provider_user_id == request.customer_id),
    (Exclusion.DECLINED, lambda candidate, request, _: candidate.provider_id in request.declined_provider_ids),
    (Exclusion.ALREADY_ASKED, lambda candidate, request, _: candidate.provider_id in request.asked_provider_ids),
    (Exclusion.NOT_AVAILABLE, lambda candidate, *_: not candidate.is_listed),
    (Exclusion.NOT_BILLABLE, lambda candidate, *_: not candidate.is_billable),
    (Exclusion.NOT_DONE_THERE, lambda candidate, request, _: request.place_kind not in candidate.place_kinds),
    (Exclusion.TOO_FAR, lambda candidate, request, _: _is_too_far(candidate, request)),
    (Exclusion.OTHER_CURRENCY, lambda candidate, request, _: _has_other_currency(candidate, request)),
    (Exclusion.ABOVE_BUDGET, lambda candidate, request, _: _is_above_budget(candidate, request)),
    (Exclusion.TOO_MANY_OFFERS, lambda candidate, _, settings: candidate.open_offers >= settings.open_offers_limit),
    (Exclusion.NO_FREE_TIME, lambda candidate, *_: candidate.soonest_start_at is None),
)
