"""The contract of the inbox, preferences and push subscriptions."""

import re
from datetime import time
from typing import Annotated, Self

from common.domain.notifications.inbox import Channel, Preferences, QuietHours
from common.domain.notifications.push_services import is_push_service
from common.domain.shared.notification_kinds import Kind
from common.domain.shared.time_zones import TimeZoneName
from common.runtime.http.schemas import Instant, RequestModel, ResponseModel
from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

_WALL_CLOCK = re.compile(r"^([01]\d|2[0-3]):[0-5]\d$")


class NotificationView(ResponseModel):
    """One entry of the inbox."""

    id: str
    kind: Kind
    type: str
    title: str
    body: str
    booking_id: str | None
    job_request_id: str | None
    offer_id: str | None
    report_id: str | None
    read_at: Instant | None
    created_at: Instant


class Inbox(ResponseModel):
    """One page of the inbox, newest first; ``unread_count`` stops at 1000."""

    items: list[NotificationView]
    next_cursor: str | None = None
    unread_count: int


class ReadAll(ResponseModel):
    """How many entries were unread; like `unread_count`, counted at most to 1,000."""

    marked: int


WallClock = Annotated[str, Field(pattern=_WALL_CLOCK.pattern, examples=["22:00"])]


class QuietHoursSchema(RequestModel):
    """Between these wall-clock times nothing is pushed; may span midnight."""

    start: WallClock
    end: WallClock
    timezone: TimeZoneName


class PreferencesSchema(RequestModel):
    """Channels switched off, by kind. Mails about the account itself always come."""

    muted: dict[Kind, list[Channel]] = Field(default_factory=dict, max_length=len(Kind))
    quiet_hours: QuietHoursSchema | None = None

    def to_domain(self, user_id: str) -> Preferences:
        """The caller's preferences."""
        quiet = self.quiet_hours
        hours = quiet and QuietHours(
            start=time.fromisoformat(quiet.start), end=time.fromisoformat(quiet.end), timezone=quiet.timezone
        )
        muted = {kind: sorted(set(channels)) for kind, channels in self.muted.items()}
        return Preferences(user_id=user_id, muted=muted, quiet_hours=hours)

    @classmethod
    def of(cls, preferences: Preferences) -> Self:
        """As they are stored."""
        quiet = preferences.quiet_hours
        hours = quiet and QuietHoursSchema(
            start=f"{quiet.start:%H:%M}", end=f"{quiet.end:%H:%M}", timezone=quiet.timezone
        )
        return cls(muted=preferences.muted, quiet_hours=hours)


class PushKey(ResponseModel):
    """The key a browser subscribes with: ``applicationServerKey`` of ``PushManager.subscribe()``."""

    application_server_key: str


def _push_service(value: str) -> str:
    if not is_push_service(value):
        raise PydanticCustomError("unknown_push_service", "This is not the address of a browser's push service.")
    return value


#: Not stripped: an address is taken letter by letter.
PushAddress = Annotated[
    str,
    StringConstraints(strip_whitespace=False, max_length=1024),
    Field(examples=["https://fcm.googleapis.com/fcm/send/abc"]),
    AfterValidator(_push_service),
]


class PushKeys(RequestModel):
    """Keys of a browser's subscription, as ``PushSubscription.toJSON()`` gives them."""

    p256dh: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{80,100}=*$")]
    auth: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{20,30}=*$")]


class PushSubscriptionRequest(RequestModel):
    """A browser's subscription, as ``PushSubscription.toJSON()`` gives it (https://www.w3.org/TR/push-api/).

    ``expirationTime`` is the browser's own estimate, in milliseconds; the push service tells when one has really ended.
    """

    endpoint: PushAddress
    expiration_time: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = Field(None, alias="expirationTime")
    keys: PushKeys


class PushEndpoint(RequestModel):
    """Which browser to forget."""

    endpoint: Annotated[str, Field(min_length=1, max_length=1024)]


class PushSubscriptionView(ResponseModel):
    """A stored subscription."""

    id: str
    endpoint: str
    created_at: Instant
