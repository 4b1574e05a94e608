"""Job requests and offers as their callers see them."""

from collections.abc import Iterable, Mapping, Sequence

from common.application.ports.media.attachments import MediaUrls
from common.domain.bookings.price_lines import PriceLine
from common.domain.matching.candidates import EXCLUSION_WORDS, Exclusion, exclusions_text
from common.domain.matching.disclosure import seen_by_provider
from common.domain.matching.job_requests import JobRequest, JobRequestStatus
from common.domain.matching.offers import Offer, OfferStatus, accept_binds
from common.domain.media.media import Media
from common.domain.messaging.conversations import conversation_id
from common.domain.shared.actors import ActorKind
from common.domain.shared.masking import mask_contact_details
from common.domain.shared.state_machine import Offer as Action

from functions.matching import schemas

#: The parts of a view: plain values, and things of the domain whose attributes have the view's names.
Parts = dict[str, object]
_LISTED = set(schemas.JobRequestBrief.model_fields) - {"asked_count", "next_wave_at"}
_KEPT = {"customer_id", "description", "place", "duration_minutes", "radius_km", "report_id", "matched_until"}
_PLAIN = {
    "id", "version", "status", "request_id", "service_id", "service_title", "provider_id", "provider_name",
    "wave", "minutes", "score", "distance_m", "soonest_start_at", "price", "decline_reason", "declined_by",
    "booking_id", "expires_at", "created_at", "updated_at",
}  # fmt: skip


def present_brief(request: JobRequest) -> schemas.JobRequestBrief:
    """A request in its customer's list."""
    return schemas.JobRequestBrief.model_validate(_brief(request))


def present_request(
    request: JobRequest,
    role: ActorKind,
    offers: Iterable[Offer],
    actions: Sequence[Action],
    photos: Sequence[schemas.JobPhotoView],
) -> schemas.JobRequestView:
    """A request as its customer or an operator sees it.

    Args:
        request: as stored.
        role: in which part the caller sees it.
        offers: of whom was asked.
        actions: what the caller may do now.
        photos: of the job.
    """
    history = [{**dict(each), "actor_kind": each.actor.kind} for each in request.history]
    return schemas.JobRequestView.model_validate(
        {
            **_brief(request),
            **{name: getattr(request, name) for name in _KEPT},
            "role": role,
            "media": photos,
            "asked": [_asked(each) for each in offers],
            "search": _search(request),
            "history": history,
            "available_actions": actions,
        }
    )


def present_match(offer: Offer, request: JobRequest, actions: Sequence[Action]) -> schemas.MatchView:
    """Somebody who was asked, as the customer sees them, with no way around the marketplace in what they wrote."""
    word = mask_contact_details(offer.decline_note)
    return schemas.MatchView.model_validate({**_facts(offer, request, actions), "decline_note": word})


def present_offer(
    offer: Offer,
    request: JobRequest,
    actions: Sequence[Action],
    photos: Sequence[schemas.JobPhotoView],
) -> schemas.OfferView:
    """A job that somebody was asked about, as far as a provider may see it.

    Args:
        offer: as stored.
        request: what it is about.
        actions: what the caller may do now.
        photos: of the job.
    """
    shown = seen_by_provider(request)
    accepting = None
    if offer.status is OfferStatus.OPEN:
        accepting = "booking" if accept_binds(offer, request) else "quote"
    job = {
        **{name: getattr(shown, name) for name in schemas.AskedJobView.model_fields if name != "media"},
        "media": photos,
    }
    return schemas.OfferView.model_validate({**_facts(offer, request, actions), "job": job, "accepting": accepting})


def present_photos(
    media_ids: Sequence[str], media: Mapping[str, Media], addresses: MediaUrls
) -> list[schemas.JobPhotoView]:
    """The photographs of a job, with addresses for reading that are made now.

    Args:
        media_ids: which, in their order.
        media: those that there are, by id.
        addresses: gives the addresses of their files.
    """
    return [
        schemas.JobPhotoView.model_validate({"id": each, "files": list(addresses.read_urls(found))})
        for each in media_ids
        if (found := media.get(each))
    ]


def _brief(request: JobRequest) -> Parts:
    is_offering = request.status in {JobRequestStatus.OPEN, JobRequestStatus.OFFERING}
    return {
        **{name: getattr(request, name) for name in _LISTED},
        "asked_count": len(request.asked_provider_ids),
        "next_wave_at": request.wave_due_at if is_offering else None,
    }


def _asked(offer: Offer) -> Parts:
    return {
        "offer_id": offer.id,
        "provider_id": offer.provider_id,
        "provider_name": offer.provider_name,
        "status": offer.status,
        "wave": offer.wave,
        "is_quoted": offer.is_quoted,
        "asked_at": offer.created_at,
        "expires_at": offer.expires_at,
    }


def _search(request: JobRequest) -> Parts | None:
    """Why others were not asked; nothing before anybody has looked."""
    if not (request.candidate_count or request.exclusions or request.wave):
        return None
    counts = request.exclusions
    known = [reason for reason in Exclusion if counts.get(reason.value)]
    return {
        "candidates": request.candidate_count,
        "left_out": [{"reason": each, "count": counts[each.value], "text": EXCLUSION_WORDS[each]} for each in known],
        "text": exclusions_text(counts),
    }


def _facts(offer: Offer, request: JobRequest, actions: Sequence[Action]) -> Parts:
    quote, counter = offer.quote, offer.counter
    return {
        **{name: getattr(offer, name) for name in _PLAIN},
        "mode": request.mode,
        "quote": quote
        and {**_note(quote), "total": quote.total, "lines": [_line(offer, each) for each in quote.lines]},
        "counter": counter and _note(counter),
        "conversation_id": conversation_id(offer.id),
        "available_actions": actions,
    }


def _note(written: object) -> Parts:
    """What somebody has written to the other side, without ways around the marketplace."""
    parts = dict(vars(written))
    return {**parts, "note": mask_contact_details(str(parts["note"]))}


def _line(offer: Offer, line: PriceLine) -> Parts:
    return {"label": mask_contact_details(line.label) or offer.service_title, "amount": line.amount}
