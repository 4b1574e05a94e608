"""Calls of payments' repositories."""

from __future__ import annotations

from typing import Any

from common.adapters.mongo.payments.customers import MongoStripeCustomers
from common.adapters.mongo.payments.due_reconciliations import MongoDueReconciliations
from common.adapters.mongo.payments.ledger import MongoLedger
from common.adapters.mongo.payments.operations import MongoPaymentOperations
from common.adapters.mongo.payments.reviews import MongoPaymentReviews
from common.adapters.mongo.payments.subscriptions import MongoSubscriptions
from common.adapters.mongo.payments.webhook_events import MongoWebhookEvents
from common.application.ports.payments.reconciliation import DueReconciliation, Progress
from common.application.ports.payments.webhooks import StripeEvent, WebhookStatus
from common.domain.bookings.discrepancies import Discrepancy, DiscrepancyKind
from common.domain.payments.operations import PaymentOperation, Purpose
from common.domain.payments.plans import PlanStatus, Subscription
from common.runtime.container.bootstrap import Container

from tests.integration.query_plans.calls import BOOKING, CUSTOMER, LATER, MONEY, NOW, PROVIDER, Calls

_TIMES: dict[str, Any] = {"created_at": NOW, "updated_at": NOW}
_OPERATION = PaymentOperation(id="pay_1", booking_id=BOOKING, purpose=Purpose.CAPTURE, amount=MONEY, **_TIMES)
_FOUND = Discrepancy(id="dsc_1", booking_id=BOOKING, kind=DiscrepancyKind.CAPTURED, first_seen_at=NOW, last_seen_at=NOW)


def _subscription(revision: int) -> Subscription:
    return Subscription(
        id=PROVIDER, stripe_id="sub_1", plan_id="plus", status=PlanStatus.ACTIVE, revision=revision, updated_at=NOW
    )


async def _subscribe(c: Container) -> None:
    for revision in (1, 2):
        await MongoSubscriptions(c.mongo.db).save(_subscription(revision))


async def _keep_place(c: Container) -> None:
    for revision in (1, 2):
        await MongoPaymentReviews(c.mongo.db).save_progress(
            Progress(id="intents", verified_until=NOW, revision=revision)
        )


_DUE = DueReconciliation(BOOKING, 1)


async def _complete(c: Container) -> None:
    rows = MongoDueReconciliations(c.mongo.db)
    await rows.request([BOOKING], NOW)
    (due,) = await rows.claim(LATER, limit=1)
    await rows.request([BOOKING], NOW)
    await rows.complete(due, NOW)


CALLS: Calls = {
    "MongoStripeCustomers.remember": lambda c: MongoStripeCustomers(c.mongo.db).remember(CUSTOMER, "cus_1"),
    "MongoStripeCustomers.replace": lambda c: MongoStripeCustomers(c.mongo.db).replace(CUSTOMER, "cus_1", "cus_2"),
    "MongoPaymentOperations.get": lambda c: MongoPaymentOperations(c.mongo.db).get("pay_none"),
    "MongoPaymentOperations.list_by_booking": lambda c: MongoPaymentOperations(c.mongo.db).list_by_booking("bkg_none"),
    "MongoPaymentOperations.claim": lambda c: MongoPaymentOperations(c.mongo.db).claim("pay_none", NOW, LATER),
    "MongoPaymentOperations.release": lambda c: MongoPaymentOperations(c.mongo.db).release(_OPERATION, LATER),
    "MongoLedger.list_by_booking": lambda c: MongoLedger(c.mongo.db).list_by_booking(BOOKING),
    "MongoLedger.sum_by_reason": lambda c: MongoLedger(c.mongo.db).sum_by_reason(PROVIDER, since=NOW, before=LATER),
    "MongoLedger.list_by_provider": lambda c: MongoLedger(c.mongo.db).list_by_provider(
        PROVIDER, since=NOW, before=LATER, limit=20, after=None
    ),
    "MongoLedger.list_by_provider: later": lambda c: MongoLedger(c.mongo.db).list_by_provider(
        PROVIDER, since=NOW, before=LATER, limit=20, after=(NOW, "led_1")
    ),
    "MongoSubscriptions.save": _subscribe,
    "MongoSubscriptions.get": lambda c: MongoSubscriptions(c.mongo.db).get(PROVIDER),
    "MongoSubscriptions.list_past_due": lambda c: MongoSubscriptions(c.mongo.db).list_past_due(NOW, limit=20),
    "MongoSubscriptions.mark_lapsed": lambda c: MongoSubscriptions(c.mongo.db).mark_lapsed(_subscription(2), NOW),
    "MongoPaymentReviews.list_touched": lambda c: MongoPaymentReviews(c.mongo.db).list_touched(
        NOW, LATER, limit=20, after=None
    ),
    "MongoPaymentReviews.list_touched: later": lambda c: MongoPaymentReviews(c.mongo.db).list_touched(
        NOW, LATER, limit=20, after=(NOW, "pay_1")
    ),
    "MongoPaymentReviews.save_progress": _keep_place,
    "MongoPaymentReviews.get_progress": lambda c: MongoPaymentReviews(c.mongo.db).get_progress("intents"),
    "MongoPaymentReviews.report": lambda c: MongoPaymentReviews(c.mongo.db).report([_FOUND]),
    "MongoPaymentReviews.claim_unreported": lambda c: MongoPaymentReviews(c.mongo.db).claim_unreported(limit=20),
    "MongoPaymentReviews.list_open": lambda c: MongoPaymentReviews(c.mongo.db).list_open(limit=20, before=None),
    "MongoPaymentReviews.list_open: later": lambda c: MongoPaymentReviews(c.mongo.db).list_open(
        limit=20, before=(NOW, "x")
    ),
    "MongoPaymentReviews.resolve_others": lambda c: MongoPaymentReviews(c.mongo.db).resolve_others(
        BOOKING, ["dsc_1"], NOW
    ),
    "MongoPaymentReviews.resolve": lambda c: MongoPaymentReviews(c.mongo.db).resolve(["dsc_1"], NOW),
    "MongoWebhookEvents.insert": lambda c: MongoWebhookEvents(c.mongo.db).insert(
        StripeEvent(id="evt_new", type="t", object_id="pi_1", created=0, received_at=NOW)
    ),
    "MongoWebhookEvents.get": lambda c: MongoWebhookEvents(c.mongo.db).get("evt_new"),
    "MongoWebhookEvents.increment_tries": lambda c: MongoWebhookEvents(c.mongo.db).increment_tries("evt_new"),
    "MongoWebhookEvents.list_unprocessed": lambda c: MongoWebhookEvents(c.mongo.db).list_unprocessed(
        before=LATER, limit=20
    ),
    "MongoWebhookEvents.list_unprocessed: later": lambda c: MongoWebhookEvents(c.mongo.db).list_unprocessed(
        before=LATER, limit=20, after=(NOW, "evt_1")
    ),
    "MongoWebhookEvents.finish": lambda c: MongoWebhookEvents(c.mongo.db).finish(
        "evt_new", WebhookStatus.PROCESSED, NOW
    ),
    "MongoDueReconciliations.request": lambda c: MongoDueReconciliations(c.mongo.db).request([BOOKING], NOW),
    "MongoDueReconciliations.claim": lambda c: MongoDueReconciliations(c.mongo.db).claim(NOW, limit=20),
    "MongoDueReconciliations.complete": _complete,
    "MongoDueReconciliations.list_waiting": lambda c: MongoDueReconciliations(c.mongo.db).list_waiting([_DUE]),
    "MongoDueReconciliations.release": lambda c: MongoDueReconciliations(c.mongo.db).release([_DUE], NOW),
    "MongoDueReconciliations.find_oldest": lambda c: MongoDueReconciliations(c.mongo.db).find_oldest(),
    "MongoPaymentOperations.list_abandoned": lambda c: MongoPaymentOperations(c.mongo.db).list_abandoned(NOW, limit=20),
    "MongoPaymentOperations.end_leases": lambda c: MongoPaymentOperations(c.mongo.db).end_leases(["pay_1"], NOW),
    "MongoPaymentOperations.list_due": lambda c: MongoPaymentOperations(c.mongo.db).list_due(NOW, limit=20),
    "MongoPaymentOperations.list_due: later": lambda c: MongoPaymentOperations(c.mongo.db).list_due(
        NOW, limit=20, after="pay_1"
    ),
}
