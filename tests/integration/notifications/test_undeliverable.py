"""Mails that do not arrive: the account says so, its person is told another way, and nothing more is mailed in vain."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from common.application.notifications.deliver import deliver_event
from common.application.notifications.dispatch import Message, dispatch
from common.domain.identity.users import MailTrouble
from common.domain.shared.events import Event, Topic, new_event
from common.domain.shared.notification_kinds import Kind

from functions.admin.schemas import UserView as StaffView
from functions.auth.schemas import UserView as OwnView
from tests.factories.users import make_user
from tests.integration.notifications.test_delivery import inbox_of
from tests.support.identity import store_user

if TYPE_CHECKING:
    from common.runtime.container.bootstrap import Container

    from tests.integration.notifications.conftest import CollectingMailer
    from tests.support.money import MoneyBench


def trouble(container: Container, address: str, kind: str, id_: str) -> Event:
    """As EventBridge's rules write it, with an id of EventBridge's own."""
    payload = {"address": address, "kind": kind}
    return Event(
        id=id_,
        topic=Topic.NOTIFICATIONS,
        type="mail.undeliverable",
        created_at=container.clock.now(),
        payload=payload,
    )


async def test_whom_mails_do_not_reach_is_told_in_the_inbox_once_and_mailed_no_notifications(
    bench: MoneyBench, mailer: CollectingMailer
) -> None:
    container = bench.container
    user = await store_user(container, make_user())
    events = [trouble(container, user.email.upper(), "bounced", f"uuid-{number}") for number in range(2)]
    for event in [*events, events[0]]:
        await deliver_event(container.delivery, event)
    # As after a worker that died between the two things it writes.
    await container.users.update(user.id, {"mail_problem": None})
    await deliver_event(container.delivery, events[0])
    after = await container.users.get(user.id)
    assert after is not None
    assert after.mail_problem is not None
    assert after.mail_problem.kind is MailTrouble.BOUNCED
    assert await inbox_of(bench, user.id) == ["mail.undeliverable"]
    for view in (OwnView.of(after), StaffView.model_validate(after)):
        assert view.model_dump(mode="json")["mail_problem"]["kind"] == "bounced"
    assert mailer.sent == []


@pytest.mark.parametrize("address", ["nobody@example.com", "Mailer <nobody@example.com>", "", "@"])
async def test_an_address_without_an_account_is_nobodys_trouble(bench: MoneyBench, address: str) -> None:
    await deliver_event(bench.container.delivery, trouble(bench.container, address, "complained", "uuid-9"))


@pytest.mark.parametrize("kind", list(Kind))
async def test_only_what_is_about_the_account_itself_is_still_mailed(
    bench: MoneyBench, mailer: CollectingMailer, kind: Kind
) -> None:
    container = bench.container
    user = await store_user(container, make_user())
    await deliver_event(container.delivery, trouble(container, user.email, "complained", f"uuid-{kind}"))
    after = await container.users.get(user.id)
    assert after is not None
    event = new_event(Topic.NOTIFICATIONS, "test.happened", container.clock.now())
    data = {
        "preferences_url": "http://x",
        "url": "http://x",
        "frontend": "http://x",
        "feeds_ended": False,
        "dropped": [],
    }
    await dispatch(container.delivery, Message(event, kind, "password_changed", data, "http://x"), after, "x")
    assert bool(mailer.sent) is (kind is Kind.ACCOUNT)
