"""Operators are told what needs a person, in their inboxes and by mail."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from common.application.notifications.deliver import deliver_event
from common.application.payments.operations.sync import sync_booking_payment
from common.domain.bookings.booking import ActorKind, Booking
from common.domain.identity.roles import STAFF_ROLES, Role
from common.domain.shared.errors import GatewayRefused
from common.domain.shared.events import Topic, new_event

from tests.factories.users import make_user
from tests.integration.notifications.test_delivery import deliver_all, inbox_of
from tests.support.identity import store_user

if TYPE_CHECKING:
    from common.domain.identity.users import User
    from common.domain.shared.events import Event
    from common.runtime.container.bootstrap import Container

    from tests.fakes.payment_gateway import FakePaymentGateway
    from tests.integration.notifications.conftest import CollectingMailer
    from tests.support.money import MoneyBench


@pytest.fixture(autouse=True)
async def no_staff_yet(bench: MoneyBench) -> None:
    """The database is the module's; each test has its own staff."""
    await bench.container.mongo.collection("users").delete_many({"roles": {"$in": sorted(STAFF_ROLES)}})


async def staff(container: Container, *roles: Role, **fields: object) -> User:
    return await store_user(container, make_user(roles=[Role.USER, *roles], **fields))


async def started(bench: MoneyBench, gateway: FakePaymentGateway) -> Booking:
    booking = await bench.book()
    gateway.confirm(booking.first_charge.payment_intent_id or "")
    return await bench.accept_and_start(await sync_booking_payment(bench.payments, booking.id))


def differences(bench: MoneyBench, *lines: str) -> Event:
    """What reconciliation asks to be mailed."""
    return new_event(
        Topic.NOTIFICATIONS,
        "mail.requested",
        bench.clock.now(),
        template="discrepancies_found",
        to_role="operator",
        data={"count": len(lines), "lines": list(lines)},
    )


async def test_a_payment_that_needs_a_person_is_told_to_every_operator(
    bench: MoneyBench, gateway: FakePaymentGateway, mailer: CollectingMailer, monkeypatch: pytest.MonkeyPatch
) -> None:
    operators = [await staff(bench.container, Role.OPERATOR) for _ in range(2)]
    left_out = [
        await staff(bench.container, Role.MODERATOR),
        await staff(bench.container, Role.OPERATOR, is_active=False),
    ]
    booking = await started(bench, gateway)

    async def refuse(*_: object, **__: object) -> None:
        raise GatewayRefused(reason="lock_timeout")

    monkeypatch.setattr(gateway, "refund", refuse)
    booking = await bench.perform(booking, "complete", ActorKind.PROVIDER)
    booking = await bench.perform(booking, "refund", ActorKind.OPERATOR, amount=100, reason="Late")
    assert booking.payment_details.needs_attention
    await deliver_all(bench)
    mails = {to: mail for to, mail in mailer.sent if "needs you" in mail.subject}
    assert mails.keys() == {each.email for each in operators}
    assert "The refund at Stripe for House cleaning failed: lock timeout." in next(iter(mails.values())).summary
    for each in operators:
        assert "booking.payment_needs_attention" in await inbox_of(bench, each.id)
    for each in left_out:
        assert await inbox_of(bench, each.id) == []
    bench.publisher.events.clear()
    booking = await bench.fire(booking)
    assert booking.payment_details.needs_attention
    assert bench.told(about=["booking.payment_needs_attention"]) == []


async def test_a_decision_that_waits_for_a_second_person_is_told(
    bench: MoneyBench, gateway: FakePaymentGateway, mailer: CollectingMailer
) -> None:
    operator = await staff(bench.container, Role.OPERATOR)
    expensive = bench.service.model_copy(
        update={"price": bench.service.price and bench.service.price.model_copy(update={"amount": 90_000})}
    )
    bench.service = expensive
    booking = await started(bench, gateway)
    await bench.perform(booking, "open_dispute", ActorKind.CUSTOMER, reason="Nothing was done")
    await bench.perform(booking, "resolve", ActorKind.OPERATOR, refund_amount=90_000, reason="Right")
    await deliver_all(bench)
    assert {"booking.disputed", "booking.second_approval_needed"} <= set(await inbox_of(bench, operator.id))
    assert any("second approval" in mail.subject for to, mail in mailer.sent if to == operator.email)


async def test_new_differences_are_mailed_to_operators_or_where_there_are_none_to_super_admins(
    bench: MoneyBench, mailer: CollectingMailer
) -> None:
    head = await staff(bench.container, Role.SUPER_ADMIN)
    found = differences(bench, "bkg_1: refunded_amount is 700, expected 0", "bkg_2: stripe_fee is 1, expected 2")
    for _ in range(2):
        await deliver_event(bench.container.delivery, found)
    assert [to for to, _ in mailer.sent] == [head.email]
    assert "bkg_1: refunded_amount is 700, expected 0" in mailer.sent[0][1].text
    operator = await staff(bench.container, Role.OPERATOR)
    await deliver_event(bench.container.delivery, found.model_copy(update={"id": "evt_later"}))
    assert [to for to, _ in mailer.sent[1:]] == [operator.email]


async def test_many_operators_are_told_once_each_by_messages_of_their_own(
    bench: MoneyBench, gateway: FakePaymentGateway, mailer: CollectingMailer
) -> None:
    """Whatever is delivered twice, in any order, and whoever cannot be mailed at first."""
    operators = [await staff(bench.container, Role.OPERATOR) for _ in range(8)]
    booking = await started(bench, gateway)
    await deliver_all(bench)
    await bench.perform(booking, "open_dispute", ActorKind.CUSTOMER, reason="Nothing was done")
    disputed = next(each for each in bench.publisher.events if each.type == "booking.disputed")
    found = differences(bench, "bkg_1: refunded_amount is 700, expected 0")
    mailer.sent.clear()
    for event in (disputed, disputed, found):
        await deliver_event(bench.container.delivery, event)
    addresses = {each.email for each in operators}
    assert [to for to, _ in mailer.sent if to in addresses] == []
    waiting = await bench.container.outbox.list_unpublished(before=bench.clock.now() + timedelta(minutes=1), limit=100)
    told = [each for each in waiting if "for_operator" in each.payload]
    assert len(told) == 3 * len(operators)
    for event in [*told, *reversed(told)]:
        await deliver_event(bench.container.delivery, event)
    assert Counter(to for to, _ in mailer.sent if to in addresses) == dict.fromkeys(addresses, 2)
    for each in operators:
        assert await inbox_of(bench, each.id) == ["booking.disputed"]
