"""Each row of the table: who, when, with which input, and what follows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from common.domain.bookings.access import part_in
from common.domain.bookings.booking import Actor, ActorKind, BookingStatus, PayoutState, ReviewState
from common.domain.bookings.charges import PaymentState
from common.domain.bookings.settings import BookingSettings
from common.domain.bookings.state_machine import SlotVerdict, fire, get_available_booking_actions, perform
from common.domain.identity.roles import Principal, Role
from common.domain.payments.operations import Purpose
from common.domain.scheduling.slot_cells import cells_between, claim_ids
from common.domain.shared.errors import ActionNotAvailable, Forbidden, InvalidInput, NotFound, SlotUnavailable

from tests.unit.domain.bookings.support import (
    CUSTOMER,
    NOW,
    OPERATOR,
    PRICE,
    PROVIDER,
    SECOND_OPERATOR,
    SETTINGS,
    SYSTEM,
    Life,
    accepted,
    make_service,
    requested,
    started,
)

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def completed(**options: Any) -> Life:
    life = started(**options)
    life.at(life.booking.slot.end_at).do("complete", PROVIDER)
    return life.pay_all()


def offered(life: Life, actor: Actor) -> list[str]:
    return [offer.action_name for offer in get_available_booking_actions(life.booking, actor, life.now, life.settings)]


def notified(life: Life) -> dict[str, list[str]]:
    return {event.type: event.payload["recipients"] for event in life.last.events if event.topic == "notifications"}


class TestAnswers:
    def test_accepting_arms_reminders_and_tells_both(self) -> None:
        life = requested()
        assert offered(life, PROVIDER) == ["accept", "decline", "cancel"]
        life.do("accept", PROVIDER, note="See you")
        assert life.booking.status is BookingStatus.ACCEPTED
        assert life.booking.accept_by is None
        assert life.booking.next_due_action == "remind"
        assert notified(life) == {"booking.accepted": [CUSTOMER.id, PROVIDER.id]}
        assert life.last.history[0].note == "Accepted. See you"
        assert life.last.events[0].payload["booking_id"] == life.booking.id

    def test_nobody_accepts_after_the_deadline(self) -> None:
        life = requested()
        deadline = life.booking.accept_by
        assert deadline == NOW + SETTINGS.accept_window
        with pytest.raises(ActionNotAvailable) as refusal:
            life.at(deadline).do("accept", PROVIDER)
        assert refusal.value.extra["booking_status"] == "requested"
        assert "accept" not in refusal.value.extra["available_actions"]

    def test_the_deadline_is_before_a_near_start_and_never_after_it(self) -> None:
        soon = requested(start_in=timedelta(hours=3))
        assert soon.booking.accept_by == soon.booking.slot.start_at - SETTINGS.accept_before_start
        at_once = requested(start_in=timedelta(minutes=30))
        assert at_once.booking.accept_by == at_once.booking.slot.start_at

    @pytest.mark.parametrize("end", ["decline", "expire"])
    def test_a_request_that_ends_voids_the_authorization_and_frees_the_slot(self, end: str) -> None:
        life = requested()
        claim = life.booking.claim_id
        if end == "decline":
            life.do("decline", PROVIDER, reason="Full up")
        else:
            life.at(NOW + SETTINGS.accept_window)
            life.keep(fire(life.booking, "expire", life.now, SETTINGS))
        assert life.last.released_claim_ids == [claim]
        assert life.booking.claim_id is None
        assert [operation.purpose for operation in life.last.operations] == [Purpose.VOID]
        life.answer()
        assert life.booking.payment is PaymentState.NONE
        assert life.booking.next_due_at is None

    def test_a_service_may_accept_automatically(self) -> None:
        life = requested(service=make_service(auto_accept=True))
        assert life.booking.status is BookingStatus.ACCEPTED
        assert life.last.history[0].action == "confirm_payment"
        assert "booking.accepted" in notified(life)

    def test_an_operator_may_accept_for_the_provider(self) -> None:
        assert requested().do("accept", OPERATOR).booking.status is BookingStatus.ACCEPTED


class TestRefusals:
    def test_an_unknown_action_is_not_found(self) -> None:
        for action in ("explode", "create"):
            with pytest.raises(NotFound) as refusal:
                requested().do(action, CUSTOMER)
            assert refusal.value.wire_code == "unknown_action"

    @pytest.mark.parametrize("actor", [CUSTOMER, SYSTEM])
    def test_an_action_of_another_part_is_forbidden(self, actor: Actor) -> None:
        with pytest.raises(Forbidden):
            requested().do("accept", actor)

    @pytest.mark.parametrize("kind", [ActorKind.CUSTOMER, ActorKind.PROVIDER])
    def test_a_stranger_is_offered_nothing_and_may_do_nothing(self, kind: ActorKind) -> None:
        stranger = Actor(kind=kind, id="usr_stranger")
        life = requested()
        assert offered(life, stranger) == []
        with pytest.raises(Forbidden):
            life.do("cancel", stranger)

    @pytest.mark.parametrize(
        ("given", "field"),
        [({"reason": "x" * 10_000}, "reason"), ({"colour": "red"}, "colour"), ({"reason": 7}, "reason")],
    )
    def test_wrong_input_names_its_field(self, given: dict[str, Any], field: str) -> None:
        with pytest.raises(InvalidInput) as refusal:
            requested().do("cancel", CUSTOMER, **given)
        assert refusal.value.errors[0].field == field

    def test_the_part_of_a_user_follows_from_the_booking(self) -> None:
        booking = requested().booking
        staff = frozenset({Role.USER, Role.OPERATOR})
        assert part_in(booking, Principal(CUSTOMER.id)) == CUSTOMER
        assert part_in(booking, Principal(PROVIDER.id, staff)) == PROVIDER
        assert part_in(booking, Principal(OPERATOR.id, staff)) == OPERATOR
        assert part_in(booking, Principal("usr_stranger")) is None

    @pytest.mark.parametrize("role", [Role.MODERATOR, Role.ADMIN])
    def test_other_staff_has_no_part_in_a_booking(self, role: Role) -> None:
        assert part_in(requested().booking, Principal("usr_staff", frozenset({Role.USER, role}))) is None


class TestCancelling:
    def test_before_acceptance_it_is_free(self) -> None:
        life = requested(start_in=timedelta(hours=30))
        life.do("cancel", CUSTOMER, reason="Changed my mind")
        assert life.booking.payment_details.due_amount == 0
        assert (life.booking.cancelled_by, life.booking.cancel_reason) == (ActorKind.CUSTOMER, "Changed my mind")
        assert life.booking.cancelled_at == life.now

    def test_its_price_is_shown_before_and_taken_after(self) -> None:
        life = accepted()
        life.at(life.booking.slot.start_at - 30 * HOUR)
        (offer,) = [
            offer
            for offer in get_available_booking_actions(life.booking, CUSTOMER, life.now, SETTINGS)
            if offer.action_name == "cancel"
        ]
        assert offer.is_critical
        assert offer.consequences is not None
        assert (offer.consequences.refund.amount, offer.consequences.fee.amount) == (PRICE // 2, PRICE // 2)
        life.do("cancel", CUSTOMER)
        (capture,) = life.last.operations
        assert (capture.purpose, capture.amount.amount) == (Purpose.CAPTURE, PRICE // 2)

    @pytest.mark.parametrize("actor", [PROVIDER, OPERATOR])
    def test_the_other_sides_fault_refunds_everything(self, actor: Actor) -> None:
        life = accepted()
        life.at(life.booking.slot.start_at - HOUR).do("cancel", actor)
        assert [operation.purpose for operation in life.last.operations] == [Purpose.VOID]

    def test_only_an_operator_cancels_after_the_start(self) -> None:
        life = accepted()
        life.at(life.booking.slot.start_at)
        assert "cancel" not in offered(life, CUSTOMER)
        assert "cancel" not in offered(life, PROVIDER)
        assert "cancel" in offered(life, OPERATOR)

    def test_the_providers_share_of_a_fee_is_paid_out_two_days_later(self) -> None:
        life = accepted()
        life.at(life.booking.slot.start_at - 30 * HOUR).do("cancel", CUSTOMER)
        life.pay_all()
        assert (life.booking.payment, life.booking.payout) == (PaymentState.CAPTURED, PayoutState.HELD)
        assert life.booking.next_due_action == "release_fee"
        life.at(life.now + SETTINGS.settle_after)
        life.keep(fire(life.booking, "release_fee", life.now, SETTINGS))
        life.pay_all()
        assert life.booking.status is BookingStatus.CANCELLED
        assert life.booking.payout is PayoutState.TRANSFERRED
        assert life.booking.transferred_amount == 6_000 - 720


class TestRescheduling:
    @pytest.mark.parametrize("resource_ids", [[], ["res_a", "res_b"]])
    def test_a_proposal_holds_a_second_slot_that_is_swapped_in_one_change(self, resource_ids: list[str]) -> None:
        life = accepted(service=make_service(resource_ids=resource_ids))
        booking = life.booking
        old = claim_ids(booking.claim_id or "", booking.resource_ids)
        start = life.booking.slot.start_at + timedelta(days=1)
        life.do("propose_reschedule", CUSTOMER, start_at=start.isoformat())
        proposal = life.booking.reschedule
        assert proposal is not None
        holds = life.last.claims
        assert [hold.resource_id for hold in holds] == resource_ids or [booking.provider_id]
        assert proposal.expires_at == life.now + SETTINGS.reschedule_hold
        for hold in holds:
            assert (hold.purpose, hold.work_start_at) == ("reschedule", start)
            assert hold.expires_at == proposal.expires_at + timedelta(minutes=1)
        assert "accept_reschedule" not in offered(life, CUSTOMER)
        assert {"accept_reschedule", "decline_reschedule"} <= set(offered(life, PROVIDER))
        life.do("accept_reschedule", PROVIDER)
        assert life.last.released_claim_ids == [*old, *(hold.id for hold in holds)]
        own = claim_ids(life.booking.claim_id or "", life.booking.resource_ids)
        assert tuple(claim.id for claim in life.last.claims) == own
        assert (life.booking.slot.start_at, life.booking.reschedule) == (start, None)
        assert life.last.history[0].changed["start_at"]["to"] == start.isoformat()

    def test_an_overlapping_time_claims_only_what_is_not_its_own(self) -> None:
        life = accepted()
        slot = life.booking.slot
        life.do("propose_reschedule", PROVIDER, start_at=slot.start_at + 30 * MINUTE)
        assert life.last.claims[0].cells == cells_between(slot.end_at, slot.end_at + 30 * MINUTE)

    @pytest.mark.parametrize("actor", [CUSTOMER, PROVIDER])
    def test_either_side_ends_a_proposal(self, actor: Actor) -> None:
        life = accepted()
        life.do("propose_reschedule", CUSTOMER, start_at=life.booking.slot.start_at + HOUR)
        hold = life.last.claims[0].id
        life.do("decline_reschedule", actor)
        assert life.last.released_claim_ids == [hold]
        assert life.booking.reschedule is None

    def test_an_unanswered_proposal_lapses_and_frees_its_slot(self) -> None:
        life = accepted()
        life.do("propose_reschedule", CUSTOMER, start_at=life.booking.slot.start_at + HOUR)
        hold = life.last.claims[0].id
        life.at(life.now + SETTINGS.reschedule_hold)
        assert "accept_reschedule" not in offered(life, PROVIDER)
        life.keep(fire(life.booking, "expire_reschedule", life.now, SETTINGS))
        assert life.last.released_claim_ids == [hold]

    def test_three_proposals_are_enough(self) -> None:
        life = accepted()
        for _ in range(SETTINGS.reschedule_limit):
            life.do("propose_reschedule", CUSTOMER, start_at=life.booking.slot.start_at + HOUR)
            life.do("decline_reschedule", PROVIDER)
        assert "propose_reschedule" not in offered(life, CUSTOMER)

    def test_there_is_a_cut_off(self) -> None:
        life = accepted()
        life.at(life.booking.slot.start_at - SETTINGS.reschedule_cutoff)
        assert "propose_reschedule" not in offered(life, CUSTOMER)

    def test_an_authorization_that_ends_too_early_is_given_up_for_a_saved_card(self) -> None:
        life = accepted()
        life.do("propose_reschedule", CUSTOMER, start_at=life.booking.slot.start_at + timedelta(days=20))
        life.do("accept_reschedule", PROVIDER)
        assert [operation.purpose for operation in life.last.operations] == [Purpose.VOID]
        life.answer()
        assert life.booking.payment is PaymentState.CARD_SAVED
        assert life.booking.next_due_action == "authorize"

    def test_reminders_of_the_new_time_whose_moment_has_passed_are_not_sent(self) -> None:
        life = accepted(start_in=timedelta(hours=40))
        life.at(NOW + 2 * HOUR)
        life.do("propose_reschedule", CUSTOMER, start_at=NOW + 20 * HOUR)
        life.at(NOW + 3 * HOUR).do("accept_reschedule", PROVIDER)
        assert life.booking.next_due_action == "remind"
        assert life.booking.next_due_at == NOW + 18 * HOUR

    @pytest.mark.parametrize(
        ("moved", "code"),
        [(timedelta(0), "unchanged"), (timedelta(days=400), "too_far"), (timedelta(days=-3, hours=-20), "too_soon")],
    )
    def test_a_useless_time_is_refused(self, moved: timedelta, code: str) -> None:
        life = accepted()
        with pytest.raises(InvalidInput) as refusal:
            life.do("propose_reschedule", CUSTOMER, start_at=life.booking.slot.start_at + moved)
        assert refusal.value.errors[0].code == code

    @pytest.mark.parametrize("start", ["2026-03-08T09:00:00", "2026-03-08T09:01:00Z", "soon", None])
    def test_a_time_that_is_naive_or_off_the_grid_is_refused(self, start: str | None) -> None:
        with pytest.raises(InvalidInput) as refusal:
            accepted().do("propose_reschedule", CUSTOMER, start_at=start)
        assert refusal.value.errors[0].field == "start_at"

    def test_the_slot_rules_verdict_is_obeyed(self) -> None:
        life = accepted()
        given = {"start_at": life.booking.slot.start_at + HOUR}
        closed = SlotVerdict(is_bookable=False)
        with pytest.raises(SlotUnavailable):
            perform(life.booking, "propose_reschedule", CUSTOMER, given, NOW, SETTINGS, slot_verdict=closed)


class TestTheDay:
    @pytest.mark.parametrize(
        ("offset", "is_open"),
        [(-31 * MINUTE, False), (-30 * MINUTE, True), (4 * HOUR, True), (4 * HOUR + MINUTE, False)],
    )
    def test_work_starts_in_its_window(self, offset: timedelta, *, is_open: bool) -> None:
        life = accepted()
        life.at(life.booking.slot.start_at + offset)
        assert ("start" in offered(life, PROVIDER)) is is_open

    def test_work_starts_only_with_the_customers_code(self) -> None:
        life = accepted()
        life.at(life.booking.slot.start_at)
        wrong = f"{(int(life.booking.start_code) + 1) % 1_000_000:06d}"
        with pytest.raises(InvalidInput) as refusal:
            life.do("start", PROVIDER, code=wrong)
        assert refusal.value.errors[0].code == "wrong_code"
        assert life.do("start", PROVIDER, code=life.booking.start_code).booking.started_at == life.now

    def test_completion_captures_holds_the_payout_and_opens_ratings(self) -> None:
        life = started()
        life.do("complete", CUSTOMER)
        assert (life.booking.status, life.booking.review) == (BookingStatus.COMPLETED, ReviewState.OPEN)
        life.answer()
        assert (life.booking.payment, life.booking.payout) == (PaymentState.CAPTURED, PayoutState.HELD)
        assert life.booking.next_due_action == "settle"

    def test_unended_work_completes_automatically(self) -> None:
        life = started()
        at = life.booking.slot.end_at + SETTINGS.complete_after_end
        assert fire(life.booking, "complete", at - MINUTE, SETTINGS) is None
        assert life.keep(fire(life.booking, "complete", at, SETTINGS)).booking.status is BookingStatus.COMPLETED

    def test_work_that_never_started_is_put_before_a_person(self) -> None:
        life = accepted()
        life.at(life.booking.slot.end_at + SETTINGS.unstarted_after_end)
        life.keep(fire(life.booking, "flag_unstarted", life.now, SETTINGS))
        dispute = life.booking.dispute
        assert dispute is not None
        assert dispute.opened_by is ActorKind.SYSTEM
        assert life.last.events[-1].payload["notify_operators"] is True

    @pytest.mark.parametrize(("reporter", "fee"), [(PROVIDER, PRICE), (CUSTOMER, 0)])
    def test_an_uncontested_absence_costs_the_absent(self, reporter: Actor, fee: int) -> None:
        life = accepted()
        life.at(life.booking.slot.start_at + 14 * MINUTE)
        assert "mark_no_show" not in offered(life, reporter)
        life.at(life.booking.slot.start_at + 15 * MINUTE).do("mark_no_show", reporter, reason="Nobody there")
        assert life.booking.next_due_action == "apply_no_show"
        assert "open_dispute" not in offered(life, reporter)
        life.at(life.now + SETTINGS.no_show_contest)
        life.keep(fire(life.booking, "apply_no_show", life.now, SETTINGS))
        assert life.booking.payment_details.due_amount == fee
        life.pay_all()
        life.at(life.booking.slot.end_at + SETTINGS.settle_after)
        life.keep(fire(life.booking, "settle", life.now, SETTINGS))
        life.pay_all()
        assert life.booking.status is BookingStatus.SETTLED
        assert life.booking.payout is (PayoutState.TRANSFERRED if fee else PayoutState.NONE)

    def test_the_absent_party_contests_within_a_day(self) -> None:
        life = accepted()
        life.at(life.booking.slot.start_at + HOUR).do("mark_no_show", PROVIDER)
        assert "contest" not in offered(life, PROVIDER)
        life.do("contest", CUSTOMER, reason="I was there", media_ids=["med_1"])
        dispute = life.booking.dispute
        assert dispute is not None
        assert [(each.by, each.at, each.media_ids) for each in dispute.evidence] == [("customer", life.now, ["med_1"])]
        assert dispute.from_status is BookingStatus.NO_SHOW


class TestDisputes:
    def test_a_dispute_freezes_the_payout_until_it_is_decided(self) -> None:
        life = completed()
        life.do("open_dispute", CUSTOMER, reason="Only half was done")
        assert life.booking.payment_details.due_amount is None
        life.at(life.now + timedelta(days=3))
        assert life.booking.next_due_action == "close_ratings"
        life.do("resolve", OPERATOR, refund_amount=PRICE // 4, reason="A quarter was not done")
        assert life.booking.status is BookingStatus.SETTLED
        life.pay_all()
        assert life.booking.payment is PaymentState.PARTIALLY_REFUNDED
        assert life.booking.transferred_amount == 9_000 - 1_080
        assert life.booking.dispute is not None
        assert life.booking.dispute.resolution == {"refund_amount": 3_000, "reason": "A quarter was not done"}

    def test_it_is_too_late_two_days_after_the_end(self) -> None:
        life = completed()
        life.at(life.booking.slot.end_at + SETTINGS.dispute_after_end)
        assert "open_dispute" in offered(life, CUSTOMER)
        life.at(life.now + MINUTE)
        assert "open_dispute" not in offered(life, CUSTOMER)

    def test_a_large_price_takes_two_people(self) -> None:
        life = completed(settings=BookingSettings(two_people_above=PRICE - 1))
        life.do("open_dispute", CUSTOMER, reason="Not as agreed")
        life.do("resolve", OPERATOR, refund_amount=PRICE, reason="Agreed")
        assert life.booking.status is BookingStatus.DISPUTED
        assert life.last.operations == []
        assert life.last.events[-1].payload["notify_operators"] is True
        assert "resolve" not in offered(life, OPERATOR)
        life.do("resolve", SECOND_OPERATOR, refund_amount=0, reason="I see it otherwise")
        assert life.booking.status is BookingStatus.DISPUTED
        decided = life.do("resolve", OPERATOR, refund_amount=0, reason="Convinced")
        assert decided.booking.status is BookingStatus.SETTLED

    def test_at_the_threshold_one_person_is_enough(self) -> None:
        life = completed(settings=BookingSettings(two_people_above=PRICE))
        life.do("open_dispute", PROVIDER, reason="Would not let me in")
        assert life.do("resolve", OPERATOR, refund_amount=0, reason="Clear").booking.status is BookingStatus.SETTLED

    def test_nobody_decides_while_money_moves(self) -> None:
        life = started()
        life.do("complete", PROVIDER)
        life.do("open_dispute", CUSTOMER, reason="Not done at all")
        assert "resolve" not in offered(life, OPERATOR)
        life.answer()
        assert "resolve" in offered(life, OPERATOR)

    def test_a_decision_refunds_no_more_than_the_price(self) -> None:
        life = completed()
        life.do("open_dispute", CUSTOMER, reason="Not as agreed")
        with pytest.raises(InvalidInput) as refusal:
            life.do("resolve", OPERATOR, refund_amount=PRICE + 1, reason="Too much")
        assert refusal.value.errors[0].code == "too_large"

    def test_a_decision_takes_no_refund_back(self) -> None:
        life = completed()
        life.do("refund", OPERATOR, amount=PRICE // 2, reason="Goodwill")
        life.pay_all()
        life.do("open_dispute", CUSTOMER, reason="Still not as agreed")
        with pytest.raises(InvalidInput) as refusal:
            life.do("resolve", OPERATOR, refund_amount=0, reason="None")
        assert refusal.value.errors[0].code == "too_small"

    @pytest.mark.parametrize(("path", "due"), [("unstarted", 0), ("started", PRICE), ("absent", PRICE)])
    def test_an_undecided_dispute_ends_by_what_had_happened(self, path: str, due: int) -> None:
        life = started() if path == "started" else accepted()
        if path == "unstarted":
            life.at(life.booking.slot.end_at + SETTINGS.unstarted_after_end)
            life.keep(fire(life.booking, "flag_unstarted", life.now, SETTINGS))
        elif path == "started":
            life.do("open_dispute", CUSTOMER, reason="Not as agreed")
        else:
            life.at(life.booking.slot.start_at + HOUR).do("mark_no_show", PROVIDER)
            life.do("contest", CUSTOMER, reason="I was there")
        life.at(life.now + SETTINGS.dispute_deadline)
        life.keep(fire(life.booking, "expire_dispute", life.now, SETTINGS))
        assert life.booking.status is BookingStatus.SETTLED
        assert life.booking.payment_details.due_amount == due

    def test_a_default_decision_never_charges_what_was_refunded(self) -> None:
        life = completed()
        life.do("refund", OPERATOR, amount=PRICE // 2, reason="Goodwill")
        life.pay_all()
        life.do("open_dispute", CUSTOMER, reason="Still not as agreed")
        life.at(life.now + SETTINGS.dispute_deadline)
        life.keep(fire(life.booking, "expire_dispute", life.now, SETTINGS))
        assert life.booking.payment_details.due_amount == PRICE // 2


class TestRatings:
    def test_they_close_a_week_after_completion_and_not_twice(self) -> None:
        life = completed()
        at = life.now + SETTINGS.ratings_window
        assert fire(life.booking, "close_ratings", at - MINUTE, SETTINGS) is None
        life.keep(fire(life.booking, "close_ratings", at, SETTINGS))
        assert life.booking.review is ReviewState.CLOSED
        assert fire(life.booking, "close_ratings", at, SETTINGS) is None

    def test_both_in_publishes_them_at_once(self) -> None:
        life = completed()
        life.do("publish_ratings", SYSTEM)
        assert life.booking.review is ReviewState.PUBLISHED
        with pytest.raises(ActionNotAvailable):
            life.do("publish_ratings", SYSTEM)

    def test_an_unserved_booking_has_none(self) -> None:
        with pytest.raises(ActionNotAvailable):
            accepted().do("publish_ratings", SYSTEM)
