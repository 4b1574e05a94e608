from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from common.application.reports.sweep import sweep_reports
from common.domain.identity.roles import Role
from common.domain.media.drafts import draft_owner
from common.domain.media.media import Purpose
from common.domain.reports.report import Report, ReportStatus
from common.domain.shared.ids import new_id

from tests.factories.media import make_ready
from tests.factories.reports import LAT, LNG
from tests.factories.users import make_user
from tests.integration.notifications.conftest import CollectingMailer
from tests.support.http import api_client
from tests.support.identity import sign_in
from tests.support.reports import store_report

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import httpx
    from common.domain.identity.users import User
    from common.runtime.container.bootstrap import Container

    from tests.fakes.clock import FakeClock
    from tests.fakes.publisher import CollectingPublisher

URL = "/v1/reports"


@dataclass(frozen=True)
class ReportWorld:
    """People who report, and a moderator.

    Args:
        client: of the reports function.
        admin: of the administration function.
        author: somebody with an account, and their header fields.
        other: somebody else's header fields.
        staff: a moderator's.
        mailer: where mails go.
    """

    container: Container
    clock: FakeClock
    publisher: CollectingPublisher
    client: httpx.AsyncClient
    admin: httpx.AsyncClient
    author: User
    headers: dict[str, str]
    other: dict[str, str]
    staff: dict[str, str]
    mailer: CollectingMailer

    async def photo(self, owner_id: str | None = None, **fields: Any) -> str:
        """The id of a photograph that is ready, the author's if nobody else's."""
        media_id = new_id("med", self.clock.now())
        owner = owner_id or self.author.id
        media = make_ready(id=media_id, owner_id=owner, purpose=Purpose.REPORT, key=f"incoming/{media_id}", **fields)
        await self.container.media_repository.insert(media)
        return media_id

    def body(self, *media_ids: str, **fields: Any) -> dict[str, Any]:
        """What reports a pothole."""
        place = {"location": {"lat": LAT, "lng": LNG}, "address": "1 Queen Street"}
        told = {"title": "A pothole at the corner", "description": "Deep.", "category": "pothole", **place}
        return {**told, "media_ids": list(media_ids), **fields}

    async def report(self, **fields: Any) -> dict[str, Any]:
        """Report something as the author."""
        answer = await self.client.post(URL, json=self.body(await self.photo(), **fields), headers=self.headers)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    async def report_anonymously(
        self, draft: str = "a-draft-token-that-is-long-enough", **fields: Any
    ) -> dict[str, Any]:
        """Report something without an account."""
        photo = await self.photo(draft_owner(draft))
        answer = await self.client.post(URL, json=self.body(photo, draft_token=draft, **fields))
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    async def stored(self, **fields: Any) -> Report:
        """A report that is there and public, by the author, if nothing else is said."""
        return await store_report(self.container, **{"author_id": self.author.id, **fields})

    async def set_status(self, report_id: str, status: str, **fields: Any) -> httpx.Response:
        """Lead a report to a status, as the moderator."""
        headers = {**self.staff, **fields.pop("headers", {})}
        body = {"status": status, **fields}
        return await self.admin.put(f"/v1/admin/reports/{report_id}/status", json=body, headers=headers)

    async def published(self, **fields: Any) -> dict[str, Any]:
        """A report by the author that a moderator has published."""
        made = await self.report(**fields)
        answer = await self.set_status(made["id"], "verified")
        assert answer.status_code == 200, answer.text
        return made

    async def get(self, report_id: str, headers: dict[str, str] | None = None) -> httpx.Response:
        """Read a report, as anybody or somebody."""
        return await self.client.get(f"{URL}/{report_id}", headers=headers or {})

    async def sweep(self) -> dict[str, int]:
        """What time does."""
        return dict(await sweep_reports(self.container.reports, has_time=lambda: True))

    async def status_of(self, report_id: str) -> ReportStatus:
        """Where a report stands."""
        found = await self.container.reports.reports.get(report_id)
        assert found is not None
        return found.status


@pytest.fixture
async def world(container: Container, clock: FakeClock, publisher: CollectingPublisher) -> AsyncIterator[ReportWorld]:
    """Nobody has reported anything."""
    for name in ("reports", "rate_limits", "report_votes", "moderation_items"):
        await container.mongo.collection(name).delete_many({})
    mailer = CollectingMailer()
    container.replace(mailer=mailer)
    author = make_user(full_name="Aroha Ngata")
    people = [author, make_user(), make_user(roles=[Role.USER, Role.MODERATOR])]
    headers, other, staff = [await sign_in(container, each) for each in people]
    async with AsyncExitStack() as parts:
        client = await parts.enter_async_context(api_client("reports", container))
        admin = await parts.enter_async_context(api_client("admin", container))
        yield ReportWorld(container, clock, publisher, client, admin, author, headers, other, staff, mailer)
