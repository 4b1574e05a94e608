"""What staff move and what the parties of a dispute add to it, and what an absence would cost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from common.domain.bookings.booking import ActorKind, BookingStatus
from common.domain.bookings.charges import PaymentState
from common.domain.bookings.settings import BookingSettings
from common.domain.bookings.state_machine import get_available_booking_actions, perform
from common.domain.payments.operations import Purpose
from common.domain.shared.errors import ActionNotAvailable, Forbidden, InvalidInput

from tests.unit.domain.bookings.support import (
    CUSTOMER,
    OPERATOR,
    PRICE,
    PROVIDER,
    SETTINGS,
    Life,
    accepted,
    requested,
    started,
)

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
GROUNDS = "Agreed by phone"


def disputed(**options: Any) -> Life:
    life = started(**options)
    life.do("open_dispute", CUSTOMER, reason="Half the hedge stands", media_ids=["med_1"])
    return life


def notified(life: Life) -> dict[str, tuple[list[str], bool]]:
    events = [event for event in life.last.events if event.topic == "notifications"]
    return {event.type: (event.payload["recipients"], event.payload["notify_operators"]) for event in events}


class TestMoves:
    def test_an_operator_swaps_the_slots_in_one_change(self) -> None:
        life = accepted()
        old = life.booking
        start = old.slot.start_at + 7 * HOUR
        life.do("move", OPERATOR, start_at=start, reason=GROUNDS)
        (claim,) = life.last.claims
        assert life.last.released_claim_ids == [old.claim_id]
        assert life.booking.claim_id == claim.id
        assert (life.booking.slot.start_at, life.booking.slot.end_at) == (start, start + HOUR)
        assert life.booking.status is BookingStatus.ACCEPTED
        assert notified(life) == {"booking.moved": ([CUSTOMER.id, PROVIDER.id], False)}
        (row,) = life.last.history
        assert row.note == f"Moved to another time by an operator. {GROUNDS}"
        assert row.changed["start_at"] == {"from": old.slot.start_at.isoformat(), "to": start.isoformat()}

    def test_an_open_proposal_gives_way(self) -> None:
        life = accepted()
        life.do("propose_reschedule", CUSTOMER, start_at=life.booking.slot.start_at + 3 * HOUR)
        held = [life.booking.claim_id, life.booking.reschedule and life.booking.reschedule.claim_id]
        life.do("move", OPERATOR, start_at=life.booking.slot.start_at + 5 * HOUR, reason=GROUNDS)
        assert sorted(life.last.released_claim_ids) == sorted(str(each) for each in held)
        assert life.booking.reschedule is None

    def test_a_request_that_is_moved_waits_for_its_provider_anew(self) -> None:
        life = requested(start_in=2 * DAY)
        life.at(life.now + 20 * HOUR)
        life.do("move", OPERATOR, start_at=life.booking.slot.start_at + DAY, reason=GROUNDS)
        assert life.booking.status is BookingStatus.REQUESTED
        assert life.booking.accept_by == life.now + SETTINGS.accept_window
        life.do("move", OPERATOR, start_at=life.now + 3 * HOUR, reason=GROUNDS)
        assert life.booking.accept_by == life.now + 3 * HOUR - SETTINGS.accept_before_start

    def test_a_move_beyond_the_authorization_gives_it_up(self) -> None:
        life = accepted()
        life.do("move", OPERATOR, start_at=life.booking.slot.start_at + 20 * DAY, reason=GROUNDS)
        assert life.open_operation().purpose is Purpose.VOID
        with pytest.raises(ActionNotAvailable):
            life.do("move", OPERATOR, start_at=life.booking.slot.start_at + HOUR, reason=GROUNDS)
        life.pay_all()
        assert life.booking.payment is PaymentState.CARD_SAVED
        assert life.booking.next_due_action == "authorize"

    def test_after_its_start_a_booking_that_was_missed_is_moved_too(self) -> None:
        life = accepted()
        life.at(life.booking.slot.start_at + HOUR)
        life.do("move", OPERATOR, start_at=life.now + DAY - HOUR, reason=GROUNDS)
        assert life.booking.next_due_action == "remind"

    def test_only_an_operator_moves(self) -> None:
        life = accepted()
        for actor in (CUSTOMER, PROVIDER):
            with pytest.raises(Forbidden):
                life.do("move", actor, start_at=life.booking.slot.start_at + HOUR, reason=GROUNDS)

    @pytest.mark.parametrize(
        ("shift", "reason", "code"),
        [
            (timedelta(0), GROUNDS, "unchanged"),
            (timedelta(days=-5), GROUNDS, "past"),
            (timedelta(days=400), GROUNDS, "too_far"),
            (timedelta(minutes=61), GROUNDS, "value_error"),
            (HOUR, "", "string_too_short"),
        ],
    )
    def test_a_move_needs_a_sound_start_and_grounds(self, shift: timedelta, reason: str, code: str) -> None:
        life = accepted()
        with pytest.raises(InvalidInput) as refused:
            life.do("move", OPERATOR, start_at=life.booking.slot.start_at + shift, reason=reason)
        assert [each.code for each in refused.value.errors] == [code]


class TestEvidence:
    def test_both_parties_add_what_they_know(self) -> None:
        life = disputed()
        life.do("add_evidence", PROVIDER, text="It rained all day", media_ids=["med_2", "med_3"])
        assert notified(life) == {"booking.evidence_added": ([CUSTOMER.id], True)}
        assert life.last.history[0].note == "Evidence added. It rained all day (med_2, med_3)"
        assert life.last.history[0].changed == {"pieces_of_evidence": {"from": 1, "to": 2}}
        life.do("add_evidence", CUSTOMER, text="It did not")
        assert life.booking.dispute is not None
        shown = [(each.by.value, each.text, each.media_ids) for each in life.booking.dispute.evidence]
        assert shown == [
            ("customer", "", ["med_1"]),
            ("provider", "It rained all day", ["med_2", "med_3"]),
            ("customer", "It did not", []),
        ]

    def test_each_party_gives_a_bounded_number(self) -> None:
        settings = BookingSettings(evidence_limit=2)
        life = disputed(settings=settings)
        life.do("add_evidence", CUSTOMER, text="Second")
        with pytest.raises(ActionNotAvailable):
            life.do("add_evidence", CUSTOMER, text="Third")
        life.do("add_evidence", PROVIDER, text="First of mine")

    def test_it_is_for_the_parties_while_nobody_has_decided(self) -> None:
        life = disputed()
        with pytest.raises(Forbidden):
            life.do("add_evidence", OPERATOR, text="From the files")
        life.pay_all()
        life.do("resolve", OPERATOR, refund_amount=0, reason="Nothing is missing")
        with pytest.raises(ActionNotAvailable):
            life.do("add_evidence", CUSTOMER, text="Too late")

    @pytest.mark.parametrize(
        "given", [{}, {"text": " "}, {"text": "x" * 10_000}, {"text": "Look", "media_ids": ["m"] * 11}]
    )
    def test_it_needs_a_sound_text_and_few_media(self, given: dict[str, Any]) -> None:
        life = disputed()
        with pytest.raises(InvalidInput):
            perform(life.booking, "add_evidence", CUSTOMER, given, life.now, life.settings)


@pytest.mark.parametrize(("actor", "refund"), [(CUSTOMER, PRICE), (PROVIDER, 0)])
def test_reporting_an_absence_shows_what_it_leads_to(actor: Any, refund: int) -> None:
    life = accepted()
    life.at(life.booking.slot.start_at + HOUR)
    offers = get_available_booking_actions(life.booking, actor, life.now, life.settings)
    (offer,) = [each for each in offers if each.action_name == "mark_no_show"]
    assert offer.consequences is not None
    assert (offer.consequences.refund.amount, offer.consequences.fee.amount) == (refund, PRICE - refund)
    life.do("mark_no_show", actor)
    assert life.booking.no_show is not None
    assert life.booking.no_show.absent is (ActorKind.PROVIDER if actor is CUSTOMER else ActorKind.CUSTOMER)
