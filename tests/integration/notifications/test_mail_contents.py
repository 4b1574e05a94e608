"""What mails carry besides their words: calendar entries, a way to switch them off, and only what is true by then."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from common.adapters.mail.ses import _message
from common.application.bookings.ratings import moderate_rating, submit_rating
from common.application.notifications.deliver import deliver_event
from common.application.notifications.dispatch import Message, _addressed
from common.domain.bookings.booking import ActorKind
from common.domain.identity.roles import Principal, Role
from common.domain.shared.events import Topic
from common.domain.shared.notification_kinds import Kind
from icalendar import Calendar

from tests.integration.notifications.test_delivery import deliver_all, requested
from tests.support.containers import BASE_URL

if TYPE_CHECKING:
    from common.application.ports.notifications.mail import RenderedMail
    from common.domain.bookings.booking import Booking

    from tests.fakes.payment_gateway import FakePaymentGateway
    from tests.integration.notifications.conftest import CollectingMailer
    from tests.support.money import MoneyBench


def to_customer(bench: MoneyBench, mailer: CollectingMailer) -> list[RenderedMail]:
    return [mail for to, mail in mailer.sent if to == bench.customer.email]


async def test_an_accepted_booking_comes_as_an_entry_that_its_cancellation_takes_away(
    bench: MoneyBench, gateway: FakePaymentGateway, mailer: CollectingMailer
) -> None:
    asked = await requested(bench, gateway, starts_in=timedelta(days=3))
    booking = await bench.perform(asked, "accept", ActorKind.PROVIDER)
    await deliver_all(bench)
    assert [mail.calendar for _, mail in mailer.sent if "request" in mail.subject.lower()] == [None, None]
    cancelled = await bench.perform(booking, "cancel", ActorKind.PROVIDER)
    await deliver_all(bench)

    entries = [Calendar.from_ical(mail.calendar) for mail in to_customer(bench, mailer) if mail.calendar]
    assert [str(entry["method"]) for entry in entries] == ["REQUEST", "CANCEL"]
    first, last = (entry.walk("VEVENT")[0] for entry in entries)
    assert first["uid"] == last["uid"] == f"{booking.id}@gigsta"
    assert first.decoded("sequence") < last.decoded("sequence") == cancelled.version
    assert (str(first["status"]), str(last["status"])) == ("CONFIRMED", "CANCELLED")
    assert first["organizer"] == last["organizer"] == "mailto:no-reply@gigsta.test"
    assert first["attendee"] == f"mailto:{bench.customer.email}"


async def test_what_ends_before_its_acceptance_is_in_nobody_s_calendar(
    bench: MoneyBench, gateway: FakePaymentGateway, mailer: CollectingMailer
) -> None:
    await bench.perform(await requested(bench, gateway), "cancel", ActorKind.CUSTOMER)
    await deliver_all(bench)

    assert mailer.sent
    assert not [mail for _, mail in mailer.sent if mail.calendar]
    assert any("was cancelled by you" in mail.text.replace("\n", " ") for mail in to_customer(bench, mailer))


async def test_a_provider_hears_nothing_of_what_was_never_paid(bench: MoneyBench, mailer: CollectingMailer) -> None:
    booking = await bench.book()
    await bench.perform(booking, "cancel", ActorKind.CUSTOMER)
    await deliver_all(bench)

    assert {to for to, _ in mailer.sent} == {bench.customer.email}


async def test_mails_of_bookings_say_where_they_are_switched_off(
    bench: MoneyBench, gateway: FakePaymentGateway, mailer: CollectingMailer
) -> None:
    await requested(bench, gateway)
    await deliver_all(bench)

    url = "http://web.test/account/notifications"
    for _, mail in mailer.sent:
        assert url in mail.text
        assert url in mail.html
        headers = {each["Name"]: each["Value"] for each in _message(mail)["Headers"]}
        assert headers.pop("List-Unsubscribe") == f"<{mail.unsubscribe_url}>"
        assert headers == {"List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
        assert (mail.unsubscribe_url or "").startswith(f"{BASE_URL}/v1/notifications/unsubscribe?token=")


async def test_mails_about_the_account_itself_cannot_be_switched_off(
    bench: MoneyBench, gateway: FakePaymentGateway, mailer: CollectingMailer
) -> None:
    await requested(bench, gateway)
    event = (await deliver_all(bench))[0]
    message = Message(event, Kind.ACCOUNT, "password_changed", {"preferences_url": "http://web.test"}, "")
    (_, sent), *_ = mailer.sent
    mail = sent.model_copy(update={"unsubscribe_url": None, "is_one_click": False})
    assert "Headers" not in _message(_addressed(bench.container.delivery, message, mail, bench.customer))


async def rated(bench: MoneyBench, gateway: FakePaymentGateway, text: str) -> tuple[Booking, str]:
    booking = await bench.accept_and_start(await requested(bench, gateway))
    booking = await bench.perform(booking, "complete", ActorKind.PROVIDER)
    await deliver_all(bench)
    customer, provider = (Principal(user_id=user.id) for user in (bench.customer, bench.provider_user))
    given = await submit_rating(bench.container.bookings, customer, booking.id, 5, text)
    await submit_rating(bench.container.bookings, provider, booking.id, 5, "Fine")
    return booking, given.id


async def test_a_held_rating_is_announced_once_it_can_be_read(
    bench: MoneyBench, gateway: FakePaymentGateway, mailer: CollectingMailer
) -> None:
    _, rating_id = await rated(bench, gateway, "Call me on 021 123 4567")
    mailer.sent.clear()
    await deliver_all(bench)
    (notified,) = to_customer(bench, mailer)
    assert "looked at by our team first" in notified.text.replace("\n", " ")
    assert "Both sides" not in notified.text

    mailer.sent.clear()
    moderator = Principal(user_id="usr_moderator", roles=frozenset({Role.MODERATOR}))
    await moderate_rating(bench.container.bookings, moderator, rating_id, hide=False)
    events = [each for each in bench.publisher.events if each.topic is Topic.NOTIFICATIONS]
    await deliver_all(bench)
    for event in events:
        await deliver_event(bench.container.delivery, event)
    assert len(mailer.sent) == 2
    assert all("the ratings can be read now" in mail.text.replace("\n", " ") for _, mail in mailer.sent)

    await moderate_rating(bench.container.bookings, moderator, rating_id, hide=True)
    await moderate_rating(bench.container.bookings, moderator, rating_id, hide=False)
    await deliver_all(bench)
    assert len(mailer.sent) == 2


async def test_ratings_that_nobody_holds_are_announced_at_once(
    bench: MoneyBench, gateway: FakePaymentGateway, mailer: CollectingMailer
) -> None:
    await rated(bench, gateway, "Very good")
    mailer.sent.clear()
    await deliver_all(bench)
    assert all("the ratings can be read now" in mail.text.replace("\n", " ") for _, mail in mailer.sent)
    assert len(mailer.sent) == 2
