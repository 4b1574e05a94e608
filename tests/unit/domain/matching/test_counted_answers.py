"""What a changed offer adds to its provider's figures."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from common.domain.matching.answering import reply_class
from common.domain.matching.counted_answers import CountedAnswer, Ending, counted_answer
from common.domain.matching.offers import OfferStatus
from common.domain.shared.actors import ActorKind

from tests.factories.matching import NOW, make_open_offer, make_quote, make_request

LATER = NOW + timedelta(minutes=12)
OPEN = make_open_offer(make_request())
ANSWERED = {"answered_at": LATER, "updated_at": LATER}
QUOTED = {**ANSWERED, "quote": make_quote()}


@pytest.mark.parametrize(
    ("changed", "ending"),
    [
        ({**ANSWERED, "status": OfferStatus.ACCEPTED}, Ending.ACCEPTED),
        (QUOTED, Ending.ACCEPTED),
        ({**ANSWERED, "status": OfferStatus.DECLINED, "declined_by": ActorKind.PROVIDER}, Ending.DECLINED),
    ],
)
def test_a_first_answer_counts_with_its_time(changed: dict[str, Any], ending: Ending) -> None:
    counted = counted_answer(OPEN.model_copy(update=changed))
    assert counted == CountedAnswer(provider_id=OPEN.provider_id, ending=ending, reply=reply_class(720))


def test_an_offer_that_ran_out_without_a_word_counts_as_such() -> None:
    counted = counted_answer(OPEN.model_copy(update={"status": OfferStatus.EXPIRED, "updated_at": LATER}))
    assert counted == CountedAnswer(provider_id=OPEN.provider_id, ending=Ending.EXPIRED)


@pytest.mark.parametrize(
    "changed",
    [
        {"status": OfferStatus.WITHDRAWN, "updated_at": LATER},
        {**QUOTED, "status": OfferStatus.EXPIRED, "updated_at": LATER + timedelta(hours=1)},
        {**QUOTED, "status": OfferStatus.ACCEPTED, "updated_at": LATER + timedelta(hours=1)},
        {"updated_at": LATER},
    ],
    ids=["withdrawn", "a quote that nobody chose", "a quote that was chosen", "still open"],
)
def test_nothing_else_counts(changed: dict[str, Any]) -> None:
    assert counted_answer(OPEN.model_copy(update=changed)) is None
