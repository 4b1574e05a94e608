"""Statements and reconciliations that go on over many pages, and intents at Stripe that nobody knows."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from common.application.payments.reconciliation.run import reconcile_payments
from common.application.payments.statements import provider_statement
from common.application.ports.payments.gateway import Intent, PaymentIntentStatus
from common.domain.bookings.discrepancies import StripeBooks
from common.domain.payments.ledger import LedgerLine
from common.domain.shared.errors import GatewayRefused, InvalidInput
from common.domain.shared.ids import new_id
from common.domain.shared.money import Money

from tests.integration.webhooks.conftest import CollectingStripeEvents

if TYPE_CHECKING:
    from collections.abc import Sequence

    from common.application.payments.reconciliation.deps import ReconciliationDeps
    from common.application.ports.payments.gateway import GatewayCall
    from common.application.ports.payments.reconciliation import MovedAtStripe

    from tests.support.money import MoneyBench


@dataclass
class EndlessLedger:
    """A ledger with so many lines of one provider, in pages."""

    lines: int

    async def list_by_provider(
        self,
        provider_id: str,
        *,
        since: datetime,
        before: datetime,  # noqa: ARG002 - the port's
        limit: int,
        after: str | None,
    ) -> Sequence[LedgerLine]:
        first = int(after.removeprefix("led_")) + 1 if after else 0
        return [
            LedgerLine(
                id=f"led_{number}",
                entry_id=f"ent_{number}",
                booking_id="bkg_1",
                provider_id=provider_id,
                account="commission",
                amount=Money(amount=1, currency="nzd"),
                reason="commission",
                at=since,
            )
            for number in range(first, min(first + limit, self.lines))
        ]


async def test_a_statement_has_every_line_of_every_page_and_a_bound(bench: MoneyBench) -> None:
    now = bench.clock.now()
    long = replace(bench.payments, ledger=EndlessLedger(1_100))  # type: ignore[arg-type]
    text = await provider_statement(long, "prv_1", now - timedelta(days=30), now)
    assert len(text.splitlines()) == 1 + 1_100
    endless = replace(bench.payments, ledger=EndlessLedger(50_000))  # type: ignore[arg-type]
    with pytest.raises(InvalidInput) as caught:
        await provider_statement(endless, "prv_1", now - timedelta(days=30), now)
    assert caught.value.errors[0].code == "too_many_lines"


def intent_at_stripe(number: int, status: PaymentIntentStatus, **metadata: str) -> Intent:
    return Intent(
        id=f"pi_stray_{number}",
        status=status,
        amount=5_000,
        amount_received=5_000 if status is PaymentIntentStatus.SUCCEEDED else 0,
        currency="nzd",
        metadata=metadata,
    )


@dataclass
class StripeWith:
    """Stripe's records: so many intents of one instant, newest first, none of them refunded."""

    intents: list[Intent]
    at: datetime
    refused: list[str] = field(default_factory=list)

    async def get_books(self, booking_id: str, intent_ids: Sequence[str]) -> StripeBooks:  # noqa: ARG002 - the port's
        return StripeBooks(captured=5_000)

    async def get_intent(self, intent_id: str) -> Intent:
        return next(each for each in self.intents if each.id == intent_id)

    async def list_intents(
        self, since: datetime, before: datetime, *, limit: int, after: str | None
    ) -> Sequence[Intent]:
        if not since <= self.at < before:
            return []
        ids = [each.id for each in self.intents]
        first = ids.index(after) + 1 if after else 0
        return self.intents[first : first + limit]

    async def list_movements(
        self,
        since: datetime,  # noqa: ARG002 - the port's
        before: datetime,  # noqa: ARG002 - the port's
        *,
        limit: int,  # noqa: ARG002 - the port's
        after: str | None,  # noqa: ARG002 - the port's
    ) -> Sequence[MovedAtStripe]:
        return []

    async def cancel_intent(self, intent_id: str, *, call: GatewayCall) -> Intent:  # noqa: ARG002 - the port's
        self.refused.append(intent_id)
        raise GatewayRefused("It has been paid meanwhile.")


@pytest.fixture
def reconciliation(bench: MoneyBench) -> ReconciliationDeps:
    bench.container.replace(stripe_event_queue=CollectingStripeEvents())
    return bench.container.reconciliation


async def test_a_paid_intent_of_nobody_is_shown_to_people_and_others_take_no_harm(
    bench: MoneyBench, reconciliation: ReconciliationDeps
) -> None:
    foreign = [intent_at_stripe(number, PaymentIntentStatus.SUCCEEDED) for number in range(60)]
    marks = bench.container.stripe_owner.marks()
    paid, racing = (
        intent_at_stripe(number, status, booking_id=new_id("bkg", bench.clock.now()), **marks)
        for number, status in ((98, PaymentIntentStatus.SUCCEEDED), (99, PaymentIntentStatus.REQUIRES_PAYMENT_METHOD))
    )
    stripe = StripeWith([*foreign, paid, racing], bench.clock.now() - timedelta(hours=3))
    deps = replace(
        reconciliation,
        records=stripe,
        gateway=stripe,  # type: ignore[arg-type]
    )
    counts = await reconcile_payments(deps, has_time=lambda: True)
    assert counts["ForeignIntents"] == 60
    assert counts["OrphanIntents"] == 2
    assert stripe.refused == [racing.id]
    found = await deps.reviews.list_open(limit=10, before=None)
    assert [(each.kind, each.stripe_id, each.found) for each in found] == [("unknown_booking", paid.id, 5_000)]
