"""Mails of one kind are switched off by the button that mail programs show (RFC 8058)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from common.application.ports.notifications.unsubscribe import Unsubscription
from common.domain.notifications.inbox import Channel, Preferences
from common.domain.shared.notification_kinds import Kind

from tests.factories.users import make_user
from tests.integration.notifications.test_delivery import deliver_all, requested
from tests.support import START, api_client
from tests.support.containers import BASE_URL

if TYPE_CHECKING:
    import httpx
    from common.runtime.container.bootstrap import Container

    from tests.fakes.payment_gateway import FakePaymentGateway
    from tests.integration.notifications.conftest import CollectingMailer
    from tests.support.money import MoneyBench

URL = "/v1/notifications/unsubscribe"
FORM = {"List-Unsubscribe": "One-Click"}


def token_of(container: Container, user_id: str, kind: Kind = Kind.OFFERS) -> str:
    url = container.unsubscribe_links.make(Unsubscription(user_id, kind)) or ""
    assert url.startswith(f"{BASE_URL}{URL}?token=")
    return url.partition("token=")[2]


async def press(client: httpx.AsyncClient, token: str) -> tuple[int, bytes]:
    answer = await client.post(URL, params={"token": token}, data=FORM)
    return answer.status_code, answer.content


async def muted_by(container: Container, user_id: str) -> dict[Kind, list[Channel]]:
    return (await container.inbox.preferences.get(user_id)).muted


async def test_the_button_ends_mails_of_its_kind_for_who_got_the_mail(
    bench: MoneyBench, gateway: FakePaymentGateway, mailer: CollectingMailer
) -> None:
    await requested(bench, gateway)
    await deliver_all(bench)
    url = next(mail.unsubscribe_url for to, mail in mailer.sent if to == bench.customer.email)
    async with api_client("notifications", bench.container) as client:
        assert (await client.post(url or "", data=FORM)).status_code == 204

    mailer.sent.clear()
    await requested(bench, gateway, starts_in=timedelta(days=5))
    await deliver_all(bench)
    assert {to for to, _ in mailer.sent} == {bench.provider_user.email}


async def test_other_choices_stay_and_pressing_it_again_changes_nothing(container: Container) -> None:
    user = make_user()
    await container.users.insert(user)
    other = {Kind.OFFERS: [Channel.PUSH], Kind.RATINGS: [Channel.EMAIL]}
    await container.inbox.preferences.save(Preferences(user_id=user.id, muted=other))
    async with api_client("notifications", container) as client:
        for _ in range(2):
            assert await press(client, token_of(container, user.id)) == (204, b"")
        multipart = {"List-Unsubscribe": (None, "One-Click")}
        token = token_of(container, user.id, Kind.MESSAGES)
        assert (await client.post(URL, params={"token": token}, files=multipart)).status_code == 204
    assert await muted_by(container, user.id) == {
        Kind.OFFERS: [Channel.PUSH, Channel.EMAIL], Kind.RATINGS: [Channel.EMAIL], Kind.MESSAGES: [Channel.EMAIL],
    }  # fmt: skip


async def test_the_answer_is_the_same_whatever_a_token_is_worth(container: Container) -> None:
    gone = make_user(deleted_at=START)
    await container.users.insert(gone)
    async with api_client("notifications", container) as client:
        for token in ("", "forged", "ž", token_of(container, "usr_nobody"), token_of(container, gone.id)):
            assert await press(client, token) == (204, b"")
    stored = container.mongo.collection("notification_preferences")
    assert await stored.count_documents({"_id": {"$in": [gone.id, "usr_nobody"]}}) == 0


async def test_only_a_mail_program_s_own_request_switches_off_and_opening_the_address_leads_to_the_page(
    container: Container,
) -> None:
    user = make_user()
    await container.users.insert(user)
    token = token_of(container, user.id)
    async with api_client("notifications", container) as client:
        refused = await client.post(URL, params={"token": token}, json={"token": token})
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "List-Unsubscribe")
        opened = await client.get(URL, params={"token": token})
        assert (opened.status_code, opened.headers["location"]) == (302, "http://web.test/account/notifications")
    assert await muted_by(container, user.id) == {}
