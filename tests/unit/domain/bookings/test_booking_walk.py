"""The exhaustive walk: every invariant after every change, and a way out by the system from everywhere."""

from __future__ import annotations

import logging
import os
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from common.domain.bookings.booking import Actor, Booking, BookingStatus, Place
from common.domain.bookings.charges import PaymentState
from common.domain.bookings.settings import BookingSettings
from common.domain.bookings.state_machine import (
    TABLE,
    TERMINAL,
    Agreed,
    AgreedLine,
    due_action,
    fire,
    get_available_booking_actions,
    perform,
)
from common.domain.catalogue.place_kinds import PlaceKind
from common.domain.payments.ledger import Account
from common.domain.payments.operations import Purpose
from common.domain.shared.errors import ActionNotAvailable, Forbidden, InvalidInput
from common.domain.shared.money import Money

from tests.unit.domain.bookings.support import CUSTOMER, OPERATOR, PROVIDER, SECOND_OPERATOR, SYSTEM, WEBHOOK
from tests.unit.domain.bookings.walk import (
    NOT_WALKED,
    WALKED,
    Node,
    Scenario,
    Walk,
    clock_positions,
    first_node,
    sample_inputs,
    settle_down,
)

if TYPE_CHECKING:
    from collections.abc import Callable

ONE = BookingSettings(two_people_above=1_000_000)
EXTRA = BookingSettings(two_people_above=1_000_000, extra_limit=1)
TWO = BookingSettings(two_people_above=0)
MONTH = timedelta(days=30)
CHARGES = frozenset({Purpose.AUTHORIZE, Purpose.CAPTURE})
PAYOUTS = frozenset({Purpose.REFUND, Purpose.TRANSFER, Purpose.REVERSE})
#: Early clock positions that add nothing where the payment is not what is walked.
EARLY = ("answer late", "authorizing", "unpaid")
#: Two resources, where claims are what is walked.
PAIR = ("res_a", "res_b")
#: What an offer said: two lines, and a hold that the clock's positions pass.
BY_OFFER = Agreed(
    booking_id="bkg_1",
    job_request_id="job_1",
    offer_id="off_1",
    lines=(
        AgreedLine(Money(amount=9_000, currency="nzd")),
        AgreedLine(Money(amount=3_000, currency="nzd"), "Clippings"),
    ),
    minutes=60,
    hold=timedelta(minutes=15),
)
STAFF = (CUSTOMER, PROVIDER, OPERATOR, SECOND_OPERATOR)

SCENARIOS = [
    Scenario("a card held now", ONE),
    Scenario("a card saved for later", ONE, start_in=MONTH),
    Scenario("decided by two people", TWO, actors=STAFF),
    Scenario("charges that fail", ONE, failing=CHARGES, skipped=("answer late", "authorizing")),
    Scenario(
        "cards that fail late",
        ONE,
        start_in=MONTH,
        failing=frozenset({Purpose.SAVE_CARD, Purpose.AUTHORIZE}),
        skipped=("answer late",),
    ),
    Scenario("payouts that fail", ONE, auto_accept=True, failing=PAYOUTS, skipped=EARLY),
    Scenario("chargebacks", ONE, auto_accept=True, chargebacks=True, skipped=(*EARLY, "absent", "unstarted")),
    Scenario(
        "other times, online",
        ONE,
        auto_accept=True,
        reschedules=True,
        resource_ids=PAIR,
        place=Place(kind=PlaceKind.ONLINE),
        skipped=("unpaid", "absent", "unstarted", "completing", "settling", "ratings over"),
    ),
    Scenario("an extra during the work", EXTRA, agreed=BY_OFFER, extras=True, skipped=(*EARLY, "absent")),
    Scenario(
        "an extra whose card fails",
        EXTRA,
        auto_accept=True,
        extras=True,
        failing=frozenset({Purpose.AUTHORIZE, Purpose.CAPTURE, Purpose.CHARGE_FEE}),
        skipped=(*EARLY, "absent", "unstarted", "ratings over"),
        actors=(CUSTOMER, PROVIDER),
    ),
    Scenario(
        "moved by an operator",
        ONE,
        moves=True,
        resource_ids=PAIR,
        skipped=("authorizing", "completing", "ratings over"),
    ),
]
NIGHTLY = [
    Scenario("chargebacks at every time", ONE, auto_accept=True, chargebacks=True),
    Scenario("other times and every time", ONE, auto_accept=True, reschedules=True),
    Scenario("every failure", ONE, failing=frozenset(Purpose)),
    Scenario("every failure of a saved card", ONE, start_in=MONTH, failing=frozenset(Purpose)),
    Scenario("refunds and failing payouts", ONE, auto_accept=True, refunds=True, failing=PAYOUTS),
    Scenario("chargebacks, refunds and reversals that fail", ONE, auto_accept=True, refunds=True, chargebacks=True),
    Scenario("moved with cards that fail", ONE, start_in=MONTH, moves=True, failing=CHARGES),
    Scenario("an extra, chargebacks and refunds", EXTRA, auto_accept=True, extras=True, chargebacks=True, refunds=True),
    Scenario("an extra and payouts that fail", EXTRA, auto_accept=True, extras=True, failing=PAYOUTS),
    Scenario("moved while other times are proposed", ONE, auto_accept=True, moves=True, reschedules=True),
    Scenario("other times, declined", ONE, auto_accept=True, reschedules=True, failing=CHARGES),
]
if os.environ.get("HYPOTHESIS_PROFILE") == "nightly":
    SCENARIOS += NIGHTLY

#: Every how many nodes the costlier checks look; a prime, so that no pattern of the walk hides from them.
SAMPLE = 53


def test_every_field_of_a_booking_is_walked_or_said_to_decide_nothing() -> None:
    assert not WALKED & NOT_WALKED
    assert set(Booking.model_fields) == WALKED | NOT_WALKED, (
        "a new field goes into `node_key` and WALKED if a guard, an effect or a timer reads it, else into NOT_WALKED"
    )


def test_every_action_that_asks_for_something_has_a_sample() -> None:
    booking = first_node(SCENARIOS[0]).booking
    for transition in TABLE:
        required = [name for name, field in transition.input.model_fields.items() if field.is_required()]
        for sample in sample_inputs(transition.name, booking):
            assert set(required) <= set(sample), f"give `sample_inputs` a valid input of {transition.name}"


@pytest.mark.timeout(600)
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_every_reachable_state_keeps_every_invariant(
    scenario: Scenario, record_property: Callable[[str, object], None], caplog: pytest.LogCaptureFixture
) -> None:
    walk = Walk(scenario, clock_positions(scenario))
    walk.run()
    record_property("states", len(walk.nodes))
    record_property("transitions", walk.edges)
    caplog.set_level(logging.INFO)
    logging.getLogger(__name__).info("%s: %d states, %d transitions", scenario.name, len(walk.nodes), walk.edges)
    assert walk.stranded() == []
    assert walk.statuses() >= TERMINAL - {BookingStatus.DECLINED, BookingStatus.EXPIRED}
    for node in list(walk.nodes.values())[::SAMPLE]:
        assert_offers_are_what_is_accepted(walk, node)
        assert_money_comes_to_rest(walk, node)


def assert_offers_are_what_is_accepted(walk: Walk, node: Node) -> None:
    """Performing succeeds exactly where offering says so, for every action and every actor."""
    now, settings = walk.clock[node.position], walk.scenario.settings
    for actor in (*walk.scenario.actors, SYSTEM, WEBHOOK):
        offered = {offer.action_name for offer in get_available_booking_actions(node.booking, actor, now, settings)}
        for row in TABLE[1:]:
            assert is_accepted(node, row.name, actor, walk) == (row.name in offered), (row.name, actor)


def is_accepted(node: Node, action: str, actor: Actor, walk: Walk) -> bool:
    """Whether the state machine performs the action, or would with another input."""
    given = sample_inputs(action, node.booking)[0]
    try:
        perform(node.booking, action, actor, given, walk.clock[node.position], walk.scenario.settings)
    except (ActionNotAvailable, Forbidden):
        return False
    except InvalidInput:
        return True
    return True


def assert_money_comes_to_rest(walk: Walk, node: Node) -> None:
    """With a healthy Stripe and nobody acting, the booking ends and the last cent is where it belongs."""
    end, balances = settle_down(node, walk.clock[node.position], walk.scenario.settings)
    details = end.payment_details
    assert end.status in TERMINAL
    assert end.payment is not PaymentState.AUTHORIZED
    assert due_action(end, walk.clock[-1] + timedelta(days=400), walk.scenario.settings) is None
    kept = end.captured_amount - end.refunded_amount
    unpaid = any(each.is_charge_failed for each in end.charges) or any(
        each.needs_action for each in details.open_operations
    )
    assert kept == details.due_amount or end.charged_back_amount or unpaid
    waits_for_a_person = unpaid and details.needs_attention and len(end.charges) > 1
    assert balances.get(Account.HELD, 0) == 0 or waits_for_a_person
    assert fire(end, "settle", walk.clock[-1], walk.scenario.settings) is None
