"""How a provider answers offers: counted by period, and read as one figure over several.

Times to answer are counted in classes rather than kept one by one: classes of several periods add up, and their median
is as exact as people need it.
"""

from bisect import bisect_left
from collections.abc import Iterable

from pydantic import Field

from common.domain.shared.model import Model

#: Upper ends of the classes of answering times, in minutes; what takes longer is in one class more.
REPLY_CLASSES = (1, 2, 5, 10, 15, 20, 30, 45, 60, 90, 120, 240, 480, 1_440)


class OfferCounts(Model):
    """What became of the offers of one provider in a period.

    ``replies`` counts answers by the class of their time (``reply_class``). An offer that ran out unanswered counts in
    ``expired``; one that was withdrawn before its time counts nowhere.
    """

    accepted: int = 0
    declined: int = 0
    expired: int = 0
    replies: dict[str, int] = Field(default_factory=dict)


class Answering(Model):
    """How somebody answers, in whole numbers: what they were asked that ended, how often they agreed, how fast.

    ``decided`` counts offers that were answered or ran out; ``agreed`` those answered by an accept or a quote.
    ``median_reply_seconds`` is over ``replied`` answers, 0 without any.
    """

    decided: int = 0
    agreed: int = 0
    replied: int = 0
    median_reply_seconds: int = 0


def reply_class(seconds: int) -> str:
    """The class of a time to answer, as it is counted in ``OfferCounts.replies``: its place in ``REPLY_CLASSES``.

    Args:
        seconds: from the offer to the answer.
    """
    return str(bisect_left([60 * minutes for minutes in REPLY_CLASSES], max(0, seconds)))


def answering(periods: Iterable[OfferCounts]) -> Answering:
    """How somebody answers, over several periods.

    Args:
        periods: of one provider, in any order.
    """
    counts = [0] * (len(REPLY_CLASSES) + 1)
    agreed = declined = expired = 0
    for each in periods:
        agreed, declined, expired = agreed + each.accepted, declined + each.declined, expired + each.expired
        for name, count in each.replies.items():
            counts[min(int(name), len(REPLY_CLASSES))] += count
    return Answering(
        decided=agreed + declined + expired,
        agreed=agreed,
        replied=sum(counts),
        median_reply_seconds=_median_seconds(counts),
    )


def _median_seconds(counts: list[int]) -> int:
    """The upper end of the class that holds the middle answer; of the last class, twice its lower end."""
    middle, so_far = (sum(counts) + 1) // 2, 0
    if not middle:
        return 0
    ends = (*REPLY_CLASSES, 2 * REPLY_CLASSES[-1])
    for end, count in zip(ends, counts, strict=True):
        so_far += count
        if so_far >= middle:
            return 60 * end
    raise AssertionError  # the classes hold every answer
