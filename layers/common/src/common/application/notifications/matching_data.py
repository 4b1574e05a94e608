"""What the templates of mails about job requests and offers may show."""

from collections.abc import Mapping
from typing import Any

from common.domain.bookings.booking import Booking
from common.domain.bookings.disclosure import given_name
from common.domain.identity.users import User
from common.domain.matching.candidates import exclusions_text
from common.domain.matching.disclosure import seen_by_provider
from common.domain.matching.job_requests import JobRequest
from common.domain.matching.offers import Offer, pays_at_once
from common.domain.shared.display import local_time_text, money_text
from common.domain.shared.money import Money


def matching_data(
    request: JobRequest, offer: Offer | None, booking: Booking | None, customer: User | None, frontend_base_url: str
) -> Mapping[str, Any]:
    """Everything that a template may show, as text; instants are read on the clock of the request's window.

    Both sides read the same words: those that a provider may see who has been asked.

    Args:
        request: as stored now.
        offer: the offer that it is about, if any.
        booking: what has come of it, if anything.
        customer: who asks, where the account is still there.
        frontend_base_url: where links lead.
    """
    shown, zone = seen_by_provider(request), request.window.timezone
    return {
        "title": shown.title,
        "category": request.category.replace("-", " "),
        "description": shown.description,
        "area": shown.place.suburb,
        "window": _window(request),
        "budget": _money(request.budget),
        "customer": given_name(customer.full_name or "") if customer and customer.full_name else "A customer",
        "reasons": exclusions_text(request.exclusions),
        "booking_url": f"{frontend_base_url}/bookings/{booking.id if booking else ''}",
        "offers_url": f"{frontend_base_url}/offers",
        "request_url": f"{frontend_base_url}/job-requests/{request.id}",
        "preferences_url": f"{frontend_base_url}/account/notifications",
        "pay_by": local_time_text(booking.hold_expires_at, zone) if booking and booking.hold_expires_at else "",
        **_of_offer(request, offer, booking, frontend_base_url),
    }


def _of_offer(
    request: JobRequest, offer: Offer | None, booking: Booking | None, frontend_base_url: str
) -> Mapping[str, Any]:
    zone = request.window.timezone
    quote, counter = (offer.quote, offer.counter) if offer else (None, None)
    price = booking.price.total if booking else quote.total if quote else offer.price if offer else None
    start_at = booking.slot.start_at if booking else quote.start_at if quote else None
    return {
        "is_sole": offer is not None and offer.service_id == request.service_id,
        "provider": offer.provider_name if offer and offer.provider_name else "The provider",
        "price": _money(price),
        "counter": _money(counter.price if counter else None),
        "when": local_time_text(start_at, zone) if start_at else _window(request),
        "answer_by": local_time_text(offer.expires_at, zone) if offer else "",
        "valid_until": local_time_text(quote.valid_until, zone) if quote else "",
        "is_card_saved": offer is not None and pays_at_once(request, offer),
        "offer_url": f"{frontend_base_url}/offers/{offer.id if offer else ''}",
    }


def _window(request: JobRequest) -> str:
    window = request.window
    first, last = (local_time_text(at, window.timezone) for at in (window.start_at, window.end_at))
    return f"between {first} and {last}"


def _money(sum_: Money | None) -> str:
    return money_text(sum_) if sum_ else ""
