"""From a booking's event to a mail and an inbox entry for each person it concerns, once."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

import pytest
from common.application.identity.records import mail_event
from common.application.notifications.deliver import deliver_event
from common.application.payments.operations.sync import sync_booking_payment
from common.domain.bookings.booking import ActorKind, Booking
from common.domain.identity.users import Address
from common.domain.notifications.inbox import Channel, Preferences, QuietHours
from common.domain.shared.display import local_time_text
from common.domain.shared.errors import Unavailable
from common.domain.shared.events import Event, Topic, new_event
from common.domain.shared.notification_kinds import Kind
from common.runtime.budget import Budget
from common.runtime.sqs import Queue

from functions.notifications.notifications_queue import process
from tests.factories.users import make_user
from tests.support.identity import store_user

if TYPE_CHECKING:
    from tests.fakes.payment_gateway import FakePaymentGateway
    from tests.integration.notifications.conftest import CollectingMailer
    from tests.support.money import MoneyBench


async def requested(
    bench: MoneyBench, gateway: FakePaymentGateway, starts_in: timedelta = timedelta(hours=6)
) -> Booking:
    booking = await bench.book(starts_in=starts_in)
    gateway.confirm(booking.first_charge.payment_intent_id or "")
    return await sync_booking_payment(bench.payments, booking.id)


async def deliver_all(bench: MoneyBench) -> list[Event]:
    """Deliver what was published to the notifications topic, and forget it."""
    events = [each for each in bench.publisher.events if each.topic is Topic.NOTIFICATIONS]
    for event in events:
        bench.publisher.events.remove(event)
        await deliver_event(bench.container.delivery, event)
    return events


async def inbox_of(bench: MoneyBench, user_id: str) -> list[str]:
    entries = await bench.container.inbox.notifications.list_by_user(user_id, unread_only=False, limit=100, before=None)
    return [each.type for each in entries]


async def test_both_parties_are_told_of_a_request(
    bench: MoneyBench, gateway: FakePaymentGateway, mailer: CollectingMailer
) -> None:
    await requested(bench, gateway)
    await deliver_all(bench)
    assert sorted(to for to, _ in mailer.sent) == sorted([bench.customer.email, bench.provider_user.email])
    for_provider = next(mail for to, mail in mailer.sent if to == bench.provider_user.email)
    assert bench.service.title in for_provider.subject
    assert "Aroha wants to book" in for_provider.text
    assert "Ngata" not in for_provider.text
    assert "http://web.test/bookings/" in for_provider.html
    assert await inbox_of(bench, bench.provider_user.id) == ["booking.requested"]


async def test_what_is_told_of_a_request_in_the_app_names_its_time(
    bench: MoneyBench, gateway: FakePaymentGateway
) -> None:
    booking = await requested(bench, gateway)
    await deliver_all(bench)
    when = local_time_text(booking.slot.start_at, booking.slot.timezone)
    for user in (bench.customer, bench.provider_user):
        [entry] = await bench.container.inbox.notifications.list_by_user(
            user.id, unread_only=False, limit=10, before=None
        )
        assert when in entry.body


async def test_every_step_of_a_whole_life_renders(
    bench: MoneyBench, gateway: FakePaymentGateway, mailer: CollectingMailer
) -> None:
    booking = await requested(bench, gateway)
    booking = await bench.accept_and_start(booking)
    booking = await bench.perform(booking, "complete", ActorKind.PROVIDER)
    booking = await bench.fire(booking)
    booking = await bench.perform(booking, "refund", ActorKind.OPERATOR, amount=1_000, reason="Sorry")
    events = await deliver_all(bench)
    assert {"booking.requested", "booking.payment_captured", "booking.paid_out", "booking.refunded"} <= {
        each.type for each in events
    }
    subjects = [mail.subject for _, mail in mailer.sent]
    assert any(subject.startswith("Receipt") for subject in subjects)
    accepted = next(mail for _, mail in mailer.sent if "accepted your booking" in mail.subject)
    assert booking.start_code in accepted.text
    for _, mail in mailer.sent:
        assert "None" not in mail.text


async def test_an_event_delivered_again_mails_nobody_twice(
    bench: MoneyBench, gateway: FakePaymentGateway, mailer: CollectingMailer
) -> None:
    await requested(bench, gateway)
    events = await deliver_all(bench)
    for event in events * 3:
        await deliver_event(bench.container.delivery, event)
    assert len(mailer.sent) == 2
    assert await inbox_of(bench, bench.customer.id) == ["booking.requested"]


async def test_a_mail_service_that_is_unavailable_is_tried_again(
    bench: MoneyBench, gateway: FakePaymentGateway, mailer: CollectingMailer
) -> None:
    await requested(bench, gateway)
    event = next(each for each in bench.publisher.events if each.topic is Topic.NOTIFICATIONS)
    mailer.is_unavailable = True
    with pytest.raises(Unavailable):
        await deliver_event(bench.container.delivery, event)
    mailer.is_unavailable = False
    await deliver_event(bench.container.delivery, event)
    assert len(mailer.sent) == 2


async def test_a_mail_whose_sender_died_is_sent_later(
    bench: MoneyBench, gateway: FakePaymentGateway, mailer: CollectingMailer
) -> None:
    await requested(bench, gateway)
    event = next(each for each in bench.publisher.events if each.topic is Topic.NOTIFICATIONS)
    log = bench.container.delivery.mail_log
    mail_id = f"{event.id}:booking_requested_customer:{bench.customer.id}"
    assert await log.begin(mail_id, template="x", user_id=None, now=bench.clock.now())
    await deliver_event(bench.container.delivery, event)
    assert [to for to, _ in mailer.sent] == [bench.provider_user.email]
    bench.clock.advance(minutes=2)
    await deliver_event(bench.container.delivery, event)
    assert [to for to, _ in mailer.sent] == [bench.provider_user.email, bench.customer.email]


async def test_a_refused_address_is_not_tried_again(
    bench: MoneyBench, gateway: FakePaymentGateway, mailer: CollectingMailer
) -> None:
    await requested(bench, gateway)
    mailer.refuses = True
    events = await deliver_all(bench)
    mailer.refuses = False
    for event in events:
        await deliver_event(bench.container.delivery, event)
    assert mailer.sent == []


async def test_muted_mails_still_reach_the_inbox(
    bench: MoneyBench, gateway: FakePaymentGateway, mailer: CollectingMailer
) -> None:
    muted = Preferences(user_id=bench.customer.id, muted={Kind.BOOKINGS: [Channel.EMAIL]})
    await bench.container.inbox.preferences.save(muted)
    await requested(bench, gateway)
    await deliver_all(bench)
    assert [to for to, _ in mailer.sent] == [bench.provider_user.email]
    assert await inbox_of(bench, bench.customer.id) == ["booking.requested"]


async def test_a_deleted_account_is_left_alone(
    bench: MoneyBench, gateway: FakePaymentGateway, mailer: CollectingMailer
) -> None:
    await requested(bench, gateway)
    gone = bench.customer.model_copy(update={"deleted_at": bench.clock.now() + timedelta(hours=1)})
    await store_user(bench.container, gone)
    await deliver_all(bench)
    assert [to for to, _ in mailer.sent] == [bench.provider_user.email]


@pytest.mark.parametrize(
    ("template", "data"),
    [
        ("new_sign_in", {"at": "now", "ip": "203.0.113.7", "user_agent": "Firefox"}),
        ("password_changed", {}),
        ("password_changed", {"feeds_ended": True}),
        ("provider_approved", {}),
        ("provider_rejected", {"reason": "No address"}),
    ],
)
async def test_a_mail_about_the_account_reaches_its_address(
    bench: MoneyBench, mailer: CollectingMailer, template: str, data: dict[str, str]
) -> None:
    event = new_event(
        Topic.NOTIFICATIONS,
        "mail.requested",
        bench.clock.now(),
        template=template,
        to_user_id=bench.customer.id,
        data=data,
    )
    await deliver_event(bench.container.delivery, event)
    assert [to for to, _ in mailer.sent] == [bench.customer.email]


@pytest.mark.parametrize(
    ("known", "shown"),
    [
        ("quiet_hours", "13:05 AEST"),
        ("services", "16:05 NZDT"),
        ("booking", "16:05 NZDT"),
        ("address", "14:05 AEDT"),
        ("nothing", "3:05 UTC"),
    ],
)
async def test_a_new_sign_in_is_told_on_the_clock_of_who_reads_it(
    bench: MoneyBench, mailer: CollectingMailer, known: str, shown: str
) -> None:
    country = "AU" if known == "address" else ""
    stranger = make_user(address=Address(text="1 Hay Street", country=country))
    await store_user(bench.container, stranger)
    reader = {"services": bench.provider_user, "booking": bench.customer}.get(known, stranger)
    await bench.container.users.update(bench.provider_user.id, {"provider_id": bench.provider.id})
    if known == "booking":
        await bench.book()
    if known == "quiet_hours":
        hours = QuietHours(start=time(22), end=time(7), timezone="Australia/Brisbane")
        await bench.container.inbox.preferences.save(Preferences(user_id=reader.id, quiet_hours=hours))
    at = datetime(2026, 11, 30, 3, 5, tzinfo=UTC)
    facts = {"at": at, "ip": "203.0.113.7", "user_agent": "Firefox"}
    event = mail_event(bench.container.auth, "new_sign_in", reader.id, **facts)
    await deliver_event(bench.container.delivery, event)
    [(to, mail)] = mailer.sent
    assert to == reader.email
    assert f"Mon 30 Nov 2026, {shown}" in mail.text


async def test_a_link_is_made_when_its_mail_is_sent(bench: MoneyBench, mailer: CollectingMailer) -> None:
    event = new_event(
        Topic.NOTIFICATIONS,
        "mail.link_requested",
        bench.clock.now(),
        email=bench.customer.email,
        purpose="reset_password",
    )
    await deliver_event(bench.container.delivery, event)
    (to, mail), *_ = mailer.sent
    assert to == bench.customer.email
    assert "/reset-password?token=" in mail.text


async def test_the_queue_gives_back_only_what_failed(
    bench: MoneyBench, gateway: FakePaymentGateway, mailer: CollectingMailer
) -> None:
    await requested(bench, gateway)
    good = next(each for each in bench.publisher.events if each.topic is Topic.NOTIFICATIONS)
    bad = new_event(
        Topic.NOTIFICATIONS, "mail.requested", bench.clock.now(), template="unknown", to_user_id=bench.customer.id
    )
    records = [{"messageId": each.id, "body": each.model_dump_json()} for each in (good, bad)]
    queue = Queue("notifications-queue", Event, "id", process)
    answer = await queue.work_batch(bench.container, {"Records": records}, Budget(20))
    assert answer == {"batchItemFailures": [{"itemIdentifier": bad.id}]}
    again = await queue.work_batch(bench.container, {"Records": records[:1]}, Budget(20))
    assert again == {"batchItemFailures": []}
    assert len(mailer.sent) == 2


async def test_only_the_named_recipients_are_told(
    bench: MoneyBench, gateway: FakePaymentGateway, mailer: CollectingMailer
) -> None:
    await requested(bench, gateway)
    event = next(each for each in bench.publisher.events if each.type == "booking.requested")
    narrowed = event.model_copy(update={"payload": {**event.payload, "recipients": [bench.provider_user.id]}})
    await deliver_event(bench.container.delivery, narrowed)
    assert [to for to, _ in mailer.sent] == [bench.provider_user.email]
    assert await inbox_of(bench, bench.customer.id) == []


async def test_what_concerns_nobody_any_more_is_passed_over(bench: MoneyBench, mailer: CollectingMailer) -> None:
    gone = await store_user(bench.container, make_user(deleted_at=bench.clock.now()))
    now = bench.clock.now()
    for event in (
        new_event(Topic.NOTIFICATIONS, "booking.accepted", now, booking_id="bkg_never_stored"),
        new_event(Topic.NOTIFICATIONS, "booking.of_an_unknown_kind", now, booking_id="bkg_x"),
        new_event(Topic.NOTIFICATIONS, "mail.requested", now, template="password_changed", to_user_id=gone.id),
        new_event(Topic.NOTIFICATIONS, "mail.requested", now, template="password_changed", to_user_id="usr_unknown"),
        new_event(Topic.NOTIFICATIONS, "mail.link_requested", now, email="a@example.com", purpose="reset_password"),
    ):
        await deliver_event(bench.container.delivery, event)
    assert mailer.sent == []


async def test_the_other_party_hears_of_a_proposal_as_it_was_even_if_it_has_been_answered(
    bench: MoneyBench, gateway: FakePaymentGateway, mailer: CollectingMailer
) -> None:
    asked = await requested(bench, gateway, starts_in=timedelta(days=3))
    booking = await bench.perform(asked, "accept", ActorKind.PROVIDER)
    await deliver_all(bench)
    mailer.sent.clear()
    start = booking.slot.start_at + timedelta(hours=3)
    booking = await bench.perform(booking, "propose_reschedule", ActorKind.CUSTOMER, start_at=start)
    await bench.perform(booking, "decline_reschedule", ActorKind.PROVIDER)
    await deliver_all(bench)
    notified = [(to, mail) for to, mail in mailer.sent if "New time proposed" in mail.subject]
    assert [to for to, _ in notified] == [bench.provider_user.email]
    assert f"Aroha Ngata proposes another time for {bench.service.title}: " in notified[0][1].text
    assert local_time_text(start, booking.slot.timezone) in " ".join(notified[0][1].text.split())
    assert "booking.reschedule_proposed" not in await inbox_of(bench, bench.customer.id)
