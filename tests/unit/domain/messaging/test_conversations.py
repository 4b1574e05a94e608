"""When one can write, and what is unread."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from common.domain.bookings.booking import ActorKind, BookingStatus
from common.domain.bookings.settings import BookingSettings
from common.domain.matching.offers import OfferStatus
from common.domain.matching.offers import booking_id_of as booking_id_of_offer
from common.domain.messaging.conversations import (
    AFTER_REFUSAL,
    ReadMark,
    Standing,
    booking_id_of,
    closes_at,
    conversation_id,
    new_conversation,
    offer_id_of,
    standing,
)

from tests.factories.bookings import NOW, make_booking
from tests.factories.conversations import subject_of, subject_of_offer
from tests.factories.matching import make_open_offer, make_request

SETTINGS = BookingSettings()
ASKED = {"accept_by": NOW + timedelta(hours=24)}
AGREED = {**ASKED, "accepted_at": NOW}
ENDS = [
    (BookingStatus.SETTLED, {**AGREED, "settled_at": NOW}, NOW + SETTINGS.contact_after_close),
    (BookingStatus.CANCELLED, {**AGREED, "cancelled_at": NOW}, NOW + SETTINGS.contact_after_close),
    (BookingStatus.CANCELLED, {**ASKED, "cancelled_at": NOW}, NOW + AFTER_REFUSAL),
    (BookingStatus.DECLINED, ASKED, ASKED["accept_by"] + AFTER_REFUSAL),
    (BookingStatus.EXPIRED, ASKED, ASKED["accept_by"] + AFTER_REFUSAL),
]


@pytest.mark.parametrize(("status", "fields", "end"), ENDS)
def test_a_conversation_can_be_written_until_a_while_after_the_end(
    status: BookingStatus, fields: dict[str, datetime], end: datetime
) -> None:
    booking = make_booking(status=status, **fields)
    assert standing(subject_of(booking), end - timedelta(milliseconds=1), SETTINGS) is Standing.OPEN
    assert standing(subject_of(booking), end, SETTINGS) is Standing.READ_ONLY


@pytest.mark.parametrize("status", [BookingStatus.REQUESTED, BookingStatus.ACCEPTED, BookingStatus.DISPUTED])
def test_it_stays_open_while_the_booking_goes_on(status: BookingStatus) -> None:
    assert (
        standing(subject_of(make_booking(status=status, **AGREED)), NOW + timedelta(days=900), SETTINGS)
        is Standing.OPEN
    )


def test_nothing_is_written_about_what_was_not_paid_for() -> None:
    assert standing(subject_of(make_booking()), NOW, SETTINGS) is Standing.NOT_YET
    assert standing(subject_of(make_booking(status=BookingStatus.PAYMENT_EXPIRED)), NOW, SETTINGS) is Standing.READ_ONLY


def test_an_id_leads_to_the_booking_and_back() -> None:
    booking = make_booking()
    assert booking_id_of(conversation_id(booking.id)) == booking.id
    assert [booking_id_of(each) for each in ("", "cnv", "cnv_", booking.id)] == [None] * 4


def test_unread_are_the_others_messages_after_the_mark() -> None:
    begun = new_conversation(subject_of(make_booking()), NOW).model_copy(
        update={"last_seq": 10, "customer_sent": 4, "customer_read": ReadMark(seq=6, others=3)}
    )
    assert begun.unread_by(ActorKind.CUSTOMER) == 3
    assert begun.unread_by(ActorKind.PROVIDER) == 4


def test_a_booking_goes_on_with_the_conversation_of_its_offer() -> None:
    offer = make_open_offer(make_request())
    booking_id = booking_id_of_offer(offer.id)
    assert conversation_id(offer.id) == conversation_id(booking_id)
    assert (offer_id_of(conversation_id(booking_id)), booking_id_of(conversation_id(offer.id))) == (
        offer.id,
        booking_id,
    )
    assert new_conversation(subject_of_offer(offer), NOW).members == [offer.customer_id, offer.provider_user_id]


def test_about_an_offer_one_writes_while_it_is_open() -> None:
    offer = make_open_offer(make_request())
    assert standing(subject_of_offer(offer), NOW, SETTINGS) is Standing.OPEN
    for status in set(OfferStatus) - {OfferStatus.OPEN}:
        ended = subject_of_offer(offer.model_copy(update={"status": status}))
        assert standing(ended, NOW, SETTINGS) is Standing.READ_ONLY
        assert closes_at(ended, SETTINGS) == offer.updated_at


def test_a_booking_that_an_offer_led_to_is_talked_about_before_it_is_paid_for() -> None:
    booking = make_booking(offer_id="off_1", job_request_id="job_1")
    assert standing(subject_of(booking), NOW, SETTINGS) is Standing.OPEN
    ended = booking.model_copy(update={"status": BookingStatus.PAYMENT_EXPIRED})
    assert standing(subject_of(ended), NOW, SETTINGS) is Standing.READ_ONLY
