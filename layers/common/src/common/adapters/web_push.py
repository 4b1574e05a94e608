"""Web Push (RFC 8030): messages encrypted for a browser (RFC 8291) and signed as ours (VAPID, RFC 8292)."""

import asyncio
import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import httpx
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from pymongo.asynchronous.database import AsyncDatabase
from webpush import WebPush
from webpush.types import WebPushSubscription

from common.adapters.mongo.shared.database import Document
from common.adapters.mongo.shared.holdings import Fate, Holdings, account
from common.application.ports.notifications.inbox import PushSubscription
from common.application.ports.notifications.push import PushMessage, PushOutcome
from common.application.ports.shared.clock import Clock
from common.application.shared.deadline import seconds_for_call
from common.domain.notifications.push_services import is_push_service
from common.domain.shared.errors import OutOfTime

HOLDINGS: Holdings = {
    "push_messages": (account("user_id", Fate.EXPIRES, why="of a developer's machine, for a day"),),
}

#: Seconds that a push service keeps a message for a browser that is offline; older news of a booking is in the inbox.
TIME_TO_LIVE = 24 * 3600
#: A worker tells several people one after the other.
TIMEOUT_SECONDS = 3.0
#: The encrypted message may have 4096 bytes (RFC 8030 section 7.2), of which the encryption takes some 100.
_MOST_CHARACTERS = 500
_GONE = {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}


class WebPushSender:
    """``PushSender`` over the browsers' push services.

    Args:
        private_key: our VAPID key, PEM, on the curve P-256; read when the first message is sent.
        contact: a mail address by which a push service reaches us.
        transport: how requests travel; the network's without.
    """

    def __init__(
        self, private_key: Callable[[], str], contact: str, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._private_key = private_key
        self._contact = contact
        self._transport = transport
        self._encrypter: WebPush | None = None

    async def send(self, subscription: PushSubscription, message: PushMessage) -> PushOutcome:
        """Send one message; an address that is no push service's is never asked, and none for lack of time."""
        if not is_push_service(subscription.endpoint):
            return PushOutcome.GONE
        try:
            headers, body = self._encrypted(subscription, message)
        except ValueError:
            return PushOutcome.GONE
        try:
            async with (
                asyncio.timeout(seconds_for_call(TIMEOUT_SECONDS)),
                httpx.AsyncClient(timeout=TIMEOUT_SECONDS, transport=self._transport) as client,
            ):
                answer = await client.post(subscription.endpoint, content=body, headers=headers)
        except (httpx.HTTPError, OutOfTime, TimeoutError):
            return PushOutcome.FAILED
        if answer.status_code in _GONE:
            return PushOutcome.GONE
        return PushOutcome.SENT if answer.is_success else PushOutcome.FAILED

    def _encrypted(self, subscription: PushSubscription, message: PushMessage) -> tuple[dict[str, str], bytes]:
        """Headers and body of the request.

        Raises:
            ValueError: the browser's keys are none.
        """
        keys = {"p256dh": subscription.p256dh, "auth": subscription.auth}
        target = WebPushSubscription.model_validate({"endpoint": subscription.endpoint, "keys": keys})
        made = self._web_push().get(json.dumps(_payload(message)).encode(), target)
        headers = {str(name): str(value) for name, value in made.headers.items()}
        return {**headers, "content-type": "application/octet-stream", "urgency": "normal"}, made.encrypted

    def _web_push(self) -> WebPush:
        if self._encrypter is None:
            private = self._private_key().encode()
            key = load_pem_private_key(private, None).public_key()
            public = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
            self._encrypter = WebPush(private, public, subscriber=self._contact, ttl=TIME_TO_LIVE)
        return self._encrypter


class RecordingPushSender:
    """``PushSender`` without a key: keeps in ``push_messages`` what would have been sent, for developers to read."""

    def __init__(self, database: AsyncDatabase[Document], clock: Clock) -> None:
        self._messages = database["push_messages"]
        self._clock = clock

    async def send(self, subscription: PushSubscription, message: PushMessage) -> PushOutcome:
        """Keep one message; a day later it is gone."""
        row = {"user_id": subscription.user_id, "endpoint": subscription.endpoint, **_payload(message)}
        await self._messages.insert_one({**row, "created_at": self._clock.now()})
        return PushOutcome.SENT


def _payload(message: PushMessage) -> dict[str, Any]:
    """What the service worker of the client shows."""
    return {**message.model_dump(), "body": message.body[:_MOST_CHARACTERS]}
