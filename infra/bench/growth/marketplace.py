"""One marketplace of some size under measurement: its functions in this process, and who calls them."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from typing import TYPE_CHECKING, Any

import httpx
from common.runtime.http import create_app, join_routers

from functions.auth.routes import router as auth
from functions.bookings.routes import router as bookings
from functions.notifications.routes import router as notifications
from functions.payments.routes import router as payments
from functions.providers.routes import router as providers
from functions.search.routes import router as search
from infra.bench.environments import BenchmarkError
from infra.bench.growth import stage as stages
from infra.bench.growth.people import READER, parties, user_id
from infra.bench.tokens import access_token, publish_keys

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path

    from common.domain.catalogue.services import Service
    from common.domain.identity.users import User

    from infra.bench.growth.stage import Stage

_TOKEN_LIFETIME = timedelta(minutes=14)
_RENEWED_AFTER = timedelta(minutes=4)
_REFUSED = 400
_FIRST_ADDRESS = IPv4Address("10.0.0.1")
#: Bookings that are read, by the busy customer and the busy provider alike.
_SAMPLE = 200


@dataclass
class Marketplace:
    """A filled database behind the product's own code.

    Attributes:
        size: About how many bookings it has.
        database: Its name.
        stage: The product's use cases, queues and schedules.
        http: Its routes.
        transport: By which requests reach them.
        customer: The busy customer.
        provider: The busy provider's owner.
        service: The busy provider's service.
        notes: What subjects keep from one run to the next.
    """

    size: int
    database: str
    stage: Stage
    http: httpx.AsyncClient
    transport: httpx.ASGITransport
    customer: User
    provider: User
    service: Service
    notes: dict[str, Any] = field(default_factory=dict)
    _tokens: dict[str, tuple[datetime, str]] = field(default_factory=dict)
    _asked: int = 0

    async def call(
        self, method: str, path: str, user: User | None = None, body: object = None, *, may_refuse: bool = False
    ) -> httpx.Response:
        """Send a request.

        Args:
            method: HTTP method.
            path: With its query.
            user: Who asks.
            body: Sent as JSON.
            may_refuse: Whether a refusal is an answer, too.

        Raises:
            BenchmarkError: It is refused or fails.
        """
        self._asked += 1
        # Everybody asks from an address of their own: what one address may do is limited.
        self.transport.client = (str(_FIRST_ADDRESS + self._asked), 443)
        headers = {"authorization": f"Bearer {self.token(user)}"} if user else {}
        answer = await self.http.request(method, path, json=body, headers=headers)
        if answer.status_code >= _REFUSED and not (may_refuse and answer.is_client_error):
            raise BenchmarkError(f"{self.database}: {method} {path} answered {answer.status_code}: {answer.text[:300]}")
        return answer

    def token(self, user: User) -> str:
        """An access token of a sign-in some minutes ago at most."""
        now = datetime.now(UTC)
        made, token = self._tokens.get(user.id, (now - _TOKEN_LIFETIME, ""))
        if now - made > _RENEWED_AFTER:
            token = access_token(self.stage.container, user, now, _TOKEN_LIFETIME)
            self._tokens[user.id] = (now, token)
        return token

    async def user(self, user_id_: str) -> User:
        """Somebody's account.

        Raises:
            LookupError: there is none.
        """
        found = await self.stage.container.users.get(user_id_)
        if found is None:
            raise LookupError(user_id_)
        return found

    async def booking_ids(self, **fields: Any) -> Sequence[str]:
        """Ids of some bookings with these fields."""
        rows = self.stage.container.mongo.collection("bookings").find(fields, {"_id": 1}).limit(_SAMPLE)
        return [row["_id"] async for row in rows]

    async def page(self, path: str, user: User, number: int) -> str:
        """The path of the number-th page of a list, found by turning pages."""
        cursor = ""
        for _ in range(number - 1):
            found = json.loads((await self.call("GET", f"{path}{cursor}", user)).content)["next_cursor"]
            if found is None:
                break
            cursor = f"&cursor={found}"
        return f"{path}{cursor}"


@asynccontextmanager
async def opened(environment: dict[str, str], database: str, size: int, folder: Path) -> AsyncIterator[Marketplace]:
    """Put the product's code on a filled database.

    Args:
        environment: Variables of every function.
        database: The filled database.
        size: About how many bookings it has.
        folder: For files of the run; another one for each marketplace.
    """
    async with stages.opened({**environment, "MONGODB_DATABASE": database}, folder) as stage:
        router = join_routers(bookings, payments, notifications, search, auth, providers)
        transport = httpx.ASGITransport(app=create_app(router, service="growth", container=stage.container))
        async with httpx.AsyncClient(transport=transport, base_url="https://api.example.com", timeout=120) as http:
            container = stage.container
            await publish_keys(container, container.clock.now())
            busy = parties(0, READER)
            await stage.open_account(busy.provider_id, "busy@example.com")
            service = await container.services.get(busy.service_id)
            people = [await container.users.get(each) for each in (user_id(READER), busy.provider_user_id)]
            if service is None or None in people:
                raise LookupError(database)
            yield Marketplace(size, database, stage, http, transport, people[0], people[1], service)  # type: ignore[arg-type]
