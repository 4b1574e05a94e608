"""Whatever two writers do to a provider at once, searches show what its documents say in the end.

Every pair of writers runs at once on a provider of its own, several times, at random distances within their
transactions.
"""

from __future__ import annotations

import asyncio
import os
import random
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import combinations_with_replacement
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from common.adapters.mongo.catalogue.categories import MongoCategories
from common.adapters.mongo.shared.documents import to_document
from common.application.admin.providers import approve_provider, reject_provider
from common.application.admin.users import restore_user, suspend_user
from common.application.catalogue.profile import update_profile
from common.application.catalogue.services import create_service, delete_service, update_service
from common.application.identity.account_deletion import delete_account
from common.application.identity.onboarding.billing import may_be_listed, sync_billing
from common.application.ports.payments.connect import ConnectStatus
from common.domain.catalogue.listings import provider_listing, service_listing
from common.domain.catalogue.services import Service, ServiceStatus
from common.domain.identity.clients import ClientInfo
from common.domain.identity.roles import Principal, Role
from common.domain.identity.users import ProviderStatus, User
from common.domain.shared.errors import GigstaError
from common.domain.shared.money import Money

from tests.factories.providers import make_provider, make_service
from tests.factories.users import make_user
from tests.fakes.clock import START
from tests.fakes.payouts import FakeAccounts
from tests.support import store_user

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from common.domain.catalogue.categories import CategoryTree
    from common.domain.catalogue.providers import Provider
    from common.runtime.container.bootstrap import Container

ROUNDS = 40 if os.environ.get("HYPOTHESIS_PROFILE") == "nightly" else 3
WIDTH = 6
LONGEST_WAIT = 0.004
CLIENT = ClientInfo("203.0.113.9", "Browser/1")
STAFF = Principal("usr_staff", frozenset({Role.USER, Role.MODERATOR, Role.ADMIN}))
NEW_SERVICE = {
    "title": "Window cleaning",
    "category": "house-cleaning",
    "price": Money(amount=9_000, currency="nzd"),
    "duration_minutes": 60,
    "status": ServiceStatus.ACTIVE,
}


class JitteryCategories(MongoCategories):
    """The tree, given after a random while: a listing's transaction asks for it between its reads and its writes."""

    async def tree(self) -> CategoryTree:
        await asyncio.sleep(random.uniform(0, LONGEST_WAIT))  # noqa: S311 - no secret
        return await super().tree()


@dataclass
class Shop:
    """One provider with two services, one of them paused."""

    container: Container
    user: User
    provider: Provider
    shown: Service
    paused: Service

    @property
    def caller(self) -> Principal:
        roles = frozenset({Role.USER, Role.PROVIDER})
        return Principal(self.user.id, roles, provider_id=self.provider.id, signed_in_at=START)

    async def approve(self) -> None:
        await approve_provider(self.container.admin, STAFF, self.provider.id, CLIENT)

    async def reject(self) -> None:
        await reject_provider(self.container.admin, STAFF, self.provider.id, CLIENT, "No licence")

    async def suspend(self) -> None:
        await suspend_user(self.container.admin, STAFF, self.user.id, CLIENT, "Fraud")

    async def restore(self) -> None:
        await restore_user(self.container.admin, STAFF, self.user.id, CLIENT)

    async def follow_billing(self) -> None:
        account = self.provider.stripe_account_id or ""
        await sync_billing(replace(self.container.onboarding, connect=lambda: FakeAccounts(_active(account))), account)

    async def lose_billing(self) -> None:
        account = self.provider.stripe_account_id or ""
        await sync_billing(replace(self.container.onboarding, connect=lambda: FakeAccounts(_lost(account))), account)

    async def limit_plan(self) -> None:
        now = self.container.clock.now()
        await self.container.providers.update(self.provider.id, {"active_service_limit": 0}, now=now)
        await self.container.services.pause_beyond_limit(self.provider.id, now=now)

    async def create(self) -> None:
        await create_service(self.container.catalogue, self.provider, NEW_SERVICE)

    async def pause(self) -> None:
        fields = {"status": ServiceStatus.PAUSED}
        await update_service(self.container.catalogue, self.provider, self.shown.id, fields)

    async def activate(self) -> None:
        fields = {"status": ServiceStatus.ACTIVE}
        await update_service(self.container.catalogue, self.provider, self.paused.id, fields)

    async def rename(self) -> None:
        await update_service(self.container.catalogue, self.provider, self.shown.id, {"title": "Deep cleaning"})

    async def delete(self) -> None:
        await delete_service(self.container.catalogue, self.provider, self.shown.id)

    async def count_ratings(self) -> None:
        booking_id = f"bkg_{uuid4().hex}"
        whose = {"provider_id": self.provider.id, "service_id": self.shown.id}
        told = {"author_kind": "customer", "state": "published", "stars": 5, "counted": 0}
        row = {"_id": f"rat_{booking_id}", "booking_id": booking_id, **whose, **told}
        await self.container.mongo.collection("ratings").insert_one(row)
        await self.container.rating_summaries.apply(booking_id, **whose, now=self.container.clock.now())

    async def move(self) -> None:
        fields = {"address": "25 Worcester Street, Christchurch", "trading_name": "Southern Help"}
        await update_profile(self.container.catalogue, self.provider, fields, expected=None)

    async def rebuild(self) -> None:
        await self.container.listings.refresh_provider(self.provider.id)

    async def leave(self) -> None:
        await delete_account(self.container.account_deletion, self.caller, CLIENT)


WRITERS: dict[str, Callable[[Shop], Awaitable[None]]] = {
    name: getattr(Shop, name)
    for name in (
        "approve",
        "reject",
        "suspend",
        "restore",
        "follow_billing",
        "lose_billing",
        "limit_plan",
        "create",
        "pause",
        "activate",
        "rename",
        "delete",
        "count_ratings",
        "move",
        "rebuild",
        "leave",
    )
}


def _active(account: str) -> dict[str, ConnectStatus]:
    return {account: ConnectStatus(account_id=account, transfers="active", payouts_enabled=True)}


def _lost(account: str) -> dict[str, ConnectStatus]:
    return {account: ConnectStatus(account_id=account)}


@pytest.fixture
def jittery(container: Container) -> Container:
    return container.replace(categories=JitteryCategories(container.mongo))


async def open_shop(container: Container, names: tuple[str, str]) -> Shop:
    """A provider in the state that both writers need."""
    is_pending = bool({"approve", "reject"} & set(names))
    is_active = "restore" not in names
    status = ProviderStatus.PENDING if is_pending else ProviderStatus.APPROVED
    is_billable = "follow_billing" not in names
    is_listed = is_billable and is_active and not is_pending
    provider = make_provider(status=status, is_billable=is_billable, is_listed=is_listed)
    user = make_user(
        id=provider.user_id, provider_id=provider.id, is_active=is_active, roles=[Role.USER, Role.PROVIDER]
    )
    await store_user(container, user)
    await container.providers.insert(provider)
    shown = make_service(provider)
    paused = make_service(provider, title="Ironing", status=ServiceStatus.PAUSED)
    for service in (shown, paused):
        await container.services.insert(service)
    return Shop(container, user, provider, shown, paused)


async def race(container: Container, first: str, second: str) -> list[str]:
    """Run two writers at once; returns what is wrong afterwards."""
    shop = await open_shop(container, (first, second))

    async def run(name: str) -> None:
        with suppress(GigstaError):
            await WRITERS[name](shop)

    await asyncio.gather(run(first), run(second))
    return [f"{first} against {second}: {each}" for each in await wrongs(shop)]


async def wrongs(shop: Shop) -> list[str]:
    """Where what searches read is not what the provider's own documents say."""
    container = shop.container
    tree = await MongoCategories(container.mongo).tree()
    provider = await container.providers.get(shop.provider.id)
    user = await container.users.get(shop.user.id)
    assert provider is not None
    assert user is not None
    services = await container.services.list_by_provider(provider.id, status=None, limit=100, before=None)
    wanted = [listing for each in services if (listing := service_listing(provider, each, tree))]
    found = []
    if provider.is_listed != may_be_listed(provider, user, is_billable=provider.is_billable):
        found.append(f"listed is {provider.is_listed}")
    if user.provider_status not in {provider.status, ProviderStatus.NOT_APPLIED}:
        found.append(f"applicant is {user.provider_status}, provider {provider.status}")
    if user.deleted_at is not None and services:
        found.append("services of somebody who has left")
    if await _rows(container, "service_listings", provider.id) != sorted(map(to_document, wanted), key=_id):
        found.append("services in the search")
    whole = provider_listing(provider, services, tree)
    if await _rows(container, "provider_listings", provider.id) != ([to_document(whole)] if whole else []):
        found.append("provider in the search")
    return found


async def _rows(container: Container, collection: str, provider_id: str) -> list[dict[str, Any]]:
    return sorted(await container.mongo.collection(collection).find({"provider_id": provider_id}).to_list(), key=_id)


def _id(row: dict[str, Any]) -> str:
    return str(row["_id"])


@pytest.mark.parametrize("first", WRITERS)
async def test_searches_show_what_the_documents_say(jittery: Container, first: str) -> None:
    gate = asyncio.Semaphore(WIDTH)

    async def gated(second: str) -> list[str]:
        async with gate:
            return await race(jittery, first, second)

    seconds = [second for one, second in combinations_with_replacement(WRITERS, 2) if one == first]
    found = await asyncio.gather(*(gated(second) for second in seconds for _ in range(ROUNDS)))
    assert [wrong for each in found for wrong in each] == []
