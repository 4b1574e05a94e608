"""What staff may do to accounts, what their owners may change, and how long sign-ins of either last."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from common.application.notifications.deliver import deliver_event
from common.domain.identity.roles import Role
from common.domain.identity.sessions import (
    ACCESS_LIFETIME,
    REFRESH_LIFETIME,
    SESSION_LIFETIME,
    STAFF_TOKEN_LIFETIME,
    access_lifetime,
    refresh_lifetime,
    session_lifetime,
)
from common.domain.identity.users import OnboardingStatus, ProviderStatus
from common.domain.shared.events import Topic

from tests.factories.providers import make_provider
from tests.factories.users import make_user
from tests.integration.notifications.conftest import CollectingMailer
from tests.support import api_client, sign_in, store_user

if TYPE_CHECKING:
    from common.domain.identity.users import User
    from common.runtime.container.bootstrap import Container

    from tests.fakes.publisher import CollectingPublisher
    from tests.support.people import Identity

REASON = {"reason": "Reported by several customers"}


def test_staff_s_sign_ins_are_shorter() -> None:
    user, staff = make_user(), make_user(roles=[Role.USER, Role.MODERATOR])
    assert (access_lifetime(user), refresh_lifetime(user), session_lifetime(user)) == (
        ACCESS_LIFETIME,
        REFRESH_LIFETIME,
        SESSION_LIFETIME,
    )
    assert access_lifetime(staff) == refresh_lifetime(staff) == STAFF_TOKEN_LIFETIME < refresh_lifetime(user)
    assert session_lifetime(staff) < session_lifetime(user)


async def _answers(container: Container, staff: User, target: str) -> list[tuple[int, str]]:
    """Status and code of suspending and of restoring an account."""
    headers = await sign_in(container, staff)
    async with api_client("admin", container) as client:
        made = [
            await client.post(f"/v1/admin/users/{target}/suspend", json=REASON, headers=headers),
            await client.post(f"/v1/admin/users/{target}/restore", headers=headers),
        ]
    return [(answer.status_code, answer.json().get("code", "")) for answer in made]


async def test_an_account_is_suspended_once_and_restored_once(container: Container) -> None:
    admin = make_user(roles=[Role.USER, Role.ADMIN])
    target = await store_user(container, make_user())
    assert await _answers(container, admin, target.id) == [(200, ""), (200, "")]
    assert await _answers(container, admin, target.id) == [(200, ""), (200, "")]
    headers = await sign_in(container, admin)
    async with api_client("admin", container) as client:
        again = await client.post(f"/v1/admin/users/{target.id}/restore", headers=headers)
        await client.post(f"/v1/admin/users/{target.id}/suspend", json=REASON, headers=headers)
        twice = await client.post(f"/v1/admin/users/{target.id}/suspend", json=REASON, headers=headers)
    assert (again.status_code, again.json()["code"]) == (409, "not_suspended")
    assert (twice.status_code, twice.json()["code"]) == (409, "already_suspended")


async def test_who_is_suspended_or_restored_is_told_by_mail_and_why(
    container: Container, publisher: CollectingPublisher
) -> None:
    mailer = CollectingMailer()
    container.replace(mailer=mailer)
    target = await store_user(container, make_user())
    await _answers(container, make_user(roles=[Role.USER, Role.ADMIN]), target.id)
    for event in [each for each in publisher.events if each.topic is Topic.NOTIFICATIONS]:
        await deliver_event(container.delivery, event)
    assert [(to, mail.subject) for to, mail in mailer.sent] == [
        (target.email, "Your account is suspended"),
        (target.email, "Your account is open again"),
    ]
    suspended = mailer.sent[0][1].text
    assert f"Why: {REASON['reason']}" in suspended
    assert "answer this mail" in suspended


async def test_a_suspended_provider_is_not_shown_until_it_is_restored(container: Container) -> None:
    provider = make_provider()
    await container.providers.insert(provider)
    owner = make_user(
        id=provider.user_id,
        roles=[Role.USER, Role.PROVIDER],
        provider_id=provider.id,
        provider_status=ProviderStatus.APPROVED,
        onboarding_path="provider",
        onboarding_status=OnboardingStatus.BILLING_SETUP_COMPLETE,
    )
    await store_user(container, owner)
    headers = await sign_in(container, make_user(roles=[Role.USER, Role.ADMIN]))
    shown = []
    async with api_client("admin", container) as client:
        for path, body in (("suspend", REASON), ("restore", None)):
            await client.post(f"/v1/admin/users/{owner.id}/{path}", json=body, headers=headers)
            stored = await container.providers.get(provider.id)
            assert stored is not None
            shown.append(stored.is_listed)
    assert shown == [False, True]


@pytest.mark.parametrize("target", ["nobody", "oneself", "staff", "deleted"])
async def test_some_accounts_are_out_of_an_admin_s_reach(container: Container, target: str) -> None:
    admin = make_user(roles=[Role.USER, Role.ADMIN])
    other = make_user(roles=[Role.USER, Role.MODERATOR])
    gone = make_user(deleted_at=container.clock.now())
    for user in (other, gone):
        await store_user(container, user)
    ids = {"nobody": "usr_nobody", "oneself": admin.id, "staff": other.id, "deleted": gone.id}
    expected = {
        "nobody": (404, "not_found"),
        "deleted": (404, "not_found"),
        "oneself": (403, "own_matter"),
        "staff": (403, "forbidden"),
    }[target]
    assert await _answers(container, admin, ids[target]) == [expected, expected]


async def test_a_super_admin_reaches_staff_too(container: Container) -> None:
    other = await store_user(container, make_user(roles=[Role.USER, Role.MODERATOR]))
    boss = make_user(roles=[Role.USER, Role.SUPER_ADMIN])
    assert await _answers(container, boss, other.id) == [(200, ""), (200, "")]


async def test_a_number_is_of_the_country_of_its_owners_address(identity: Identity, container: Container) -> None:
    headers = await sign_in(container, make_user())
    for changes, expected in (
        ({"phone_number": "0412 345 678", "address": "1 George Street, Sydney NSW"}, "+61412345678"),
        ({"phone_number": "(02) 9374 4000"}, "+61293744000"),
        ({"phone_number": "+64 21 123 4567"}, "+64211234567"),
        ({"phone_number": "021 123 4568", "address": "1 Queen Street, Auckland"}, "+64211234568"),
    ):
        answer = await identity.client.patch("/v1/users/me", json=changes, headers=headers)
        assert (answer.status_code, answer.json().get("phone_number")) == (200, expected)


async def test_what_an_owner_changes_is_changed_and_the_rest_stays(identity: Identity, container: Container) -> None:
    user = make_user(phone_number="+64211234567")
    headers = await sign_in(container, user)
    for changes in (
        {"full_name": "Mere Tane"},
        {"phone_number": "+64 21 765 4321"},
        {"address": "Queen Street, Auckland"},
    ):
        answer = await identity.client.patch("/v1/users/me", json=changes, headers=headers)
        assert answer.status_code == 200, answer.text
    stored = await container.users.get(user.id)
    assert stored is not None
    assert (stored.full_name, stored.phone_number, stored.email) == ("Mere Tane", "+64217654321", user.email)
    assert stored.address is not None
    assert stored.address.text == "Queen Street, Auckland"
