"""What one decision writes of a request or an offer, to be committed whole with everything else it belongs to."""

from pydantic import Field

from common.domain.matching.job_requests import JobRequest
from common.domain.matching.offers import Offer
from common.domain.shared.events import Event
from common.domain.shared.model import Model


class RequestChange(Model):
    """A new state of a request. ``expected_version`` must still be stored; ``None`` for a new request."""

    expected_version: int | None
    request: JobRequest
    events: list[Event] = Field(default_factory=list)


class OfferChange(Model):
    """A new state of an offer. ``expected_version`` must still be stored; ``None`` for a new offer.

    ``released_claim_id`` is the name of the claims that held its time and do no more (``slot_cells.claim_ids`` makes
    their ids of it and the offer's ``resource_ids``).
    """

    expected_version: int | None
    offer: Offer
    released_claim_id: str | None = None
    events: list[Event] = Field(default_factory=list)
