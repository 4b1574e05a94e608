"""Whether Stripe has done already what is about to be done, for books that may know less than Stripe."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest
from common.application.payments.operations.second_look import require_not_done
from common.application.ports.payments.gateway import Intent, Movement, PaymentIntentStatus
from common.domain.payments.operations import DONE_ALREADY, Purpose
from common.domain.shared.errors import GatewayRefused

from tests.fakes.payment_gateway import FakePaymentGateway
from tests.unit.domain.bookings.support import OPERATOR
from tests.unit.domain.bookings.test_booking_payments import SHARE, settled

if TYPE_CHECKING:
    from common.application.payments.deps import PaymentDeps
    from common.domain.bookings.booking import Booking
    from common.domain.payments.operations import PaymentOperation

KNOWN, UNKNOWN, CUSTOMER = "pi_known", "pi_unknown", "cus_1"
TAKING = {PaymentIntentStatus.SUCCEEDED, PaymentIntentStatus.REQUIRES_CAPTURE, PaymentIntentStatus.PROCESSING}


@pytest.fixture(scope="module")
def refunding() -> tuple[Booking, PaymentOperation]:
    """A booking that was paid out and is not trusted, and the refund that is about to be made of it."""
    life = settled()
    life.do("refund", OPERATOR, amount=2_000, reason="Late")
    booking = life.booking
    charge = booking.first_charge.model_copy(update={"payment_intent_id": KNOWN})
    changed = {"may_have_moved": True, "stripe_customer_id": CUSTOMER}
    details = booking.payment_details.model_copy(update=changed)
    return booking.model_copy(update={"charges": [charge], "payment_details": details}), life.last.operations[-1]


async def is_refused(booking: Booking, operation: PaymentOperation, **at_stripe: Any) -> bool:
    """Whether the operation is refused with this at Stripe."""

    async def list_by_booking(_: str) -> list[PaymentOperation]:
        return [operation]

    operations = SimpleNamespace(list_by_booking=list_by_booking)
    deps = cast("PaymentDeps", SimpleNamespace(gateway=FakePaymentGateway(**at_stripe), operations=operations))
    try:
        await require_not_done(deps, booking, operation)
    except GatewayRefused as refused:
        return refused.reason == DONE_ALREADY
    return False


def movement(amount: int, by: str = "pay_before", status: str = "succeeded") -> Movement:
    return Movement(id="obj", amount=amount, status=status, metadata={"operation_id": by})


async def test_a_refund_that_the_books_do_not_know_is_not_made_again(
    refunding: tuple[Booking, PaymentOperation],
) -> None:
    booking, operation = refunding
    assert await is_refused(booking, operation, refunds={KNOWN: [movement(2_000)]})
    by_hand = Movement(id="re", amount=1)
    assert await is_refused(booking, operation, refunds={KNOWN: [by_hand]}), "on Stripe's dashboard"
    for harmless in ([], [movement(2_000, operation.id)], [movement(2_000, status="failed")]):
        assert not await is_refused(booking, operation, refunds={KNOWN: harmless})
    details = booking.payment_details.model_copy(update={"may_have_moved": False})
    trusted = booking.model_copy(update={"payment_details": details})
    assert not await is_refused(trusted, operation, refunds={KNOWN: [movement(2_000)]})


async def test_transfers_and_reversals_are_compared_with_what_the_books_have_of_them(
    refunding: tuple[Booking, PaymentOperation],
) -> None:
    booking, operation = refunding
    transfer, reversal = (
        operation.model_copy(update={"purpose": each}) for each in (Purpose.TRANSFER, Purpose.REVERSE)
    )
    source = booking.first_charge.transfers[0].id
    assert not await is_refused(booking, transfer, transfers={booking.id: [movement(SHARE)]})
    assert await is_refused(booking, transfer, transfers={booking.id: [movement(SHARE), movement(1)]})
    assert not await is_refused(booking, reversal, reversals={source: []})
    assert await is_refused(booking, reversal, reversals={source: [movement(1)]})


@pytest.mark.parametrize("status", list(PaymentIntentStatus))
async def test_a_card_is_not_charged_beside_an_unknown_intent_that_takes_money(
    refunding: tuple[Booking, PaymentOperation], status: PaymentIntentStatus
) -> None:
    booking, operation = refunding
    fee = operation.model_copy(update={"purpose": Purpose.CHARGE_FEE})

    def intent(id_: str, booking_id: str, by: str = "pay_before") -> dict[str, Intent]:
        marks = {"booking_id": booking_id, "operation_id": by}
        return {id_: Intent(id=id_, status=status, customer_id=CUSTOMER, metadata=marks)}

    assert await is_refused(booking, fee, intents=intent(UNKNOWN, booking.id)) is (status in TAKING)
    for harmless in (intent(KNOWN, booking.id), intent(UNKNOWN, "bkg_2"), intent(UNKNOWN, booking.id, fee.id)):
        assert not await is_refused(booking, fee, intents=harmless)
