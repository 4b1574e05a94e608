"""Push messages: encrypted for the browser, signed as ours, sent only when they are wanted."""

from __future__ import annotations

import base64
import json
import struct
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any

import httpx
import jwt
import pytest
from common.adapters.web_push import TIME_TO_LIVE, RecordingPushSender, WebPushSender
from common.application.ports.notifications.inbox import PushSubscription
from common.application.ports.notifications.push import PushMessage, PushOutcome
from common.domain.notifications.inbox import Channel, Preferences, QuietHours
from common.domain.shared.notification_kinds import Kind
from common.runtime.container.settings import PushSettings
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from infra.ops.keys import push_key
from tests.factories.users import make_user
from tests.fakes.clock import START
from tests.integration.notifications.test_delivery import deliver_all, requested
from tests.support import api_client, make_container, make_settings, sign_in

if TYPE_CHECKING:
    from common.runtime.container.bootstrap import Container

    from tests.fakes.payment_gateway import FakePaymentGateway
    from tests.support.money import MoneyBench

MESSAGE = PushMessage(tag="ntf_1", title="Accepted: Lawn mowing", body="Ben accepted.", url="https://web.test/b/1")


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def raw(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Browser:
    """A browser with its keys, as the push standard has it (RFC 8291)."""

    def __init__(self, endpoint: str = "https://fcm.googleapis.com/fcm/send/abc") -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._auth = b"0123456789abcdef"
        self._point = self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.endpoint = endpoint

    def subscription(self, user_id: str = "usr_1") -> PushSubscription:
        return PushSubscription(
            id="psh_1",
            user_id=user_id,
            endpoint=self.endpoint,
            p256dh=b64(self._point),
            auth=b64(self._auth),
            created_at=START,
        )

    def decrypt(self, body: bytes) -> dict[str, Any]:
        """What the service worker gets of a message (RFC 8188, RFC 8291 section 3.4)."""
        salt, size = body[:16], body[20]
        sender, sealed = body[21 : 21 + size], body[21 + size :]
        assert struct.unpack("!L", body[16:20])[0] >= len(sealed)
        shared = self._key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender))
        secret = _hkdf(self._auth, b"WebPush: info\x00" + self._point + sender, 32, shared)
        key = _hkdf(salt, b"Content-Encoding: aes128gcm\x00", 16, secret)
        nonce = _hkdf(salt, b"Content-Encoding: nonce\x00", 12, secret)
        plain = AESGCM(key).decrypt(nonce, sealed, None)
        found: dict[str, Any] = json.loads(plain.rstrip(b"\x00")[:-1])
        return found


def _hkdf(salt: bytes, info: bytes, length: int, secret: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=salt, info=info).derive(secret)


@dataclass
class PushService:
    """Answers as a push service, and keeps what came."""

    status: int = 201
    requests: list[httpx.Request] = field(default_factory=list)

    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(self._answer)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return httpx.Response(self.status)


KEYS = push_key.generate()


def sender(service: PushService) -> WebPushSender:
    return WebPushSender(lambda: KEYS["private_pem"], "hello@gigsta.test", service.transport())


async def test_a_message_reaches_the_browser_encrypted_and_signed() -> None:
    service, browser = PushService(), Browser()
    assert await sender(service).send(browser.subscription(), MESSAGE) is PushOutcome.SENT
    (request,) = service.requests
    assert browser.decrypt(request.content) == MESSAGE.model_dump()
    assert request.headers["content-encoding"] == "aes128gcm"
    assert request.headers["ttl"] == str(TIME_TO_LIVE)
    scheme, token, public = request.headers["authorization"].replace(",", " ").split()
    assert scheme == "vapid"
    assert public == f"k={KEYS['public_key']}"
    point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw(KEYS["public_key"]))
    claims = jwt.decode(token.removeprefix("t="), point, algorithms=["ES256"], audience="https://fcm.googleapis.com")
    assert claims["sub"] == "mailto:hello@gigsta.test"
    assert claims["exp"] - datetime.now(UTC).timestamp() < 24 * 3600


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(404, PushOutcome.GONE), (410, PushOutcome.GONE), (429, PushOutcome.FAILED), (503, PushOutcome.FAILED)],
)
async def test_what_a_push_service_answers_is_understood(status: int, outcome: PushOutcome) -> None:
    assert await sender(PushService(status)).send(Browser().subscription(), MESSAGE) is outcome


async def test_only_push_services_are_ever_asked_and_broken_keys_end_a_subscription() -> None:
    service = PushService()
    for endpoint in ("https://169.254.169.254/latest", "http://fcm.googleapis.com/x", "https://fcm.googleapis.com:1/x"):
        assert await sender(service).send(Browser(endpoint).subscription(), MESSAGE) is PushOutcome.GONE
    broken = Browser().subscription().model_copy(update={"p256dh": b64(b"\x04" + b"\x01" * 64)})
    assert await sender(service).send(broken, MESSAGE) is PushOutcome.GONE
    assert service.requests == []


async def subscribed(bench: MoneyBench, browser: Browser) -> None:
    await bench.container.inbox.push_subscriptions.save(browser.subscription(bench.customer.id))


async def test_news_is_pushed_once_and_a_browser_that_is_gone_is_forgotten(
    bench: MoneyBench, gateway: FakePaymentGateway
) -> None:
    service, browser = PushService(), Browser()
    bench.container.replace(push_sender=sender(service))
    await subscribed(bench, browser)
    booking = await requested(bench, gateway)
    events = await deliver_all(bench)
    bench.publisher.events.extend(events)
    await deliver_all(bench)
    (request,) = service.requests
    shown = browser.decrypt(request.content)
    assert shown["url"] == f"http://web.test/bookings/{booking.id}"
    assert shown["title"]
    service.status = 410
    await requested(bench, gateway)
    await deliver_all(bench)
    assert len(service.requests) == 2
    assert await bench.container.inbox.push_subscriptions.list_by_user(bench.customer.id) == []


@pytest.mark.parametrize(
    "preferences",
    [
        {"muted": {Kind.BOOKINGS: [Channel.PUSH]}},
        {"quiet_hours": QuietHours(start=time(12), end=time(14), timezone="Pacific/Auckland")},
        {"quiet_hours": QuietHours(start=time(23), end=time(0, 30), timezone="UTC")},
    ],
)
async def test_nothing_is_pushed_when_it_is_muted_or_quiet(
    bench: MoneyBench, gateway: FakePaymentGateway, preferences: dict[str, Any]
) -> None:
    service = PushService()
    bench.container.replace(push_sender=sender(service))
    await subscribed(bench, Browser())
    await bench.container.inbox.preferences.save(Preferences(user_id=bench.customer.id, **preferences))
    await requested(bench, gateway)
    await deliver_all(bench)
    assert service.requests == []
    assert await bench.container.inbox.notifications.count_unread(bench.customer.id, most=10) == 1


async def test_without_a_key_messages_are_recorded(container: Container, bench: MoneyBench) -> None:
    assert isinstance(container.push_sender, RecordingPushSender)
    assert await container.push_sender.send(Browser().subscription(bench.customer.id), MESSAGE) is PushOutcome.SENT
    row = await container.mongo.collection("push_messages").find_one({"user_id": bench.customer.id})
    assert row is not None
    assert row["title"] == MESSAGE.title


async def test_a_browser_learns_the_key_where_push_is_offered(
    mongodb_uri: str, migrated_database: str, container: Container
) -> None:
    settings = make_settings(mongodb_uri, migrated_database, PUSH_PUBLIC_KEY=KEYS["public_key"])
    offering = make_container(mongodb_uri, migrated_database, settings=settings)
    for made, status in ((offering, 200), (container, 404)):
        headers = await sign_in(made, make_user())
        async with api_client("notifications", made) as client:
            answer = await client.get("/v1/notifications/push-key", headers=headers)
        assert answer.status_code == status
        if status == 200:
            assert answer.json() == {"application_server_key": KEYS["public_key"]}
    await offering.close()


def test_a_key_of_the_settings_signs(mongodb_uri: str, migrated_database: str) -> None:
    settings = make_settings(mongodb_uri, migrated_database, PUSH_PRIVATE_KEY=KEYS["private_pem"])
    made = make_container(mongodb_uri, migrated_database, settings=settings)
    assert isinstance(made.push_sender, WebPushSender)
    assert settings.of(PushSettings).push_private_key.get() == KEYS["private_pem"]
