"""People who register and sign in through the identity function, and the mail box they read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from common.application.identity.mail_links import LinkMail, prepare_mail

if TYPE_CHECKING:
    import httpx
    from common.runtime.container.bootstrap import Container

    from tests.fakes.publisher import CollectingPublisher

PASSWORD = "a-quiet-river-runs-1984"


@dataclass(frozen=True)
class Identity:
    """The identity function as its users meet it.

    Args:
        client: of the function's routes.
        container: what the function is made of.
        publisher: where its events go.
    """

    client: httpx.AsyncClient
    container: Container
    publisher: CollectingPublisher

    async def mails(self, address: str) -> list[LinkMail]:
        """What the worker makes of every request for a mail to an address; each request is read once."""
        made = []
        for event in list(self.publisher.events):
            if event.type == "mail.link_requested" and event.payload["email"].lower() == address.lower():
                self.publisher.events.remove(event)
                mail = await prepare_mail(self.container.mail_links, event)
                made.extend([mail] if mail else [])
        return made

    async def mailed_token(self, address: str) -> str:
        """The code of the one mail to an address."""
        mails = await self.mails(address)
        assert len(mails) == 1, mails
        return token_of(mails[0])

    async def post(self, path: str, json: dict[str, Any] | None = None, **headers: str) -> httpx.Response:
        """One POST."""
        return await self.client.post(path, json=json, headers=headers)

    async def register(self, email: str | None = None, password: str = PASSWORD) -> dict[str, Any]:
        """Register, follow the mailed link, and return the answer to that."""
        address = email or f"{uuid4().hex}@example.com"
        answer = await self.post("/v1/auth/register", {"email": address, "password": password})
        assert answer.status_code == 202, answer.text
        verified = await self.post("/v1/auth/verify-email", {"token": await self.mailed_token(address)})
        assert verified.status_code == 200, verified.text
        body: dict[str, Any] = verified.json()
        return body

    async def log_in(self, email: str, password: str = PASSWORD, **headers: str) -> httpx.Response:
        """Try to sign in."""
        return await self.post("/v1/auth/login", {"email": email, "password": password}, **headers)


def token_of(mail: LinkMail) -> str:
    """The code in a mail's link."""
    found = re.search(r"[?&]token=([A-Za-z0-9_-]+)", str(mail.data["link"]))
    assert found, mail
    return found.group(1)


def bearer(tokens: dict[str, Any]) -> dict[str, str]:
    """Header fields of a token pair."""
    return {"Authorization": f"Bearer {tokens['access_token']}"}
