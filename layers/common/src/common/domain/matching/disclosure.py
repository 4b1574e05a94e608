"""What a provider who is asked sees of a request: what is to be done, about where, and nobody's address or contact.

What both sides see of each other once a booking is accepted is said by ``common.domain.bookings.disclosure``; an offer
goes on showing the area alone.
"""

from common.domain.matching.blur import blurred_place
from common.domain.matching.job_requests import JobRequest
from common.domain.shared.masking import mask_contact_details, may_go_on


def seen_by_provider(request: JobRequest) -> JobRequest:
    """The request as everything shows it that shows it to a provider who was asked.

    Args:
        request: as stored.

    Returns:
        It with the suburb and the blurred point in the place's stead, contact details hidden in all that was written,
        also where a number begins in the title and ends in the description, without how to get in, and without who else
        was asked.
    """
    title = mask_contact_details(request.title)
    before = title if may_go_on(request.description) else ""
    return request.model_copy(
        update={
            "title": title,
            "description": mask_contact_details(request.description, before=before),
            "place": blurred_place(request.place),
            "access_notes": "",
            "payment_method_id": None,
            "asked_provider_ids": [],
            "declined_provider_ids": [],
            "exclusions": {},
            "history": [],
        }
    )
