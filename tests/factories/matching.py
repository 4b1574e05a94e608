"""Builders of job requests, candidates and offers."""

from datetime import UTC, datetime, timedelta
from typing import Any

from common.domain.bookings.booking import Place
from common.domain.bookings.price_lines import LineKind, PriceLine
from common.domain.matching.candidates import Candidate
from common.domain.matching.job_requests import JobRequest, Window
from common.domain.matching.offers import Offer, Quote
from common.domain.matching.scoring import score
from common.domain.matching.settings import MatchingSettings
from common.domain.matching.state_machine import NewRequest, create_request, make_offer
from common.domain.shared.money import Money

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
DEFAULTS = MatchingSettings()
HOME = Place(address="1 Queen Street, Auckland", lat=-36.8485, lng=174.7633, is_located=True, suburb="Auckland Central")


def nzd(amount: int) -> Money:
    """An amount in New Zealand dollars' minor units."""
    return Money(amount=amount, currency="nzd")


def make_window(
    start_in: timedelta = timedelta(days=2), length: timedelta = timedelta(days=3), *, now: datetime = NOW
) -> Window:
    """A window in Auckland that begins some time from now."""
    return Window(start_at=now + start_in, end_at=now + start_in + length, timezone="Pacific/Auckland")


def make_request(now: datetime = NOW, settings: MatchingSettings = DEFAULTS, **fields: Any) -> JobRequest:
    """A request as it has just been made, with any of its fields given."""
    asked = NewRequest(
        customer_id=fields.pop("customer_id", "usr_customer"),
        category=fields.pop("category", "lawn-mowing"),
        title=fields.pop("title", "Mow a small lawn"),
        place=fields.pop("place", HOME),
        window=fields.pop("window", make_window(now=now)),
        radius_km=fields.pop("radius_km", 25),
        duration_minutes=fields.pop("duration_minutes", 60),
    )
    return create_request(asked, now, settings).request.model_copy(update=fields)


def make_candidate(number: int = 1, **fields: Any) -> Candidate:
    """Somebody who may be asked, with any of its fields given."""
    defaults: dict[str, Any] = {
        "provider_id": f"prv_{number}",
        "provider_user_id": f"usr_provider_{number}",
        "service_id": f"svc_{number}",
        "service_title": "Lawn mowing",
        "provider_name": f"Provider {number}",
        "price": nzd(9_000),
        "distance_m": 4_000,
        "exact_distance_m": 3_500,
        "reach_m": 25_000,
        "day_open_minutes": 480,
        "soonest_start_at": NOW + timedelta(days=2),
        "jobs_done": 20,
    }
    return Candidate(**{**defaults, **fields})


def make_open_offer(
    request: JobRequest, number: int = 1, now: datetime = NOW, settings: MatchingSettings = DEFAULTS, **fields: Any
) -> Offer:
    """An offer that has just been made, with any of its fields given."""
    candidate = make_candidate(number)
    ends_at = now + timedelta(hours=2)
    offer = make_offer(request, candidate, score(candidate, request, settings), ends_at, now, settings).offer
    return offer.model_copy(update=fields)


def make_quote(amount: int = 9_000, now: datetime = NOW, **fields: Any) -> Quote:
    """A quote of one line."""
    line = PriceLine(id="line_1", kind=LineKind.SERVICE, unit_amount=nzd(amount))
    defaults: dict[str, Any] = {
        "lines": [line],
        "start_at": NOW + timedelta(days=2),
        "valid_until": now + timedelta(hours=24),
        "made_at": now,
    }
    return Quote(**{**defaults, **fields})
