"""What a changed offer adds to its provider's answering figures."""

from enum import StrEnum

from common.domain.matching.answering import reply_class
from common.domain.matching.offers import Offer, OfferStatus
from common.domain.shared.actors import ActorKind
from common.domain.shared.model import Model


class Ending(StrEnum):
    """How a provider has dealt with an offer: agreed (by accepting or by a quote), declined, or not answered."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"


class CountedAnswer(Model):
    """One answer to be counted. ``reply`` is the class of the time that it took, ``None`` for none at all."""

    provider_id: str
    ending: Ending
    reply: str | None = None


def counted_answer(offer: Offer) -> CountedAnswer | None:
    """What is counted of an offer that has just been changed; ``None`` where nothing is.

    An offer counts once: when its provider answers for the first time, or has let it run out without a word. That a
    customer does not choose a quote is no fault of the provider's.

    Args:
        offer: as it is after the change, ``updated_at`` being the instant of it.
    """
    if offer.answered_at is None:
        is_over = offer.status is OfferStatus.EXPIRED
        return CountedAnswer(provider_id=offer.provider_id, ending=Ending.EXPIRED) if is_over else None
    if offer.answered_at != offer.updated_at:
        return None
    is_declined = offer.status is OfferStatus.DECLINED and offer.declined_by is ActorKind.PROVIDER
    seconds = round((offer.answered_at - offer.created_at).total_seconds())
    return CountedAnswer(
        provider_id=offer.provider_id,
        ending=Ending.DECLINED if is_declined else Ending.ACCEPTED,
        reply=reply_class(seconds),
    )
