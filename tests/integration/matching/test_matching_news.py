"""What happens to requests and offers reaches those it concerns by mail, inbox and stream, once."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from common.application.matching.accepting import accept_offer
from common.application.matching.change_request import cancel_request
from common.application.notifications.deliver import deliver_event
from common.domain.catalogue.services import PriceType
from common.domain.identity.roles import Principal, Role
from common.domain.identity.users import User
from common.domain.notifications.inbox import Channel, Preferences
from common.domain.shared.events import Event, Topic
from common.domain.shared.notification_kinds import Kind

from tests.integration.notifications.conftest import CollectingMailer
from tests.support.http import api_client
from tests.support.identity import sign_in
from tests.support.matching_world import ADDRESS, MatchingWorld

if TYPE_CHECKING:
    from common.domain.matching.job_requests import JobRequest

HINT = "Ring 021 123 4567"


class News:
    """Delivers what a world's use cases tell, and shows whom it reached."""

    def __init__(self, world: MatchingWorld) -> None:
        self.world = world
        self.mailer = CollectingMailer()
        world.container.replace(mailer=self.mailer)

    async def deliver(self) -> list[Event]:
        """Deliver what was told so far, each event twice, as queues do."""
        publisher = self.world.publisher
        events = [each for each in publisher.events if each.topic is Topic.NOTIFICATIONS]
        for event in events:
            publisher.events.remove(event)
            self.world._drained -= 1
        for event in [*events, *events]:
            await deliver_event(self.world.container.delivery, event)
        return events

    async def inbox(self, user: User) -> list[str]:
        """Types of somebody's entries, in alphabetical order."""
        notifications = self.world.container.inbox.notifications
        found = await notifications.list_by_user(user.id, unread_only=False, limit=50, before=None)
        return sorted(each.type for each in found)

    def mails(self, user: User) -> list[str]:
        """Subjects of somebody's mails."""
        return [mail.subject for to, mail in self.mailer.sent if to == user.email]


async def _asked(world: MatchingWorld) -> tuple[JobRequest, User]:
    provider = await world.add_provider(800, price_type=PriceType.QUOTE, price=None)
    return await world.asked(mode="compare", description=HINT), world.people[provider.id]


async def test_who_is_asked_is_told_once_and_sees_it_at_once(world: MatchingWorld) -> None:
    news = News(world)
    request, tom = await _asked(world)
    for user in (tom, world.customer):
        await world.container.streams.open(user.id, "epoch", world.clock.now())
    told = await news.deliver()
    assert [each.type for each in told] == ["job_request.wave_sent", "offer.made"]
    assert news.mails(tom) == ["A job near you: Trim the hedge"]
    assert news.mails(world.customer) == []
    (mail,) = [mail for _, mail in news.mailer.sent]
    (offer,) = await world.offers(request)
    assert f"http://web.test/offers/{offer.id}" in mail.html
    for secret in (ADDRESS, "021 123", str(world.customer.full_name)):
        assert secret not in f"{mail.text}{mail.html}"
    entries = await world.container.inbox.notifications.list_by_user(tom.id, unread_only=True, limit=9, before=None)
    assert [(each.type, each.offer_id, each.job_request_id) for each in entries] == [("offer.made", offer.id, None)]
    shown = [each for each in world.publisher.events if each.topic is Topic.REALTIME and each.type == "offer.made"]
    assert {tuple(each.payload["user_ids"]) for each in shown} == {tuple(sorted([tom.id, world.customer.id]))}
    assert shown[0].payload["ids"] == {"job_request_id": request.id, "offer_id": offer.id}
    waves = [each for each in world.publisher.events if each.type == "job_request.wave_sent"]
    assert {tuple(each.payload["user_ids"]) for each in waves} == {(world.customer.id,)}


async def test_a_quote_is_told_to_the_customer_and_an_end_to_the_provider(world: MatchingWorld) -> None:
    news = News(world)
    request, tom = await _asked(world)
    (offer,) = await world.offers(request)
    await accept_offer(world.deps, world.principal(tom), offer.id, {"price": {"amount": 26_000, "currency": "nzd"}})
    await news.deliver()
    assert news.mails(world.customer) == ["A quote for you: Trim the hedge"]
    await cancel_request(world.deps, world.principal(world.customer), request.id)
    await news.deliver()
    assert news.mails(tom)[-1] == "No longer needed: Trim the hedge"
    assert await news.inbox(tom) == ["offer.made", "offer.withdrawn"]
    assert await news.inbox(world.customer) == ["offer.quoted"]


async def test_what_is_over_by_the_time_it_is_told_is_told_no_more(world: MatchingWorld) -> None:
    news = News(world)
    request, tom = await _asked(world)
    await cancel_request(world.deps, world.principal(world.customer), request.id)
    await news.deliver()
    assert await news.inbox(tom) == ["offer.withdrawn"]


async def test_a_customer_is_told_of_what_an_operator_has_called_off(world: MatchingWorld) -> None:
    operator = Principal(user_id="usr_operator", roles=frozenset({Role.USER, Role.OPERATOR}))
    for caller, told in ((world.principal(world.customer), []), (operator, ["job_request.cancelled"])):
        news, request = News(world), await world.ask()
        await cancel_request(world.deps, caller, request.id)
        await news.deliver()
        assert await news.inbox(world.customer) == told


async def test_a_request_that_nobody_can_take_says_why(world: MatchingWorld) -> None:
    news = News(world)
    await world.add_provider(800)
    await world.asked(budget={"amount": 100, "currency": "nzd"})
    await news.deliver()
    (mail,) = [mail for to, mail in news.mailer.sent if to == world.customer.email]
    assert "1 above the budget" in mail.text


async def test_offers_can_be_muted_like_any_other_kind(world: MatchingWorld) -> None:
    news = News(world)
    provider = await world.add_provider(800)
    tom = world.people[provider.id]
    muted = Preferences(user_id=tom.id, muted={Kind.OFFERS: [Channel.EMAIL, Channel.PUSH]})
    await world.container.inbox.preferences.save(muted)
    await world.asked()
    await news.deliver()
    assert news.mails(tom) == []
    assert await news.inbox(tom) == ["offer.made"]


async def test_open_offers_are_among_a_providers_jobs_and_answers_among_the_statistics(world: MatchingWorld) -> None:
    request, tom = await _asked(world)
    headers = await sign_in(world.container, tom)
    async with api_client("providers", world.container) as client:
        jobs = (await client.get("/v1/providers/me/jobs", headers=headers)).json()
        (offer,) = jobs["offers"]
        assert (offer["title"], offer["suburb"], offer["price"], offer["is_quoted"]) == (
            "Trim the hedge",
            "Ponsonby, Auckland",
            None,
            False,
        )
        assert ADDRESS not in str(jobs)
        world.clock.advance(minutes=4)
        (made,) = await world.offers(request)
        price = {"amount": 26_000, "currency": "nzd"}
        await accept_offer(world.deps, world.principal(tom), made.id, {"price": price})
        (offer,) = (await client.get("/v1/providers/me/jobs", headers=headers)).json()["offers"]
        assert (offer["price"], offer["is_quoted"]) == (price, True)
        stats = (await client.get("/v1/providers/me/stats", headers=headers)).json()["offers"]
    assert stats["received_lately"] == stats["decided"] == stats["agreed"] == 1
    assert stats["agreement_rate"] == 1
    assert timedelta(minutes=2).total_seconds() <= stats["median_reply_seconds"] <= timedelta(minutes=5).total_seconds()
