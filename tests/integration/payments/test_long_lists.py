"""Statements and reconciliations that go on over many pages, and intents at Stripe that nobody knows."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from common.application.payments import statements
from common.application.payments.reconciliation.run import reconcile_payments
from common.application.payments.statements import provider_statement
from common.application.ports.payments.gateway import Intent, PaymentIntentStatus
from common.domain.bookings.discrepancies import StripeBooks
from common.domain.payments.ledger import LedgerLine
from common.domain.shared.errors import GatewayRefused
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
    per_instant: int
    commands: int = 0

    async def list_by_provider(
        self,
        provider_id: str,
        *,
        since: datetime,
        before: datetime,  # noqa: ARG002 - the port's
        limit: int,
        after: tuple[datetime, str] | None,
    ) -> Sequence[LedgerLine]:
        self.commands += 1
        first = int(after[1].removeprefix("led_")) + 1 if after else 0
        return [
            LedgerLine(
                id=f"led_{number}",
                entry_id=f"ent_{number}",
                booking_id="bkg_1",
                provider_id=provider_id,
                account="commission",
                amount=Money(amount=1, currency="nzd"),
                reason="commission",
                at=since + timedelta(seconds=number // self.per_instant),
            )
            for number in range(first, min(first + limit, self.lines))
        ]


@pytest.mark.parametrize("per_instant", [1, 7, 50_000])
async def test_a_statement_has_every_line_once_in_bounded_parts_of_whole_instants(
    bench: MoneyBench, per_instant: int
) -> None:
    now, most = bench.clock.now(), 20_000
    ledger = EndlessLedger(50_000, per_instant)
    long = replace(bench.payments, ledger=ledger)  # type: ignore[arg-type]
    after, rows, parts, ends = None, list[str](), 0, set[str]()
    while True:
        text, after = await provider_statement(long, "prv_1", now - timedelta(days=30), now, after)
        header, *lines = text.splitlines()
        assert header.startswith("at_utc,booking_id,entry_id")
        assert len(lines) <= most
        parts, rows = parts + 1, [*rows, *lines]
        if after is None:
            break
        ends.add(lines[-1].split(",")[0])
    assert [row.split(",")[2] for row in rows] == [f"ent_{number}" for number in range(50_000)]
    assert parts == 3
    assert ledger.commands <= 4 * parts + 3
    if per_instant < most:
        starts = [row.split(",")[0] for row in rows]
        assert all(starts.count(end) == min(per_instant, 50_000) for end in ends)


async def test_a_part_is_bounded_in_bytes_too(bench: MoneyBench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statements, "_MOST_BYTES", 10_000)
    now = bench.clock.now()
    long = replace(bench.payments, ledger=EndlessLedger(500, 1))  # type: ignore[arg-type]
    text, after = await provider_statement(long, "prv_1", now - timedelta(days=30), now)
    assert 9_000 < len(text) < 11_000
    assert after is not None


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
